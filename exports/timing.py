"""When captions come and go: long enough to be read where there is room, and never two at once."""

from collections.abc import Sequence
from itertools import pairwise

from exports.options import Limits

# What is left of a caption where two people say everything at the same time.
LEAST_MILLISECONDS = 200


def timed(
    spoken: Sequence[tuple[float, float, int]], limits: Limits, duration_seconds: float
) -> list[tuple[float, float]]:
    """For each (start, end, columns) in order of start when it is shown, in seconds and whole milliseconds.

    A caption comes with its first word. It stays into the silence behind its last one for as long as it takes to read,
    and goes before the next one comes. Where two people speak at once they share the time by the length of what they
    say. The end of the recording is the last moment, unless a word itself is said to end later.
    """
    moments = [(_milliseconds(start), _milliseconds(end), columns) for start, end, columns in spoken]
    never = max([_milliseconds(duration_seconds), *(end for _, end, _ in moments)])
    shown: list[tuple[float, float]] = []
    earliest = 0
    for this, following in pairwise([*moments, (never, never, 0)]):
        start = max(this[0], earliest)
        is_last = len(shown) + 1 == len(moments)
        next_start = following[0]
        if not is_last and next_start < max(this[1], start + 1):
            next_start = _shared(start, this, following, limits)
        end = _end(start, this, next_start, limits, is_last)
        shown.append((start / 1000, end / 1000))
        earliest = max(end, next_start)
    return shown


def _end(start: int, this: tuple[int, int, int], next_start: int, limits: Limits, is_last: bool) -> int:
    _, said_until, columns = this
    read_until = start + max(limits.min_seconds, columns / limits.max_chars_per_second) * 1000
    wanted = max(said_until, _rounded_up(read_until))
    longest = start + _milliseconds(limits.max_seconds)
    with_gap = next_start if is_last else next_start - _rounded_up(limits.gap_seconds * 1000)
    if with_gap - start < min(LEAST_MILLISECONDS, next_start - start):
        with_gap = next_start
    return max(start + 1, min(wanted, longest, with_gap))


def _shared(start: int, this: tuple[int, int, int], following: tuple[int, int, int], limits: Limits) -> int:
    """When the second of two that are said at once comes: after the first one's share of their time."""
    until = max(this[1], following[1])
    share = start + (until - start) * this[2] // max(1, this[2] + following[2])
    latest = min(this[1], until - _milliseconds(limits.min_seconds))
    return max(following[0], start + LEAST_MILLISECONDS, min(share, latest))


def _milliseconds(seconds: float) -> int:
    return round(seconds * 1000)


def _rounded_up(milliseconds: float) -> int:
    return -int(-milliseconds // 1)
