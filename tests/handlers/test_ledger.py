"""The ledger's arithmetic: what each movement does to each book."""

import time
from collections.abc import Iterator, Sequence
from datetime import timedelta
from itertools import accumulate

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from billing import ledger
from billing.ledger import Purchase
from db import now
from errors import InsufficientFunds
from handlers import statements, wallets
from models import Account, Book, LedgerEntry, LedgerMovement, MovementKind, UsageDay, Wallet
from tests.factories import make_account, make_transcription

TALK = Purchase("whisper-base", None, 60.0)
TAKEN = [
    (MovementKind.REFUND, MovementKind.REFUND_REVERSAL),
    (MovementKind.DISPUTE, MovementKind.DISPUTE_REVERSAL),
]


@pytest.fixture
def owner(session: Session) -> Account:
    """Has nothing yet."""
    return make_account(session, top_up_microusd=0)


@pytest.fixture
def wallet(session: Session, owner: Account) -> Wallet:
    """The owner's, empty, locked."""
    return wallets.wallet_of(session, owner)


def fill(session: Session, wallet: Wallet, *, credit: int = 0, top_up: int = 0) -> Wallet:
    ledger.grant(session, wallet, credit)
    if top_up:
        ledger.top_up(session, wallet, top_up, payment_id=f"pi_{wallet.public_id}")
    return wallet


def begin_period(session: Session, wallet: Wallet, credit: int = 0) -> None:
    started_at = now(session)
    ends_at = started_at + timedelta(days=31)
    wallets.begin_period(session, wallet, started_at=started_at, ends_at=ends_at, credit_microusd=credit)


def books(wallet: Wallet) -> dict[Book, int]:
    """What stands in each of the books that are not empty."""
    balances = {book: getattr(wallet, f"{book}_microusd") for book in Book}
    return {book: balance for book, balance in balances.items() if balance}


def kinds(session: Session) -> Sequence[MovementKind]:
    return session.scalars(select(LedgerMovement.kind).order_by(LedgerMovement.id)).all()


def entries_of(session: Session, kind: MovementKind) -> dict[Book, int]:
    """The entries of the only movement of a kind."""
    query = (
        select(LedgerEntry.book, LedgerEntry.amount_microusd).join(LedgerMovement).where(LedgerMovement.kind == kind)
    )
    return {book: amount for book, amount in session.execute(query)}  # noqa: C416 (a Row is no pair to the type checker)


# Monthly credit


def test_a_new_wallet_is_empty(session: Session, wallet: Wallet) -> None:
    assert (books(wallet), kinds(session)) == ({}, [])


def test_P21_a_grant_is_this_periods_credit(session: Session, wallet: Wallet) -> None:
    ledger.grant(session, wallet, 500)

    assert books(wallet) == {Book.MONTHLY_CREDIT: 500, Book.GRANTED: -500}


@pytest.mark.parametrize("again", [500, 700])
def test_P21_a_period_is_granted_once(session: Session, wallet: Wallet, again: int) -> None:
    ledger.grant(session, wallet, 500)
    ledger.grant(session, wallet, again)

    assert wallet.monthly_credit_microusd == 500


def test_P21_the_next_period_is_granted_anew(session: Session, wallet: Wallet) -> None:
    ledger.grant(session, wallet, 500)

    begin_period(session, wallet, 300)

    assert kinds(session) == [MovementKind.GRANT, MovementKind.EXPIRY, MovementKind.GRANT]
    assert wallet.monthly_credit_microusd == 300


def test_P21_what_is_left_expires(session: Session, wallet: Wallet) -> None:
    fill(session, wallet, credit=500, top_up=200)

    ledger.expire(session, wallet)

    assert (wallet.monthly_credit_microusd, wallet.granted_microusd, wallet.top_up_microusd) == (0, 0, 200)


def test_P21_a_period_expires_once(session: Session, wallet: Wallet) -> None:
    fill(session, wallet, credit=500)
    ledger.hold(session, wallet, 300, reference="tr_1")
    ledger.expire(session, wallet)
    ledger.release(session, wallet, reference="tr_1")

    ledger.expire(session, wallet)

    assert kinds(session).count(MovementKind.EXPIRY) == 1


