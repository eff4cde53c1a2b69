"""Times, money and languages as people read them."""

import math
from datetime import UTC, date, datetime

from markupsafe import Markup

from billing.prices import dollars
from blueprints.pages.languages import LANGUAGES
from exports import clocks
from handlers.pace import ready_at
from models import Transcription


def clock(seconds: float | None) -> str:
    """127.4 → "2:07", 3723 → "1:02:03"."""
    return "–" if seconds is None else clocks.clock(seconds)


def usd(microusd: int | None) -> str:
    return "–" if microusd is None else dollars(microusd)


def usd_change(microusd: int) -> str:
    """An amount with its sign, nothing for nothing: "+$0.50", "−$0.0009", ""."""
    if not microusd:
        return ""
    return f"+{dollars(microusd)}" if microusd > 0 else dollars(microusd)


def when(moment: datetime) -> Markup:
    """A <time> element: readable, exact, and in UTC for want of the reader's own zone."""
    moment = moment.astimezone(UTC)
    return Markup('<time datetime="{}">{}</time>').format(
        moment.isoformat(timespec="seconds"), f"{moment.day} {moment:%b %Y, %H:%M} UTC"
    )


def day(moment: date) -> str:
    """A date, or the UTC date of a time: "3 Dec 2025"."""
    if isinstance(moment, datetime):
        moment = moment.astimezone(UTC)
    return f"{moment.day} {moment:%b %Y}"


def time_left(transcription: Transcription) -> str | None:
    """How long it will still take to hear it, roughly, where that is known well enough."""
    # By this machine's clock: what that differs from the database's is less than the words are rounded by.
    moment = datetime.now(UTC)
    ready = ready_at(transcription, moment)
    if ready is None:
        return None
    minutes = math.ceil((ready - moment).total_seconds() / 60)
    if minutes <= 1:
        return "less than a minute left"
    if minutes < 90:
        return f"about {minutes} minutes left"
    return f"about {minutes / 60:.1f} hours left".replace(".0", "")


def language(code: str | None) -> str:
    return LANGUAGES.get(code or "", code or "–")
