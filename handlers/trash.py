"""The trash: what was put there is found nowhere else, comes back as it was for thirty days, and is then deleted."""

from datetime import timedelta

from sqlalchemy import ColumnElement, delete, func, select, update
from sqlalchemy.orm import Session

from db import now
from handlers.artifacts import order_artifacts
from handlers.finding import found
from handlers.listing import Page, page_of
from handlers.transcriptions import (
    WITH_ALL_THAT_IS_SHOWN,
    cancel_transcription,
    end_work,
    get_transcription,
    locked_transcription,
    owned,
    remove,
)
from models import Account, Artifact, ArtifactKind, ArtifactStatus, Passage, Status, Transcription

KEPT_FOR = timedelta(days=30)
AT_ONCE = 100


def trash_transcription(session: Session, account: Account, public_id: str) -> Transcription:
    """Put it into the trash; a processing one is canceled first, and nothing is charged. Raises NotFound.

    What the search knows of it is deleted at once, and made anew when it comes back.
    """
    transcription = locked_transcription(session, account, public_id)
    if not transcription.is_final:
        cancel_transcription(session, account, public_id)
    end_work(transcription)
    transcription.trashed_at = now(session)
    session.execute(delete(Passage).where(Passage.transcription_id == transcription.id))
    session.flush()
    return trashed_transcription(session, account, public_id)


def restore_transcription(session: Session, account: Account, public_id: str) -> Transcription:
    """Bring it back as it was; a completed one can be searched again within seconds. Raises NotFound."""
    query = owned(account, is_there(), Transcription.public_id == public_id)
    transcription = found(session, query.with_for_update())
    transcription.trashed_at = None
    if transcription.status is Status.COMPLETED:
        interrupted = select(Artifact.kind).where(
            Artifact.transcription_id == transcription.id, Artifact.status == ArtifactStatus.PENDING
        )
        order_artifacts(session, transcription, {ArtifactKind.SEARCH, *session.scalars(interrupted)})
    session.flush()
    return get_transcription(session, account, public_id)


def trashed_transcription(session: Session, account: Account, public_id: str) -> Transcription:
    """One that is in the trash, or NotFound."""
    query = owned(account, is_there(), Transcription.public_id == public_id)
    return found(session, query.options(*WITH_ALL_THAT_IS_SHOWN))


def list_trash(session: Session, account: Account, *, limit: int, cursor: str | None) -> Page[Transcription]:
    """What is in the trash, the newest recordings first."""
    query = owned(account, is_there()).options(*WITH_ALL_THAT_IS_SHOWN)
    return page_of(session, query, Transcription.public_id, limit=limit, cursor=cursor)


def empty_trash(session: Session, account: Account) -> None:
    """Delete for good what is in the trash: nobody sees it any more, and the sweep removes it within a minute."""
    session.execute(
        update(Transcription)
        .where(Transcription.account_id == account.id, is_there())
        .values(trashed_at=func.now() - KEPT_FOR)
        .execution_options(synchronize_session=False)
    )


def remove_expired_trash(session: Session) -> None:
    """Delete for good what has been in the trash for too long."""
    expired = (
        select(Transcription)
        .where(Transcription.trashed_at <= func.now() - KEPT_FOR)
        .limit(AT_ONCE)
        .with_for_update(skip_locked=True)
    )
    for transcription in session.scalars(expired).all():
        remove(session, transcription)


def is_there() -> ColumnElement[bool]:
    """What is in the trash, whether or not the sweep has taken away what is too old for it."""
    return Transcription.trashed_at > func.now() - KEPT_FOR
