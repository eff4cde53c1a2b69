"""What only files behind our own addresses do."""

import errno
import io
import os
from contextlib import nullcontext
from pathlib import Path

import pytest

from errors import StorageFull, UploadRefused
from storage import StoreUnavailable
from storage.local import LocalStore


def test_a_key_cannot_leave_the_store(local: LocalStore, tmp_path: Path) -> None:
    path = tmp_path / "file"
    path.write_bytes(b"sound")
    with pytest.raises(ValueError, match="leave the store"):
        local.put_file("../outside", path)


@pytest.mark.parametrize("room", [True, False])
def test_recordings_may_lie_on_a_disk_of_their_own(
    local: LocalStore, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, room: bool
) -> None:
    replace, fsync = Path.replace, os.fsync

    def between_disks(path: Path, target: Path) -> Path:
        if target.is_relative_to(local.root) != path.is_relative_to(local.root):
            raise OSError(errno.EXDEV, "Invalid cross-device link")
        return replace(path, target)

    def without_room(descriptor: int) -> None:
        if not room and os.readlink(f"/proc/self/fd/{descriptor}").startswith(str(local.root)):
            raise OSError(errno.ENOSPC, "No space left on device")
        fsync(descriptor)

    monkeypatch.setattr(Path, "replace", between_disks)
    monkeypatch.setattr(os, "fsync", without_room)
    path = tmp_path / "file"
    path.write_bytes(b"sound")
    os.utime(path, (1_000_000_000, 1_000_000_000))
    with nullcontext() if room else pytest.raises(StoreUnavailable):
        local.put_file("media/a", path)

    assert list(local.keys("", older_than_seconds=3600)) == (["media/a"] if room else [])
    assert path.exists() is not room
    assert list((local.root / "incoming").iterdir()) == []


def test_many_empty_directories_hide_no_key(local: LocalStore, tmp_path: Path) -> None:
    for number in range(9):
        (local.root / f"provider/{number}").mkdir(parents=True)
    path = tmp_path / "file"
    path.write_bytes(b"sound")
    local.put_file("uploads/a", path)

    assert local.keys_in_order(after="", most=2).keys == ["uploads/a"]


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


@pytest.mark.parametrize("at", ["arriving", "put into its place"])
def test_a_full_disk_is_said_and_nothing_is_half_kept(
    local: LocalStore, monkeypatch: pytest.MonkeyPatch, at: str
) -> None:
    multipart_id = local.begin_multipart("uploads/a", content_type="a/b", part_size_bytes=5)
    ticket = local.presigned_part("uploads/a", multipart_id, number=1, size_bytes=5, md5=None, expires_seconds=60)

    def full(*_: object) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    with monkeypatch.context() as patch:
        patch.setattr("storage.local._copy" if at == "arriving" else "storage.multiparts.shutil.copyfileobj", full)
        with pytest.raises(StorageFull):
            local.receive_part(_token(ticket.url), io.BytesIO(b"sound"), length=5)

    assert local.arrived_parts("uploads/a", multipart_id) == []
    assert [path.name for path in (local.root / "incoming").iterdir()] == [multipart_id]


def test_a_full_disk_is_said_before_the_first_part(local: LocalStore, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(*_: object) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(Path, "write_text", full)
    with pytest.raises(StorageFull):
        local.begin_multipart("uploads/a", content_type="a/b", part_size_bytes=5)


def test_a_part_whose_writer_was_killed_is_sent_again(local: LocalStore) -> None:
    multipart_id = local.begin_multipart("uploads/a", content_type="a/b", part_size_bytes=5)
    directory = local.root / "incoming" / multipart_id
    (directory / "1").touch()  # Killed between making its mark and writing it.
    assert local.arrived_parts("uploads/a", multipart_id) == []

    ticket = local.presigned_part("uploads/a", multipart_id, number=1, size_bytes=5, md5=None, expires_seconds=60)
    local.receive_part(_token(ticket.url), io.BytesIO(b"sound"), length=5)
    local.complete_multipart("uploads/a", multipart_id, local.arrived_parts("uploads/a", multipart_id))

    with local.local_copy("uploads/a") as path:
        assert path.read_bytes() == b"sound"


def test_a_ticket_for_a_part_is_no_ticket_for_an_object(local: LocalStore) -> None:
    multipart_id = local.begin_multipart("uploads/a", content_type="a/b", part_size_bytes=5)
    part = local.presigned_part("uploads/a", multipart_id, number=1, size_bytes=5, md5=None, expires_seconds=60)
    whole = local.presigned_put("uploads/a", size_bytes=5, content_type="a/b", sha256=None, expires_seconds=60)
    with pytest.raises(UploadRefused):
        local.receive(_token(part.url), io.BytesIO(b"sound"), length=5, content_type="a/b")
    with pytest.raises(UploadRefused):
        local.receive_part(_token(whole.url), io.BytesIO(b"sound"), length=5)


def _token(address: str) -> str:
    return address.rpartition("/")[2]
