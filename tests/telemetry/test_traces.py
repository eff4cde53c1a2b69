"""One trace from the request through the queue into the jobs and out to whom they ask, as a collector gets it."""

import asyncio
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from flask import Flask

import db
import runtime
from config import Config, ConfigError, LlmEndpoint, from_env
from insights.llm.faults import LlmTimedOut
from jobs import delivering as loop
from jobs.delivering import Delivering
from jobs.queues import DUE
from jobs.understanding import understand
from telemetry import tracing
from tests.factories import api_client, make_account
from tests.outbound.loopback_server import LoopbackServer, loopback_server
from tests.telemetry.collector import Collector, Taken, collector

PROJECT = Path(__file__).parents[2]
SAID = "The secret word is mellifluous."
SERVER, CLIENT, CONSUMER = 2, 3, 5


@pytest.fixture
def collected(app: Flask, monkeypatch: pytest.MonkeyPatch) -> Iterator[Collector]:
    with collector() as kept:
        monkeypatch.setenv("OTEL_EXPORTER_OTLP_ENDPOINT", kept.url)
        tracing.configure("transcribe-tests")
        yield kept
        tracing.flush()
        tracing.configure(None)


@pytest.fixture
def receiver(committed: None, monkeypatch: pytest.MonkeyPatch) -> Iterator[LoopbackServer]:
    monkeypatch.setattr(loop, "LINGER_SECONDS", 0.0)
    with loopback_server() as server:
        server.routes["/ok"] = lambda request: request.reply(b"thanks")
        yield server


class SlowModel:
    """A language model that answers nothing in time."""

    def room(self, *_: object, **__: object) -> int:
        raise LlmTimedOut(f"no answer about: {SAID}")

    ask = stream = room


def follow(spans: list[Taken], trace_id: str) -> list[Taken]:
    return [span for span in spans if span.trace_id == trace_id]


