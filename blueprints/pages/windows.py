"""A long transcript comes in windows of a hundred segments, so that a page of thousands opens at once."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy.orm import Session

from blueprints.pages.waves import wave_of
from handlers.speakers import clips, speaker_turns, speakers
from handlers.transcriptions import segment_spans, segments
from models import Segment, Transcription

WINDOW_SIZE = 100
MOST_AT_ONCE = 200


@dataclass(frozen=True, slots=True)
class Window:
    """Segments `first` to `first + count - 1`; `start` and `end` are seconds of the recording."""

    number: int
    first: int
    count: int
    start: float
    end: float


def windows_of(session: Session, transcription: Transcription) -> Sequence[Window]:
    spans = segment_spans(session, transcription, WINDOW_SIZE)
    return [Window(number, number * WINDOW_SIZE, count, start, end) for number, count, start, end in spans]


def window_at(windows: Sequence[Window], number: str | None, seconds: str | None) -> Window | None:
    """The window asked for by number or by a moment of the recording, else the first; None when there is none."""
    if not windows:
        return None
    if number is not None and number.isdecimal():
        wanted = [window for window in windows if window.number == int(number)]
        return wanted[0] if wanted else None
    moment = _seconds(seconds)
    before = [window for window in windows if window.start <= moment]
    return before[-1] if before else windows[0]


def live_window(windows: Sequence[Window]) -> Window | None:
    """The last window while lines are still to come into it; None where the next line begins another."""
    return windows[-1] if windows and windows[-1].count < WINDOW_SIZE else None


def fresh_lines(session: Session, transcription: Transcription, shown: int) -> tuple[Segment | None, Sequence[Segment]]:
    """The last line that is shown already, None where it is not there any more, and those that were found since.

    Once all are known they are numbered anew, as speakers are told apart: then they come with the finished page.
    """
    is_known = transcription.has_transcript or transcription.is_final
    rows = segments(session, transcription, first=max(0, shown - 1), count=1 if is_known else MOST_AT_ONCE)
    return (rows[0], rows[1:]) if shown and rows else (None, [] if shown or is_known else rows)


def window_context(session: Session, transcription: Transcription, window: Window | None) -> dict[str, Any]:
    """What the templates of a window and of its lines show; no lines where there is no window."""
    return {
        "transcription": transcription,
        "speakers": speakers(session, transcription),
        "window": window,
        "window_size": WINDOW_SIZE,
        "segments": [] if window is None else segments(session, transcription, first=window.first, count=window.count),
        "can_play": transcription.media is not None,
    }


def speaker_context(session: Session, context: dict[str, Any]) -> dict[str, Any]:
    """What the list of speakers and the player's bar show besides what the lines do: clips, and the waveform."""
    transcription = context["transcription"]
    turns = speaker_turns(session, transcription) if context["can_play"] else []
    return {
        **context,
        "clips": clips(session, transcription) if context["can_play"] else {},
        "wave": wave_of(transcription, context["speakers"], turns),
    }


def _seconds(text: str | None) -> float:
    try:
        return float(text or 0)
    except ValueError:
        return 0.0
