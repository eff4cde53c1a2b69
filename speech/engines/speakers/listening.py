"""A recording as the networks hear it: who of three voices speaks in each frame of each window, and voiceprints.

Windows of ten seconds overlap by half, so that each moment is heard well inside one of them. Voiceprints are taken of
every second window, that is of each moment once: they are what costs most. Memory is bounded by a few bytes a frame.

The networks use one core a call, so calls are made side by side: windows are heard a little ahead, while voiceprints
are taken of those before.
"""

from collections import deque
from collections.abc import Callable, Iterator
from concurrent.futures import Executor, Future, ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Protocol

import numpy as np
import numpy.typing as npt

from speech.audio import SAMPLE_RATE

Floats = npt.NDArray[np.float32]
Numbers = npt.NDArray[np.int_]
Flags = npt.NDArray[np.bool_]

# The segmentation's frames: one every 270 samples, each from about a thousand around its centre.
FRAME_SAMPLES = 270
FIRST_CENTRE = 495
FRAME_SECONDS = FRAME_SAMPLES / SAMPLE_RATE
WINDOW_SAMPLES = 10 * SAMPLE_RATE
WINDOW_FRAMES = 589
HOP_FRAMES = 296
HOP_SAMPLES = HOP_FRAMES * FRAME_SAMPLES
# A voice speaks where it is at least so likely to.
ONSET = 0.45
WINDOWS_AT_ONCE = 4
STRETCHES_AT_ONCE = 8
STRETCH_FRAMES = 150
# A voiceprint of less than a fifth of a second says nothing.
FEWEST_FRAMES = 20
# For each frame of a window's filterbank (10 ms) the frame of its segmentation.
FRAME_AT = ((np.arange(1000) * 160 + 80 - FIRST_CENTRE) / FRAME_SAMPLES).round().clip(0, WINDOW_FRAMES - 1).astype(int)


class Samples(Protocol):
    """Of which a slice is int16 samples: an array, or a `speech.engines.speakers.spans.Span`."""

    def __len__(self) -> int: ...

    def __getitem__(self, part: slice, /) -> npt.NDArray[np.int16]: ...


class Networks(Protocol):
    """What `speech.engines.speakers.networks` does; called by several threads at a time."""

    def activity(self, windows: Floats) -> Floats: ...

    def filterbank(self, samples: Floats) -> Floats: ...

    def voiceprints(self, filterbanks: Floats) -> Floats: ...


@dataclass(frozen=True, slots=True)
class Heard:
    """What the networks made of a recording of `seconds`.

    `offsets` has the first frame of each window, `activity` how likely each of its voices speaks in each of its frames,
    shape (windows, WINDOW_FRAMES, voices). `stretch_of` has for each frame of the recording the stretch that it is
    part of, −1 for none, and `voiceprints` a unit vector for each stretch.
    """

    seconds: float
    offsets: Numbers
    activity: npt.NDArray[np.float16]
    stretch_of: Numbers
    voiceprints: Floats


def listen(
    samples: Samples,
    networks: Networks,
    *,
    threads: int,
    on_progress: Callable[[float, float], None],
    check: Callable[[], None],
) -> Heard:
    """Hear all of `samples` (int16, 16 kHz mono). `check` is called about every twenty seconds and may raise.

    What is heard does not depend on the number of `threads`.
    """
    seconds = len(samples) / SAMPLE_RATE
    offsets = _offsets(len(samples))
    activity = []
    with _side_by_side(threads) as pool:
        stretches = _Stretches(networks, pool, frames=int(offsets[-1]) + WINDOW_FRAMES)
        # Queued behind the windows ahead, voiceprints hold these up in turn, so that neither pile up.
        for number, window, heard in _windows(samples, offsets, networks, pool, ahead=threads):
            if number % WINDOWS_AT_ONCE == 0:
                check()
            activity.append(heard.astype(np.float16))
            if number % 2 == 0 or number == len(offsets) - 1:
                stretches.add(offsets[number], window, heard > ONSET)
            on_progress(min(seconds, (offsets[number] * FRAME_SAMPLES + WINDOW_SAMPLES) / SAMPLE_RATE), seconds)
        return Heard(seconds, offsets, np.stack(activity), stretches.of_frame, stretches.voiceprints())


