"""Where the bars of a chart stand, in units of its own: the template draws them, CSS gives them size and color."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from handlers.spending import Usage

HEIGHT = 100.0
LEAST_VISIBLE = 1.5
NARROW_FROM_DAYS = 93
STEPS = (1, 2, 5, 10)


@dataclass(frozen=True, slots=True)
class DayBar:
    """One day's bar; `height` is 0 to 100 of the chart's, `x` and `width` are in days from its left edge."""

    day: date
    x: float
    width: float
    height: float
    usage: Usage | None


@dataclass(frozen=True, slots=True)
class DayChart:
    """Every day of a period, those without use too, up to a round amount at the top."""

    top_microusd: int
    bars: Sequence[DayBar]


def day_chart(rows: Sequence[Usage], first: date, last: date) -> DayChart:
    used = {row.group: row for row in rows}
    top = round_up(max((row.spent_microusd for row in rows), default=0))
    days = [first + timedelta(days=number) for number in range((last - first).days + 1)]
    gap = 0.0 if len(days) >= NARROW_FROM_DAYS else 0.2
    return DayChart(top, [_bar(day, number, gap, used.get(day.isoformat()), top) for number, day in enumerate(days)])


def shares(rows: Sequence[Usage]) -> list[float]:
    """How long each row's bar is, 0 to 100, the longest being the full width."""
    most = max((row.spent_microusd for row in rows), default=0)
    return [_visible(row.spent_microusd, most) for row in rows]


def round_up(microusd: int) -> int:
    """The next of 1, 2, 5, 10, 20, 50, … micro-dollars, so that the scale has a number people can halve."""
    power: int = 10 ** (len(str(max(microusd, 1))) - 1)
    return next(step * power for step in STEPS if step * power >= microusd)


def _bar(day: date, number: int, gap: float, usage: Usage | None, top: int) -> DayBar:
    height = _visible(usage.spent_microusd, top) if usage else 0.0
    return DayBar(day, round(number + gap / 2, 2), round(1 - gap, 2), height, usage)


def _visible(amount: int, most: int) -> float:
    return round(max(LEAST_VISIBLE, HEIGHT * amount / most), 2) if amount > 0 else 0.0
