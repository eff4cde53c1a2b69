"""The whole service as `make run` starts it: one transcription from end to end, and through the loss of its parts."""

import json
import os
import re
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from typing import Any

import openai
import pytest
from redis import Redis

from bench.running import ROOT, free_port
from handlers.samples import SAMPLE_TITLE
from processes.embedded import addresses
from speech.engines.weights import is_packaged
from tests.mcp.conftest import Desk
from tests.service.running import Running
from tests.waiting import until

pytestmark = [
    pytest.mark.whole,
    pytest.mark.xdist_group("one service"),
    pytest.mark.engine,
    pytest.mark.skipif(not is_packaged(), reason="the packaged weights are not installed"),
]

SPOKEN = "ask not what your country can do for you"


def post(running: Running, name: str, *, diarize: bool = False) -> dict[str, Any]:
    body = {"source": "external_url", "url": f"{running.files}/{name}", "diarize": diarize}
    return running.api.call("POST", "/transcriptions", body)


def await_recognition(running: Running, made: dict[str, Any]) -> None:
    """Until the engine is in the middle of it."""
    until(lambda: running.api.call("GET", f"/transcriptions/{made['id']}")["stage"] == "transcribing")
    time.sleep(1)


def test_a_url_becomes_a_transcript(running: Running) -> None:
    done = running.api.final(post(running, "jfk.flac", diarize=True))
    assert (done["status"], done["duration_seconds"], done["cost"]["charged_usd"]) == ("completed", 11.0, "0.000917")
    result = running.api.call("GET", f"/transcriptions/{done['id']}/result")
    assert SPOKEN in result["text"]
    assert [speaker["id"] for speaker in result["speakers"]] == ["S1"]
    assert (result["chapters"][0]["start"], result["chapters"][-1]["end"]) == (0.0, 11.0)
    assert set(done["artifacts"].values()) == {"ready"}
    words = [word for segment in result["segments"] for word in segment["words"]]
    assert words == sorted(words, key=lambda word: float(word["start"]))
    assert all(0 <= word["start"] <= word["end"] <= 11.0 for word in words)


def test_the_first_start_leaves_a_finished_sample(running: Running) -> None:
    listed = running.api.call("GET", "/transcriptions?q=Ask%20not&limit=100")["data"]
    (sample,) = (each for each in listed if each["title"] == SAMPLE_TITLE)
    assert running.api.final(sample)["status"] == "completed"


@pytest.mark.parametrize(
    ("name", "code"),
    [("page.mp3", "url_not_media"), ("empty.mp3", "media_undecodable"), ("missing.mp3", "source_unreachable")],
)
def test_bad_input_ends_soon_with_its_code_and_leaves_nothing_behind(running: Running, name: str, code: str) -> None:
    made = post(running, name)
    failed = running.api.final(made, seconds=30)
    assert (failed["status"], failed["error"]["code"], failed["cost"]["charged_usd"]) == ("failed", code, "0.000000")
    left = [path for path in (running.data_dir / "objects").rglob("*") if made["id"] in path.name]
    assert left == list((running.data_dir / "scratch").glob(f"*{made['id']}*")) == []


def test_p08_a_killed_worker_and_an_emptied_redis_still_end_in_one_transcript(running: Running) -> None:
    made = post(running, "long.wav")
    await_recognition(running, made)
    running.kill("jobs.worker transcribe")
    with Redis.from_url(addresses(running.data_dir).redis_url) as redis:
        redis.flushall()
    done = running.api.final(made)
    assert (done["status"], done["cost"]["charged_usd"]) == ("completed", "0.001834")
    segments = running.api.call("GET", f"/transcriptions/{made['id']}/result")["segments"]
    starts = [segment["start"] for segment in segments]
    assert starts == sorted(set(starts))
    assert segments[-1]["end"] > 20


def test_p08_an_engine_that_dies_is_restarted_and_the_work_done_again(running: Running) -> None:
    made = post(running, "long.wav")
    await_recognition(running, made)
    running.kill("speech.engines.host")
    assert running.api.final(made)["status"] == "completed"


