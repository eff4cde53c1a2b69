"""What a reader goes through in one transcript, one after the other: where a text stands, or where words are unsure."""

from bisect import bisect_right
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from sqlalchemy import ColumnExpressionArgument, select, text
from sqlalchemy.orm import Session

from handlers.stored_segments import COLUMNS, as_segment
from models import Segment, Transcription
from speech import transcript as speech
from speech.editing.places import places
from speech.editing.replacing import Pattern
from speech.transcript import UNSURE_BELOW, is_unsure

# Nobody goes through more of them, and each takes room on the page.
MOST = 500
HAS_UNSURE_WORD = text(
    "EXISTS (SELECT FROM json_array_elements(segments.words) AS word"
    " WHERE json_typeof(word -> 3) = 'number' AND (word ->> 3)::float8 < :below)"
)


@dataclass(frozen=True, slots=True)
class Spot:
    """Characters `first` to `after - 1` of the text of a segment, which are said at `start`."""

    number: int
    start: float
    first: int
    after: int


@dataclass(frozen=True, slots=True)
class Line:
    """A segment with spots in it."""

    number: int
    text: str
    spots: Sequence[Spot]

    @property
    def spans(self) -> Sequence[tuple[int, int]]:
        return [(spot.first, spot.after) for spot in self.spots]


@dataclass(frozen=True, slots=True)
class Spots:
    """All there are, counted, and those that are shown, in time order."""

    count: int
    lines: Sequence[Line]

    @property
    def shown_count(self) -> int:
        return sum(len(line.spots) for line in self.lines)


def occurrences(session: Session, transcription: Transcription, pattern: Pattern) -> Spots:
    """Where a text stands word for word, in whatever case."""
    of_it = Segment.transcription_id == transcription.id
    rows = session.execute(select(Segment.number, Segment.text).where(of_it).order_by(Segment.number))
    found = {number: spans for number, said in rows if (spans := pattern.spans(said))}
    shown, count = [], 0
    for number, spans in found.items():
        if count < MOST:
            shown.append(number)
        count += len(spans)
    return Spots(
        count, _lines(session, transcription, Segment.number.in_(shown), lambda each: pattern.spans(each.text))
    )


def unsure_words(session: Session, transcription: Transcription) -> Spots:
    """The words that the engine was not sure of."""
    lines = _lines(session, transcription, HAS_UNSURE_WORD.bindparams(below=UNSURE_BELOW), _unsure)
    return Spots(sum(len(line.spots) for line in lines), _first(lines))


def _unsure(segment: speech.Segment) -> Sequence[tuple[int, int]]:
    words = zip(segment.words or (), places(segment), strict=True)
    return [(first, after) for word, (first, after) in words if is_unsure(word.confidence) and first < after]


def _lines(
    session: Session,
    transcription: Transcription,
    condition: ColumnExpressionArgument[bool],
    spans_of: Callable[[speech.Segment], Sequence[tuple[int, int]]],
) -> Sequence[Line]:
    rows = session.execute(
        select(*COLUMNS).where(Segment.transcription_id == transcription.id, condition).order_by(Segment.number)
    )
    lines = []
    for number, *columns in rows:
        segment = as_segment(columns)
        begins = [first for first, _ in places(segment)]
        spots = [Spot(number, _said_at(segment, begins, first), first, after) for first, after in spans_of(segment)]
        lines.append(Line(number, segment.text, spots))
    return [line for line in lines if line.spots]


def _said_at(segment: speech.Segment, begins: Sequence[int], character: int) -> float:
    """When the word that a character is of begins; the segment where none is timed."""
    place = bisect_right(begins, character) - 1
    return segment.words[place].start if segment.words and place >= 0 else segment.start


def _first(lines: Sequence[Line]) -> Sequence[Line]:
    """As many lines as it takes for the most spots that are shown."""
    shown, count = [], 0
    for line in lines:
        if count >= MOST:
            break
        shown.append(line)
        count += len(line.spots)
    return shown
