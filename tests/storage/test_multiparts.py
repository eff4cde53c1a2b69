"""What every store does with a file that arrives in parts, over HTTP where a client speaks to it."""

import hashlib
import time
import tracemalloc
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from typing import Any

import pytest
import requests

from storage import ArrivedPart, ObjectStore, PresignedPut
from tests.storage.test_contract import (
    BOUND_BYTES,
    LARGE_BYTES,
    PATIENCE_SECONDS,
    content_of,
    is_refused,
    put,
    tampered,
)

PART_BYTES = 5 * 1024**2  # the least that S3 takes for all parts but the last
FIRST, SECOND, LAST = (bytes([letter]) * size for letter, size in zip(b"abc", (PART_BYTES, PART_BYTES, 7), strict=True))
CONTENTS = {1: FIRST, 2: SECOND, 3: LAST}


class Sending:
    """One multipart, as the tests send it."""

    def __init__(self, store: ObjectStore, key: str) -> None:
        self.store, self.key = store, key
        self.id = store.begin_multipart(key, content_type="audio/wav", part_size_bytes=PART_BYTES)

    def ticket(self, number: int, **changes: Any) -> PresignedPut:
        order = {"number": number, "size_bytes": len(CONTENTS[number]), "md5": None, "expires_seconds": 60}
        return self.store.presigned_part(self.key, self.id, **{**order, **changes})

    def send(self, *numbers: int) -> None:
        assert [put(self.ticket(number), CONTENTS[number]) for number in numbers] == [200] * len(numbers)

    def arrived(self) -> list[ArrivedPart]:
        return self.store.arrived_parts(self.key, self.id)

    def complete(self) -> None:
        self.store.complete_multipart(self.key, self.id, self.arrived())


@pytest.fixture
def sending(store: ObjectStore, folder: str) -> Iterator[Sending]:
    sending = Sending(store, f"{folder}one")
    yield sending
    store.abort_multipart(sending.key, sending.id)


def test_parts_in_any_order_become_one_object(store: ObjectStore, sending: Sending) -> None:
    sending.send(3, 1, 2)
    sending.complete()
    assert content_of(store, sending.key) == FIRST + SECOND + LAST
    assert store.size_bytes(sending.key) == 2 * PART_BYTES + 7


def test_parts_that_come_at_once_become_one_object(store: ObjectStore, sending: Sending) -> None:
    with ThreadPoolExecutor(6) as threads:
        list(threads.map(sending.send, [1, 2, 3, 2, 1, 3]))
    sending.complete()
    assert content_of(store, sending.key) == FIRST + SECOND + LAST


def test_a_single_part_may_be_of_any_size(store: ObjectStore, folder: str) -> None:
    multipart_id = store.begin_multipart(f"{folder}one", content_type="audio/wav", part_size_bytes=PART_BYTES)
    ticket = store.presigned_part(f"{folder}one", multipart_id, number=1, size_bytes=1, md5=None, expires_seconds=60)
    assert put(ticket, b"x") == 200
    store.complete_multipart(f"{folder}one", multipart_id, store.arrived_parts(f"{folder}one", multipart_id))
    assert content_of(store, f"{folder}one") == b"x"


def test_what_has_arrived_is_told_by_number_and_size(sending: Sending) -> None:
    assert sending.arrived() == []
    sending.send(3, 1)
    assert [(part.number, part.size_bytes) for part in sending.arrived()] == [(1, PART_BYTES), (3, 7)]


def test_there_is_no_object_before_the_end(store: ObjectStore, folder: str, sending: Sending) -> None:
    sending.send(1, 2, 3)
    assert store.size_bytes(sending.key) is None
    assert list(store.keys(folder)) == []


def test_the_type_is_what_it_was_begun_with(store: ObjectStore, sending: Sending) -> None:
    sending.send(1)
    sending.complete()
    address = store.presigned_get(sending.key, content_type="audio/flac", expires_seconds=60)
    assert requests.get(address, timeout=PATIENCE_SECONDS).headers["Content-Type"] == "audio/flac"


def test_a_part_that_is_sent_again_replaces_the_first(store: ObjectStore, sending: Sending) -> None:
    ticket = sending.ticket(3)
    assert put(ticket, b"1234567") == put(ticket, LAST) == 200
    sending.send(2, 1)
    sending.complete()
    assert content_of(store, sending.key) == FIRST + SECOND + LAST


@pytest.mark.parametrize("content", [LAST + b"!", LAST[:-1]], ids=["too many bytes", "too few bytes"])
def test_a_part_of_another_size_is_refused(sending: Sending, content: bytes) -> None:
    assert is_refused(put(sending.ticket(3), content))
    assert sending.arrived() == []


