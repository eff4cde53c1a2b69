"""What people forget to write down: every setting, error code and queue."""

import re
from pathlib import Path

from config import PROVIDERS
from errors import every_error
from jobs.queues import ENTRY_POINTS, QueueName
from processes import slots

PROJECT = Path(__file__).parents[2]
PROGRAMS = ("*.py", "jobs/*.py", "processes/*.py", "insights/**/*.py", "speech/**/*.py", "checks/*.py", "backups/*.py")
# What a platform, an interpreter or a library sets or reads.
NOT_SETTINGS = {"DYNO", "FLASK_APP", "OMP_NUM_THREADS", "OMP_WAIT_POLICY", "HF_HUB_OFFLINE", "HF_ENDPOINT", "HF_TOKEN"}


def test_every_error_code_is_in_the_documentation_with_its_status_and_type() -> None:
    documented = re.findall(r"^\| `(\w+)` \| (\d+) \| `(\w+)` \|", (PROJECT / "docs/errors.md").read_text(), re.M)
    assert sorted(documented) == sorted((error.code, str(error.status), error.type) for error in every_error())


def read_settings() -> set[str]:
    """Whatever our programs take from the environment by a name of ours."""
    named = set(re.findall(r'"([A-Z][A-Z0-9_]+)"', (PROJECT / "config.py").read_text())) - {"ID", "SECRET"}
    named |= {f"{name}_CLIENT_{part}" for name in ("OIDC", "GOOGLE", "GITHUB") for part in ("ID", "SECRET")}
    named = {name for name in named if name not in PROVIDERS.values()} | {
        f"{name}_{part}"
        for name in PROVIDERS.values()
        for part in ("API_KEY", "BASE_URL", "TRANSCRIPTION_MODEL", "MAX_SECONDS", "MAX_BYTES")
    }
    for path in (path for folder in PROGRAMS for path in sorted(PROJECT.glob(folder))):
        named |= set(re.findall(r'\b(?:env|environ|settings)(?:\.get\(|\[)\s*"([A-Z][A-Z0-9_]+)"', path.read_text()))
        named |= set(re.findall(r'"([A-Z][A-Z0-9_]+)" (?:not )?in (?:env|environ|os\.environ)\b', path.read_text()))
    return named - NOT_SETTINGS


def explained_in_example() -> set[str]:
    return set(re.findall(r"^# ?([A-Z0-9_]+)=", (PROJECT / ".env.example").read_text(), re.M))


def explained_in_guide() -> set[str]:
    """The names in the first column of the guide's tables."""
    rows = re.findall(r"^\| (`[A-Z][^|]*) \|", (PROJECT / "docs/configuration.md").read_text(), re.M)
    return {name for row in rows for name in re.findall(r"`([A-Z][A-Z0-9_]+)`", row)}


def test_every_setting_is_in_the_example_file_and_no_other() -> None:
    assert explained_in_example() == read_settings()


def test_every_setting_is_in_the_configuration_guide_and_no_other() -> None:
    assert explained_in_guide() == read_settings()


def test_a_setting_that_is_read_anywhere_is_seen() -> None:
    assert {"WEB_CONCURRENCY", "HOST", "WHISPER_COMPUTE_TYPE", "REDIS_TLS_VERIFY", "OIDC_ISSUER"} <= read_settings()


def test_every_queue_has_a_worker_and_an_entry_point() -> None:
    with_every_key = {key: "set" for _, keys in slots.WITH_KEYS.values() for key in keys}
    listened = {queue for queue, count in slots.counts(with_every_key).items() if count}
    assert listened == {name.value for name in QueueName} == {name.value for name in ENTRY_POINTS}
