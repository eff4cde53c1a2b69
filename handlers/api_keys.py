"""API keys: made, shown once, looked up by hash, revoked."""

import hashlib
import secrets
import string
import zlib
from collections.abc import Collection, Mapping, Sequence
from datetime import UTC, datetime, timedelta

from sqlalchemy import bindparam, func, or_, select, update
from sqlalchemy.orm import Session, joinedload

from errors import InvalidApiKey, NotFound, TooManyKeys
from handlers.activities import record, record_by_number
from handlers.finding import found
from models import Account, Action, ApiKey

PREFIX = "tsk_live_"
RANDOM_LENGTH, CHECKSUM_LENGTH = 30, 6
BASE62 = string.digits + string.ascii_uppercase + string.ascii_lowercase
MAX_ACTIVE_KEYS = 20
# With every request: made once.
WITH_ACCOUNT = (
    select(ApiKey).where(ApiKey.key_sha256 == bindparam("sha256")).options(joinedload(ApiKey.account, innerjoin=True))
)
LAST_USED_RESOLUTION = timedelta(seconds=60)


def create_api_key(session: Session, account: Account, *, name: str) -> tuple[ApiKey, str]:
    """A new key and its plaintext, which exists nowhere else."""
    # The account row is the lock: two requests at once must not both make the twentieth key.
    session.execute(select(Account.id).where(Account.id == account.id).with_for_update(key_share=True))
    if len(active_api_keys(session, account)) >= MAX_ACTIVE_KEYS:
        raise TooManyKeys()
    plaintext = new_plaintext()
    key = ApiKey(
        account_id=account.id, name=name, key_sha256=_sha256(plaintext), prefix=PREFIX, last_four=plaintext[-4:]
    )
    session.add(key)
    session.flush()
    record(session, Action.KEY_CREATED, account, key.public_id)
    return key, plaintext


def active_api_keys(session: Session, account: Account) -> Sequence[ApiKey]:
    query = select(ApiKey).where(ApiKey.account_id == account.id, ApiKey.revoked_at.is_(None))
    return session.scalars(query.order_by(ApiKey.public_id.desc())).all()


def listed_api_keys(session: Session, account: Account, *, spenders: Collection[str]) -> Sequence[ApiKey]:
    """The active keys, and of the revoked ones those among `spenders` (public ids), newest first."""
    shown = or_(ApiKey.revoked_at.is_(None), ApiKey.public_id.in_(spenders))
    query = select(ApiKey).where(ApiKey.account_id == account.id, shown)
    return session.scalars(query.order_by(ApiKey.public_id.desc())).all()


def key_names(session: Session, account: Account) -> Mapping[str, str]:
    """The name of each key the account has or had, by its public id."""
    rows = session.execute(select(ApiKey.public_id, ApiKey.name).where(ApiKey.account_id == account.id))
    return {public_id: name for public_id, name in rows}  # noqa: C416 (a Row is no pair to the type checker)


def revoke_api_key(session: Session, account: Account, public_id: str) -> ApiKey:
    """End one key for good; the account's others go on working."""
    key = found(session, select(ApiKey).where(ApiKey.account_id == account.id, ApiKey.public_id == public_id))
    return _revoke(session, key)


def revoke_any_api_key(session: Session, public_id: str) -> ApiKey:
    """An operator's revocation, whoever owns the key."""
    key = session.scalar(select(ApiKey).where(ApiKey.public_id == public_id))
    if key is None:
        raise NotFound(f"There is no API key {public_id}.")
    return _revoke(session, key)


def authenticate(session: Session, plaintext: str) -> ApiKey:
    """The active key with its account. A wrong checksum is refused without asking the database."""
    if not is_well_formed(plaintext):
        raise InvalidApiKey()
    key = session.scalar(WITH_ACCOUNT, {"sha256": _sha256(plaintext)})
    if key is None or key.revoked_at is not None:
        raise InvalidApiKey()
    _note_use(session, key)
    return key


def new_plaintext() -> str:
    """`tsk_live_`, 30 random base62 characters, and the CRC32 of all that in six more."""
    body = PREFIX + "".join(secrets.choice(BASE62) for _ in range(RANDOM_LENGTH))
    return body + _checksum(body)


def is_well_formed(plaintext: str) -> bool:
    body, checksum = plaintext[:-CHECKSUM_LENGTH], plaintext[-CHECKSUM_LENGTH:]
    right_length = len(plaintext) == len(PREFIX) + RANDOM_LENGTH + CHECKSUM_LENGTH
    return right_length and plaintext.isascii() and body.startswith(PREFIX) and _checksum(body) == checksum


def _checksum(body: str) -> str:
    number, digits = zlib.crc32(body.encode()), ""
    for _ in range(CHECKSUM_LENGTH):
        number, remainder = divmod(number, len(BASE62))
        digits = BASE62[remainder] + digits
    return digits


def _sha256(plaintext: str) -> bytes:
    return hashlib.sha256(plaintext.encode()).digest()


def _revoke(session: Session, key: ApiKey) -> ApiKey:
    if key.revoked_at is None:
        key.revoked_at = session.scalar(select(func.now()))
        record_by_number(session, Action.KEY_REVOKED, key.account_id, key.public_id)
        session.flush()
    return key


def _note_use(session: Session, key: ApiKey) -> None:
    """Keep `last_used_at` within a minute without a write per request, and without waiting for anybody's lock."""
    if key.last_used_at is not None and datetime.now(UTC) - key.last_used_at < LAST_USED_RESOLUTION:
        return
    free = select(ApiKey.id).where(ApiKey.id == key.id).with_for_update(skip_locked=True)
    session.execute(update(ApiKey).where(ApiKey.id.in_(free)).values(last_used_at=func.now()))
