"""Waiting for the end: one long request, or server-sent events."""

import threading
import time
from collections.abc import Callable

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy.orm import Session

import db
from blueprints.api_v1 import waiting
from handlers import processing
from handlers.processing import Fetched, Lease
from handlers.transcriptions import delete_transcription
from models import Account, Stage, Status, WordTimes
from speech.transcript import Segment, Transcript
from tests import factories
from tests.api_v1.expectations import error_of, events_of
from tests.factories import complete, make_completed, make_transcription

PATH = "/api/v1/transcriptions"
ENGINE = processing.Engine("base", WordTimes.MEASURED)
HEARD = (Segment(0.0, 1.0, "Hello."), Segment(1.0, 2.0, "Bye."))


class Work:
    """Alice's transcription, whose stages a test takes from another thread."""

    def __init__(self, app: Flask) -> None:
        with db.transaction() as session:
            self.account = factories.make_account(session)
            self.id = make_transcription(session, self.account).public_id
            self.api = factories.api_client(app, session, self.account)
        self.path = f"{PATH}/{self.id}"
        self.threads: list[threading.Thread] = []

    def later(self, *steps: Callable[[], None], pause_seconds: float = 0.3) -> None:
        def run() -> None:
            for step in steps:
                time.sleep(pause_seconds)
                step()

        self.threads.append(threading.Thread(target=run))
        self.threads[-1].start()

    def claim(self, stage: Stage) -> Lease:
        with db.transaction() as session:
            lease = processing.claim(session, self.id, stage, "test")
        assert lease is not None
        return lease

    def fetch(self) -> None:
        lease = self.claim(Stage.FETCHING)
        with db.transaction() as session:
            processing.keep_media(session, lease, Fetched("media/none", 1, "0" * 64, "talk.flac"))
            processing.hold_and_queue_recognition(
                session, lease, duration_seconds=2.0, content_type="audio/flac", truncated=False
            )

    def hear_one(self) -> None:
        self.lease = self.claim(Stage.TRANSCRIBING)
        with db.transaction() as session:
            processing.add_segments(session, self.lease, HEARD[:1], first_number=0, done=0.5)

    def complete(self) -> None:
        with db.transaction() as session:
            processing.add_segments(session, self.lease, HEARD[1:], first_number=1, done=1.0)
            complete(session, self.lease, Transcript("en", 2.0, 2.0, HEARD, 2.0), ENGINE, stored=HEARD)

    def delete(self) -> None:
        with db.transaction() as session:
            delete_transcription(session, self.account, self.id)


@pytest.fixture
def work(app: Flask, committed: None, monkeypatch: pytest.MonkeyPatch) -> "Work":
    monkeypatch.setattr(waiting, "LOOK_EVERY_SECONDS", 0.02)
    return Work(app)


def finish(work: Work) -> None:
    for thread in work.threads:
        thread.join()


def test_a_final_one_is_not_waited_for(api: FlaskClient, session: Session, alice: Account) -> None:
    transcription = make_completed(session, alice)
    session.commit()
    began = time.monotonic()

    shape = api.get(f"{PATH}/{transcription.public_id}/wait?timeout=30").get_json()

    assert shape["status"] == "completed"
    assert time.monotonic() - began < 5


def test_when_the_time_is_up_it_is_told_as_it_stands(api: FlaskClient, session: Session, alice: Account) -> None:
    transcription = make_transcription(session, alice)
    session.commit()
    began = time.monotonic()

    response = api.get(f"{PATH}/{transcription.public_id}/wait?timeout=0.3")

    assert (response.status_code, response.get_json()["status"]) == (200, "processing")
    assert 0.3 <= time.monotonic() - began < 5


def test_waiting_ends_when_another_process_finishes(work: Work) -> None:
    work.later(work.fetch, work.hear_one, work.complete, pause_seconds=0.1)
    began = time.monotonic()

    shape = work.api.get(f"{work.path}/wait?timeout=30").get_json()

    finish(work)
    assert (shape["status"], shape["cost"]["charged_usd"]) == ("completed", "0.000167")
    assert time.monotonic() - began < 15


def test_waiting_for_what_is_deleted_meanwhile_ends_in_not_found(work: Work) -> None:
    work.later(work.delete)

    response = work.api.get(f"{work.path}/wait?timeout=30")

    finish(work)
    error_of(response, 404, "not_found")


@pytest.mark.parametrize("timeout", ["-1", "61", "nan", "inf", "soon", ""])
def test_an_impossible_time_is_refused(api: FlaskClient, timeout: str) -> None:
    error_of(api.get(f"{PATH}/tr_0/wait?timeout={timeout}"), 422, "invalid_field", "timeout")


def test_events_of_a_completed_one_end_with_its_status(api: FlaskClient, session: Session, alice: Account) -> None:
    transcription = make_completed(session, alice)
    session.commit()

    response = api.get(f"{PATH}/{transcription.public_id}/events")

    events = events_of(response.text)
    assert response.content_type.startswith("text/event-stream")
    assert [name for name, _ in events] == ["segments", "progress", "status"]
    assert events[0][1]["segments"] == api.get(f"{PATH}/{transcription.public_id}/result").get_json()["segments"]
    assert events[1][1] == {"stage": None, "progress": 1.0}
    assert events[2][1] == api.get(f"{PATH}/{transcription.public_id}").get_json()


def test_events_of_a_failed_one_are_its_status_alone(api: FlaskClient, session: Session, alice: Account) -> None:
    transcription = make_transcription(session, alice, status=Status.FAILED)
    session.commit()

    events = events_of(api.get(f"{PATH}/{transcription.public_id}/events").text)

    assert [name for name, _ in events if name != "progress"] == ["status"]
    assert events[-1][1]["error"]["code"] == "media_undecodable"


def test_events_follow_a_transcription_to_its_end(work: Work) -> None:
    work.later(work.fetch, work.hear_one, work.complete)

    events = events_of(work.api.get(f"{work.path}/events").text)

    finish(work)
    stages = [data["stage"] for name, data in events if name == "status"]
    assert [stage for stage in stages if stage != "fetching"] == ["queued", "transcribing", None]
    told = [segment["text"] for name, data in events if name == "segments" for segment in data["segments"]]
    assert told == ["Hello.", "Bye."]
    progress = [data["progress"] for name, data in events if name == "progress"]
    assert progress == sorted(progress)
    assert events[-1][0] == "status"
    assert events[-1][1]["status"] == "completed"


def test_events_end_when_the_transcription_is_deleted(work: Work) -> None:
    work.later(work.delete)

    events = events_of(work.api.get(f"{work.path}/events").text)

    finish(work)
    assert [name for name, _ in events] == ["progress", "status"]


def test_an_idle_stream_is_kept_alive(work: Work, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(waiting, "KEEP_ALIVE_SECONDS", 0.05)
    work.later(work.delete)

    text = work.api.get(f"{work.path}/events").text

    finish(work)
    assert ": still here\n\n" in text


def test_a_recognition_that_began_anew_is_sent_from_its_start(session: Session, alice: Account) -> None:
    short = make_completed(session, alice, texts=["Once more."])

    assert [segment.number for segment in waiting._fresh_segments(session, short, sent=5)] == [0]
    assert waiting._fresh_segments(session, short, sent=1) == []
