"""What PostgreSQL itself refuses, whatever the code above it does."""

from typing import Any

import pytest
from sqlalchemy import select, text
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from handlers import wallets
from models import Account, Book, LedgerMovement, MovementKind, Wallet
from public_ids import new_id
from tests.factories import make_account, make_transcription

TABLES = ("ledger_movements", "ledger_entries")
REQUIRED = {
    "hold": {"reference": "tr_new"},
    "capture": {"reference": "tr_new", "pipeline_code": "whisper-base"},
    "release": {"reference": "tr_new"},
    "adjustment": {"reason": "Because"},
}


@pytest.fixture
def wallet(session: Session) -> Wallet:
    """100 of monthly credit, 500 of top-up, 30 of the credit held."""
    account = make_account(session, monthly_credit_microusd=100, top_up_microusd=500)
    make_transcription(session, account, quoted_microusd=30)
    return wallets.wallet_of(session, account)


def move(session: Session, wallet: Wallet, kind: str = "adjustment", **values: Any) -> int:
    """A movement written by hand, without entries yet."""
    columns = {
        "public_id": new_id("mv"),
        "wallet_id": wallet.id,
        "kind": kind,
        "available_after_microusd": wallet.available_microusd,
        **REQUIRED.get(kind, {"reference": new_id("x")}),
        **values,
    }
    names, parameters = ", ".join(columns), ", ".join(f":{name}" for name in columns)
    insert = text(f"INSERT INTO ledger_movements ({names}) VALUES ({parameters}) RETURNING id")
    return int(session.execute(insert, columns).scalar_one())


def enter(session: Session, *entries: tuple[int, str, int]) -> None:
    """Entries of (movement, book, amount) written by hand, in one statement."""
    rows = ", ".join(f"({movement_id}, '{book}', {amount})" for movement_id, book, amount in entries)
    session.execute(text(f"INSERT INTO ledger_entries (movement_id, book, amount_microusd) VALUES {rows}"))


def hold_of(session: Session) -> LedgerMovement:
    return session.scalars(select(LedgerMovement).where(LedgerMovement.kind == MovementKind.HOLD)).one()


# Entries


def test_P15_entries_by_hand_move_the_balances(session: Session, wallet: Wallet) -> None:
    movement = move(session, wallet, available_after_microusd=577)

    enter(session, (movement, "top_up", 7), (movement, "granted", -7))

    session.refresh(wallet)
    assert (wallet.top_up_microusd, wallet.granted_microusd) == (507, -607)


@pytest.mark.parametrize(
    "entries", [[("top_up", 7)], [("top_up", 7), ("granted", -6)], [("top_up", -7), ("held_top_up", -7)]]
)
def test_P15_entries_that_do_not_sum_to_zero_are_refused(
    session: Session, wallet: Wallet, entries: list[tuple[str, int]]
) -> None:
    movement = move(session, wallet)

    with pytest.raises(IntegrityError, match="sum to zero"):
        enter(session, *((movement, book, amount) for book, amount in entries))
    session.rollback()


def test_P15_two_movements_do_not_make_up_for_each_other(session: Session, wallet: Wallet) -> None:
    one, other = move(session, wallet), move(session, wallet)

    with pytest.raises(IntegrityError, match="sum to zero"):
        enter(session, (one, "top_up", 7), (other, "granted", -7))
    session.rollback()


def test_P15_entries_that_arrive_apart_are_refused(session: Session, wallet: Wallet) -> None:
    movement = move(session, wallet)
    enter(session, (movement, "top_up", 7), (movement, "granted", -7))

    with pytest.raises(IntegrityError, match="come all at once"):
        enter(session, (movement, "held_top_up", 7), (movement, "paid_in", -7))
    session.rollback()


def test_P15_a_book_has_one_entry_of_a_movement(session: Session, wallet: Wallet) -> None:
    movement = move(session, wallet)

    with pytest.raises(IntegrityError, match="uq_ledger_entries_movement_id_book"):
        enter(session, (movement, "top_up", 7), (movement, "top_up", 3), (movement, "granted", -10))
    session.rollback()


def test_P15_an_entry_of_nothing_is_refused(session: Session, wallet: Wallet) -> None:
    movement = move(session, wallet)

    with pytest.raises(IntegrityError, match="amount_not_zero"):
        enter(session, (movement, "top_up", 0))
    session.rollback()


def test_P15_there_is_no_other_book(session: Session, wallet: Wallet) -> None:
    movement = move(session, wallet, available_after_microusd=577)

    with pytest.raises(IntegrityError, match="book"):
        enter(session, (movement, "top_up", 7), (movement, "thin_air", -7))
    session.rollback()


def test_there_is_no_other_kind_of_movement(session: Session, wallet: Wallet) -> None:
    with pytest.raises(IntegrityError, match="kind"):
        move(session, wallet, "gift")
    session.rollback()


@pytest.mark.parametrize("table", TABLES)
@pytest.mark.parametrize("change", ["UPDATE {} SET id = id", "DELETE FROM {}", "TRUNCATE {} CASCADE"])
def test_P15_what_was_entered_is_never_changed(session: Session, wallet: Wallet, table: str, change: str) -> None:
    with pytest.raises(IntegrityError, match="append-only"):
        session.execute(text(change.format(table)))
    session.rollback()


