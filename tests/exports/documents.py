"""Documents for tests of exports."""

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any

from exports.document import Chapter, Document, Point
from speech.transcript import Segment, Word

MADE_AT = datetime(2026, 11, 22, 8, 0, tzinfo=UTC)


def segment(start: float, end: float, text: str, speaker: str | None = None, *, timed: bool = True) -> Segment:
    """A segment whose words share its time equally; without words if not `timed`."""
    spoken = text.split()
    step = (end - start) / max(1, len(spoken))
    words = tuple(
        Word(round(start + i * step, 3), round(start + (i + 1) * step, 3), word, 0.9) for i, word in enumerate(spoken)
    )
    return Segment(start, end, text, words if timed else None, speaker, 0.9)


def document(segments: Sequence[Segment] = (), **values: Any) -> Document:
    duration = max([0.0, *(segment.end for segment in segments)])
    return Document(
        **{
            "title": "Board meeting",
            "language": "en",
            "duration_seconds": duration,
            "made_at": MADE_AT,
            "segments": tuple(segments),
            **values,
        }
    )


def meeting() -> Document:
    """Two speakers, three chapters, a summary."""
    return document(
        [
            segment(0.0, 4.0, "Good morning, everybody. Shall we begin with the budget?", "Ada"),
            segment(4.5, 7.0, "Yes, please.", "Bob"),
            segment(7.5, 16.0, "The budget grew by ten percent, which is more than we had planned last year.", "Bob"),
            segment(20.0, 24.0, "Then we have to talk about travel.", "Ada"),
            segment(30.0, 36.0, "Thank you all; that was everything for today.", "Ada"),
        ],
        duration_seconds=45.0,
        chapters=[
            Chapter("Budget", 0.0, 20.0, "It grew."),
            Chapter("Travel", 20.0, 30.0, "It is next."),
            Chapter("Closing", 30.0, 45.0, "All was said."),
        ],
        summary="The budget grew, and travel is next.",
        points=[Point("The budget grew by ten percent.", 7.5)],
        actions=[Point("Ada: talk about travel", 20.0)],
        topics=["Budget"],
    )
