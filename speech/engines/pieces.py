"""A recording as pieces of bounded length, each with where its speech is.

Speech is found by Silero VAD (the copy inside faster-whisper). Long silence is left out, as by faster-whisper's
`vad_filter`, because Whisper hears words in it; brief silence stays, because cutting it shifts every window and buys
nothing. What fits into one window is left as it is: there, what Whisper hears in silence can be told by its times. A
recording that fits into one piece and has no long silence is thus heard exactly as faster-whisper would.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import chain, pairwise
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
from faster_whisper.vad import VadOptions, get_speech_timestamps

from speech.audio import SAMPLE_RATE
from speech.engines.cuts import as_float, cuts
from speech.transcript import Span

WINDOW_SECONDS = 600
PAD = int(0.4 * SAMPLE_RATE)
KEPT_SILENCE = int(2.0 * SAMPLE_RATE)
HEARD_AT_ONCE = 30 * SAMPLE_RATE
# A quarter of a second is the shortest word worth a hearing; briefer bursts are clicks.
SPEECH = VadOptions(threshold=0.5, min_speech_duration_ms=250, min_silence_duration_ms=300, speech_pad_ms=0)

Samples = npt.NDArray[np.float32]


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
        """What of it is heard, as faster-whisper's functions take it."""
        if self.speech and len(self.samples) <= HEARD_AT_ONCE:
            return [{"start": 0, "end": len(self.samples)}]
        return self._around_speech()

    def is_spoken(self, span: Span) -> bool:
        """Whether somebody speaks in this span of the whole recording, in seconds, or near it."""
        start, end = (seconds * SAMPLE_RATE - self.start for seconds in span)
        return any(around["start"] < end and start < around["end"] for around in self._around_speech())

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

    def _around_speech(self) -> list[dict[str, int]]:
        """The speech with a little of what surrounds it."""
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


def open_samples(pcm: Path, channel: int | None = None) -> npt.NDArray[np.int16]:
    """The samples of a 16 kHz s16le file, mapped and not read: a mono one, or one `channel` of two in turn."""
    if pcm.stat().st_size < 4:
        return np.zeros(0, dtype="<i2")
    samples = np.memmap(pcm, dtype="<i2", mode="r", shape=(pcm.stat().st_size // 2,))
    return samples if channel is None else samples[channel::2]


def pieces(samples: npt.NDArray[Any], count: int = 1) -> Iterator[Piece]:
    """The recording in `count` pieces of about equal length. `samples` are int16 or float32 −1..1, 16 kHz mono."""
    if len(samples):
        for start, end in pairwise(chain([0], cuts(samples, count), [len(samples)])):
            part = as_float(samples[start:end])
            yield Piece(start, part, tuple(_speech(part)))


def speech_spans(samples: npt.NDArray[Any]) -> Iterator[list[Span]]:
    """Where somebody speaks, in seconds, window by window of ten minutes; pauses of a third of a second part spans."""
    size = WINDOW_SECONDS * SAMPLE_RATE
    for start in range(0, len(samples), size):
        found = _speech(as_float(samples[start : start + size]))
        yield [((start + begin) / SAMPLE_RATE, (start + end) / SAMPLE_RATE) for begin, end in found]


def _speech(window: Samples) -> list[tuple[int, int]]:
    return [(span["start"], span["end"]) for span in get_speech_timestamps(window, SPEECH)]
