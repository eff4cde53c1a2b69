"""The process that holds the embedding model, played by a thread with vectors of words: like words, like vectors."""

import re
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from zlib import crc32

import numpy
from numpy.typing import NDArray
from redis import Redis

from insights.embeddings import Embedder
from insights.exchange import serve
from models import EMBEDDING_DIMENSIONS

Vectors = NDArray[numpy.float32]


class WordsModel:
    """Hashes each word to a dimension. Has of sentence-transformers what `insights.embeddings` uses."""

    def encode_document(self, texts: Sequence[str], **options: object) -> Vectors:
        vectors = numpy.zeros((len(texts), EMBEDDING_DIMENSIONS), numpy.float32)
        for row, text in zip(vectors, texts, strict=True):
            for word in re.findall(r"\w+", text.lower()):
                row[crc32(word.encode()) % EMBEDDING_DIMENSIONS] += 1
        lengths = numpy.linalg.norm(vectors, axis=1, keepdims=True)
        return numpy.asarray(vectors / numpy.maximum(lengths, 1e-9), numpy.float32)

    encode_query = encode_document


@contextmanager
def embedder(redis_url: str) -> Iterator[None]:
    """Vectors are to be had over this Redis for as long as the context lasts."""
    stopping = threading.Event()

    def answer() -> None:
        with Redis.from_url(redis_url) as redis:
            while not stopping.is_set():
                serve(redis, Embedder(WordsModel(), EMBEDDING_DIMENSIONS), seconds=0.05)

    thread = threading.Thread(target=answer, daemon=True)
    thread.start()
    yield
    stopping.set()
    thread.join(10)
