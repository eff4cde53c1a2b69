"""The trash: what was put there is found nowhere else, comes back as it was for thirty days, and is then deleted."""

from collections.abc import Sequence
from datetime import timedelta

from sqlalchemy import ColumnElement, delete, func, select, update
from sqlalchemy.orm import Session

from db import now
from handlers.activities import record, record_by_number
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
from models import Account, Action, Artifact, ArtifactKind, ArtifactStatus, Passage, Status, Transcription

KEPT_FOR = timedelta(days=30)
AT_ONCE = 100


def trash_transcription(session: Session, account: Account, public_id: str) -> Transcription:
    """Put it into the trash; a processing one is canceled first, and nothing is charged. Raises NotFound.

    What the search knows of it is deleted at once, and made anew when it comes back.
    """
    put_there(session, account, [locked_transcription(session, account, public_id)])
    return trashed_transcription(session, account, public_id)


def put_there(session: Session, account: Account, transcriptions: Sequence[Transcription]) -> None:
    """Put all of these, which are locked, into the trash in one moment, by which they are known to belong together."""
    for transcription in transcriptions:
        if not transcription.is_final:
            cancel_transcription(session, account, transcription.public_id)
    moment = now(session)
    for transcription in transcriptions:
        end_work(transcription)
        transcription.trashed_at = moment
        record(session, Action.TRASHED, account, transcription.public_id)
    session.execute(delete(Passage).where(Passage.transcription_id.in_([each.id for each in transcriptions])))
    session.flush()


def restore_transcription(session: Session, account: Account, public_id: str) -> Transcription:
    """Bring it back as it was; a completed one can be searched again within seconds. Raises NotFound."""
    query = owned(account, is_there(), Transcription.public_id == public_id)
    bring_back(session, account, [found(session, query.with_for_update())])
    return get_transcription(session, account, public_id)


def bring_back(session: Session, account: Account, transcriptions: Sequence[Transcription]) -> None:
    """Take all of these, which are locked, out of the trash."""
    for transcription in transcriptions:
        transcription.trashed_at = None
        record(session, Action.RESTORED, account, transcription.public_id)
        if transcription.status is Status.COMPLETED:
            interrupted = select(Artifact.kind).where(
                Artifact.transcription_id == transcription.id, Artifact.status == ArtifactStatus.PENDING
            )
            order_artifacts(session, transcription, {ArtifactKind.SEARCH, *session.scalars(interrupted)})
    session.flush()


def trashed_with(session: Session, account: Account, public_id: str) -> Sequence[Transcription]:
    """What was put into the trash in the same moment as this one, and is still there; nothing where that is not."""
    moment = select(Transcription.trashed_at).where(
        Transcription.account_id == account.id, Transcription.public_id == public_id
    )
    query = owned(account, is_there(), Transcription.trashed_at == moment.scalar_subquery())
    return session.scalars(query.order_by(Transcription.public_id.desc()).limit(AT_ONCE)).all()


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
    record(session, Action.TRASH_EMPTIED, account)


def remove_expired_trash(session: Session) -> None:
    """Delete for good what has been in the trash for too long."""
    expired = (
        select(Transcription)
        .where(Transcription.trashed_at <= func.now() - KEPT_FOR)
        .limit(AT_ONCE)
        .with_for_update(skip_locked=True)
    )
    for transcription in session.scalars(expired).all():
        record_by_number(session, Action.DELETED, transcription.account_id, transcription.public_id)
        remove(session, transcription)


def is_there() -> ColumnElement[bool]:
    """What is in the trash, whether or not the sweep has taken away what is too old for it."""
    return Transcription.trashed_at > func.now() - KEPT_FOR
