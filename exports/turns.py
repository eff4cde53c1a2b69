"""Who has the word when: the atoms of a transcript as stretches of one speaker, in the order in which they begin."""

import heapq
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from exports.atoms import Atom, atoms
from exports.breaks import Ending, ending
from speech.transcript import Segment

# Where somebody falls into another's words, these are not taken apart further than this.
SHORTEST_PART_SECONDS = 1.5


@dataclass(frozen=True, slots=True)
class Turn:
    """What one speaker says before another does. `bounds` are the places of atoms that begin a segment."""

    speaker: str | None
    atoms: Sequence[Atom]
    bounds: frozenset[int]


def turns(segments: Iterable[Segment]) -> Iterator[Turn]:
    """The turns. Where two talk at once, the one is taken apart near the moment at which the other begins."""
    speaker: str | None = None
    spoken: list[Atom] = []
    bounds: set[int] = set()
    for part in _in_order(segments):
        if spoken and part.speaker != speaker:
            yield Turn(speaker, spoken, frozenset(bounds))
            spoken, bounds = [], set()
        speaker = part.speaker
        bounds.add(len(spoken))
        spoken.extend(part.atoms)
    if spoken:
        yield Turn(speaker, spoken, frozenset(bounds))


@dataclass(frozen=True, slots=True)
class _Part:
    speaker: str | None
    atoms: Sequence[Atom]

    @property
    def start(self) -> float:
        return self.atoms[0].start

    @property
    def end(self) -> float:
        return self.atoms[-1].end


def _in_order(segments: Iterable[Segment]) -> Iterator[_Part]:
    waiting = [
        (spoken[0].start, number, _Part(segment.speaker, spoken))
        for number, segment in enumerate(segments)
        if (spoken := atoms(segment))
    ]
    heapq.heapify(waiting)
    while waiting:
        _, number, part = heapq.heappop(waiting)
        place = _cut(part, waiting[0][2]) if waiting else None
        if place is not None:
            rest = _Part(part.speaker, part.atoms[place:])
            heapq.heappush(waiting, (rest.start, number, rest))
            part = _Part(part.speaker, part.atoms[:place])
        yield part


def _cut(part: _Part, other: _Part) -> int | None:
    """The atom before which a part gives way to another that begins within it, None where it is not worth it."""
    earliest = max(other.start, part.start + SHORTEST_PART_SECONDS)
    latest = part.end - SHORTEST_PART_SECONDS
    if other.speaker == part.speaker or earliest > latest:
        return None
    first: int | None = None
    for place in range(1, len(part.atoms)):
        atom = part.atoms[place]
        if atom.start > min(latest, earliest + SHORTEST_PART_SECONDS):
            break
        if atom.start >= earliest:
            first = place if first is None else first
            if ending(part.atoms[place - 1], atom) is not Ending.NONE:
                return place
    return first
