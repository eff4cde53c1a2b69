"""One long recording heard by several workers: the one that holds its lease cuts it, hears chunks, and joins them.

Others take chunks as they come by (`jobs.helping`). What was heard stays where a worker is lost: its chunk alone is
heard again, and who takes the lease next goes on from there.
"""

import time
from collections.abc import Sequence
from pathlib import Path

from db import transaction
from handlers import chunks
from handlers.chunks import ChunkLost, ChunkState, Span
from handlers.lines import do_others_come_first
from handlers.processing import renew
from jobs.hearing import Hearing
from jobs.lease import RENEW_EVERY_SECONDS, HandedBack, holder
from jobs.queues import QueueName
from jobs.recorder import Recorder
from models import Transcription
from runtime import config
from speech.engines import client
from speech.engines.client import EngineResult
from speech.joining import InOrder, joined

# About as long as one hearing goes without a cut anyway, and the most that the loss of a worker costs.
CHUNK_SECONDS = 600.0
WAIT_SECONDS = 0.5


def is_shared(transcription: Transcription) -> bool:
    """Whether the recording is long enough to be heard in chunks."""
    return (transcription.duration_seconds or 0.0) > 2 * CHUNK_SECONDS


def hear(
    transcription: Transcription, pcm: Path, channels: Sequence[int | None], recorder: Recorder
) -> dict[int | None, EngineResult]:
    """What this worker and others hear on each channel of `pcm`, None of a mono one; the first decides the language.

    Segments of a mono one are recorded in time order, as soon as all before them are known. After each chunk whoever
    waits for another recording comes first: then HandedBack, and what was heard stays.
    """
    with transaction() as session:
        is_planned = bool(chunks.states(session, transcription.id))
    if not is_planned:
        _plan(transcription, pcm, channels, recorder)
    lead = _Lead(transcription, pcm, recorder, is_mono=channels[0] is None)
    while not all(state.is_heard for state in lead.look()):
        lead.hear_next()
    with transaction() as session:
        results = chunks.results(session, recorder.lease)
    return {channel: joined([result for span, result in results if span.channel == channel]) for channel in channels}


class _Lead:
    """The worker that holds the transcription's lease: it hears chunks, and records what it and others heard."""

    def __init__(self, transcription: Transcription, pcm: Path, recorder: Recorder, *, is_mono: bool) -> None:
        self._transcription = transcription
        self._pcm = pcm
        self._recorder = recorder
        # Half of a conversation makes no sense.
        self._shown = InOrder(recorder.segments, known=len(recorder.heard)) if is_mono else None
        self._hearing: Hearing | None = None
        self._last = time.monotonic()

    def look(self) -> list[ChunkState]:
        """How far all chunks are; what can be shown of them is recorded."""
        with transaction() as session:
            found = chunks.states(session, self._transcription.id)
            heard = {state.number for state in found if state.is_heard}
            while self._shown and self._shown.next in heard:
                self._shown.whole(chunks.heard_segments(session, self._transcription.id, self._shown.next))
        lengths = [state.span.after - state.span.first for state in found]
        self._recorder.progress.words(
            sum(length * state.done for length, state in zip(lengths, found, strict=True)), sum(lengths)
        )
        self._last = time.monotonic()
        return found

    def hear_next(self) -> None:
        """Hear the first chunk that is free; where there is none, wait a moment for the others."""
        with transaction() as session:
            chunk = chunks.claim_chunk(session, self._transcription.public_id, holder())
        if chunk is None:
            time.sleep(WAIT_SECONDS)
            self._tick()
            return
        self._hearing = Hearing(chunk)
        try:
            self._hearing.hear(self._pcm, self._tick)
        except ChunkLost:
            with transaction() as session:
                renew(session, self._recorder.lease)  # Whether more is lost than the chunk.
        self._hearing = None
        self._give_way()

    def _tick(self) -> None:
        if time.monotonic() - self._last >= RENEW_EVERY_SECONDS:
            self.look()
        if self._shown and self._hearing:
            self._shown.so_far(self._hearing.chunk.number, self._hearing.segments)
        self._recorder.tick()

    def _give_way(self) -> None:
        if not any(state.is_free for state in self.look()):
            return
        with transaction() as session:
            if do_others_come_first(session, QueueName.TRANSCRIBE, self._transcription.account_id):
                raise HandedBack


def _plan(transcription: Transcription, pcm: Path, channels: Sequence[int | None], recorder: Recorder) -> None:
    language = None if transcription.language_requested == "auto" else transcription.language_requested
    spans: list[Span] = []
    for channel in channels:
        plan = client.plan(
            config().engine_socket,
            pcm,
            channel=channel,
            chunk_seconds=CHUNK_SECONDS,
            detect=language is None,
            on_tick=recorder.tick,
        )
        language = language or plan.language
        spans += [Span(channel, first, after) for first, after in plan.spans]
    with transaction() as session:
        chunks.keep_plan(session, recorder.lease, spans, language)
