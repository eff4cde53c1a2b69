"""Words with estimated times, for providers that time whole segments only.

The estimate takes speech for even: each word gets the share of its segment's time that its letters are of the
segment's letters. Where a script puts no spaces between words (Chinese, Japanese, Thai, Lao, Khmer, Burmese), a
character stands for a word.
"""

import unicodedata
from collections.abc import Sequence
from itertools import accumulate, pairwise

from speech.scripts import BEFORE_THEIR_CONSONANT, is_unspaced
from speech.transcript import Segment, Word

AFTER_THEIR_CONSONANT = frozenset("ะาำๅະາຳ")


def estimated_words(segment: Segment) -> tuple[Word, ...]:
    """The words of a segment's text spread over its time by their length, without gaps and without confidence.

    In the order of the text, punctuation attached; put together they are the text again but for its spaces.
    """
    start = max(0.0, segment.start)
    return spread(words_of(segment.text), start, max(start, segment.end))


def spread(texts: Sequence[str], start: float, end: float) -> tuple[Word, ...]:
    """Words one after the other from `start` to `end` seconds, each as long as its letters are of all letters."""
    lengths = [max(1, _sounds(text)) for text in texts]
    total = sum(lengths)
    bounds = [start, *(_at(start, end, reached / total) for reached in accumulate(lengths))]
    return tuple(Word(begin, end, text) for (begin, end), text in zip(pairwise(bounds), texts, strict=True))


def words_of(text: str) -> list[str]:
    """The words without surrounding spaces. What is only punctuation goes with the word before, or opens the next."""
    words: list[str] = []
    opening = ""
    for token in text.split():
        if _sounds(token):
            first, *others = _pieces(token)
            words += [opening + first, *others]
            opening = ""
        elif words and not opening and not _opens(token):
            words[-1] += " " + token
        else:
            opening += token + " "
    if words and opening:
        words[-1] += " " + opening
    return [word.strip() for word in words or [opening] if word]


def _pieces(token: str) -> list[str]:
    """The token cut at each character of a script without spaces; a run of any other stays whole."""
    pieces: list[str] = []
    begun, sounds, unspaced = 0, False, False  # Of the piece that is not finished.
    for at, character in enumerate(token):
        whole = sounds and token[at - 1] not in BEFORE_THEIR_CONSONANT
        if whole and not _belongs_to_last(character) and (is_unspaced(character) or unspaced):
            pieces.append(token[begun:at])
            begun, sounds, unspaced = at, False, False
        sounds, unspaced = sounds or bool(_sounds(character)), unspaced or is_unspaced(character)
    return [*pieces, token[begun:]]


def _belongs_to_last(character: str) -> bool:
    category = unicodedata.category(character)
    attached = category[0] in "MPC" or category in {"Lm", "Sk"} or character in AFTER_THEIR_CONSONANT
    return attached and not _opens(character)


def _opens(text: str) -> bool:
    return unicodedata.category(text[-1]) in {"Ps", "Pi"}


def _sounds(text: str) -> int:
    """How many of its characters stand for a sound: letters, vowel signs, digits, symbols; no punctuation."""
    return sum(unicodedata.category(character)[0] in "LMNS" for character in text)


def _at(start: float, end: float, share: float) -> float:
    """The moment after a share of start..end, in whole milliseconds as far as that is inside."""
    return min(max(round(start + (end - start) * share, 3), start), end) if share < 1 else end
