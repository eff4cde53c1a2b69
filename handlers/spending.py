"""What an account spends: in the month, by day, by pipeline, by key. All of it is sums of captures."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Literal

from sqlalchemy import Date, cast, func, select
from sqlalchemy.orm import Session

from db import now
from errors import Invalid
from models import Account, UsageDay, Wallet

Grouping = Literal["day", "pipeline", "api_key"]
GROUPS = {"day": UsageDay.day, "pipeline": UsageDay.pipeline_code, "api_key": UsageDay.api_key_id}
DASHBOARD = "dashboard"
FIRST_OF_MONTH = cast(func.date_trunc("month", func.timezone("UTC", func.statement_timestamp())), Date)
MAX_SPAN = timedelta(days=366)


@dataclass(frozen=True, slots=True)
class Month:
    """The calendar month, in UTC."""

    spent_microusd: int
    held_microusd: int
    starts_on: date
    resets_at: datetime

    @property
    def committed_microusd(self) -> int:
        """What counts against the cap: a hold may become a charge."""
        return self.spent_microusd + self.held_microusd


@dataclass(frozen=True, slots=True)
class Usage:
    """What was transcribed and spent by one group: a day, a pipeline, or a key (`dashboard` where it was none)."""

    group: str
    transcriptions: int
    seconds: float
    spent_microusd: int


@dataclass(frozen=True, slots=True)
class KeySpending:
    this_month_microusd: int = 0
    all_time_microusd: int = 0


def month_of(session: Session, wallet: Wallet) -> Month:
    """This month's charges, all that is held now, and when the next month begins."""
    spent, starts_on = session.execute(
        select(func.coalesce(func.sum(UsageDay.charged_microusd), 0), FIRST_OF_MONTH).where(
            UsageDay.wallet_id == wallet.id, UsageDay.day >= FIRST_OF_MONTH
        )
    ).one()
    year, month = divmod(starts_on.year * 12 + starts_on.month, 12)
    resets_at = datetime(year, month + 1, 1, tzinfo=UTC)
    return Month(int(spent), wallet.held_microusd, starts_on, resets_at)


def usage_of(
    session: Session, account: Account, *, first: date | None, last: date | None, group_by: Grouping
) -> Sequence[Usage]:
    """Transcriptions, seconds and charges from one UTC day to another, both included; groups with none are left out.

    The days are those of `days_asked_for`. Newest first by day, most expensive first otherwise. Raises Invalid when the
    days are out of order or more than a year apart.
    """
    first, last = days_asked_for(today(session), first, last)
    if first > last:
        raise Invalid("from is after to.", param="from")
    if last - first > MAX_SPAN:
        raise Invalid("from and to are at most a year apart.", param="from")
    group = GROUPS[group_by]
    spent = func.sum(UsageDay.charged_microusd)
    rows = session.execute(
        select(group, func.sum(UsageDay.transcriptions), func.sum(UsageDay.seconds), spent)
        .join(Wallet, Wallet.id == UsageDay.wallet_id)
        .where(Wallet.account_id == account.id, UsageDay.day.between(first, last))
        .group_by(group)
        .order_by(group.desc() if group_by == "day" else spent.desc(), group)
    )
    return [
        Usage(str(name) or DASHBOARD, int(count), float(seconds), int(amount)) for name, count, seconds, amount in rows
    ]


def days_asked_for(today: date, first: date | None, last: date | None) -> tuple[date, date]:
    """From the first of the last day's month, unless another day is named, to today, unless another is."""
    last = last or max(today, first or date.min)
    return first or last.replace(day=1), last


def spending_by_key(session: Session, account: Account) -> Mapping[str, KeySpending]:
    """This month's and all charges by the key's public id, `dashboard` for those without a key."""
    this_month = func.sum(UsageDay.charged_microusd).filter(UsageDay.day >= FIRST_OF_MONTH)
    rows = session.execute(
        select(UsageDay.api_key_id, func.coalesce(this_month, 0), func.sum(UsageDay.charged_microusd))
        .join(Wallet, Wallet.id == UsageDay.wallet_id)
        .where(Wallet.account_id == account.id)
        .group_by(UsageDay.api_key_id)
    )
    return {key_id or DASHBOARD: KeySpending(int(month), int(total)) for key_id, month, total in rows}


def today(session: Session) -> date:
    """The UTC date by the database's clock."""
    return now(session).date()