def test_a_part_with_its_checksum_is_taken_and_another_refused(sending: Sending) -> None:
    ticket = sending.ticket(3, md5=hashlib.md5(LAST, usedforsecurity=False).hexdigest())
    assert is_refused(put(ticket, LAST.upper()))
    assert is_refused(put(ticket, LAST.upper(), {"Content-MD5": None}))
    assert sending.arrived() == []
    assert put(ticket, LAST) == 200


def test_a_part_that_breaks_off_leaves_what_was_there(store: ObjectStore, sending: Sending) -> None:
    sending.send(1, 2, 3)

    def half() -> Iterator[bytes]:
        yield b"x" * 1024
        raise ConnectionResetError

    headers = {"Content-Length": str(PART_BYTES)}
    with pytest.raises((requests.RequestException, ConnectionResetError)):
        requests.put(sending.ticket(2).url, data=half(), headers=headers, timeout=PATIENCE_SECONDS)
    sending.complete()
    assert content_of(store, sending.key) == FIRST + SECOND + LAST


def test_an_address_of_a_part_expires(sending: Sending) -> None:
    ticket = sending.ticket(3, expires_seconds=1)
    time.sleep(1.1)
    assert put(ticket, LAST) == 403
    assert sending.arrived() == []


def test_an_address_of_a_part_cannot_be_made_up(sending: Sending) -> None:
    ticket = sending.ticket(3)
    assert put(PresignedPut(tampered(ticket.url), ticket.headers), LAST) == 403
    assert sending.arrived() == []


def test_a_multipart_of_another_key_is_not_there(store: ObjectStore, folder: str, sending: Sending) -> None:
    sending.send(3)
    with pytest.raises(KeyError):
        store.arrived_parts(f"{folder}other", sending.id)
    with pytest.raises(KeyError):
        store.complete_multipart(f"{folder}other", sending.id, sending.arrived())
    store.abort_multipart(f"{folder}other", sending.id)
    assert len(sending.arrived()) == 1
    with pytest.raises(KeyError):
        store.arrived_parts(sending.key, "0" * 32)


def test_parts_that_are_not_there_complete_nothing(store: ObjectStore, sending: Sending) -> None:
    sending.send(1)
    with pytest.raises(KeyError):
        store.complete_multipart(sending.key, sending.id, [*sending.arrived(), ArrivedPart(2, 7, '"0"')])
    assert store.size_bytes(sending.key) is None


def test_after_completion_nothing_changes(store: ObjectStore, sending: Sending) -> None:
    ticket = sending.ticket(3)
    sending.send(1, 2, 3)
    arrived = sending.arrived()
    sending.complete()
    assert is_refused(put(ticket, LAST.upper()))
    with pytest.raises(KeyError):
        sending.arrived()
    with suppress(KeyError):  # Some services take it for a repeat.
        store.complete_multipart(sending.key, sending.id, arrived)
    store.abort_multipart(sending.key, sending.id)
    assert content_of(store, sending.key) == FIRST + SECOND + LAST


def test_what_is_aborted_is_gone_and_takes_nothing_more(store: ObjectStore, sending: Sending) -> None:
    ticket = sending.ticket(3)
    sending.send(1)
    for _ in range(2):
        store.abort_multipart(sending.key, sending.id)
    assert is_refused(put(ticket, LAST))
    with pytest.raises(KeyError):
        sending.arrived()


def test_what_was_begun_long_ago_is_dropped(store: ObjectStore, folder: str, sending: Sending) -> None:
    finished = Sending(store, f"{folder}finished")
    finished.send(1)
    finished.complete()
    sending.send(3)
    store.drop_unfinished(3600)
    assert len(sending.arrived()) == 1
    assert store.drop_unfinished(0) >= 1
    with pytest.raises(KeyError):
        sending.arrived()
    assert content_of(store, finished.key) == FIRST


def test_a_large_part_comes_in_little_memory(store: ObjectStore, folder: str) -> None:
    content, key = bytes(LARGE_BYTES), f"{folder}large"
    multipart_id = store.begin_multipart(key, content_type="audio/wav", part_size_bytes=LARGE_BYTES)
    ticket = store.presigned_part(key, multipart_id, number=1, size_bytes=LARGE_BYTES, md5=None, expires_seconds=60)
    tracemalloc.start()
    assert put(ticket, content) == 200
    store.complete_multipart(key, multipart_id, store.arrived_parts(key, multipart_id))
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert store.size_bytes(key) == LARGE_BYTES
    assert peak < BOUND_BYTES
