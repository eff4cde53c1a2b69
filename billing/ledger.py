"""The wallet's double-entry ledger: each movement moves money between books, and its entries sum to zero.

Arithmetic only: who may spend what on which day is decided by `handlers/wallets.py`. Every function but `open_wallet`
takes a wallet that the caller has locked (`SELECT … FOR UPDATE`), which is what makes "read, decide, write" safe; the
constraints of migration 0002 are the net below. Nothing here is ever changed or deleted: a mistake is mended by
another movement. Entries follow TigerBeetle's two-phase transfers: hold, then capture or release.
"""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC

from sqlalchemy import select, text
from sqlalchemy.orm import Session, joinedload

from billing.prices import exact_seconds
from errors import InsufficientFunds
from models import Book, LedgerMovement, MovementKind, Wallet

AVAILABLE = (Book.MONTHLY_CREDIT, Book.TOP_UP)
# One statement for all entries of a movement: the trigger refuses those that arrive apart.
INSERT_ENTRIES = text(
    "INSERT INTO ledger_entries (movement_id, book, amount_microusd)"
    " SELECT :movement_id, * FROM unnest(CAST(:books AS text[]), CAST(:amounts AS bigint[]))"
)
ADD_USAGE = text(
    "INSERT INTO usage_days AS kept"
    " (wallet_id, day, pipeline_code, api_key_id, transcriptions, seconds, charged_microusd)"
    " VALUES (:wallet_id, :day, :pipeline_code, :api_key_id, 1, :seconds, :charged)"
    " ON CONFLICT (wallet_id, day, pipeline_code, api_key_id) DO UPDATE SET"
    " transcriptions = kept.transcriptions + 1, seconds = kept.seconds + excluded.seconds,"
    " charged_microusd = kept.charged_microusd + excluded.charged_microusd"
)
BALANCES = [f"{book}_microusd" for book in Book]


@dataclass(frozen=True, slots=True)
class Purchase:
    """What a capture pays for."""

    pipeline_code: str
    api_key_id: str | None
    duration_seconds: float


def open_wallet(session: Session, account_id: int) -> Wallet:
    """A new wallet with nothing in it."""
    wallet = Wallet(account_id=account_id)
    session.add(wallet)
    session.flush()
    session.refresh(wallet)
    return wallet


def grant(session: Session, wallet: Wallet, amount: int) -> None:
    """Put this period's credit in, once per period."""
    if amount:
        _post_once(
            session, wallet, MovementKind.GRANT, _period(wallet), {Book.GRANTED: -amount, Book.MONTHLY_CREDIT: amount}
        )


def expire(session: Session, wallet: Wallet) -> None:
    """Take out what is left of this period's credit. What is held of it stays held."""
    left = wallet.monthly_credit_microusd
    if left:
        _post_once(
            session, wallet, MovementKind.EXPIRY, _period(wallet), {Book.MONTHLY_CREDIT: -left, Book.GRANTED: left}
        )


def top_up(session: Session, wallet: Wallet, amount: int, *, payment_id: str) -> None:
    """Put a payment in, once: what is owed is settled first."""
    _post_once(session, wallet, MovementKind.TOP_UP, payment_id, _put_in(wallet, amount, Book.PAID_IN))


def adjust(session: Session, wallet: Wallet, amount: int, *, reason: str) -> LedgerMovement:
    """Put an operator's credit in, or with a negative amount take it out; InsufficientFunds beyond the top-ups."""
    if amount < 0 and wallet.top_up_microusd < -amount:
        raise InsufficientFunds("The wallet's top-ups are less than that.")
    amounts = {Book.GRANTED: -amount, Book.TOP_UP: amount} if amount < 0 else _put_in(wallet, amount, Book.GRANTED)
    return _post(session, wallet, MovementKind.ADJUSTMENT, None, amounts, reason=reason)


def take_back(session: Session, wallet: Wallet, amount: int, kind: MovementKind, *, reference: str) -> None:
    """A refund or dispute takes a payment out again, once; what was spent already is owed."""
    there = min(amount, wallet.top_up_microusd)
    _post_once(
        session,
        wallet,
        kind,
        reference,
        {Book.PAID_IN: amount, Book.TOP_UP: -there, Book.OWED: there - amount},
    )


def undo_take_back(session: Session, wallet: Wallet, kind: MovementKind, *, reference: str) -> None:
    """Reverse a refund that failed or a dispute that was won: once, and only what had been taken."""
    taken = {
        MovementKind.REFUND_REVERSAL: MovementKind.REFUND,
        MovementKind.DISPUTE_REVERSAL: MovementKind.DISPUTE,
    }[kind]
    movement = find(session, taken, reference)
    if movement is not None:
        amount = _amounts(movement)[Book.PAID_IN]
        _post_once(session, wallet, kind, reference, _put_in(wallet, amount, Book.PAID_IN))


def hold(session: Session, wallet: Wallet, amount: int, *, reference: str) -> None:
    """Set an amount aside, the monthly credit first; InsufficientFunds when less is available."""
    if amount > wallet.available_microusd:
        raise InsufficientFunds()
    credit = min(amount, wallet.monthly_credit_microusd)
    top_up = amount - credit
    amounts = {
        Book.MONTHLY_CREDIT: -credit,
        Book.TOP_UP: -top_up,
        Book.HELD_MONTHLY_CREDIT: credit,
        Book.HELD_TOP_UP: top_up,
    }
    _post(session, wallet, MovementKind.HOLD, reference, amounts)


