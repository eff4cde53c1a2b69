"""What only files behind our own addresses do."""

import io
from pathlib import Path

import pytest

from errors import UploadRefused
from storage.local import LocalStore


def test_a_key_cannot_leave_the_store(local: LocalStore, tmp_path: Path) -> None:
    path = tmp_path / "file"
    path.write_bytes(b"sound")
    with pytest.raises(ValueError, match="leave the store"):
        local.put_file("../outside", path)


def test_a_refused_upload_leaves_no_part_of_itself(local: LocalStore) -> None:
    ticket = local.presigned_put("uploads/a", size_bytes=9, content_type="audio/wav", sha256=None, expires_seconds=60)
    with pytest.raises(UploadRefused):
        local.receive(_token(ticket.url), io.BytesIO(b"1"), length=9, content_type="audio/wav")
    assert list(local.keys("")) == []


def test_an_address_for_reading_and_one_for_writing_are_not_the_same(local: LocalStore) -> None:
    ticket = local.presigned_put("uploads/a", size_bytes=5, content_type="a/b", sha256=None, expires_seconds=60)
    address = local.presigned_get("uploads/a", content_type="a/b", expires_seconds=60)
    with pytest.raises(UploadRefused):
        local.readable(_token(ticket.url))
    with pytest.raises(UploadRefused):
        local.receive(_token(address), io.BytesIO(b"sound"), length=5, content_type="a/b")


def _token(address: str) -> str:
    return address.rpartition("/")[2]
