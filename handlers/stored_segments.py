"""A transcript's segments as rows: read in part, and changed by splices in a few statements however many they are."""

import json
from collections.abc import Collection, Iterable, Mapping, Sequence
from functools import cached_property
from typing import Any

from sqlalchemy import ARRAY, ColumnElement, Integer, TextClause, any_, delete, func, literal, select, text
from sqlalchemy.orm import Session

from models import Segment
from speech import transcript as speech
from speech.editing.splices import Splice, placed, shifts

COLUMNS = (
    *(Segment.number, Segment.start, Segment.end, Segment.text),
    *(Segment.words, Segment.speaker, Segment.confidence),
)
NAMES = [column.key for column in COLUMNS]
UNSEEN = {"synchronize_session": False}
ROWS = """json_to_recordset(CAST(:rows AS json)) AS rows(
    number int, start float8, "end" float8, text text, words json, speaker text, confidence float8)"""
CHANGE = text(f"""
    UPDATE segments SET start = rows.start, "end" = rows."end", text = rows.text, words = rows.words,
        speaker = rows.speaker, confidence = rows.confidence
    FROM {ROWS} WHERE segments.transcription_id = :transcription_id AND segments.number = rows.number
""")  # noqa: S608
ADD = text(f"""
    INSERT INTO segments (transcription_id, number, start, "end", text, words, speaker, confidence)
    SELECT :transcription_id, number, start, "end", text, words, speaker, confidence FROM {ROWS}
""")  # noqa: S608
MOVE = text("""
    UPDATE segments SET number = segments.number + shifts.by
    FROM json_to_recordset(CAST(:shifts AS json)) AS shifts(first int, after int, by int),
        generate_series(shifts.first, shifts.after - 1) AS moved(number)
    WHERE segments.transcription_id = :transcription_id AND segments.number = moved.number
""")


class StoredSegments:
    """The segments of one transcription, as `speech.editing.draft` reads them."""

    def __init__(self, session: Session, transcription_id: int) -> None:
        self._session = session
        self._id = transcription_id
        self._all = Segment.transcription_id == transcription_id

    @cached_property
    def count(self) -> int:
        return self._session.scalar(select(func.count()).where(self._all)) or 0

    @property
    def speakers(self) -> Collection[str]:
        labels = select(Segment.speaker).where(self._all, Segment.speaker.is_not(None)).distinct()
        return [label for label in self._session.scalars(labels) if label is not None]

    def segments(self, numbers: Collection[int]) -> Mapping[int, speech.Segment]:
        rows = self._session.execute(select(*COLUMNS).where(self._all, self._is_one_of(numbers)))
        return {number: as_segment(columns) for number, *columns in rows}

    def texts(self) -> Iterable[tuple[int, str]]:
        rows = self._session.execute(select(Segment.number, Segment.text).where(self._all).order_by(Segment.number))
        return ((number, said) for number, said in rows)

    def numbers_of(self, speaker: str) -> Collection[int]:
        return self._session.scalars(select(Segment.number).where(self._all, Segment.speaker == speaker)).all()

    def begun_between(self, number: int, seconds: float) -> Sequence[int]:
        later = select(Segment.number).where(self._all, Segment.number > number, Segment.start < seconds)
        return self._session.scalars(later.order_by(Segment.number)).all()

    def change(self, splices: Sequence[Splice]) -> None:
        """Put the segments of the splices in the place of those that were there, and renumber what follows."""
        moves = [(each.first, each.after, each.by) for each in shifts(splices, self.count)]
        gone: list[int] = []
        changed: list[tuple[int, speech.Segment]] = []
        added: list[tuple[int, speech.Segment]] = []
        for splice, first in placed(splices):
            kept = min(len(splice.before), len(splice.after))
            if first != splice.first:
                moves.append((splice.first, splice.first + kept, first - splice.first))
            gone += range(splice.first + kept, splice.next)
            changed += list(enumerate(splice.after[:kept], first))
            added += list(enumerate(splice.after[kept:], first + kept))
        if gone:
            self._session.execute(delete(Segment).where(self._all, self._is_one_of(gone)), execution_options=UNSEEN)
        if moves:
            shifted = [{"first": begin, "after": after, "by": by} for begin, after, by in moves]
            self._execute(MOVE, shifts=json.dumps(shifted))
        if changed:
            self._execute(CHANGE, rows=_as_rows(changed))
        if added:
            self._execute(ADD, rows=_as_rows(added))

    def _is_one_of(self, numbers: Collection[int]) -> ColumnElement[bool]:
        # One array, since a statement takes no more than 65 535 parameters.
        return Segment.number == any_(literal(list(numbers), ARRAY(Integer)))

    def _execute(self, statement: TextClause, **values: str) -> None:
        self._session.execute(statement, {"transcription_id": self._id, **values})


def as_segment(columns: Sequence[Any]) -> speech.Segment:
    """A segment of a list: start, end, text, words as lists of start, end, text and confidence, speaker, confidence."""
    start, end, said, words, speaker, confidence = columns
    return speech.Segment(
        start, end, said, None if words is None else tuple(speech.Word(*word) for word in words), speaker, confidence
    )


def as_columns(segment: speech.Segment) -> list[Any]:
    """The same list of a segment."""
    words = None if segment.words is None else [[w.start, w.end, w.text, w.confidence] for w in segment.words]
    return [segment.start, segment.end, segment.text, words, segment.speaker, segment.confidence]


def as_row(number: int, segment: speech.Segment) -> dict[str, Any]:
    """The values of a row, without whose it is."""
    return dict(zip(NAMES, [number, *as_columns(segment)], strict=True))


def _as_rows(segments: Iterable[tuple[int, speech.Segment]]) -> str:
    rows = [as_row(number, segment) for number, segment in segments]
    return json.dumps(rows, ensure_ascii=False, separators=(",", ":"))
