"""Where a long recording is cut into chunks that several workers hear: in pauses, so that no word is cut."""

from collections.abc import Callable
from typing import Any

import numpy as np
import numpy.typing as npt
from faster_whisper.vad import get_speech_timestamps

from speech.engines.pieces import BRIEF_PAUSES, SAMPLE_RATE

# How far on each side of the place aimed at a pause is looked for, and the most of that in shares of a chunk.
REACH_SECONDS = 30
LARGEST_REACH = 0.25
# The frame of the network that tells speakers apart, so that chunks of it are chunks of frames too.
FRAME_SAMPLES = 270


def cuts(samples: npt.NDArray[Any], *, chunk_seconds: float, check: Callable[[], None] = lambda: None) -> list[int]:
    """The samples at which chunks of about equal length, near `chunk_seconds`, begin, without the first.

    `samples` are int16 or float32 −1..1, shape (samples,), 16 kHz mono. What is no longer than two chunks is not cut.
    Only the surroundings of the cuts are looked at, and `check` is called before each and may raise.
    """
    chunk = chunk_seconds * SAMPLE_RATE
    if len(samples) <= 2 * chunk:
        return []
    count = round(len(samples) / chunk)
    reach = int(min(REACH_SECONDS * SAMPLE_RATE, LARGEST_REACH * chunk))
    found = []
    for number in range(1, count):
        check()
        place = len(samples) * number // count
        pause = _longest_pause(samples[place - reach : place + reach])
        middle = place if pause is None else place - reach + pause
        found.append(round(middle / FRAME_SAMPLES) * FRAME_SAMPLES)
    return found


def _longest_pause(window: npt.NDArray[Any]) -> int | None:
    """The middle of the longest pause in the window; None where there is none."""
    if window.dtype != np.float32:
        window = window.astype(np.float32) / 32768.0
    speech = get_speech_timestamps(window, BRIEF_PAUSES)
    edges = [0, *(edge for span in speech for edge in (span["start"], span["end"])), len(window)]
    length, middle = max((end - start, (start + end) // 2) for start, end in zip(edges[::2], edges[1::2], strict=True))
    return middle if length > 0 else None
