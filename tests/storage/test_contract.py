"""What every store does, over HTTP where a client or a provider speaks to it."""

import hashlib
import socket
import time
import tracemalloc
from collections.abc import Mapping
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
import requests

from storage import ObjectStore, PresignedPut

CONTENT = b"RIFF and so on"
SHA256 = hashlib.sha256(CONTENT).hexdigest()
LARGE_BYTES, BOUND_BYTES = 70 * 1024**2, 40 * 1024**2
PATIENCE_SECONDS = 10


def stored(store: ObjectStore, key: str, scratch: Path, content: bytes = CONTENT) -> str:
    path = scratch / "file"
    path.write_bytes(content)
    store.put_file(key, path)
    assert not path.exists()
    return key


def content_of(store: ObjectStore, key: str) -> bytes:
    with store.local_copy(key) as copy:
        return copy.read_bytes()


def ticket(store: ObjectStore, key: str, **changes: Any) -> PresignedPut:
    order = {"size_bytes": len(CONTENT), "content_type": "audio/wav", "sha256": SHA256, "expires_seconds": 60}
    return store.presigned_put(key, **{**order, **changes})


def put(ticket: PresignedPut, content: bytes = CONTENT, changes: Mapping[str, str | None] | None = None) -> int:
    """The status that a client gets whose headers differ so from the ticket's; None leaves one out."""
    headers = {**ticket.headers, **(changes or {})}
    return requests.put(
        ticket.url, data=content, headers=headers, timeout=PATIENCE_SECONDS, allow_redirects=False
    ).status_code


def get(url: str, **headers: str) -> requests.Response:
    return requests.get(url, headers=headers, timeout=PATIENCE_SECONDS, allow_redirects=False)


def tampered(url: str) -> str:
    """The same address with another signature, which stands at the end of both stores' addresses."""
    return f"{url[:-10]}{'b' if url[-10] == 'a' else 'a'}{url[-9:]}"


def is_refused(status: int) -> bool:
    return 400 <= status < 500


def test_a_file_is_taken_over_and_read_back(store: ObjectStore, folder: str, scratch: Path) -> None:
    key = stored(store, f"{folder}one", scratch)
    assert store.size_bytes(key) == len(CONTENT)
    assert content_of(store, key) == CONTENT


def test_a_file_replaces_what_was_there(store: ObjectStore, folder: str, scratch: Path) -> None:
    key = stored(store, f"{folder}one", scratch)
    stored(store, key, scratch, b"other")
    assert content_of(store, key) == b"other"


def test_an_empty_file_is_an_object_too(store: ObjectStore, folder: str, scratch: Path) -> None:
    key = stored(store, f"{folder}empty", scratch, b"")
    assert (store.size_bytes(key), content_of(store, key)) == (0, b"")


def test_what_is_not_there_has_no_size_and_no_copy(store: ObjectStore, folder: str) -> None:
    assert store.size_bytes(f"{folder}none") is None
    with pytest.raises(KeyError), store.local_copy(f"{folder}none"):
        pass


def test_deleting_twice_is_no_error(store: ObjectStore, folder: str, scratch: Path) -> None:
    key = stored(store, f"{folder}one", scratch)
    store.delete(key)
    store.delete(key)
    assert store.size_bytes(key) is None


def test_a_copy_leaves_nothing_in_the_scratch_folder(store: ObjectStore, folder: str, scratch: Path) -> None:
    key = stored(store, f"{folder}one", scratch)
    with store.local_copy(key, scratch=scratch) as copy:
        assert copy.read_bytes() == CONTENT
    with pytest.raises(ZeroDivisionError), store.local_copy(key, scratch=scratch):
        raise ZeroDivisionError
    with pytest.raises(KeyError), store.local_copy(f"{folder}none", scratch=scratch):
        pass
    assert list(scratch.iterdir()) == []


def test_of_a_copy_of_some_bytes_those_are_in_their_place(store: ObjectStore, folder: str, scratch: Path) -> None:
    key = stored(store, f"{folder}one", scratch)
    with store.local_copy(key, only=(5, 8), scratch=scratch) as copy:
        assert copy.read_bytes()[5:8] == CONTENT[5:8] == b"and"
    with pytest.raises(KeyError), store.local_copy(f"{folder}none", only=(5, 8), scratch=scratch):
        pass
    assert list(scratch.iterdir()) == []


