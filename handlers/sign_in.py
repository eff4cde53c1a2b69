"""Signing in and out: server-side sessions, and a limit on guessing that a stranger cannot turn into a lock-out."""

import hashlib
import hmac
import re
import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta

from sqlalchemy import ColumnElement, and_, delete, func, select, update
from sqlalchemy.orm import Session, joinedload

from errors import Invalid, NotFound
from handlers import guessing, notices
from handlers.accounts import find_account, is_password
from handlers.activities import record
from handlers.guessing import Subject
from models import Account, Action, NoticeKind, SignInSession
from rendering.devices import device_name
from runtime import config

IDLE_LIMIT = timedelta(days=14)
TOTAL_LIMIT = timedelta(days=90)
LAST_SEEN_RESOLUTION = timedelta(minutes=5)
FAILURES_PER_ACCOUNT = 5
MAX_USER_AGENT, MAX_ADDRESS = 300, 60
MARK = re.compile(r"[0-9a-f]{32}")


@dataclass(frozen=True, slots=True)
class Browser:
    """Who asks, as far as a request tells: what the browser calls itself, and the network address it comes from."""

    user_agent: str = ""
    address: str = ""

    @property
    def name(self) -> str:
        return device_name(self.user_agent)


NOBODY_IN_PARTICULAR = Browser()


def refuse_if_guessing(session: Session, *, email: str, address: str) -> None:
    """RateLimited while too many failures count against this account or this address."""
    guessing.refuse_if_guessing(session, _subjects(email, address))


def refuse_if_asking_around(session: Session, *, address: str) -> None:
    """RateLimited for who was told too often by signing up which addresses have an account."""
    guessing.refuse_if_guessing(session, [guessing.of_address(address)])


def note_asking_around(session: Session, *, address: str) -> None:
    """Count that somebody learned that an address has an account; beside wrong passwords, from where they come."""
    guessing.note_failure(session, [guessing.of_address(address)])


def sign_in(session: Session, *, email: str, password: str) -> Account | None:
    """The account whose password this is, else None, in the same time whether or not there is such an account."""
    account = find_account(session, email)
    return account if is_password(account, password) else None


def is_owner(session: Session, account: Account, password: str) -> bool:
    """Whether somebody who is signed in knows the password too, where the account has one."""
    account = session.get_one(Account, account.id)
    return account.password_hash is None or is_password(account, password)


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


def note_refused_code(session: Session, account: Account, browser: Browser) -> None:
    """Count a wrong code like a wrong password. Whoever came so far knows the password, or is signed in, so that the
    owner is told by mail when the last of those is made that are forgiven."""
    guessing.note_failure(session, _subjects(account.email, browser.address))
    record(session, Action.CODE_REFUSED, account)
    session.flush()
    if guessing.failures_of(session, _of_account(account.email)) == FAILURES_PER_ACCOUNT:
        notices.note_security(session, account, NoticeKind.CODES_REFUSED, device=browser.name, address=browser.address)


def start_session(session: Session, account: Account, browser: Browser = NOBODY_IN_PARTICULAR) -> str:
    """The token of a new sign-in, 256 random bits; only its hash is stored."""
    token = secrets.token_urlsafe(32)
    session.add(
        SignInSession(
            account_id=account.id,
            token_sha256=_sha256(token),
            user_agent=browser.user_agent[:MAX_USER_AGENT].replace("\x00", ""),
            address=browser.address[:MAX_ADDRESS],
        )
    )
    session.flush()
    return token


def mark_of(account: Account) -> str:
    """What a browser keeps to be known again by this account, which nobody can make up."""
    key = hashlib.sha256(f"known browsers:{config().secret_key}".encode()).digest()
    return hmac.digest(key, account.public_id.encode(), "sha256").hex()[:32]


def tell_of_new_browser(session: Session, account: Account, browser: Browser) -> None:
    """Have the owner told by mail that somebody signed in with a browser that has not been seen before."""
    notices.note_security(session, account, NoticeKind.NEW_SIGN_IN, device=browser.name, address=browser.address)


def list_sessions(session: Session, account: Account) -> Sequence[SignInSession]:
    """The live sign-ins of an account, the one seen last first."""
    query = select(SignInSession).where(SignInSession.account_id == account.id, _is_live())
    return session.scalars(query.order_by(SignInSession.last_seen_at.desc(), SignInSession.id.desc())).all()


def id_of(row: SignInSession) -> str:
    """What its owner ends it by. It tells nothing of the token, of which the row itself has no more than a hash."""
    return f"ses_{hashlib.sha256(row.token_sha256).hexdigest()[:26]}"


def is_session_of(row: SignInSession, token: str) -> bool:
    return hmac.compare_digest(row.token_sha256, _sha256(token))


def find_session(session: Session, token: str) -> SignInSession | None:
    """The live sign-in behind a token with its account and wallet, or None when it ended, idled out or is too old."""
    row = session.scalar(
        select(SignInSession)
        .where(SignInSession.token_sha256 == _sha256(token), _is_live())
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


def end_session_of(session: Session, account: Account, public_id: str) -> None:
    """End one of the account's sign-ins by its id. Raises NotFound."""
    found = next((row for row in list_sessions(session, account) if id_of(row) == public_id), None)
    if found is None:
        raise NotFound()
    session.delete(found)
    session.flush()
    record(session, Action.OTHERS_SIGNED_OUT, account)


def end_other_sessions(session: Session, account: Account, token: str) -> None:
    """Sign every other browser out."""
    others = SignInSession.account_id == account.id, SignInSession.token_sha256 != _sha256(token)
    if session.scalars(delete(SignInSession).where(*others).returning(SignInSession.id)).all():
        record(session, Action.OTHERS_SIGNED_OUT, account)


def end_all_sessions(session: Session, account: Account) -> None:
    """Sign out everywhere."""
    session.execute(delete(SignInSession).where(SignInSession.account_id == account.id))
    record(session, Action.SIGNED_OUT_EVERYWHERE, account)


def wrong_credentials() -> Invalid:
    """The one answer for an unknown account and for a wrong password."""
    return Invalid("E-mail address and password do not belong together.", param="password")


def _is_live() -> ColumnElement[bool]:
    return and_(
        SignInSession.last_seen_at > func.now() - IDLE_LIMIT, SignInSession.created_at > func.now() - TOTAL_LIMIT
    )


def _subjects(email: str, address: str) -> Sequence[Subject]:
    return _of_account(email), guessing.of_address(address)


def _of_account(email: str) -> Subject:
    return "email:" + hashlib.sha256(email.strip().lower().encode()).hexdigest(), FAILURES_PER_ACCOUNT


def _sha256(token: str) -> bytes:
    return hashlib.sha256(token.encode()).digest()
