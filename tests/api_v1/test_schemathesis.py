"""What nobody would think of, sent to every operation: the answers are as documented, and none is a failure of ours.

Seeds are fixed, so that a run can be repeated: `python -m pytest tests/api_v1/test_schemathesis.py`. Values at the
edges of every schema are always tried; of those made by chance few for each operation, and more by `make fuzz`.
"""

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from flask import Flask

import db
import runtime
from blueprints.api_v1 import waiting
from handlers.api_keys import create_api_key
from models import Account
from tests.factories import make_account, make_completed
from tests.serving import served

pytestmark = pytest.mark.whole

PEERS = ("alice", "charlie")
# For each operation. There are so many of those that a fortieth of what is asked for elsewhere takes long enough.
EXAMPLES = max(4, int(os.environ.get("FUZZ_EXAMPLES", "0")) // 40)
SECONDS_FOR_EACH = 60
# Rules of the business refuse what a schema allows, such as an upload that does not exist; OpenAPI 3.1 has no word for
# the parts of a stream, which schemathesis holds against the schema one by one.
CONFIG = """
seed = 1
warnings = false
request-timeout = 30
continue-on-failure = true
{parameters}
[auth.wfc]
path = {keys}
peers = {peers}

[generation]
no-shrink = true
max-examples = {examples}

[checks]
positive_data_acceptance.enabled = false

[[operations]]
include-operation-id = "stream_transcription_events"
checks.response_schema_conformance.enabled = false

[[operations]]
include-operation-id = "wait_for_transcription"
parameters = {{ "query.timeout" = 0.1 }}
"""


@pytest.fixture
def address(app: Flask, committed: None, monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    """A service that counts no requests, or nothing else would be found out."""
    limitless = replace(runtime.config(), rate_limit_per_minute=10**6, anonymous_rate_limit_per_minute=10**6)
    monkeypatch.setattr(runtime, "_config", limitless)
    monkeypatch.setattr(waiting, "LONGEST_STREAM_SECONDS", 0.1)
    with served(app) as address:
        yield address


@pytest.fixture
def keys(address: str, tmp_path: Path) -> Path:
    """A file with the keys of two accounts that must not see each other's."""
    path = tmp_path / "keys.json"
    with db.transaction() as session:
        accounts = {name: make_account(session, email=f"{name}@example.com") for name in PEERS}
        bearers = {name: _bearer(create_api_key(session, each, name="fuzz")[1]) for name, each in accounts.items()}
    path.write_text(json.dumps({"auth": [{"name": name, "fixedHeaders": [each]} for name, each in bearers.items()]}))
    return path


@pytest.mark.usefixtures("embeddings")
def test_no_answer_is_outside_the_document(address: str, keys: Path, tmp_path: Path) -> None:
    run(address, keys, tmp_path)


@pytest.mark.usefixtures("embeddings")
def test_no_answer_about_a_finished_transcription_is_outside_the_document(
    address: str, keys: Path, tmp_path: Path
) -> None:
    with db.transaction() as session:
        alice = session.query(Account).filter_by(email="alice@example.com").one()
        done = make_completed(session, alice).public_id
    about_one = "transcriptions/{transcription_id}(/(wait|result|export|search|questions|edits|undo|redo|revisions))?$"
    run(
        address,
        keys,
        tmp_path,
        *("--phases", "examples,coverage,fuzzing", "--include-path-regex", about_one, "--exclude-method", "DELETE"),
        parameters={"path.transcription_id": done},
    )


def run(address: str, keys: Path, directory: Path, *options: str, parameters: dict[str, str] | None = None) -> None:
    """Run schemathesis with its checks and phases, and fail with what it found."""
    fixed = "".join(f"{json.dumps(name)} = {json.dumps(value)}\n" for name, value in (parameters or {}).items())
    config = directory / "schemathesis.toml"
    config.write_text(
        CONFIG.format(
            parameters=f"[parameters]\n{fixed}" if fixed else "",
            keys=json.dumps(str(keys)),
            peers=json.dumps(PEERS),
            examples=EXAMPLES,
        )
    )
    command = [sys.executable, "-m", "schemathesis.cli", "--config-file", str(config), "run", f"{address}/openapi.json"]
    ended = subprocess.run(
        [*command, "--url", f"{address}/api/v1", "--no-color", *options],
        cwd=directory,
        capture_output=True,
        text=True,
        timeout=SECONDS_FOR_EACH * EXAMPLES,
        check=False,
    )
    assert ended.returncode == 0, ended.stdout[-8000:] + ended.stderr[-2000:]


def _bearer(key: str) -> dict[str, str]:
    return {"name": "Authorization", "value": f"Bearer {key}"}
