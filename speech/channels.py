"""The two channels of a stereo recording: what they are mixed from, and when each one's voice speaks.

A call is often recorded with one party a channel, and then the channels know better who speaks than any comparison of
voices. Such a recording shows in the difference of its channels' levels: one party at a time makes two heaps of it, one
for each, however loud each is and although each may be heard faintly on the other's channel. Music, a room, or a voice
put into both channels makes one heap, and nothing is concluded.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt

from speech.calls import LEFT, RIGHT, SIDES
from speech.diarization import SpeakerTurn

SAMPLE_RATE = 16_000
FRAME = 320  # 20 ms
FRAMES_A_SECOND = SAMPLE_RATE // FRAME
BLOCK = FRAME * FRAMES_A_SECOND * 60
# Syllables rise and fall: over a tenth of a second a voice is there or not, and over half a second an echo, which comes
# late, is quieter than the voice that it is of.
BRIEF, LASTING = 5, 25  # frames

# Decibels, full scale being 0. A channel that is never louder, or so much quieter than the other, is dead: hum, dither.
SILENT, DEAD_BELOW_OTHER = -75.0, 50.0
OPPOSED = -0.9
# Where a voice is heard on a channel: above its noise, and not far below its own loudest.
ABOVE_NOISE, QUIETEST, LOUDEST_THRESHOLD = 6.0, 35.0, 25.0
LOUDEST_PERCENTILE, NOISE_PERCENTILE = 99.5, 10.0
LEAST_RANGE = 15.0

# The heaps of a call. One bell-shaped heap cut at its best place keeps 0.64 of its variance between the halves (2 / π).
# A call with an echo 10 dB below keeps 0.9 and has them 19 dB apart, talk over each other all along 0.7; music that was
# tried has them 1 to 3 dB apart, and a voice that wanders between the channels by 6 dB to either side 12.
LEAST_SEPARATION, LEAST_DISTANCE, LEAST_SHARE, LEAST_SECONDS = 0.7, 15.0, 0.02, 0.5
FURTHEST = 40.0

LONGEST_GAP, SHORTEST_TURN, MARGIN = 15, 5, 10  # frames

Decibels = npt.NDArray[np.float32]
Flags = npt.NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class Levels:
    """How loud each channel is, frame by frame: `decibels` of full scale, shape (frames, 2).

    `difference` is by how many decibels the left one is louder around each frame, shape (frames,); `likeness` the
    correlation of the channels over all of the recording, −1..1.
    """

    decibels: Decibels
    difference: Decibels
    likeness: float


def mix_down(stereo: Path, mono: Path, *, on_tick: Callable[[], None]) -> tuple[SpeakerTurn, ...] | None:
    """Write `stereo` (16 kHz s16le, left and right in turn) to `mono` as one channel, and say who speaks when.

    The mix is the mean of the channels; of a pair of which one is dead, or the other upside down, it is one of them at
    its full level. The turns are those of `call_turns`.
    """
    levels = measured(stereo, on_tick)
    side = _side_to_keep(levels)
    with mono.open("wb") as mixed:
        for pair in _blocks(stereo, on_tick):
            # Halved before they are added, which no sum of two overflows; the lost halves make one.
            mean = (pair[:, 0] >> 1) + (pair[:, 1] >> 1) + (pair[:, 0] & pair[:, 1] & 1)
            mixed.write((mean if side is None else pair[:, side]).astype("<i2").tobytes())
    return call_turns(levels)


def measured(stereo: Path, on_tick: Callable[[], None]) -> Levels:
    decibels, products = [], np.zeros(3)
    for pair in _blocks(stereo, on_tick):
        whole = len(pair) // FRAME * FRAME
        frames = pair[:whole].reshape(-1, FRAME, 2).astype(np.float32) / 32768
        power = np.einsum("fsc,fsc->fc", frames, frames) / FRAME
        both = np.einsum("fsc,fs->c", frames, frames[:, :, 1])
        products += (power[:, 0].sum() * FRAME, both[0], both[1])
        decibels.append(power)
    power = np.concatenate(decibels) if decibels else np.zeros((0, 2), np.float32)
    left, shared, right = products
    likeness = float(shared / np.sqrt(left * right)) if left > 0 and right > 0 else 0.0
    around = _decibels(power, LASTING)
    return Levels(_decibels(power, BRIEF), np.clip(around[:, 0] - around[:, 1], -FURTHEST, FURTHEST), likeness)


def keep_apart(stereo: Path, turns: Sequence[SpeakerTurn], *, on_tick: Callable[[], None]) -> None:
    """Silence each channel in `stereo` where only the other's voice speaks: what is heard of it there is an echo."""
    count = stereo.stat().st_size // 4
    samples = np.memmap(stereo, dtype="<i2", mode="r+", shape=(count, 2))
    talking = {name: np.zeros(count // FRAME + 1, np.bool_) for name in SIDES}
    for turn in turns:
        talking[turn.speaker][_frame(turn.start) : _frame(turn.end)] = True
    for side, (own, other) in enumerate((SIDES, SIDES[::-1])):
        for start, end in _stretches(talking[other] & ~_widened(talking[own])):
            on_tick()
            samples[start * FRAME : end * FRAME, side] = 0
    samples.flush()


def call_turns(levels: Levels) -> tuple[SpeakerTurn, ...] | None:
    """When the voice on each channel speaks, in time order, as turns of LEFT and RIGHT, which may overlap.

    None where the channels are not two voices': music, a room, one voice in both, one channel without a voice. A voice
    that is heard on the other's channel too, quieter there, is no turn of the other's. The cut between the heaps is
    Otsu's (A threshold selection method from gray-level histograms, 1979).
    """
    if len(levels.decibels) < FRAMES_A_SECOND:
        return None
    active = np.stack([_active(levels.decibels[:, side]) for side in (0, 1)], axis=1)
    spoken = active.any(axis=1)
    heaps = _heaps(levels.difference[spoken])
    if heaps is None:
        return None
    lower, upper = heaps
    middle, near = (lower + upper) / 2, (upper - lower) / 4
    is_left, is_right = levels.difference > middle - near, levels.difference < middle + near
    talking = {LEFT: active[:, 0] & is_left, RIGHT: active[:, 1] & is_right}
    turns = [turn for name, flags in talking.items() for turn in _turns(name, flags)]
    if {turn.speaker for turn in turns} != {LEFT, RIGHT}:
        return None
    return tuple(sorted(turns, key=lambda turn: (turn.start, turn.end)))


def _blocks(stereo: Path, on_tick: Callable[[], None]) -> Iterator[npt.NDArray[np.int16]]:
    """The samples minute by minute, shape (samples, 2)."""
    count = stereo.stat().st_size // 4
    if not count:
        return
    samples = np.memmap(stereo, dtype="<i2", mode="r", shape=(count, 2))
    for start in range(0, count, BLOCK):
        on_tick()
        yield samples[start : start + BLOCK]


def _decibels(power: npt.NDArray[np.float32], frames: int) -> Decibels:
    """The mean over so many frames around each, in decibels."""
    if len(power) >= frames:
        window = np.ones(frames, np.float32) / frames
        power = np.stack([np.convolve(power[:, side], window, mode="same") for side in (0, 1)], axis=1)
    return (10 * np.log10(np.maximum(power, 0) + 1e-10)).astype(np.float32)


def _side_to_keep(levels: Levels) -> int | None:
    """The channel that alone is the recording; None where both are."""
    if not len(levels.decibels):
        return None
    loudest = np.percentile(levels.decibels, LOUDEST_PERCENTILE, axis=0)
    other = int(np.argmax(loudest))
    quiet = float(loudest[1 - other])
    if quiet < SILENT or loudest[other] - quiet > DEAD_BELOW_OTHER or levels.likeness < OPPOSED:
        return other
    return None


def _active(decibels: Decibels) -> Flags:
    """In which frames a voice is heard on a channel: in none of a channel as even as noise."""
    noise, loudest = np.percentile(decibels, (NOISE_PERCENTILE, LOUDEST_PERCENTILE))
    if loudest < SILENT or loudest - noise < LEAST_RANGE:
        return np.zeros(len(decibels), np.bool_)
    threshold = np.clip(noise + ABOVE_NOISE, loudest - QUIETEST, loudest - LOUDEST_THRESHOLD)
    is_above: Flags = decibels > threshold
    return is_above


def _heaps(difference: Decibels) -> tuple[float, float] | None:
    """Where the two heaps of the difference lie, in decibels; None where it makes one."""
    if not len(difference):
        return None
    counts, edges = np.histogram(difference, bins=int(2 * FURTHEST), range=(-FURTHEST, FURTHEST))
    centres = (edges[:-1] + edges[1:]) / 2
    below, sums = np.cumsum(counts)[:-1], np.cumsum(counts * centres)[:-1]
    total, whole = counts.sum(), (counts * centres).sum()
    with np.errstate(divide="ignore", invalid="ignore"):
        lower, upper = sums / below, (whole - sums) / (total - below)
        between = np.nan_to_num(below * (total - below) * (upper - lower) ** 2 / total**2)
    cut = int(np.argmax(between))
    variance = float((counts * (centres - whole / total) ** 2).sum() / total)
    smaller = min(below[cut], total - below[cut])
    if (
        smaller < max(LEAST_SHARE * total, LEAST_SECONDS * FRAMES_A_SECOND)
        or between[cut] < LEAST_SEPARATION * variance
        or upper[cut] - lower[cut] < LEAST_DISTANCE
    ):
        return None
    return float(lower[cut]), float(upper[cut])


def _stretches(flags: Flags) -> Iterator[tuple[int, int]]:
    """Where the flags are set: (first, last + 1)."""
    changes = np.flatnonzero(np.diff(np.concatenate(([False], flags, [False])).astype(np.int8)))
    return zip(changes[::2].tolist(), changes[1::2].tolist(), strict=True)


def _widened(flags: Flags) -> Flags:
    """The flags, and so many frames more at either end of each stretch."""
    return np.convolve(flags, np.ones(2 * MARGIN + 1), mode="same") > 0.5


def _frame(seconds: float) -> int:
    return round(seconds * FRAMES_A_SECOND)


def _turns(name: str, talking: Flags) -> Iterator[SpeakerTurn]:
    """The stretches in which a voice speaks; brief pauses are part of them, briefer sounds are none."""
    spans: list[tuple[int, int]] = []
    for start, end in _stretches(talking):
        if spans and start - spans[-1][1] <= LONGEST_GAP:
            spans[-1] = spans[-1][0], end
        else:
            spans.append((start, end))
    for start, end in spans:
        if end - start >= SHORTEST_TURN:
            yield SpeakerTurn(start / FRAMES_A_SECOND, end / FRAMES_A_SECOND, name)
