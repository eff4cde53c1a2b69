"""What is made of a transcript beside its words: having it made, and what became of it."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from sqlalchemy import func, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from db import now, on_commit
from jobs.queues import QueueName, ring
from models import Artifact, ArtifactKind, ArtifactStatus, Stage, Transcription

SOON = timedelta(seconds=5)
ALL_KINDS = frozenset(ArtifactKind)
NOTHING: dict[ArtifactKind, Any] = {
    ArtifactKind.CHAPTERS: [],
    ArtifactKind.TOPICS: [],
    ArtifactKind.SUMMARY: {"short": "", "bullets": [], "key_phrases": [], "action_items": []},
    ArtifactKind.SEARCH: None,
}


@dataclass(frozen=True, slots=True)
class Made:
    """An artifact's content as JSON (the search has none), which engine made it, and with which model."""

    content: Any
    engine: str
    model: str | None


def order_artifacts(
    session: Session, transcription: Transcription, kinds: Collection[ArtifactKind] = ALL_KINDS
) -> None:
    """Have these made, or made again, by a job that begins at the commit.

    Those that are there stay readable until the new ones replace them. A job that is at work gives way.
    """
    _await(session, transcription, kinds, delay=timedelta())
    on_commit(session, lambda: ring(QueueName.UNDERSTAND))


def order_artifacts_soon(session: Session, transcription: Transcription, kinds: Collection[ArtifactKind]) -> None:
    """The same by a job that begins some seconds later: what changes again and again is made once."""
    _await(session, transcription, kinds, delay=SOON)


def _await(
    session: Session, transcription: Transcription, kinds: Collection[ArtifactKind], *, delay: timedelta
) -> None:
    rows = [{"transcription_id": transcription.id, "kind": kind} for kind in kinds]
    pending = {"status": ArtifactStatus.PENDING}
    session.execute(insert(Artifact).values(rows).on_conflict_do_update(constraint="pk_artifacts", set_=pending))
    transcription.stage, transcription.to_understand = Stage.UNDERSTANDING, True
    transcription.queue = QueueName.UNDERSTAND.value
    transcription.lease_token = transcription.lease_until = None
    transcription.crashes = transcription.tries = 0
    transcription.due_at = now(session) + delay


def keep_artifact(session: Session, transcription: Transcription, kind: ArtifactKind, made: Made) -> None:
    """Put what was made in the place of what was there before."""
    values = {
        "status": ArtifactStatus.READY,
        "content": made.content,
        "engine": made.engine,
        "model": made.model,
        "is_stale": False,
        "made_at": func.clock_timestamp(),
    }
    row = insert(Artifact).values(transcription_id=transcription.id, kind=kind, **values)
    session.execute(row.on_conflict_do_update(constraint="pk_artifacts", set_=values))


def keep_nothing(session: Session, transcription: Transcription) -> None:
    """Where nobody says anything there is nothing to make, and all of it is there."""
    for kind, content in NOTHING.items():
        keep_artifact(session, transcription, kind, Made(content, "none", None))


def fail_artifacts(session: Session, transcription: Transcription, kinds: Collection[ArtifactKind] = ALL_KINDS) -> None:
    """Give up those of these that are still to be made."""
    session.execute(
        update(Artifact)
        .where(
            Artifact.transcription_id == transcription.id,
            Artifact.kind.in_(kinds),
            Artifact.status == ArtifactStatus.PENDING,
        )
        .values(status=ArtifactStatus.FAILED)
        .execution_options(synchronize_session=False)
    )


def mark_stale(session: Session, transcription: Transcription) -> None:
    """The words have changed: what was made of them tells of others."""
    session.execute(
        update(Artifact)
        .where(Artifact.transcription_id == transcription.id)
        .values(is_stale=True)
        .execution_options(synchronize_session=False)
    )
