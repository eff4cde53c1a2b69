"""The life of a transcription between 202 and its final status, as seen by the worker that holds its lease.

PostgreSQL is the truth: a claim is one conditional UPDATE, and every later write names the lease it holds, so an
overtaken worker can change nothing (PROMISES P8–P13).
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from sqlalchemy import delete, func, insert, select, update
from sqlalchemy.orm import Session, aliased

from billing.prices import price
from db import now, on_commit
from errors import (
    AppError,
    Canceled,
    MonthlyCapReached,
    Outcome,
    PipelineUnavailable,
    ProcessingCrashed,
    ProviderError,
    ProviderRejected,
    ProviderTimeout,
)
from handlers import wallets
from handlers.artifacts import fail_artifacts, keep_nothing, order_artifacts
from handlers.events import take_turn
from handlers.leases import LEASE, taken
from handlers.lines import IS_UNFINISHED, close_line, next_in_line, note_turn, ring_for_next, stage_of
from handlers.measurements import Measure, measure
from handlers.media import forget_media
from handlers.pipelines import next_pipeline
from handlers.stored_segments import as_row
from handlers.transcriptions import audio_keys, end_work, fail, finish
from jobs.queues import QueueName, ring
from models import Account, Chunk, Media, Segment, Stage, Status, Transcription, WordTimes
from runtime import installed_pipelines, store
from speech import transcript as speech
from speech.transcript import Transcript

MAX_CRASHES = 3
FETCHED, DECODED, RECOGNISED = 0.08, 0.12, 0.9
LOW_COVERAGE = 0.75

FAULTS_OF_PROVIDERS = (PipelineUnavailable, ProviderError, ProviderRejected, ProviderTimeout)
REFUSED_MEDIA = frozenset({"url_not_media", "media_undecodable", "media_no_audio", "media_too_long", "media_too_large"})


@dataclass(frozen=True, slots=True)
class Engine:
    """Which model heard it, how it timed words, and what a provider says it charges us for."""

    model: str
    word_times: WordTimes
    billed_seconds: float | None = None


class LeaseLost(Exception):
    """Somebody canceled or deleted the transcription, or another worker has it: stop, and discard."""


@dataclass(frozen=True, slots=True)
class Lease:
    """The right to work on one stage of one transcription."""

    transcription_id: int
    public_id: str
    token: str
    request_id: str | None
    trace_parent: str | None = None


@dataclass(frozen=True, slots=True)
class Fetched:
    """A recording as it arrived, before anything looked inside."""

    object_key: str
    size_bytes: int
    sha256: str
    filename: str | None


def claim_next(session: Session, queue: QueueName, holder: str) -> Lease | None:
    """Take the lease of the transcription whose turn it is at the queue; None when nobody waits who may begin now.

    Where more wait, the next worker is woken.
    """
    close_line(session, queue)
    while (found := next_in_line(session, queue)) is not None:
        lease = claim(session, found.public_id, stage_of(queue), holder)
        if lease is not None:
            note_turn(session, queue, found.account_id)
            ring_for_next(session, queue)
            return lease
    return None


def claim(session: Session, public_id: str, stage: Stage, holder: str) -> Lease | None:
    """Take the lease of a waiting transcription; None when there is nothing to do.

    A lease that ran out counts as a crash, and the third crash is the last.
    """
    free = (Transcription.lease_until.is_(None)) | (Transcription.lease_until < func.clock_timestamp())
    before = aliased(Transcription)  # What stood there: a query in RETURNING does not see the change.
    was_held = select(before.lease_token.is_not(None)).where(before.id == Transcription.id).scalar_subquery()
    row = session.execute(
        update(Transcription)
        .where(
            Transcription.public_id == public_id,
            IS_UNFINISHED,
            Transcription.stage == stage,
            Transcription.due_at <= func.clock_timestamp(),
            free,
        )
        .values(
            **taken(Transcription, holder),
            started_at=func.coalesce(Transcription.started_at, func.clock_timestamp()),
        )
        .returning(
            Transcription.id,
            Transcription.lease_token,
            Transcription.crashes,
            Transcription.request_id,
            Transcription.trace_parent,
            was_held.label("crashed"),
        )
        .execution_options(synchronize_session=False)
    ).one_or_none()
    if row is None:
        return None
    if row.crashed:
        measure(session, Measure.STAGE_FAILED, stage=stage.value, code=ProcessingCrashed.code)
    lease = Lease(row.id, public_id, row.lease_token, row.request_id, row.trace_parent)
    if row.crashes >= MAX_CRASHES:
        fail_with(session, lease, ProcessingCrashed())
        return None
    return lease


def held(session: Session, lease: Lease) -> Transcription:
    """The transcription, locked, while the lease still holds; LeaseLost otherwise."""
    transcription = session.scalar(
        select(Transcription)
        .where(
            Transcription.id == lease.transcription_id,
            Transcription.lease_token == lease.token,
            IS_UNFINISHED,
        )
        .with_for_update()
    )
    if transcription is None:
        raise LeaseLost(lease.public_id)
    return transcription


def renew(session: Session, lease: Lease, progress: float | None = None) -> Transcription:
    """Keep the lease for another while and move the progress, never back. The transcription, locked."""
    transcription = held(session, lease)
    moment = now(session)
    transcription.lease_until = moment + LEASE
    progress = 0.0 if progress is None else min(progress, 1.0)
    if progress > transcription.progress:
        transcription.progress, transcription.progressed_at = progress, moment
    return transcription


def ask_again(session: Session, lease: Lease, *, after_seconds: float) -> None:
    """Let go of the lease until it is time to ask the provider again. The sweep rings then."""
    _to_queue(session, held(session, lease), delay_seconds=after_seconds)


def keep_state(session: Session, lease: Lease, changes: Mapping[str, Any]) -> Mapping[str, Any]:
    """Add to what is known of the provider's work; the whole of it comes back."""
    transcription = held(session, lease)
    transcription.provider_state = {**(transcription.provider_state or {}), **changes}
    session.flush()
    return transcription.provider_state


