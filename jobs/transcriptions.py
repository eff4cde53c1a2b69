"""The stages of a transcription as RQ jobs. Each takes one id, claims it, works outside any transaction, and stores."""

import logging
import signal
from collections.abc import Callable
from pathlib import Path

from sqlalchemy.exc import OperationalError

from db import transaction
from errors import AppError, TranscriptionFailed
from handlers.processing import (
    Lease,
    LeaseLost,
    claim,
    fail_with,
    forget_audio_if_over,
    hand_back,
    take_canceled_state,
)
from jobs import fetching, providing, recognition
from jobs.lease import HandedBack, holder, raise_handed_back
from jobs.scratch import scratch_directory
from logs import log_context
from models import Stage
from processes.confinement import die_with_parent

log = logging.getLogger(__name__)


def fetch(public_id: str) -> None:
    """Get the recording, decode it, hold its price."""
    _run(public_id, Stage.FETCHING, fetching.work)


def transcribe(public_id: str) -> None:
    """Recognise the decoded recording and finish the transcription."""
    _run(public_id, Stage.TRANSCRIBING, recognition.work)


def ask_provider(public_id: str) -> None:
    """Take one step with the provider of a hosted pipeline, or tell it that the transcription was canceled."""
    _run(public_id, Stage.TRANSCRIBING, providing.work)
    with transaction() as session:
        canceled = take_canceled_state(session, public_id)
    if canceled is not None:
        providing.tell_canceled(*canceled)


def _run(public_id: str, stage: Stage, work: Callable[[Lease, Path], None]) -> None:
    # A work-horse whose worker was killed would go on as an orphan beside its successor.
    die_with_parent()
    signal.signal(signal.SIGTERM, raise_handed_back)
    with transaction() as session:
        lease = claim(session, public_id, stage, holder())
    if lease is None:
        return
    with log_context(transcription_id=public_id, request_id=lease.request_id, stage=stage):
        try:
            log.info("stage started")
            with scratch_directory(public_id) as scratch:
                work(lease, scratch)
            log.info("stage done")
        except LeaseLost:
            log.info("stage given up: canceled, deleted or taken over")
            with transaction() as session:
                forget_audio_if_over(session, public_id)
        except HandedBack:
            log.info("stage handed back: the worker is stopping")
            _store(hand_back, lease)
        except AppError as outcome:
            log.warning("stage failed", extra={"code": outcome.code})
            _store(fail_with, lease, outcome)
        except OperationalError:
            raise  # The database went away: nothing can be stored, and the lease runs out by itself.
        except Exception:
            if _store(fail_with, lease, TranscriptionFailed()):
                raise


def _store(write: Callable[..., None], *arguments: object) -> bool:
    """Write under the lease; whether it still held."""
    try:
        with transaction() as session:
            write(session, *arguments)
    except LeaseLost:
        log.info("another worker or its owner was quicker")
        return False
    return True
