"""The second stage, in a process of its own, with an engine that follows a script."""

import os
import signal
import socket
import time
from collections.abc import Callable
from typing import Any

import pytest
from sqlalchemy import text

import db
from handlers.transcriptions import audio_key, cancel_transcription
from jobs import queues
from jobs.queues import DUE, QueueName
from jobs.speakers import TRIES
from models import Account, Status, Transcription
from runtime import store
from tests.jobs.conftest import Runner, now, recognisable, scratch, stored, texts, understood
from tests.jobs.scripted_engine import (
    HEARD,
    Script,
    ScriptedEngine,
    fails,
    hangs_up,
    hears,
    pauses,
    talks_nonsense,
    tells_apart,
)
from tests.outbound.loopback_server import LoopbackServer
from tests.waiting import until

Accept = Callable[..., Transcription]


@pytest.fixture
def fetched(accept: Accept) -> Transcription:
    """Bob's recording, decoded and waiting for the engine."""
    return recognisable(accept("https://example.com/talk.flac", language="en", vocabulary=["Ada"]))


def test_what_the_engine_hears_is_the_outcome(runner: Runner, engine: ScriptedEngine, fetched: Transcription) -> None:
    assert runner.run(QueueName.TRANSCRIBE, fetched.public_id) == 0

    assert now(fetched).public_stage == "understanding"
    assert queues.waiting(QueueName.UNDERSTAND) == {DUE}
    after = understood(fetched)
    assert (after.status, after.progress, after.language) == (Status.COMPLETED, 1.0, "en")
    assert after.charged_microusd == after.quoted_microusd == 917
    assert texts(fetched) == ["Hello there.", "Bye."]
    assert store().size_bytes(audio_key(fetched.public_id)) is None
    assert scratch() == []


def test_the_engine_is_told_language_and_vocabulary(
    runner: Runner, engine: ScriptedEngine, fetched: Transcription
) -> None:
    runner.run(QueueName.TRANSCRIBE, fetched.public_id)

    request = engine.requests[0]
    assert (request["language"], request["vocabulary"]) == ("en", ["Ada"])
    assert request["pcm"].endswith(audio_key(fetched.public_id))


def test_speakers_are_found_as_they_were_wished_for(runner: Runner, engine: ScriptedEngine, accept: Accept) -> None:
    transcription = recognisable(accept("https://example.com/talk.flac", speakers_expected=2))

    runner.run(QueueName.TRANSCRIBE, transcription.public_id)

    assert [segment.speaker for segment in stored(transcription)] == ["S1", "S2"]
    assert (now(transcription).speakers_count, now(transcription).warnings) == (2, [])
    assert [request["type"] for request in engine.requests] == ["transcribe", "voices", "speakers"]
    _, voices, speakers = engine.requests
    assert speakers["speakers_expected"] == 2
    assert speakers["voices"] == [[0, voices["target"]]]
    assert scratch() == []


@pytest.mark.parametrize(("options", "speakers"), [({"diarize": False}, {None}), ({"speakers_expected": 1}, {"S1"})])
def test_the_engine_is_not_asked_who_speaks_without_need(
    runner: Runner, engine: ScriptedEngine, accept: Accept, options: dict[str, Any], speakers: set[str | None]
) -> None:
    transcription = recognisable(accept("https://example.com/talk.flac", **options))

    runner.run(QueueName.TRANSCRIBE, transcription.public_id)

    assert {segment.speaker for segment in stored(transcription)} == speakers
    assert [request["type"] for request in engine.requests] == ["transcribe"]


@pytest.mark.parametrize(("script", "asked"), [(fails, 1), (hangs_up, TRIES)])
def test_words_are_kept_where_speakers_are_not_found(
    runner: Runner, engine: ScriptedEngine, fetched: Transcription, script: Script, asked: int
) -> None:
    engine.speakers_script = script

    runner.run(QueueName.TRANSCRIBE, fetched.public_id)

    after = understood(fetched)
    assert (after.status, after.charged_microusd, after.speakers_count) == (Status.COMPLETED, 917, None)
    assert texts(fetched) == ["Hello there.", "Bye."]
    assert [warning["code"] for warning in after.warnings] == ["speakers_unknown"]
    assert len(engine.requests) == 1 + asked


def test_voices_are_not_taken_again_when_the_engine_goes_away_after_that(
    runner: Runner, engine: ScriptedEngine, fetched: Transcription
) -> None:
    def goes_away_once(engine: ScriptedEngine, connection: socket.socket) -> None:
        if len(engine.requests) != 3:
            tells_apart(engine, connection)

    engine.speakers_script = goes_away_once

    runner.run(QueueName.TRANSCRIBE, fetched.public_id)

    assert [request["type"] for request in engine.requests] == ["transcribe", "voices", "speakers", "speakers"]
    assert [segment.speaker for segment in stored(fetched)] == ["S1", "S2"]


