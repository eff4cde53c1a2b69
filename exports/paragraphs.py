"""A transcript as people read it: paragraphs of one speaker, under the chapters they belong to."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from exports.breaks import SENTENCE_ENDS
from exports.document import Chapter, Document
from speech.transcript import Segment

LONG_PAUSE_SECONDS = 2.5
ENOUGH_CHARACTERS = 500
TOO_MANY_CHARACTERS = 1200


@dataclass(frozen=True, slots=True)
class Paragraph:
    """What somebody says without a long pause; `start` is in seconds."""

    speaker: str | None
    start: float
    text: str


@dataclass(frozen=True, slots=True)
class Section:
    """The paragraphs of a chapter, or of all there is where there are no chapters."""

    chapter: Chapter | None
    paragraphs: Sequence[Paragraph]


def paragraphs(segments: Sequence[Segment]) -> Iterator[Paragraph]:
    """The paragraphs. A new one begins with another speaker, after a pause, or once it is long and a sentence ends."""
    together: list[Segment] = []
    length = 0
    for segment in segments:
        if together and _begins_anew(together[-1], segment, length):
            yield _paragraph(together)
            together, length = [], 0
        together.append(segment)
        length += len(segment.text) + 1
    if together:
        yield _paragraph(together)


def sections(document: Document) -> list[Section]:
    """The whole text by chapters; each segment belongs to the chapter that it begins in."""
    if not document.chapters:
        return [Section(None, list(paragraphs(document.segments)))]
    found, place = [], 0
    for number, chapter in enumerate(document.chapters, 1):
        first = place
        is_last = number == len(document.chapters)
        while place < len(document.segments) and (is_last or document.segments[place].start < chapter.end):
            place += 1
        found.append(Section(chapter, list(paragraphs(document.segments[first:place]))))
    return found


def _begins_anew(before: Segment, segment: Segment, length: int) -> bool:
    is_sentence = before.text.rstrip("\"'”’»)").endswith(tuple(SENTENCE_ENDS))
    return (
        segment.speaker != before.speaker
        or segment.start - before.end >= LONG_PAUSE_SECONDS
        or (is_sentence and length >= ENOUGH_CHARACTERS)
        or length >= TOO_MANY_CHARACTERS
    )


def _paragraph(together: Sequence[Segment]) -> Paragraph:
    text = " ".join(" ".join(segment.text.split()) for segment in together)
    return Paragraph(together[0].speaker, together[0].start, text)
