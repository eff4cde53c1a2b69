"""Phrases as names of what is talked about: what they are worth, which are about the same, how they are written."""

from collections.abc import Sequence

import numpy
from numpy.typing import NDArray

from insights.extraction.phrases import Phrase

# Two words say twice as much as one; more are often a part of a sentence.
TWO_WORDS = 2.0
# Words of one stem have so many letters in common in most languages that inflect at the end.
STEM_LETTERS = 5
# How like the whole a phrase is at least: where so little is said that nothing is alike, how often it stands decides.
FAINT = 0.01


def worth(
    phrases: Sequence[Phrase], counts: NDArray[numpy.integer], likeness: NDArray[numpy.floating]
) -> NDArray[numpy.float64]:
    """What phrases are worth as names of a stretch, from how often they stand there and how like the whole they are.

    Frequency and length are those of C-value (Frantzi et al. 2000), likeness that of KeyBERT (Grootendorst 2020).
    """
    forms = numpy.array([form(phrase) for phrase in phrases])
    scores: NDArray[numpy.float64] = numpy.sqrt(counts) * forms * numpy.maximum(likeness, FAINT)
    return scores


def form(phrase: Phrase) -> float:
    """What a phrase is worth for its form alone."""
    return phrase.is_thing * (1.0 if len(phrase.words) == 1 else TWO_WORDS)


def stems(phrase: Phrase) -> frozenset[str]:
    """By what it is told that two phrases are about the same: the beginnings of their words."""
    # A run of characters is one word.
    words = phrase.words if any(len(word) > 1 for word in phrase.words) else ["".join(phrase.words)]
    return frozenset(word[:STEM_LETTERS] for word in words if len(word) > 2 or len(words) == 1)


def written(text: str) -> str:
    """The text as it begins a line."""
    first, _, rest = text.partition(" ")
    # Neither "iPhone" nor "pH" is to change. The title case of a letter is its capital in the scripts that have any.
    return text if first != first.lower() else f"{first[:1].title()}{first[1:]}{' ' if rest else ''}{rest}"
