"""A recording that comes with the request that waits for its transcript: stored, transcribed, and charged once.

Clients repeat such a request when they lose its answer, and few of them name it by a key. So it is known by what it
brings: a repeat gets the transcription that an earlier try made, as long as its transcript did not reach the client,
or the client says that it tries again. What failed is forgotten, since it cost nothing.
"""

import hashlib
from dataclasses import dataclass
from pathlib import Path

from sqlalchemy import update
from sqlalchemy.orm import Session

from db import transaction
from handlers.idempotency import Answer, remember, remembered
from handlers.transcriptions import KEPT, Details, Options, create_transcription, owned
from handlers.uploads import create_upload, delete_upload
from models import Account, ApiKey, IdempotentAnswer, Source, Status, Transcription
from runtime import store

MADE, ANSWERED = 202, 200


@dataclass(frozen=True, slots=True)
class SentFile:
    """A file on this machine's disk, with its SHA-256 in lower-case hexadecimal."""

    path: Path
    filename: str
    content_type: str
    size_bytes: int
    sha256: str


@dataclass(frozen=True, slots=True)
class Attempt:
    """One try of a request. `key` is its Idempotency-Key; `is_retry` that the client says it has asked before."""

    api_key: ApiKey
    request_id: str
    key: str | None = None
    is_retry: bool = False


def transcribe_file(account: Account, file: SentFile, options: Options, attempt: Attempt) -> tuple[str, bool]:
    """The public id of the file's transcription, and whether an earlier try of the same request made it.

    The file is gone afterwards if it was stored. Raises what an upload and a create raise; then nothing stays.
    """
    with transaction() as session:
        earlier = _earlier(session, account, file, options, attempt)
        if earlier is not None:
            return earlier, True
        upload = create_upload(
            session,
            account,
            filename=file.filename,
            content_type=file.content_type,
            size_bytes=file.size_bytes,
            sha256=file.sha256,
        )
    try:
        # In no transaction, since a store may take its time.
        store().put_file(upload.object_key, file.path)
        with transaction() as session:
            earlier = _earlier(session, account, file, options, attempt)
            if earlier is None:
                return _transcribe(session, account, upload.public_id, file, options, attempt), False
    except Exception:
        _give_up(account, upload.public_id)
        raise
    _give_up(account, upload.public_id)  # The same request came twice at once.
    return earlier, True


def note_answered(account: Account, file: SentFile, options: Options, attempt: Attempt) -> None:
    """Remember that the transcript was sent: from now on the same file is another request, unless it says otherwise."""
    with transaction() as session:
        session.execute(
            update(IdempotentAnswer)
            .where(IdempotentAnswer.account_id == account.id)
            .where(IdempotentAnswer.key == _key(file, options, attempt))
            .values(status=ANSWERED)
        )


def _transcribe(
    session: Session, account: Account, upload_id: str, file: SentFile, options: Options, attempt: Attempt
) -> str:
    transcription = create_transcription(
        session,
        account,
        source=Source.UPLOAD,
        upload_id=upload_id,
        options=options,
        details=Details(),
        api_key=attempt.api_key,
        request_id=attempt.request_id,
    )
    answer = Answer(MADE, transcription.public_id.encode(), "", None)
    remember(session, account, key=_key(file, options, attempt), request=_digest(file, options), answer=answer)
    return transcription.public_id


def _earlier(session: Session, account: Account, file: SentFile, options: Options, attempt: Attempt) -> str | None:
    """The transcription that an earlier try made, where it still has a transcript to give."""
    stored = remembered(session, account, key=_key(file, options, attempt), request=_digest(file, options))
    if stored is None or (stored.status == ANSWERED and attempt.key is None and not attempt.is_retry):
        return None
    public_id = stored.body.decode()
    usable = owned(account, KEPT, Transcription.public_id == public_id, Transcription.status != Status.FAILED)
    return session.scalar(usable.with_only_columns(Transcription.public_id))


def _give_up(account: Account, upload_id: str) -> None:
    with transaction() as session:
        delete_upload(session, account, upload_id)


def _key(file: SentFile, options: Options, attempt: Attempt) -> str:
    # No key of a client has a space in it, so the two kinds never meet.
    return attempt.key or f"sent {attempt.api_key.public_id} {_digest(file, options).hex()}"


def _digest(file: SentFile, options: Options) -> bytes:
    """Of all that makes the transcription what it is; the form in which it is answered does not."""
    return hashlib.sha256(repr((file.filename, file.sha256, options)).encode()).digest()
