"""Every line of a request and of its jobs has the request's id, as JSON or as text."""

import json
import logging
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy.orm import Session

import db
import logs
from config import Config
from jobs.queues import QueueName
from models import Account, Status, Transcription
from tests.factories import api_client, make_account, make_completed
from tests.telemetry.collector import collector

PROJECT = Path(__file__).parents[2]


@pytest.fixture
def plain_logging() -> Iterator[None]:
    """Whatever a test configures is undone."""
    root = logging.getLogger()
    handlers, level = list(root.handlers), root.level
    yield
    root.handlers[:] = handlers
    root.setLevel(level)


def said(capsys: pytest.CaptureFixture[str]) -> list[str]:
    return [line for line in capsys.readouterr().err.splitlines() if line]


def test_json_is_one_object_a_line(plain_logging: None, capsys: pytest.CaptureFixture[str]) -> None:
    logs.configure_logging("json")
    with logs.log_context(request_id="req_1", transcription_id=None):
        logging.getLogger("a.b").warning("two\nlines", extra={"code": "x"})
    line = json.loads(said(capsys)[0])
    assert {name: line[name] for name in ("level", "logger", "message", "code", "request_id")} == {
        "level": "WARNING",
        "logger": "a.b",
        "message": "two\nlines",
        "code": "x",
        "request_id": "req_1",
    }
    assert "transcription_id" not in line


def test_text_has_the_same_in_one_line(plain_logging: None, capsys: pytest.CaptureFixture[str]) -> None:
    logs.configure_logging("text")
    with logs.log_context(request_id="req_1"):
        logging.getLogger("a.b").warning("something", extra={"code": "x"})
    line = said(capsys)[0]
    assert line.endswith("WARNING a.b: something code=x request_id=req_1")


def test_what_rises_is_logged_with_the_ids_of_its_work(plain_logging: None, capsys: pytest.CaptureFixture[str]) -> None:
    logs.configure_logging("json")
    logs.clear_log_context()
    try:
        with logs.log_context(request_id="req_1"):
            raise RuntimeError
    except RuntimeError:
        logging.getLogger("rq.worker").exception("it failed")
    logs.clear_log_context()
    assert json.loads(said(capsys)[0])["request_id"] == "req_1"


def test_the_web_servers_own_lines_are_json_too(plain_logging: None, capsys: pytest.CaptureFixture[str]) -> None:
    server = logging.getLogger("gunicorn.error")
    server.propagate = False
    server.addHandler(logging.StreamHandler())
    logs.configure_logging("json")
    server.critical("WORKER TIMEOUT")
    assert [json.loads(line)["message"] for line in said(capsys)] == ["WORKER TIMEOUT"]


def test_understanding_anew_belongs_to_the_request_that_asked_for_it(
    session: Session, api: FlaskClient, alice: Account
) -> None:
    done = make_completed(session, alice)
    done.request_id = "first"
    session.commit()
    api.post(f"/api/v1/transcriptions/{done.public_id}/understand", headers={"X-Request-Id": "second"})
    session.refresh(done)
    assert done.request_id == "second"


# A worker as it is run


class Worker:
    """A worker process, and what it wrote."""

    def __init__(self, config: Config, log: Path, queue: QueueName, **settings: str) -> None:
        self.log = log
        env = {
            "PATH": os.environ["PATH"],
            "DATA_DIR": str(config.data_dir),
            "SECRET_KEY": "tests",
            "WORKER_SLOT": "logs-1",
            **settings,
        }
        with log.open("wb") as file:
            self._process = subprocess.Popen(
                [sys.executable, "-m", "jobs.worker", queue.value], cwd=PROJECT, env=env, stderr=file
            )

    def stop(self) -> list[str]:
        """What it wrote from beginning to end."""
        self._process.send_signal(signal.SIGTERM)
        self._process.wait(30)
        return self.log.read_text().splitlines()


def an_import(app: Flask, request_id: str) -> str:
    with db.transaction() as session:
        client = api_client(app, session, make_account(session))
    content = "1\n00:00:00,000 --> 00:00:02,000\nHello there.\n"
    body = {"source": "transcript", "transcript": {"format": "srt", "content": content}}
    answer = client.post("/api/v1/transcriptions", json=body, headers={"X-Request-Id": request_id})
    assert answer.status_code == 202
    return str(answer.json["id"])  # type: ignore[index]


def wait_until_final(public_id: str) -> None:
    deadline = time.monotonic() + 60
    while True:
        with db.transaction() as session:
            status = session.query(Transcription.status).where(Transcription.public_id == public_id).scalar()
        if status is not Status.PROCESSING:
            return
        assert time.monotonic() < deadline
        time.sleep(0.1)


@pytest.mark.whole
@pytest.mark.usefixtures("committed", "embeddings")
def test_a_workers_lines_are_json_with_the_id_of_the_request(app: Flask, config: Config, tmp_path: Path) -> None:
    with collector() as collected:
        worker = Worker(config, tmp_path / "log", QueueName.UNDERSTAND, OTEL_EXPORTER_OTLP_ENDPOINT=collected.url)
        public_id = an_import(app, "my-own-id")
        wait_until_final(public_id)
        lines = [json.loads(line) for line in worker.stop()]
        span = collected.named("stage understanding", seconds=5)
    stages = [line for line in lines if line["logger"] == "jobs.stages"]
    assert [line["message"] for line in stages] == ["stage started", "stage done"]
    assert {(line["request_id"], line["transcription_id"]) for line in stages} == {("my-own-id", public_id)}
    assert span.attributes["transcribe.request_id"] == "my-own-id"
