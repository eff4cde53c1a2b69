"""What a talk is about: the phrases that are said often and are like the whole of what is said."""

from collections.abc import Sequence
from itertools import pairwise

import numpy

from insights.artifacts import Mention, Topic
from insights.extraction.labels import stems, worth, written
from insights.extraction.phrases import Phrase
from insights.extraction.sentence_vectors import Vectors
from insights.extraction.sentences import Sentence

MOST_MENTIONS = 12
# What weighs less beside the first is a remark.
LEAST_WEIGHT = 0.2
# Mentions that are closer together are one, in seconds.
LEAST_GAP = 30.0


def weighed(phrases: Sequence[Phrase], likeness: Vectors) -> list[tuple[Phrase, float]]:
    """The phrases that name what a talk is about, the best first, each about something else; its weight is 1.

    `likeness` is how like the whole each phrase is.
    """
    weights = worth(phrases, numpy.array([len(phrase.places) for phrase in phrases]), likeness)
    weights *= 1 + numpy.array([phrase.burst for phrase in phrases]) / 2
    weights /= max(weights.max(initial=0.0), numpy.finfo(float).tiny)
    chosen: list[tuple[Phrase, float]] = []
    taken: set[str] = set()
    for i in numpy.argsort(-weights, kind="stable"):
        about = stems(phrases[i])
        if weights[i] > LEAST_WEIGHT and not about & taken:
            chosen.append((phrases[i], float(weights[i])))
            taken |= about
    return chosen


def topics(sentences: Sequence[Sentence], named: Sequence[tuple[Phrase, float]]) -> list[Topic]:
    """The topics that phrases and their weights name, and where they are talked about."""
    return [Topic(written(phrase.text), round(weight, 3), _mentions(sentences, phrase)) for phrase, weight in named]


def _mentions(sentences: Sequence[Sentence], phrase: Phrase) -> tuple[Mention, ...]:
    """Where the phrase is said, in time order; of too many places those that lie closest together are one."""
    places = [sentences[i] for i in dict.fromkeys(phrase.places)]
    gaps = sorted((later.start - earlier.end for earlier, later in pairwise(places)), reverse=True)
    least = max([LEAST_GAP, *gaps[MOST_MENTIONS - 1 : MOST_MENTIONS]])
    mentions: list[Mention] = []
    for place in places:
        if mentions and place.start - mentions[-1].end <= least:
            mentions[-1] = Mention(mentions[-1].start, max(mentions[-1].end, place.end))
        else:
            mentions.append(Mention(place.start, place.end))
    return tuple(mentions)
