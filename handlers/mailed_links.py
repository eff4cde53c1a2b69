"""Links that are mailed to the address of an account: whoever opens one reads that mailbox.

They carry a signed token with its time, made when the mail is handed in, and no row is kept of it. One that sets a
password has a mark of the present one in it, so that it is good once, and no longer once the password was changed.
"""

import hashlib
from datetime import timedelta

from itsdangerous import BadSignature, URLSafeTimedSerializer
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from handlers import accounts, sign_in
from handlers.activities import record
from handlers.sign_in import Browser
from models import Account, Action, Notice, NoticeKind
from runtime import config

GOOD_FOR = {NoticeKind.CONFIRM_ADDRESS: timedelta(days=7), NoticeKind.RESET_PASSWORD: timedelta(hours=1)}
PATHS = {NoticeKind.CONFIRM_ADDRESS: "/confirm/", NoticeKind.RESET_PASSWORD: "/reset/"}
KINDS = tuple(PATHS)
SOONEST_AGAIN = timedelta(minutes=5)
MOST_A_DAY = 5


def ask_to_confirm(session: Session, account: Account) -> None:
    """Have a link mailed that confirms the account's address; nothing where it is confirmed, or mails are not sent."""
    if not account.email_confirmed:
        _have_mailed(session, account, NoticeKind.CONFIRM_ADDRESS)


def ask_for_password(session: Session, *, email: str, browser: Browser) -> None:
    """Have a link mailed that sets a new password, where there is such an account: nobody else learns whether there is.

    Raises RateLimited for a network address that asks too often.
    """
    sign_in.refuse_if_asking_around(session, address=browser.address)
    sign_in.note_asking_around(session, address=browser.address)
    account = accounts.find_account(session, email)
    if account is not None:
        _have_mailed(session, account, NoticeKind.RESET_PASSWORD, browser)


def account_of(session: Session, kind: NoticeKind, token: str) -> Account | None:
    """Whose link this is, None where it is no longer good."""
    try:
        public_id, mark = _signer(kind).loads(token, max_age=int(GOOD_FOR[kind].total_seconds()))
    except (BadSignature, ValueError, TypeError):
        return None
    account = accounts.account_by_id(session, public_id)
    return account if account is not None and mark == _mark(account, kind) else None


def confirm(session: Session, token: str) -> Account | None:
    """The account whose address is confirmed by this link from now on, None where the link is no longer good."""
    account = account_of(session, NoticeKind.CONFIRM_ADDRESS, token)
    if account is not None:
        _confirm(session, account)
    return account


def reset_password(session: Session, token: str, new: str) -> Account | None:
    """The account that has this password from now on, signed out everywhere; None where the link is no longer good.

    Raises Invalid for a weak password.
    """
    account = account_of(session, NoticeKind.RESET_PASSWORD, token)
    if account is None:
        return None
    account = session.get_one(Account, account.id, with_for_update={"key_share": True}, populate_existing=True)
    if account_of(session, NoticeKind.RESET_PASSWORD, token) is None:
        return None  # Another was quicker with the same link.
    _confirm(session, account)
    accounts.set_password(session, account, new)
    sign_in.forget_failures(session, email=account.email)
    return account


def mail_of(notice: Notice, account: Account) -> tuple[str, str]:
    """The subject and text of a mail that carries a link, which is good from now on."""
    token = _signer(notice.kind).dumps([account.public_id, _mark(account, notice.kind)])
    address = f"{config().base_url}{PATHS[notice.kind]}{token}"
    if notice.kind is NoticeKind.CONFIRM_ADDRESS:
        return "Confirm your address", (
            "An account was made with this address. Open this link to confirm that it is yours:\n\n"
            f"{address}\n\n"
            f"It is good for {GOOD_FOR[notice.kind].days} days. If it was not you, do nothing."
        )
    return "Set a new password", (
        f"A new password was asked for, with {notice.device} from {notice.address}. Open this link to choose one:\n\n"
        f"{address}\n\n"
        "It is good for an hour, and once. If it was not you, do nothing: your password stays as it is."
    )


def _have_mailed(session: Session, account: Account, kind: NoticeKind, browser: Browser | None = None) -> None:
    """A mail more, unless there was one just now or many today: nobody's mailbox is filled from here."""
    if config().mail is None:
        return
    is_recent = Notice.created_at > func.now() - SOONEST_AGAIN
    today = select(func.count(), func.count().filter(is_recent)).where(
        Notice.account_id == account.id, Notice.kind == kind, Notice.created_at > func.now() - timedelta(days=1)
    )
    count, recent = session.execute(today).one()
    if recent or count >= MOST_A_DAY:
        return
    session.add(
        Notice(
            account_id=account.id,
            kind=kind,
            device=browser.name if browser else None,
            address=browser.address[: sign_in.MAX_ADDRESS] if browser else None,
        )
    )
    session.flush()


def _confirm(session: Session, account: Account) -> None:
    if not account.email_confirmed:
        account.email_confirmed = True
        record(session, Action.ADDRESS_CONFIRMED, account)
        session.flush()


def _signer(kind: NoticeKind) -> URLSafeTimedSerializer:
    # The last one signs, the others are only read.
    return URLSafeTimedSerializer([*config().secret_key_fallbacks, config().secret_key], salt=f"mailed link: {kind}")


def _mark(account: Account, kind: NoticeKind) -> str:
    """What changes when a link of this kind is used up: the password, or nothing but the address itself."""
    about = account.email if kind is NoticeKind.CONFIRM_ADDRESS else account.password_hash or ""
    return hashlib.sha256(about.encode()).hexdigest()[:20]
