"""Edits of a transcript as clients send them, and what they are inside."""

from collections.abc import Sequence
from typing import Annotated, Literal, Self

from pydantic import Field, StringConstraints, model_validator
from pydantic_core import PydanticCustomError

from blueprints.inputs import STORABLE, Input
from handlers.editing import MOST_EDITS
from speech.editing.cuts import space_between
from speech.editing.edits import NEW_SPEAKER, Delete, Edit, Merge, MergeSpeakers, Reassign, Replace, SetText, Split
from speech.editing.replacing import Pattern
from speech.imports.bounds import MOST_CHARACTERS, plain

SegmentId = Annotated[str, StringConstraints(pattern=r"^seg_\d{1,9}$")]
Speaker = Annotated[str, StringConstraints(min_length=1, max_length=20), STORABLE]
Said = Annotated[str, StringConstraints(min_length=1, max_length=MOST_CHARACTERS), STORABLE]
Found = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=500), STORABLE]
Replacement = Annotated[str, StringConstraints(max_length=500), STORABLE]
Revision = Annotated[int, Field(ge=0, le=2**31 - 1, strict=True)]
Flag = Annotated[bool, Field(strict=True)]


class SetTextEdit(Input):
    """Another text for a segment. Words that stay keep their times; new ones share the time between them."""

    op: Literal["set_text"]
    """What to do."""

    segment_id: SegmentId
    """The segment."""

    text: Said
    """What was said. White space of any kind becomes single spaces."""

    def edit(self) -> Edit:
        return SetText(number_of(self.segment_id), self.text)


class SplitEdit(Input):
    """A segment in two, at exactly one of the three places. A word that the place lies in is cut too."""

    op: Literal["split"]
    """What to do."""

    segment_id: SegmentId
    """The segment."""

    at_character: Annotated[int, Field(ge=1, strict=True)] | None = None
    """The second part begins with this character of the text, counted from 0 in Unicode code points."""

    at_word: Annotated[int, Field(ge=1, strict=True)] | None = None
    """The second part begins with this one of `words`, counted from 0."""

    at_seconds: Annotated[float, Field(ge=0, allow_inf_nan=False)] | None = None
    """The cut is made between the words nearest to this moment of the recording."""

    @model_validator(mode="after")
    def _has_one_place(self) -> Self:
        if sum(place is not None for place in (self.at_character, self.at_word, self.at_seconds)) != 1:
            raise PydanticCustomError("one_place", "give one of at_character, at_word and at_seconds")
        return self

    def edit(self) -> Edit:
        number = number_of(self.segment_id)
        if self.at_character is not None:
            return Split(number, "character", [self.at_character])
        if self.at_word is not None:
            return Split(number, "word", [self.at_word])
        return Split(number, "seconds", [self.at_seconds or 0.0])


class MergeEdit(Input):
    """One segment in the place of several that follow each other. The first one's speaker is that of all."""

    op: Literal["merge"]
    """What to do."""

    segment_ids: Annotated[list[SegmentId], Field(min_length=2, max_length=100)]
    """The segments, in their order."""

    def edit(self) -> Edit:
        return Merge([number_of(each) for each in self.segment_ids])


class DeleteEdit(Input):
    """Segments that are to go, text and all."""

    op: Literal["delete"]
    """What to do."""

    segment_ids: Annotated[list[SegmentId], Field(min_length=1, max_length=1000)]
    """The segments."""

    def edit(self) -> Edit:
        return Delete([number_of(each) for each in self.segment_ids])


class ReassignEdit(Input):
    """Segments that somebody else says."""

    op: Literal["reassign"]
    """What to do."""

    segment_ids: Annotated[list[SegmentId], Field(min_length=1, max_length=1000)]
    """The segments."""

    speaker: Speaker | None
    """The label of who says them; `new`, or the label that comes next, for somebody who has none; null for nobody."""

    def edit(self) -> Edit:
        return Reassign([number_of(each) for each in self.segment_ids], self.speaker)


