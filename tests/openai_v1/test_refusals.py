"""What goes wrong, as OpenAI's client raises it."""

import errno
import io
from dataclasses import replace
from typing import Any

import openai
import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import func, select, update

import db
import runtime
from blueprints.openai_v1 import forms, transcriptions
from blueprints.seats import Seats
from models import Account, Upload
from tests.api_v1.expectations import error_of
from tests.openai_v1.conftest import Connect
from tests.openai_v1.test_formats import create
from tests.transcriber import Transcriber

URL = "/v1/audio/transcriptions"
FORM = "multipart/form-data"
GRANULARITY = "timestamp_granularities.0"


def upload_count() -> int:
    with db.transaction() as session:
        return session.scalars(select(func.count()).select_from(Upload)).one()


def left_on_disk() -> list[str]:
    return [path.name for path in runtime.config().scratch_dir.glob("form.*")]


def test_a_wrong_key_is_an_authentication_error(connect: Connect) -> None:
    with pytest.raises(openai.AuthenticationError) as raised:
        create(connect(api_key="tsk_live_nobodys"))

    assert raised.value.code == "invalid_api_key"
    assert raised.value.response.headers["WWW-Authenticate"].startswith("Bearer")


def test_a_field_that_cannot_be_heeded_is_unprocessable(client: openai.OpenAI) -> None:
    with pytest.raises(openai.UnprocessableEntityError) as raised:
        create(client, include=["logprobs"])

    assert (raised.value.code, raised.value.param) == ("invalid_field", "include")
    assert (upload_count(), left_on_disk()) == (0, [])


@pytest.mark.parametrize(
    ("fields", "code", "param"),
    [
        ({"language": "english please"}, "invalid_field", "language"),
        ({"language": "xx"}, "invalid_field", "language"),
        ({"response_format": "yaml"}, "invalid_field", "response_format"),
        ({"temperature": "1.5"}, "invalid_field", "temperature"),
        ({"temperature": "nan"}, "invalid_field", "temperature"),
        ({"known_speaker_names[]": ["Ada", "Bob"]}, "invalid_field", "known_speaker_names"),
        ({"known_speaker_references": "data:audio/wav;base64,AA"}, "invalid_field", "known_speaker_references"),
        ({"timestamp_granularities[]": "word"}, "invalid_field", "timestamp_granularities"),
        ({"timestamp_granularities[]": "letter", "response_format": "verbose_json"}, "invalid_field", GRANULARITY),
        ({"stream": "true", "response_format": "srt"}, "invalid_field", "stream"),
        ({"chunking_strategy": "tiny"}, "invalid_field", "chunking_strategy"),
        ({"langauge": "en"}, "unknown_field", "langauge"),
        ({"model": ["whisper-1", "whisper-1"]}, "invalid_field", "model"),
        ({"model": ""}, "missing_field", "model"),
    ],
)
def test_what_cannot_be_done_is_refused_by_name(
    api: FlaskClient, fields: dict[str, Any], code: str, param: str
) -> None:
    form = {"file": (io.BytesIO(b"sound"), "a.flac"), "model": "whisper-1", **fields}

    error_of(api.post(URL, data=form, content_type=FORM), 422, code, param)
    assert left_on_disk() == []


@pytest.mark.parametrize(
    "fields",
    [
        {"chunking_strategy[type]": "server_vad", "chunking_strategy[threshold]": "0.5"},
        {"language": "", "prompt": "", "temperature": "0"},
    ],
)
def test_what_changes_nothing_is_taken(
    api: FlaskClient, monkeypatch: pytest.MonkeyPatch, fields: dict[str, str]
) -> None:
    monkeypatch.setattr(transcriptions, "PATIENCE_SECONDS", 0.0)
    form = {"file": (io.BytesIO(b"sound"), "a.flac"), "model": "whisper-1", **fields}

    error_of(
        api.post(URL, data=form, content_type=FORM, headers={"X-Stainless-Retry-Count": "9" * 5000}),
        *(504, "still_processing"),
    )


@pytest.mark.parametrize(
    ("files", "code", "param"),
    [
        ({"file": (io.BytesIO(b""), "empty.flac")}, "invalid_field", "file"),
        ({"image": (io.BytesIO(b"x"), "a.png")}, "unknown_field", "image"),
        ({"file": [(io.BytesIO(b"x"), "a.wav"), (io.BytesIO(b"y"), "b.wav")]}, "missing_field", "file"),
    ],
)
def test_it_takes_one_file(api: FlaskClient, files: dict[str, Any], code: str, param: str) -> None:
    error_of(api.post(URL, data={"model": "whisper-1", **files}, content_type=FORM), 422, code, param)
    assert left_on_disk() == []


def test_an_unknown_model_is_not_found(client: openai.OpenAI) -> None:
    with pytest.raises(openai.NotFoundError) as raised:
        create(client, model="gpt-9")

    assert (raised.value.code, raised.value.param) == ("pipeline_not_found", "model")


def test_an_empty_wallet_is_402_and_leaves_nothing(client: openai.OpenAI, bob: Account) -> None:
    stored = list(runtime.store().keys("uploads/"))
    with db.transaction() as session:
        session.execute(update(Account).where(Account.id == bob.id).values(monthly_cap_microusd=0))

    with pytest.raises(openai.APIStatusError) as raised:
        create(client)

    assert (raised.value.status_code, raised.value.code) == (402, "monthly_cap_reached")
    assert (upload_count(), left_on_disk()) == (0, [])
    assert list(runtime.store().keys("uploads/")) == stored


