"""Who may import whom: the rooms of docs/architecture.md, read from the imports themselves."""

import ast
from functools import cache
from pathlib import Path

import pytest

PROJECT = Path(__file__).parents[2]

# What each room must not know, by the first part of the imported name.
FORBIDDEN = {
    "blueprints": {"rq", "stripe", "boto3", "faster_whisper", "ctranslate2", "av", "torch", "redis.client"},
    "handlers": {"flask", "flask_login", "rq", "blueprints", "auth", "app"},
    "jobs": {"flask", "flask_login", "blueprints", "auth", "app"},
    "exports": {
        "models",
        "db",
        "flask",
        "handlers",
        "blueprints",
        "jobs",
        "sqlalchemy",
        "runtime",
        "config",
        "insights",
    },
    "billing": {"flask", "handlers", "insights", "webhooks", "blueprints", "jobs"},
    "insights": {"flask", "handlers", "blueprints", "jobs", "billing", "speech", "runtime", "config"},
    "speech": {"models", "db", "flask", "handlers", "blueprints", "jobs", "sqlalchemy", "runtime", "config"},
    "storage": {"models", "db", "flask", "handlers", "blueprints", "jobs", "sqlalchemy", "runtime", "config"},
    "rendering": {"db", "flask", "handlers", "blueprints", "jobs", "sqlalchemy"},
    "webhooks": {"models", "db", "flask", "handlers", "blueprints", "jobs", "sqlalchemy", "runtime", "config"},
    "backups": {"flask", "handlers", "blueprints", "jobs", "rq", "runtime", "config"},
    "checks": {"flask", "handlers", "blueprints", "models", "rq", "stripe", "boto3", "httpx"},
    "outbound": {"models", "db", "flask", "handlers", "blueprints", "jobs", "sqlalchemy", "runtime", "config"},
    "telemetry": {"models", "db", "flask", "handlers", "blueprints", "jobs", "sqlalchemy", "runtime", "config"},
    "processes": {"models", "flask", "handlers", "blueprints", "jobs", "speech", "runtime", "config"},
}
ALONE = {"models.py", "db.py", "errors.py", "public_ids.py", "logs.py"}
OURS = {
    "app",
    "auth",
    "blueprints",
    "handlers",
    "jobs",
    "billing",
    "speech",
    "storage",
    "outbound",
    "insights",
    "exports",
    "rendering",
    "webhooks",
    "runtime",
    "telemetry",
}

# Each outside library has one door.
DOORS = {
    "docx": ("exports/word_document.py",),
    "reportlab": ("exports/pdf.py", "exports/fonts.py"),
    "rq": ("jobs/",),
    "flask": ("app.py", "auth.py", "commands.py", "upkeep.py", "blueprints/"),
    "faster_whisper": ("speech/engines/", "bench/"),
    "ctranslate2": ("speech/engines/",),
    "huggingface_hub": ("speech/engines/hub.py",),
    "av": ("speech/decode_program.py", "speech/providers/encoding.py"),
    "mcp": ("blueprints/mcp/",),
    "anyio": ("blueprints/mcp/",),
    "starlette": ("blueprints/mcp/",),
    "httpx": ("outbound/", "speech/providers/"),
    "openai": ("speech/providers/openai_diarize.py",),
    "boto3": ("storage/s3.py",),
    "botocore": ("storage/s3.py",),
    "sentence_transformers": ("insights/embeddings.py",),
    "torch": ("insights/embeddings.py", "speech/engines/"),
    "stopwordsiso": ("insights/extraction/small_words.py",),
    "ssrfguard": ("outbound/",),
    "smtplib": ("outbound/mail.py",),
    "authlib": ("auth.py",),
    "cryptography": ("handlers/sealing.py",),
    "pyotp": ("handlers/one_time_codes.py",),
    "segno": ("blueprints/pages/qr_codes.py",),
    "argon2": ("handlers/accounts.py",),
    "stripe": ("billing/stripe_",),
    "prometheus_client": ("telemetry/metrics.py",),
    "opentelemetry": ("telemetry/spans.py",),
}


def sources() -> list[Path]:
    folders = [*FORBIDDEN, "bench", "migrations"]
    return [*PROJECT.glob("*.py"), *(path for folder in folders for path in (PROJECT / folder).rglob("*.py"))]


@cache
def imported(path: Path) -> list[tuple[int, str]]:
    found = []
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Import):
            found += [(node.lineno, alias.name) for alias in node.names]
        elif isinstance(node, ast.ImportFrom) and node.module and node.level == 0:
            found.append((node.lineno, node.module))
    return found


@pytest.mark.parametrize("room", sorted(FORBIDDEN))
def test_a_room_imports_only_what_it_may(room: str) -> None:
    offences = [
        f"{path.relative_to(PROJECT)}:{line} imports {name}"
        for path in (PROJECT / room).rglob("*.py")
        for line, name in imported(path)
        if name.partition(".")[0] in FORBIDDEN[room]
    ]
    assert offences == []


def test_the_ground_floor_imports_nothing_above_it() -> None:
    offences = [
        f"{path}:{line} imports {name}"
        for path in ALONE
        for line, name in imported(PROJECT / path)
        if name.partition(".")[0] in OURS
    ]
    assert offences == []


@pytest.mark.parametrize("library", sorted(DOORS))
def test_an_outside_library_has_one_door(library: str) -> None:
    offences = [
        f"{path.relative_to(PROJECT)}:{line}"
        for path in sources()
        for line, name in imported(path)
        if name.partition(".")[0] == library and not str(path.relative_to(PROJECT)).startswith(DOORS[library])
    ]
    assert offences == []


def test_views_do_not_import_each_other() -> None:
    views = {"transcriptions", "settings", "sign_in", "home", "account"}
    offences = [
        f"{path.relative_to(PROJECT)}:{line} imports {name}"
        for path in (PROJECT / "blueprints").rglob("*.py")
        for line, name in imported(path)
        if path.stem in views and name.startswith("blueprints.") and name.rpartition(".")[2] in views
    ]
    assert offences == []
