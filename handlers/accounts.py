"""Accounts: made, changed, deleted."""

import re
from collections.abc import Sequence
from functools import cache
from pathlib import Path

from argon2 import PasswordHasher
from argon2.exceptions import Argon2Error, InvalidHashError
from sqlalchemy import select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

import runtime
from errors import Invalid, NotFound, PipelineNotFound
from handlers import notices
from handlers.activities import record
from handlers.payments import end_subscription
from handlers.transcriptions import remove
from handlers.wallets import lock_wallet, open_wallet
from models import Account, Action, Identity, NoticeKind, Plan, SignInSession, Transcription

MIN_PASSWORD_LENGTH, MAX_PASSWORD_LENGTH = 8, 128
COMMON_PASSWORDS = Path(__file__).with_name("common_passwords.txt")

_hasher = PasswordHasher(time_cost=3, memory_cost=64 * 1024, parallelism=4)


class AddressTaken(Invalid):
    """There is an account of this address, which is all that its owner's visitor should learn slowly."""


def create_account(
    session: Session,
    *,
    email: str,
    password: str | None,
    email_confirmed: bool = False,
    plan: Plan = Plan.FREE,
    top_up_microusd: int = 0,
    monthly_credit_microusd: int | None = None,
) -> Account:
    """A new account with its wallet; Invalid when the address is taken or the password too weak.

    Without a password it signs in elsewhere. Without a monthly credit of its own it gets its plan's.
    """
    account = Account(
        email=normal_email(email),
        email_confirmed=email_confirmed,
        password_hash=None if password is None else hash_password(password),
        plan=plan,
    )
    try:
        with session.begin_nested():
            session.add(account)
    except IntegrityError:
        raise AddressTaken("This address cannot be used for a new account. Sign in instead?", param="email") from None
    open_wallet(session, account, monthly_credit_microusd=monthly_credit_microusd, top_up_microusd=top_up_microusd)
    record(session, Action.ACCOUNT_CREATED, account)
    return account


def set_monthly_cap(session: Session, account: Account, cap_microusd: int | None) -> Account:
    """Set what the account may spend and hold in a calendar month, or None for no limit."""
    account = session.get_one(Account, account.id, with_for_update={"key_share": True})
    account.monthly_cap_microusd = cap_microusd
    record(session, Action.CAP_CHANGED, account)
    session.flush()
    return account


def set_pipelines(session: Session, account: Account, *, default: str | None, fallbacks: Sequence[str]) -> Account:
    """Set which pipeline is taken when none is named, and which are asked in turn when one fails.

    Raises PipelineNotFound.
    """
    installed = runtime.installed_pipelines()
    for code in [default, *fallbacks]:
        if code is not None and code not in installed:
            raise PipelineNotFound(f"There is no pipeline {code!r}.")
    account = session.get_one(Account, account.id, with_for_update={"key_share": True})
    account.default_pipeline_code = default
    account.fallback_pipeline_codes = list(dict.fromkeys(fallbacks))
    session.flush()
    return account


def set_plan(session: Session, account: Account, plan: Plan) -> Account:
    """An operator's choice. Prices follow at once; the credit comes with the next period."""
    account = session.get_one(Account, account.id, with_for_update={"key_share": True})
    if account.plan is not plan:
        account.plan = plan
        record(session, Action.PLAN_CHANGED, account, plan=plan.value)
    session.flush()
    return account


def set_operator(session: Session, account: Account, is_operator: bool) -> Account:
    """Let an account see the pages for operators, or no longer."""
    account = session.get_one(Account, account.id, with_for_update={"key_share": True})
    if account.is_operator is not is_operator:
        account.is_operator = is_operator
        record(session, Action.OPERATOR_MADE if is_operator else Action.OPERATOR_ENDED, account)
    session.flush()
    return account


def find_account(session: Session, email: str) -> Account | None:
    """The account of an address as somebody typed it, or None."""
    address = email.strip().lower()
    if "\x00" in address:  # PostgreSQL would refuse the question instead of finding nobody.
        return None
    return session.scalar(select(Account).where(Account.email == address))


def account_by_id(session: Session, public_id: str) -> Account | None:
    return session.scalar(select(Account).where(Account.public_id == public_id))


def account_by_email(session: Session, email: str) -> Account:
    account = find_account(session, email)
    if account is None:
        raise NotFound(f"There is no account {email}.")
    return account


def change_password(session: Session, account: Account, *, current: str, new: str) -> None:
    """Set a new password and sign every browser out; an account that never had one need not tell it."""
    account = session.get_one(Account, account.id, with_for_update={"key_share": True})
    if account.password_hash is not None and not is_password(account, current):
        raise Invalid("This is not your present password.", param="current_password")
    set_password(session, account, new)


