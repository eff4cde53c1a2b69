"""What a recording looks like: how loud it is from its beginning to its end, small enough for a row of a table."""

import math
import mmap
from collections.abc import Callable
from pathlib import Path

POINTS = 1_500
BYTES_PER_SAMPLE = 2
# A part's loudness is estimated from so many of its samples, so that hours take no longer than minutes.
SAMPLES_LOOKED_AT = 1_000
# The loudest of all but a few parts is the full height: one bang must not flatten everything else.
FULL_HEIGHT_AT = 0.995
# Speech is quiet most of the time; drawn as it is measured, it would be a line with spikes.
EXPONENT = 0.6


def waveform(pcm: Path, *, on_tick: Callable[[], None]) -> bytes:
    """How loud each of up to 1,500 equal parts of a recording is, a byte for each, 255 being its loudest.

    `pcm` holds 16 kHz mono s16le and is mapped, not read: memory stays the same however long it is. `on_tick` is called
    for each part and may raise. No bytes where there are no samples. Without numpy, which what forks does not load.
    """
    count = pcm.stat().st_size // BYTES_PER_SAMPLE
    points = min(POINTS, count)
    if not points:
        return b""
    with pcm.open("rb") as file, mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) as mapped:
        loudness = _each_part(memoryview(mapped)[: count * BYTES_PER_SAMPLE].cast("h"), points, on_tick)
    full = sorted(loudness)[int(FULL_HEIGHT_AT * (points - 1))] or max(loudness) or 1.0
    return bytes(round(255 * min(1.0, each / full) ** EXPONENT) for each in loudness)


def _each_part(samples: memoryview, points: int, on_tick: Callable[[], None]) -> list[float]:
    loudness = []
    with samples:
        for point in range(points):
            on_tick()
            first, after = (len(samples) * edge // points for edge in (point, point + 1))
            loudness.append(_loudness(samples, first, after))
    return loudness


def _loudness(samples: memoryview, first: int, after: int) -> float:
    """The root of the mean square of samples spread evenly over a part."""
    step = max(1, (after - first) // SAMPLES_LOOKED_AT)
    with samples[first:after:step] as looked_at:
        return math.sqrt(sum(sample * sample for sample in looked_at) / len(looked_at))
