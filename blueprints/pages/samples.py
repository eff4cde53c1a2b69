"""The sample transcript as the start page shows it: its words one by one, those that are searched for marked."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache

from exports import FORMATS
from exports.document import Document
from exports.options import Options
from handlers.sample_transcripts import sample_transcript
from speech.transcript import Segment

UNSURE_BELOW = 0.5
EXPORTS_SHOWN = ("srt", "vtt", "txt", "md")


@dataclass(frozen=True, slots=True)
class SampleExport:
    """The sample in one format, as `macros/samples.html` shows the same thing in several."""

    language: str
    code: str


@dataclass(frozen=True, slots=True)
class SpokenWord:
    """A word, what stands before it in the text, and what the page says of it."""

    before: str
    text: str
    start: float
    is_unsure: bool
    is_found: bool


def spoken(segment: Segment, wanted: str) -> Sequence[SpokenWord]:
    """The words of a segment. Those that `wanted`, a part of the text in whatever case, touches are found."""
    spans = list(_occurrences(segment.text, wanted))
    words, at = list[SpokenWord](), 0
    for word in segment.words or ():
        first = segment.text.find(word.text, at)
        if first < 0:
            continue
        after = first + len(word.text)
        is_found = any(first < end and start < after for start, end in spans)
        is_unsure = word.confidence is not None and word.confidence < UNSURE_BELOW
        words.append(SpokenWord(segment.text[at:first], word.text, word.start, is_unsure, is_found))
        at = after
    return words


def times_said(segments: Sequence[Segment], wanted: str) -> int:
    return sum(len(list(_occurrences(segment.text, wanted))) for segment in segments)


@cache
def sample_exports() -> Sequence[SampleExport]:
    document = sample_transcript().document
    return [SampleExport(FORMATS[code].label, _written(code, document)) for code in EXPORTS_SHOWN]


def _written(code: str, document: Document) -> str:
    render = FORMATS[code].render
    assert render is not None
    return render(document, Options()).decode("utf-8-sig")


def _occurrences(text: str, wanted: str) -> Iterator[tuple[int, int]]:
    text, wanted = text.lower(), wanted.strip().lower()
    at = text.find(wanted) if wanted else -1
    while at >= 0:
        yield at, at + len(wanted)
        at = text.find(wanted, at + len(wanted))