def test_P21_what_is_held_of_the_credit_stays_held(session: Session, owner: Account, wallet: Wallet) -> None:
    fill(session, wallet, credit=500)
    make_transcription(session, owner, quoted_microusd=300)

    begin_period(session, wallet)

    assert books(wallet) == {Book.HELD_MONTHLY_CREDIT: 300, Book.GRANTED: -300}


@pytest.mark.parametrize("nothing", [ledger.expire, lambda session, wallet: ledger.grant(session, wallet, 0)])
def test_moving_nothing_is_no_movement(session: Session, wallet: Wallet, nothing: object) -> None:
    assert callable(nothing)
    nothing(session, wallet)

    assert kinds(session) == []


# Holding


@pytest.mark.parametrize(
    ("amount", "of_credit", "of_top_up"), [(0, 0, 0), (1, 1, 0), (100, 100, 0), (101, 100, 1), (150, 100, 50)]
)
def test_P17_a_hold_drains_the_credit_first(
    session: Session, owner: Account, wallet: Wallet, amount: int, of_credit: int, of_top_up: int
) -> None:
    fill(session, wallet, credit=100, top_up=50)

    make_transcription(session, owner, quoted_microusd=amount)

    assert (wallet.monthly_credit_microusd, wallet.top_up_microusd) == (100 - of_credit, 50 - of_top_up)
    assert (wallet.held_monthly_credit_microusd, wallet.held_top_up_microusd) == (of_credit, of_top_up)


def test_P16_more_than_is_available_is_not_held(session: Session, wallet: Wallet) -> None:
    fill(session, wallet, credit=100, top_up=50)
    before = books(wallet)

    with pytest.raises(InsufficientFunds):
        ledger.hold(session, wallet, 151, reference="tr_1")

    session.refresh(wallet)
    assert (books(wallet), MovementKind.HOLD in kinds(session)) == (before, False)


def test_P16_what_is_held_is_not_available(session: Session, owner: Account, wallet: Wallet) -> None:
    fill(session, wallet, top_up=50)
    make_transcription(session, owner, quoted_microusd=30)

    with pytest.raises(InsufficientFunds):
        ledger.hold(session, wallet, 21, reference="tr_2")

    assert (wallet.available_microusd, wallet.held_microusd) == (20, 30)


def test_P21_only_a_hold_remembers_its_period(session: Session, owner: Account, wallet: Wallet) -> None:
    one_of_each(session, owner, wallet)

    query = select(LedgerMovement.kind).where(LedgerMovement.period_started_at.is_not(None)).distinct()
    assert session.scalars(query).all() == [MovementKind.HOLD]


# Settling


@pytest.mark.parametrize(
    ("amount", "credit", "top_up"), [(0, 100, 50), (1, 99, 50), (100, 0, 50), (101, 0, 49), (120, 0, 30)]
)
def test_P17_a_capture_takes_the_credit_first_and_gives_back_the_rest(
    session: Session, wallet: Wallet, amount: int, credit: int, top_up: int
) -> None:
    fill(session, wallet, credit=100, top_up=50)
    ledger.hold(session, wallet, 120, reference="tr_1")

    ledger.capture(session, wallet, amount, TALK, reference="tr_1")

    assert (wallet.monthly_credit_microusd, wallet.top_up_microusd) == (credit, top_up)
    assert (wallet.held_microusd, wallet.charged_microusd) == (0, amount)


@pytest.mark.parametrize("amount", [121, 10_000, -1])
def test_P19_a_capture_never_exceeds_the_hold(session: Session, owner: Account, wallet: Wallet, amount: int) -> None:
    fill(session, wallet, credit=100, top_up=500)
    transcription = make_transcription(session, owner, quoted_microusd=120)

    with pytest.raises(AssertionError, match=r"^a capture never exceeds the hold"):
        ledger.capture(session, wallet, amount, TALK, reference=transcription.public_id)