@dataclass(frozen=True, slots=True)
class CanceledWork:
    """What a provider is at for nobody any more."""

    pipeline_code: str
    state: Mapping[str, Any]
    request_id: str | None


def take_canceled_work(session: Session, public_id: str) -> CanceledWork | None:
    """What the provider is at of a transcription that was canceled in the middle, once."""
    transcription = session.scalar(
        select(Transcription)
        .where(
            Transcription.public_id == public_id,
            Transcription.error_code == Canceled.code,
            Transcription.provider_state.is_not(None),
        )
        .with_for_update()
    )
    if transcription is None or transcription.provider_state is None:
        return None
    state, transcription.provider_state = transcription.provider_state, None
    return CanceledWork(transcription.pipeline_code, state, transcription.request_id)


def hand_back(session: Session, lease: Lease) -> None:
    """Let another worker start over at once, as at a deploy; this does not count as a crash."""
    _to_queue(session, held(session, lease), delay_seconds=0)


def keep_media(session: Session, lease: Lease, fetched: Fetched) -> None:
    """Record what was fetched; the headers for its source are forgotten here."""
    transcription = held(session, lease)
    media = Media(
        account_id=transcription.account_id,
        object_key=fetched.object_key,
        size_bytes=fetched.size_bytes,
        sha256=fetched.sha256,
        filename=fetched.filename,
    )
    session.add(media)
    session.flush()
    transcription.media_id = media.id
    transcription.url_headers = None
    transcription.progress = max(transcription.progress, FETCHED)
    if fetched.filename and not transcription.title_given:
        transcription.title = fetched.filename[:300]


def hold_and_queue_recognition(
    session: Session,
    lease: Lease,
    *,
    duration_seconds: float,
    content_type: str,
    truncated: bool,
    waveform: bytes | None = None,
) -> None:
    """The length is known: hold the price, and queue the engine. No recognition starts without the hold.

    What a restored backup has decoded anew has its hold already.
    """
    transcription = held(session, lease)
    transcription.duration_seconds = duration_seconds
    seen = {"content_type": content_type, "waveform": waveform}
    session.execute(update(Media).where(Media.id == transcription.media_id).values(seen))
    if truncated:
        _warn(
            transcription, "media_truncated", "The file ends before its header says it should; what was there is here."
        )
    if transcription.quoted_microusd is None:
        wallets.hold_price(session, transcription)
    transcription.stage = Stage.TRANSCRIBING
    transcription.progress = max(transcription.progress, DECODED)
    transcription.tries = 0
    _to_queue(session, transcription, delay_seconds=0)


