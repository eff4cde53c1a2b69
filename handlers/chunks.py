"""The chunks of a long recording: planned once, claimed one by one, and kept until the transcript is.

A chunk is held as a transcription is (`handlers.processing`), under a lease of its own. Its rows are deleted in the
transaction that ends the transcribing, whatever ends it, so whoever writes to one finds out. Who locks both a
transcription and a chunk locks the transcription first.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, func, insert, select, update
from sqlalchemy.orm import Session, undefer

from db import on_commit
from errors import ProcessingCrashed
from handlers.leases import LEASE, taken
from handlers.processing import MAX_CRASHES, Lease, LeaseLost, begin_recognition, held, store_segments
from handlers.stored_segments import as_columns, as_segment
from handlers.transcriptions import fail
from jobs.queues import QueueName, ring
from models import Chunk, Stage, Status, Transcription
from speech import transcript as speech
from speech.audio import SAMPLE_RATE
from speech.engines.client import EngineResult
from speech.transcript import Transcript

UNSEEN = {"synchronize_session": False}
AT_WORK = (Transcription.status == Status.PROCESSING) & (Transcription.stage == Stage.TRANSCRIBING)
IS_FREE: ColumnElement[bool] = Chunk.heard_at.is_(None) & (
    Chunk.lease_until.is_(None) | (Chunk.lease_until < func.clock_timestamp())
)


@dataclass(frozen=True, slots=True)
class Span:
    """Part of a recording, or of one channel of two: the first sample, and the one after the last."""

    channel: int | None
    first: int
    after: int


@dataclass(frozen=True, slots=True)
class ChunkLease:
    """The right to hear one chunk, and how to hear it; with its voices, where speakers are to be told apart by them."""

    chunk_id: int
    public_id: str
    token: str
    request_id: str | None
    trace_parent: str | None
    number: int
    span: Span
    language: str | None
    vocabulary: tuple[str, ...]
    with_voices: bool


@dataclass(frozen=True, slots=True)
class ChunkState:
    """How far one is. `done` is the share that was heard so far."""

    number: int
    span: Span
    done: float
    is_heard: bool
    is_free: bool


class ChunkLost(LeaseLost):
    """Another worker has the chunk, or nobody needs it any more: stop, and discard."""


def resume(session: Session, lease: Lease) -> tuple[Transcription, list[speech.Segment]]:
    """The transcription, and those of its segments that are known from chunks heard earlier, up to the first gap.

    They are all that is stored then.
    """
    transcription = begin_recognition(session, lease)
    shown: list[speech.Segment] = []
    for state in states(session, lease.transcription_id):
        if not state.is_heard or state.span.channel is not None:
            break
        shown += heard_segments(session, lease.transcription_id, state.number)
    store_segments(session, lease.transcription_id, shown)
    return transcription, shown


def keep_plan(session: Session, lease: Lease, spans: Sequence[Span], language: str | None) -> None:
    """Let these parts be heard, in this order, and in this language; None has each detect its own."""
    transcription = held(session, lease)
    rows = [
        {
            "transcription_id": transcription.id,
            "number": number,
            "channel": span.channel,
            "first_sample": span.first,
            "after_sample": span.after,
            "language": language,
        }
        for number, span in enumerate(spans)
    ]
    session.execute(insert(Chunk), rows)


def claim_chunk(session: Session, public_id: str, holder: str) -> ChunkLease | None:
    """Take the first chunk that is free; None where there is none, or the recording is not being transcribed.

    A lease that ran out counts as a crash, and the third of one chunk ends the transcription. While others are free,
    the next worker is woken.
    """
    is_it = Transcription.public_id == public_id
    transcription = session.scalar(select(Transcription).where(is_it, AT_WORK).with_for_update())
    if transcription is None:
        return None
    free = select(Chunk.id).where(Chunk.transcription_id == transcription.id, IS_FREE).order_by(Chunk.number).limit(2)
    ids = session.scalars(free.with_for_update(skip_locked=True)).all()
    if not ids:
        return None
    chunk = session.scalars(
        update(Chunk)
        .where(Chunk.id == ids[0])
        .values(**taken(Chunk, holder), done=0.0)
        .returning(Chunk)
        .execution_options(populate_existing=True)
    ).one()
    if chunk.crashes >= MAX_CRASHES:
        fail(session, transcription, code=ProcessingCrashed.code, message=ProcessingCrashed.default_message)
        return None
    if len(ids) > 1:
        on_commit(session, lambda: ring(QueueName.TRANSCRIBE))
    return _as_lease(transcription, chunk)


def claim_any_chunk(session: Session, holder: str) -> ChunkLease | None:
    """Take a chunk of a recording that another worker leads, one that the fewest help with; None where none is free."""
    is_led = AT_WORK & (Transcription.queue == QueueName.TRANSCRIBE.value) & Transcription.lease_token.is_not(None)
    its = Chunk.transcription_id == Transcription.id
    helpers = select(func.count()).where(its, Chunk.lease_token.is_not(None)).scalar_subquery()
    led = select(Transcription.public_id).where(is_led, select(Chunk.id).where(its, IS_FREE).exists())
    public_id = session.scalar(led.order_by(helpers, Transcription.id).limit(1))
    return None if public_id is None else claim_chunk(session, public_id, holder)


def renew_chunk(session: Session, lease: ChunkLease, *, done: float) -> None:
    """Keep the chunk for another while, of which this share is heard."""
    _write(session, lease, lease_until=func.clock_timestamp() + LEASE, done=min(done, 1.0))


def keep_heard(session: Session, lease: ChunkLease, heard: EngineResult, voices: bytes | None = None) -> None:
    """Store what was heard, with times in the whole recording, and the engine's voices, and let go of the chunk."""
    transcript = heard.transcript
    _write(
        session,
        lease,
        lease_token=None,
        lease_until=None,
        done=1.0,
        heard_at=func.clock_timestamp(),
        segments=[as_columns(segment) for segment in transcript.segments],
        voices=voices,
        heard_language=transcript.language,
        speech_seconds=transcript.speech_seconds,
        transcribed_seconds=transcript.transcribed_seconds,
        engine_model=heard.model,
        engine_seconds=heard.engine_seconds,
    )