def test_of_a_large_file_some_bytes_are_fetched_bit_by_bit(store: ObjectStore, folder: str, scratch: Path) -> None:
    content = bytes(range(256)) * 8192
    key = stored(store, f"{folder}large", scratch, content)
    with store.local_copy(key, only=(100_001, 2_000_003), scratch=scratch) as copy:
        assert copy.read_bytes()[100_001:2_000_003] == content[100_001:2_000_003]


def test_keys_are_listed_by_what_they_begin_with(store: ObjectStore, folder: str, scratch: Path) -> None:
    one, two, other = (
        stored(store, key, scratch) for key in (f"{folder}a/one.x", f"{folder}a/one.y/two", f"{folder}b")
    )
    assert sorted(store.keys(folder)) == [one, two, other]
    assert sorted(store.keys(f"{folder}a/")) == sorted(store.keys(f"{folder}a/one.")) == [one, two]
    assert list(store.keys(f"{folder}c")) == []


def test_keys_are_listed_by_age(store: ObjectStore, folder: str, scratch: Path) -> None:
    old = stored(store, f"{folder}old", scratch)
    time.sleep(2.1)  # A bucket keeps whole seconds.
    new = stored(store, f"{folder}new", scratch)
    assert list(store.keys(folder, older_than_seconds=2)) == [old]
    assert list(store.keys(folder, older_than_seconds=60)) == []
    assert sorted(store.keys(folder)) == [new, old]


