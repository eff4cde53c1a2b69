"""The second factor: confirmed before it is asked for, each code good once, the secret readable in no copy."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pyotp
import pytest
from sqlalchemy import select, text, update
from sqlalchemy.orm import Session

import runtime
from errors import Conflict, Invalid
from handlers import one_time_codes, two_factor
from models import Account, Notice, NoticeKind, RecoveryCode, TwoFactor
from tests.factories import db_now, make_account

# RFC 6238, appendix B, for SHA-1: the secret is "12345678901234567890", and codes have their last six digits here.
RFC_SECRET = "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ"
RFC_CODES = [
    (59, "287082"),
    (1111111109, "081804"),
    (1111111111, "050471"),
    (1234567890, "005924"),
    (2000000000, "279037"),
]


def secret_of(session: Session, account: Account) -> str:
    setup = two_factor.setup(session, account)
    assert setup is not None
    return setup.secret


def code_at(session: Session, secret: str, *, steps: int = 0) -> str:
    """What the app shows now, or so many half minutes later."""
    return str(pyotp.TOTP(secret).at(db_now(session) + timedelta(seconds=30 * steps)))


def turned_on(session: Session, account: Account) -> tuple[str, list[str]]:
    """The secret and the recovery codes of an account that has it on; the code of this half minute is used."""
    two_factor.begin(session, account)
    secret = secret_of(session, account)
    return secret, list(two_factor.confirm(session, account, code_at(session, secret)))


@pytest.mark.parametrize(("seconds", "code"), RFC_CODES)
def test_codes_are_those_of_the_rfc(seconds: int, code: str) -> None:
    moment = datetime.fromtimestamp(seconds, UTC)
    assert one_time_codes.step_of(RFC_SECRET, code, at=moment, after=None) == seconds // 30


@pytest.mark.parametrize(("steps", "accepted"), [(-2, False), (-1, True), (0, True), (1, True), (2, False)])
def test_a_clock_may_be_half_a_minute_off(steps: int, accepted: bool) -> None:
    moment = datetime(2026, 11, 29, 12, 0, 10, tzinfo=UTC)
    code = pyotp.TOTP(RFC_SECRET).at(moment + timedelta(seconds=30 * steps))
    assert (one_time_codes.step_of(RFC_SECRET, code, at=moment, after=None) is not None) is accepted


@pytest.mark.parametrize("code", ["", "12345", "1234567", "12345a", "１２３４５６", "287 082", "\x00" * 6, "-28708"])
def test_what_is_no_code_is_none(code: str) -> None:
    assert one_time_codes.step_of(RFC_SECRET, code, at=datetime.fromtimestamp(59, UTC), after=None) is None


def test_it_is_not_asked_for_before_a_code_was_given(session: Session, alice: Account) -> None:
    two_factor.begin(session, alice)
    assert not two_factor.is_on(session, alice)
    with pytest.raises(Invalid):
        two_factor.confirm(session, alice, "000000")
    assert not two_factor.is_on(session, alice)

    two_factor.confirm(session, alice, code_at(session, secret_of(session, alice)))
    assert two_factor.is_on(session, alice)
    assert two_factor.setup(session, alice) is None


def test_what_was_begun_lapses(session: Session, alice: Account) -> None:
    two_factor.begin(session, alice)
    code = code_at(session, secret_of(session, alice))
    session.execute(update(TwoFactor).values(created_at=TwoFactor.created_at - timedelta(hours=2)))
    session.expire_all()

    assert two_factor.setup(session, alice) is None
    with pytest.raises(Conflict):
        two_factor.confirm(session, alice, code)


def test_beginning_again_makes_another_secret_and_never_one_that_is_on(session: Session, alice: Account) -> None:
    two_factor.begin(session, alice)
    first = secret_of(session, alice)
    two_factor.begin(session, alice)
    second = secret_of(session, alice)
    assert first != second

    two_factor.confirm(session, alice, code_at(session, second))
    with pytest.raises(Conflict):
        two_factor.begin(session, alice)


def test_P44_a_code_is_good_once(session: Session, alice: Account) -> None:
    secret, _ = turned_on(session, alice)

    assert not two_factor.is_code(session, alice, code_at(session, secret)), "it was used to turn it on"
    assert two_factor.is_code(session, alice, code_at(session, secret, steps=1))
    assert not two_factor.is_code(session, alice, code_at(session, secret, steps=1))
    assert not two_factor.is_code(session, alice, code_at(session, secret, steps=-1)), "an older one is used up too"


def test_a_recovery_code_is_good_once_however_it_is_typed(session: Session, alice: Account) -> None:
    _, codes = turned_on(session, alice)
    assert len(set(codes)) == 10

    assert two_factor.is_code(session, alice, f" {codes[0].upper().replace('-', ' ')} ")
    assert not two_factor.is_code(session, alice, codes[0])
    assert two_factor.recovery_codes_left(session, alice) == 9


def test_new_recovery_codes_end_those_from_before(session: Session, alice: Account) -> None:
    _, before = turned_on(session, alice)
    after = two_factor.replace_recovery_codes(session, alice)
    assert not two_factor.is_code(session, alice, before[0])
    assert two_factor.is_code(session, alice, after[0])


def test_nobody_elses_code_is_good(session: Session, alice: Account, charlie: Account) -> None:
    secret, codes = turned_on(session, alice)
    turned_on(session, charlie)
    assert not two_factor.is_code(session, charlie, code_at(session, secret, steps=1))
    assert not two_factor.is_code(session, charlie, codes[0])


def test_turned_off_it_takes_no_code_and_keeps_nothing(session: Session, alice: Account) -> None:
    secret, codes = turned_on(session, alice)
    two_factor.turn_off(session, alice)
    assert not two_factor.is_on(session, alice)
    assert not two_factor.is_code(session, alice, code_at(session, secret, steps=1))
    assert not two_factor.is_code(session, alice, codes[0])
    assert session.scalars(select(RecoveryCode)).all() == []


def test_P39_neither_secret_nor_recovery_code_is_in_any_column(session: Session, alice: Account) -> None:
    secret, codes = turned_on(session, alice)
    rows = session.scalars(text("SELECT two_factors::text FROM two_factors")).all()
    rows = [*rows, *session.scalars(text("SELECT recovery_codes::text FROM recovery_codes")).all()]
    for plain in [secret, *codes, *(code.replace("-", "") for code in codes)]:
        assert not any(plain in row or plain.encode().hex() in row for row in rows)


def test_with_another_secret_key_recovery_codes_alone_are_good(
    session: Session, alice: Account, monkeypatch: pytest.MonkeyPatch
) -> None:
    secret, codes = turned_on(session, alice)
    monkeypatch.setattr(runtime, "_config", replace(runtime.config(), secret_key="another"))
    assert two_factor.is_on(session, alice)
    assert not two_factor.is_code(session, alice, code_at(session, secret, steps=1))
    assert two_factor.is_code(session, alice, codes[0])


def test_the_owner_is_told_when_it_is_turned_on_and_off(session: Session) -> None:
    ada = make_account(session, email="ada@example.com", email_confirmed=True)
    turned_on(session, ada)
    two_factor.turn_off(session, ada)
    kinds = session.scalars(select(Notice.kind).order_by(Notice.id)).all()
    assert kinds == [NoticeKind.TWO_FACTOR_ON, NoticeKind.TWO_FACTOR_OFF]


def test_giving_up_before_it_is_on_tells_nobody(session: Session) -> None:
    ada = make_account(session, email="ada@example.com", email_confirmed=True)
    two_factor.begin(session, ada)
    two_factor.turn_off(session, ada)
    assert session.scalars(select(Notice)).all() == []
