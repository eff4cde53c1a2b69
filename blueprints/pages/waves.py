"""A recording as a picture: the outline of its waveform and who speaks when, as paths in units of their own.

The template draws them, CSS gives them size and colour, and the script how much of them was played.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

from handlers.speakers import Speaker
from models import Transcription
from speech.diarization import SpeakerTurn

# As many as a wide screen has room for; each is a few bytes of every page.
COLUMNS = 750
HEIGHT = 32
COLORS = 8


@dataclass(frozen=True, slots=True)
class Wave:
    """Paths in a box of `COLUMNS` by `HEIGHT`. `outline` is the upper half, None where nobody looked at the recording;
    `voices` has the line of each speaker's colour, by its number."""

    outline: str | None
    voices: Sequence[tuple[int, str]]
    columns: int = COLUMNS
    height: int = HEIGHT


def wave_of(transcription: Transcription, people: Sequence[Speaker], turns: Sequence[SpeakerTurn]) -> Wave | None:
    """None where there is nothing to play."""
    if transcription.media is None or not transcription.duration_seconds:
        return None
    voices = _voices(people, turns, transcription.duration_seconds)
    return Wave(_outline(transcription.media.waveform), voices)


def _outline(levels: bytes | None) -> str | None:
    """From the middle up to each column's height and back, by steps relative to the one before, which are short."""
    if not levels:
        return None
    columns = min(COLUMNS, len(levels))
    edges = [len(levels) * column // columns for column in range(columns + 1)]
    heights = [round(max(levels[first:after]) * HEIGHT / 255) for first, after in pairwise(edges)]
    width = f"{COLUMNS / columns:.4g}"
    steps, before = [], 0
    for height in heights:
        steps.append(f"v{before - height}h{width}" if height != before else f"h{width}")
        before = height
    return f"M0 {HEIGHT}{''.join(steps)}V{HEIGHT}z"


def _voices(people: Sequence[Speaker], turns: Sequence[SpeakerTurn], duration_seconds: float) -> list[tuple[int, str]]:
    """A line with a stretch for each turn; what is too short to be seen is part of the stretch before it."""
    lines: list[tuple[int, str]] = []
    for number, person in enumerate(people):
        parts: list[str] = []
        at = -1
        for turn in turns:
            if turn.speaker != person.label:
                continue
            first = max(at, round(turn.start / duration_seconds * COLUMNS))
            after = min(COLUMNS, max(first + 1, round(turn.end / duration_seconds * COLUMNS)))
            if after > first:
                parts.append(f"M{first} .5H{after}" if first != at or not parts else f"H{after}")
                at = after
        lines.append((number % COLORS, "".join(parts)))
    return lines
