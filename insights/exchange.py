"""How the web and the jobs get vectors from the one process that holds the embedding model: by asking over Redis.

A request is an id in a list, its texts under a key that ends with its asker's patience, its answer a list of one that
nobody keeps. So what nobody waits for any more is not worked on, and nothing said stays in Redis for long.
"""

import json
import logging
import time
from collections.abc import Callable, Sequence
from contextlib import suppress
from enum import StrEnum
from secrets import token_hex
from typing import TYPE_CHECKING, Any, Self

from redis import Redis
from redis.exceptions import RedisError

from insights.embeddings import Embedder

if TYPE_CHECKING:
    import numpy
    from numpy.typing import NDArray

# A search must not wait longer for the texts before it than a person notices.
BATCH_TEXTS = 32
ANSWER_KEPT_SECONDS = 60
LISTEN_SECONDS = 5.0
LONGEST_WAIT_SECONDS = 30.0
SHORTEST_WAIT_SECONDS = 0.01

log = logging.getLogger(__name__)


class EmbeddingsUnavailable(Exception):
    """The process that holds the model did not answer in time. It may be starting; trying again helps."""


class Purpose(StrEnum):
    """What the texts are. Questions come first: somebody sits before the page."""

    QUESTIONS = "questions"
    PASSAGES = "passages"


class EmbeddingClient:
    """Asks for vectors. Any number of threads may use one."""

    def __init__(self, redis: Redis) -> None:
        self._redis = redis

    @classmethod
    def at(cls, redis_url: str) -> Self:
        """A client with connections of its own, which may wait for an answer as long as an asker does."""
        return cls(Redis.from_url(redis_url, socket_connect_timeout=2, socket_timeout=LONGEST_WAIT_SECONDS + 5))

    def question(self, text: str, *, timeout_seconds: float) -> "NDArray[numpy.float32]":
        """The vector of what is searched for: float32, shape (dimensions,). Raises EmbeddingsUnavailable."""
        return self.question_meanwhile(text, timeout_seconds=timeout_seconds)()

    def question_meanwhile(self, text: str, *, timeout_seconds: float) -> Callable[[], "NDArray[numpy.float32]"]:
        """The same, while the asker does something else: the vector is waited for when it is called for, once."""
        receive = self._ask(Purpose.QUESTIONS, [text], timeout_seconds)
        return lambda: receive().reshape(-1)

    def passages(
        self, texts: Sequence[str], *, timeout_seconds: float, tick: Callable[[], None] = lambda: None
    ) -> "NDArray[numpy.float32]":
        """The vectors of passages: float32, shape (texts, dimensions). Raises EmbeddingsUnavailable.

        `tick` is called before each batch; `timeout_seconds` is for one batch.
        """
        import numpy

        if not texts:
            return numpy.zeros((0, 0), dtype=numpy.float32)
        # Texts of like length together, since a batch takes as long as its longest.
        order = sorted(range(len(texts)), key=lambda place: len(texts[place]))
        parts = []
        for first in range(0, len(texts), BATCH_TEXTS):
            tick()
            batch = [texts[place] for place in order[first : first + BATCH_TEXTS]]
            parts.append(self._ask(Purpose.PASSAGES, batch, timeout_seconds)())
        vectors = numpy.concatenate(parts)
        return vectors[numpy.argsort(order)]

    def _ask(
        self, purpose: Purpose, texts: Sequence[str], timeout_seconds: float
    ) -> Callable[[], "NDArray[numpy.float32]"]:
        """Have the texts embedded. Asking may fail too, which is told to who waits for the answer."""
        request, until = token_hex(12), time.monotonic() + timeout_seconds
        is_sent = self._send(purpose, request, texts, timeout_seconds)

        def receive() -> "NDArray[numpy.float32]":
            import numpy

            answer = self._receive(request, until - time.monotonic()) if is_sent else None
            if not answer:
                raise EmbeddingsUnavailable
            return numpy.frombuffer(answer, dtype="<f4").reshape(len(texts), -1)

        return receive

    def _send(self, purpose: Purpose, request: str, texts: Sequence[str], timeout_seconds: float) -> bool:
        with suppress(RedisError), self._redis.pipeline() as pipe:
            pipe.set(_texts_key(request), json.dumps(list(texts)), px=round(timeout_seconds * 1000))
            pipe.rpush(_list_of(purpose), request)
            pipe.execute()
            return True
        return False

    def _receive(self, request: str, timeout_seconds: float) -> bytes | None:
        with suppress(RedisError):
            # Nothing is how Redis spells for ever.
            popped: Any = self._redis.blpop([_answer_key(request)], timeout=max(timeout_seconds, SHORTEST_WAIT_SECONDS))
            return popped[1] if popped else None
        return None


def serve(redis: Redis, embedder: Embedder, *, seconds: float = LISTEN_SECONDS) -> bool:
    """Answer the next request, the questions' first; False when none came in that time."""
    lists = [_list_of(purpose) for purpose in Purpose]
    popped: Any = redis.blpop(lists, timeout=seconds)
    if not popped:
        return False
    purpose, request = Purpose(popped[0].decode().rpartition(":")[2]), popped[1].decode()
    texts: Any = redis.getdel(_texts_key(request))
    if texts is not None:
        _answer(redis, request, _vectors(embedder, purpose, json.loads(texts)))
    return True


def _vectors(embedder: Embedder, purpose: Purpose, texts: list[str]) -> bytes:
    encode = embedder.encode_questions if purpose is Purpose.QUESTIONS else embedder.encode
    try:
        return encode(texts).astype("<f4").tobytes()
    except Exception:
        # The asker is told by an empty answer; the texts are somebody's and stay out of the log.
        log.exception("could not embed %d texts", len(texts))
        return b""


def _answer(redis: Redis, request: str, vectors: bytes) -> None:
    with redis.pipeline() as pipe:
        pipe.rpush(_answer_key(request), vectors)
        pipe.expire(_answer_key(request), ANSWER_KEPT_SECONDS)
        pipe.execute()


def _list_of(purpose: Purpose) -> str:
    return f"embeddings:{purpose}"


def _texts_key(request: str) -> str:
    return f"embeddings:texts:{request}"


def _answer_key(request: str) -> str:
    return f"embeddings:answer:{request}"
