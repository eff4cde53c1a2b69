"""Uploads: a ticket, one PUT straight to the store, one transcription."""

import hashlib
import logging
from typing import Any
from urllib.parse import urlsplit

import pytest
from flask.testing import FlaskClient
from sqlalchemy.orm import Session
from werkzeug.test import TestResponse

from models import Account
from runtime import store

CONTENT = b"RIFF and so on"
WANTED = {"filename": "talk.wav", "content_type": "audio/wav", "size_bytes": len(CONTENT)}


def ticket(api: FlaskClient, **changes: Any) -> dict[str, Any]:
    answer = api.post("/api/v1/uploads", json={**WANTED, **changes})
    assert answer.status_code == 201, answer.text
    return dict(answer.json or {})


def put(client: FlaskClient, upload: dict[str, Any], content: bytes = CONTENT, **headers: str) -> TestResponse:
    return client.put(urlsplit(upload["url"]).path, data=content, headers={**upload["headers"], **headers})


def transcribe(api: FlaskClient, upload_id: str) -> TestResponse:
    return api.post("/api/v1/transcriptions", json={"source": "upload", "upload_id": upload_id})


def test_an_uploaded_file_becomes_a_transcription(api: FlaskClient, visitor: FlaskClient) -> None:
    upload = ticket(api)
    assert put(visitor, upload).status_code == 200
    assert api.get(f"/api/v1/uploads/{upload['id']}").json["status"] == "complete"  # type: ignore[index]
    answer = transcribe(api, upload["id"])
    assert answer.status_code == 202
    assert answer.json is not None
    assert (answer.json["source"], answer.json["title"]) == ("upload", "talk.wav")
    assert answer.json["upload_id"] == upload["id"]


def test_no_address_of_the_store_is_logged(
    api: FlaskClient, visitor: FlaskClient, caplog: pytest.LogCaptureFixture
) -> None:
    upload = ticket(api)
    with caplog.at_level(logging.INFO):
        put(visitor, upload)
    logged = "".join(str(record.__dict__) for record in caplog.records)
    assert "/store/…" in logged
    assert urlsplit(upload["url"]).path.rpartition("/")[2] not in logged


def test_an_upload_without_its_bytes_is_incomplete(api: FlaskClient) -> None:
    upload = ticket(api)
    assert api.get(f"/api/v1/uploads/{upload['id']}").json["status"] == "pending"  # type: ignore[index]
    answer = transcribe(api, upload["id"])
    assert (answer.status_code, answer.json["error"]["code"]) == (409, "upload_incomplete")  # type: ignore[index]


def test_an_upload_serves_one_transcription(api: FlaskClient, visitor: FlaskClient) -> None:
    upload = ticket(api)
    put(visitor, upload)
    transcribe(api, upload["id"])
    answer = transcribe(api, upload["id"])
    assert (answer.status_code, answer.json["error"]["code"]) == (409, "upload_already_used")  # type: ignore[index]


def test_a_strangers_upload_is_not_found(api: FlaskClient, stranger: FlaskClient) -> None:
    upload = ticket(api)
    assert transcribe(stranger, upload["id"]).json["error"]["code"] == "upload_not_found"  # type: ignore[index]
    assert stranger.get(f"/api/v1/uploads/{upload['id']}").status_code == 404


@pytest.mark.parametrize(
    ("content", "headers"),
    [(CONTENT + b"!", {}), (CONTENT[:-1], {}), (CONTENT, {"Content-Type": "text/html"})],
    ids=["too many bytes", "too few bytes", "another type"],
)
def test_bytes_that_are_not_as_signed_are_refused(
    api: FlaskClient, visitor: FlaskClient, content: bytes, headers: dict[str, str]
) -> None:
    upload = ticket(api)
    answer = put(visitor, upload, content, **headers)
    assert (answer.status_code, answer.json["error"]["code"]) == (403, "upload_refused")  # type: ignore[index]
    assert api.get(f"/api/v1/uploads/{upload['id']}").json["status"] == "pending"  # type: ignore[index]


def test_a_wrong_checksum_is_refused(api: FlaskClient, visitor: FlaskClient) -> None:
    upload = ticket(api, sha256=hashlib.sha256(b"something else").hexdigest())
    assert put(visitor, upload).status_code == 403


def test_an_object_is_written_once(api: FlaskClient, visitor: FlaskClient) -> None:
    upload = ticket(api)
    assert put(visitor, upload).status_code == 200
    assert put(visitor, upload).status_code == 403


def test_a_tampered_address_is_refused(api: FlaskClient, visitor: FlaskClient) -> None:
    upload = ticket(api)
    assert put(visitor, {**upload, "url": upload["url"] + "x"}).status_code == 403


def test_a_file_above_the_limit_is_refused_before_a_byte_is_sent(api: FlaskClient) -> None:
    answer = api.post("/api/v1/uploads", json={**WANTED, "size_bytes": 3 * 1024**3})
    assert (answer.status_code, answer.json["error"]["code"]) == (413, "media_too_large")  # type: ignore[index]


@pytest.mark.parametrize(
    ("body", "param"),
    [
        ({"source": "external_url"}, "url"),
        ({"source": "upload"}, "upload_id"),
        ({"source": "upload", "upload_id": "up_1", "url": "https://example.com/a.mp3"}, "url"),
        ({"source": "external_url", "upload_id": "up_1", "url": "https://example.com/a.mp3"}, "upload_id"),
    ],
)
def test_a_source_comes_with_its_own_field_and_no_other(api: FlaskClient, body: dict[str, str], param: str) -> None:
    answer = api.post("/api/v1/transcriptions", json=body)
    assert (answer.status_code, answer.json["error"]["param"]) == (422, param)  # type: ignore[index]


def test_deleting_a_transcription_deletes_its_upload(
    api: FlaskClient, visitor: FlaskClient, session: Session, alice: Account
) -> None:
    upload = ticket(api)
    put(visitor, upload)
    transcription = transcribe(api, upload["id"]).json or {}
    assert len(list(store().keys(f"uploads/{alice.public_id}/"))) == 1
    assert api.delete(f"/api/v1/transcriptions/{transcription['id']}").status_code == 204
    assert list(store().keys(f"uploads/{alice.public_id}/")) == []
