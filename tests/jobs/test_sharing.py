"""A long recording that several workers hear, with an engine that follows a script; its times are the engine's."""

import json
import os
import shutil
import signal
import threading
import wave
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select, text

import db
import runtime
from config import Config
from handlers.transcriptions import cancel_transcription, channels_key, delete_transcription, turns_key
from handlers.trash import trash_transcription
from jobs import lease, queues, worker
from jobs.queues import DUE, QueueName
from models import Account, Chunk, Status, Transcription
from runtime import store
from speech import audio
from speech import transcript as speech
from tests.jobs.conftest import Runner, Runners, now, recognisable, scratch, stored, texts, understood
from tests.jobs.span_engine import CHUNK_SECONDS, CHUNKS, SECONDS, Held, SpanEngine, number, samples, sentences
from tests.media.making import CLIP
from tests.outbound.loopback_server import LoopbackServer
from tests.waiting import until

Accept = Callable[..., Transcription]
URL = "https://example.com/talk.flac"
QUEUE = QueueName.TRANSCRIBE


@pytest.fixture
def spans(config: Config) -> Iterator[SpanEngine]:
    engine = SpanEngine(config.engine_socket)
    yield engine
    engine.close()
    # What killed workers left: their successors of the same name would clear it up.
    for directory in scratch():
        shutil.rmtree(directory, ignore_errors=True)


@pytest.fixture
def talk(accept: Accept) -> Transcription:
    """Bob's two hours, waiting to be heard."""
    return recognisable(accept(URL, diarize=False), seconds=SECONDS)


class Workers:
    """Take what is rung for, one recording after the other, as workers of the queue do."""

    def __init__(self, runners: Sequence[Runner]) -> None:
        self._ending = threading.Event()
        self._threads = [threading.Thread(target=self._work, args=[runner]) for runner in runners]
        for thread in self._threads:
            thread.start()

    def close(self) -> None:
        self._ending.set()
        for thread in self._threads:
            thread.join(60)

    def _work(self, runner: Runner) -> None:
        while not self._ending.wait(0.01):
            job_id = queues.connection().lpop(queues.queue(QUEUE).key)
            if isinstance(job_id, bytes):
                runner.run(QUEUE, job_id.decode().split("-")[1])


@pytest.fixture
def at_work(runners: Runners) -> Iterator[Callable[[int], Workers]]:
    """`at_work(4)` has so many workers take what is rung for."""
    started: list[Workers] = []

    def start(count: int) -> Workers:
        started.append(Workers(runners[:count]))
        return started[-1]

    yield start
    for workers in started:
        workers.close()


