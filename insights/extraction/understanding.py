"""A transcript understood without a language model: its chapters, what it is about, and its gist in its own sentences.

Everything is extracted: titles and topics are phrases that somebody says, summaries are sentences of the transcript. A
sentence is the better the more it is like what it stands for (Radev et al. 2004) and the more of that it names.
"""

from collections.abc import Iterable, Sequence
from itertools import pairwise

import numpy
from numpy.typing import NDArray

from insights.artifacts import Chapter, Summary, Topic
from insights.extraction.chapters import chapter_starts
from insights.extraction.labels import FAINT
from insights.extraction.phrases import Phrase
from insights.extraction.reading import Reading, read
from insights.extraction.sentence_vectors import Vectors, unit
from insights.extraction.summaries import joined, paragraph, points
from insights.extraction.titles import naming, titles
from insights.extraction.topics import topics, weighed

__all__ = ["Reading", "chapters_of", "read", "summary_of", "topics_of"]

TOPICS, KEY_PHRASES = 8, 10
# What a sentence is worth that names nothing; naming what weighs most adds 1, naming a lot adds no more than this.
NAMELESS = 0.3
MOST_NAMED = 1.5
# What stands elsewhere is told again only for want of anything else.
TOLD_AGAIN = 0.01


def chapters_of(reading: Reading, *, duration: float) -> list[Chapter]:
    """The chapters of a transcript, one after the other from 0 to `duration` seconds; none where nothing is said."""
    if not reading.sentences:
        return []
    firsts = _firsts(reading, duration)
    chapter_of = numpy.repeat(numpy.arange(len(firsts)), numpy.diff([*firsts, len(reading.sentences)]))
    centres = unit(numpy.add.reduceat(reading.vectors * reading.weights[:, None], firsts))
    lengths = numpy.add.reduceat(reading.weights**2, firsts)
    names = naming(reading.phrases, chapter_of, lengths / lengths.sum(), reading.phrase_vectors @ centres.T)
    likeness = (reading.vectors * centres[chapter_of]).sum(1)
    worth = _worth(reading, likeness, _named_in_chapters(names, chapter_of))
    said = [reading.sentences[i].text for i in _best_of_each(worth, firsts)]
    edges = [0.0, *(reading.sentences[first].start for first in firsts[1:]), duration]
    return [
        Chapter(title, start, end, text)
        for title, text, (start, end) in zip(titles(names, said, reading.language), said, pairwise(edges), strict=True)
    ]


def topics_of(reading: Reading) -> list[Topic]:
    """What the talk is about, the topic that weighs most first."""
    return topics(reading.sentences, _weighed(reading)[:TOPICS])


def summary_of(reading: Reading, chapters: Iterable[Chapter]) -> Summary:
    """The gist of the talk: a paragraph, and points beside it that do not stand with the chapters already."""
    about = _weighed(reading)[:KEY_PHRASES]
    named = numpy.zeros(len(reading.sentences))
    for phrase, weight in about:
        named[list(set(phrase.places))] += weight
    worth = _worth(reading, reading.vectors @ _whole(reading), named)
    short = paragraph(reading.sentences, worth, reading.vectors)
    told = {*(chapter.summary for chapter in chapters), *(reading.sentences[i].text for i in short)}
    worth[[sentence.text in told for sentence in reading.sentences]] *= TOLD_AGAIN
    return Summary(
        joined([reading.sentences[i].text for i in short]),
        tuple(points(reading.sentences, worth)),
        tuple(phrase.text for phrase, _ in about),
    )


def _firsts(reading: Reading, duration: float) -> list[int]:
    """The first sentence of each chapter. Where times do not tell sentences apart, neither do chapters."""
    firsts = [0]
    for first in chapter_starts(reading.sentences, reading.vectors, reading.cues)[1:]:
        if max(0.0, reading.sentences[firsts[-1]].start) < reading.sentences[first].start < duration:
            firsts.append(first)
    return firsts


def _whole(reading: Reading) -> Vectors:
    return unit(reading.weights @ reading.vectors)


def _weighed(reading: Reading) -> list[tuple[Phrase, float]]:
    return weighed(reading.phrases, reading.phrase_vectors @ _whole(reading))


def _worth(reading: Reading, likeness: Vectors, named: NDArray[numpy.float64]) -> NDArray[numpy.float64]:
    """What each sentence is worth by how like the rest it is, how well it reads, and the weight of what it names."""
    worth: NDArray[numpy.float64] = numpy.maximum(likeness, FAINT) * reading.fitness
    return worth * (NAMELESS + numpy.minimum(named, MOST_NAMED))


def _named_in_chapters(names: Sequence[Sequence[Phrase]], chapter_of: NDArray[numpy.intp]) -> NDArray[numpy.float64]:
    """How many of its chapter's names each sentence says."""
    named = numpy.zeros(len(chapter_of))
    for chapter, phrases in enumerate(names):
        for phrase in phrases:
            places = numpy.unique(phrase.places)
            named[places[chapter_of[places] == chapter]] += 1
    return named


def _best_of_each(worth: NDArray[numpy.floating], firsts: Sequence[int]) -> list[int]:
    return [first + int(worth[first:after].argmax()) for first, after in pairwise([*firsts, len(worth)])]