@pytest.mark.usefixtures("wallet")
def test_P15_no_other_table_takes_the_ledger_along(session: Session) -> None:
    with pytest.raises(IntegrityError, match="append-only"):
        session.execute(text("TRUNCATE accounts CASCADE"))
    session.rollback()


# Balances


@pytest.mark.parametrize("book", Book)
def test_P15_a_balance_is_never_written_by_hand(session: Session, wallet: Wallet, book: Book) -> None:
    with pytest.raises(IntegrityError, match="by ledger entries alone"):
        session.execute(text(f"UPDATE wallets SET {book}_microusd = {book}_microusd + 1"))
    session.rollback()


def test_P15_a_balance_is_not_written_through_the_model_either(session: Session, wallet: Wallet) -> None:
    wallet.top_up_microusd += 1

    with pytest.raises(IntegrityError, match="by ledger entries alone"):
        session.flush()
    session.rollback()


@pytest.mark.parametrize("book", Book)
def test_P15_a_wallet_begins_empty(session: Session, book: Book) -> None:
    amount = -1 if book is Book.OWED else 1

    with pytest.raises(IntegrityError, match="by ledger entries alone"):
        session.execute(text(f"INSERT INTO wallets (public_id, {book}_microusd) VALUES ('wal_1', {amount})"))
    session.rollback()


def test_the_rest_of_a_wallet_may_change(session: Session, wallet: Wallet) -> None:
    wallet.stripe_customer_id = "cus_1"
    session.flush()


@pytest.mark.usefixtures("wallet")
def test_P15_a_wallet_is_never_deleted(session: Session) -> None:
    with pytest.raises(IntegrityError, match="outlives its account"):
        session.execute(text("DELETE FROM wallets"))
    session.rollback()


def test_P15_an_empty_wallet_is_never_deleted_either(session: Session) -> None:
    make_account(session, top_up_microusd=0)

    with pytest.raises(IntegrityError, match="outlives its account"):
        session.execute(text("DELETE FROM wallets"))
    session.rollback()


@pytest.mark.parametrize(
    ("book", "amount"),
    [
        ("monthly_credit", -71),
        ("top_up", -501),
        ("held_monthly_credit", -31),
        ("held_top_up", -1),
        ("owed", 1),
        ("charged", -1),
    ],
)
def test_P16_no_balance_goes_below_zero(session: Session, wallet: Wallet, book: str, amount: int) -> None:
    movement = move(session, wallet)

    with pytest.raises(IntegrityError, match=f"ck_wallets_{book}_not_"):
        enter(session, (movement, book, amount), (movement, "paid_in", -amount))
    session.rollback()


# One of each


@pytest.mark.parametrize("second", ["capture", "release"])
@pytest.mark.parametrize("first", ["capture", "release"])
def test_P19_a_hold_has_one_settlement(session: Session, wallet: Wallet, first: str, second: str) -> None:
    hold_id = hold_of(session).id
    move(session, wallet, first, hold_id=hold_id)

    with pytest.raises(IntegrityError, match="uq_ledger_movements_hold_id"):
        move(session, wallet, second, hold_id=hold_id, reference="tr_another")
    session.rollback()


@pytest.mark.parametrize("kind", [kind for kind in MovementKind if kind not in ("adjustment", "capture", "release")])
def test_P19_P21_P22_each_happens_once_for_one_thing(session: Session, wallet: Wallet, kind: MovementKind) -> None:
    other = wallets.wallet_of(session, make_account(session))
    move(session, wallet, kind, reference="once")

    with pytest.raises(IntegrityError, match="uq_ledger_movements_kind_reference"):
        move(session, other, kind, reference="once")
    session.rollback()


@pytest.mark.parametrize(
    ("kind", "values", "constraint"),
    [
        ("capture", {}, "settles_a_hold"),
        ("release", {}, "settles_a_hold"),
        ("capture", {"hold_id": 0, "pipeline_code": None}, "capture_says_what_for"),
        ("hold", {"pipeline_code": "whisper-base"}, "capture_says_what_for"),
        ("hold", {"reference": None}, "happens_once_for_something"),
        ("top_up", {"reference": None}, "happens_once_for_something"),
        ("adjustment", {"reference": "tr_1"}, "happens_once_for_something"),
        ("adjustment", {"reason": None}, "adjustment_has_a_reason"),
    ],
)
def test_a_movement_that_lacks_what_its_kind_needs_is_refused(
    session: Session, wallet: Wallet, kind: str, values: dict[str, Any], constraint: str
) -> None:
    with pytest.raises(IntegrityError, match=constraint):
        move(session, wallet, kind, **values)
    session.rollback()


def test_what_settles_nothing_points_at_no_hold(session: Session, wallet: Wallet) -> None:
    with pytest.raises(IntegrityError, match="settles_a_hold"):
        move(session, wallet, "grant", hold_id=hold_of(session).id)
    session.rollback()


def test_an_account_has_one_wallet(session: Session, alice: Account) -> None:
    with pytest.raises(IntegrityError, match="uq_wallets_account_id"):
        wallets.open_wallet(session, alice)
    session.rollback()


def test_a_charge_never_exceeds_its_quote(session: Session, alice: Account) -> None:
    with pytest.raises(IntegrityError, match="charge_within_quote"):
        make_transcription(session, alice, quoted_microusd=5, charged_microusd=6)
    session.rollback()
