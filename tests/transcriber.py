"""Somebody who transcribes what is queued, for Bob: all of it committed for real, so that other threads see it."""

import threading
import time
from collections.abc import Iterator

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

import db
from blueprints.api_v1 import waiting
from handlers import api_keys, processing
from handlers.processing import Engine
from handlers.transcriptions import fail
from models import Account, Stage, Status, Transcription, WordTimes
from speech.transcript import Segment, Transcript, Word
from tests import factories

HEARD = (
    Segment(0.0, 1.0, "Hello there.", (Word(0.0, 0.5, "Hello", 0.9), Word(0.5, 1.0, "there.", 0.8)), "S1", 0.9),
    Segment(1.0, 2.0, "Bye.", (Word(1.0, 2.0, "Bye.", 0.9),), "S2", None),
)


class Transcriber:
    """Takes what is queued through its stages. `until_told` keeps a transcription at its first segment."""

    def __init__(self) -> None:
        self.heard: tuple[Segment, ...] = HEARD
        self.error: str | None = None
        self.go_on = threading.Event()
        self.go_on.set()
        self._ending = threading.Event()
        self._thread = threading.Thread(target=self._work)
        self._thread.start()

    def stop(self) -> None:
        self.go_on.set()
        self._ending.set()
        self._thread.join()

    def transcriptions(self) -> list[Transcription]:
        with db.transaction() as session:
            return list(session.scalars(select(Transcription).order_by(Transcription.id)))

    def _work(self) -> None:
        while not self._ending.wait(0.01):
            for each in self.transcriptions():
                if each.status is Status.PROCESSING and each.stage is Stage.FETCHING:
                    self._transcribe(each.public_id)

    def _transcribe(self, public_id: str) -> None:
        with db.transaction() as session:
            lease = processing.claim(session, public_id, Stage.FETCHING, "test")
            assert lease is not None
            processing.hold_and_queue_recognition(
                session, lease, duration_seconds=2.0, content_type="audio/flac", truncated=False
            )
        with db.transaction() as session:
            lease = processing.claim(session, public_id, Stage.TRANSCRIBING, "test")
            assert lease is not None
            processing.add_segments(session, lease, self.heard[:1], first_number=0, done=0.5)
        self.go_on.wait(30)
        with db.transaction() as session:
            if self.error:
                row = session.scalars(select(Transcription).where(Transcription.public_id == public_id)).one()
                fail(session, row, code=self.error, message="It went wrong.")
                return
            spoken = sum(segment.end - segment.start for segment in self.heard)
            transcript = Transcript("en" if self.heard else None, 2.0, spoken, self.heard, spoken)
            processing.keep_transcript(session, lease, transcript, Engine("base", WordTimes.MEASURED))
        # A while between the transcript and what is made of it.
        time.sleep(0.05)
        with db.transaction() as session:
            lease = processing.claim(session, public_id, Stage.UNDERSTANDING, "test")
            if lease is not None:
                processing.complete(session, lease)


@pytest.fixture
def transcriber(app: Flask, committed: None, monkeypatch: pytest.MonkeyPatch) -> Iterator[Transcriber]:
    monkeypatch.setattr(waiting, "LOOK_EVERY_SECONDS", 0.02)
    at_work = Transcriber()
    yield at_work
    at_work.stop()


@pytest.fixture
def bob(app: Flask, committed: None) -> Account:
    """Owns what is committed for real."""
    with db.transaction() as session:
        return factories.make_account(session, email="bob@example.com")


@pytest.fixture
def key(bob: Account) -> str:
    with db.transaction() as session:
        return api_keys.create_api_key(session, bob, name="openai")[1]


@pytest.fixture
def charlies_key(app: Flask, committed: None) -> str:
    """A stranger's."""
    with db.transaction() as session:
        return api_keys.create_api_key(session, factories.make_account(session), name="openai")[1]


@pytest.fixture
def api_of_bob(app: Flask, key: str) -> FlaskClient:
    client = app.test_client()
    client.environ_base["HTTP_AUTHORIZATION"] = f"Bearer {key}"
    return client
