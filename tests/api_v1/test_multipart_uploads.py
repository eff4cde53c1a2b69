"""Uploads in parts: their addresses, what has arrived, one file in the end, and what becomes of the rest."""

import hashlib
import logging
from typing import Any
from urllib.parse import urlsplit

import pytest
from flask.testing import FlaskClient
from sqlalchemy.orm import Session
from werkzeug.test import TestResponse

from handlers import uploads
from models import Account
from runtime import store

PARTS = (b"a" * 1024, b"b" * 1024, b"c" * 7)
CONTENT = b"".join(PARTS)
WANTED = {"filename": "talk.wav", "content_type": "audio/wav", "size_bytes": len(CONTENT), "multipart": True}
UPLOADS = "/api/v1/uploads"


@pytest.fixture(autouse=True)
def small_parts(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(uploads, "PART_BYTES", 1024)
    monkeypatch.setattr(uploads, "_part_size", lambda size_bytes: 1024)


@pytest.fixture
def upload(api: FlaskClient) -> dict[str, Any]:
    answer = api.post(UPLOADS, json=WANTED)
    assert answer.status_code == 201, answer.text
    return dict(answer.get_json())


def addresses(api: FlaskClient, upload: dict[str, Any], numbers: list[int], **more: Any) -> TestResponse:
    return api.post(f"{UPLOADS}/{upload['id']}/parts", json={"part_numbers": numbers, **more})


def send(api: FlaskClient, visitor: FlaskClient, upload: dict[str, Any], *numbers: int) -> None:
    for part in addresses(api, upload, list(numbers)).get_json()["data"]:
        content = PARTS[part["part_number"] - 1]
        assert part["size_bytes"] == len(content)
        answer = visitor.put(urlsplit(part["url"]).path, data=content, headers=part["headers"])
        assert answer.status_code == 200, answer.text


def complete(api: FlaskClient, upload: dict[str, Any], **more: Any) -> TestResponse:
    return api.post(f"{UPLOADS}/{upload['id']}/complete", **more)


def error_of(answer: TestResponse) -> tuple[int, str]:
    return answer.status_code, answer.get_json()["error"]["code"]


def test_a_file_sent_in_parts_becomes_a_transcription(
    api: FlaskClient, visitor: FlaskClient, upload: dict[str, Any]
) -> None:
    send(api, visitor, upload, 3, 1, 2)
    completed = complete(api, upload)
    assert (completed.status_code, completed.get_json()["status"]) == (200, "complete")
    answer = api.post("/api/v1/transcriptions", json={"source": "upload", "upload_id": upload["id"]})
    assert (answer.status_code, answer.get_json()["title"]) == (202, "talk.wav")


def test_no_address_of_a_part_is_logged(
    api: FlaskClient, visitor: FlaskClient, upload: dict[str, Any], caplog: pytest.LogCaptureFixture
) -> None:
    part = addresses(api, upload, [1]).get_json()["data"][0]
    path = urlsplit(part["url"]).path
    with caplog.at_level(logging.INFO):
        visitor.put(path, data=PARTS[0], headers=part["headers"])
    logged = "".join(str(record.__dict__) for record in caplog.records)
    assert "/store/parts/…" in logged
    assert path.rpartition("/")[2] not in logged


def test_a_new_upload_says_in_which_parts_it_goes_and_for_how_long(upload: dict[str, Any]) -> None:
    assert (upload["url"], upload["headers"], upload["method"]) == (None, {}, "PUT")
    assert (upload["part_size_bytes"], upload["parts_count"], upload["parts_received"]) == (1024, 3, [])


def test_what_has_arrived_is_told_so_that_a_client_goes_on_from_there(
    api: FlaskClient, visitor: FlaskClient, upload: dict[str, Any]
) -> None:
    send(api, visitor, upload, 3, 1)
    shown = api.get(f"{UPLOADS}/{upload['id']}").get_json()
    assert (shown["status"], shown["parts_received"]) == ("pending", [1, 3])
    send(api, visitor, upload, 2)
    complete(api, upload)
    shown = api.get(f"{UPLOADS}/{upload['id']}").get_json()
    assert (shown["status"], shown["parts_received"]) == ("complete", [1, 2, 3])


def test_missing_parts_are_named(api: FlaskClient, visitor: FlaskClient, upload: dict[str, Any]) -> None:
    send(api, visitor, upload, 2)
    answer = complete(api, upload)
    assert error_of(answer) == (409, "upload_incomplete")
    assert "have not arrived: 1, 3." in answer.get_json()["error"]["message"]


@pytest.mark.parametrize(
    ("numbers", "named"),
    [([1, 2, 3, 7], "1-3, 7"), ([5], "5"), (list(range(1, 40, 2)), "1, 3, 5, 7, 9, 11, 13, 15, 17, 19, and more")],
)
def test_many_missing_parts_are_named_in_ranges(numbers: list[int], named: str) -> None:
    assert uploads._named(numbers) == named


def test_completing_twice_is_no_error(api: FlaskClient, visitor: FlaskClient, upload: dict[str, Any]) -> None:
    send(api, visitor, upload, 1, 2, 3)
    assert [complete(api, upload).status_code for _ in range(2)] == [200, 200]


def test_completing_is_replayed_under_its_key(api: FlaskClient, visitor: FlaskClient, upload: dict[str, Any]) -> None:
    send(api, visitor, upload, 1, 2, 3)
    first, again = (complete(api, upload, headers={"Idempotency-Key": "k"}) for _ in range(2))
    assert (again.data, again.headers["Idempotent-Replayed"]) == (first.data, "true")


def test_a_part_may_be_sent_again_before_the_end_and_not_after(
    api: FlaskClient, visitor: FlaskClient, upload: dict[str, Any]
) -> None:
    (late,) = addresses(api, upload, [3]).get_json()["data"]
    send(
        api,
        visitor,
        upload,
        1,
        2,
        3,
    )
    send(api, visitor, upload, 3)
    complete(api, upload)
    answer = visitor.put(urlsplit(late["url"]).path, data=b"xxxxxxx")
    assert error_of(answer) == (403, "upload_refused")


def test_a_part_with_a_wrong_checksum_is_refused(
    api: FlaskClient, visitor: FlaskClient, upload: dict[str, Any]
) -> None:
    checksum = hashlib.md5(PARTS[2], usedforsecurity=False).hexdigest()
    (part,) = addresses(api, upload, [3], md5=[checksum]).get_json()["data"]
    path = urlsplit(part["url"]).path
    assert visitor.put(path, data=b"xxxxxxx", headers=part["headers"]).status_code == 403
    assert visitor.put(path, data=PARTS[2], headers=part["headers"]).status_code == 200


@pytest.mark.parametrize(
    ("body", "param"),
    [
        ({}, "part_numbers"),
        ({"part_numbers": []}, "part_numbers"),
        ({"part_numbers": [0]}, "part_numbers.0"),
        ({"part_numbers": [4]}, "part_numbers"),
        ({"part_numbers": [1, 1]}, "part_numbers"),
        ({"part_numbers": list(range(1, 102))}, "part_numbers"),
        ({"part_numbers": [1, 2], "md5": ["0" * 32]}, "md5"),
    ],
    ids=["none", "empty", "zero", "too high", "twice", "too many", "a checksum too few"],
)
def test_parts_that_do_not_exist_have_no_address(
    api: FlaskClient, upload: dict[str, Any], body: dict[str, Any], param: str
) -> None:
    answer = api.post(f"{UPLOADS}/{upload['id']}/parts", json=body)
    assert (answer.status_code, answer.get_json()["error"]["param"]) == (422, param)


def test_an_upload_in_one_piece_has_no_parts(api: FlaskClient) -> None:
    upload = api.post(UPLOADS, json={**WANTED, "multipart": False}).get_json()
    assert (upload["part_size_bytes"], upload["parts_count"], upload["parts_received"]) == (None, None, None)
    assert error_of(addresses(api, upload, [1])) == (409, "invalid_state")
    assert error_of(complete(api, upload)) == (409, "upload_incomplete")


def test_an_upload_in_one_piece_gets_a_new_address_while_its_bytes_are_awaited(
    api: FlaskClient, visitor: FlaskClient
) -> None:
    upload = api.post(UPLOADS, json={**WANTED, "multipart": False}).get_json()
    shown = api.get(f"{UPLOADS}/{upload['id']}").get_json()
    assert shown["expires_at"] >= upload["expires_at"]
    assert visitor.put(urlsplit(shown["url"]).path, data=CONTENT, headers=shown["headers"]).status_code == 200
    assert api.get(f"{UPLOADS}/{upload['id']}").get_json()["url"] is None
    assert complete(api, upload).status_code == 200


def test_a_file_that_no_single_put_can_carry_goes_in_parts(api: FlaskClient, reconfigure: Any) -> None:
    reconfigure(max_media_bytes=10 * 1024**3)
    large = {**WANTED, "size_bytes": 6 * 1024**3}
    answer = api.post(UPLOADS, json={**large, "multipart": False})
    assert (answer.status_code, answer.get_json()["error"]["param"]) == (422, "multipart")
    assert api.post(UPLOADS, json=large).status_code == 201


def test_a_deleted_upload_is_gone_with_what_had_arrived(
    api: FlaskClient, visitor: FlaskClient, upload: dict[str, Any], session: Session, alice: Account
) -> None:
    row = uploads.get_upload(session, alice, upload["id"])
    send(api, visitor, upload, 1)
    assert api.delete(f"{UPLOADS}/{upload['id']}").status_code == 204
    assert error_of(api.get(f"{UPLOADS}/{upload['id']}")) == (404, "upload_not_found")
    with pytest.raises(KeyError):
        store().arrived_parts(row.object_key, str(row.multipart_id))


def test_a_complete_upload_can_be_deleted_until_it_is_used(
    api: FlaskClient, visitor: FlaskClient, upload: dict[str, Any], alice: Account
) -> None:
    send(api, visitor, upload, 1, 2, 3)
    complete(api, upload)
    api.post("/api/v1/transcriptions", json={"source": "upload", "upload_id": upload["id"]})
    assert error_of(api.delete(f"{UPLOADS}/{upload['id']}")) == (409, "upload_already_used")
    assert error_of(addresses(api, upload, [1])) == (409, "upload_already_used")
    assert len(list(store().keys(f"uploads/{alice.public_id}/"))) == 1


@pytest.mark.parametrize(
    ("size_bytes", "part_bytes", "count"),
    [(1, 8, 1), (8 * 1024**2, 8, 1), (2 * 1024**3, 8, 256), (100 * 10**9, 10, 9537), (5 * 1024**4, 525, 9987)],
)
def test_parts_are_as_small_as_their_number_allows(
    monkeypatch: pytest.MonkeyPatch, size_bytes: int, part_bytes: int, count: int
) -> None:
    monkeypatch.undo()
    size = uploads._part_size(size_bytes)
    assert (size // 1024**2, -(-size_bytes // size)) == (part_bytes, count)


def test_a_page_of_another_origin_may_send_a_part(
    api: FlaskClient, visitor: FlaskClient, upload: dict[str, Any]
) -> None:
    (part,) = addresses(api, upload, [1], md5=["0" * 32]).get_json()["data"]
    asked = {"Access-Control-Request-Method": "PUT", "Access-Control-Request-Headers": "content-md5"}
    answer = visitor.options(urlsplit(part["url"]).path, headers={"Origin": "https://app.example", **asked})
    allowed = answer.headers["Access-Control-Allow-Headers"].lower()
    assert (answer.status_code, answer.headers["Access-Control-Allow-Origin"]) == (200, "*")
    assert set(part["headers"].keys()) == {"Content-MD5"}
    assert "content-md5" in allowed