@pytest.mark.parametrize(
    ("code", "status", "kind"),
    [
        ("media_undecodable", 400, openai.BadRequestError),
        ("media_too_large", 413, openai.APIStatusError),
        ("canceled", 409, openai.ConflictError),
        ("insufficient_funds", 402, openai.APIStatusError),
        ("provider_error", 502, openai.InternalServerError),
        ("transcription_failed", 500, openai.InternalServerError),
    ],
)
def test_a_failed_transcription_is_the_requests_failure_and_is_not_retried(
    connect: Connect, transcriber: Transcriber, code: str, status: int, kind: type[openai.APIStatusError]
) -> None:
    transcriber.error = code

    with pytest.raises(kind) as raised:
        create(connect(max_retries=2))

    assert (raised.value.status_code, raised.value.code) == (status, code)
    assert len(transcriber.transcriptions()) == 1


def test_a_failure_in_a_stream_is_raised(client: openai.OpenAI, transcriber: Transcriber) -> None:
    transcriber.error = "media_undecodable"

    with pytest.raises(openai.APIError) as raised:
        list(create(client, stream=True))

    assert raised.value.code == "media_undecodable"


def test_what_takes_too_long_goes_on(
    client: openai.OpenAI, transcriber: Transcriber, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(transcriptions, "PATIENCE_SECONDS", 0.1)
    transcriber.go_on.clear()

    with pytest.raises(openai.InternalServerError) as raised:
        create(client)

    (made,) = transcriber.transcriptions()
    assert (raised.value.status_code, raised.value.code) == (504, "still_processing")
    assert made.public_id in raised.value.message
    assert raised.value.response.headers["X-Transcription-Id"] == made.public_id


def test_a_file_beyond_the_limit_is_refused(client: openai.OpenAI, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(forms, "MAX_FILE_BYTES", 100)
    monkeypatch.setattr(forms, "MAX_TEXT_BYTES", 1000)

    with pytest.raises(openai.APIStatusError) as raised:
        create(client, file=("long.wav", b"x" * 5000))

    assert (raised.value.status_code, raised.value.code) == (413, "request_too_large")
    assert left_on_disk() == []


def test_without_a_seat_nothing_begins(
    client: openai.OpenAI, transcriber: Transcriber, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(transcriptions, "seats", Seats(0, 0))

    with pytest.raises(openai.InternalServerError) as raised:
        create(client)

    assert (raised.value.status_code, raised.value.code) == (503, "service_unavailable")
    assert raised.value.response.headers["Retry-After"] == "5"
    assert transcriber.transcriptions() == []


@pytest.mark.parametrize(
    ("sent", "status", "code", "param"),
    [
        ({"json": {"model": "whisper-1"}}, 415, "unsupported_media_type", None),
        ({"data": {"model": "whisper-1"}, "content_type": "multipart/form-data"}, 422, "missing_field", "file"),
        (
            {"data": {"file": "text", "model": "whisper-1"}, "content_type": "multipart/form-data"},
            422,
            "invalid_field",
            "file",
        ),
        (
            {"data": b"--b\r\nContent-Disp", "content_type": "multipart/form-data; boundary=b"},
            400,
            "invalid_request",
            None,
        ),
    ],
)
def test_what_is_no_form_with_a_file_is_refused(
    api: FlaskClient, sent: dict[str, Any], status: int, code: str, param: str | None
) -> None:
    error_of(api.post(URL, **sent), status, code, param)


@pytest.mark.parametrize("path", [URL, "/v1/models", "/v1/nowhere", "/v1/audio/translations"])
def test_v1_keeps_the_rules_of_the_api(api: FlaskClient, path: str) -> None:
    response = api.get(path, headers={"Origin": "https://app.example"})

    assert response.content_type == "application/json"
    assert response.headers["Access-Control-Allow-Origin"] == "*"
    assert response.headers["Cache-Control"] == "no-store"
    assert "Content-Security-Policy" not in response.headers
    assert {"X-Request-Id", "RateLimit-Remaining"} <= set(response.headers.keys())


def test_a_full_disk_is_told(api: FlaskClient, monkeypatch: pytest.MonkeyPatch) -> None:
    def write(*_: object) -> int:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(forms._Arriving, "write", write)
    form = {"file": (io.BytesIO(b"sound"), "a.flac"), "model": "whisper-1"}

    error_of(api.post(URL, data=form, content_type=FORM), 507, "storage_full")
    assert left_on_disk() == []


def test_a_cookie_opens_nothing(browser: FlaskClient) -> None:
    error_of(browser.post(URL), 401, "invalid_api_key")
    error_of(browser.get("/v1/models"), 401, "invalid_api_key")


def test_a_preflight_lets_openais_own_headers_pass(app: Flask) -> None:
    response = app.test_client().options(URL, headers={"Origin": "https://app.example"})

    assert response.status_code == 204
    assert response.headers["Access-Control-Allow-Headers"].endswith("*")


def test_the_limit_of_a_key_counts_here_too(connect: Connect, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(runtime, "_config", replace(runtime.config(), rate_limit_per_minute=1))
    client = connect()

    client.models.list()
    with pytest.raises(openai.RateLimitError) as raised:
        client.models.list()

    assert raised.value.code == "rate_limited"
    assert int(raised.value.response.headers["Retry-After"]) > 0