@pytest.mark.usefixtures("jobs_in_this_process", "embeddings")
def test_a_trace_goes_from_the_request_into_the_jobs_and_out(
    app: Flask, collected: Collector, receiver: LoopbackServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    endpoint = LlmEndpoint("http://127.0.0.1:9/v1", "slow", None, 1, 8192)
    monkeypatch.setattr(runtime, "_config", replace(runtime.config(), llm=endpoint))
    monkeypatch.setattr(runtime, "_llm", SlowModel())
    with db.transaction() as session:
        client = api_client(app, session, make_account(session, email="dora@example.com"))
    content = f"1\n00:00:00,000 --> 00:00:02,000\n{SAID}\n"
    body = {
        "source": "transcript",
        "transcript": {"format": "srt", "content": content},
        "webhook_url": receiver.url("/ok"),
    }
    answer = client.post("/api/v1/transcriptions", json=body, headers={"X-Request-Id": "mine-1"})
    assert answer.status_code == 202, answer.text
    public_id = answer.json["id"]  # type: ignore[index]
    understand(DUE)
    asyncio.run(Delivering().run())
    tracing.flush()

    request = collected.named("POST /api/v1/transcriptions")
    stage = collected.named("stage understanding")
    attempt = collected.named("webhook attempt")
    asked = next(span for span in collected.spans if span.name == "ask language_model")
    assert (request.service, request.kind, request.parent_id) == ("transcribe-tests", SERVER, "")
    assert {span.trace_id for span in (stage, attempt, asked)} == {request.trace_id}
    assert (stage.kind, stage.parent_id) == (CONSUMER, request.span_id)
    assert (asked.kind, asked.parent_id, asked.failed) == (CLIENT, stage.span_id, "LlmTimedOut")
    assert (attempt.kind, attempt.parent_id, attempt.failed) == (CLIENT, request.span_id, None)
    assert request.attributes["http.response.status_code"] == 202
    assert {span.attributes["transcribe.request_id"] for span in (request, stage, attempt)} == {"mine-1"}
    assert stage.attributes["transcribe.transcription_id"] == public_id
    assert stage.attributes["transcribe.outcome"] == "done"

    key = str(client.environ_base["HTTP_AUTHORIZATION"]).partition(" ")[2]
    for secret in (SAID, "mellifluous", key, receiver.url("/ok"), "127.0.0.1", "dora@example.com"):
        assert secret.encode() not in collected.raw, secret


def test_a_clients_own_trace_does_not_decide_about_ours(app: Flask, collected: Collector) -> None:
    theirs = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"
    app.test_client().get("/pricing", headers={"traceparent": theirs})
    tracing.flush()
    assert collected.named("GET /pricing").trace_id != theirs[3:35]


def test_a_page_that_is_not_there_has_no_path_in_its_span(app: Flask, collected: Collector) -> None:
    app.test_client().get("/s/verysecretaddress")
    app.test_client().get("/no/such/page")
    tracing.flush()
    assert collected.named("GET none").attributes["transcribe.error_code"] == "not_found"
    assert b"verysecretaddress" not in collected.raw
    assert b"such" not in collected.raw


def test_what_rises_makes_a_span_failed_and_its_words_stay_here(collected: Collector) -> None:
    with pytest.raises(RuntimeError), tracing.span("work"):
        raise RuntimeError(SAID)
    tracing.flush()
    assert collected.named("work").failed == "RuntimeError"
    assert b"mellifluous" not in collected.raw


def test_a_collector_that_is_away_keeps_nobody_waiting(app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OTEL_EXPORTER_OTLP_ENDPOINT", "http://127.0.0.1:9")
    tracing.configure("transcribe-tests")
    try:
        with tracing.span("work"):
            pass
        began = time.monotonic()
        tracing.flush()
        assert time.monotonic() - began < 4
    finally:
        tracing.configure(None)


def test_without_a_collector_nothing_is_loaded(tmp_path: Path) -> None:
    program = (
        "import app; app.create_app()\nimport jobs.transcriptions, sys\n"
        # redis looks for the SDK's metrics by itself, where it is installed.
        "traces = ('opentelemetry.exporter', 'opentelemetry.sdk.trace', 'telemetry.spans')\n"
        "print([name for name in sys.modules if name.startswith(traces)])"
    )
    env = {"DATA_DIR": str(tmp_path), "PATH": "/usr/bin:/bin"}
    run = subprocess.run(
        [sys.executable, "-c", program], cwd=PROJECT, env=env, capture_output=True, text=True, timeout=60, check=True
    )
    assert run.stdout.strip() == "[]"


@pytest.mark.parametrize(
    ("settings", "name"),
    [
        ({}, None),
        ({"OTEL_SERVICE_NAME": "ours"}, None),
        ({"OTEL_EXPORTER_OTLP_ENDPOINT": "http://collector:4318"}, "transcribe"),
        ({"OTEL_EXPORTER_OTLP_TRACES_ENDPOINT": "http://c/t", "OTEL_SERVICE_NAME": "ours"}, "ours"),
        ({"OTEL_EXPORTER_OTLP_ENDPOINT": "http://c", "OTEL_SDK_DISABLED": "true"}, None),
        ({"OTEL_EXPORTER_OTLP_ENDPOINT": "http://c", "OTEL_TRACES_EXPORTER": "none"}, None),
    ],
)
def test_the_standard_variables_decide(config: Config, settings: dict[str, str], name: str | None) -> None:
    assert from_env({"DATA_DIR": str(config.data_dir), "SECRET_KEY": "tests", **settings}).traced_as == name


def test_without_the_package_the_setting_is_refused(config: Config, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("config.find_spec", lambda name: None)
    settings = {"DATA_DIR": str(config.data_dir), "SECRET_KEY": "tests", "OTEL_EXPORTER_OTLP_ENDPOINT": "http://c"}
    with pytest.raises(ConfigError, match="OTEL_EXPORTER_OTLP_ENDPOINT needs a package"):
        from_env(settings)