def alone(active: Flags) -> Flags:
    """Where a voice speaks and no other does. Shape (frames, voices), as `active`."""
    lonely: Flags = active.sum(axis=1, keepdims=True) == 1
    return active & lonely


class _Stretches:
    """One voice's frames of a window in lots of one and a half seconds, each with a voiceprint."""

    def __init__(self, networks: Networks, pool: Executor, frames: int) -> None:
        self._networks = networks
        self._pool = pool
        self._waiting: list[Floats] = []
        self._taken: list[Future[Floats]] = []
        self._count = 0
        self.of_frame = np.full(frames, -1)

    def add(self, offset: int, window: Floats, active: Flags) -> None:
        """Take voiceprints of who speaks alone in the window, as far as that was not done before."""
        of_frame = self.of_frame[offset : offset + WINDOW_FRAMES]
        fresh = alone(active) & (of_frame < 0)[:, None]
        if not fresh.any():
            return
        features = self._networks.filterbank(window)
        for voice in fresh.T:
            rows = np.flatnonzero(voice[FRAME_AT])
            if len(rows) >= FEWEST_FRAMES:
                frames, lots = np.flatnonzero(voice), list(_lots(rows))
                of_frame[frames] = self._count + np.arange(len(frames)) * len(lots) // len(frames)
                self._count += len(lots)
                self._waiting += [features[lot] - features[lot].mean(axis=0) for lot in lots]
        while len(self._waiting) >= STRETCHES_AT_ONCE:
            self._take_voiceprints()

    def voiceprints(self) -> Floats:
        """Those of all that was added, shape (stretches, numbers)."""
        if self._waiting:
            self._take_voiceprints()
        taken = [voiceprints.result() for voiceprints in self._taken]
        return np.concatenate(taken) if taken else np.zeros((0, 1), dtype=np.float32)

    def _take_voiceprints(self) -> None:
        stretches = np.stack(self._waiting[:STRETCHES_AT_ONCE])
        self._taken.append(self._pool.submit(self._networks.voiceprints, stretches))
        del self._waiting[:STRETCHES_AT_ONCE]


@contextmanager
def _side_by_side(threads: int) -> Iterator[Executor]:
    """Threads that begin nothing more once the block is left."""
    pool = ThreadPoolExecutor(threads, thread_name_prefix="voices")
    try:
        yield pool
    finally:
        pool.shutdown(cancel_futures=True)


def _windows(
    samples: Samples, offsets: Numbers, networks: Networks, pool: Executor, ahead: int
) -> Iterator[tuple[int, Floats, Floats]]:
    """Each window in turn: its number, its samples, and the activity of its voices."""

    def hear(first: int) -> list[tuple[int, Floats, Floats]]:
        numbers = range(first, min(first + WINDOWS_AT_ONCE, len(offsets)))
        windows = np.stack([_window(samples, offsets[number]) for number in numbers])
        return list(zip(numbers, windows, networks.activity(windows), strict=True))

    begun: deque[Future[list[tuple[int, Floats, Floats]]]] = deque()
    for first in range(0, len(offsets), WINDOWS_AT_ONCE):
        begun.append(pool.submit(hear, first))
        if len(begun) > ahead:
            yield from begun.popleft().result()
    while begun:
        yield from begun.popleft().result()


def _lots(rows: Numbers) -> Iterator[Numbers]:
    """The rows in lots of STRETCH_FRAMES, evenly spread; fewer rows are repeated until they are one lot."""
    count = -(-len(rows) // STRETCH_FRAMES)
    for start in np.linspace(0, max(0, len(rows) - STRETCH_FRAMES), count).round().astype(int):
        yield np.resize(rows[start : start + STRETCH_FRAMES], STRETCH_FRAMES)


def _offsets(sample_count: int) -> Numbers:
    """The first frame of each window; the last one ends with the recording."""
    last = max(0, sample_count - WINDOW_SAMPLES) // FRAME_SAMPLES
    return np.append(np.arange(0, last, HOP_FRAMES), last)


def _window(samples: Samples, offset: int) -> Floats:
    """The window's samples as float32 −1..1, with silence after a recording that is shorter than it."""
    start = int(offset) * FRAME_SAMPLES
    part = samples[start : start + WINDOW_SAMPLES].astype(np.float32) / 32768
    return np.pad(part, (0, WINDOW_SAMPLES - len(part)))
