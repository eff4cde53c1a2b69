"""Uploads: leave to put one recording into the store, and its use for one transcription."""

from datetime import timedelta
from secrets import token_hex

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from errors import MediaTooLarge, UploadAlreadyUsed, UploadIncomplete, UploadNotFound
from models import Account, Media, Upload
from runtime import config, store
from storage import PresignedPut

TICKET_LASTS = timedelta(minutes=15)


class UploadTooLarge(MediaTooLarge):
    """The same code as for a recording that turns out too large, told before a byte is sent."""

    status = 413


def create_upload(
    session: Session, account: Account, *, filename: str, content_type: str, size_bytes: int, sha256: str | None
) -> tuple[Upload, PresignedPut]:
    """A new upload and the ticket for its one PUT, good for a quarter of an hour."""
    if size_bytes > config().max_media_bytes:
        raise UploadTooLarge(param="size_bytes")
    upload = Upload(
        account_id=account.id,
        object_key=f"uploads/{account.public_id}/{token_hex(16)}",
        filename=filename,
        content_type=content_type,
        size_bytes=size_bytes,
        sha256=sha256,
    )
    session.add(upload)
    session.flush()
    ticket = store().presigned_put(
        upload.object_key,
        size_bytes=size_bytes,
        content_type=content_type,
        sha256=sha256,
        expires_seconds=int(TICKET_LASTS.total_seconds()),
    )
    return upload, ticket


def get_upload(session: Session, account: Account, public_id: str) -> Upload:
    upload = session.scalar(select(Upload).where(Upload.account_id == account.id, Upload.public_id == public_id))
    if upload is None:
        raise UploadNotFound()
    return upload


def is_complete(upload: Upload) -> bool:
    """Whether its bytes have arrived, by the store's own word."""
    return upload.used_at is not None or store().size_bytes(upload.object_key) == upload.size_bytes


def unused_upload(session: Session, account: Account, public_id: str, *, for_update: bool = False) -> Upload:
    """An upload that holds its bytes and was not used yet; UploadNotFound, UploadAlreadyUsed or UploadIncomplete."""
    query = select(Upload).where(Upload.account_id == account.id, Upload.public_id == public_id)
    upload = session.scalar(query.with_for_update() if for_update else query)
    if upload is None:
        raise UploadNotFound(param="upload_id")
    if upload.used_at is not None:
        raise UploadAlreadyUsed(param="upload_id")
    if not is_complete(upload):
        raise UploadIncomplete(param="upload_id")
    return upload


def use_upload(session: Session, account: Account, public_id: str) -> Media:
    """The recording of a complete upload, which is thereby used up."""
    upload = unused_upload(session, account, public_id, for_update=True)
    upload.used_at = session.scalar(select(func.now()))
    media = Media(
        account_id=account.id,
        object_key=upload.object_key,
        size_bytes=upload.size_bytes,
        sha256=upload.sha256,
        filename=upload.filename,
    )
    session.add(media)
    session.flush()
    return media
