"""Cutting a segment in two, and joining segments that follow each other."""

from collections.abc import Iterable, Sequence
from dataclasses import replace
from itertools import pairwise

from speech.editing.places import places, slices, spans
from speech.editing.refusals import EditRefused
from speech.editing.texts import mean_confidence
from speech.providers.words import estimated_words, spread
from speech.scripts import is_unspaced
from speech.transcript import Segment, Word, words_within

# Thai and its neighbours, which come before these, put spaces between sentences.
FIRST_WITHOUT_ANY_SPACE = "\u3005"


def cut(segment: Segment, at: int, seconds: float | None = None) -> tuple[Segment, Segment]:
    """What stands before a character of the text, and the rest. Raises EditRefused where either would be empty.

    The cut lies between the words; where none are timed, at `seconds`, else after the part's share of the time.
    """
    texts = [segment.text[:at].strip(), segment.text[at:].strip()]
    if not all(texts):
        raise EditRefused("A segment can only be split where it has text on both sides.", "at_character")
    if segment.words:
        before, after = _parted(segment, segment.words, at)
    else:
        before, after = (), ()
    moment = spread(texts, segment.start, segment.end)[0].end if seconds is None else seconds
    moment = min(max(moment, segment.start), segment.end)
    ends = before[-1].end if before else after[0].start if after else moment
    starts = after[0].start if after else ends
    return (
        _part(segment, segment.start, ends, texts[0], before),
        _part(segment, starts, segment.end, texts[1], after),
    )


def character_of_word(segment: Segment, number: int) -> int:
    """Where a timed word begins in the text. Raises EditRefused where there is none, or nothing before it."""
    if not segment.words:
        raise EditRefused("The words of this segment have no times, so they have no numbers.", "at_word")
    if not 0 < number < len(segment.words):
        raise EditRefused(f"at_word takes a word from 1 to {len(segment.words) - 1} here.", "at_word")
    return places(segment)[number][0]


def character_at(segment: Segment, seconds: float) -> int:
    """Where in the text the pause between words is that is nearest to a moment. Raises EditRefused."""
    if not segment.start < seconds < segment.end:
        raise EditRefused("at_seconds takes a moment within the segment.", "at_seconds")
    if segment.words:
        words, found = segment.words, places(segment)
    else:
        words, found = spread(slices(segment.text), segment.start, segment.end), spans(segment.text)
    pauses = [abs((word.end + following.start) / 2 - seconds) for word, following in pairwise(words)]
    if not pauses:
        raise EditRefused("A segment of one word cannot be split at a moment.", "at_seconds")
    return found[pauses.index(min(pauses)) + 1][0]


def joined(segments: Sequence[Segment]) -> Segment:
    """One segment in the place of several in order; it is said by whoever says the first that is anybody's.

    Where only some have timed words, the others' are estimated.
    """
    has_words = any(segment.words for segment in segments)
    start, end = segments[0].start, max(segment.end for segment in segments)
    words = [word for segment in segments for word in segment.words or (estimated_words(segment) if has_words else ())]
    text = segments[0].text
    for segment in segments[1:]:
        text += space_between(text, segment.text) + segment.text
    return Segment(
        start,
        end,
        text,
        words_within(words, start, end) if has_words else None,
        next((segment.speaker for segment in segments if segment.speaker), None),
        _confidence(words, mean_confidence(segments)),
    )


def space_between(left: str, right: str) -> str:
    """What stands between two texts that become one: nothing where both are of a script that puts no space anywhere."""
    edges = [*slices(left)[-1:], *slices(right)[:1]]
    return "" if all(is_unspaced(edge) and max(edge) >= FIRST_WITHOUT_ANY_SPACE for edge in edges) else " "


def _parted(segment: Segment, words: Sequence[Word], at: int) -> tuple[tuple[Word, ...], tuple[Word, ...]]:
    """The words before and after a character; one that it lies in is cut too."""
    before: list[Word] = []
    after: list[Word] = []
    for word, (begin, end) in zip(words, places(segment), strict=True):
        if end <= at and not after:
            before.append(word)
        elif begin >= at or after:
            after.append(word)
        else:
            halves = spread([word.text[: at - begin].strip(), word.text[at - begin :].strip()], word.start, word.end)
            first, last = (replace(half, confidence=word.confidence) for half in halves)
            before.append(first)
            after.append(last)
    return tuple(before), tuple(after)


def _part(segment: Segment, start: float, end: float, text: str, words: tuple[Word, ...]) -> Segment:
    known = None if segment.words is None else words
    confidence = _confidence(words, segment.confidence)
    return replace(segment, start=start, end=end, text=text, words=known, confidence=confidence)


def _confidence(words: Iterable[Word], otherwise: float | None) -> float | None:
    known = mean_confidence(words)
    return otherwise if known is None else known
