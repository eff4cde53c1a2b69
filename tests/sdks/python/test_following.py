"""Waiting for a transcription, and following its events."""

import json
import time
from typing import Any

import pytest

from blueprints.api_v1.documents import examples
from tests.sdks.python.clients import Kind, asked
from tests.sdks.python.loopback import Reply, error, in_turn, loopback
from transcribe_client import (
    AuthenticationError,
    Progress,
    ProgressEvent,
    Retries,
    SegmentsEvent,
    StatusEvent,
    TranscriptionFailedError,
    WaitTimeoutError,
)
from transcribe_client.resources import transcriptions as transcriptions_module
from transcribe_client.streams import Lines

AT_WORK, DONE = Reply(200, examples.TRANSCRIBING), Reply(200, examples.COMPLETED)


@pytest.fixture(autouse=True)
def _short_pauses(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(transcriptions_module, "PAUSE_SECONDS", 0.01)


def event(name: str, data: Any) -> bytes:
    return f"event: {name}\ndata: {json.dumps(data, ensure_ascii=False)}\n\n".encode()


def test_waiting_goes_on_until_it_is_final_and_shows_how_far_it_is(kind: Kind) -> None:
    shown: list[Progress] = []
    with loopback(in_turn(AT_WORK, AT_WORK, DONE)) as server:
        done = asked(kind, server.url, lambda client: client.transcriptions.wait("tr_1", on_progress=shown.append))
    assert done.status == "completed"
    assert [each.stage for each in shown] == ["transcribing", "transcribing", "completed"]
    assert {request.query["timeout"] for request in server.requests} == {"2.0"}


def test_the_time_out_of_a_wait_says_which_transcription_it_was(kind: Kind) -> None:
    with loopback(in_turn(AT_WORK)) as server, pytest.raises(WaitTimeoutError) as raised:
        asked(kind, server.url, lambda client: client.transcriptions.wait("tr_1", timeout=0.05))
    assert raised.value.transcription_id == "tr_1"
    assert raised.value.transcription is not None
    assert raised.value.transcription.stage == "transcribing"


def test_a_service_that_cannot_wait_is_not_asked_again_at_once(kind: Kind, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(transcriptions_module, "PAUSE_SECONDS", 0.2)
    with loopback(in_turn(AT_WORK)) as server, pytest.raises(WaitTimeoutError):
        asked(kind, server.url, lambda client: client.transcriptions.wait("tr_1", timeout=0.5))
    assert len(server.requests) <= 4


@pytest.mark.parametrize("trouble", [Reply(200, examples.COMPLETED, after_seconds=3.0), Reply(cut=0)])
def test_a_wait_ends_in_time_where_the_service_does_not_answer(kind: Kind, trouble: Reply) -> None:
    began = time.monotonic()
    with loopback(in_turn(trouble)) as server, pytest.raises(WaitTimeoutError) as raised:
        asked(kind, server.url, lambda client: client.transcriptions.wait("tr_1", timeout=0.3), retries=Retries())
    assert time.monotonic() - began < 2.5
    assert (raised.value.transcription_id, raised.value.transcription) == ("tr_1", None)


def test_other_errors_of_a_wait_say_it_too(kind: Kind) -> None:
    revoked = error(401, "authentication_error", "invalid_api_key")
    with loopback(in_turn(AT_WORK, revoked)) as server, pytest.raises(AuthenticationError) as raised:
        asked(kind, server.url, lambda client: client.transcriptions.wait("tr_1"))
    assert raised.value.transcription_id == "tr_1"


def test_a_failed_one_ends_a_wait_and_is_an_error_of_transcribe(kind: Kind) -> None:
    replies = [Reply(202, examples.QUEUED), Reply(200, examples.FAILED)]
    with loopback(in_turn(*replies[1:])) as server:
        assert asked(kind, server.url, lambda client: client.transcriptions.wait("tr_1")).status == "failed"
    with loopback(in_turn(*replies)) as server, pytest.raises(TranscriptionFailedError) as raised:
        asked(kind, server.url, lambda client: client.transcribe("https://x.example/a.mp3"))
    failure = examples.FAILED["error"]
    assert failure is not None
    assert raised.value.code == failure["code"]
    assert raised.value.transcription.id == examples.FAILED["id"]


def test_events_end_with_the_final_status(kind: Kind) -> None:
    with loopback(in_turn(Reply(200, examples.EVENTS.encode()))) as server:
        seen = asked(kind, server.url, lambda client: client.transcriptions.events("tr_1"))
    assert {type(each) for each in seen} == {StatusEvent, ProgressEvent, SegmentsEvent}
    assert seen[-1].transcription.status == "completed"
    assert server.requests[0].headers["accept"] == "text/event-stream"


def test_a_stream_that_breaks_off_is_asked_for_again(kind: Kind) -> None:
    beginning = event("progress", {"stage": "transcribing", "progress": 0.5})
    half = Reply(200, beginning + event("status", examples.COMPLETED), cut=len(beginning) + 30)
    busy = error(503, "api_error", "service_unavailable")
    rest = Reply(200, event("news", {"of": "tomorrow"}) + event("status", examples.COMPLETED))
    with loopback(in_turn(half, busy, Reply(200, beginning), rest)) as server:
        seen = asked(kind, server.url, lambda client: client.transcriptions.events("tr_1"))
    assert [each.type for each in seen] == ["progress", "progress", "status"]
    assert len(server.requests) == 4


def test_a_stream_that_is_refused_is_an_error(kind: Kind) -> None:
    refused = error(401, "authentication_error", "invalid_api_key")
    with loopback(in_turn(refused)) as server, pytest.raises(AuthenticationError):
        asked(kind, server.url, lambda client: client.transcriptions.events("tr_1"), retries=Retries(most=3))
    assert len(server.requests) == 1


def test_lines_are_put_together_however_they_arrive() -> None:
    stream = ": hello\r\n\r\nevent: status\r\ndata: a\u2028b\r\ndata:c\r\nid: 7\r\n\r\ndata: alone\n\nevent: x\n\n"
    whole = stream.encode()
    for size in (1, 2, 3, len(whole)):
        lines = Lines()
        found = [each for at in range(0, len(whole), size) for each in lines.feed(whole[at : at + size])]
        assert found == [("status", "a\u2028b\nc".encode()), ("", b"alone")]
