"""The ledger as its owner sees it: one line per movement, what it did to each bucket, and what was available after."""

from collections import Counter
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session, aliased, selectinload

from handlers.listing import Page
from models import Account, Book, LedgerMovement, MovementKind, Wallet


@dataclass(frozen=True, slots=True)
class Line:
    """A movement. Amounts are micro-dollars, with the sign of what they did to the bucket; `owed` counts debt."""

    public_id: str
    at: datetime
    kind: MovementKind
    reference: str | None
    reason: str | None
    monthly_credit: int
    top_up: int
    held: int
    owed: int
    charged: int
    available_after: int

    @property
    def transcription_id(self) -> str | None:
        return self.reference if self.reference and self.reference.startswith("tr_") else None


def statement(session: Session, account: Account, *, limit: int, cursor: str | None) -> Page[Line]:
    """A page of the account's movements, newest first. The cursor is the last id of the page before."""
    query = (
        select(LedgerMovement)
        .join(Wallet, Wallet.id == LedgerMovement.wallet_id)
        .where(Wallet.account_id == account.id)
        .options(selectinload(LedgerMovement.entries))
    )
    if cursor is not None:
        # By the number and not by the public id, which does not order what happened within a millisecond.
        named = aliased(LedgerMovement)
        before = select(named.id).where(named.public_id == cursor, named.wallet_id == Wallet.id).scalar_subquery()
        query = query.where(LedgerMovement.id < before)
    rows = session.scalars(query.order_by(LedgerMovement.id.desc()).limit(limit + 1)).all()
    return Page([_line(row) for row in rows[:limit]], rows[limit - 1].public_id if len(rows) > limit else None)


def _line(movement: LedgerMovement) -> Line:
    amounts = Counter({entry.book: entry.amount_microusd for entry in movement.entries})
    return Line(
        public_id=movement.public_id,
        at=movement.created_at,
        kind=movement.kind,
        reference=movement.reference,
        reason=movement.reason,
        monthly_credit=amounts[Book.MONTHLY_CREDIT],
        top_up=amounts[Book.TOP_UP],
        held=amounts[Book.HELD_MONTHLY_CREDIT] + amounts[Book.HELD_TOP_UP],
        owed=-amounts[Book.OWED],
        charged=amounts[Book.CHARGED],
        available_after=movement.available_after_microusd,
    )
