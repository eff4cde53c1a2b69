"""A transcript as sentences: what a person would quote, whatever the segments it came in.

Recognisers cut where the speaker breathes, some after every word, and some write no punctuation. So a sentence runs on
from segment to segment until something ends it: its mark, a pause, another voice, or its greatest length.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise

from insights.search.lexemes import is_spoken, length
from insights.search.passages import SENTENCE, WORD, clock
from models import Segment

# In words, as `lexemes.length` counts them. What no mark ends is cut sooner: it may well be two sentences.
LONGEST = 40
LONGEST_UNMARKED = 20
PAUSE_SECONDS = 1.5

ENDED = re.compile(r"(\w*)[.!?…。！？؟।]+['\"»”’)\]]*$")
# Where there are no spaces, the expression would go through the whole text from each of its characters.
LONGEST_END = 40
# A point after one of these, or after a single letter, ends no sentence.
ABBREVIATIONS = frozenset(
    {"dr", "fr", "hon", "hr", "jr", "mme", "mr", "mrs", "ms", "nr", "prof", "sr", "sra", "st", "vs"}
)


@dataclass(frozen=True, slots=True)
class Sentence:
    """What one speaker says at a stretch, word for word, in seconds and in the numbers of its segments.

    `opens` says that it begins with its first segment, `is_whole` that it is neither cut off nor the rest of another.
    """

    start: float
    end: float
    text: str
    speaker: str | None
    first_segment: int
    last_segment: int
    opens: bool
    is_whole: bool


@dataclass(frozen=True, slots=True)
class _Part:
    start: float
    end: float
    text: str
    length: float
    speaker: str | None
    segment: int
    opens: bool


def sentences_of(segments: Sequence[Segment]) -> list[Sentence]:
    """The sentences of a transcript, in time order."""
    found: list[Sentence] = []
    held: list[_Part] = []
    begins = True
    for part, following in pairwise([*(part for segment in segments for part in _parts(segment)), None]):
        assert part is not None
        held.append(part)
        ended = is_ended(part.text)
        if ended or following is None or _is_cut(held, following):
            found.append(_sentence(held, is_whole=begins and ended))
            begins = ended or (following is not None and following.speaker != part.speaker)
            held = []
    return found


def is_ended(text: str) -> bool:
    """Whether the text ends as a sentence does."""
    mark = ENDED.search(text[-LONGEST_END:])
    return mark is not None and (mark[1].casefold() not in ABBREVIATIONS) and (len(mark[1]) != 1 or mark[1].isdigit())


def _parts(segment: Segment) -> Iterator[_Part]:
    said_at = clock(segment)
    opens = True
    for first, after in _spans(segment.text):
        text = segment.text[first:after].strip()
        if any(map(is_spoken, text)):
            yield _Part(said_at(first), said_at(after), text, length(text), segment.speaker, segment.number, opens)
            opens = False


def _spans(text: str) -> Iterator[tuple[int, int]]:
    """The sentences of a segment as characters, those that are too long in equal parts."""
    for sentence in SENTENCE.finditer(text):
        longest = LONGEST if is_ended(sentence[0].rstrip()) else LONGEST_UNMARKED
        count = max(1, -(-int(length(sentence[0])) // longest))
        words = [word.start() for word in WORD.finditer(text, *sentence.span())] if count > 1 else [sentence.start()]
        edges = [words[i * len(words) // count] for i in range(count)]
        yield from pairwise([*edges, sentence.end()])


def _is_cut(held: Sequence[_Part], following: _Part) -> bool:
    last = held[-1]
    longest = LONGEST if is_ended(following.text) else LONGEST_UNMARKED
    return (
        following.speaker != last.speaker
        or following.start - last.end > PAUSE_SECONDS
        or sum(part.length for part in [*held, following]) > longest
    )


def _sentence(held: Sequence[_Part], *, is_whole: bool) -> Sentence:
    first, last = held[0], held[-1]
    text = " ".join(part.text for part in held)
    return Sentence(first.start, last.end, text, first.speaker, first.segment, last.segment, first.opens, is_whole)