def test_keys_are_gone_through_in_order_a_piece_at_a_time(store: ObjectStore, folder: str, scratch: Path) -> None:
    names = ("audio/a.x", "media/1", "media/2", "provider/a/1", "provider/b/1", "provider/b/2", "uploads/a")
    keys = [stored(store, f"{folder}{name}", scratch) for name in names]
    for at_once in (1, 2, 3, len(keys)):
        seen = list[str]()
        for _ in range(-(-len(keys) // at_once)):
            found = store.keys_in_order(after=(seen or [folder])[-1], most=at_once)
            assert found.last in (None, found.keys[-1])
            seen += found.keys
        assert seen[: len(keys)] == keys


def test_a_round_through_all_keys_comes_to_an_end(store: ObjectStore, folder: str, scratch: Path) -> None:
    last = stored(store, f"{folder}last", scratch)
    following = [key for key in store.keys("") if key > last]
    found = store.keys_in_order(after=last, most=len(following) + 1)
    assert (found.keys, found.last) == (sorted(following), None)
    young = store.keys_in_order(after=folder, most=1, older_than_seconds=60)
    assert (young.keys, young.last) == ([], last)


def test_a_large_file_goes_up_and_down_in_little_memory(store: ObjectStore, folder: str, scratch: Path) -> None:
    path, block = scratch / "large", hashlib.sha512(b"").digest() * (16 * 1024)
    with path.open("wb") as file:
        file.writelines([block] * (LARGE_BYTES // len(block)))
    expected = _sha256(path)
    tracemalloc.start()
    store.put_file(f"{folder}large", path)
    with store.local_copy(f"{folder}large", scratch=scratch) as copy:
        _, peak = tracemalloc.get_traced_memory()
        tracemalloc.stop()
        assert (_sha256(copy), copy.stat().st_size) == (expected, LARGE_BYTES)
    assert peak < BOUND_BYTES


def test_a_ticket_takes_just_what_it_is_for(store: ObjectStore, folder: str) -> None:
    permit = ticket(store, f"{folder}one")
    assert permit.headers["Content-Type"] == "audio/wav"
    assert permit.headers["If-None-Match"] == "*"
    assert put(permit) == 200
    assert content_of(store, f"{folder}one") == CONTENT


def test_a_ticket_need_not_name_a_checksum(store: ObjectStore, folder: str) -> None:
    assert put(ticket(store, f"{folder}one", sha256=None)) == 200
    assert store.size_bytes(f"{folder}one") == len(CONTENT)


@pytest.mark.parametrize(
    ("content", "sha256", "headers"),
    [
        (CONTENT + b"!", None, {}),
        (CONTENT[:-1], None, {}),
        (CONTENT, None, {"Content-Type": "text/html"}),
        (CONTENT, None, {"Content-Type": None}),
        (CONTENT.lower(), SHA256, {}),
        (CONTENT.lower(), SHA256, {"x-amz-checksum-sha256": None}),
    ],
    ids=["too many bytes", "too few bytes", "another type", "no type", "another checksum", "no checksum"],
)
def test_bytes_that_are_not_as_signed_are_refused(
    store: ObjectStore, folder: str, content: bytes, sha256: str | None, headers: dict[str, str | None]
) -> None:
    assert is_refused(put(ticket(store, f"{folder}one", sha256=sha256), content, headers))
    assert list(store.keys(folder)) == []


def test_an_object_is_written_once(store: ObjectStore, folder: str) -> None:
    permit = ticket(store, f"{folder}one", sha256=None)
    assert put(permit) == 200
    assert is_refused(put(permit, CONTENT.lower()))
    assert is_refused(put(permit, CONTENT.lower(), {"If-None-Match": None}))
    assert content_of(store, f"{folder}one") == CONTENT


def test_a_ticket_with_another_signature_is_refused(store: ObjectStore, folder: str) -> None:
    permit = ticket(store, f"{folder}one")
    assert put(PresignedPut(tampered(permit.url), permit.headers)) == 403
    assert list(store.keys(folder)) == []


def test_an_upload_that_breaks_off_leaves_nothing(store: ObjectStore, folder: str) -> None:
    permit = ticket(store, f"{folder}one")
    target = urlsplit(permit.url)
    headers = {"Host": target.netloc, "Content-Length": len(CONTENT), **permit.headers}
    lines = [f"PUT {target.path}?{target.query} HTTP/1.1", *(f"{name}: {value}" for name, value in headers.items())]
    with socket.create_connection((target.hostname, target.port or 80), PATIENCE_SECONDS) as connection:
        connection.sendall("\r\n".join([*lines, "", ""]).encode() + CONTENT[:-1])
        connection.shutdown(socket.SHUT_WR)
        answer = connection.recv(1024)
    assert is_refused(int(answer.split()[1]))
    assert list(store.keys(folder)) == []


def test_an_address_that_has_expired_is_refused(store: ObjectStore, folder: str, scratch: Path) -> None:
    key = stored(store, f"{folder}one", scratch)
    permit = ticket(store, f"{folder}two", expires_seconds=1)
    address = store.presigned_get(key, content_type="audio/flac", expires_seconds=1)
    time.sleep(1.1)
    assert (put(permit), get(address).status_code) == (403, 403)
    assert list(store.keys(folder)) == [key]


def test_an_address_reads_one_object_as_what_we_say_it_is(store: ObjectStore, folder: str, scratch: Path) -> None:
    key = stored(store, f"{folder}one", scratch)
    answer = get(store.presigned_get(key, content_type="audio/flac", expires_seconds=60))
    assert (answer.status_code, answer.content) == (200, CONTENT)
    assert answer.headers["Content-Type"] == "audio/flac"
    assert answer.headers["Content-Disposition"] == "attachment"


def test_an_address_can_be_read_by_ranges(store: ObjectStore, folder: str, scratch: Path) -> None:
    key = stored(store, f"{folder}one", scratch)
    answer = get(store.presigned_get(key, content_type="audio/flac", expires_seconds=60), Range="bytes=5-7")
    assert (answer.status_code, answer.content) == (206, b"and")
    assert answer.headers["Content-Range"] == f"bytes 5-7/{len(CONTENT)}"


def test_an_address_cannot_be_made_up(store: ObjectStore, folder: str, scratch: Path) -> None:
    key = stored(store, f"{folder}one", scratch)
    address = store.presigned_get(key, content_type="audio/flac", expires_seconds=60)
    assert get(tampered(address)).status_code == 403
    assert get(ticket(store, key).url).status_code == 403


def test_an_address_of_what_is_not_there_is_not_found(store: ObjectStore, folder: str) -> None:
    address = store.presigned_get(f"{folder}none", content_type="audio/flac", expires_seconds=60)
    assert get(address).status_code == 404


def test_every_address_has_the_origin_of_the_store(store: ObjectStore, folder: str) -> None:
    addresses = [
        ticket(store, f"{folder}one").url,
        store.presigned_get(f"{folder}one", content_type="a/b", expires_seconds=1),
    ]
    assert all(address.startswith(f"{store.origin}/") for address in addresses)


def _sha256(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
