"""Messages of the service, checked by our own code and signed by the specification's library."""

import base64
import json
import time
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from standardwebhooks import Webhook as Standard

from blueprints.api_v1.documents import examples
from transcribe_client import (
    ConfigurationError,
    Transcription,
    TranscriptionCompletedEvent,
    TranscriptionFailedEvent,
    UnknownEvent,
    Webhook,
    WebhookTestEvent,
    WebhookVerificationError,
)

SECRET = "whsec_" + base64.b64encode(b"s" * 32).decode()
OTHER = "whsec_" + base64.b64encode(b"o" * 32).decode()
MESSAGE_ID = "evt_1"


def message(kind: str = "transcription.completed", data: Any = examples.COMPLETED) -> bytes:
    event = {"id": MESSAGE_ID, "type": kind, "timestamp": "2026-11-22T08:00:00Z", "data": data}
    return json.dumps(event).encode()


def headers(body: bytes, *secrets: str, age: float = 0.0) -> dict[str, str]:
    """As the specification's library signs it, with each of the secrets."""
    when = datetime.now(UTC) - timedelta(seconds=age)
    signed = [Standard(secret).sign(MESSAGE_ID, when, body.decode()) for secret in secrets]
    stamp = str(int(when.timestamp()))
    return {"webhook-id": MESSAGE_ID, "webhook-timestamp": stamp, "webhook-signature": " ".join(signed)}


def test_p24_the_published_vector(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("transcribe_client.webhooks.time.time", lambda: 1696200454.0)
    body = (
        '{"type": "example.created", "timestamp":"2023-09-28T19:20:22+00:00", '
        '"data":{"str":"string","bool":true,"int":42}}'
    )
    given = {
        "webhook-id": "msg_p5jXN8AQM9LWM0D4loKWxJek",
        "webhook-timestamp": "1696200454",
        "webhook-signature": "v1,GgjvufBlIj71MBIVQotYGb+xEC3LNXCsIZp0HsDC8qs=",
    }
    event = Webhook("MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw").verify(body, given)
    assert (event.type, event.data) == ("example.created", {"str": "string", "bool": True, "int": 42})


@pytest.mark.parametrize(
    ("kind", "data", "expected"),
    [
        ("transcription.completed", examples.COMPLETED, TranscriptionCompletedEvent),
        ("transcription.failed", examples.FAILED, TranscriptionFailedEvent),
        ("webhook.test", {"webhook_endpoint_id": "whe_1"}, WebhookTestEvent),
        ("something.new", [1], UnknownEvent),
    ],
)
def test_a_signed_message_is_an_event_of_its_type(kind: str, data: Any, expected: type) -> None:
    body = message(kind, data)
    event = Webhook(SECRET).verify(body, headers(body, SECRET))
    assert type(event) is expected
    assert (event.id, event.type) == (MESSAGE_ID, kind)
    if isinstance(event, (TranscriptionCompletedEvent, TranscriptionFailedEvent)):
        assert event.data.id == data["id"]


def test_names_of_headers_may_be_in_any_case_and_the_body_may_be_text() -> None:
    body = message()
    given = {name.title(): value for name, value in headers(body, SECRET).items()}
    assert Webhook(SECRET).verify(body.decode(), given).id == MESSAGE_ID


def test_while_a_secret_is_rotated_either_does() -> None:
    body = message()
    assert Webhook(SECRET).verify(body, headers(body, OTHER, SECRET)).id == MESSAGE_ID
    assert Webhook([OTHER, SECRET]).verify(body, headers(body, SECRET)).id == MESSAGE_ID


@pytest.mark.parametrize("age", [-290.0, 290.0])
def test_five_minutes_are_tolerated(age: float) -> None:
    body = message()
    assert Webhook(SECRET).verify(body, headers(body, SECRET, age=age)).id == MESSAGE_ID


@pytest.mark.parametrize("age", [-320.0, 320.0])
def test_more_is_not(age: float) -> None:
    body = message()
    with pytest.raises(WebhookVerificationError, match=r"too old|from the future"):
        Webhook(SECRET).verify(body, headers(body, SECRET, age=age))


@pytest.mark.parametrize("name", ["webhook-id", "webhook-timestamp", "webhook-signature"])
@pytest.mark.parametrize("value", [None, "", "x", "9" * 400])
def test_nothing_may_be_missing_or_other(name: str, value: str | None) -> None:
    body = message()
    given = {**headers(body, SECRET), name: value or ""}
    if value is None:
        del given[name]
    with pytest.raises(WebhookVerificationError):
        Webhook(SECRET).verify(body, given)


def test_a_byte_that_was_changed_is_noticed() -> None:
    body = message()
    given = headers(body, SECRET)
    with pytest.raises(WebhookVerificationError):
        Webhook(SECRET).verify(body.replace(b"completed", b"completeD"), given)
    with pytest.raises(WebhookVerificationError):
        Webhook(OTHER).verify(body, given)
    with pytest.raises(WebhookVerificationError):
        Webhook(SECRET).verify(body, {**given, "webhook-signature": given["webhook-signature"].replace("v1,", "v1a,")})


def test_a_secret_that_an_answer_tells_is_not_told_by_its_repr() -> None:
    made = Transcription.model_validate({**examples.QUEUED, "webhook_secret": SECRET})
    assert made.model_dump()["webhook_secret"] == SECRET
    assert SECRET not in f"{made!r} {made}"


def test_what_we_accept_the_specification_accepts_too() -> None:
    body = message()
    given = headers(body, SECRET)
    assert Standard(SECRET).verify(body, given)["id"] == Webhook(SECRET).verify(body, given).id
    assert time.time() - int(given["webhook-timestamp"]) < 60


@pytest.mark.parametrize("secret", ["", "whsec_", "whsec_%%%", []])
def test_a_secret_that_is_none_is_refused_at_once(secret: Any) -> None:
    with pytest.raises(ConfigurationError):
        Webhook(secret)
