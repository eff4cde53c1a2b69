"""Share links through the API: made, listed, changed, revoked."""

from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import urlsplit

import pytest
from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from models import Account
from tests.api_v1.expectations import error_of
from tests.factories import make_completed, make_transcription

USUAL = ["summary", "chapters", "topics", "speakers", "recording"]
PASSWORD = "open sesame, please"


@pytest.fixture
def path(session: Session, alice: Account) -> str:
    public_id = make_completed(session, alice, title="Board meeting").public_id
    session.commit()
    return f"/api/v1/transcriptions/{public_id}/shares"


def in_an_hour() -> str:
    return (datetime.now(UTC) + timedelta(hours=1)).isoformat()


def make(api: FlaskClient, path: str, **body: Any) -> dict[str, Any]:
    answer = api.post(path, json=body)
    assert answer.status_code == 201, answer.text
    made: dict[str, Any] = answer.get_json()
    return made


def test_its_address_opens_for_anyone(api: FlaskClient, visitor: FlaskClient, path: str) -> None:
    made = make(api, path)

    assert (made["parts"], made["expires_at"], made["has_password"], made["openings"]) == (USUAL, None, False, 0)
    assert "Board meeting" in visitor.get(urlsplit(made["url"]).path).text


def test_its_address_can_be_read_again(api: FlaskClient, path: str) -> None:
    made = make(api, path, expires_at=in_an_hour(), password=PASSWORD, parts=["summary"])

    assert api.get(f"/api/v1/shares/{made['id']}").get_json() == made
    assert api.get(path).get_json()["data"] == [made]
    assert made["has_password"]


def test_what_is_given_is_changed_and_the_address_stays(api: FlaskClient, path: str) -> None:
    made = make(api, path, expires_at=in_an_hour(), password=PASSWORD)
    address = f"/api/v1/shares/{made['id']}"

    fewer = api.patch(address, json={"parts": ["chapters"]}).get_json()
    assert fewer == {**made, "parts": ["chapters"]}
    for_ever = api.patch(address, json={"expires_at": None, "password": None}).get_json()

    assert for_ever == {**fewer, "expires_at": None, "has_password": False}


def test_a_revoked_one_is_gone(api: FlaskClient, visitor: FlaskClient, path: str) -> None:
    made = make(api, path)
    address = f"/api/v1/shares/{made['id']}"

    assert api.delete(address).status_code == 204

    assert visitor.get(urlsplit(made["url"]).path).status_code == 404
    for answer in (api.get(address), api.patch(address, json={"parts": []}), api.delete(address)):
        error_of(answer, 404, "not_found")


def test_P1_a_repeat_makes_one_link(api: FlaskClient, path: str) -> None:
    first, again = (api.post(path, json={}, headers={"Idempotency-Key": "k"}) for _ in range(2))

    assert again.data == first.data
    assert again.headers["Idempotent-Replayed"] == "true"
    assert len(api.get(path).get_json()["data"]) == 1


@pytest.mark.parametrize(
    ("body", "code", "param"),
    [
        ({"expires_at": "2020-01-01T00:00:00Z"}, "invalid_field", "expires_at"),
        ({"expires_at": "9999-12-31T23:59:59-12:00"}, "invalid_field", "expires_at"),
        ({"expires_at": "2026-12-24T18:00:00"}, "invalid_field", "expires_at"),
        ({"password": "short"}, "invalid_field", "password"),
        ({"password": "password1"}, "invalid_field", "password"),
        ({"parts": ["transcript"]}, "invalid_field", "parts.0"),
        ({"pasword": PASSWORD}, "unknown_field", "pasword"),
    ],
)
def test_what_is_wrong_is_named(api: FlaskClient, path: str, body: dict[str, Any], code: str, param: str) -> None:
    error_of(api.post(path, json=body), 422, code, param)


def test_a_part_is_shown_once(api: FlaskClient, path: str) -> None:
    assert make(api, path, parts=["topics", "summary", "topics"])["parts"] == ["summary", "topics"]


def test_parts_cannot_be_null(api: FlaskClient, path: str) -> None:
    address = f"/api/v1/shares/{make(api, path)['id']}"

    error_of(api.patch(address, json={"parts": None}), 422, "invalid_field", "parts")


def test_one_that_is_processing_is_not_shared_yet(api: FlaskClient, session: Session, alice: Account) -> None:
    processing = make_transcription(session, alice).public_id
    session.commit()

    error_of(api.post(f"/api/v1/transcriptions/{processing}/shares", json={}), 409, "not_ready")


def test_P39_no_password_is_ever_answered(api: FlaskClient, path: str) -> None:
    made = make(api, path, password=PASSWORD)

    for answer in (api.get(path), api.get(f"/api/v1/shares/{made['id']}")):
        assert PASSWORD not in answer.text
        assert "argon2" not in answer.text


def test_P42_the_secret_of_a_link_is_no_key(api: FlaskClient, anyone: FlaskClient, path: str) -> None:
    made = make(api, path)
    secret = made["url"].rpartition("/")[2]

    for headers in ({"Authorization": f"Bearer {secret}"}, {}):
        error_of(anyone.get(path.removesuffix("/shares"), headers=headers), 401, "invalid_api_key")
