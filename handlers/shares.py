"""Shares: links by which anyone may read one transcript, until they expire or are revoked.

A link's owner wants to copy its address again on another day, so that it cannot be forgotten as an API key is; but a
copy of the database must not open everything that was ever shared. So no secret is stored. It is made, whenever it is
shown, of random bits in the row and of the service's own secret key, which is not in the database; what is stored of it
is a hash, by which it is found. When the service's key is changed, links that were sent go on working, and only their
addresses cannot be shown any more.
"""

import base64
import enum
import hashlib
import hmac
import secrets
from collections.abc import Collection, Sequence
from datetime import datetime, timedelta

from sqlalchemy import Select, select
from sqlalchemy.orm import Session, contains_eager, joinedload

import runtime
from db import now
from errors import Invalid, TooManyShares
from handlers.accounts import hash_password
from handlers.activities import record
from handlers.exports import check_exportable
from handlers.finding import found
from handlers.listing import Page, page_of
from handlers.transcriptions import KEPT, locked_transcription, owned
from models import Account, Action, Share, SharePart, Transcription

MOST_SHARES = 50
USUAL_PARTS = (SharePart.SUMMARY, SharePart.CHAPTERS, SharePart.TOPICS, SharePart.SPEAKERS, SharePart.RECORDING)
LONGEST = timedelta(days=3660)

SEED_BYTES = 32
# 160 bits in letters and digits alone: what finds addresses in a mail leaves out a dash at their end.
SECRET_BYTES = 20


class Unchanged(enum.Enum):
    """Stands for what is not to be changed where None means something."""

    UNCHANGED = enum.auto()


UNCHANGED = Unchanged.UNCHANGED


def create_share(
    session: Session,
    account: Account,
    transcription_id: str,
    *,
    parts: Collection[SharePart] = USUAL_PARTS,
    expires_at: datetime | None = None,
    password: str | None = None,
) -> Share:
    """A new link to a completed transcription. Raises TooManyShares, NotReady, Invalid."""
    _check_expiry(session, expires_at)
    password_hash = None if password is None else hash_password(password)
    transcription = _with_room(session, account, transcription_id)
    check_exportable(session, account, [transcription_id])
    seed = secrets.token_bytes(SEED_BYTES)
    share = Share(
        account_id=account.id,
        transcription_id=transcription.id,
        seed=seed,
        secret_sha256=hash_of(_secret(seed)),
        parts=_chosen(parts),
        password_hash=password_hash,
        expires_at=expires_at,
    )
    session.add(share)
    session.flush()
    record(session, Action.SHARE_CREATED, account, share.public_id, transcription=transcription_id)
    return get_share(session, account, share.public_id)


def list_shares(
    session: Session, account: Account, transcription_id: str, *, limit: int, cursor: str | None
) -> Page[Share]:
    """The links of a transcription that are not revoked, the newest first."""
    transcription = found(session, owned(account, KEPT, Transcription.public_id == transcription_id))
    query = _of_transcription(transcription).options(joinedload(Share.transcription))
    return page_of(session, query, Share.public_id, limit=limit, cursor=cursor)


def all_shares(session: Session, transcription: Transcription) -> Sequence[Share]:
    """The same of a transcription that its owner has before them."""
    return session.scalars(_of_transcription(transcription).order_by(Share.public_id.desc())).all()


def get_share(session: Session, account: Account, public_id: str) -> Share:
    """A link with its transcription; NotFound once it is revoked, or its transcription in the trash."""
    return _found(session, account, public_id)


def update_share(
    session: Session,
    account: Account,
    public_id: str,
    *,
    parts: Collection[SharePart] | None = None,
    expires_at: datetime | Unchanged | None = UNCHANGED,
    password: str | Unchanged | None = UNCHANGED,
) -> Share:
    """Change what is given and leave the rest; the address stays. With another password, whoever gave the one before
    is asked again. Raises NotFound, Invalid."""
    if expires_at is not UNCHANGED:
        _check_expiry(session, expires_at)
    # Before the row is locked: hashing takes its time, and whoever opens the link is counted there.
    password_hash = hash_password(password) if isinstance(password, str) else None
    share = _found(session, account, public_id, lock=True)
    if parts is not None:
        share.parts = _chosen(parts)
    if expires_at is not UNCHANGED:
        share.expires_at = expires_at
    if password is not UNCHANGED:
        share.password_hash = password_hash
    record(session, Action.SHARE_CHANGED, account, public_id)
    session.flush()
    return share


def revoke_share(session: Session, account: Account, public_id: str) -> Share:
    """End a link at once, whoever has it open. Raises NotFound."""
    share = _found(session, account, public_id, lock=True)
    share.revoked_at = now(session)
    record(session, Action.SHARE_REVOKED, account, public_id)
    session.flush()
    return share


def bring_back_share(session: Session, account: Account, public_id: str) -> Share:
    """Take a revocation back: the address works again. Raises NotFound, TooManyShares."""
    _with_room(session, account, revoked_share(session, account, public_id).transcription.public_id)
    share = _found(session, account, public_id, lock=True, revoked=True)
    share.revoked_at = None
    record(session, Action.SHARE_RESTORED, account, public_id)
    session.flush()
    return share


def revoked_share(session: Session, account: Account, public_id: str) -> Share:
    """One that was revoked, or NotFound."""
    return _found(session, account, public_id, revoked=True)


def address(share: Share) -> str | None:
    """Where it is read, for its owner; None once the service has another key than when it was made."""
    secret = _secret(share.seed)
    if hash_of(secret) != share.secret_sha256:
        return None
    return f"{runtime.config().base_url}/s/{secret}"


def hash_of(secret: str) -> bytes:
    """What is stored of the secret of an address."""
    return hashlib.sha256(secret.encode()).digest()


def _secret(seed: bytes) -> str:
    """What an address ends in. The key is used for nothing else, so that no signature of ours can be taken for one."""
    key = hashlib.sha256(f"shares:{runtime.config().secret_key}".encode()).digest()
    digest = hmac.digest(key, seed, "sha256")
    return base64.b32encode(digest[:SECRET_BYTES]).decode().lower()


def _with_room(session: Session, account: Account, transcription_id: str) -> Transcription:
    """The transcription, whose row is the lock: two requests at once must not both make the fiftieth link."""
    transcription = locked_transcription(session, account, transcription_id)
    if len(all_shares(session, transcription)) >= MOST_SHARES:
        raise TooManyShares()
    return transcription


def _of_transcription(transcription: Transcription) -> Select[Share]:
    return select(Share).where(Share.transcription_id == transcription.id, Share.revoked_at.is_(None))


def _chosen(parts: Collection[SharePart]) -> list[str]:
    return [part.value for part in SharePart if part in parts]


def _check_expiry(session: Session, expires_at: datetime | None) -> None:
    if expires_at is None:
        return
    moment = now(session)
    if expires_at <= moment:
        raise Invalid("Choose a time that is still to come.", param="expires_at")
    if expires_at > moment + LONGEST:
        raise Invalid("Choose a time within ten years, or none at all for never.", param="expires_at")


def _found(session: Session, account: Account, public_id: str, *, lock: bool = False, revoked: bool = False) -> Share:
    is_wanted = Share.revoked_at.is_not(None) if revoked else Share.revoked_at.is_(None)
    query = (
        select(Share)
        .join(Share.transcription)
        .where(Share.account_id == account.id, Share.public_id == public_id, is_wanted, KEPT)
        .options(contains_eager(Share.transcription))
    )
    if lock:
        query = query.with_for_update(of=Share)
    return found(session, query.execution_options(populate_existing=True))