def set_password(session: Session, account: Account, new: str) -> None:
    account.password_hash = hash_password(new, param="new_password")
    notices.note_security(session, account, NoticeKind.PASSWORD_CHANGED)
    for signed_in in session.scalars(select(SignInSession).where(SignInSession.account_id == account.id)):
        session.delete(signed_in)
    record(session, Action.PASSWORD_CHANGED, account)
    session.flush()


def delete_account(session: Session, account: Account) -> None:
    """Remove the account with its keys, transcriptions, recordings and subscription, for good. The ledger stays."""
    # Not a full lock yet: whoever holds one of the transcriptions must still be able to add to the account.
    account = session.get_one(Account, account.id, with_for_update={"key_share": True})
    # All of them before the wallet, in the order in which everybody locks.
    owned = select(Transcription).where(Transcription.account_id == account.id).order_by(Transcription.id)
    for transcription in session.scalars(owned.with_for_update()).all():
        remove(session, transcription)
    end_subscription(session, lock_wallet(session, account.id))
    record(session, Action.ACCOUNT_DELETED, account)
    session.delete(account)
    session.flush()


def account_for_identity(
    session: Session, *, provider: str, subject: str, email: str | None, verified: bool
) -> Account:
    """The account an outside sign-in belongs to: linked before, or by an address both sides confirmed, or made now.

    An account that somebody signed up for with a password may not be theirs whose address it bears, so it is never
    joined here; its owner signs in with the password and connects the provider (`connect_identity`).
    """
    identity = session.scalar(select(Identity).where(Identity.provider == provider, Identity.subject == subject))
    if identity is not None:
        return session.get_one(Account, identity.account_id)
    if not email or not verified:
        raise Invalid(
            "Your provider did not confirm an e-mail address. Sign up with a password instead.", param="email"
        )
    account = session.scalar(select(Account).where(Account.email == normal_email(email)))
    if account is None:
        account = create_account(session, email=email, password=None, email_confirmed=True)
    elif not account.email_confirmed:
        raise Invalid("This address has an account with a password. Sign in with it, then connect under Settings.")
    session.add(Identity(account_id=account.id, provider=provider, subject=subject))
    record(session, Action.SIGN_IN_CONNECTED, account, provider=provider)
    session.flush()
    return account


def connect_identity(session: Session, account: Account, *, provider: str, subject: str) -> None:
    """Let an outside sign-in open this account from now on."""
    identity = session.scalar(select(Identity).where(Identity.provider == provider, Identity.subject == subject))
    if identity is None:
        session.add(Identity(account_id=account.id, provider=provider, subject=subject))
        record(session, Action.SIGN_IN_CONNECTED, account, provider=provider)
        session.flush()
    elif identity.account_id != account.id:
        raise Invalid("This sign-in belongs to another account already.")


def connected_providers(session: Session, account: Account) -> set[str]:
    """The names of the providers that open this account."""
    return set(session.scalars(select(Identity.provider).where(Identity.account_id == account.id)))


def normal_email(email: str) -> str:
    """The address in lower case, or Invalid. One @, no spaces, a dot in the domain or plain localhost."""
    address = email.strip().lower()
    if len(address) > 320 or not re.fullmatch(r"[^@\s\x00-\x1f]+@([^@\s.\x00-\x1f]+\.)*[^@\s.\x00-\x1f]+", address):
        raise Invalid("This is not an e-mail address.", param="email")
    return address


def hash_password(password: str, *, param: str = "password") -> str:
    """argon2id of a password that is long enough and not among the common ones."""
    if not MIN_PASSWORD_LENGTH <= len(password) <= MAX_PASSWORD_LENGTH:
        raise Invalid(f"A password has {MIN_PASSWORD_LENGTH} to {MAX_PASSWORD_LENGTH} characters.", param=param)
    if password.lower() in _common_passwords():
        raise Invalid("This password is among the first that anybody would try. Choose another.", param=param)
    return _hasher.hash(password)


def is_password(account: Account | None, password: str) -> bool:
    """Whether the password is right; as slow for an unknown account as for a known one."""
    return is_password_of(account.password_hash if account is not None else None, password)


def is_password_of(stored: str | None, password: str) -> bool:
    """Whether this is the password that was hashed; as slow where there is none as where there is one."""
    try:
        return _hasher.verify(stored or _decoy_hash(), password) and stored is not None
    except (Argon2Error, InvalidHashError):
        return False


@cache
def _decoy_hash() -> str:
    return _hasher.hash("nobody's password")


@cache
def _common_passwords() -> frozenset[str]:
    return frozenset(COMMON_PASSWORDS.read_text().split())