class Rounds:
    """Lets so many requests be answered at once, and counts the seconds of engine time that pass meanwhile."""

    def __init__(self, workers: int) -> None:
        self.seconds = 0
        self._lengths: list[int] = []
        self._barrier = threading.Barrier(workers, action=self._pass, timeout=60)

    def __call__(self, request: dict[str, Any]) -> None:
        first, after = request["span"]
        self._lengths.append((after - first) // samples(1))
        self._barrier.wait()

    def _pass(self) -> None:
        self.seconds += max(self._lengths)
        self._lengths.clear()


def chunks() -> list[Chunk]:
    with db.transaction() as session:
        return list(session.scalars(select(Chunk).order_by(Chunk.number)))


def is_transcribed(transcription: Transcription) -> bool:
    return now(transcription).public_stage == "understanding"


def keep(key: str, content: bytes) -> None:
    path = runtime.config().scratch_dir / "object"
    path.write_bytes(content)
    store().put_file(key, path)


def lapse(table: str) -> None:
    """Let the leases run out of workers that died."""
    with db.transaction() as session:
        session.execute(
            text(f"UPDATE {table} SET lease_until = now() - interval '1 second' WHERE lease_token IS NOT NULL")
        )


def said(segments: Sequence[speech.Segment]) -> list[str]:
    return [segment.text for segment in segments]


ALL = said(sentences(0, SECONDS))


def of_chunks(first: int, after: int) -> list[str]:
    return said(sentences(first * CHUNK_SECONDS, after * CHUNK_SECONDS))


def test_four_workers_need_a_quarter_of_the_time(
    at_work: Callable[[int], Workers], spans: SpanEngine, talk: Transcription
) -> None:
    rounds = Rounds(4)
    spans.before = rounds

    at_work(4)
    until(lambda: is_transcribed(talk), 120)

    assert rounds.seconds == SECONDS / 4
    assert sorted(spans.transcribed(), key=str) == sorted(range(CHUNKS), key=str)
    assert [(segment.number, segment.text) for segment in stored(talk)] == list(enumerate(ALL))


def test_what_is_shared_is_heard_and_charged_as_a_whole(
    at_work: Callable[[int], Workers], spans: SpanEngine, talk: Transcription
) -> None:
    at_work(4)
    until(lambda: is_transcribed(talk), 120)

    after = understood(talk)
    assert (after.status, after.language, after.warnings, after.engine_model) == (Status.COMPLETED, "de", [], "base")
    assert after.charged_microusd == after.quoted_microusd == SECONDS // 60 * 5_000
    assert (after.speech_seconds, after.transcribed_seconds, after.duration_seconds) == (SECONDS, SECONDS, SECONDS)
    assert [segment.words for segment in stored(talk)][40] == [
        [1200.0, 1202.0, "At", 0.9],
        [1202.0, 1205.0, "1200.", 0.9],
    ]
    assert chunks() == []


def test_a_short_recording_is_not_shared(runner: Runner, spans: SpanEngine, accept: Accept) -> None:
    short = recognisable(accept(URL, diarize=False), seconds=1200.0)

    runner.run(QUEUE, short.public_id)

    assert (spans.transcribed(), is_transcribed(short)) == ([None], True)


def test_one_language_is_detected_for_all_chunks(runner: Runner, spans: SpanEngine, talk: Transcription) -> None:
    runner.run(QUEUE, talk.public_id)

    plan, *asked = spans.requests
    assert (plan["type"], plan["detect"], plan["channel"], plan["chunk_seconds"]) == ("plan", True, None, 600)
    assert {request["language"] for request in asked} == {"de"}


def test_a_language_that_is_asked_for_is_not_detected(runner: Runner, spans: SpanEngine, accept: Accept) -> None:
    talk = recognisable(accept(URL, diarize=False, language="en", vocabulary=["Ada"]), seconds=SECONDS)

    runner.run(QUEUE, talk.public_id)

    assert not spans.requests[0]["detect"]
    assert {(request["language"], *request["vocabulary"]) for request in spans.requests[1:]} == {("en", "Ada")}


def test_voices_are_taken_by_who_hears_the_words_and_told_apart_once(
    runners: Runners, spans: SpanEngine, accept: Accept
) -> None:
    lead, helper, *_ = runners
    talk = recognisable(accept(URL, speakers_expected=2), seconds=SECONDS)
    spans.before = held = Held(0)
    lead.start(QUEUE, talk.public_id)
    until(lambda: held.asked == [0])
    helper.run(QUEUE, talk.public_id)
    held.let_go()

    assert lead.finish() == 0
    assert [number(request) for request in spans.requests if request["type"] == "voices"] == [1, 0, *range(2, CHUNKS)]
    assert spans.joined == [(each * samples(CHUNK_SECONDS), f"voices of {each}") for each in range(CHUNKS)]
    assert [request["speakers_expected"] for request in spans.requests if request["type"] == "speakers"] == [2]
    assert [(segment.text, segment.speaker) for segment in stored(talk)] == [
        (sentence, "S1" if place < len(ALL) / 2 else "S2") for place, sentence in enumerate(ALL)
    ]


def test_where_the_voices_of_a_chunk_are_not_taken_those_of_the_whole_are(
    runner: Runner, spans: SpanEngine, accept: Accept
) -> None:
    talk = recognisable(accept(URL), seconds=SECONDS)

    def before_voices(request: dict[str, Any]) -> None:
        if number(request) == 3:
            raise ConnectionResetError

    spans.before_voices = before_voices
    runner.run(QUEUE, talk.public_id)

    assert spans.joined == [(0, "voices of None")]
    assert sorted(spans.transcribed(), key=str) == sorted(range(CHUNKS), key=str)
    assert (texts(talk), now(talk).speakers_count) == (ALL, 2)


@pytest.mark.parametrize("wishes", [{"diarize": False}, {"speakers_expected": 1}], ids=["none", "one"])
def test_without_speakers_to_tell_apart_no_voices_are_taken(
    runner: Runner, spans: SpanEngine, accept: Accept, wishes: dict[str, Any]
) -> None:
    runner.run(QUEUE, recognisable(accept(URL, **wishes), seconds=SECONDS).public_id)

    assert {request["type"] for request in spans.requests} == {"plan", "transcribe"}


def test_segments_are_shown_in_order_as_chunks_finish(runners: Runners, spans: SpanEngine, talk: Transcription) -> None:
    lead, helper, *_ = runners
    spans.before = held = Held(0, 2)
    lead.start(QUEUE, talk.public_id)
    until(lambda: held.asked == [0])
    before = now(talk).progress

    assert helper.run(QUEUE, talk.public_id) == 0
    until(lambda: now(talk).progress > before)
    assert texts(talk) == []
    held.let_go(0)
    until(lambda: texts(talk) == of_chunks(0, 2))
    held.let_go()

    assert lead.finish() == 0
    assert texts(talk) == ALL


def test_the_first_chunk_is_shown_while_it_is_heard(runner: Runner, spans: SpanEngine, talk: Transcription) -> None:
    spans.before_the_rest = held = Held(0)
    runner.start(QUEUE, talk.public_id)

    until(lambda: texts(talk) == ["At 0."])
    held.let_go()

    assert runner.finish() == 0
    assert texts(talk) == ALL


def test_P09_what_a_killed_helper_heard_is_heard_again(
    runners: Runners, spans: SpanEngine, talk: Transcription
) -> None:
    lead, helper, *_ = runners
    spans.before = held = Held(0, 1)
    lead.start(QUEUE, talk.public_id)
    until(lambda: held.asked == [0])
    job = helper.start(QUEUE, talk.public_id)
    until(lambda: held.asked == [0, 1])

    os.kill(job, signal.SIGKILL)
    assert helper.finish() == -signal.SIGKILL
    held.let_go()
    until(lambda: len(held.asked) == CHUNKS)
    lapse("chunks")

    assert lead.finish() == 0
    assert held.asked == [0, 1, *range(2, CHUNKS), 1]
    assert texts(talk) == ALL


def test_P09_after_the_lead_is_killed_only_its_chunk_is_heard_again(
    runners: Runners, spans: SpanEngine, talk: Transcription
) -> None:
    lead, other, *_ = runners
    spans.before = held = Held(2)
    job = lead.start(QUEUE, talk.public_id)
    until(lambda: held.asked == [0, 1, 2])
    until(lambda: texts(talk) == of_chunks(0, 2))
    os.kill(job, signal.SIGKILL)
    lead.finish()
    lapse("transcriptions")
    lapse("chunks")
    held.let_go()

    assert other.run(QUEUE, talk.public_id) == 0

    assert held.asked == [0, 1, 2, *range(2, CHUNKS)]
    assert [request["type"] for request in spans.requests].count("plan") == 1
    assert texts(talk) == ALL


def test_P09_a_workers_successor_takes_over_its_chunks(
    runners: Runners, spans: SpanEngine, talk: Transcription
) -> None:
    lead, *_ = runners
    spans.before = held = Held(0)
    job = lead.start(QUEUE, talk.public_id)
    until(lambda: held.asked == [0])
    os.kill(job, signal.SIGKILL)
    lead.finish()
    with db.transaction() as session:
        name = (session.scalar(select(Chunk.lease_token).where(Chunk.number == 0)) or "").rpartition("/")[0]

    with pytest.MonkeyPatch.context() as context:
        context.setattr(lease, "_holder", name)
        worker.take_over()

    held.let_go()
    lead.run(QUEUE, talk.public_id)
    assert (chunks(), texts(talk)) == ([], ALL)


def test_helpers_go_on_while_nobody_leads(runners: Runners, spans: SpanEngine, talk: Transcription) -> None:
    lead, helper, *_ = runners
    spans.before = held = Held(0)
    job = lead.start(QUEUE, talk.public_id)
    until(lambda: held.asked == [0])
    os.kill(job, signal.SIGKILL)
    lead.finish()

    helper.run(QUEUE, talk.public_id)

    assert [chunk.number for chunk in chunks() if chunk.heard_at] == [1]


def test_P13_a_helper_that_is_stopped_hands_its_chunk_back(
    runners: Runners, spans: SpanEngine, talk: Transcription
) -> None:
    lead, helper, *_ = runners
    spans.before = held = Held(0, 1)
    lead.start(QUEUE, talk.public_id)
    until(lambda: held.asked == [0])
    job = helper.start(QUEUE, talk.public_id)
    until(lambda: held.asked == [0, 1])
    queues.connection().flushdb()

    os.kill(job, signal.SIGTERM)
    assert helper.finish() == 0

    assert [(chunk.lease_token, chunk.crashes) for chunk in chunks()[1:2]] == [(None, 0)]
    assert queues.waiting(QUEUE) == {DUE}
    held.let_go()
    assert lead.finish() == 0
    assert texts(talk) == ALL


def test_P13_a_lead_that_is_stopped_hands_all_back_and_loses_nothing(
    runner: Runner, spans: SpanEngine, talk: Transcription
) -> None:
    spans.before = held = Held(1)
    job = runner.start(QUEUE, talk.public_id)
    until(lambda: texts(talk) == of_chunks(0, 1))
    os.kill(job, signal.SIGTERM)
    assert runner.finish() == 0
    assert (now(talk).lease_token, now(talk).crashes, chunks()[1].lease_token) == (None, 0, None)
    held.let_go()

    assert runner.run(QUEUE, talk.public_id) == 0

    assert held.asked == [0, 1, *range(1, CHUNKS)]
    assert texts(talk) == ALL


def end(name: str, bob: Account, talk: Transcription) -> None:
    acts = {"canceled": cancel_transcription, "trashed": trash_transcription, "deleted": delete_transcription}
    with db.transaction() as session:
        acts[name](session, bob, talk.public_id)


def test_each_channel_of_a_call_is_shared_and_nothing_is_shown_of_half_of_it(
    runners: Runners, spans: SpanEngine, accept: Accept
) -> None:
    lead, helper, *_ = runners
    call = recognisable(accept(URL), seconds=SECONDS)
    keep(turns_key(call.public_id), json.dumps([[0, 2, "right"], [2, 3, "left"], [3, 9, "right"]]).encode())
    keep(channels_key(call.public_id), bytes(4))
    spans.before = held = Held(0)
    lead.start(QUEUE, call.public_id)
    until(lambda: held.asked == [0])

    helper.run(QUEUE, call.public_id)
    assert stored(call) == []
    held.let_go()

    assert lead.finish() == 0
    asked = [(request["channel"], number(request)) for request in spans.requests if request["type"] == "transcribe"]
    assert asked == [(channel, each) for channel in (1, 0) for each in range(CHUNKS)]
    assert [request["detect"] for request in spans.requests if request["type"] == "plan"] == [True, False]
    segments = [(segment.speaker, segment.text) for segment in stored(call)]
    assert segments[:3] == [("S1", "At left 0."), ("S2", "At right 0."), ("S1", "At left 30.")]
    assert len(segments) == 2 * len(ALL)


@pytest.mark.parametrize("how", ["canceled", "trashed", "deleted"])
def test_what_is_ended_stops_every_worker(
    runners: Runners, spans: SpanEngine, talk: Transcription, bob: Account, how: str
) -> None:
    lead, helper, *_ = runners
    spans.before = held = Held(0, 1)
    lead.start(QUEUE, talk.public_id)
    until(lambda: held.asked == [0])
    helper.start(QUEUE, talk.public_id)
    until(lambda: held.asked == [0, 1])

    end(how, bob, talk)

    assert (lead.finish(), helper.finish()) == (0, 0)
    assert (stored(talk), chunks()) == ([], [])
    assert [path for path in scratch() if talk.public_id in path.name] == []
    assert held.asked == [0, 1]


def test_a_helper_whose_engine_fails_leaves_the_chunk_to_the_lead(
    runners: Runners, spans: SpanEngine, talk: Transcription
) -> None:
    lead, helper, *_ = runners
    held = Held(0)
    trouble = [1]

    def before(request: dict[str, Any]) -> None:
        held(request)
        if number(request) in trouble:
            trouble.clear()
            raise ConnectionResetError

    spans.before = before
    lead.start(QUEUE, talk.public_id)
    until(lambda: held.asked == [0])

    assert helper.run(QUEUE, talk.public_id) == 0
    held.let_go()

    assert lead.finish() == 0
    assert held.asked == [0, 1, 1, *range(2, CHUNKS)]
    assert (is_transcribed(talk), now(talk).tries, texts(talk) == ALL) == (True, 0, True)


def test_a_lead_whose_engine_goes_away_is_tried_again_and_loses_nothing(
    runner: Runner, spans: SpanEngine, talk: Transcription
) -> None:
    def before(request: dict[str, Any]) -> None:
        if number(request) == 2:
            raise ConnectionResetError

    spans.before = before
    assert runner.run(QUEUE, talk.public_id) == 0

    assert (now(talk).status, now(talk).tries, now(talk).lease_token) == (Status.PROCESSING, 1, None)
    assert [chunk.number for chunk in chunks() if chunk.heard_at] == [0, 1]


def test_others_come_in_between_even_with_one_worker(
    at_work: Callable[[int], Workers], spans: SpanEngine, talk: Transcription, accept: Accept
) -> None:
    short = recognisable(accept(URL, diarize=False), seconds=60.0)

    at_work(1)
    until(lambda: is_transcribed(talk), 120)

    assert is_transcribed(short)
    assert spans.transcribed() == [0, None, *range(1, CHUNKS)]
    assert texts(talk) == ALL


def test_a_recording_has_one_bell_however_many_chunks_wait(
    runners: Runners, spans: SpanEngine, talk: Transcription
) -> None:
    lead, helper, *_ = runners
    queues.connection().flushdb()
    spans.before = held = Held(0, 1)
    lead.start(QUEUE, talk.public_id)
    until(lambda: held.asked == [0])
    assert queues.queue(QUEUE).count == 1

    helper.start(QUEUE, talk.public_id)
    until(lambda: held.asked == [0, 1])

    assert queues.queue(QUEUE).count == 1
    held.let_go()
    assert (helper.finish(), lead.finish()) == (0, 0)


@pytest.fixture
def impatient(config: Config, tmp_path: Path, committed: None) -> Iterator[Runners]:
    """Two workers that share whatever is longer than 24 seconds."""
    runners = tuple(Runner(config, tmp_path / f"log{each}", CHUNK_SECONDS="12") for each in range(2))
    yield runners
    for runner in runners:
        runner.close()


@pytest.mark.engine
@pytest.mark.usefixtures("real_engine")
def test_two_workers_hear_all_that_was_said(
    impatient: Runners, accept: Accept, source: LoopbackServer, tmp_path: Path
) -> None:
    speech_four_times(tmp_path / "long.wav")
    source.routes["/long.wav"] = lambda exchange: exchange.reply((tmp_path / "long.wav").read_bytes())
    talk = accept(source.url("/long.wav"))
    lead, helper = impatient
    assert lead.run(QueueName.FETCH, talk.public_id) == 0
    lead.start(QUEUE, talk.public_id)
    until(lambda: [chunk.number for chunk in chunks() if chunk.lease_token] == [0])

    assert (helper.run(QUEUE, talk.public_id), lead.finish()) == (0, 0)

    words = " ".join(texts(talk)).lower()
    assert words.count("ask what you can do for your country") == 4
    assert (now(talk).language, understood(talk).status) == ("en", Status.COMPLETED)
    assert "chunk done" in helper.log()
    assert {segment.speaker for segment in stored(talk)} == {"S1"}


def speech_four_times(path: Path) -> None:
    pcm = path.with_suffix(".pcm")
    audio.decode(CLIP, pcm, max_seconds=60, deadline_seconds=60, on_tick=lambda: None)
    with wave.open(str(path), "wb") as recording:
        recording.setparams((1, 2, 16_000, 0, "NONE", ""))
        recording.writeframes(pcm.read_bytes() * 4)