def begin_recognition(session: Session, lease: Lease) -> Transcription:
    """The transcription, without what an earlier attempt may have left."""
    transcription = held(session, lease)
    session.execute(delete(Segment).where(Segment.transcription_id == transcription.id))
    transcription.transcribing_since = transcription.transcribing_since or now(session)
    return transcription


def add_segments(
    session: Session, lease: Lease, segments: Sequence[speech.Segment], *, first_number: int, done: float
) -> None:
    """Store segments as they become known. `done` is the recognised share of the recording, 0..1."""
    renew(session, lease, DECODED + (RECOGNISED - DECODED) * done)
    store_segments(session, lease.transcription_id, segments, first_number=first_number)


def store_segments(
    session: Session, transcription_id: int, segments: Sequence[speech.Segment], *, first_number: int = 0
) -> None:
    """Store segments under numbers from `first_number` on."""
    if segments:
        session.execute(
            insert(Segment),
            [
                {"transcription_id": transcription_id, **as_row(number, segment)}
                for number, segment in enumerate(segments, first_number)
            ],
        )


def keep_transcript(
    session: Session, lease: Lease, heard: Transcript, engine: Engine, *, stored: Sequence[speech.Segment] = ()
) -> None:
    """Save what was heard, and queue its understanding. Silence is a result: it is completed, and costs nothing.

    `stored` are the segments that `add_segments` has taken already.
    """
    transcription = held(session, lease)
    transcription.engine_model, transcription.word_times = engine.model, engine.word_times
    transcription.billed_seconds = engine.billed_seconds
    known = len(stored) if heard.segments[: len(stored)] == tuple(stored) else 0
    session.execute(delete(Segment).where(Segment.transcription_id == transcription.id, Segment.number >= known))
    add_segments(session, lease, heard.segments[known:], first_number=known, done=1.0)
    session.execute(delete(Chunk).where(Chunk.transcription_id == transcription.id))
    _measure_pace(session, transcription)
    transcription.language = heard.language
    transcription.speech_seconds = heard.speech_seconds
    transcription.transcribed_seconds = heard.transcribed_seconds
    transcription.speakers_count = len({segment.speaker for segment in heard.segments} - {None}) or None
    _warn_of_gaps(transcription, heard)
    if heard.segments:
        order_artifacts(session, transcription)
    else:
        keep_nothing(session, transcription)
        _settle(session, transcription, 0)


def _measure_pace(session: Session, transcription: Transcription) -> None:
    """How long it took to be heard, from the beginning of that, of how long it is."""
    since, duration = transcription.transcribing_since, transcription.duration_seconds
    if since is not None and duration:
        factor = (now(session) - since).total_seconds() / duration
        measure(session, Measure.REAL_TIME_FACTOR, factor, pipeline=transcription.pipeline_code)


def complete(session: Session, lease: Lease) -> None:
    """Finish what has been understood: settlement and final status in one transaction.

    Of a transcription that was completed before and is understood anew, only the work ends.
    """
    _complete(session, held(session, lease))


def _complete(session: Session, transcription: Transcription) -> None:
    if transcription.status is Status.PROCESSING:
        # Less than was held where a cheaper pipeline took over.
        cost = price(transcription.duration_seconds or 0.0, transcription.price_per_minute_microusd)
        _settle(session, transcription, min(cost, transcription.quoted_microusd or 0))
    else:
        end_work(transcription)


def _settle(session: Session, transcription: Transcription, cost_microusd: int) -> None:
    take_turn(session, transcription.account_id)
    wallets.capture_price(session, transcription, cost_microusd)
    transcription.progress = 1.0
    finish(session, transcription, Status.COMPLETED)


