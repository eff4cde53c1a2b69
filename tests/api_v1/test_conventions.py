"""What holds for every answer: the request id, the error object, the CORS headers."""

import pytest
from flask.testing import FlaskClient
from sqlalchemy.exc import OperationalError

from handlers import transcriptions
from tests.api_v1.expectations import BODY, error_of

URL = "/api/v1/transcriptions"


def broken(*arguments: object, **named: object) -> None:
    raise RuntimeError("password=hunter2 at /srv/secret.py")


def test_an_answer_carries_a_request_id(api: FlaskClient) -> None:
    first, second = (api.get("/api/v1/me").headers["X-Request-Id"] for _ in range(2))

    assert first.startswith("req_")
    assert first != second


@pytest.mark.parametrize("given", ["abc", "A.b_c:d-1", "x" * 128])
def test_a_valid_request_id_is_kept(api: FlaskClient, given: str) -> None:
    assert api.get("/api/v1/me", headers={"X-Request-Id": given}).headers["X-Request-Id"] == given


@pytest.mark.parametrize("given", ["", "a b", "x" * 129, "é", "<script>"])
def test_an_invalid_request_id_is_replaced(api: FlaskClient, given: str) -> None:
    assert api.get("/api/v1/me", headers={"X-Request-Id": given}).headers["X-Request-Id"].startswith("req_")


def test_an_unknown_address_is_not_found(anyone: FlaskClient) -> None:
    error = error_of(anyone.get("/api/v1/transcription", headers={"X-Request-Id": "mine"}), 404, "not_found")

    assert error["request_id"] == "mine"


def test_an_unknown_version_is_not_found(anyone: FlaskClient) -> None:
    error_of(anyone.get("/api/v9/me"), 404, "not_found")


def test_a_wrong_method_says_which_are_right(api: FlaskClient) -> None:
    response = api.put(URL, json={}, headers={"X-Request-Id": "mine"})

    error_of(response, 405, "method_not_allowed")
    assert {"GET", "POST"} <= set(response.headers["Allow"].split(", "))
    assert response.headers["X-Request-Id"] == "mine"


def test_a_fault_of_ours_is_told_without_details(api: FlaskClient, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(transcriptions, "get_status", broken)

    response = api.get(f"{URL}/tr_0", headers={"X-Request-Id": "mine"})

    error_of(response, 500, "internal_error")
    assert "hunter2" not in response.text
    assert "RateLimit-Remaining" in response.headers


def test_P54_a_database_that_is_away_is_told_with_a_time_to_retry(
    api: FlaskClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    def away(*arguments: object, **named: object) -> None:
        raise OperationalError("SELECT secret", None, Exception("10.0.0.7 refused"))

    monkeypatch.setattr(transcriptions, "create_transcription", away)

    response = api.post(URL, json=BODY)

    error_of(response, 503, "service_unavailable")
    assert int(response.headers["Retry-After"]) > 0
    assert "10.0.0.7" not in response.text


def test_another_content_type_is_refused(api: FlaskClient) -> None:
    error_of(api.post(URL, data={"url": "https://example.com/a.mp3"}), 415, "unsupported_media_type")


@pytest.mark.parametrize(
    "body", [b"{", b"{'a': 1}", b"\xff\xfe", b"nothing", b'{"a": NaN', b"[" * 100_000, b'{"a":' + b"9" * 5000 + b"}"]
)
@pytest.mark.parametrize("key", [{}, {"Idempotency-Key": "k"}], ids=["plain", "with key"])
def test_what_is_no_json_is_refused(api: FlaskClient, body: bytes, key: dict[str, str]) -> None:
    error_of(api.post(URL, data=body, content_type="application/json", headers=key), 400, "invalid_json")


@pytest.mark.parametrize("body", [b"[]", b"null", b'"text"', b"1", b"true"])
def test_json_that_is_no_object_is_refused(api: FlaskClient, body: bytes) -> None:
    error_of(api.post(URL, data=body, content_type="application/json"), 400, "invalid_json")


def test_an_empty_body_misses_its_fields(api: FlaskClient) -> None:
    error_of(api.post(URL), 422, "missing_field", "source")


def test_a_missing_field_is_named(api: FlaskClient) -> None:
    error = error_of(api.post(URL, json={"source": "external_url"}), 422, "missing_field", "url")

    assert error["message"] == "url is required."


def test_an_unknown_field_is_named(api: FlaskClient) -> None:
    error_of(api.post(URL, json={**BODY, "langauge": "en"}), 422, "unknown_field", "langauge")


@pytest.mark.parametrize("name", ["\ud800", "\x00", "a" * 10_000, "", "a.b"])
def test_an_unknown_field_may_be_called_anything(api: FlaskClient, name: str) -> None:
    response = api.post(URL, json={**BODY, name: 1})

    assert response.status_code == 422
    assert response.get_json()["error"]["code"] in ("unknown_field", "invalid_field")


def test_a_body_beyond_the_limit_is_refused(api: FlaskClient) -> None:
    response = api.post(URL, json={**BODY, "title": "x" * 17_000_000})

    error_of(response, 413, "request_too_large")


def test_a_body_beyond_the_limit_is_refused_with_a_key_too(api: FlaskClient) -> None:
    response = api.post(URL, json={**BODY, "title": "x" * 17_000_000}, headers={"Idempotency-Key": "k"})

    error_of(response, 413, "request_too_large")


@pytest.mark.parametrize("path", ["/me", "/transcriptions/tr_0", "/nowhere"])
def test_every_origin_may_read_every_answer(api: FlaskClient, path: str) -> None:
    response = api.get(f"/api/v1{path}", headers={"Origin": "https://app.example"})

    assert response.headers["Access-Control-Allow-Origin"] == "*"
    assert "Access-Control-Allow-Credentials" not in response.headers
    exposed = response.headers["Access-Control-Expose-Headers"].split(", ")
    assert {"X-Request-Id", "Retry-After", "Location", "Idempotent-Replayed", "RateLimit-Reset"} <= set(exposed)


def test_a_preflight_needs_no_key(anyone: FlaskClient) -> None:
    asked = {"Access-Control-Request-Method": "PATCH", "Access-Control-Request-Headers": "authorization"}

    response = anyone.options(f"{URL}/tr_0", headers={"Origin": "https://app.example", **asked})

    assert response.status_code == 204
    assert response.headers["Access-Control-Allow-Origin"] == "*"
    assert "PATCH" in response.headers["Access-Control-Allow-Methods"]
    for name in ("Authorization", "Content-Type", "Idempotency-Key", "X-Request-Id"):
        assert name in response.headers["Access-Control-Allow-Headers"]


def test_answers_are_kept_by_no_cache(api: FlaskClient) -> None:
    response = api.get("/api/v1/me")

    assert response.headers["Cache-Control"] == "no-store"
    assert response.headers["X-Content-Type-Options"] == "nosniff"
