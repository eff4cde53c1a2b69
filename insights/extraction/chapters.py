"""Chapters: where the talk turns to something else.

What a chapter costs is how much its sentences differ in what they are about. Another chapter has to be worth its price,
which grows with what it takes to say where it begins: the logarithm of the number of sentences (Rissanen's minimum
description length). It is less where somebody announces something new, and more where the talk plainly goes on.
"""

from collections.abc import Sequence

import numpy
from numpy.typing import NDArray

from insights.extraction.change_points import best_cuts, stretch_costs
from insights.extraction.sentence_vectors import Vectors, weights_of
from insights.extraction.sentences import Sentence

# Both are in what one sentence scatters by. Cross-validated over 63 meetings and lectures, chapters agree with people's
# equally well from 0.55 to 0.65 and from 0.2 to 0.4.
PRICE = 0.6
CUE_WORTH = 0.3
# Time and memory go with their square.
MOST_CANDIDATES = 2_000
# A chapter begins with a segment, unless the segment goes on for longer than this.
LONG_SEGMENT_SECONDS = 60.0
LEAST_SECONDS = 60.0


def chapter_starts(sentences: Sequence[Sentence], vectors: Vectors, cues: NDArray[numpy.float32]) -> list[int]:
    """The sentences that chapters begin with, the first one included.

    `cues` say how much each sentence sounds like a beginning, in standard deviations; zeros where nothing is known.
    """
    if not sentences:
        return []
    # The announcement may end what was before it as well as begin what comes.
    heard = numpy.maximum(cues, numpy.concatenate([cues[:1], cues[:-1]]))
    candidates = _candidates(sentences, heard)
    costs = stretch_costs(vectors, weights_of(sentences), candidates)
    costs[_is_short(sentences, candidates)] = numpy.inf
    prices = PRICE * numpy.log(len(sentences)) - CUE_WORTH * (heard - heard[candidates].mean())[candidates]
    return [0, *(int(candidates[cut]) for cut in best_cuts(costs, prices))]


def _candidates(sentences: Sequence[Sentence], heard: NDArray[numpy.float32]) -> NDArray[numpy.intp]:
    """The sentences that a chapter may begin with; of too many, those in each run that sound most like a beginning."""
    possible, opened_at = [], sentences[0].start
    for i, sentence in enumerate(sentences):
        opened_at = sentence.start if sentence.opens else opened_at
        if sentence.opens or sentence.start - opened_at > LONG_SEGMENT_SECONDS:
            possible.append(i)
    run = -(-len(possible) // MOST_CANDIDATES)
    runs = [possible[first : first + run] for first in range(0, len(possible), run)]
    return numpy.array([0, *(max(run, key=lambda i: heard[i]) for run in runs[1:])], numpy.intp)


def _is_short(sentences: Sequence[Sentence], candidates: NDArray[numpy.intp]) -> NDArray[numpy.bool_]:
    """Which stretches are no chapter: those of less than a minute, or than the root of more than an hour's seconds."""
    starts = numpy.array([*(sentences[i].start for i in candidates), sentences[-1].end])
    least = max(LEAST_SECONDS, (starts[-1] - starts[0]) ** 0.5)
    spans: NDArray[numpy.bool_] = starts - starts[:, None] < least
    spans[0, -1] = False
    return spans
