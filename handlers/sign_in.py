"""Signing in and out: server-side sessions, and a limit on guessing that a stranger cannot turn into a lock-out."""

import hashlib
import secrets
from collections.abc import Sequence
from datetime import timedelta

from sqlalchemy import delete, func, select, update
from sqlalchemy.orm import Session, joinedload

from errors import Invalid
from handlers import guessing
from handlers.accounts import find_account, is_password
from handlers.activities import record
from handlers.guessing import Subject
from models import Account, Action, SignInSession

IDLE_LIMIT = timedelta(days=14)
TOTAL_LIMIT = timedelta(days=90)
LAST_SEEN_RESOLUTION = timedelta(minutes=5)
FAILURES_PER_ACCOUNT = 5


def refuse_if_guessing(session: Session, *, email: str, address: str) -> None:
    """RateLimited while too many failures count against this account or this address."""
    guessing.refuse_if_guessing(session, _subjects(email, address))


def sign_in(session: Session, *, email: str, password: str) -> Account | None:
    """The account whose password this is, else None, in the same time whether or not there is such an account."""
    account = find_account(session, email)
    return account if is_password(account, password) else None


def note_failure(session: Session, *, email: str, address: str) -> None:
    """Count a refused sign-in; in a transaction of its own, since the refusal rolls the request's back."""
    guessing.note_failure(session, _subjects(email, address))
    record(session, Action.SIGN_IN_FAILED, find_account(session, email))


def forget_failures(session: Session, *, email: str) -> None:
    """Start counting anew for an account whose owner has just signed in."""
    guessing.forget_failures(session, _of_account(email))


def note_success(session: Session, account: Account, *, by: str) -> None:
    """Put a sign-in on record; `by` is what proved it: `password`, or the name of an outside provider."""
    record(session, Action.SIGNED_IN, account, by=by)


def start_session(session: Session, account: Account) -> str:
    """The token of a new sign-in, 256 random bits; only its hash is stored."""
    token = secrets.token_urlsafe(32)
    session.add(SignInSession(account_id=account.id, token_sha256=_sha256(token)))
    session.flush()
    return token


def find_session(session: Session, token: str) -> SignInSession | None:
    """The live sign-in behind a token with its account and wallet, or None when it ended, idled out or is too old."""
    row = session.scalar(
        select(SignInSession)
        .where(
            SignInSession.token_sha256 == _sha256(token),
            SignInSession.last_seen_at > func.now() - IDLE_LIMIT,
            SignInSession.created_at > func.now() - TOTAL_LIMIT,
        )
        .options(joinedload(SignInSession.account).joinedload(Account.wallet))
    )
    if row is not None:
        session.execute(
            update(SignInSession)
            .where(SignInSession.id == row.id, SignInSession.last_seen_at < func.now() - LAST_SEEN_RESOLUTION)
            .values(last_seen_at=func.now())
            .execution_options(synchronize_session=False)
        )
    return row


def end_session(session: Session, token: str) -> None:
    """End one sign-in; nothing where it has ended already."""
    query = select(SignInSession).where(SignInSession.token_sha256 == _sha256(token))
    row = session.scalar(query.options(joinedload(SignInSession.account)))
    if row is not None:
        record(session, Action.SIGNED_OUT, row.account)
        session.delete(row)
        session.flush()


def end_all_sessions(session: Session, account: Account) -> None:
    """Sign out everywhere."""
    session.execute(delete(SignInSession).where(SignInSession.account_id == account.id))
    record(session, Action.SIGNED_OUT_EVERYWHERE, account)


def wrong_credentials() -> Invalid:
    """The one answer for an unknown account and for a wrong password."""
    return Invalid("E-mail address and password do not belong together.", param="password")


def _subjects(email: str, address: str) -> Sequence[Subject]:
    return _of_account(email), guessing.of_address(address)


def _of_account(email: str) -> Subject:
    return "email:" + hashlib.sha256(email.strip().lower().encode()).hexdigest(), FAILURES_PER_ACCOUNT


def _sha256(token: str) -> bytes:
    return hashlib.sha256(token.encode()).digest()
