"""A transcript while it is edited: only what is touched is read, however long the rest is."""

import re
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import replace
from itertools import pairwise
from typing import Protocol

from speech.editing.cuts import character_at, character_of_word, cut, joined
from speech.editing.edits import NEW_SPEAKER, Delete, Edit, Merge, MergeSpeakers, Reassign, Replace, SetText, Split
from speech.editing.refusals import EditRefused
from speech.editing.replacing import replaced
from speech.editing.splices import Splice
from speech.editing.texts import with_text
from speech.imports.bounds import MOST_CHARACTERS, MOST_SEGMENTS, plain, quoted
from speech.transcript import Segment

LABEL = re.compile(r"S(\d+)")


class Source(Protocol):
    """A transcript that can be read in part. Its segments are numbered from 0, in the order of their starts."""

    @property
    def count(self) -> int:
        """How many segments there are."""

    @property
    def speakers(self) -> Collection[str]:
        """The labels of all who speak."""

    def segments(self, numbers: Collection[int]) -> Mapping[int, Segment]:
        """Those of these that there are."""

    def texts(self) -> Iterable[tuple[int, str]]:
        """The text of every segment, by its number."""

    def numbers_of(self, speaker: str) -> Collection[int]:
        """Which segments a speaker says."""

    def begun_between(self, number: int, seconds: float) -> Sequence[int]:
        """Which segments after this one start before a moment, in order: more than none where people talk at once."""


