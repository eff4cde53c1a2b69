"""Vectors asked for over Redis."""

import threading
import time
from collections.abc import Iterator, Sequence
from typing import Any

import numpy as np
import pytest
from flask import Flask
from redis import Redis

from insights.embeddings import Embedder
from insights.exchange import BATCH_TEXTS, EmbeddingClient, EmbeddingsUnavailable, serve
from jobs import queues


class Lengths:
    """A model for which a text means how long it is, and a question the opposite."""

    def __init__(self) -> None:
        self.asked: list[list[str]] = []

    def encode_document(self, texts: Sequence[str], **_: Any) -> Any:
        self.asked.append(list(texts))
        if "boom" in texts:
            raise RuntimeError("the model broke")
        return np.array([[len(text), 1] for text in texts], dtype=np.float32)

    def encode_query(self, texts: Sequence[str], **options: Any) -> Any:
        return -self.encode_document(texts, **options)


@pytest.fixture
def redis(app: Flask) -> Iterator[Redis]:
    queues.connection().flushdb()
    yield queues.connection()
    queues.connection().flushdb()


@pytest.fixture
def model() -> Lengths:
    return Lengths()


@pytest.fixture
def client(redis: Redis, model: Lengths) -> Iterator[EmbeddingClient]:
    """Asks a process that is there."""
    over = threading.Event()

    def work() -> None:
        while not over.is_set():
            serve(redis, Embedder(model, 2), seconds=0.05)

    thread = threading.Thread(target=work)
    thread.start()
    yield EmbeddingClient(redis)
    over.set()
    thread.join()


def test_passages_come_back_as_vectors_in_their_order(client: EmbeddingClient, model: Lengths) -> None:
    texts = ["a" * number for number in range(2 * BATCH_TEXTS + 1)]

    vectors = client.passages(texts, timeout_seconds=5)

    assert vectors.dtype == np.float32
    assert vectors[:, 0].tolist() == list(range(len(texts)))
    assert max(map(len, model.asked)) == BATCH_TEXTS


def test_a_question_is_embedded_as_one(client: EmbeddingClient) -> None:
    assert client.question("why", timeout_seconds=5).tolist() == [-3, -1]


def test_a_question_is_embedded_while_its_asker_does_something_else(client: EmbeddingClient, model: Lengths) -> None:
    receive = client.question_meanwhile("why", timeout_seconds=5)
    deadline = time.monotonic() + 5
    while not model.asked and time.monotonic() < deadline:
        time.sleep(0.01)

    assert model.asked == [["why"]]
    assert receive().tolist() == [-3, -1]


def test_what_cannot_even_be_asked_is_told_to_who_waits() -> None:
    receive = EmbeddingClient.at("unix:///nowhere.sock").question_meanwhile("why", timeout_seconds=5)

    with pytest.raises(EmbeddingsUnavailable):
        receive()


def test_no_passages_are_no_vectors(client: EmbeddingClient, model: Lengths) -> None:
    assert len(client.passages([], timeout_seconds=5)) == 0
    assert model.asked == []


def test_a_model_that_breaks_is_told_and_goes_on(client: EmbeddingClient) -> None:
    with pytest.raises(EmbeddingsUnavailable):
        client.passages(["boom"], timeout_seconds=5)
    assert client.passages(["fine"], timeout_seconds=5).shape == (1, 2)


def test_where_nobody_answers_it_is_told_in_time_and_nothing_is_done_later(redis: Redis, model: Lengths) -> None:
    with pytest.raises(EmbeddingsUnavailable):
        EmbeddingClient(redis).question("why", timeout_seconds=0.1)

    assert serve(redis, Embedder(model, 2), seconds=1)
    assert model.asked == []
    assert redis.keys("embeddings:*") == []


def test_questions_go_before_passages(redis: Redis, model: Lengths) -> None:
    waiting = [
        threading.Thread(target=EmbeddingClient(redis).passages, args=[["passage"]], kwargs={"timeout_seconds": 5}),
        threading.Thread(target=EmbeddingClient(redis).question, args=["why"], kwargs={"timeout_seconds": 5}),
    ]
    for number, thread in enumerate(waiting, 1):
        thread.start()
        while len(redis.keys("embeddings:texts:*")) < number:
            pass

    while len(model.asked) < len(waiting):
        serve(redis, Embedder(model, 2), seconds=1)
    for thread in waiting:
        thread.join()

    assert model.asked == [["why"], ["passage"]]
