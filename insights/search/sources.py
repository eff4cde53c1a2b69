"""The segments that hits lie in: what is shown of them is taken from there, and what is cited."""

from collections.abc import Sequence

from sqlalchemy import ColumnElement, and_, or_, select
from sqlalchemy.orm import Session, defer
from sqlalchemy.orm.interfaces import ORMOption

from insights.search.retrieval import Hit
from models import Segment

# A hit with its segments in order, all of them from the first of its stretch to the last.
Found = tuple[Hit, Sequence[Segment]]


def with_segments(session: Session, hits: Sequence[Hit]) -> list[Found]:
    """Each hit with its segments, read at once; without any where the transcript is gone or was made anew."""
    return _with_segments(session, hits)


def with_texts(session: Session, hits: Sequence[Hit]) -> list[Found]:
    """The same without the times of single words, which are most of what is stored of a segment."""
    return _with_segments(session, hits, defer(Segment.words, raiseload=True))


def _with_segments(session: Session, hits: Sequence[Hit], *options: ORMOption) -> list[Found]:
    if not hits:
        return []
    lies_in_a_hit = or_(*(_lies_in(hit) for hit in hits))
    rows = session.scalars(select(Segment).where(lies_in_a_hit).options(*options))
    by_place = {(segment.transcription_id, segment.number): segment for segment in rows}
    return [(hit, [by_place[place] for place in _places(hit) if place in by_place]) for hit in hits]


def _lies_in(hit: Hit) -> ColumnElement[bool]:
    stretch = hit.stretch
    is_between = Segment.number.between(stretch.first_segment, stretch.last_segment)
    return and_(Segment.transcription_id == hit.transcription_id, is_between)


def _places(hit: Hit) -> list[tuple[int, int]]:
    numbers = range(hit.stretch.first_segment, hit.stretch.last_segment + 1)
    return [(hit.transcription_id, number) for number in numbers]
