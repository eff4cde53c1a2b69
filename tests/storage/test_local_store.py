"""Objects as files, and the signed address that takes one."""

import io
from pathlib import Path

import pytest

from errors import UploadRefused
from storage.local import LocalStore


@pytest.fixture
def local(tmp_path: Path) -> LocalStore:
    return LocalStore(tmp_path / "objects", secret_key="secret", base_url="http://localhost")


def file_with(tmp_path: Path, content: bytes) -> Path:
    path = tmp_path / "file"
    path.write_bytes(content)
    return path


def test_a_file_is_taken_over_and_read_back(local: LocalStore, tmp_path: Path) -> None:
    path = file_with(tmp_path, b"sound")
    local.put_file("media/one", path)
    assert not path.exists()
    assert local.size_bytes("media/one") == 5
    with local.local_copy("media/one") as copy:
        assert copy.read_bytes() == b"sound"


def test_what_is_not_there_is_a_key_error(local: LocalStore) -> None:
    with pytest.raises(KeyError), local.local_copy("media/none"):
        pass


def test_deleting_twice_is_no_error(local: LocalStore, tmp_path: Path) -> None:
    local.put_file("media/one", file_with(tmp_path, b"sound"))
    local.delete("media/one")
    local.delete("media/one")
    assert local.size_bytes("media/one") is None


def test_keys_are_listed_by_prefix_and_age(local: LocalStore, tmp_path: Path) -> None:
    local.put_file("media/one", file_with(tmp_path, b"sound"))
    assert list(local.keys("media/")) == ["media/one"]
    assert list(local.keys("media/", older_than_seconds=60)) == []
    assert list(local.keys("audio/")) == []


def test_a_key_cannot_leave_the_store(local: LocalStore, tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="leave the store"):
        local.put_file("../outside", file_with(tmp_path, b"sound"))


def test_an_expired_ticket_is_refused(local: LocalStore) -> None:
    ticket = local.presigned_put("uploads/a", size_bytes=1, content_type="audio/wav", sha256=None, expires_seconds=-1)
    token = ticket.url.rpartition("/")[2]
    with pytest.raises(UploadRefused):
        local.receive(token, io.BytesIO(b"1"), length=1, content_type="audio/wav")


def test_a_cut_upload_leaves_nothing_behind(local: LocalStore) -> None:
    ticket = local.presigned_put("uploads/a", size_bytes=9, content_type="audio/wav", sha256=None, expires_seconds=60)
    token = ticket.url.rpartition("/")[2]
    with pytest.raises(UploadRefused):
        local.receive(token, io.BytesIO(b"1"), length=9, content_type="audio/wav")
    assert list(local.keys("")) == []


def token_of(address: str) -> str:
    return address.rpartition("/")[2]


def test_a_signed_address_reads_one_object(local: LocalStore, tmp_path: Path) -> None:
    local.put_file("media/one", file_with(tmp_path, b"sound"))
    address = local.presigned_get("media/one", content_type="audio/flac", expires_seconds=60)

    path, content_type = local.readable(token_of(address))

    assert (path.read_bytes(), content_type) == (b"sound", "audio/flac")


def test_a_reading_address_expires_and_cannot_be_made_up(local: LocalStore, tmp_path: Path) -> None:
    local.put_file("media/one", file_with(tmp_path, b"sound"))
    expired = local.presigned_get("media/one", content_type="audio/flac", expires_seconds=-1)
    ticket = local.presigned_put("media/two", size_bytes=5, content_type="a/b", sha256=None, expires_seconds=60)

    for token in (token_of(expired), token_of(expired)[:-1], token_of(ticket.url), "x"):
        with pytest.raises(UploadRefused):
            local.readable(token)
