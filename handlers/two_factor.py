"""The second factor of signing in: a code of an authenticator app, or one of ten recovery codes, each good once.

Setting it up takes two steps, so that nobody is locked out by an app that read the QR code wrongly: the secret is kept
first, and asked for only once a code of it was given. It is kept sealed (`handlers.sealing`), since it has to be read
again; recovery codes are kept as hashes, and so outlast a change of SECRET_KEY.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta

from sqlalchemy import delete, func, select, update
from sqlalchemy.orm import Session

from db import now
from errors import Conflict, Invalid
from handlers import notices, one_time_codes
from handlers.activities import record
from handlers.sealing import CannotUnseal, seal, unseal
from models import Account, Action, NoticeKind, RecoveryCode, TwoFactor

PURPOSE = "two-factor"
TIME_TO_CONFIRM = timedelta(hours=1)


@dataclass(frozen=True, slots=True)
class Setup:
    """What an authenticator app has to be told: a text to type, or an address to show as a QR code."""

    secret: str
    address: str


def is_on(session: Session, account: Account) -> bool:
    """Whether whoever signs in to the account is asked for a code."""
    confirmed = select(TwoFactor.confirmed_at).where(TwoFactor.account_id == account.id)
    return session.scalar(confirmed) is not None


def begin(session: Session, account: Account) -> None:
    """Make a secret, in the place of one that was not confirmed. Raises Conflict when it is on already."""
    factor = _locked(session, account)
    if factor is not None and factor.confirmed_at is not None:
        raise Conflict("Two-factor sign-in is on already.")
    sealed = seal(one_time_codes.new_secret().encode(), purpose=PURPOSE)
    if factor is None:
        session.add(TwoFactor(account_id=account.id, secret=sealed))
    else:
        factor.secret, factor.created_at = sealed, now(session)
    session.flush()


def setup(session: Session, account: Account) -> Setup | None:
    """What was begun and not confirmed, to be shown to its owner; None where nothing was, or it is on."""
    factor = session.get(TwoFactor, account.id)
    if factor is None or factor.confirmed_at is not None or now(session) - factor.created_at > TIME_TO_CONFIRM:
        return None
    secret = _secret_of(factor)
    return None if secret is None else Setup(secret, one_time_codes.address(secret, account.email))


def confirm(session: Session, account: Account, code: str) -> Sequence[str]:
    """Turn it on with a code of the app, and return the recovery codes, which are shown this once.

    Raises Conflict when nothing was begun or it is on, Invalid when the code is wrong.
    """
    factor = _locked(session, account)
    if factor is None or factor.confirmed_at is not None or now(session) - factor.created_at > TIME_TO_CONFIRM:
        raise Conflict("There is nothing to confirm. Begin to set it up first.")
    if not _is_used_up(session, factor, one_time_codes.typed(code)):
        raise wrong_code()
    factor.confirmed_at = now(session)
    notices.note_security(session, account, NoticeKind.TWO_FACTOR_ON)
    record(session, Action.TWO_FACTOR_ON, account)
    return replace_recovery_codes(session, account)


def is_code(session: Session, account: Account, code: str) -> bool:
    """Whether this is a code of the app or a recovery code. It is used up by that, and never accepted again."""
    factor = _locked(session, account)
    if factor is None or factor.confirmed_at is None:
        return False
    return _is_used_up(session, factor, one_time_codes.typed(code)) or _is_recovery_code(session, account, code)


def replace_recovery_codes(session: Session, account: Account) -> Sequence[str]:
    """Ten new ones, shown this once; those from before are good no more."""
    session.execute(delete(RecoveryCode).where(RecoveryCode.account_id == account.id))
    codes = one_time_codes.new_recovery_codes()
    session.add_all(
        RecoveryCode(account_id=account.id, code_sha256=one_time_codes.hash_of_recovery_code(code)) for code in codes
    )
    record(session, Action.RECOVERY_CODES_MADE, account)
    session.flush()
    return codes


def recovery_codes_left(session: Session, account: Account) -> int:
    left = select(func.count()).where(RecoveryCode.account_id == account.id, RecoveryCode.used_at.is_(None))
    return session.scalars(left).one()


def turn_off(session: Session, account: Account) -> None:
    """Ask for a password alone from now on. Whoever calls this has made sure who asks."""
    session.execute(delete(RecoveryCode).where(RecoveryCode.account_id == account.id))
    removed = session.scalar(
        delete(TwoFactor).where(TwoFactor.account_id == account.id).returning(TwoFactor.confirmed_at)
    )
    if removed is not None:
        notices.note_security(session, account, NoticeKind.TWO_FACTOR_OFF)
        record(session, Action.TWO_FACTOR_OFF, account)
    session.flush()


def wrong_code() -> Invalid:
    return Invalid("This is not the code that the app shows now, or it was used already.", param="code")


def _locked(session: Session, account: Account) -> TwoFactor | None:
    """The row, which nobody else has meanwhile: of two requests with one code the second finds it used."""
    query = select(TwoFactor).where(TwoFactor.account_id == account.id).with_for_update()
    return session.scalar(query.execution_options(populate_existing=True))


def _is_used_up(session: Session, factor: TwoFactor, code: str) -> bool:
    secret = _secret_of(factor)
    if secret is None:
        return False
    step = one_time_codes.step_of(secret, code, at=now(session), after=factor.last_step)
    if step is None:
        return False
    factor.last_step = step
    session.flush()
    return True


def _is_recovery_code(session: Session, account: Account, code: str) -> bool:
    used = session.scalar(
        update(RecoveryCode)
        .where(
            RecoveryCode.account_id == account.id,
            RecoveryCode.code_sha256 == one_time_codes.hash_of_recovery_code(code),
            RecoveryCode.used_at.is_(None),
        )
        .values(used_at=func.now())
        .returning(RecoveryCode.id)
        .execution_options(synchronize_session=False)
    )
    return used is not None


def _secret_of(factor: TwoFactor) -> str | None:
    """None where SECRET_KEY is another than when it was sealed: then recovery codes alone are good."""
    try:
        return unseal(factor.secret, purpose=PURPOSE).decode()
    except CannotUnseal:
        return None
