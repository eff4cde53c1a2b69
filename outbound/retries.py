"""One retry policy for every service we ask: what may pass is asked again, for a while; what is final is said at once.

A provider tells, by its verdict on each exception, which of the two it is. The waits grow exponentially with full
jitter, so that jobs which failed together do not come back together, and are never shorter than the provider asks for
in Retry-After.
"""

import email.utils
import logging
import random as randomness
import re
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import TypeVar

from errors import Outcome, ProviderError

FIRST_WAIT_SECONDS = 1.0
LONGEST_WAIT_SECONDS = 30.0
TRIES = 8
TICK_SECONDS = 2.0
TRANSIENT_STATUSES = frozenset({408, 409, 429})
REASON_CHARACTERS = 300
SECRETS = re.compile(
    r"""
    (?: https? | oss | wss? ) :// [^\s"'<>]+     # an address may carry a signature in its query
    | \b (?: sk | pk | key | proj | org ) [-_] [\w*.-]+
    | (?<= bearer \s ) \S+
    | \b data: [^\s"'<>,]* , \S+
    | \b [\w*+/=-]{40,}
    """,
    re.VERBOSE | re.IGNORECASE,
)

T = TypeVar("T")

logger = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Transient:
    """A fault that may pass: ask again, no sooner than `retry_after_seconds`. `outcome` is raised when it does not."""

    outcome: Outcome = field(default_factory=ProviderError)
    retry_after_seconds: float | None = None


# What an exception means: an Outcome is final and raised as it is.
Verdict = Outcome | Transient


class Patience:
    """The waits between the tries of one call: at most `tries` of them, none begun after `budget_seconds`."""

    def __init__(
        self,
        budget_seconds: float,
        *,
        tries: int = TRIES,
        random: Callable[[], float] = randomness.random,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._clock = clock
        self._random = random
        self._deadline = clock() + budget_seconds
        self._tries_left = tries - 1
        self._wait_seconds = FIRST_WAIT_SECONDS

    def wait_after(self, verdict: Verdict) -> float:
        """How many seconds to wait before the next try. Raises the verdict's outcome where there is to be none."""
        if isinstance(verdict, Outcome):
            raise verdict
        seconds = self._random() * self._wait_seconds + (verdict.retry_after_seconds or 0.0)
        if self._tries_left <= 0 or self._clock() + seconds > self._deadline:
            raise verdict.outcome
        self._tries_left -= 1
        self._wait_seconds = min(2 * self._wait_seconds, LONGEST_WAIT_SECONDS)
        return seconds


def retrying(
    call: Callable[[], T],
    *,
    verdict: Callable[[Exception], Verdict],
    budget_seconds: float,
    tick: Callable[[], None],
    tries: int = TRIES,
    sleep: Callable[[float], object] = time.sleep,
    random: Callable[[], float] = randomness.random,
    clock: Callable[[], float] = time.monotonic,
) -> T:
    """What `call` returns, tried again while its exceptions are transient and the budget lasts.

    `verdict` gets each exception of `call` and raises it again where it is none of the provider's. `tick` is called
    at least every two seconds of waiting; what it raises rises. A try that has begun is not interrupted: `call` brings
    its own time-out. Raises the Outcome of the last verdict.
    """
    patience = Patience(budget_seconds, tries=tries, random=random, clock=clock)
    while True:
        try:
            return call()
        except Exception as error:
            seconds = wait_after(error, verdict, patience)
        wait(seconds, tick=tick, sleep=sleep)


def wait_after(error: Exception, verdict: Callable[[Exception], Verdict], patience: Patience) -> float:
    """The wait that a failed try is followed by. Raises, caused by `error`, where nothing follows."""
    judged = verdict(error)
    try:
        seconds = patience.wait_after(judged)
    except Outcome as outcome:
        logger.warning("gave up: %s (%s)", outcome.code, type(error).__name__)
        raise outcome from error
    logger.info("%s may pass; trying again in %.1f s", type(error).__name__, seconds)
    return seconds


def wait(seconds: float, *, tick: Callable[[], None], sleep: Callable[[float], object] = time.sleep) -> None:
    """Wait, with a tick before and at least every two seconds."""
    tick()
    while seconds > 0:
        sleep(min(seconds, TICK_SECONDS))
        seconds -= TICK_SECONDS
        tick()


def transient_status(status: int, headers: Mapping[str, str], outcome: Outcome | None = None) -> Transient | None:
    """The verdict on an HTTP status that may pass (408, 409, 429, 5xx), None on any other.

    `headers` has lower-case names, or is a mapping that does not mind. A server that says `x-should-retry: false` is
    believed. Money that has run out comes as 429, too: look for that first.
    """
    should_retry = headers.get("x-should-retry", "").strip().lower()
    if should_retry == "false" or not (status in TRANSIENT_STATUSES or status >= 500):
        return None
    return Transient(outcome or ProviderError(), retry_after_seconds(headers))


def retry_after_seconds(headers: Mapping[str, str], *, now: datetime | None = None) -> float | None:
    """What Retry-After asks for: `retry-after-ms`, seconds or a date (RFC 9110, 10.2.3). None without a sound one."""
    milliseconds = _number(headers.get("retry-after-ms"))
    if milliseconds is not None:
        return milliseconds / 1000
    value = headers.get("retry-after")
    seconds = _number(value)
    if seconds is not None or value is None:
        return seconds
    try:
        date = email.utils.parsedate_to_datetime(value)
    except ValueError:
        return None
    date = date if date.tzinfo else date.replace(tzinfo=UTC)
    return max(0.0, (date - (now or datetime.now(UTC))).total_seconds())


def reason(text: object) -> str:
    """What a provider said, fit for the log: one short line without addresses, keys and embedded files."""
    line = "".join(character if character.isprintable() else " " for character in str(text)[: 4 * REASON_CHARACTERS])
    line = " ".join(SECRETS.sub("[…]", line).split())
    return line if len(line) <= REASON_CHARACTERS else line[: REASON_CHARACTERS - 1] + "…"


def _number(value: str | None) -> float | None:
    """A decimal number that is not negative."""
    text = (value or "").strip()
    return float(text) if re.fullmatch(r"[0-9]{1,9}(\.[0-9]{1,9})?", text) else None