class MergeSpeakersEdit(Input):
    """Two speakers who are one. Where only one of them has a name, it is kept."""

    op: Literal["merge_speakers"]
    """What to do."""

    speaker: Speaker
    """The label that is to go."""

    into: Speaker
    """The label of whoever says all of it then."""

    def edit(self) -> Edit:
        return MergeSpeakers(self.speaker, self.into)


class ReplaceEdit(Input):
    """Find and replace in all segments. A segment that has no text left goes."""

    op: Literal["replace"]
    """What to do."""

    find: Found
    """What to look for, word for word. White space stands for any."""

    replacement: Replacement
    """What to put in its place; empty to leave it out."""

    match_case: Flag = False
    """Whether capital and small letters are different."""

    whole_words: Flag = False
    """Whether to leave out what is only part of a word, in scripts that put spaces between words."""

    def edit(self) -> Edit:
        return Replace(Pattern(self.find, self.match_case, self.whole_words), self.replacement)


OneEdit = Annotated[
    SetTextEdit | SplitEdit | MergeEdit | DeleteEdit | ReassignEdit | MergeSpeakersEdit | ReplaceEdit,
    Field(discriminator="op"),
]


class Edits(Input):
    """Edits that are made all together, or not at all."""

    revision: Revision
    """The revision of the transcript that they are meant for, as its result says. When it has been edited since, they
    are refused: the ids of segments move."""

    edits: Annotated[list[OneEdit], Field(min_length=1, max_length=MOST_EDITS)]
    """What to do, in this order. Segments go by the ids that they have at `revision`, whatever the edits before do."""

    dry_run: Flag = False
    """Whether to change nothing, and only tell what would."""


class RevisionToChange(Input):
    """The transcript as you know it."""

    revision: Revision
    """The revision that the transcript is at, as its result says. When it has been edited since, this is refused."""


class LineForm(Input):
    """A line of the transcript as its form sends it. A line break cuts it there."""

    revision: Annotated[int, Field(ge=0)]
    text: Said
    speaker: Annotated[str, StringConstraints(max_length=20), STORABLE] = ""
    reach: Literal["line", "turn", "everywhere"] = "line"
    then: Literal["save", "merge", "delete"] = "save"

    def edits(self, turn: Sequence[int], text: str, speaker: str | None) -> list[Edit]:
        """What it comes to for the first segment of a turn, which has this text and speaker."""
        number = turn[0]
        if self.then == "delete":
            return [Delete([number])]
        said, cuts = _lines(self.text)
        edits: list[Edit] = [] if said == text else [SetText(number, said)]
        if self.speaker != (speaker or ""):
            is_known = speaker is not None and self.speaker not in ("", NEW_SPEAKER)
            if self.reach == "everywhere" and is_known:
                edits.append(MergeSpeakers(speaker or "", self.speaker))
            else:
                edits.append(Reassign(turn, self.speaker or None))
        if self.then == "merge":
            edits.append(Merge([number, number + 1]))
        elif cuts:
            edits.append(Split(number, "character", cuts))
        return edits


class ReplaceQuery(Input):
    """Find and replace as the page's form sends it."""

    find: Annotated[str, StringConstraints(strip_whitespace=True, max_length=500), STORABLE] = ""
    replacement: Replacement = ""
    match_case: bool = False
    whole_words: bool = False

    def edit(self) -> Replace:
        return Replace(Pattern(self.find, self.match_case, self.whole_words), self.replacement)


class ReplaceForm(ReplaceQuery):
    revision: Annotated[int, Field(ge=0)]
    find: Found


class MergeSpeakersForm(Input):
    revision: Annotated[int, Field(ge=0)]
    speaker: Speaker
    into: Speaker


class RevisionForm(Input):
    revision: Annotated[int, Field(ge=0)]


def _lines(text: str) -> tuple[str, list[int]]:
    """The lines of a text as one, and the characters at which all but the first begin."""
    said, *others = [line for line in map(plain, text.splitlines()) if line] or [""]
    cuts = []
    for line in others:
        said += space_between(said, line)
        cuts.append(len(said))
        said += line
    return said, cuts


def number_of(segment_id: str) -> int:
    return int(segment_id.removeprefix("seg_"))
