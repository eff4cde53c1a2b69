"""What an account spends in the calendar month, counted from its transcriptions."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select, text
from sqlalchemy.orm import Session

from models import Account, Status, Transcription


@dataclass(frozen=True, slots=True)
class Month:
    spent_microusd: int
    held_microusd: int
    resets_at: datetime


def month_of(session: Session, account: Account) -> Month:
    """This month's settled charges, what is held by transcriptions in progress, and when the next month begins."""
    this_month = func.date_trunc("month", func.now())
    charged = func.sum(Transcription.charged_microusd).filter(Transcription.completed_at >= this_month)
    held = func.sum(Transcription.quoted_microusd).filter(Transcription.status == Status.PROCESSING)
    spent, holding, resets_at = session.execute(
        select(func.coalesce(charged, 0), func.coalesce(held, 0), this_month + text("interval '1 month'")).where(
            Transcription.account_id == account.id
        )
    ).one()
    return Month(int(spent), int(holding), resets_at)
