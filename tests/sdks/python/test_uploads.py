"""Files to the store: whole, in parts, again, and on from where it stopped."""

import io
import random
from pathlib import Path
from typing import Any

import pytest

from tests.sdks.python.clients import Kind, asked
from tests.sdks.python.service import PART_BYTES, Service, sha256
from transcribe_client import NotFoundError, Progress, Retries, UploadError
from transcribe_client.resources import uploads as uploads_module

SMALL = b"RIFF" + bytes(range(256)) * 40
LARGE = random.Random(7).randbytes(5 * PART_BYTES + 100)


@pytest.fixture
def in_parts(monkeypatch: pytest.MonkeyPatch) -> None:
    """What is larger than a part goes in parts."""
    monkeypatch.setattr(uploads_module, "LARGEST_IN_ONE_PIECE_BYTES", PART_BYTES)


@pytest.fixture
def large(tmp_path: Path) -> Path:
    file = tmp_path / "talk.wav"
    file.write_bytes(LARGE)
    return file


def test_a_small_file_goes_in_one_piece_with_exactly_the_headers_of_the_answer(kind: Kind, service: Service) -> None:
    upload = asked(kind, service.url, lambda client: client.uploads.send(SMALL, filename="a.mp3"))
    assert (upload.status, service.content(upload.id)) == ("complete", SMALL)
    (created,) = service.requests("POST")
    assert created.json == {
        "filename": "a.mp3",
        "content_type": "audio/mpeg",
        "size_bytes": len(SMALL),
        "sha256": sha256(SMALL),
        "multipart": False,
    }
    (put,) = service.requests("PUT")
    assert put.headers["content-type"] == "audio/mpeg"
    assert put.headers["content-length"] == str(len(SMALL))
    assert "transfer-encoding" not in put.headers


@pytest.mark.usefixtures("in_parts")
@pytest.mark.parametrize("how", ["path", "bytes", "open"])
def test_a_large_file_goes_in_parts(kind: Kind, service: Service, large: Path, how: str) -> None:
    source: Any = {"path": str(large), "bytes": LARGE, "open": io.BytesIO(LARGE)}[how]
    shown: list[Progress] = []
    upload = asked(kind, service.url, lambda client: client.uploads.send(source, on_progress=shown.append))
    assert (upload.status, service.content(upload.id)) == ("complete", LARGE)
    assert len(service.requests("PUT")) == 6
    wanted = [part for request in service.requests("POST", "/parts") for part in request.json["md5"]]
    assert len(set(wanted)) == 6
    assert all(put.headers["x-part"] == "1" for put in service.requests("PUT"))
    assert [each.stage for each in shown] == ["uploading"] * len(shown)
    assert shown[-1].fraction == 1.0


@pytest.mark.parametrize("size", [len(SMALL), len(LARGE)])
def test_what_the_store_does_not_take_is_sent_again(
    kind: Kind, service: Service, monkeypatch: pytest.MonkeyPatch, size: int
) -> None:
    monkeypatch.setattr(uploads_module, "LARGEST_IN_ONE_PIECE_BYTES", PART_BYTES)
    service.store_refuses = 2
    shown: list[Progress] = []
    content = LARGE[:size]
    upload = asked(kind, service.url, lambda client: client.uploads.send(content, on_progress=shown.append))
    assert service.content(upload.id) == content
    assert shown[-1].fraction == 1.0
    assert min(each.fraction for each in shown) >= 0.0


@pytest.mark.usefixtures("in_parts")
def test_what_breaks_off_goes_on_where_it_stopped(kind: Kind, service: Service, large: Path) -> None:
    service.store_refuses = 10**6
    with pytest.raises(UploadError) as raised:
        asked(kind, service.url, lambda client: client.uploads.send(large), retries=Retries(most=0))
    service.store_refuses = 0
    upload_id = raised.value.upload_id
    service.bytes_of[upload_id] = {number: LARGE[(number - 1) * PART_BYTES :][:PART_BYTES] for number in (1, 2, 4)}
    before = len(service.requests("PUT"))

    upload = asked(kind, service.url, lambda client: client.uploads.send(large, upload_id=upload_id))
    assert (upload.id, service.content(upload_id)) == (upload_id, LARGE)
    assert sorted(put.path for put in service.requests("PUT")[before:]) == [
        f"/store/{upload_id}/{number}" for number in (3, 5, 6)
    ]
    assert len(service.uploads) == 1


def test_an_answer_that_was_lost_is_no_reason_to_send_it_twice(kind: Kind, service: Service) -> None:
    upload = asked(kind, service.url, lambda client: client.uploads.begin(SMALL))
    service.bytes_of[upload.id] = {0: SMALL}  # It arrived, and nobody was told.
    assert asked(kind, service.url, lambda client: client.uploads.send(SMALL, upload_id=upload.id)).status == "complete"
    assert service.requests("PUT") == []


def test_another_file_does_not_go_on_with_an_upload(kind: Kind, service: Service) -> None:
    upload = asked(kind, service.url, lambda client: client.uploads.begin(SMALL))
    with pytest.raises(UploadError):
        asked(kind, service.url, lambda client: client.uploads.send(LARGE, upload_id=upload.id))
    assert service.requests("PUT") == []


def test_an_upload_that_is_gone_is_not_found(kind: Kind, service: Service) -> None:
    with pytest.raises(NotFoundError):
        asked(kind, service.url, lambda client: client.uploads.send(SMALL, upload_id="up_9"))


def test_a_file_that_is_not_there_is_an_error_of_the_system(kind: Kind, service: Service, tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError):
        asked(kind, service.url, lambda client: client.transcribe(tmp_path / "none.mp3"))
    assert service.requests("POST") == []


def test_transcribe_uploads_waits_and_reads(kind: Kind, service: Service, large: Path) -> None:
    shown: list[Progress] = []
    result = asked(kind, service.url, lambda client: client.transcribe(large, language="en", on_progress=shown.append))
    assert result.text
    (created,) = service.requests("POST", "/transcriptions")
    assert created.json == {"source": "upload", "upload_id": "up_0", "language": "en"}
    assert [shown[0].stage, shown[-1].stage] == ["uploading", "completed"]


def test_a_run_with_a_key_of_its_own_goes_on_in_the_next(kind: Kind, service: Service, large: Path) -> None:
    for _ in range(2):
        asked(kind, service.url, lambda client: client.transcribe(large, idempotency_key="mine"))
    assert (len(service.uploads), len(service.transcriptions)) == (1, 1)
    assert len(service.requests("PUT")) == 1
