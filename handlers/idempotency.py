"""One effect per Idempotency-Key: the answer is stored in the transaction that makes the effect (PROMISES P1–P7)."""

import hashlib
import json
import re
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from datetime import timedelta

from sqlalchemy import delete, func, select
from sqlalchemy.orm import Session

from errors import IdempotencyKeyInUse, IdempotencyKeyReused, InvalidIdempotencyKey
from handlers.sealing import CannotUnseal, is_sealed, seal, unseal
from models import Account, IdempotentAnswer

KEPT_FOR = timedelta(hours=24)
PURPOSE = "remembered answers"
VISIBLE_ASCII = re.compile(r"[\x21-\x7e]{1,255}")


@dataclass(frozen=True, slots=True)
class Answer:
    """What is sent to the client, as it went over the wire."""

    status: int
    body: bytes
    content_type: str
    location: str | None


def read_key(values: list[str]) -> str | None:
    """The key of a request's Idempotency-Key headers; quoted, as the IETF draft has it, or plain."""
    if not values:
        return None
    key = values[0]
    if len(key) >= 2 and key[0] == key[-1] == '"':
        key = key[1:-1]
    if len(values) > 1 or not VISIBLE_ASCII.fullmatch(key):
        raise InvalidIdempotencyKey()
    return key


def fingerprint(method: str, path: str, body: bytes) -> bytes:
    """SHA-256 of the request; key order and white space in its JSON make no difference."""
    with suppress(ValueError, RecursionError):  # What is no JSON is compared as it stands; the view will refuse it.
        body = json.dumps(json.loads(body), sort_keys=True, separators=(",", ":")).encode()
    return hashlib.sha256(b"\n".join([method.encode(), path.encode(), body])).digest()


def answer_once(
    session: Session, account: Account, *, key: str, request: bytes, run: Callable[[], Answer]
) -> tuple[Answer, bool]:
    """The answer of `run`, or the stored one of the first time and True.

    Refusals raise out of `run` and roll everything back, so they leave nothing behind and the key stays usable.
    """
    stored = remembered(session, account, key=key, request=request)
    if stored is not None:
        return stored, True
    answer = run()
    remember(session, account, key=key, request=request, answer=answer)
    return answer, False


def remembered(session: Session, account: Account, *, key: str, request: bytes) -> Answer | None:
    """What was answered to this key, which nobody else can use before this transaction ends.

    IdempotencyKeyInUse while somebody else does, IdempotencyKeyReused where it was used for another request.
    """
    if not session.scalar(select(func.pg_try_advisory_xact_lock(_lock_number(account, key)))):
        raise IdempotencyKeyInUse(retry_after_seconds=1)
    stored = session.scalar(
        select(IdempotentAnswer).where(
            IdempotentAnswer.account_id == account.id,
            IdempotentAnswer.key == key,
            IdempotentAnswer.created_at > func.now() - KEPT_FOR,
        )
    )
    if stored is not None and stored.fingerprint != request:
        raise IdempotencyKeyReused()
    if stored is None:
        return None
    return Answer(stored.status, _body_of(stored), stored.content_type, stored.location)


def remember(session: Session, account: Account, *, key: str, request: bytes, answer: Answer) -> None:
    """Keep the answer to a key for a day, in the place of any other."""
    session.execute(
        delete(IdempotentAnswer).where(IdempotentAnswer.account_id == account.id, IdempotentAnswer.key == key)
    )
    session.add(
        IdempotentAnswer(
            account_id=account.id,
            key=key,
            fingerprint=request,
            status=answer.status,
            body=seal(answer.body, purpose=PURPOSE),
            content_type=answer.content_type,
            location=answer.location,
        )
    )


def purge(session: Session) -> None:
    """Drop answers older than a day."""
    session.execute(delete(IdempotentAnswer).where(IdempotentAnswer.created_at < func.now() - KEPT_FOR))


def _body_of(stored: IdempotentAnswer) -> bytes:
    """What was answered, sealed since a secret that is shown once may be in it, or in the open from before.

    Raises IdempotencyKeyReused where SECRET_KEY is another by now: doing it again would be a second effect.
    """
    if not is_sealed(stored.body):
        return stored.body
    try:
        return unseal(stored.body, purpose=PURPOSE)
    except CannotUnseal:
        raise IdempotencyKeyReused(
            "This Idempotency-Key was used already, and what was answered cannot be read any more. List what there is."
        ) from None


def _lock_number(account: Account, key: str) -> int:
    digest = hashlib.sha256(f"idempotency {account.id} {key}".encode()).digest()
    return int.from_bytes(digest[:8], signed=True)