def _warn_of_gaps(transcription: Transcription, heard: Transcript) -> None:
    if not heard.segments:
        _warn(transcription, "no_speech", "No speech was found in this recording. Nothing was charged.")
        return
    if heard.coverage < LOW_COVERAGE:
        _warn(
            transcription, "low_coverage", "Part of the speech could not be transcribed; listen where text is missing."
        )
    if transcription.diarize and not transcription.speakers_count:
        _warn(transcription, "speakers_unknown", "Who says what could not be told in this recording.")


def fail_with(session: Session, lease: Lease, outcome: AppError) -> None:
    """End as failed, put off a fetch whose trouble may pass, or let another pipeline take over from a provider's.

    A recording that was refused is not kept. One that was transcribed is completed, whatever became of the rest.
    """
    transcription = held(session, lease)
    if transcription.stage is Stage.UNDERSTANDING:
        give_up_understanding(session, transcription)
        return
    tries = transcription.tries
    if isinstance(outcome, Outcome) and outcome.transient and tries < len(outcome.waits_seconds):
        transcription.tries += 1
        _to_queue(session, transcription, delay_seconds=outcome.waits_seconds[tries])
        return
    if isinstance(outcome, FAULTS_OF_PROVIDERS) and _fall_back(session, transcription):
        return
    if isinstance(outcome, MonthlyCapReached):
        wallets.note_cap_refusal(session, transcription)
    fail(session, transcription, code=outcome.code, message=outcome.message)
    if outcome.code in REFUSED_MEDIA:
        forget_media(session, transcription)


def give_up_understanding(session: Session, transcription: Transcription) -> None:
    """Complete a transcription with what is understood of it; the rest has failed, and may be asked for again."""
    fail_artifacts(session, transcription)
    _complete(session, transcription)


def _fall_back(session: Session, transcription: Transcription) -> bool:
    """Queue it for the next pipeline of its account's chain, if there is one, at that one's price."""
    account = session.get_one(Account, transcription.account_id)
    media = session.get_one(Media, transcription.media_id)
    offer = next_pipeline(account, transcription, media)
    if offer is None:
        return False
    failed = installed_pipelines().get(transcription.pipeline_code)
    name = failed.name if failed else transcription.pipeline_code
    _warn(transcription, "fell_back", f"{name} could not transcribe this, so {offer.pipeline.name} was asked.")
    transcription.failed_pipeline_codes = [*transcription.failed_pipeline_codes, transcription.pipeline_code]
    transcription.pipeline_code = offer.pipeline.code
    transcription.price_per_minute_microusd = offer.your_price_per_minute_microusd
    transcription.provider_state = None
    transcription.tries = transcription.crashes = 0
    _to_queue(session, transcription, delay_seconds=0)
    return True


def forget_audio_if_over(session: Session, public_id: str) -> None:
    """Delete decoded audio that was stored after its transcription had been canceled or deleted."""
    processing = (Transcription.public_id == public_id) & (Transcription.status == Status.PROCESSING)
    if session.scalar(select(Transcription.id).where(processing)) is None:
        for key in audio_keys(public_id):
            store().delete(key)


def queue_of(stage: Stage, pipeline_code: str) -> QueueName:
    """Where a stage of a pipeline's transcription waits for its worker."""
    if stage is Stage.FETCHING:
        return QueueName.FETCH
    if stage is Stage.UNDERSTANDING:
        return QueueName.UNDERSTAND
    pipeline = installed_pipelines().get(pipeline_code)
    if pipeline is None or pipeline.connect is None:
        return QueueName.TRANSCRIBE
    return QueueName.POLL if pipeline.answers_later else QueueName.PROVIDE


def _to_queue(session: Session, transcription: Transcription, *, delay_seconds: float) -> None:
    transcription.lease_token = transcription.lease_until = None
    transcription.due_at = session.scalars(select(func.clock_timestamp() + timedelta(seconds=delay_seconds))).one()
    queue = queue_of(transcription.stage, transcription.pipeline_code)
    transcription.queue = queue.value
    if delay_seconds == 0:  # For what is due later the sweep rings.
        on_commit(session, lambda: ring(queue))


def _warn(transcription: Transcription, code: str, message: str) -> None:
    others = [warning for warning in transcription.warnings if warning["code"] != code]
    transcription.warnings = [*others, {"code": code, "message": message}]
