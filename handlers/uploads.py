"""Uploads: leave to put one recording into the store, in one piece or in parts, and its use for one transcription."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import groupby, repeat
from secrets import token_hex

from sqlalchemy import Select, func, select
from sqlalchemy.orm import Session

from db import now, on_commit
from errors import Conflict, Invalid, MediaTooLarge, UploadAlreadyUsed, UploadIncomplete, UploadNotFound
from models import Account, Media, Upload
from runtime import config, store
from storage import LARGEST_PUT_BYTES, MOST_PARTS, PresignedPut

TICKET_LASTS = timedelta(minutes=15)
PART_TICKET_LASTS = timedelta(hours=1)
UPLOADS_KEPT_FOR = timedelta(hours=24)
PART_BYTES = 8 * 1024**2
PARTS_AT_ONCE = 100
RANGES_NAMED = 10


class UploadTooLarge(MediaTooLarge):
    """The same code as for a recording that turns out too large, told before a byte is sent."""

    status = 413


@dataclass(frozen=True, slots=True)
class PartTicket:
    """Leave to send one part."""

    number: int
    size_bytes: int
    put: PresignedPut
    expires_at: datetime


@dataclass(frozen=True, slots=True)
class Arrival:
    """How far an upload is: the numbers of the parts that are there, and a new ticket where one PUT is awaited."""

    is_complete: bool
    parts: Sequence[int] = ()
    put: PresignedPut | None = None


def create_upload(
    session: Session,
    account: Account,
    *,
    filename: str,
    content_type: str,
    size_bytes: int,
    sha256: str | None,
    multipart: bool = False,
) -> Upload:
    """A new upload, to be sent in one piece, by the ticket of `awaited`, or in parts, by `part_tickets`."""
    if size_bytes > config().max_media_bytes:
        raise UploadTooLarge(param="size_bytes")
    if size_bytes > LARGEST_PUT_BYTES and not multipart:
        raise Invalid("A file of more than 5 GiB goes in parts: say multipart: true.", param="multipart")
    object_key = f"uploads/{account.public_id}/{token_hex(16)}"
    part_size_bytes = _part_size(size_bytes) if multipart else None
    upload = Upload(
        account_id=account.id,
        object_key=object_key,
        filename=filename,
        content_type=content_type,
        size_bytes=size_bytes,
        sha256=sha256,
        part_size_bytes=part_size_bytes,
        # The store is asked before the row is there: when a crash comes between, the sweep finds what was begun.
        multipart_id=None
        if part_size_bytes is None
        else store().begin_multipart(object_key, content_type=content_type, part_size_bytes=part_size_bytes),
    )
    session.add(upload)
    session.flush()
    return upload


def _part_size(size_bytes: int) -> int:
    """The size of parts, a multiple of 1 MiB: 8 MiB, and more where there would be too many of them."""
    return max(PART_BYTES, -(-size_bytes // MOST_PARTS // 1024**2) * 1024**2)


def get_upload(session: Session, account: Account, public_id: str) -> Upload:
    upload = session.scalar(_query(account, public_id))
    if upload is None:
        raise UploadNotFound()
    return upload


def _query(account: Account, public_id: str) -> Select[Upload]:
    return select(Upload).where(Upload.account_id == account.id, Upload.public_id == public_id)


def awaited(upload: Upload) -> Arrival:
    """That of an upload to which nothing has come; the ticket for its one PUT is good for a quarter of an hour."""
    if upload.multipart_id is not None:
        return Arrival(False)
    put = store().presigned_put(
        upload.object_key,
        size_bytes=upload.size_bytes,
        content_type=upload.content_type,
        sha256=upload.sha256,
        expires_seconds=int(TICKET_LASTS.total_seconds()),
    )
    return Arrival(False, put=put)


def sendable_until(session: Session, upload: Upload) -> datetime:
    """Until when its bytes may be sent, with a ticket made now."""
    if upload.multipart_id is not None:
        return upload.created_at + UPLOADS_KEPT_FOR
    return now(session) + TICKET_LASTS


def part_tickets(
    session: Session, upload: Upload, numbers: Sequence[int], md5: Sequence[str] | None = None
) -> list[PartTicket]:
    """Tickets for these parts, in this order, with their (lower-case hexadecimal) checksums where those are given.

    The store is not asked, so a part that has arrived gets one too, and may be sent again. Invalid for a number that
    the upload does not have, Conflict for an upload in one piece, UploadAlreadyUsed.
    """
    if upload.multipart_id is None or upload.parts_count is None:
        raise Conflict("This upload goes in one piece. GET it for the address of its bytes.")
    if upload.used_at is not None:
        raise UploadAlreadyUsed()
    if max(numbers) > upload.parts_count:
        raise Invalid(f"This upload has the parts 1 to {upload.parts_count}.", param="part_numbers")
    expires_at = now(session) + PART_TICKET_LASTS
    return [
        PartTicket(
            number,
            upload.size_of_part(number),
            store().presigned_part(
                upload.object_key,
                upload.multipart_id,
                number=number,
                size_bytes=upload.size_of_part(number),
                md5=checksum,
                expires_seconds=int(PART_TICKET_LASTS.total_seconds()),
            ),
            expires_at,
        )
        for number, checksum in zip(numbers, md5 or repeat(None), strict=False)
    ]


def is_complete(upload: Upload) -> bool:
    """Whether its bytes have arrived, by the store's own word."""
    return upload.used_at is not None or store().size_bytes(upload.object_key) == upload.size_bytes


