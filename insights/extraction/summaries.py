"""A summary in sentences of the transcript, from what each of them is worth.

The paragraph is of sentences from anywhere that are unlike each other; the points are one from each part of the talk.
"""

from collections.abc import Sequence

import numpy
from numpy.typing import NDArray

from insights.artifacts import Bullet
from insights.extraction.quotes import chosen
from insights.extraction.sentence_vectors import Vectors
from insights.extraction.sentences import Sentence, is_ended

# How many sentences the paragraph has: two of a few minutes, three of a longer talk.
SHORT_PARAGRAPH, PARAGRAPH = 2, 3
SHORT_SECONDS = 300.0
LEAST_POINTS, MOST_POINTS = 3, 8
SECONDS_A_POINT = 300.0


def paragraph(sentences: Sequence[Sentence], worth: NDArray[numpy.floating], vectors: Vectors) -> list[int]:
    """The sentences that together tell most, in time order."""
    return sorted(chosen(worth, vectors, SHORT_PARAGRAPH if _seconds(sentences) < SHORT_SECONDS else PARAGRAPH))


def joined(texts: Sequence[str]) -> str:
    """Sentences as one text; what has no mark at its end is set off from the next."""
    return " ".join(text if is_ended(text) or text is texts[-1] else f"{text} …" for text in texts)


def points(sentences: Sequence[Sentence], worth: NDArray[numpy.floating]) -> list[Bullet]:
    """The best sentence of each of some parts of the talk that have equally many sentences, in time order."""
    count = int(numpy.clip(_seconds(sentences) / SECONDS_A_POINT, LEAST_POINTS, MOST_POINTS))
    parts = numpy.array_split(numpy.arange(len(sentences)), count)
    best = [int(part[worth[part].argmax()]) for part in parts if worth[part].max(initial=0.0) > 0]
    once = {sentences[i].text: i for i in reversed(best)}
    return [Bullet(sentences[i].text, sentences[i].start, sentences[i].end) for i in reversed(once.values())]


def _seconds(sentences: Sequence[Sentence]) -> float:
    return sentences[-1].end - sentences[0].start if sentences else 0.0
