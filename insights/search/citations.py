"""Quotes that stand word for word in a transcript. Nothing is cited that `verified` did not find there."""

from bisect import bisect_right
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import accumulate, islice, pairwise

from insights.search.lexemes import UNSPACED
from insights.search.passages import clock
from models import Segment

# Between segments that do not follow each other; no text in PostgreSQL has it.
GAP = "\0"


@dataclass(frozen=True, slots=True)
class Citation:
    """A quote and where it stands: in segments by their numbers, in seconds, and by the speaker of most of it."""

    transcription_id: int
    segments: tuple[int, ...]
    start: float
    end: float
    speaker: str | None
    quote: str


def verified(quote: str, segments: Sequence[Segment]) -> Citation | None:
    """Where the quote first stands in the segments, in their own words; None where it does not.

    Only white space may differ. The quote may go on from one segment to the next, but not begin or end in a word.
    """
    sought = "".join(quote.split())
    if not sought or GAP in sought:
        return None
    solid = list(_solid(segments))
    starts = [0, *accumulate(len(text) for text in solid)]
    for found in _occurrences("".join(solid), sought):
        first, last = bisect_right(starts, found) - 1, bisect_right(starts, found + len(sought) - 1) - 1
        begin = _position(segments[first].text, found - starts[first])
        after = _position(segments[last].text, found + len(sought) - 1 - starts[last]) + 1
        if not _is_in_a_word(segments[first].text, begin) and not _is_in_a_word(segments[last].text, after):
            return _citation(segments[first : last + 1], begin, after)
    return None


def _solid(segments: Sequence[Segment]) -> Iterator[str]:
    """The segments' texts without white space, a gap after each that the next one does not follow."""
    for segment, following in pairwise([*segments, None]):
        assert segment is not None
        here, there = (
            (segment.transcription_id, segment.number + 1),
            following and (following.transcription_id, following.number),
        )
        yield "".join(segment.text.split()) + ("" if here == there else GAP)


def _occurrences(text: str, sought: str) -> Iterator[int]:
    found = text.find(sought)
    while found >= 0:
        yield found
        found = text.find(sought, found + 1)


def _position(text: str, count: int) -> int:
    """The index of the character before which there are `count` that are no white space."""
    return next(islice((i for i, character in enumerate(text) if not character.isspace()), count, None))


def _is_in_a_word(text: str, position: int) -> bool:
    if not 0 < position < len(text):
        return False
    before, after = text[position - 1], text[position]
    return before.isalnum() and after.isalnum() and not UNSPACED.match(before) and not UNSPACED.match(after)


def _citation(segments: Sequence[Segment], begin: int, after: int) -> Citation:
    first, last = segments[0], segments[-1]
    parts = [segment.text for segment in segments]
    parts[-1] = parts[-1][:after]
    parts[0] = parts[0][begin:]
    said: Counter[str | None] = Counter()
    for segment, part in zip(segments, parts, strict=True):
        said[segment.speaker] += len(part)
    return Citation(
        first.transcription_id,
        tuple(segment.number for segment in segments),
        clock(first)(begin),
        clock(last)(after),
        said.most_common(1)[0][0],
        " ".join(part.strip() for part in parts if part.strip()),
    )
