"""What sentences are about, as vectors: by the model's embedding and by the words that the transcript itself repeats.

The two are of unit length and lie side by side, so that a dot product is the mean of both similarities. What a model
knows of the world and which words go together in this very recording are different evidence: together they find
chapters better than either does. Where no model knows the language, the words do it alone.
"""

from collections import Counter
from collections.abc import Callable, Sequence

import numpy
from numpy.typing import NDArray
from scipy.sparse import csr_array  # type: ignore[import-untyped]

from insights.extraction.sentences import Sentence
from insights.search.lexemes import length, searchable

Vectors = NDArray[numpy.float32]
Embed = Callable[[Sequence[str]], Vectors]

# A recording is about a few dozens of things. Between 30 and 100 the chapters stay the same.
DIMENSIONS = 50
# Each makes the axes ten times better or so; with four the chapters are those of an exact decomposition.
ITERATIONS = 4
# Shorter vectors are the noise of the arithmetic.
LEAST_LENGTH = 1e-6


def embedded(texts: Sequence[str], embed: Embed) -> Vectors:
    """The embeddings of the texts; what is said often ("yes", "okay") is embedded once."""
    different = list(dict.fromkeys(texts))
    place = {text: i for i, text in enumerate(different)}
    return embed(different)[[place[text] for text in texts]]


def by_words(texts: Sequence[str]) -> Vectors:
    """Latent semantic analysis (Deerwester et al. 1990) of the texts by themselves: rows of unit length.

    A text none of whose words is said in another one has a row of zeros.
    """
    weighed = _weighed([searchable(text).split() for text in texts])
    dimensions = min(DIMENSIONS, *weighed.shape)
    if dimensions == 0:
        return numpy.zeros((len(texts), 1), numpy.float32)
    return unit(weighed @ _axes(weighed, dimensions))


def unit(vectors: NDArray[numpy.floating]) -> Vectors:
    """The vectors at unit length, zeros as they are."""
    lengths = numpy.linalg.norm(vectors, axis=-1, keepdims=True)
    scaled: Vectors = numpy.where(lengths > LEAST_LENGTH, vectors / numpy.maximum(lengths, LEAST_LENGTH), 0.0).astype(
        numpy.float32
    )
    return scaled


def weights_of(sentences: Sequence[Sentence]) -> NDArray[numpy.float32]:
    """How much each sentence counts: twice as many words say more, but mostly about the same."""
    return numpy.sqrt([max(1.0, length(sentence.text)) for sentence in sentences]).astype(numpy.float32)


def side_by_side(*parts: Vectors) -> Vectors:
    """One vector of several for each text, whose dot product is the mean of theirs."""
    joined: Vectors = numpy.hstack(parts) / numpy.float32(len(parts) ** 0.5)
    return joined


def _weighed(texts: Sequence[Sequence[str]]) -> csr_array:
    """The repeated words of each text: a row of unit length, weighed by log frequency and inverse text frequency."""
    said_in = Counter(word for words in texts for word in set(words))
    column = {word: i for i, word in enumerate(sorted(word for word, count in said_in.items() if count > 1))}
    rarity = {word: numpy.log((1 + len(texts)) / (1 + said_in[word])) + 1 for word in column}
    values: list[float] = []
    columns: list[int] = []
    row_ends = [0]
    for words in texts:
        counts = Counter(word for word in words if word in column)
        row = numpy.array([(1 + numpy.log(count)) * rarity[word] for word, count in counts.items()])
        values.extend(row / max(numpy.linalg.norm(row), 1.0))
        columns.extend(column[word] for word in counts)
        row_ends.append(len(columns))
    return csr_array((values, columns, row_ends), shape=(len(texts), len(column)))


def _axes(rows: csr_array, count: int) -> NDArray[numpy.float64]:
    """The directions in which rows differ most, by randomized subspace iteration (Halko et al. 2011), always alike."""
    axes = numpy.random.default_rng(0).standard_normal((rows.shape[1], count))
    for _ in range(ITERATIONS):
        axes, _triangle = numpy.linalg.qr(rows.T @ (rows @ axes))
    return axes
