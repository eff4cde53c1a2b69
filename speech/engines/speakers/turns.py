"""Speaker turns of a whole recording that was heard: part it, group the parts, and read off who speaks when."""

from collections.abc import Iterator, Sequence

import numpy as np
import numpy.typing as npt

from speech.audio import SAMPLE_RATE
from speech.diarization import SpeakerTurn
from speech.engines.speakers.clusters import speakers_of
from speech.engines.speakers.listening import (
    FIRST_CENTRE,
    FRAME_SAMPLES,
    FRAME_SECONDS,
    ONSET,
    WINDOW_FRAMES,
    Floats,
    Heard,
    Numbers,
)
from speech.engines.speakers.parts import Part, parts_of

# Briefer pauses are part of a turn.
PAUSE_SECONDS = 0.5
FIRST_EDGE_SECONDS = (FIRST_CENTRE - FRAME_SAMPLES / 2) / SAMPLE_RATE
# A window hears its middle best.
WEIGHTS = np.hamming(WINDOW_FRAMES).astype(np.float32)


def find_turns(heard: Heard, *, speakers_expected: int | None) -> list[SpeakerTurn]:
    """Who speaks when: turns in time order, speakers S1, S2, … as they appear.

    Turns of different speakers may overlap, those of one never do. There are at most `speakers_expected` speakers, and
    fewer where nobody else is heard.
    """
    parts = parts_of(heard)
    return _named(sorted(_turns(heard, parts, speakers_of(parts, speakers_expected))))


def _turns(heard: Heard, parts: Sequence[Part], speakers: Numbers) -> Iterator[tuple[float, float, int]]:
    weights = np.zeros(len(heard.stretch_of), dtype=np.float32)
    for offset in heard.offsets:
        weights[offset : offset + WINDOW_FRAMES] += WEIGHTS
    for speaker in range(speakers.max(initial=-1) + 1):
        own = [part for part, own in zip(parts, speakers, strict=True) if own == speaker]
        for start, end in _spans(_activity(heard, own) > ONSET * weights, heard.seconds):
            yield start, end, speaker


def _activity(heard: Heard, parts: Sequence[Part]) -> Floats:
    """How likely any of the parts' voices speaks, for each frame of the recording, times the windows' weights."""
    activity = np.zeros(len(heard.stretch_of), dtype=np.float32)
    for part in parts:
        offset = heard.offsets[part.window]
        inside = slice(part.first, part.after)
        activity[offset + part.first : offset + part.after] += (
            WEIGHTS[inside] * heard.activity[part.window, inside, part.voice]
        )
    return activity


def _spans(active: npt.NDArray[np.bool_], latest: float) -> list[tuple[float, float]]:
    """The stretches of active frames in seconds, brief pauses bridged."""
    changes = np.flatnonzero(np.diff(active, prepend=False, append=False))
    edges = (changes * FRAME_SECONDS + FIRST_EDGE_SECONDS).clip(0, latest).round(3)
    spans: list[tuple[float, float]] = []
    for start, end in edges.reshape(-1, 2).tolist():
        if spans and start - spans[-1][1] < PAUSE_SECONDS:
            start = spans.pop()[0]
        if start < end:
            spans.append((start, end))
    return spans


def _named(turns: Sequence[tuple[float, float, int]]) -> list[SpeakerTurn]:
    names: dict[int, str] = {}
    return [SpeakerTurn(start, end, names.setdefault(who, f"S{len(names) + 1}")) for start, end, who in turns]
