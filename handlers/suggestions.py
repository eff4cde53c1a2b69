"""What somebody could search or ask for first: what their latest recordings speak of."""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import and_, select
from sqlalchemy.orm import Session

from handlers.transcriptions import KEPT, owned
from models import Account, Artifact, ArtifactKind, Status, Transcription

LATEST = 5
TOPICS_OF_EACH = 2


@dataclass(frozen=True, slots=True)
class Suggestions:
    """Topics, those of the latest transcription first, and whether there is nothing yet that could be searched."""

    is_empty: bool
    topics: Sequence[str]


def suggestions(session: Session, account: Account) -> Suggestions:
    completed = owned(account, KEPT, Transcription.status == Status.COMPLETED)
    latest = (
        completed.with_only_columns(Transcription.id, Transcription.public_id)
        .order_by(Transcription.public_id.desc())
        .limit(LATEST)
        .subquery()
    )
    has_topics = and_(Artifact.transcription_id == latest.c.id, Artifact.kind == ArtifactKind.TOPICS)
    query = select(Artifact.content).select_from(latest).outerjoin(Artifact, has_topics)
    found = session.scalars(query.order_by(latest.c.public_id.desc())).all()
    labels = [topic["label"] for topics in found for topic in (topics or [])[:TOPICS_OF_EACH]]
    return Suggestions(is_empty=not found, topics=list(dict.fromkeys(labels)))
