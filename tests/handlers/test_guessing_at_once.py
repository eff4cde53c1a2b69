"""A hundred guesses at once are not all let through by the count from before the first (P44)."""

from concurrent.futures import ThreadPoolExecutor

import pytest

import db
from errors import RateLimited
from handlers import sign_in

ALICE = "alice@example.com"


def guess(number: int) -> bool:
    """Whether the guess was judged, rather than told to wait."""
    address = f"192.0.2.{number}"
    try:
        with db.transaction() as session:
            sign_in.refuse_if_guessing(session, email=ALICE, address=address)
            sign_in.note_failure(session, email=ALICE, address=address)
    except RateLimited:
        return False
    return True


@pytest.mark.usefixtures("committed")
def test_P44_guesses_at_once_are_judged_one_after_the_other() -> None:
    with ThreadPoolExecutor(15) as threads:
        judged = list(threads.map(guess, range(30)))
    assert sum(judged) == 5


@pytest.mark.usefixtures("committed")
def test_P44_who_would_wait_too_long_for_a_turn_is_told_so(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("handlers.guessing.LONGEST_TURN_SECONDS", 0.1)
    with db.transaction() as session:
        sign_in.refuse_if_guessing(session, email=ALICE, address="192.0.2.1")
        assert not guess(2)
    assert guess(3), "its turn has come"