def test_a_cancel_stops_the_engine_soon(running: Running) -> None:
    made = post(running, "longest.wav")
    await_recognition(running, made)
    canceled = running.api.call("POST", f"/transcriptions/{made['id']}/cancel", {})
    assert (canceled["status"], canceled["error"]["code"]) == ("failed", "canceled")
    assert running.api.final(post(running, "jfk.flac"), seconds=30)["status"] == "completed"


@pytest.mark.parametrize("is_told", [False, True], ids=["asking", "being told"])
def test_one_recording_goes_all_the_way_in_one_script(running: Running, is_told: bool) -> None:
    command = [sys.executable, str(ROOT / "examples" / "one_recording.py"), f"{running.files}/jfk.flac"]
    command += ["--told-at", f"http://127.0.0.1:{free_port()}/"] if is_told else []
    env = {**os.environ, "TRANSCRIBE_BASE_URL": running.base, "TRANSCRIBE_API_KEY": running.key}
    ended = subprocess.run(command, env=env, check=True, timeout=120, capture_output=True, text=True)
    assert SPOKEN in ended.stdout


def test_openais_own_client_works_by_its_base_url(running: Running) -> None:
    with openai.OpenAI(api_key=running.key, base_url=f"{running.base}/v1") as client:
        sample = ROOT / "assets" / "jfk.flac"
        text = client.audio.transcriptions.create(file=sample, model="whisper-1", response_format="text")
        stream = client.audio.transcriptions.create(
            file=sample, model="gpt-4o-transcribe-diarize", response_format="diarized_json", stream=True
        )
        events = list(stream)
    assert SPOKEN in text
    assert [event.type for event in events if event.type.endswith(("segment", "done"))][-1] == "transcript.text.done"
    assert {event.speaker for event in events if event.type == "transcript.text.segment"} == {"A"}


def test_a_refusal_reaches_a_client_that_still_sends(running: Running) -> None:
    recording = b"\0" * 20_000_000
    client = openai.OpenAI(api_key="nonsense", base_url=f"{running.base}/v1", max_retries=0)
    with client, pytest.raises(openai.AuthenticationError):
        client.audio.transcriptions.create(file=("silence.wav", recording), model="whisper-1")


def test_a_language_model_transcribes_reads_and_asks(running: Running) -> None:
    desk = Desk(f"{running.base}/mcp", running.key)
    made = desk.call("transcribe", url=f"{running.files}/jfk.flac", title="Inaugural address")["transcription_id"]
    assert desk.call("wait", transcription_id=made, timeout_seconds=50)["status"] == "completed"
    assert SPOKEN in desk.text("read", transcription_id=made)
    # The library is full of the same words.
    hits = desk.call("search", q="what can you do for your country", transcription_id=made)["hits"]
    assert SPOKEN in hits[0]["text"]
    answered = desk.call("ask", question="What should you ask?", transcription_ids=[made])
    assert "country" in answered["quotes"][0]["quote"]


def test_p02_two_idempotency_keys_in_one_request_are_refused(running: Running) -> None:
    request = (
        f"POST /api/v1/transcriptions HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer {running.key}\r\n"
        "Idempotency-Key: a\r\nIdempotency-Key: b\r\nContent-Length: 0\r\nConnection: close\r\n\r\n"
    )
    with socket.create_connection(("127.0.0.1", int(running.base.rpartition(":")[2])), timeout=10) as connection:
        connection.sendall(request.encode())
        answer = connection.makefile("rb").read().decode()
    assert answer.startswith("HTTP/1.1 400")
    assert "invalid_idempotency_key" in answer


def test_the_service_is_ready(running: Running) -> None:
    with urllib.request.urlopen(f"{running.base}/readyz", timeout=5) as response:
        assert json.load(response)["checks"] == {"database": True, "redis": True, "worker": True}


def test_p50_the_log_is_json_with_one_id_through_web_and_jobs_and_holds_no_secret(running: Running) -> None:
    done = running.api.final(post(running, "jfk.flac"))
    lines = [json.loads(line) for line in running.log.read_text().splitlines() if line.startswith("{")]
    request_ids = {line.get("request_id") for line in lines if line.get("transcription_id") == done["id"]}
    assert len(request_ids) == 1
    assert any(line.get("path") == "/api/v1/transcriptions" and line["request_id"] in request_ids for line in lines)
    log = running.log.read_text()
    assert re.search(r"tsk_live_\w", log) is None
    assert "your country" not in log
