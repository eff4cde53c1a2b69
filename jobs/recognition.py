"""The second stage: the engine process hears the decoded audio, and its segments are stored as they come."""

import time
from collections.abc import Sequence
from contextlib import ExitStack
from pathlib import Path

from db import transaction
from handlers.processing import Engine, Lease, add_segments, begin_recognition, keep_transcript
from handlers.transcriptions import audio_key, channels_key
from jobs.channels import turns_of_channels
from jobs.lease import RENEW_EVERY_SECONDS
from jobs.speakers import with_speakers
from models import Transcription, WordTimes
from runtime import config, store
from speech import calls
from speech.diarization import SpeakerTurn
from speech.engines import client
from speech.transcript import Segment, Transcript

STORE_EVERY_SECONDS = 1.0
# Of the whole work, where speakers are found afterwards.
WORDS_SHARE = 0.7


class Recorder:
    """Collects what the engine says and stores it about once a second, under the lease."""

    def __init__(self, lease: Lease, words_share: float) -> None:
        self.lease = lease
        self.words_share = words_share
        self.heard: list[Segment] = []
        self.stored = 0
        self.done = 0.0
        self.last = time.monotonic()

    def segments(self, segments: Sequence[Segment]) -> None:
        self.heard += segments

    def progress(self, done_seconds: float, total_seconds: float) -> None:
        self.done = self.words_share * _share(done_seconds, total_seconds)

    def speakers_progress(self, done_seconds: float, total_seconds: float) -> None:
        self.done = self.words_share + (1 - self.words_share) * _share(done_seconds, total_seconds)

    def tick(self) -> None:
        fresh = self.heard[self.stored :]
        if time.monotonic() - self.last < (STORE_EVERY_SECONDS if fresh else RENEW_EVERY_SECONDS):
            return
        with transaction() as session:
            add_segments(session, self.lease, fresh, first_number=self.stored, done=self.done)
        self.stored += len(fresh)
        self.last = time.monotonic()


def work(lease: Lease, scratch: Path) -> None:
    with transaction() as session:
        transcription = begin_recognition(session, lease)
    recorder = Recorder(lease, WORDS_SHARE if transcription.diarize else 1.0)
    turns = turns_of_channels(transcription, scratch, recorder.tick)
    heard, model = _each_channel(transcription, turns, scratch, recorder) or _mix(
        transcription, turns, scratch, recorder
    )
    with transaction() as session:
        engine = Engine(model, WordTimes.MEASURED)
        keep_transcript(session, lease, heard, engine, stored=recorder.heard[: recorder.stored])


def _mix(
    transcription: Transcription, turns: Sequence[SpeakerTurn] | None, scratch: Path, recorder: Recorder
) -> tuple[Transcript, str]:
    """The transcript of the mono recording with its speakers, and the model that heard it."""
    with store().local_copy(audio_key(transcription.public_id), scratch=scratch, on_tick=recorder.tick) as pcm:
        result = client.transcribe(
            config().engine_socket,
            pcm,
            language=_language(transcription),
            vocabulary=transcription.vocabulary,
            on_tick=recorder.tick,
            on_segments=recorder.segments,
            on_progress=recorder.progress,
        )
        heard = with_speakers(
            transcription,
            result.transcript,
            pcm,
            of_channels=turns,
            on_tick=recorder.tick,
            on_progress=recorder.speakers_progress,
        )
    return heard, result.model


def _each_channel(
    transcription: Transcription, turns: Sequence[SpeakerTurn] | None, scratch: Path, recorder: Recorder
) -> tuple[Transcript, str] | None:
    """The same of a call whose channels are kept, heard one by one; None of any other recording."""
    if turns is None:
        return None
    with ExitStack() as files:
        copy = store().local_copy(channels_key(transcription.public_id), scratch=scratch, on_tick=recorder.tick)
        try:
            channels = files.enter_context(copy)
        except KeyError:
            return None
        result = calls.transcribe(
            config().engine_socket,
            channels,
            turns,
            language=_language(transcription),
            vocabulary=transcription.vocabulary,
            on_tick=recorder.tick,
            on_progress=recorder.progress,
        )
    return result.transcript, result.model


def _language(transcription: Transcription) -> str | None:
    return None if transcription.language_requested == "auto" else transcription.language_requested


def _share(done_seconds: float, total_seconds: float) -> float:
    return done_seconds / total_seconds if total_seconds else 0.0