class Draft:
    """The edits of one change. They name segments by the numbers these had before the first of them.

    `names` are what people call the speakers, for descriptions.
    """

    def __init__(self, source: Source, names: Mapping[str, str]) -> None:
        self.replaced = 0
        self._source, self._names = source, names
        self._labels = set(source.speakers)
        self._was: dict[int, Segment] = {}
        self._now: dict[int, list[Segment]] = {}  # What stands in the place of each segment that was read.
        self._recut: set[int] = set()

    def apply(self, edit: Edit) -> str:
        """Make one edit, and say in words what it does. Raises EditRefused."""
        match edit:
            case SetText():
                return self._set_text(edit)
            case Split():
                return self._split(edit)
            case Merge():
                return self._merge(edit)
            case Delete():
                return self._delete(edit)
            case Reassign():
                return self._reassign(edit)
            case MergeSpeakers():
                return self._merge_speakers(edit)
            case Replace():
                return self._replace(edit)

    def read(self, numbers: Iterable[int]) -> None:
        """Read these at once, where they have not been."""
        missing = set(numbers) - self._was.keys()
        found = self._source.segments(missing) if missing else {}
        self._was |= found
        self._now |= {number: [segment] for number, segment in found.items()}

    def splices(self) -> tuple[Splice, ...]:
        """What all edits come to. Raises EditRefused where a transcript may not become so."""
        changed = [number for number in sorted(self._was) if self._now[number] != [self._was[number]]]
        splices = tuple(Splice(number, (self._was[number],), tuple(self._now[number])) for number in changed)
        count = self._source.count + sum(splice.growth for splice in splices)
        if count < 1 or count > MOST_SEGMENTS:
            raise EditRefused(f"A transcript has from 1 to {MOST_SEGMENTS:,} segments.", "")
        if any(len(segment.text) > MOST_CHARACTERS for splice in splices for segment in splice.after):
            raise EditRefused(f"A segment has at most {MOST_CHARACTERS:,} characters.", "")
        return splices

    def _set_text(self, edit: SetText) -> str:
        segment = self._one(edit.number)
        text = plain(edit.text)
        if not text:
            raise EditRefused("Say what was said, or delete the segment.", "text")
        self._now[edit.number] = [with_text(segment, text)]
        return f"Changed “{quoted(segment.text)}” to “{quoted(text)}”"

    def _split(self, edit: Split) -> str:
        parts = [segment := self._one(edit.number)]
        for at in sorted(edit.at, reverse=True):
            seconds = at if edit.by == "seconds" and not segment.words else None
            parts[:1] = cut(parts[0], _character(segment, edit.by, at), seconds)
        self._now[edit.number] = parts[:1]
        self._recut.add(edit.number)
        self._put(edit.number, parts[1:])
        return f"Split “{quoted(segment.text)}”"

    def _put(self, number: int, parts: Sequence[Segment]) -> None:
        """Put parts that were cut off where their start says, which may be behind what others say meanwhile."""
        between = self._source.begun_between(number, parts[-1].start)
        self.read(between)
        for part in parts:
            place = max((each for each in between if self._was[each].start < part.start), default=number)
            self._now[place] = sorted([*self._now[place], part], key=lambda segment: segment.start)
            self._recut.add(place)

    def _merge(self, edit: Merge) -> str:
        if len(edit.numbers) < 2 or any(after - before != 1 for before, after in pairwise(edit.numbers)):
            raise EditRefused("Name two or more segments that follow each other, in their order.", "segment_ids")
        self.read(edit.numbers)
        segments = [self._one(number, "segment_ids") for number in edit.numbers]
        self._now |= {number: [] for number in edit.numbers}
        self._now[edit.numbers[0]] = [joined(segments)]
        self._recut.update(edit.numbers)
        return f"Joined “{quoted(segments[0].text)}” with what follows"

    def _delete(self, edit: Delete) -> str:
        self.read(edit.numbers)
        segments = [self._one(number, "segment_ids") for number in dict.fromkeys(edit.numbers)]
        self._now |= {number: [] for number in edit.numbers}
        self._recut.update(edit.numbers)
        return f"Deleted {_told(segments)}"

    def _reassign(self, edit: Reassign) -> str:
        self.read(edit.numbers)
        segments = [self._one(number, "segment_ids") for number in edit.numbers]
        label = None if edit.speaker is None else self._label(edit.speaker)
        self._now |= {
            number: [replace(segment, speaker=label)] for number, segment in zip(edit.numbers, segments, strict=True)
        }
        return f"Gave {_told(segments)} to {self._called(label) if label else 'nobody'}"

    def _merge_speakers(self, edit: MergeSpeakers) -> str:
        for field, label in (("speaker", edit.speaker), ("into", edit.into)):
            if label not in self._labels:
                raise EditRefused(f"There is no speaker {label} in this transcript.", field)
        if edit.speaker == edit.into:
            raise EditRefused("Name two different speakers.", "into")
        self.read(self._source.numbers_of(edit.speaker))
        for number, segments in self._now.items():
            self._now[number] = [
                replace(segment, speaker=edit.into) if segment.speaker == edit.speaker else segment
                for segment in segments
            ]
        self._labels.discard(edit.speaker)
        return f"Merged {self._called(edit.speaker)} into {self._called(edit.into)}"

    def _replace(self, edit: Replace) -> str:
        self.read(number for number, text in self._source.texts() if edit.pattern.spans(text))
        times = 0
        for number, segments in self._now.items():
            changed = [replaced(segment, edit.pattern, edit.replacement) for segment in segments]
            times += sum(count for _, count in changed)
            self._now[number] = [segment for segment, _ in changed if segment is not None]
            if len(self._now[number]) < len(segments):
                self._recut.add(number)
        self.replaced += times
        often = "once" if times == 1 else f"{times:,} times"
        found = quoted(edit.pattern.text)
        if not edit.replacement:
            return f"Removed “{found}” {often}"
        return f"Replaced “{found}” with “{quoted(edit.replacement)}” {often}"

    def _one(self, number: int, field: str = "segment_id") -> Segment:
        self.read([number])
        if number not in self._was:
            raise EditRefused(f"There is no segment seg_{number} in this transcript.", field)
        if number in self._recut:
            raise EditRefused(
                f"An edit before this one left nothing that is seg_{number} alone. Send this edit by itself.", field
            )
        return self._now[number][0]

    def _label(self, speaker: str) -> str:
        """The label that is meant, also of somebody new."""
        numbers = [int(match[1]) for label in self._labels if (match := LABEL.fullmatch(label))]
        following = f"S{max(numbers, default=0) + 1}"
        label = following if speaker == NEW_SPEAKER else speaker
        if label != following and label not in self._labels:
            raise EditRefused(
                f"There is no speaker {speaker} in this transcript. {following}, or {NEW_SPEAKER}, adds one.", "speaker"
            )
        self._labels.add(label)
        return label

    def _called(self, label: str) -> str:
        return quoted(self._names.get(label, label))


def _character(segment: Segment, by: str, at: float) -> int:
    """The character of its text before which a segment is to be split."""
    if by == "seconds":
        return character_at(segment, at)
    return character_of_word(segment, int(at)) if by == "word" else int(at)


def _told(segments: Sequence[Segment]) -> str:
    return f"“{quoted(segments[0].text)}”" if len(segments) == 1 else f"{len(segments)} segments"
