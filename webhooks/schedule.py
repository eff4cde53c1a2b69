"""When a delivery is tried, and when it is given up: ten attempts in about 76 hours."""

import random as randomness
from collections.abc import Callable
from datetime import timedelta

MINUTE, HOUR = 60.0, 3600.0
# What precedes each attempt, in seconds.
DELAYS_SECONDS = (
    *(0.0, 5.0, 5 * MINUTE, 30 * MINUTE, 2 * HOUR),
    *(5 * HOUR, 10 * HOUR, 14 * HOUR, 20 * HOUR, 24 * HOUR),
)
JITTER = 0.1
LONGEST_RETRY_AFTER_SECONDS = 24 * HOUR
GONE = 410
# An endpoint that has answered nothing well for so long is switched off.
GIVE_UP_AFTER = timedelta(days=5)


def is_success(status: int | None) -> bool:
    """Only 2xx is; a redirect is not, and is not followed."""
    return status is not None and 200 <= status < 300


def wait_after(
    tries: int, *, retry_after_seconds: float | None = None, random: Callable[[], float] = randomness.random
) -> float | None:
    """The seconds to wait after so many attempts that failed, None when there is to be no further one.

    It is never shorter than the receiver asks for in Retry-After, up to a day.
    """
    if tries >= len(DELAYS_SECONDS):
        return None
    wait = DELAYS_SECONDS[tries] * (1 + JITTER * (2 * random() - 1))
    return max(wait, min(retry_after_seconds or 0.0, LONGEST_RETRY_AFTER_SECONDS))
