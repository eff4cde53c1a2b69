"""Captions: what stands on the screen, in which lines, from when to when. SRT and both kinds of VTT are made of these.

A turn is divided by dynamic programming over all the places at which it can come apart, as paragraphs are by Knuth and
Plass (Breaking Paragraphs into Lines, 1981), with the cost of a caption in the place of that of a line. No caption that
could be divided is larger than the limits or lasts longer; among what is left, one that cannot be read in its time
costs most, then one that ends within a sentence. The work grows with the length of the transcript alone.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace

from exports.atoms import Atom, joined
from exports.breaks import Ending, ending, leans_on_next
from exports.lines import filled, in_lines, lines_needed
from exports.options import Limits
from exports.timing import timed
from exports.turns import Turn, turns
from exports.widths import width
from speech.transcript import Segment

PAUSE_SECONDS = 1.5
BREATH_SECONDS = 0.35

EACH = 6.0
ENDS_AFTER = {Ending.SENTENCE: 0.0, Ending.CLAUSE: 12.0, Ending.NONE: 30.0}
LEANING = 12.0
AT_A_BREATH = 8.0
SENTENCE_WITHIN = 16.0
EMPTY = 14.0
TOO_SHORT_PER_SECOND = 40.0
TOO_FAST = 400.0
TOO_FAST_PER_CHARACTER = 8.0


@dataclass(frozen=True, slots=True)
class Cue:
    """One caption of one speaker; times are seconds, in whole milliseconds. A name in front stands in the lines."""

    start: float
    end: float
    speaker: str | None
    lines: Sequence[Sequence[Atom]]

    @property
    def texts(self) -> list[str]:
        return [joined(line) for line in self.lines]


def cues(segments: Iterable[Segment], limits: Limits, *, duration_seconds: float, prefixed: bool = False) -> list[Cue]:
    """The captions of a transcript, one after the other. `prefixed` puts a new speaker's name in front: "Ada: Hello".

    None has more lines or columns than the limits, but a word that is wider than a line has one of its own; none lasts
    longer. Where somebody speaks faster than `max_chars_per_second` a caption stays into the silence that follows, as
    far as there is any: beyond that the speed gives way, neither words nor times do.
    """
    drafts = [draft for turn in turns(segments) for draft in _drafts(turn, limits, prefixed)]
    spans = timed([(draft[0].start, draft[-1].end, _columns(draft)) for _, draft in drafts], limits, duration_seconds)
    return [
        Cue(start, end, speaker, in_lines(draft, limits.max_chars_per_line))
        for (speaker, draft), (start, end) in zip(drafts, spans, strict=True)
    ]


def _drafts(turn: Turn, limits: Limits, prefixed: bool) -> Iterator[tuple[str | None, Sequence[Atom]]]:
    name = _name(turn, limits) if prefixed and turn.speaker else []
    atoms = [*name, *turn.atoms]
    if name:
        atoms[len(name)] = replace(atoms[len(name)], spaced=True)
    bounds = {bound + len(name) for bound in turn.bounds if bound}
    if bounds:
        # Segments of one speaker are put together as their texts are: with a space.
        atoms = [replace(a, spaced=True) if place in bounds else a for place, a in enumerate(atoms)]
    for first, after in _divided(atoms, len(name), limits):
        yield turn.speaker, atoms[first:after]


def _name(turn: Turn, limits: Limits) -> list[Atom]:
    """The speaker's name as atoms in front of the first word, shortened to half a line; none where it has no room."""
    text, start = " ".join((turn.speaker or "").split()), turn.atoms[0].start
    room = limits.max_chars_per_line // 2
    while width(text) > room:
        text = text.rstrip("…")[:-1].rstrip() + "…"
    parts = f"{text}:".split(" ")
    name = [Atom(part, start, start, place > 0, width(part)) for place, part in enumerate(parts)]
    fits = lines_needed([*name, replace(turn.atoms[0], spaced=True)], limits.max_chars_per_line) <= limits.max_lines
    return name if fits else []


def _divided(atoms: Sequence[Atom], name: int, limits: Limits) -> list[tuple[int, int]]:
    """Where the captions begin and end, the cheapest way of all. The first `name` atoms stay with what follows."""
    costs_after = [_after(atoms, place) for place in range(len(atoms))]
    best: list[float] = [0.0] + [float("inf")] * len(atoms)
    came_from = [0] * (len(atoms) + 1)
    for first in range(len(atoms)):
        if best[first] == float("inf"):
            continue
        for after, cost in _captions_from(atoms, first, name, limits, costs_after):
            if best[first] + cost < best[after]:
                best[after], came_from[after] = best[first] + cost, first
    found, after = [], len(atoms)
    while after:
        found.append((came_from[after], after))
        after = came_from[after]
    return found[::-1]


def _captions_from(
    atoms: Sequence[Atom], first: int, name: int, limits: Limits, costs_after: Sequence[tuple[float, bool]]
) -> Iterator[tuple[int, float]]:
    """Each caption that may begin with an atom: the place behind it, and its cost."""
    start, columns, sentences = atoms[first].start, 0, 0
    count, used = 0, 0
    for place in range(first, len(atoms)):
        atom = atoms[place]
        count, used = filled(count, used, atom, limits.max_chars_per_line)
        fits = count <= limits.max_lines and _goes_on(atoms[place - 1], atom, start, limits)
        if not fits and place > max(first, name):
            return
        columns += atom.width + (atom.spaced and place > first)
        after, ends_sentence = costs_after[place]
        until = atoms[place + 1].start - limits.gap_seconds if place + 1 < len(atoms) else None
        if place >= name:
            yield place + 1, EACH + after + SENTENCE_WITHIN * sentences + _cost(columns, start, atom.end, until, limits)
        sentences += ends_sentence


def _goes_on(before: Atom, atom: Atom, start: float, limits: Limits) -> bool:
    """Whether an atom may stand in the caption of the one before it: no long silence between, and within the time."""
    return atom.start - before.end < PAUSE_SECONDS and atom.end - start <= limits.max_seconds


def _cost(columns: int, start: float, end: float, until: float | None, limits: Limits) -> float:
    """What it costs that a caption is emptier, shorter or faster than it should be. It may stay until the next one."""
    cost = EMPTY * max(0.0, 1 - columns / limits.max_chars) ** 2
    last = start + limits.max_seconds
    stays = last if until is None else min(last, max(end, until))
    needed = columns / limits.max_chars_per_second
    if stays - start < limits.min_seconds:
        cost += TOO_SHORT_PER_SECOND * (limits.min_seconds - (stays - start))
    if stays - start < needed - 0.0005:
        cost += TOO_FAST + TOO_FAST_PER_CHARACTER * (needed - (stays - start)) * limits.max_chars_per_second
    return cost


def _after(atoms: Sequence[Atom], place: int) -> tuple[float, bool]:
    """What it costs to end a caption behind an atom, and whether a sentence ends there."""
    if place + 1 == len(atoms):
        return 0.0, True
    atom, following = atoms[place], atoms[place + 1]
    ends = ending(atom, following)
    cost = ENDS_AFTER[ends] + (LEANING if ends is Ending.NONE and leans_on_next(atom, following) else 0.0)
    if following.start - atom.end >= BREATH_SECONDS:
        cost = max(0.0, cost - AT_A_BREATH)
    return cost, ends is Ending.SENTENCE


def _columns(draft: Sequence[Atom]) -> int:
    return sum(atom.width + (atom.spaced and place > 0) for place, atom in enumerate(draft))