def capture(session: Session, wallet: Wallet, amount: int, purchase: Purchase, *, reference: str) -> None:
    """Charge up to what was held, its monthly credit first, and give back the rest."""
    movement, held = _held(session, reference)
    of_credit = min(amount, held[Book.HELD_MONTHLY_CREDIT])
    of_top_up = amount - of_credit
    assert amount >= 0, "a capture never exceeds the hold, on either side"
    assert of_top_up <= held[Book.HELD_TOP_UP], "a capture never exceeds the hold"
    amounts = _given_back(
        wallet, movement, held[Book.HELD_MONTHLY_CREDIT] - of_credit, held[Book.HELD_TOP_UP] - of_top_up
    )
    amounts.subtract({Book.HELD_MONTHLY_CREDIT: of_credit, Book.HELD_TOP_UP: of_top_up, Book.CHARGED: -amount})
    captured = _post(session, wallet, MovementKind.CAPTURE, reference, amounts, hold=movement, purchase=purchase)
    _add_usage(session, captured, amount)


def release(session: Session, wallet: Wallet, *, reference: str) -> None:
    """Give back all that was held."""
    movement, held = _held(session, reference)
    amounts = _given_back(wallet, movement, held[Book.HELD_MONTHLY_CREDIT], held[Book.HELD_TOP_UP])
    _post(session, wallet, MovementKind.RELEASE, reference, amounts, hold=movement)


def find(session: Session, kind: MovementKind, reference: str) -> LedgerMovement | None:
    """The movement of a kind that happened for something, if it did, with its entries."""
    query = select(LedgerMovement).where(LedgerMovement.kind == kind, LedgerMovement.reference == reference)
    return session.scalars(query.options(joinedload(LedgerMovement.entries))).unique().one_or_none()


def _put_in(wallet: Wallet, amount: int, source: Book) -> dict[Book, int]:
    return {source: -amount, **_to_top_ups(wallet, amount)}


def _to_top_ups(wallet: Wallet, amount: int) -> dict[Book, int]:
    owed = min(amount, -wallet.owed_microusd)
    return {Book.OWED: owed, Book.TOP_UP: amount - owed}


def _given_back(wallet: Wallet, hold: LedgerMovement, credit: int, top_up: int) -> Counter[Book]:
    """Back to the bucket each came from, after what is owed; credit of a period that is over expires at once."""
    is_of_this_period = hold.period_started_at == wallet.period_started_at
    credit_goes_to = Book.MONTHLY_CREDIT if is_of_this_period else Book.GRANTED
    return Counter(
        {
            Book.HELD_MONTHLY_CREDIT: -credit,
            credit_goes_to: credit,
            Book.HELD_TOP_UP: -top_up,
            **_to_top_ups(wallet, top_up),
        }
    )


def _held(session: Session, reference: str) -> tuple[LedgerMovement, Mapping[Book, int]]:
    movement = find(session, MovementKind.HOLD, reference)
    assert movement is not None, "nothing is settled without a hold"
    return movement, _amounts(movement)


def _amounts(movement: LedgerMovement) -> Mapping[Book, int]:
    return Counter({entry.book: entry.amount_microusd for entry in movement.entries})


def _period(wallet: Wallet) -> str:
    return f"{wallet.public_id}/{wallet.period_started_at:%Y-%m-%dT%H:%M:%S.%fZ}"


def _post_once(
    session: Session, wallet: Wallet, kind: MovementKind, reference: str, amounts: Mapping[Book, int]
) -> None:
    """Under the wallet's lock nobody else can post between the question and the answer."""
    if find(session, kind, reference) is None:
        _post(session, wallet, kind, reference, amounts)


def _post(
    session: Session,
    wallet: Wallet,
    kind: MovementKind,
    reference: str | None,
    amounts: Mapping[Book, int],
    *,
    hold: LedgerMovement | None = None,
    reason: str | None = None,
    purchase: Purchase | None = None,
) -> LedgerMovement:
    movement = LedgerMovement(
        wallet_id=wallet.id,
        kind=kind,
        reference=reference,
        hold_id=hold.id if hold else None,
        period_started_at=wallet.period_started_at if kind is MovementKind.HOLD else None,
        reason=reason,
        available_after_microusd=wallet.available_microusd + sum(amounts.get(book, 0) for book in AVAILABLE),
        pipeline_code=purchase.pipeline_code if purchase else None,
        api_key_id=purchase.api_key_id if purchase else None,
        duration_seconds=exact_seconds(purchase.duration_seconds) if purchase else None,
    )
    session.add(movement)
    session.flush()
    parts = [(book.value, amount) for book, amount in amounts.items() if amount]
    if parts:
        books, changes = zip(*parts, strict=True)
        values = {"movement_id": movement.id, "books": list(books), "amounts": list(changes)}
        session.execute(INSERT_ENTRIES, values)
        session.expire(wallet, BALANCES)
    return movement


def _add_usage(session: Session, captured: LedgerMovement, amount: int) -> None:
    session.execute(
        ADD_USAGE,
        {
            "wallet_id": captured.wallet_id,
            "day": captured.created_at.astimezone(UTC).date(),
            "pipeline_code": captured.pipeline_code,
            "api_key_id": captured.api_key_id or "",
            "seconds": captured.duration_seconds,
            "charged": amount,
        },
    )