def test_P17_a_release_gives_each_bucket_its_own(session: Session, wallet: Wallet) -> None:
    fill(session, wallet, credit=100, top_up=50)
    before = books(wallet)
    ledger.hold(session, wallet, 120, reference="tr_1")

    ledger.release(session, wallet, reference="tr_1")

    assert books(wallet) == before


@pytest.mark.parametrize("amount", [0, 40])
def test_P21_credit_of_an_ended_period_expires_when_a_capture_gives_it_back(
    session: Session, wallet: Wallet, amount: int
) -> None:
    fill(session, wallet, credit=100, top_up=50)
    ledger.hold(session, wallet, 120, reference="tr_1")
    begin_period(session, wallet, 7)

    ledger.capture(session, wallet, amount, TALK, reference="tr_1")

    assert (wallet.monthly_credit_microusd, wallet.top_up_microusd) == (7, 50)
    assert wallet.granted_microusd == -7 - amount


def test_P21_credit_of_an_ended_period_expires_when_it_is_released(session: Session, wallet: Wallet) -> None:
    fill(session, wallet, credit=100, top_up=50)
    ledger.hold(session, wallet, 120, reference="tr_1")
    begin_period(session, wallet, 7)

    ledger.release(session, wallet, reference="tr_1")

    assert entries_of(session, MovementKind.RELEASE) == {
        Book.HELD_MONTHLY_CREDIT: -100,
        Book.GRANTED: 100,
        Book.HELD_TOP_UP: -20,
        Book.TOP_UP: 20,
    }
    assert (wallet.monthly_credit_microusd, wallet.top_up_microusd) == (7, 50)


def test_P21_a_hold_of_the_period_that_has_just_begun_keeps_its_credit(session: Session, wallet: Wallet) -> None:
    fill(session, wallet, credit=500)
    begin_period(session, wallet, 100)
    ledger.hold(session, wallet, 100, reference="tr_1")

    ledger.release(session, wallet, reference="tr_1")

    assert wallet.monthly_credit_microusd == 100


@pytest.mark.parametrize("first", ["capture", "release"])
@pytest.mark.parametrize("second", ["capture", "release"])
def test_P19_a_hold_is_settled_once(session: Session, wallet: Wallet, first: str, second: str) -> None:
    fill(session, wallet, top_up=50)
    ledger.hold(session, wallet, 30, reference="tr_1")
    settle = {
        "capture": lambda: ledger.capture(session, wallet, 20, TALK, reference="tr_1"),
        "release": lambda: ledger.release(session, wallet, reference="tr_1"),
    }
    settle[first]()
    after_first = books(wallet)

    with pytest.raises(Exception, match="uq_ledger_movements"), session.begin_nested():
        settle[second]()

    session.refresh(wallet)
    assert books(wallet) == after_first


def test_P19_a_transcription_is_held_for_once(session: Session, wallet: Wallet) -> None:
    fill(session, wallet, top_up=50)
    ledger.hold(session, wallet, 30, reference="tr_1")
    ledger.release(session, wallet, reference="tr_1")

    with pytest.raises(Exception, match="uq_ledger_movements_kind_reference"), session.begin_nested():
        ledger.hold(session, wallet, 30, reference="tr_1")


@pytest.mark.parametrize("settle", ["capture", "release"])
def test_P19_nothing_is_settled_without_a_hold(session: Session, wallet: Wallet, settle: str) -> None:
    arguments = (0, TALK) if settle == "capture" else ()

    with pytest.raises(AssertionError, match=r"^nothing is settled without a hold$"):
        getattr(ledger, settle)(session, wallet, *arguments, reference="tr_1")


def test_a_capture_remembers_what_was_bought(session: Session, wallet: Wallet) -> None:
    fill(session, wallet, top_up=50)
    ledger.hold(session, wallet, 30, reference="tr_1")
    ledger.capture(session, wallet, 20, Purchase("voxtral", "key_1", 0.1 + 0.2), reference="tr_1")

    captured = ledger.find(session, MovementKind.CAPTURE, "tr_1")
    assert captured is not None
    assert (captured.pipeline_code, captured.api_key_id, str(captured.duration_seconds)) == (
        "voxtral",
        "key_1",
        "0.3000000",
    )