def arrival(upload: Upload) -> Arrival:
    """How far it is, by the store's own word. Best asked outside a transaction: a store may take its time."""
    if is_complete(upload):
        return completed(upload)
    if upload.multipart_id is None:
        return awaited(upload)
    try:
        arrived = store().arrived_parts(upload.object_key, upload.multipart_id)
    except KeyError:
        return completed(upload) if is_complete(upload) else Arrival(False)  # While we asked, it was, or dropped.
    whole = [part.number for part in arrived if part.size_bytes == upload.size_of_part(part.number)]
    return Arrival(False, whole)


def completed(upload: Upload) -> Arrival:
    """That of an upload whose bytes are all there."""
    return Arrival(True, range(1, (upload.parts_count or 0) + 1))


def put_together(upload: Upload) -> None:
    """Make one recording of the parts that have arrived; done again, it does nothing. Best done outside a transaction.

    UploadIncomplete names what has not arrived.
    """
    if is_complete(upload):
        return
    if upload.multipart_id is None:
        raise UploadIncomplete()
    try:
        parts = store().arrived_parts(upload.object_key, upload.multipart_id)
        sizes = {part.number: part.size_bytes for part in parts}
        every = range(1, (upload.parts_count or 0) + 1)
        missing = [number for number in every if sizes.get(number) != upload.size_of_part(number)]
        if missing:
            raise UploadIncomplete(f"Parts that have not arrived: {_named(missing)}. Send them, then complete it.")
        store().complete_multipart(upload.object_key, upload.multipart_id, parts)
    except KeyError:
        pass  # Another request was quicker, or a part is being sent again.
    if not is_complete(upload):
        raise UploadIncomplete()


def _named(numbers: Iterable[int]) -> str:
    """Rising numbers for people: `1, 4-7, 9`; after some ranges, `and more`."""
    runs = [list(run) for _, run in groupby(enumerate(numbers), key=lambda pair: pair[1] - pair[0])]
    ranges = [f"{run[0][1]}" if len(run) == 1 else f"{run[0][1]}-{run[-1][1]}" for run in runs]
    return ", ".join([*ranges[:RANGES_NAMED], *(["and more"] if len(ranges) > RANGES_NAMED else [])])


def delete_upload(session: Session, account: Account, public_id: str) -> None:
    """Give an upload up and drop whatever has arrived; UploadAlreadyUsed where it serves a transcription."""
    upload = session.scalar(_query(account, public_id).with_for_update())
    if upload is None:
        raise UploadNotFound()
    if upload.used_at is not None:
        raise UploadAlreadyUsed("A transcription was made of this upload. Delete that instead.")
    object_key, multipart_id = upload.object_key, upload.multipart_id
    session.delete(upload)
    on_commit(session, lambda: _drop(object_key, multipart_id))


def _drop(object_key: str, multipart_id: str | None) -> None:
    if multipart_id is not None:
        store().abort_multipart(object_key, multipart_id)
    store().delete(object_key)


def unused_upload(session: Session, account: Account, public_id: str, *, for_update: bool = False) -> Upload:
    """An upload that holds its bytes and was not used yet; UploadNotFound, UploadAlreadyUsed or UploadIncomplete."""
    query = _query(account, public_id)
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
