"""The second stage: the engine process hears the decoded audio, and its segments are stored as they come."""

import time
from collections.abc import Sequence
from pathlib import Path

from db import transaction
from handlers.processing import Engine, Lease, add_segments, begin_recognition, keep_transcript
from handlers.transcriptions import audio_key
from jobs.lease import RENEW_EVERY_SECONDS
from jobs.speakers import with_speakers
from models import WordTimes
from runtime import config, store
from speech.engines import client
from speech.transcript import Segment

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
    with store().local_copy(audio_key(lease.public_id), scratch=scratch, on_tick=recorder.tick) as pcm:
        result = client.transcribe(
            config().engine_socket,
            pcm,
            language=None if transcription.language_requested == "auto" else transcription.language_requested,
            vocabulary=transcription.vocabulary,
            on_tick=recorder.tick,
            on_segments=recorder.segments,
            on_progress=recorder.progress,
        )
        heard = with_speakers(
            transcription, result.transcript, pcm, on_tick=recorder.tick, on_progress=recorder.speakers_progress
        )
    with transaction() as session:
        engine = Engine(result.model, WordTimes.MEASURED)
        keep_transcript(session, lease, heard, engine, stored=recorder.heard[: recorder.stored])


def _share(done_seconds: float, total_seconds: float) -> float:
    return done_seconds / total_seconds if total_seconds else 0.0
