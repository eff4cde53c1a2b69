"""Running one stage of a transcription: claim it, work outside any transaction, and store what became of it."""

import logging
import signal
from collections.abc import Callable
from pathlib import Path

from sqlalchemy.exc import OperationalError

from db import transaction
from errors import AppError, TranscriptionFailed
from handlers.processing import Lease, LeaseLost, claim, fail_with, forget_audio_if_over, hand_back
from jobs.lease import HandedBack, holder, raise_handed_back
from jobs.scratch import scratch_directory
from logs import log_context
from models import Stage
from processes.confinement import die_with_parent

log = logging.getLogger(__name__)


def run_stage(public_id: str, stage: Stage, work: Callable[[Lease, Path], None]) -> bool:
    """Do the stage's work if it is there to be done and nobody else is at it; whether that was so."""
    # A work-horse whose worker was killed would go on as an orphan beside its successor.
    die_with_parent()
    signal.signal(signal.SIGTERM, raise_handed_back)
    with transaction() as session:
        lease = claim(session, public_id, stage, holder())
    if lease is None:
        return False
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
            log.info("stage handed back")
            _store(hand_back, lease)
        except AppError as outcome:
            log.warning("stage failed", extra={"code": outcome.code})
            _store(fail_with, lease, outcome)
        except OperationalError:
            raise  # The database went away: nothing can be stored, and the lease runs out by itself.
        except Exception:
            if _store(fail_with, lease, TranscriptionFailed()):
                raise
    return True


def _store(write: Callable[..., None], *arguments: object) -> bool:
    """Write under the lease; whether it still held."""
    try:
        with transaction() as session:
            write(session, *arguments)
    except LeaseLost:
        log.info("another worker or its owner was quicker")
        return False
    return True
