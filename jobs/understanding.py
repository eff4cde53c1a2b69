"""The third stage: chapters, topics and a summary, and what the search finds. Each stands or falls by itself."""

import logging
from pathlib import Path

from db import transaction
from handlers.processing import Lease, LeaseLost, complete
from handlers.understanding import begin_understanding, keep_failure, keep_made, keep_passages
from jobs.artifacts import Maker
from jobs.lease import ticker
from jobs.stages import run_stage
from models import ArtifactKind, Stage

log = logging.getLogger(__name__)


def understand(public_id: str) -> None:
    """Make what is to be made of a transcript, and complete its transcription."""
    run_stage(public_id, Stage.UNDERSTANDING, work)


def work(lease: Lease, scratch: Path) -> None:
    with transaction() as session:
        task = begin_understanding(session, lease)
    maker = Maker(task, ticker(lease))
    for done, kind in enumerate(task.kinds, 1):
        try:
            _make(lease, maker, kind, done / len(task.kinds))
        except LeaseLost:
            raise
        except Exception:
            log.exception("an artifact could not be made", extra={"artifact": kind.value})
            with transaction() as session:
                keep_failure(session, lease, kind)
    with transaction() as session:
        complete(session, lease)


def _make(lease: Lease, maker: Maker, kind: ArtifactKind, done: float) -> None:
    if kind is ArtifactKind.SEARCH:
        passages = maker.passages
        vectors = maker.vectors
        with transaction() as session:
            keep_passages(session, lease, passages, vectors)
    made = maker.make(kind)
    with transaction() as session:
        keep_made(session, lease, kind, made, done=done)
