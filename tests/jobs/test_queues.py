"""The doorbell: what is in Redis, and that every bell has somebody behind it."""

import zlib
from importlib import import_module
from typing import Any

import pytest
from sqlalchemy.orm import Session

from jobs import queues
from jobs.queues import DUE, ENTRY_POINTS, QueueName
from models import Account
from tests.factories import make_transcription


def everything_in_redis() -> bytes:
    """Every field of every hash and every element of every list; RQ compresses what a job is called with."""
    redis = queues.connection()
    found: list[Any] = []
    for key in redis.keys("*"):
        kind = redis.type(key)
        if kind == b"hash":
            found += [*redis.hgetall(key).values()]
        elif kind == b"list":
            found += redis.lrange(key, 0, -1)
    return b"\n".join(decompressed(value) for value in found)


def decompressed(value: bytes) -> bytes:
    try:
        return zlib.decompress(value)
    except zlib.error:
        return value


@pytest.mark.parametrize("name", QueueName)
def test_every_queue_leads_to_a_job(name: QueueName) -> None:
    module, _, function = ENTRY_POINTS[name].rpartition(".")

    assert callable(getattr(import_module(module), function))


@pytest.mark.usefixtures("session")
@pytest.mark.parametrize("name", QueueName)
def test_a_job_is_one_id_and_leaves_no_result(name: QueueName) -> None:
    queues.enqueue(name, "tr_1")

    (job,) = queues.queue(name).jobs
    assert (job.func_name, job.args, job.kwargs) == (ENTRY_POINTS[name], ["tr_1"], {})
    assert (job.result_ttl, job.failure_ttl, job.retries_left) == (0, 0, None)
    assert queues.waiting(name) == {"tr_1"}


def test_redis_holds_nothing_of_the_source(session: Session, alice: Account) -> None:
    transcription = make_transcription(
        session, alice, url="https://example.com/hush.mp3", url_headers={"Cookie": "hush"}, title="hush"
    )

    queues.enqueue(QueueName.FETCH, transcription.public_id)

    held = everything_in_redis()
    assert f'["{transcription.public_id}"]'.encode() in held.replace(b" ", b"")
    assert b"hush" not in held


@pytest.mark.usefixtures("session")
def test_a_bell_that_waits_is_not_rung_again() -> None:
    for _ in range(3):
        queues.ring(QueueName.TRANSCRIBE)

    assert (queues.queue(QueueName.TRANSCRIBE).count, queues.waiting(QueueName.TRANSCRIBE)) == (1, {DUE})


@pytest.mark.usefixtures("session")
def test_the_same_row_rung_twice_is_two_jobs_to_the_queue() -> None:
    for _ in range(2):
        queues.enqueue(QueueName.FETCH, "tr_1")

    assert queues.queue(QueueName.FETCH).count == 2