def test_silence_costs_nothing(runner: Runner, engine: ScriptedEngine, fetched: Transcription) -> None:
    engine.script = hears(speech_seconds=0.0)

    runner.run(QueueName.TRANSCRIBE, fetched.public_id)

    after = now(fetched)
    assert (after.status, after.charged_microusd) == (Status.COMPLETED, 0)
    assert [warning["code"] for warning in after.warnings] == ["no_speech"]


def test_segments_can_be_read_while_the_engine_works(
    runner: Runner, engine: ScriptedEngine, fetched: Transcription
) -> None:
    engine.script = pauses
    runner.start(QueueName.TRANSCRIBE, fetched.public_id)

    until(lambda: texts(fetched) == ["Hello there."])
    engine.go_on.set()

    assert runner.finish() == 0
    assert texts(fetched) == ["Hello there.", "Bye."]


def test_an_engine_that_reports_a_failure_ends_it(
    runner: Runner, engine: ScriptedEngine, fetched: Transcription
) -> None:
    engine.script = fails

    assert runner.run(QueueName.TRANSCRIBE, fetched.public_id) == 0

    after = now(fetched)
    assert (after.status, after.error_code, after.charged_microusd) == (Status.FAILED, "transcription_failed", 0)
    assert "inner details" not in (after.error_message or "")
    assert after.media_id is not None


def test_an_engine_that_goes_away_is_tried_again(
    runner: Runner, engine: ScriptedEngine, fetched: Transcription
) -> None:
    engine.script = hangs_up

    assert runner.run(QueueName.TRANSCRIBE, fetched.public_id) == 0

    after = now(fetched)
    assert (after.status, after.tries, after.lease_token) == (Status.PROCESSING, 1, None)
    assert store().size_bytes(audio_key(fetched.public_id)) is not None


def test_what_nobody_foresaw_is_stored_as_a_failure_and_raised(
    runner: Runner, engine: ScriptedEngine, fetched: Transcription
) -> None:
    engine.script = talks_nonsense

    assert runner.run(QueueName.TRANSCRIBE, fetched.public_id) == 1

    after = now(fetched)
    assert (after.status, after.error_code) == (Status.FAILED, "transcription_failed")
    assert "Traceback" in runner.log()
    assert "Traceback" not in (after.error_message or "")
    assert scratch() == []


def test_a_cancel_stops_the_engine(
    runner: Runner, engine: ScriptedEngine, fetched: Transcription, bob: Account
) -> None:
    engine.script = pauses
    runner.start(QueueName.TRANSCRIBE, fetched.public_id)
    until(lambda: texts(fetched) == ["Hello there."])
    began = time.monotonic()

    with db.transaction() as session:
        cancel_transcription(session, bob, fetched.public_id)

    assert runner.finish() == 0
    assert time.monotonic() - began < 10
    assert (now(fetched).error_code, texts(fetched)) == ("canceled", [])


def test_P13_sigterm_hands_the_recognition_back_and_another_starts_over(
    runner: Runner, engine: ScriptedEngine, fetched: Transcription
) -> None:
    engine.script = pauses
    queues.connection().flushdb()
    job = runner.start(QueueName.TRANSCRIBE, fetched.public_id)
    until(lambda: texts(fetched) == ["Hello there."])
    os.kill(job, signal.SIGTERM)
    assert runner.finish() == 0
    assert queues.waiting(QueueName.TRANSCRIBE) == {DUE}

    engine.script = hears(*HEARD[1:])
    runner.run(QueueName.TRANSCRIBE, fetched.public_id)

    assert now(fetched).public_stage == "understanding"
    assert texts(fetched) == ["Bye."]


def test_P09_after_a_kill_another_worker_starts_over(
    runner: Runner, engine: ScriptedEngine, fetched: Transcription
) -> None:
    engine.script = pauses
    job = runner.start(QueueName.TRANSCRIBE, fetched.public_id)
    until(lambda: texts(fetched) == ["Hello there."])
    os.kill(job, signal.SIGKILL)
    assert runner.finish() == -signal.SIGKILL
    with db.transaction() as session:
        session.execute(text("UPDATE transcriptions SET lease_until = now() - interval '1 second'"))

    engine.script = hears(*HEARD)
    runner.run(QueueName.TRANSCRIBE, fetched.public_id)

    assert now(fetched).public_stage == "understanding"
    assert texts(fetched) == ["Hello there.", "Bye."]


@pytest.mark.engine
@pytest.mark.usefixtures("real_engine")
def test_the_real_engine_hears_what_was_said(runner: Runner, source: LoopbackServer, accept: Accept) -> None:
    transcription = accept(source.url("/talk.flac"), diarize=False)
    assert runner.run(QueueName.FETCH, transcription.public_id) == 0

    assert runner.run(QueueName.TRANSCRIBE, transcription.public_id) == 0

    assert understood(transcription).status is Status.COMPLETED
    assert " ".join(texts(transcription)).endswith("ask what you can do for your country.")
