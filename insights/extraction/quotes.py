"""Which sentences can be quoted by themselves, and which of them say most.

Nothing is rewritten, so a sentence has to be readable as it is: whole, of some length, saying something, without
stumbling, and not leaning on what was said before it.
"""

from itertools import pairwise

import numpy
from numpy.typing import NDArray

from insights.extraction.sentence_vectors import Vectors
from insights.extraction.sentences import Sentence
from insights.extraction.small_words import HESITATIONS, LEANING
from insights.search.lexemes import length, searchable

# In words. Shorter ones say little, longer ones are read by nobody.
SHORT, LONG = 12.0, 32.0
# What part of the words has to mean something for the sentence to be full of meaning.
DENSE = 0.4
# What is left of a sentence's worth for each thing that disturbs.
DISTURBED = 0.5
ASKING = ("?", "？", "؟", "…", "...")
# How much being like what is chosen already counts against being worth choosing.
ALIKE = 0.3
THE_SAME = 0.95


def fitness(sentence: Sentence, small: frozenset[str]) -> float:
    """From 0 to 1, how well a sentence reads by itself. `small` are the small words of its language."""
    words = searchable(sentence.text).split()
    if not words:
        return 0.0
    size = max(length(sentence.text), 1.0)
    # Some sentences are all of small words, and something has to be quoted.
    meaning = (sum(word not in small for word in words) + 0.5) / (len(words) + 1)
    return min(1.0, size / SHORT, LONG / size) * min(1.0, meaning / DENSE) * DISTURBED ** _disturbances(sentence, words)


def chosen(worth: NDArray[numpy.floating], vectors: Vectors, count: int) -> list[int]:
    """Up to `count` texts that are worth most and unlike each other (MMR, Carbonell & Goldstein 1998), best first."""
    picked: list[int] = []
    left = numpy.where(worth > 0, (1 - ALIKE) * worth, -numpy.inf)
    while len(picked) < count and left.max(initial=-numpy.inf) > -numpy.inf:
        picked.append(int(left.argmax()))
        likeness = numpy.maximum(vectors @ vectors[picked[-1]], 0.0)
        left = numpy.minimum(left, (1 - ALIKE) * worth - ALIKE * worth.max() * likeness)
        left[likeness > THE_SAME] = -numpy.inf
        left[picked] = -numpy.inf
    return picked


def _disturbances(sentence: Sentence, words: list[str]) -> int:
    return (
        (not sentence.is_whole)
        + (words[0] in LEANING)
        + sum(word in HESITATIONS for word in words)
        + sum(word == following for word, following in pairwise(words))
        + sum(mark in "[]{}_" for mark in sentence.text)
        + ("--" in sentence.text)
        + sentence.text.rstrip().endswith(ASKING)
    )
