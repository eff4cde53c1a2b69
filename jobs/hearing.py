"""One chunk of a long recording while the engine of this machine hears it, under the chunk's own lease."""

import logging
import time
from collections.abc import Callable, Sequence
from contextlib import suppress
from pathlib import Path

from sqlalchemy.exc import OperationalError

from db import transaction
from errors import TranscriptionFailed
from handlers.chunks import ChunkLease, ChunkLost, hand_back_chunk, keep_heard, renew_chunk
from jobs.lease import RENEW_EVERY_SECONDS
from jobs.recorder import Progress
from jobs.scratch import scratch_directory
from jobs.speakers import WORDS_SHARE, take_voices
from runtime import config
from speech.engines import client
from speech.transcript import Segment

log = logging.getLogger(__name__)


class Hearing:
    """Has a chunk heard; `segments` are those that are known so far."""

    def __init__(self, chunk: ChunkLease) -> None:
        self.chunk = chunk
        self.segments: list[Segment] = []
        self._progress = Progress(WORDS_SHARE if chunk.with_voices else 1.0)
        self._last = time.monotonic()

    def hear(self, pcm: Path, on_tick: Callable[[], None] = lambda: None) -> None:
        """Have the engine hear the chunk of `pcm`, and keep what it heard; where that fails the chunk is handed back.

        `on_tick` is called as by `client.transcribe`, which says what is raised; ChunkLost where somebody else has it.
        """

        def tick() -> None:
            self.tick()
            on_tick()

        try:
            heard = client.transcribe(
                config().engine_socket,
                pcm,
                channel=self.chunk.span.channel,
                span=self._span,
                language=self.chunk.language,
                vocabulary=self.chunk.vocabulary,
                on_tick=tick,
                on_segments=self._collect,
                on_progress=self._progress.words,
            )
            voices = self._voices(pcm, tick) if self.chunk.with_voices else None
            with transaction() as session:
                keep_heard(session, self.chunk, heard, voices)
        except BaseException:
            self.hand_back()
            raise

    def tick(self) -> None:
        """Renew the chunk's lease every two seconds."""
        if time.monotonic() - self._last >= RENEW_EVERY_SECONDS:
            with transaction() as session:
                renew_chunk(session, self.chunk, done=self._progress.done)
            self._last = time.monotonic()

    def hand_back(self) -> None:
        """Let another worker hear it, if it is still this one's and the database can be told; else its lease ends."""
        with suppress(ChunkLost, OperationalError), transaction() as session:
            hand_back_chunk(session, self.chunk)

    @property
    def _span(self) -> tuple[int, int]:
        return self.chunk.span.first, self.chunk.span.after

    def _voices(self, pcm: Path, on_tick: Callable[[], None]) -> bytes | None:
        """The chunk's voices; None where the engine cannot take them, which costs no words."""
        with scratch_directory(self.chunk.public_id) as scratch:
            target = scratch / "voices"
            try:
                take_voices(pcm, target, span=self._span, on_tick=on_tick, on_progress=self._progress.speakers)
            except TranscriptionFailed:
                log.exception("the voices of a chunk were not taken")
                return None
            return target.read_bytes()

    def _collect(self, segments: Sequence[Segment]) -> None:
        self.segments += segments
