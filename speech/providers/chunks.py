"""Where a recording that is too long for one request is cut: in pauses where there are any, always with an overlap."""

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

# What a chunk aims at and how far from there a pause is looked for, as shares of the longest: together no more than it.
AIM = 0.85
SEARCH = 0.15
SHORTEST_PAUSE_SECONDS = 0.4
# Pauses longer than this are all as good: the nearer is taken.
GENEROUS_PAUSE_SECONDS = 3.0
# A dozen words or two: enough to find the same ones on both sides. In a pause, too: what detection took for one may be
# a soft voice, cut in the middle of a word.
OVERLAP_SECONDS = 8.0

Span = tuple[float, float]


@dataclass(frozen=True, slots=True)
class Chunk:
    """Part of a recording, in seconds from its start. It overlaps the next."""

    start: float
    end: float

    @property
    def seconds(self) -> float:
        return self.end - self.start


def chunks(duration_seconds: float, speech: Sequence[Span], *, longest_seconds: float) -> tuple[Chunk, ...]:
    """The whole recording in chunks of about equal length, none longer than `longest_seconds`.

    `speech` holds the stretches of speech in seconds, in time order: what is between them is a pause. Neighbours share
    eight seconds (less of very short chunks) around the middle of the longest pause near the place aimed at, or around
    that place where there is none.
    """
    found = []
    start = 0.0
    half = min(OVERLAP_SECONDS, SEARCH * longest_seconds) / 2
    reach = SEARCH * longest_seconds - half
    while duration_seconds - start > longest_seconds:
        left = duration_seconds - start
        place = start + left / math.ceil(left / (AIM * longest_seconds))
        pause = _best_pause(speech, (place - reach, place + reach), place)
        middle = place if pause is None else (pause[0] + pause[1]) / 2
        found.append(Chunk(round(start, 3), round(middle + half, 3)))
        start = middle - half
    return (*found, Chunk(round(start, 3), duration_seconds))


def _best_pause(speech: Sequence[Span], window: Span, place: float) -> Span | None:
    """The longest pause inside the window, the nearest to `place` of those that are long enough."""
    pauses = [pause for pause in _pauses(speech, window) if pause[1] - pause[0] >= SHORTEST_PAUSE_SECONDS]
    return max(
        pauses,
        key=lambda pause: (min(pause[1] - pause[0], GENEROUS_PAUSE_SECONDS), -abs((pause[0] + pause[1]) / 2 - place)),
        default=None,
    )


def _pauses(speech: Sequence[Span], window: Span) -> Iterator[Span]:
    """The parts of the window without speech."""
    reached, latest = window
    for start, end in speech:
        if end <= reached:
            continue
        if start >= latest:
            break
        if start > reached:
            yield reached, start
        reached = end
    if reached < latest:
        yield reached, latest
