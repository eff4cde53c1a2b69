"""A transcript cut into passages: overlapping stretches of about half a minute, which are embedded and searched.

A segment alone says too little to be found by its meaning, and a whole topic too much to be shown. So passages are
windows over pieces of segments; each piece lies in two windows, which is why no answer falls between two of them.
"""

import re
from bisect import bisect_left, bisect_right
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import accumulate, groupby, pairwise

from insights.search.lexemes import UNSPACED, length
from models import Segment

# Lengths in words, as `lexemes.length` counts them.
WINDOW_LENGTH = 80
STRIDE_LENGTH = 40

SENTENCE = re.compile(r".*?(?:[.!?…؟।](?=\s)|[。！？]|\Z)\s*", re.DOTALL)
WORD = re.compile(rf"{UNSPACED.pattern[:-1]}\s*|\S+?(?={UNSPACED.pattern}|\s|\Z)\s*")


@dataclass(frozen=True, slots=True)
class Piece:
    """A segment's text from one character up to another, and when it is said."""

    segment: int
    first_char: int
    after_char: int
    start: float
    end: float
    speaker: str | None
    text: str


@dataclass(frozen=True, slots=True)
class Stretch:
    """From a character of one segment up to a character of the same or a later one, in seconds."""

    first_segment: int
    first_char: int
    last_segment: int
    after_char: int
    start: float
    end: float


@dataclass(frozen=True, slots=True)
class Passage:
    """A stretch of a transcript. `text` is what is embedded and searched: it says who speaks, where that is known."""

    ordinal: int
    stretch: Stretch
    speakers: tuple[str, ...]
    text: str


def passages_of(segments: Sequence[Segment], names: Mapping[str, str]) -> list[Passage]:
    """The passages of a transcript, in time order. `names` are those that people gave to speakers."""
    pieces = [piece for segment in segments for piece in pieces_of(segment, STRIDE_LENGTH)]
    ends = list(accumulate(length(piece.text) for piece in pieces))
    windows = _windows(ends)
    return [_passage(ordinal, pieces[first:after], names) for ordinal, (first, after) in enumerate(windows)]


def pieces_within(stretch: Stretch, segments: Iterable[Segment]) -> Iterator[Piece]:
    """The pieces of segments that have a part in the stretch."""
    for segment in segments:
        for piece in pieces_of(segment, STRIDE_LENGTH):
            begins_late = (piece.segment, piece.first_char) >= (stretch.last_segment, stretch.after_char)
            ends_early = (piece.segment, piece.after_char) <= (stretch.first_segment, stretch.first_char)
            if not begins_late and not ends_early:
                yield piece


def part_of(segment: Segment, stretch: Stretch) -> str:
    """The segment's text as far as it lies in the stretch."""
    first = stretch.first_char if segment.number == stretch.first_segment else 0
    after = stretch.after_char if segment.number == stretch.last_segment else len(segment.text)
    return segment.text[first:after]


def pieces_of(segment: Segment, longest: float) -> Iterator[Piece]:
    """A segment's sentences, joined as long as they do not exceed `longest`; a longer sentence is cut between words."""
    cuts, total = [0], 0.0
    for start, end in _atoms(segment.text, longest):
        added = length(segment.text[start:end])
        if total + added > longest and start > cuts[-1]:
            cuts.append(start)
            total = 0.0
        total += added
    said_at = clock(segment)
    for first, after in pairwise([*cuts, len(segment.text)]):
        text = segment.text[first:after].rstrip()
        if text:
            end = first + len(text)
            yield Piece(segment.number, first, end, said_at(first), said_at(end), segment.speaker, text)


def clock(segment: Segment) -> Callable[[int], float]:
    """When a character of the segment is said, in seconds: by its words' times where it has them."""
    chars, seconds = [0], [segment.start]
    for start, _end, word, _confidence in segment.words or ():
        char = segment.text.find(word, chars[-1])
        if char > chars[-1]:
            chars.append(char)
            seconds.append(start)
    chars.append(max(len(segment.text), chars[-1] + 1))
    seconds.append(segment.end)

    def said_at(char: int) -> float:
        i = min(bisect_right(chars, char), len(chars) - 1)
        share = (char - chars[i - 1]) / (chars[i] - chars[i - 1])
        return seconds[i - 1] + share * (seconds[i] - seconds[i - 1])

    return said_at


def _atoms(text: str, longest: float) -> Iterator[tuple[int, int]]:
    for sentence in SENTENCE.finditer(text):
        if length(sentence[0]) <= longest:
            yield sentence.span()
        else:
            yield from (word.span() for word in WORD.finditer(text, *sentence.span()))


def _windows(ends: Sequence[float]) -> Iterator[tuple[int, int]]:
    """First piece and the one after the last of every window, from how long the text is up to the end of each piece."""
    starts = [0.0, *ends[:-1]]
    first = after = 0
    while after < len(ends):
        after = max(first + 1, bisect_right(ends, starts[first] + WINDOW_LENGTH))
        yield first, after
        first = min(after, max(first + 1, bisect_left(starts, starts[first] + STRIDE_LENGTH)))


def _passage(ordinal: int, pieces: Sequence[Piece], names: Mapping[str, str]) -> Passage:
    first, last = pieces[0], pieces[-1]
    end = max(piece.end for piece in pieces)
    return Passage(
        ordinal,
        Stretch(first.segment, first.first_char, last.segment, last.after_char, first.start, end),
        speakers=tuple(dict.fromkeys(names.get(piece.speaker, piece.speaker) for piece in pieces if piece.speaker)),
        text=" ".join(_turns(pieces, names)),
    )


def _turns(pieces: Iterable[Piece], names: Mapping[str, str]) -> Iterator[str]:
    for speaker, said in groupby(pieces, key=lambda piece: piece.speaker):
        text = " ".join(piece.text for piece in said)
        yield f"{names[speaker]}: {text}" if speaker in names else text
