"""The third stage: chapters, topics and a summary, and what the search finds. Each stands or falls by itself."""

import logging
from pathlib import Path

from sqlalchemy.exc import OperationalError

from db import is_away, transaction
from handlers.processing import Lease, LeaseLost, complete
from handlers.understanding import begin_understanding, keep_failure, keep_made, keep_passages
from jobs.artifacts import Maker
from jobs.lease import ticker
from jobs.queues import QueueName
from jobs.stages import run_next
from models import ArtifactKind

log = logging.getLogger(__name__)

# Each goes into an index that may be large: so many take seconds, less than a lease lasts.
PASSAGES_AT_ONCE = 500


def understand(bell: str) -> None:
    """Make what is to be made of the transcript whose turn it is, and complete its transcription."""
    run_next(QueueName.UNDERSTAND, work)


def work(lease: Lease, scratch: Path) -> None:
    with transaction() as session:
        task = begin_understanding(session, lease)
    maker = Maker(task, ticker(lease))
    for done, kind in enumerate(task.kinds, 1):
        try:
            _make(lease, maker, kind, done / len(task.kinds))
        except LeaseLost:
            raise
        except Exception as error:
            if isinstance(error, OperationalError) and is_away(error):
                raise
            log.exception("an artifact could not be made", extra={"artifact": kind.value})
            with transaction() as session:
                keep_failure(session, lease, kind)
    with transaction() as session:
        complete(session, lease)


def _make(lease: Lease, maker: Maker, kind: ArtifactKind, done: float) -> None:
    if kind is ArtifactKind.SEARCH:
        _store_passages(lease, maker)
    made = maker.make(kind)
    with transaction() as session:
        keep_made(session, lease, kind, made, done=done)


def _store_passages(lease: Lease, maker: Maker) -> None:
    passages, vectors = maker.passages, maker.vectors
    for first in range(0, max(1, len(passages)), PASSAGES_AT_ONCE):
        lot = slice(first, first + PASSAGES_AT_ONCE)
        with transaction() as session:
            keep_passages(session, lease, passages[lot], None if vectors is None else vectors[lot])
