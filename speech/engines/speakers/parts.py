"""Parts: what one voice says in one window, with how it sounds, cut where it turns out to be two people.

The segmentation sometimes takes two people who follow each other for one voice. Their voiceprints tell: inside one
person's part any two halves sound alike, across a change they do not.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise

import numpy as np

from speech.engines.speakers.listening import FRAME_SECONDS, ONSET, WINDOW_FRAMES, Floats, Heard, Numbers, alone

# Two sides less alike than this (cosine) are two people's.
ALIKE = 0.62
SHORTEST_SIDE = int(0.7 / FRAME_SECONDS)
# A change lies in the longest pause near the border of two stretches.
NEAR = int(0.8 / FRAME_SECONDS)


@dataclass(frozen=True, slots=True)
class Part:
    """The frames `first` to `after` of a window's voice. `voiceprint` is a unit vector, or zero where the voice never
    speaks alone; `clear_seconds` is how long it does."""

    window: int
    voice: int
    first: int
    after: int
    voiceprint: Floats
    clear_seconds: float
    active_seconds: float


def parts_of(heard: Heard) -> list[Part]:
    """The parts of every voice in every window, in order of the windows."""
    return [part for window in range(len(heard.offsets)) for part in _window_parts(heard, window)]


def _window_parts(heard: Heard, window: int) -> Iterator[Part]:
    active = heard.activity[window] > ONSET
    stretches = heard.stretch_of[heard.offsets[window] :][:WINDOW_FRAMES]
    clear = alone(active) & (stretches >= 0)[:, None]
    for voice in np.flatnonzero(active.any(axis=0)):
        frames = np.flatnonzero(clear[:, voice])
        cuts = _changes(frames, heard.voiceprints[stretches[frames]]) if len(frames) else []
        for first, after in pairwise([0, *cuts, WINDOW_FRAMES]):
            inside = stretches[frames[(frames >= first) & (frames < after)]]
            yield Part(
                window=window,
                voice=int(voice),
                first=first,
                after=after,
                voiceprint=unit(heard.voiceprints[inside].sum(axis=0)),
                clear_seconds=len(inside) * FRAME_SECONDS,
                active_seconds=float(active[first:after, voice].sum()) * FRAME_SECONDS,
            )


def unit(vectors: Floats) -> Floats:
    """The vectors with length one; those without a direction stay zero."""
    lengths = np.linalg.norm(vectors, axis=-1, keepdims=True)
    return np.asarray(vectors / np.maximum(lengths, 1e-9), dtype=np.float32)


def _changes(frames: Numbers, voiceprints: Floats) -> list[int]:
    """The frames at which another person takes over. `voiceprints` has one for each of the `frames`."""
    sums = voiceprints.cumsum(axis=0)
    borders = np.flatnonzero((voiceprints[1:] != voiceprints[:-1]).any(axis=1)) + 1
    borders = borders[(borders >= SHORTEST_SIDE) & (borders <= len(frames) - SHORTEST_SIDE)]
    if not len(borders):
        return []
    before = sums[borders - 1]
    likeness = (unit(before) * unit(sums[-1] - before)).sum(axis=1)
    if likeness.min() >= ALIKE:
        return []
    cut = _pause(frames, int(borders[likeness.argmin()]))
    return [*_changes(frames[:cut], voiceprints[:cut]), int(frames[cut]), *_changes(frames[cut:], voiceprints[cut:])]


def _pause(frames: Numbers, border: int) -> int:
    """Where the longest pause near the border ends, or the border itself where nobody pauses."""
    earliest = max(1, border - NEAR)
    gaps = np.diff(frames)[earliest - 1 : border + NEAR]
    return earliest + int(gaps.argmax()) if gaps.max() > 2 else border
