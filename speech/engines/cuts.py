"""Where a recording is cut into parts that are heard apart: in pauses, so that no word is cut."""

from collections.abc import Callable, Iterator
from typing import Any

import numpy as np
import numpy.typing as npt
from faster_whisper.vad import VadOptions, get_speech_timestamps

from speech.audio import SAMPLE_RATE
from speech.engines.speakers.listening import FRAME_SAMPLES

# How far on each side of the place aimed at a pause is looked for, and the most of that in shares of a part.
REACH_SECONDS = 30
LARGEST_REACH = 0.25
BRIEF_PAUSES = VadOptions(threshold=0.5, min_silence_duration_ms=100, speech_pad_ms=0)


def chunk_count(samples: int, *, chunk_seconds: float) -> int:
    """How many chunks near `chunk_seconds` so many samples make; what is no longer than two of them stays whole."""
    chunk = chunk_seconds * SAMPLE_RATE
    return 1 if samples <= 2 * chunk else round(samples / chunk)


def cuts(samples: npt.NDArray[Any], count: int, *, check: Callable[[], None] = lambda: None) -> Iterator[int]:
    """The samples at which parts begin, `count` of about equal length, without the first.

    `samples` are int16 or float32 −1..1, shape (samples,), 16 kHz mono. Only the surroundings of a cut are looked at,
    when it is asked for, and `check` is called before and may raise.
    """
    reach = int(min(REACH_SECONDS * SAMPLE_RATE, LARGEST_REACH * len(samples) / count))
    for number in range(1, count):
        check()
        place = len(samples) * number // count
        pause = _longest_pause(samples[place - reach : place + reach])
        middle = place if pause is None else place - reach + pause
        # Whole frames of the network that tells speakers apart, so that parts can be put together again for it.
        yield round(middle / FRAME_SAMPLES) * FRAME_SAMPLES


def as_float(samples: npt.NDArray[Any]) -> npt.NDArray[np.float32]:
    """Samples, int16 or float32, as float32 −1..1."""
    return samples if samples.dtype == np.float32 else samples.astype(np.float32) / 32768.0


def _longest_pause(window: npt.NDArray[Any]) -> int | None:
    """The middle of the longest pause in the window; None where there is none."""
    speech = get_speech_timestamps(as_float(window), BRIEF_PAUSES)
    edges = [0, *(edge for span in speech for edge in (span["start"], span["end"])), len(window)]
    length, middle = max((end - start, (start + end) // 2) for start, end in zip(edges[::2], edges[1::2], strict=True))
    return middle if length > 0 else None
