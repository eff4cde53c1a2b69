"""How often a request is sent again, and how long is waited in between."""

import random
from dataclasses import dataclass

from transcribe_client.errors import APIConnectionError, APIError, TranscribeError


@dataclass(frozen=True)
class Retries:
    """At most so many more attempts, after pauses that double from the first to the longest, half of each random so
    that many clients do not come back at the same moment. A `Retry-After` beyond `longest_wait_seconds` is an error."""

    most: int = 4
    first_pause_seconds: float = 0.5
    longest_pause_seconds: float = 8.0
    longest_wait_seconds: float = 60.0

    def pause(self, attempt: int, error: TranscribeError) -> float | None:
        """Seconds from attempt number `attempt`, which failed, to the next; None where there should be none."""
        if attempt >= self.most or not may_pass(error):
            return None
        wanted = error.retry_after_seconds if isinstance(error, APIError) else None
        if wanted is not None and wanted > self.longest_wait_seconds:
            return None
        backoff = min(self.longest_pause_seconds, self.first_pause_seconds * 2**attempt)
        return max(wanted or 0.0, random.uniform(backoff / 2, backoff))  # noqa: S311 (nothing secret depends on it)


def may_pass(error: TranscribeError) -> bool:
    """Whether asking again may help: no answer at all, 408, 429, 5xx, or the one conflict which says that this very
    request is still running."""
    if isinstance(error, APIError):
        return error.status in (408, 429) or error.status >= 500 or error.code == "idempotency_key_in_use"
    return isinstance(error, APIConnectionError)