def hand_back_chunk(session: Session, lease: ChunkLease) -> None:
    """Let another worker hear it; this does not count as a crash."""
    _write(session, lease, lease_token=None, lease_until=None, done=0.0)


def states(session: Session, transcription_id: int) -> list[ChunkState]:
    """How far every chunk is, in order; empty of a recording that is not shared, or no longer."""
    rows = session.execute(
        select(
            Chunk.number,
            *(Chunk.channel, Chunk.first_sample, Chunk.after_sample),
            Chunk.done,
            Chunk.heard_at.is_not(None),
            IS_FREE,
        )
        .where(Chunk.transcription_id == transcription_id)
        .order_by(Chunk.number)
    )
    return [
        ChunkState(number, Span(channel, first, after), done, is_heard, is_free)
        for number, channel, first, after, done, is_heard, is_free in rows
    ]


def heard_segments(session: Session, transcription_id: int, number: int) -> list[speech.Segment]:
    """What was heard in one chunk; nothing where it was not heard yet, or is gone."""
    its = (Chunk.transcription_id == transcription_id, Chunk.number == number)
    return [as_segment(columns) for columns in session.scalar(select(Chunk.segments).where(*its)) or ()]


def results(session: Session, lease: Lease) -> list[tuple[Span, EngineResult]]:
    """What was heard in each chunk, in order, once all were heard. LeaseLost where they are gone meanwhile."""
    held(session, lease)
    query = select(Chunk).where(Chunk.transcription_id == lease.transcription_id).order_by(Chunk.number)
    chunks = session.scalars(query.options(undefer(Chunk.segments)))
    return [(_span(chunk), _result(chunk)) for chunk in chunks]


def voices(session: Session, lease: Lease) -> list[tuple[int, bytes]]:
    """The voices of each chunk with its first sample, in order; nothing where those of a chunk are not known."""
    held(session, lease)
    its = Chunk.transcription_id == lease.transcription_id
    found = session.execute(select(Chunk.first_sample, Chunk.voices).where(its).order_by(Chunk.number)).all()
    known = [(first, heard) for first, heard in found if heard is not None]
    return known if len(known) == len(found) else []


def _write(session: Session, lease: ChunkLease, **values: Any) -> None:
    """Change a chunk under its lease, while its recording is being transcribed. ChunkLost otherwise."""
    written = session.scalar(
        update(Chunk)
        .where(
            Chunk.id == lease.chunk_id,
            Chunk.lease_token == lease.token,
            Chunk.transcription_id.in_(select(Transcription.id).where(AT_WORK)),
        )
        .values(**values)
        .returning(Chunk.id),
        execution_options=UNSEEN,
    )
    if written is None:
        raise ChunkLost(lease.public_id)


def _as_lease(transcription: Transcription, chunk: Chunk) -> ChunkLease:
    assert chunk.lease_token is not None
    return ChunkLease(
        chunk_id=chunk.id,
        public_id=transcription.public_id,
        token=chunk.lease_token,
        request_id=transcription.request_id,
        trace_parent=transcription.trace_parent,
        number=chunk.number,
        span=_span(chunk),
        language=chunk.language,
        vocabulary=tuple(transcription.vocabulary),
        with_voices=transcription.diarize and transcription.speakers_expected != 1 and chunk.channel is None,
    )


def _span(chunk: Chunk) -> Span:
    return Span(chunk.channel, chunk.first_sample, chunk.after_sample)


def _result(chunk: Chunk) -> EngineResult:
    assert chunk.segments is not None, "it was not heard yet"
    transcript = Transcript(
        language=chunk.heard_language,
        duration_seconds=chunk.after_sample / SAMPLE_RATE,
        speech_seconds=chunk.speech_seconds or 0.0,
        segments=tuple(as_segment(columns) for columns in chunk.segments),
        transcribed_seconds=chunk.transcribed_seconds or 0.0,
    )
    return EngineResult(transcript, chunk.engine_model or "", chunk.engine_seconds or 0.0)
