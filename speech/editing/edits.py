"""What can be done to a transcript. Segments are named by their numbers, which are those before any of the edits."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from speech.editing.replacing import Pattern

# In the place of a speaker's label: somebody who has none yet.
NEW_SPEAKER = "new"


@dataclass(frozen=True, slots=True)
class SetText:
    """Another text for a segment."""

    number: int
    text: str


@dataclass(frozen=True, slots=True)
class Split:
    """A segment in two or more, before each of these: characters of its text, numbers of its words, or seconds."""

    number: int
    by: Literal["character", "word", "seconds"]
    at: Sequence[float]


@dataclass(frozen=True, slots=True)
class Merge:
    """One segment in the place of several that follow each other."""

    numbers: Sequence[int]


@dataclass(frozen=True, slots=True)
class Delete:
    """Segments, text and all, left out."""

    numbers: Sequence[int]


@dataclass(frozen=True, slots=True)
class Reassign:
    """Segments said by another: a label, `NEW_SPEAKER`, or nobody known."""

    numbers: Sequence[int]
    speaker: str | None


@dataclass(frozen=True, slots=True)
class MergeSpeakers:
    """Whatever one speaker says, said by another."""

    speaker: str
    into: str


@dataclass(frozen=True, slots=True)
class Replace:
    """A text put in the place of every match, in all segments."""

    pattern: Pattern
    replacement: str


Edit = SetText | Split | Merge | Delete | Reassign | MergeSpeakers | Replace
