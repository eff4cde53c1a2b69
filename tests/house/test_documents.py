"""What people forget to write down: every setting, error code and queue."""

import re
from pathlib import Path

from config import PROVIDERS
from errors import every_error
from jobs.queues import ENTRY_POINTS, QueueName
from processes import service

PROJECT = Path(__file__).parents[2]


def test_every_error_code_is_in_the_documentation_with_its_status_and_type() -> None:
    documented = re.findall(r"^\| `(\w+)` \| (\d+) \| `(\w+)` \|", (PROJECT / "docs/errors.md").read_text(), re.M)
    assert sorted(documented) == sorted((error.code, str(error.status), error.type) for error in every_error())


def test_every_setting_is_in_the_example_file_and_no_other() -> None:
    read = set(re.findall(r'"([A-Z][A-Z0-9_]+)"', (PROJECT / "config.py").read_text())) - {"DYNO", "ID", "SECRET"}
    read |= {f"{name}_CLIENT_{part}" for name in ("OIDC", "GOOGLE", "GITHUB") for part in ("ID", "SECRET")}
    read = {name for name in read if name not in PROVIDERS.values()} | {
        f"{name}_{part}"
        for name in PROVIDERS.values()
        for part in ("API_KEY", "BASE_URL", "TRANSCRIPTION_MODEL", "MAX_SECONDS", "MAX_BYTES")
    }
    explained = set(re.findall(r"^# ?([A-Z0-9_]+)=", (PROJECT / ".env.example").read_text(), re.M))
    assert explained == read | {"WEB_CONCURRENCY"}


def test_every_setting_is_in_the_configuration_guide() -> None:
    explained = set(re.findall(r"^# ?([A-Z0-9_]+)=", (PROJECT / ".env.example").read_text(), re.M))
    guide = (PROJECT / "docs/configuration.md").read_text()
    assert [name for name in sorted(explained) if f"`{name}`" not in guide] == []


def test_every_queue_has_a_worker_and_an_entry_point() -> None:
    with_every_key = {key: "set" for _, keys in service.WITH_KEYS.values() for key in keys}
    listened = {program.argv[-1] for program in service.workers(with_every_key, stop_seconds=1)}
    assert listened == {name.value for name in QueueName} == {name.value for name in ENTRY_POINTS}
