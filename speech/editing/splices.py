"""What a change is: segments in the place of others. It can be turned round, exactly, and says where the rest went."""

from bisect import bisect_right
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import accumulate

from speech.transcript import Segment


@dataclass(frozen=True, slots=True)
class Splice:
    """The segments from number `first` on that were there, and those that are there now.

    Numbers are of the transcript before the change. The splices of one change are in order and overlap nowhere.
    """

    first: int
    before: tuple[Segment, ...]
    after: tuple[Segment, ...]

    @property
    def next(self) -> int:
        """The number of the first segment behind it."""
        return self.first + len(self.before)

    @property
    def growth(self) -> int:
        return len(self.after) - len(self.before)


@dataclass(frozen=True, slots=True)
class Shift:
    """Segments from number `first` up to, not with, number `after`, whose numbers change by `by`."""

    first: int
    after: int
    by: int


def changed(splices: Iterable[Splice]) -> int:
    """How many segments there were, or are, in the places of a change."""
    return sum(max(len(splice.before), len(splice.after)) for splice in splices)


def inverse(splices: Sequence[Splice]) -> tuple[Splice, ...]:
    """The change that makes these splices undone."""
    return tuple(Splice(first, each.after, each.before) for each, first in placed(splices))


def placed(splices: Iterable[Splice]) -> Iterator[tuple[Splice, int]]:
    """Each splice with the number that the first of its new segments has in the transcript after the change."""
    grown = 0
    for splice in splices:
        yield splice, splice.first + grown
        grown += splice.growth


def applied(segments: Sequence[Segment], splices: Iterable[Splice]) -> tuple[Segment, ...]:
    """The transcript after a change."""
    made: list[Segment] = []
    at = 0
    for splice in splices:
        made += [*segments[at : splice.first], *splice.after]
        at = splice.next
    return (*made, *segments[at:])


def shifts(splices: Sequence[Splice], count: int) -> list[Shift]:
    """How the numbers change of segments that no splice holds, in a transcript of `count` segments."""
    ends = [*(each.first for each in splices[1:]), count]
    grown = accumulate(each.growth for each in splices)
    found = [Shift(each.next, end, by) for each, end, by in zip(splices, ends, grown, strict=True)]
    return [shift for shift in found if shift.by and shift.first < shift.after]


def renumbering(splices: Sequence[Splice]) -> Callable[[int, float], int]:
    """The number by which to find what a segment had to say at a moment, by its number before and seconds."""
    places = list(placed(splices))
    firsts = [splice.first for splice in splices]

    def renumbered(number: int, seconds: float) -> int:
        place = bisect_right(firsts, number) - 1
        if place < 0:
            return number
        splice, first = places[place]
        if number >= splice.next:
            return first + len(splice.after) + number - splice.next
        if splice.growth == 0:
            return first + number - splice.first
        begun = sum(segment.start <= seconds for segment in splice.after)
        return max(0, first + max(begun, 1) - 1 if splice.after else first - 1)

    return renumbered
