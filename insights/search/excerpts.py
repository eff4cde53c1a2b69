"""What is shown of a hit: the segment in it that has most of the question's words, with these marked."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from sqlalchemy.orm import Session

from insights.search.highlights import Highlights, Span, highlights
from insights.search.passages import part_of
from insights.search.retrieval import Hit, Looked
from insights.search.sources import Found


@dataclass(frozen=True, slots=True)
class Excerpt:
    """A segment of a hit, by its number; of one that goes on beyond the hit the part within it. Times are seconds."""

    hit: Hit
    segment: int
    start: float
    end: float
    speaker: str | None
    text: str
    highlights: Sequence[Span] = ()


def excerpts(session: Session, looked: Looked, found: Sequence[Found], configurations: Sequence[str]) -> list[Excerpt]:
    """An excerpt of each hit, in their order; none of a hit whose segments are gone."""
    shown = [list(_parts_of(each)) for each in found]
    texts = [excerpt.text for each in shown for excerpt in each]
    marks = iter(highlights(session, texts, looked.terms, configurations))
    marked = [[(excerpt, next(marks)) for excerpt in each] for each in shown]
    return [_best(each, looked.weights) for each in marked if each]


def _parts_of(found: Found) -> Iterator[Excerpt]:
    hit, segments = found
    for segment in segments:
        start, end = max(segment.start, hit.stretch.start), min(segment.end, hit.stretch.end)
        yield Excerpt(hit, segment.number, start, end, segment.speaker, part_of(segment, hit.stretch))


def _best(marked: Sequence[tuple[Excerpt, Highlights]], weights: Sequence[float]) -> Excerpt:
    """The one whose words of the question weigh most; a longer one says more."""
    excerpt, marks = max(marked, key=lambda each: (sum(weights[i] for i in each[1].terms), len(each[0].text)))
    return replace(excerpt, highlights=marks.spans)
