"""The months of a wallet's credit: each begins on the anchor's day and hour, or on a shorter month's last day."""

from calendar import monthrange
from datetime import datetime


def period_at(anchor: datetime, moment: datetime) -> tuple[datetime, datetime]:
    """Start and end of the period that `moment`, not before the anchor, lies in; the end belongs to the next."""
    months = (moment.year - anchor.year) * 12 + moment.month - anchor.month
    if _months_after(anchor, months) > moment:
        months -= 1
    return _months_after(anchor, months), _months_after(anchor, months + 1)


def _months_after(anchor: datetime, months: int) -> datetime:
    """Counted from the anchor and not from the month before: else the 31st would become the 28th for good."""
    year, month = divmod(anchor.year * 12 + anchor.month - 1 + months, 12)
    return anchor.replace(year=year, month=month + 1, day=min(anchor.day, monthrange(year, month + 1)[1]))
