"""The segments that hits lie in: what is shown of them is taken from there, and what is cited."""

from collections.abc import Sequence

from sqlalchemy import ARRAY, BigInteger, Integer, and_, bindparam, func, select
from sqlalchemy.orm import Session, defer
from sqlalchemy.orm.interfaces import ORMOption

from insights.search.retrieval import Hit
from models import Segment

_stretches = (
    func.unnest(
        bindparam("transcription_ids", type_=ARRAY(BigInteger)),
        bindparam("first", type_=ARRAY(Integer)),
        bindparam("last", type_=ARRAY(Integer)),
    )
    .table_valued("transcription_id", "first", "last", name="stretches")
    .render_derived()
)
SEGMENTS = select(Segment).join(
    _stretches,
    and_(
        Segment.transcription_id == _stretches.c.transcription_id,
        Segment.number.between(_stretches.c.first, _stretches.c.last),
    ),
)

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
    stretches = [hit.stretch for hit in hits]
    values = {
        "transcription_ids": [hit.transcription_id for hit in hits],
        "first": [stretch.first_segment for stretch in stretches],
        "last": [stretch.last_segment for stretch in stretches],
    }
    rows = session.scalars(SEGMENTS.options(*options), values)
    by_place = {(segment.transcription_id, segment.number): segment for segment in rows.all()}
    return [(hit, [by_place[place] for place in _places(hit) if place in by_place]) for hit in hits]


def _places(hit: Hit) -> list[tuple[int, int]]:
    numbers = range(hit.stretch.first_segment, hit.stretch.last_segment + 1)
    return [(hit.transcription_id, number) for number in numbers]
