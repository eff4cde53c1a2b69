"""A transcript read: its sentences and phrases, what they are about, and which of them can be quoted."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy
from numpy.typing import NDArray

from insights.extraction.labels import form
from insights.extraction.phrases import Phrase, phrases_of
from insights.extraction.quotes import fitness
from insights.extraction.sentence_vectors import Embed, Vectors, by_words, embedded, side_by_side, unit, weights_of
from insights.extraction.sentences import Sentence, sentences_of
from insights.extraction.small_words import small_words
from insights.extraction.turning_cues import turning_cues
from models import Segment

# One phrase is embedded for so many sentences, so that phrases cost little beside them.
SENTENCES_A_PHRASE = 4
LEAST_PHRASES = 100


@dataclass(frozen=True, slots=True, eq=False)
class Reading:
    """What is known of a transcript once it is read.

    `vectors` and `phrase_vectors` are of unit length. Of each sentence, `weights` say how much it counts, `cues` how
    much it sounds like a beginning, and `fitness` how well it reads by itself.
    """

    language: str | None
    sentences: tuple[Sentence, ...]
    vectors: Vectors
    weights: NDArray[numpy.float32]
    cues: NDArray[numpy.float32]
    fitness: NDArray[numpy.float64]
    phrases: tuple[Phrase, ...]
    phrase_vectors: Vectors


def read(segments: Sequence[Segment], *, language: str | None, embed: Embed | None) -> Reading:
    """Read a transcript. `embed` makes unit vectors of texts; without it, words alone tell what is alike."""
    sentences = sentences_of(segments)
    texts = [sentence.text for sentence in sentences]
    phrases = _telling(phrases_of(texts, language), sentences)
    vectors = by_words(texts)
    # A phrase is about what the sentences are about that it stands in.
    contexts = [vectors[list(phrase.places)].sum(0) for phrase in phrases]
    phrase_vectors = unit(numpy.stack(contexts)) if contexts else vectors[:0]
    cues = numpy.zeros(len(texts), numpy.float32)
    if embed and texts:
        embeddings = embedded([*texts, *(phrase.text for phrase in phrases)], embed)
        cues = turning_cues(embeddings[: len(texts)], embed)
        vectors = side_by_side(embeddings[: len(texts)], vectors)
        phrase_vectors = side_by_side(embeddings[len(texts) :], phrase_vectors)
    return Reading(
        language,
        tuple(sentences),
        vectors,
        weights_of(sentences),
        cues,
        numpy.array([fitness(sentence, small_words(language)) for sentence in sentences]),
        tuple(phrases),
        phrase_vectors,
    )


def _telling(phrases: Sequence[Phrase], sentences: Sequence[Sentence]) -> list[Phrase]:
    """The phrases that are worth embedding: those said often and in bursts, and that are not who speaks."""
    speakers = [set(label.casefold().split()) for label in {sentence.speaker or "" for sentence in sentences}]
    others = [phrase for phrase in phrases if not any(speaker.issuperset(phrase.words) for speaker in speakers)]
    most = max(LEAST_PHRASES, len(sentences) // SENTENCES_A_PHRASE)
    return sorted(others, key=lambda phrase: -(len(phrase.places) ** 0.5) * (1 + phrase.burst) * form(phrase))[:most]
