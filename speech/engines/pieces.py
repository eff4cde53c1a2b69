"""A recording as pieces of bounded length, each with where its speech is.

Speech is found by Silero VAD (the copy inside faster-whisper). Long silence is left out, as by faster-whisper's
`vad_filter`, because Whisper hears words in it; brief silence stays, because cutting it shifts every window and buys
nothing. A recording that fits into one piece and has no long silence is thus heard exactly as faster-whisper would.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
from faster_whisper.vad import VadOptions, get_speech_timestamps

SAMPLE_RATE = 16_000
WINDOW_SECONDS = 600
# A piece ends in the longest pause around its share of the recording, by so much of that at most to either side.
CUT_SHARE = 0.15
PAD = int(0.4 * SAMPLE_RATE)
KEPT_SILENCE = int(2.0 * SAMPLE_RATE)
# A quarter of a second is the shortest word worth a hearing; briefer bursts are clicks.
SPEECH = VadOptions(threshold=0.5, min_speech_duration_ms=250, min_silence_duration_ms=300, speech_pad_ms=0)
BRIEF_PAUSES = VadOptions(threshold=0.5, min_silence_duration_ms=100, speech_pad_ms=0)

Samples = npt.NDArray[np.float32]
Span = tuple[float, float]


@dataclass(frozen=True, slots=True)
class Piece:
    """Part of a recording: float32 samples −1..1, where it starts in the whole, and its speech, counted from there."""

    start: int
    samples: Samples
    speech: tuple[tuple[int, int], ...]

    @property
    def start_seconds(self) -> float:
        return self.start / SAMPLE_RATE

    @property
    def end_seconds(self) -> float:
        return (self.start + len(self.samples)) / SAMPLE_RATE

    def speech_seconds(self) -> list[Span]:
        """Where in the whole recording the speech is, in seconds."""
        return [((self.start + start) / SAMPLE_RATE, (self.start + end) / SAMPLE_RATE) for start, end in self.speech]

    def kept(self) -> list[dict[str, int]]:
        """The speech with a little of what surrounds it, as faster-whisper's functions take it."""
        kept: list[dict[str, int]] = []
        for start, end in self.speech:
            if kept and start - kept[-1]["end"] < KEPT_SILENCE:
                kept[-1]["end"] = end
            else:
                kept.append({"start": 0 if start < KEPT_SILENCE else start - PAD, "end": end})
        for span in kept:
            span["end"] = min(len(self.samples), span["end"] + PAD)
        if kept and len(self.samples) - kept[-1]["end"] < KEPT_SILENCE:
            kept[-1]["end"] = len(self.samples)
        return kept

    def speech_samples(self) -> Samples:
        """The samples that `kept` names, joined."""
        return np.concatenate([self.samples[span["start"] : span["end"]] for span in self.kept()])

    def spoken(self) -> list[Span]:
        """Where in the samples that are joined the speech is, in seconds."""
        spoken: list[Span] = []
        joined = 0
        for span in self.kept():
            shift = joined - span["start"]
            spoken += [
                ((start + shift) / SAMPLE_RATE, (end + shift) / SAMPLE_RATE)
                for start, end in self.speech
                if span["start"] <= start < span["end"]
            ]
            joined += span["end"] - span["start"]
        return spoken


def open_samples(pcm: Path, channel: int | None = None) -> npt.NDArray[np.int16]:
    """The samples of a 16 kHz s16le file, mapped and not read: a mono one, or one `channel` of two in turn."""
    if pcm.stat().st_size < 4:
        return np.zeros(0, dtype="<i2")
    samples = np.memmap(pcm, dtype="<i2", mode="r", shape=(pcm.stat().st_size // 2,))
    return samples if channel is None else samples[channel::2]


def pieces(samples: npt.NDArray[Any], count: int = 1) -> Iterator[Piece]:
    """The recording in `count` pieces of about equal length. `samples` are int16 or float32 −1..1, 16 kHz mono."""
    start = 0
    for left in range(count, 0, -1):
        size = (len(samples) - start) / left
        latest = start + int(size * (1 + CUT_SHARE)) if left > 1 else len(samples)
        window = _as_float(samples[start:latest])
        speech = _speech(window, SPEECH)
        if left > 1:
            cut = _cut(window, int(size * (1 - CUT_SHARE)))
            window = window[:cut]
            speech = [(begin, min(end, cut)) for begin, end in speech if begin < cut]
        if len(window):
            yield Piece(start=start, samples=window, speech=tuple(speech))
        start += len(window)


def speech_spans(samples: npt.NDArray[Any]) -> Iterator[list[Span]]:
    """Where somebody speaks, in seconds, window by window of ten minutes; pauses of a third of a second part spans."""
    size = WINDOW_SECONDS * SAMPLE_RATE
    for start in range(0, len(samples), size):
        found = _speech(_as_float(samples[start : start + size]), SPEECH)
        yield [((start + begin) / SAMPLE_RATE, (start + end) / SAMPLE_RATE) for begin, end in found]


def _as_float(samples: npt.NDArray[Any]) -> Samples:
    if samples.dtype == np.float32:
        return samples
    return samples.astype(np.float32) / 32768.0


def _speech(window: Samples, options: VadOptions) -> list[tuple[int, int]]:
    return [(span["start"], span["end"]) for span in get_speech_timestamps(window, options)]


def _cut(window: Samples, earliest: int) -> int:
    """The middle of the longest pause in `window` after `earliest`; its end where there is none."""
    edges = [0, *(edge for span in _speech(window[earliest:], BRIEF_PAUSES) for edge in span)]
    edges.append(len(window) - earliest)
    length, middle = max((end - start, (start + end) // 2) for start, end in zip(edges[::2], edges[1::2], strict=True))
    return earliest + middle if length > 0 else len(window)
