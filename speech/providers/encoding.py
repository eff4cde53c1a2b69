"""Part of a decoded recording as an MP3 that any provider takes.

What is uploaded is always made here from our own 16 kHz mono samples, never the file that came in: one path for every
container, no surprises in it, and a size that is known before.
"""

import io
import math
from collections.abc import Callable, Iterator
from fractions import Fraction
from pathlib import Path
from typing import Any

SAMPLE_RATE = 16_000
BYTES_PER_SAMPLE = 2
BIT_RATE = 64_000
BYTES_PER_SECOND = BIT_RATE // 8
# The frame that tells the length, and the encoder's delay and padding.
MOST_EXTRA_BYTES = 4_096
CONTAINER, CODEC = "mp3", "libmp3lame"
# LAME's quality from 0 (best, slow) to 9: at this bit rate there is nothing to be won below 7 but waiting.
OPTIONS = {"compression_level": "7"}
MEDIA_TYPE = "audio/mpeg"
EXTENSION = "mp3"
BLOCK_SECONDS = 10


def encoded(pcm: Path, start: float, end: float, *, on_block: Callable[[], None] = lambda: None) -> bytes:
    """Seconds `start` to `end` of 16 kHz mono s16le samples, at 64 kb/s and to the sample as long as what went in.

    Takes about a hundredth of the time that it lasts, and any number of threads may call it. `on_block` is called for
    each ten seconds of sound and may raise to end it.
    """
    import av  # here, because a worker that forks must not hold FFmpeg

    output = io.BytesIO()
    with av.open(output, "w", format=CONTAINER) as container:
        stream: Any = container.add_stream(CODEC, rate=SAMPLE_RATE, layout="mono", options=OPTIONS)
        stream.bit_rate = BIT_RATE
        for frame in _frames(av, pcm, round(start * SAMPLE_RATE), round(end * SAMPLE_RATE)):
            on_block()
            container.mux(stream.encode(frame))
        container.mux(stream.encode(None))
    return output.getvalue()


def most_bytes(seconds: float) -> int:
    """What `encoded` never exceeds for a part of that length."""
    return math.ceil(seconds * BYTES_PER_SECOND) + MOST_EXTRA_BYTES


def seconds_in(size_bytes: int) -> float:
    """The longest part that `encoded` gets into so many bytes."""
    return (size_bytes - MOST_EXTRA_BYTES) / BYTES_PER_SECOND


def _frames(av: Any, pcm: Path, first: int, after: int) -> Iterator[Any]:
    """The samples `first` to `after`, as far as there are any, in frames of ten seconds."""
    position = 0
    with pcm.open("rb") as samples:
        samples.seek(first * BYTES_PER_SAMPLE)
        while block := samples.read(min(BLOCK_SECONDS * SAMPLE_RATE, after - first - position) * BYTES_PER_SAMPLE):
            frame = av.AudioFrame(format="s16", layout="mono", samples=len(block) // BYTES_PER_SAMPLE)
            # A plane is padded to the codec's alignment.
            frame.planes[0].update(block.ljust(frame.planes[0].buffer_size, b"\0"))
            frame.sample_rate, frame.time_base, frame.pts = SAMPLE_RATE, Fraction(1, SAMPLE_RATE), position
            position += frame.samples
            yield frame
