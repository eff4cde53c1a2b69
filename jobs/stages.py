"""Running one stage of a transcription: claim it, work outside any transaction, and store what became of it."""

import enum
import logging
import signal
import time
from collections.abc import Callable
from pathlib import Path

from sqlalchemy.exc import OperationalError

from db import is_away, transaction
from errors import AppError, TranscriptionFailed
from handlers.leases import LEASE
from handlers.lines import ring_for_next, stage_of
from handlers.measurements import Measure, note
from handlers.processing import Lease, LeaseLost, claim_next, fail_with, forget_audio_if_over, hand_back
from jobs.lease import HandedBack, holder, raise_handed_back
from jobs.queues import QueueName
from jobs.scratch import scratch_directory
from logs import log_context
from models import Stage
from processes.confinement import die_with_parent
from storage import StoreUnavailable, is_full
from telemetry import tracing

log = logging.getLogger(__name__)

AWAY_PAUSE_SECONDS = 1.0


class Came(enum.StrEnum):
    """What came of a worker's turn at a stage, as it is counted."""

    DONE = "done"
    AGAIN = "again"  # The provider is to be asked again later.
    FAILED = "failed"
    HANDED_BACK = "handed_back"
    LOST = "lost"  # Canceled, deleted or taken over.


def run_next(queue: QueueName, work: Callable[[Lease, Path], Came | None]) -> bool:
    """Do the stage's work for the transcription whose turn it is at the queue; whether there was one."""
    # A work-horse whose worker was killed would go on as an orphan beside its successor.
    die_with_parent()
    signal.signal(signal.SIGTERM, raise_handed_back)
    with transaction() as session:
        lease = claim_next(session, queue, holder())
    if lease is None:
        return False
    _run_measured(lease, stage_of(queue), work)
    with transaction() as session:
        # What is over may have kept another of its account waiting.
        ring_for_next(session, queue)
    return True


def _run_measured(lease: Lease, stage: Stage, work: Callable[[Lease, Path], Came | None]) -> None:
    began = time.monotonic()
    with (
        log_context(transcription_id=lease.public_id, request_id=lease.request_id, stage=stage),
        tracing.span(
            f"stage {stage}",
            "consumer",
            parent=lease.trace_parent,
            transcribe__transcription_id=lease.public_id,
            transcribe__request_id=lease.request_id,
        ) as span,
    ):
        came = Came.FAILED  # What rises is a fault of ours, or of the database, which then keeps no measurement either.
        try:
            came = _run(lease, stage, work, span)
        except OperationalError as error:
            if not is_away(error):
                raise  # Nothing is stored, and the lease runs out by itself, which counts as a crash.
            log.warning("the database went away")
            came = _hand_back_when_it_is_back(lease)
        finally:
            span.tell(transcribe__outcome=came.value)
            note(Measure.STAGE, time.monotonic() - began, stage=stage.value, outcome=came.value)


def _run(lease: Lease, stage: Stage, work: Callable[[Lease, Path], Came | None], span: tracing.Span) -> Came:
    try:
        log.info("stage started")
        with scratch_directory(lease.public_id) as scratch:
            came = work(lease, scratch)
        log.info("stage done")
    except LeaseLost:
        log.info("stage given up: canceled, deleted or taken over")
        with transaction() as session:
            forget_audio_if_over(session, lease.public_id)
        return Came.LOST
    except HandedBack:
        log.info("stage handed back")
        _store(hand_back, lease)
        return Came.HANDED_BACK
    except AppError as outcome:
        log.warning("stage failed", extra={"code": outcome.code})
        span.fail(outcome.code)
        _fail(lease, stage, outcome)
        return Came.FAILED
    except OperationalError:
        raise
    except Exception as error:
        if isinstance(error, OSError) and is_full(error):
            log.error("there is no room left on the disk")
            _fail(lease, stage, StoreUnavailable())
            return Came.FAILED
        if _fail(lease, stage, TranscriptionFailed()):
            raise
        return Came.LOST
    return came or Came.DONE


def _fail(lease: Lease, stage: Stage, outcome: AppError) -> bool:
    note(Measure.STAGE_FAILED, stage=stage.value, code=outcome.code)
    return _store(fail_with, lease, outcome)


def _hand_back_when_it_is_back(lease: Lease) -> Came:
    """Let go of the lease as soon as the database can be told. It is no fault of the work, and counts as no crash."""
    deadline = time.monotonic() + LEASE.total_seconds()
    while True:
        try:
            return Came.HANDED_BACK if _store(hand_back, lease) else Came.LOST
        except OperationalError:
            if time.monotonic() > deadline:
                raise
        time.sleep(AWAY_PAUSE_SECONDS)


def _store(write: Callable[..., None], *arguments: object) -> bool:
    """Write under the lease; whether it still held."""
    try:
        with transaction() as session:
            write(session, *arguments)
    except LeaseLost:
        log.info("another worker or its owner was quicker")
        return False
    return True
