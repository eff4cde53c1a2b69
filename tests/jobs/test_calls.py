"""A call recorded with one voice a channel, from the fetch to its transcript, with an engine that follows a script."""

import io
import socket
import wave
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

import db
from handlers.transcriptions import audio_key, audio_keys, cancel_transcription, channels_key, turns_key
from jobs.queues import QueueName
from models import Account, Transcription
from runtime import store
from speech import audio
from speech.transcript import Segment, Word
from tests.jobs.conftest import Runner, now, stored, understood
from tests.jobs.scripted_engine import ScriptedEngine, hangs_up, hears
from tests.media.making import CLIP
from tests.outbound.loopback_server import LoopbackServer

Accept = Callable[..., Transcription]

ASKED = Segment(1.0, 10.0, "Are you there? Good.", words=(
    Word(1.0, 1.5, "Are"), Word(1.5, 2.0, "you"), Word(2.0, 2.5, "there?"), Word(9.0, 10.0, "Good."),
))  # fmt: skip
ANSWERED = Segment(5.0, 6.0, "I am.", words=(Word(5.0, 5.5, "I"), Word(5.5, 6.0, "am.")))


@pytest.fixture(scope="module")
def call(tmp_path_factory: pytest.TempPathFactory) -> bytes:
    """A stereo WAV of the clip: four seconds on the left, four on the right, the rest on the left again."""
    pcm = tmp_path_factory.mktemp("call") / "pcm"
    audio.decode(CLIP, pcm, max_seconds=60, deadline_seconds=60, on_tick=lambda: None)
    voice = np.frombuffer(pcm.read_bytes(), "<i2")
    is_right = np.arange(len(voice)) // (4 * 16_000) == 1
    both = np.stack([np.where(is_right, 0, voice), np.where(is_right, voice, 0)], axis=1)
    file = io.BytesIO()
    with wave.open(file, "wb") as recording:
        recording.setparams((2, 2, 16_000, 0, "NONE", ""))
        recording.writeframes(both.astype("<i2").tobytes())
    return file.getvalue()


@pytest.fixture
def fetch(runner: Runner, source: LoopbackServer, accept: Accept, call: bytes) -> Callable[..., Transcription]:
    source.routes["/call.wav"] = lambda exchange: exchange.reply(call)

    def fetched(**options: Any) -> Transcription:
        transcription = accept(source.url("/call.wav"), **options)
        assert runner.run(QueueName.FETCH, transcription.public_id) == 0
        return transcription

    return fetched


def speaks_by_channel(engine: ScriptedEngine, connection: socket.socket) -> None:
    heard = {0: ASKED, 1: ANSWERED, None: Segment(1.0, 10.0, "Are you there? I am. Good.")}
    hears(heard[engine.requests[-1]["channel"]])(engine, connection)


def is_kept(transcription: Transcription) -> list[bool]:
    return [store().size_bytes(key) is not None for key in audio_keys(transcription.public_id)]


def test_each_channel_is_heard_and_is_one_speaker(
    runner: Runner, engine: ScriptedEngine, fetch: Callable[..., Transcription]
) -> None:
    engine.script = speaks_by_channel
    transcription = fetch(language="en")

    assert runner.run(QueueName.TRANSCRIBE, transcription.public_id) == 0

    said = [(segment.speaker, segment.text) for segment in stored(transcription)]
    assert said == [("S1", "Are you there?"), ("S2", "I am."), ("S1", "Good.")]
    assert [(request["type"], request["channel"]) for request in engine.requests] == [
        ("transcribe", 0),
        ("transcribe", 1),
    ]
    after = understood(transcription)
    assert (after.speakers_count, after.progress, after.warnings) == (2, 1.0, [])


def test_a_call_costs_its_length_once(
    runner: Runner, engine: ScriptedEngine, fetch: Callable[..., Transcription]
) -> None:
    engine.script = speaks_by_channel
    transcription = fetch()

    runner.run(QueueName.TRANSCRIBE, transcription.public_id)

    after = understood(transcription)
    assert (after.duration_seconds, after.charged_microusd) == (11.0, 917)


def test_both_channels_are_kept_until_it_is_over(
    runner: Runner, engine: ScriptedEngine, fetch: Callable[..., Transcription]
) -> None:
    engine.script = speaks_by_channel
    transcription = fetch()
    pcm_bytes = store().size_bytes(audio_key(transcription.public_id))
    assert store().size_bytes(channels_key(transcription.public_id)) == 2 * (pcm_bytes or 0)
    runner.run(QueueName.TRANSCRIBE, transcription.public_id)

    understood(transcription)

    assert is_kept(transcription) == [False, False, False]


def test_what_is_canceled_leaves_no_channel(fetch: Callable[..., Transcription], bob: Account) -> None:
    transcription = fetch()
    assert is_kept(transcription) == [True, True, True]

    with db.transaction() as session:
        cancel_transcription(session, bob, transcription.public_id)

    assert is_kept(transcription) == [False, False, False]


@pytest.mark.parametrize(
    ("options", "asked", "speakers"),
    [
        ({"diarize": False}, ["transcribe"], {None}),
        ({"speakers_expected": 1}, ["transcribe"], {"S1"}),
        ({"speakers_expected": 3}, ["transcribe", "voices", "speakers"], {"S1"}),
    ],
    ids=["no speakers", "one", "three"],
)
def test_channels_are_not_asked_for_other_wishes(
    runner: Runner,
    engine: ScriptedEngine,
    fetch: Callable[..., Transcription],
    options: dict[str, Any],
    asked: list[str],
    speakers: set[str | None],
) -> None:
    engine.script = speaks_by_channel
    transcription = fetch(**options)
    assert is_kept(transcription) == [True, False, False]

    runner.run(QueueName.TRANSCRIBE, transcription.public_id)

    assert [request["type"] for request in engine.requests] == asked
    assert {segment.speaker for segment in stored(transcription)} == speakers


def test_without_the_channels_their_turns_still_tell_who_speaks(
    runner: Runner, engine: ScriptedEngine, fetch: Callable[..., Transcription]
) -> None:
    """As after a hosted pipeline, for which only the turns are kept, failed and the local one took over."""
    engine.script = hears(Segment(1.0, 3.0, "Are you there?"), Segment(5.0, 6.0, "I am."))
    transcription = fetch()
    store().delete(channels_key(transcription.public_id))

    runner.run(QueueName.TRANSCRIBE, transcription.public_id)

    assert [segment.speaker for segment in stored(transcription)] == ["S1", "S2"]
    assert [request["type"] for request in engine.requests] == ["transcribe"]


def test_an_engine_that_goes_away_is_asked_again_later(
    runner: Runner, engine: ScriptedEngine, fetch: Callable[..., Transcription]
) -> None:
    engine.script = hangs_up
    transcription = fetch()

    runner.run(QueueName.TRANSCRIBE, transcription.public_id)

    assert (now(transcription).tries, now(transcription).lease_token) == (1, None)
    assert is_kept(transcription) == [True, True, True]


def test_an_ordinary_recording_leaves_no_turns(runner: Runner, source: LoopbackServer, accept: Accept) -> None:
    transcription = accept(source.url("/talk.flac"))

    runner.run(QueueName.FETCH, transcription.public_id)

    assert store().size_bytes(turns_key(transcription.public_id)) is None