def test_captures_of_a_day_add_up_by_pipeline_and_key(session: Session, wallet: Wallet) -> None:
    fill(session, wallet, top_up=500)
    bought = [("a", None, 10, 0.1), ("a", None, 20, 0.2), ("a", "key_1", 5, 1.0), ("b", None, 0, 2.0)]
    for number, (pipeline, key, amount, seconds) in enumerate(bought):
        ledger.hold(session, wallet, amount, reference=f"tr_{number}")
        ledger.capture(session, wallet, amount, Purchase(pipeline, key, seconds), reference=f"tr_{number}")

    days = session.scalars(select(UsageDay).order_by(UsageDay.pipeline_code, UsageDay.api_key_id)).all()
    assert [
        (day.pipeline_code, day.api_key_id, day.transcriptions, float(day.seconds), day.charged_microusd)
        for day in days
    ] == [("a", "", 2, 0.3, 30), ("a", "key_1", 1, 1.0, 5), ("b", "", 1, 2.0, 0)]
    assert {(day.wallet_id, day.day) for day in days} == {(wallet.id, now(session).date())}


@pytest.fixture
def another_day_here(session: Session) -> Iterator[None]:
    """The machine's own clock shows another date than UTC."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("TZ", "Etc/GMT-14" if now(session).hour >= 12 else "Etc/GMT+12")
        time.tzset()
        yield
    time.tzset()


@pytest.mark.usefixtures("another_day_here")
def test_a_day_is_that_of_utc(session: Session, wallet: Wallet) -> None:
    fill(session, wallet, top_up=50)
    ledger.hold(session, wallet, 30, reference="tr_1")

    ledger.capture(session, wallet, 20, TALK, reference="tr_1")

    assert session.scalars(select(UsageDay.day)).one() == now(session).date()


# Payments


def test_P22_a_payment_is_put_in_once(session: Session, wallet: Wallet) -> None:
    for amount in (500, 500, 700):
        ledger.top_up(session, wallet, amount, payment_id="pi_1")

    assert books(wallet) == {Book.TOP_UP: 500, Book.PAID_IN: -500}


def test_P22_another_payment_counts_too(session: Session, wallet: Wallet) -> None:
    for payment_id in ("pi_1", "pi_2"):
        ledger.top_up(session, wallet, 500, payment_id=payment_id)

    assert wallet.top_up_microusd == 1_000


def test_P22_a_payment_is_put_into_one_wallet_only(session: Session, wallet: Wallet) -> None:
    other = wallets.wallet_of(session, make_account(session, top_up_microusd=0))
    for each in (wallet, other):
        ledger.top_up(session, each, 500, payment_id="pi_1")

    assert (wallet.top_up_microusd, other.top_up_microusd) == (500, 0)


@pytest.mark.parametrize(("paid", "top_up", "owed"), [(299, 0, -1), (300, 0, 0), (450, 150, 0)])
def test_P23_a_payment_settles_what_is_owed_first(
    session: Session, wallet: Wallet, paid: int, top_up: int, owed: int
) -> None:
    ledger.take_back(session, wallet, 300, MovementKind.REFUND, reference="re_1")

    ledger.top_up(session, wallet, paid, payment_id="pi_1")

    assert (wallet.top_up_microusd, wallet.owed_microusd) == (top_up, owed)


@pytest.mark.parametrize(("kind", "reversal"), TAKEN)
@pytest.mark.parametrize(
    ("amount", "left", "owed"), [(0, 500, 0), (1, 499, 0), (500, 0, 0), (501, 0, -1), (800, 0, -300)]
)
def test_P23_what_is_taken_back_beyond_what_is_there_is_owed(
    session: Session, wallet: Wallet, kind: MovementKind, reversal: MovementKind, amount: int, left: int, owed: int
) -> None:
    fill(session, wallet, credit=100, top_up=500)

    ledger.take_back(session, wallet, amount, kind, reference="x_1")

    assert (wallet.top_up_microusd, wallet.owed_microusd) == (left, owed)
    assert (wallet.paid_in_microusd, wallet.monthly_credit_microusd) == (amount - 500, 100)


@pytest.mark.parametrize(("kind", "reversal"), TAKEN)
def test_P23_it_is_taken_back_once(
    session: Session, wallet: Wallet, kind: MovementKind, reversal: MovementKind
) -> None:
    fill(session, wallet, top_up=500)

    for _ in range(2):
        ledger.take_back(session, wallet, 200, kind, reference="x_1")

    assert wallet.top_up_microusd == 300


def test_P23_what_is_held_is_left_alone_by_a_refund(session: Session, owner: Account, wallet: Wallet) -> None:
    fill(session, wallet, top_up=500)
    make_transcription(session, owner, quoted_microusd=400)

    ledger.take_back(session, wallet, 500, MovementKind.REFUND, reference="re_1")

    assert (wallet.top_up_microusd, wallet.held_top_up_microusd, wallet.owed_microusd) == (0, 400, -400)


@pytest.mark.parametrize(("refunded", "top_up", "owed"), [(499, 1, 0), (500, 0, 0), (501, 0, -1)])
def test_P23_what_is_given_back_settles_what_is_owed_first(
    session: Session, wallet: Wallet, refunded: int, top_up: int, owed: int
) -> None:
    fill(session, wallet, top_up=500)
    ledger.hold(session, wallet, 400, reference="tr_1")
    ledger.take_back(session, wallet, refunded, MovementKind.REFUND, reference="re_1")

    ledger.release(session, wallet, reference="tr_1")

    assert books(wallet) == {
        book: amount
        for book, amount in {Book.TOP_UP: top_up, Book.OWED: owed, Book.PAID_IN: refunded - 500}.items()
        if amount
    }


@pytest.mark.parametrize(("kind", "reversal"), TAKEN)
@pytest.mark.parametrize("amount", [200, 500, 800])
def test_P23_a_reversal_puts_back_what_was_taken_once(
    session: Session, wallet: Wallet, kind: MovementKind, reversal: MovementKind, amount: int
) -> None:
    fill(session, wallet, credit=100, top_up=500)
    before = books(wallet)
    ledger.take_back(session, wallet, amount, kind, reference="x_1")

    for _ in range(2):
        ledger.undo_take_back(session, wallet, reversal, reference="x_1")

    assert books(wallet) == before


@pytest.mark.parametrize(("kind", "reversal"), TAKEN)
def test_P23_what_was_never_taken_is_not_put_back(
    session: Session, wallet: Wallet, kind: MovementKind, reversal: MovementKind
) -> None:
    other = next(each for each, _ in TAKEN if each != kind)
    fill(session, wallet, top_up=500)
    ledger.take_back(session, wallet, 200, kind, reference="x_2")
    ledger.take_back(session, wallet, 100, other, reference="x_1")

    ledger.undo_take_back(session, wallet, reversal, reference="x_1")

    assert (wallet.top_up_microusd, reversal in kinds(session)) == (200, False)


# Adjustments


def test_an_operators_credit_settles_what_is_owed_first(session: Session, wallet: Wallet) -> None:
    ledger.take_back(session, wallet, 300, MovementKind.DISPUTE, reference="dp_1")

    ledger.adjust(session, wallet, 500, reason="Sorry")

    assert books(wallet) == {Book.TOP_UP: 200, Book.GRANTED: -500, Book.PAID_IN: 300}


def test_an_operator_may_give_the_same_twice(session: Session, wallet: Wallet) -> None:
    for _ in range(2):
        ledger.adjust(session, wallet, 500, reason="Sorry")

    assert wallet.top_up_microusd == 1_000
    assert session.scalars(select(LedgerMovement.reason)).all() == ["Sorry"] * 2


def test_an_operator_takes_out_what_is_there(session: Session, wallet: Wallet) -> None:
    fill(session, wallet, credit=100, top_up=500)

    ledger.adjust(session, wallet, -500, reason="Mistake")

    assert (wallet.top_up_microusd, wallet.monthly_credit_microusd, wallet.granted_microusd) == (0, 100, 400)


def test_an_operator_takes_out_no_more_than_the_top_ups(session: Session, wallet: Wallet) -> None:
    fill(session, wallet, credit=100, top_up=500)

    with pytest.raises(InsufficientFunds, match=r"^The wallet's top-ups are less than that\.$"):
        ledger.adjust(session, wallet, -501, reason="Mistake")

    session.refresh(wallet)
    assert (wallet.top_up_microusd, MovementKind.ADJUSTMENT in kinds(session)) == (500, False)


# Every movement


def test_P15_the_entries_of_every_movement_sum_to_zero(session: Session, owner: Account, wallet: Wallet) -> None:
    one_of_each(session, owner, wallet)

    sums = session.scalars(select(func.sum(LedgerEntry.amount_microusd)).group_by(LedgerEntry.movement_id)).all()
    assert set(kinds(session)) == set(MovementKind)
    assert set(sums) == {0}


def test_P15_all_books_of_a_wallet_sum_to_zero(session: Session, owner: Account, wallet: Wallet) -> None:
    one_of_each(session, owner, wallet)

    assert sum(books(wallet).values()) == 0


def test_a_statement_runs_from_line_to_line(session: Session, owner: Account, wallet: Wallet) -> None:
    one_of_each(session, owner, wallet)

    lines = list(statements.statement(session, owner, limit=1_000, cursor=None).rows)[::-1]

    assert [line.available_after for line in lines] == list(
        accumulate(line.monthly_credit + line.top_up for line in lines)
    )
    assert lines[-1].available_after == wallets.wallet_of(session, owner).available_microusd
    assert [line.kind for line in lines] == kinds(session)


def test_a_statements_columns_add_up_to_the_wallet(session: Session, owner: Account, wallet: Wallet) -> None:
    one_of_each(session, owner, wallet)

    lines = list(statements.statement(session, owner, limit=1_000, cursor=None).rows)

    shown = wallets.wallet_of(session, owner)
    assert sum(line.held for line in lines) == shown.held_microusd
    assert sum(line.owed for line in lines) == -shown.owed_microusd
    assert sum(line.charged for line in lines) == shown.charged_microusd


@pytest.mark.parametrize("limit", [1, 2, 5, 100])
def test_the_pages_of_a_statement_leave_nothing_out(
    session: Session, owner: Account, wallet: Wallet, limit: int
) -> None:
    one_of_each(session, owner, wallet)
    found: list[str] = []
    page = statements.statement(session, owner, limit=limit, cursor=None)
    while True:
        found += [line.public_id for line in page.rows]
        if page.next_cursor is None:
            break
        page = statements.statement(session, owner, limit=limit, cursor=page.next_cursor)

    assert found == session.scalars(select(LedgerMovement.public_id).order_by(LedgerMovement.id.desc())).all()


def test_a_statement_is_its_owners_alone(session: Session, owner: Account, wallet: Wallet, charlie: Account) -> None:
    one_of_each(session, owner, wallet)

    assert [line.reason for line in statements.statement(session, charlie, limit=9, cursor=None).rows] == [
        "Granted with the account"
    ]


def one_of_each(session: Session, owner: Account, wallet: Wallet) -> None:
    """Every kind of movement; credit left, something held, something owed."""
    fill(session, wallet, credit=100, top_up=500)
    make_transcription(session, owner, quoted_microusd=20)
    begin_period(session, wallet, 40)
    make_transcription(session, owner, quoted_microusd=60)
    for reference, amount in (("tr_1", 10), ("tr_2", 30)):
        ledger.hold(session, wallet, amount, reference=reference)
    ledger.capture(session, wallet, 7, TALK, reference="tr_1")
    ledger.release(session, wallet, reference="tr_2")
    ledger.take_back(session, wallet, 50, MovementKind.REFUND, reference="re_1")
    ledger.undo_take_back(session, wallet, MovementKind.REFUND_REVERSAL, reference="re_1")
    ledger.take_back(session, wallet, 70, MovementKind.DISPUTE, reference="dp_1")
    ledger.undo_take_back(session, wallet, MovementKind.DISPUTE_REVERSAL, reference="dp_1")
    ledger.take_back(session, wallet, 900, MovementKind.REFUND, reference="re_2")
    ledger.adjust(session, wallet, 9, reason="Sorry")
