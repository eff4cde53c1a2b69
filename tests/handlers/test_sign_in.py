"""Signing in: sessions on the server, and a limit on guessing (P44, P45)."""

from datetime import timedelta

import pytest
from sqlalchemy import select, text, update
from sqlalchemy.orm import Session

from errors import RateLimited
from handlers import sign_in
from models import Account, SignInFailure, SignInSession
from tests.factories import PASSWORD

ALICE = "alice@example.com"
HOME = "192.0.2.1"


def fail(session: Session, times: int, *, email: str = ALICE, address: str = HOME) -> None:
    for _ in range(times):
        sign_in.note_failure(session, email=email, address=address)
    session.flush()


def age(session: Session, seconds: float) -> None:
    session.execute(update(SignInFailure).values(failed_at=SignInFailure.failed_at - timedelta(seconds=seconds)))


def wait_of(session: Session, *, email: str = ALICE, address: str = HOME) -> int:
    """Seconds to wait before the next try; 0 when it is admitted."""
    try:
        sign_in.refuse_if_guessing(session, email=email, address=address)
    except RateLimited as refused:
        return refused.retry_after_seconds or 0
    return 0


def test_the_right_password_signs_in(session: Session, alice: Account) -> None:
    account = sign_in.sign_in(session, email=" ALICE@example.com", password=PASSWORD)

    assert account is not None
    assert account.id == alice.id


@pytest.mark.usefixtures("alice")
@pytest.mark.parametrize("email", [ALICE, "nobody@example.com", "", "\x00", "a\x00b@example.com", "x" * 10_000])
def test_P43_an_unknown_account_and_a_wrong_password_answer_alike(session: Session, email: str) -> None:
    assert sign_in.sign_in(session, email=email, password="wrong password") is None


def test_P43_an_unknown_account_is_hashed_for_too(session: Session, monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[Account | None] = []

    def is_password(account: Account | None, password: str) -> bool:
        asked.append(account)
        return False

    monkeypatch.setattr(sign_in, "is_password", is_password)

    sign_in.sign_in(session, email="nobody@example.com", password=PASSWORD)

    assert asked == [None]


@pytest.mark.usefixtures("alice")
def test_P44_four_failures_are_forgiven(session: Session) -> None:
    fail(session, 4)

    assert wait_of(session) == 0


def test_P44_the_fifth_failure_makes_everybody_wait_for_this_account(session: Session) -> None:
    fail(session, 5)

    assert 0 < wait_of(session) <= 16
    assert wait_of(session, email=ALICE.upper(), address="198.51.100.7") > 0
    assert wait_of(session, email="bob@example.com") == 0


def test_P44_the_wait_doubles_up_to_an_hour(session: Session) -> None:
    fail(session, 5)
    waits = [wait_of(session)]
    for _ in range(12):
        fail(session, 1, address="198.51.100.7")
        waits.append(wait_of(session))

    assert waits[:5] == [16, 31, 61, 121, 241]
    assert waits[-1] == 3601


def test_P44_after_the_wait_the_right_password_works(session: Session, alice: Account) -> None:
    fail(session, 7)
    age(session, 59)
    assert wait_of(session) > 0
    age(session, 2)

    assert wait_of(session) == 0
    assert sign_in.sign_in(session, email=ALICE, password=PASSWORD) is not None


def test_signing_in_counts_anew_for_the_account(session: Session) -> None:
    fail(session, 5)

    sign_in.forget_failures(session, email=ALICE.upper())

    assert wait_of(session) == 0


def test_P44_twenty_failures_make_an_address_wait(session: Session) -> None:
    for number in range(20):
        assert wait_of(session, email="bob@example.com") == 0
        fail(session, 1, email=f"{number}@example.com")

    assert wait_of(session, email="bob@example.com") > 0
    assert wait_of(session, email="bob@example.com", address="198.51.100.7") == 0


def test_no_address_is_kept_in_the_clear(session: Session) -> None:
    fail(session, 1)

    rows = session.execute(text("SELECT sign_in_failures::text FROM sign_in_failures")).scalars().all()
    assert not any("alice" in row for row in rows)


def test_old_failures_are_forgotten(session: Session) -> None:
    fail(session, 9)
    age(session, 25 * 3600)

    fail(session, 1, email="bob@example.com")

    assert len(session.scalars(select(SignInFailure)).all()) == 2


def test_P45_a_token_is_stored_as_a_hash(session: Session, alice: Account) -> None:
    token = sign_in.start_session(session, alice)

    row = session.execute(text("SELECT sign_in_sessions::text FROM sign_in_sessions")).scalar_one()
    assert token not in row
    assert len(token) >= 43


def test_a_session_leads_to_its_account(session: Session, alice: Account) -> None:
    found = sign_in.find_session(session, sign_in.start_session(session, alice))

    assert found is not None
    assert found.account.id == alice.id
    assert sign_in.find_session(session, "another token") is None


@pytest.mark.parametrize(
    ("column", "days", "lives"),
    [
        ("last_seen_at", 13.9, True),
        ("last_seen_at", 14.1, False),
        ("created_at", 89.9, True),
        ("created_at", 90.1, False),
    ],
)
def test_P45_a_session_ends_when_idle_or_old(
    session: Session, alice: Account, column: str, days: float, lives: bool
) -> None:
    token = sign_in.start_session(session, alice)
    session.execute(text(f"UPDATE sign_in_sessions SET {column} = now() - interval '{days} days'"))

    assert (sign_in.find_session(session, token) is not None) is lives


@pytest.mark.parametrize(("minutes", "moved"), [(4, False), (6, True)])
def test_being_seen_keeps_a_session_alive(session: Session, alice: Account, minutes: int, moved: bool) -> None:
    token = sign_in.start_session(session, alice)
    session.execute(text(f"UPDATE sign_in_sessions SET last_seen_at = now() - interval '{minutes} minutes'"))

    sign_in.find_session(session, token)

    seen_now = session.scalar(text("SELECT last_seen_at = now() FROM sign_in_sessions"))
    assert seen_now is moved


def test_P45_signing_out_ends_one_session(session: Session, alice: Account) -> None:
    first, second = (sign_in.start_session(session, alice) for _ in range(2))

    sign_in.end_session(session, first)

    assert sign_in.find_session(session, first) is None
    assert sign_in.find_session(session, second) is not None


def test_P45_signing_out_everywhere_ends_all_of_the_accounts(
    session: Session, alice: Account, charlie: Account
) -> None:
    tokens = [sign_in.start_session(session, account) for account in (alice, alice, charlie)]

    sign_in.end_all_sessions(session, alice)

    assert [sign_in.find_session(session, token) is not None for token in tokens] == [False, False, True]
    assert session.scalars(select(SignInSession.account_id)).all() == [charlie.id]
