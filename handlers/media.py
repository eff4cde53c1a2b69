"""Recordings: how long they are kept, and their deletion. What was heard in them stays."""

from datetime import timedelta

from sqlalchemy import func, select
from sqlalchemy.orm import Session

import runtime
from db import on_commit
from models import Account, Media, Retention, Status, Transcription

AT_ONCE = 500


def hours_of(retention: Retention) -> int | None:
    """A retention as rows hold it."""
    if retention == "keep":
        return None
    return 0 if retention == "after_success" else int(retention)


def set_retention(session: Session, account: Account, retention: Retention) -> Account:
    """Set how long recordings are kept that are sent from now on without a wish of their own."""
    account = session.get_one(Account, account.id, with_for_update={"key_share": True})
    account.media_kept_hours = hours_of(retention)
    session.flush()
    return account


def keep_as_wished(session: Session, transcription: Transcription) -> None:
    """Delete the recording of what has just ended, or note when that is due.

    What failed keeps its recording with `after_success`, since it can be tried again.
    """
    hours = transcription.media_kept_hours
    if hours and transcription.completed_at is not None:
        transcription.media_expires_at = transcription.completed_at + timedelta(hours=hours)
    elif hours == 0 and transcription.status is Status.COMPLETED:
        forget_media(session, transcription)


def forget_media(session: Session, transcription: Transcription) -> None:
    """Delete a transcription's recording, unless another one is made of it too: retries share one."""
    media_id = transcription.media_id
    transcription.media_id = transcription.media_expires_at = None
    session.flush()
    if media_id is not None:
        _forget_if_unused(session, media_id)


def _forget_if_unused(session: Session, media_id: int) -> None:
    """Delete the recording once no transcription refers to it."""
    media = session.get(Media, media_id, with_for_update=True)
    if media is None or session.scalar(select(Transcription.id).where(Transcription.media_id == media_id).limit(1)):
        return
    session.delete(media)
    session.flush()
    object_key = media.object_key
    on_commit(session, lambda: runtime.store().delete(object_key))


def delete_expired_media(session: Session) -> None:
    """Delete the recordings whose time is over."""
    expired = (
        select(Transcription)
        .where(Transcription.media_expires_at < func.now())
        .limit(AT_ONCE)
        .with_for_update(skip_locked=True)
    )
    for transcription in session.scalars(expired):
        forget_media(session, transcription)
