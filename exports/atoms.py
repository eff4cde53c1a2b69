"""The text of a segment in atoms, the smallest parts that captions may come apart between, each with its time.

Where a script puts spaces between words an atom is a word with its punctuation. Where it puts none (Chinese,
Japanese, Thai, Lao, Khmer, Burmese) it is a character with its marks, and what may not begin or end a line stays with
its neighbour, as the rules for line breaks in Japanese (JIS X 4051) want it.
"""

import re
import unicodedata
from bisect import bisect_left, bisect_right
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise

from exports.widths import width
from speech.scripts import BEFORE_THEIR_CONSONANT, is_unspaced
from speech.transcript import Segment

# Small kana, marks of length and of repetition, and what stands behind a Thai or Lao consonant.
NEVER_FIRST = frozenset("ぁぃぅぇぉっゃゅょゎァィゥェォッャュョヮヵヶーｰ々〻ゝゞヽヾะาำๆฯະາຳໆ")
CLOSING = frozenset({"Pe", "Pf", "Po"})
OPENING = frozenset({"Ps", "Pi"})
MARKS = frozenset({"Mn", "Mc", "Me"})
_is_unspaced = lru_cache(maxsize=20_000)(is_unspaced)
JOINER = "\u200d"
SKIN_TONES = ("\U0001f3fb", "\U0001f3ff")


@dataclass(frozen=True, slots=True)
class Atom:
    """A part of the text, from `start` to `end` in seconds. `spaced` where a space stands before it."""

    text: str
    start: float
    end: float
    spaced: bool
    width: int


def atoms(segment: Segment) -> list[Atom]:
    """The atoms of a segment in the order of its text, timed by its words, else spread over its characters."""
    timeline = _Timeline(segment)
    found = []
    for token in re.finditer(r"\S+", segment.text):
        for place, (first, after) in enumerate(_parts(token[0])):
            text = _shown(token[0][first:after])
            if text:
                start, end = timeline.start_of(token.start() + first), timeline.end_of(token.start() + after)
                found.append(Atom(text, start, max(start, end), place == 0 and token.start() > 0, width(text)))
    return found


class _Timeline:
    """When each character of a segment is said, by the words where their text stands, else evenly."""

    def __init__(self, segment: Segment) -> None:
        self._text = segment.text
        self._places: list[int] = [0]
        self._times: list[tuple[float, float]] = [(segment.start, segment.start)]
        at, now = 0, segment.start
        for word in segment.words or ():
            place = segment.text.find(word.text, at) if word.text else -1
            if place >= 0:
                start = max(now, word.start)
                self._add(place, self._until(at, place, now, start), start)
                at, now = place + len(word.text), max(start, word.end)
                self._add(at, now, now)
        end = self._until(at, len(segment.text), now, max(now, segment.end))
        self._add(len(segment.text), end, end)

    def start_of(self, place: int) -> float:
        """When the character at a place begins."""
        index = bisect_right(self._places, place) - 1
        return self._at(index, place)

    def end_of(self, place: int) -> float:
        """When the character before a place ends."""
        index = max(0, bisect_left(self._places, place) - 1)
        return self._at(index, place)

    def _until(self, at: int, place: int, now: float, then: float) -> float:
        """Until when what stands between two words is said: punctuation takes no time, words without one do."""
        return then if any(map(str.isalnum, self._text[at:place])) else now

    def _add(self, place: int, until: float, since: float) -> None:
        """The text before the place is said `until` then, the text behind it from `since` on."""
        if place == self._places[-1]:
            self._times[-1] = (self._times[-1][0], since)
        else:
            self._places.append(place)
            self._times.append((until, since))

    def _at(self, index: int, place: int) -> float:
        begin = self._times[index][1]
        if index + 1 == len(self._places):
            return begin
        first, after = self._places[index], self._places[index + 1]
        return begin + (self._times[index + 1][0] - begin) * (place - first) / (after - first)


def _parts(token: str) -> Iterator[tuple[int, int]]:
    """Where the parts of a text without spaces begin and end."""
    if token.isascii() or not is_unspaced(token):
        yield 0, len(token)
        return
    first = 0
    clusters = list(_clusters(token))
    for (_, place), (_, after) in pairwise(clusters):
        if _comes_apart(token[place - 1], token[place], token[first:place], token[place:after]):
            yield first, place
            first = place
    yield first, len(token)


def _clusters(token: str) -> Iterator[tuple[int, int]]:
    first = 0
    for place in range(1, len(token)):
        if not _belongs_to(token[place - 1], token[place]):
            yield first, place
            first = place
    yield first, len(token)


def _belongs_to(before: str, character: str) -> bool:
    """Whether a character is a mark upon the one before it, or joined to it."""
    return (
        unicodedata.category(character) in MARKS
        or JOINER in (before, character)
        or SKIN_TONES[0] <= character <= SKIN_TONES[1]
    )


def _comes_apart(before: str, character: str, left: str, right: str) -> bool:
    if character in NEVER_FIRST or unicodedata.category(character) in CLOSING:
        return False
    if before in BEFORE_THEIR_CONSONANT or unicodedata.category(before) in OPENING:
        return False
    return _is_unspaced(left[-2:]) or _is_unspaced(right[:1])


def _shown(text: str) -> str:
    """Without control characters, which no format shows and some break at."""
    return text if text.isprintable() else "".join(c for c in text if unicodedata.category(c) not in ("Cc", "Cs"))


def joined(line: Sequence[Atom]) -> str:
    """The text of atoms that stand in one line."""
    return "".join(f" {atom.text}" if atom.spaced and place else atom.text for place, atom in enumerate(line))
