"""Another text for a segment. Words that were said before keep their times; only what is new is spread anew.

Words are compared as difflib compares lines, by their letters alone: "hello," that becomes "Hello." is the same sound
at the same time. In scripts without spaces single characters are compared, whatever words the engine made of them.
"""

import unicodedata
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from difflib import SequenceMatcher
from functools import cached_property

from speech.editing.places import spans
from speech.imports.bounds import plain
from speech.providers.words import spread, words_of
from speech.transcript import Segment, Word, words_within

# A new word that would have less time than this shares that of the word beside it.
LEAST_SECONDS = 0.04
# Comparing takes the time of all pairs at worst. Where more differs than this, all of it is new.
MOST_PAIRS = 40_000


def with_text(segment: Segment, text: str) -> Segment:
    """The segment with this text, on one line; its own times stay as they are.

    What was not heard by the engine has no confidence, and the segment has that of the words which were.
    """
    text = plain(text)
    if segment.words is None:
        is_heard = _sound(text) == _sound(segment.text)
        return replace(segment, text=text, confidence=segment.confidence if is_heard else None)
    alignment = _Alignment(segment, segment.words, text)
    return replace(
        segment,
        text=text,
        words=words_within(alignment.words(), segment.start, segment.end),
        confidence=segment.confidence if alignment.is_heard else mean_confidence(alignment.kept),
    )


def add_words(
    words: list[Word], texts: list[str], gone: Sequence[Word], following: Word | None, segment: Segment
) -> None:
    """Add new words, in the place of those that are gone, and the one that follows them, if any does.

    They are timed as those in whose place they are, else by the pause there, else with part of a neighbour's time.
    """
    earliest = words[-1].end if words else segment.start
    latest = following.start if following else segment.end
    needed = LEAST_SECONDS * len(texts)
    start, end = (
        (gone[0].start, gone[-1].end) if gone and gone[-1].end - gone[0].start >= needed else (earliest, latest)
    )
    if len(gone) == len(texts):
        words += [Word(old.start, old.end, text) for old, text in zip(gone, texts, strict=True)]
    elif end - start >= needed or not (words or following):
        words += spread(texts, start, end)
    elif words:
        before = words.pop()
        first, *others = spread([before.text, *texts], before.start, max(end, before.end))
        words += [replace(before, end=first.end), *others]
    elif following:
        *others, last = spread([*texts, following.text], start, following.end)
        words += others
        following = replace(following, start=last.start)
    if following:
        words.append(following)


def mean_confidence(parts: Iterable[Word | Segment]) -> float | None:
    """How sure the engine is of words or segments together, None where it is not known of any."""
    known = [part.confidence for part in parts if part.confidence is not None]
    return round(sum(known) / len(known), 3) if known else None


@dataclass(frozen=True, slots=True)
class _Kept:
    """A word of before in the new text: which it was, and from which to which of the new pieces it goes."""

    old: int
    first: int
    after: int


class _Alignment:
    """Which words of a segment are in its new text, and where."""

    def __init__(self, segment: Segment, old: Sequence[Word], text: str) -> None:
        self._segment, self._old, self._text = segment, old, text
        self._spans = spans(text)

    @property
    def is_heard(self) -> bool:
        """Whether nothing is new and nothing is gone."""
        return len(self._places) == len(self._old) and sum(k.after - k.first for k in self._places) == len(self._spans)

    @property
    def kept(self) -> list[Word]:
        return [self._old[kept.old] for kept in self._places]

    def words(self) -> list[Word]:
        """All words of the new text, in its order."""
        words: list[Word] = []
        read, said = 0, 0
        for kept in self._places:
            word = replace(self._old[kept.old], text=self._slice(kept.first, kept.after))
            add_words(words, self._texts(read, kept.first), self._old[said : kept.old], word, self._segment)
            read, said = kept.after, kept.old + 1
        add_words(words, self._texts(read, len(self._spans)), self._old[said:], None, self._segment)
        return words

    def _texts(self, first: int, after: int) -> list[str]:
        return [self._slice(piece, piece + 1) for piece in range(first, after)]

    def _slice(self, first: int, after: int) -> str:
        return self._text[self._spans[first][0] : self._spans[after - 1][1]]

    @cached_property
    def _places(self) -> list[_Kept]:
        pieces = [[_sound(piece) for piece in words_of(word.text)] for word in self._old]
        found = _matches([key for keys in pieces for key in keys], [_sound(self._text[b:e]) for b, e in self._spans])
        return list(_whole_words(pieces, found))


def _whole_words(pieces: Sequence[Sequence[str]], found: dict[int, int]) -> Iterator[_Kept]:
    """The words all of whose pieces were found again, one after the other."""
    first = 0
    for number, keys in enumerate(pieces):
        new = [found[piece] for piece in range(first, first + len(keys)) if piece in found]
        first += len(keys)
        if keys and len(new) == len(keys) and new[-1] - new[0] == len(new) - 1:
            yield _Kept(number, new[0], new[-1] + 1)


def _matches(old: Sequence[str], new: Sequence[str]) -> dict[int, int]:
    """For each piece that is in both its places in the old and in the new, both rising."""
    shorter = min(len(old), len(new))
    head = next((i for i in range(shorter) if old[i] != new[i]), shorter)
    tail = next((i for i in range(shorter - head) if old[-1 - i] != new[-1 - i]), shorter - head)
    found = {i: i for i in range(head)}
    middle, other = old[head : len(old) - tail], new[head : len(new) - tail]
    if len(middle) * len(other) <= MOST_PAIRS:
        for a, b, size in SequenceMatcher(None, middle, other, autojunk=False).get_matching_blocks():
            found |= {head + a + i: head + b + i for i in range(size)}
    return found | {len(old) - 1 - i: len(new) - 1 - i for i in range(tail)}


def _sound(text: str) -> str:
    """The letters, marks, digits and symbols of a text, whatever their case; of one without any, the text."""
    folded = unicodedata.normalize("NFKC", text).casefold()
    return "".join(each for each in folded if unicodedata.category(each)[0] in "LMNS") or folded
