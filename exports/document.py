"""Document: all that any format needs of a transcript and what was made of it, with the names that are shown."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from speech.transcript import Segment


@dataclass(frozen=True, slots=True)
class Chapter:
    """A stretch of the talk about one thing, in seconds. Chapters cover the recording without gaps."""

    title: str
    start: float
    end: float
    summary: str


@dataclass(frozen=True, slots=True)
class Point:
    """A point of the summary, or something that is to be done, and the second where it is said."""

    text: str
    start: float


@dataclass(frozen=True, slots=True)
class Document:
    """One revision of a transcript. A segment's `speaker` is the name that is shown, None where nobody was told apart.

    `language` is a language tag, None where nothing was said. `made_at` is when the transcription was completed.
    """

    title: str
    language: str | None
    duration_seconds: float
    made_at: datetime
    segments: Sequence[Segment]
    chapters: Sequence[Chapter] = ()
    summary: str = ""
    points: Sequence[Point] = ()
    actions: Sequence[Point] = ()
    topics: Sequence[str] = ()
