"""Signatures, held against the specification's own vector and against the independent library."""

import base64
from datetime import UTC, datetime

import pytest
from standardwebhooks import Webhook, WebhookVerificationError

from webhooks import signing

# The vector that the specification's reference libraries are tested with.
SECRET = "MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"
ID, TIME = "msg_p5jXN8AQM9LWM0D4loKWxJek", 1696200454
BODY = (
    b'{"type": "example.created", "timestamp":"2023-09-28T19:20:22+00:00",'
    b' "data":{"str":"string","bool":true,"int":42}}'
)


def test_P24_the_published_vector() -> None:
    signature = signing.signature(ID, timestamp=TIME, body=BODY, keys=[base64.b64decode(SECRET)])

    assert signature == "v1,GgjvufBlIj71MBIVQotYGb+xEC3LNXCsIZp0HsDC8qs="


def test_a_secret_is_32_random_bytes_after_its_prefix() -> None:
    first, second = signing.new_secret(), signing.new_secret()

    assert first != second
    assert signing.shown(first).startswith("whsec_")
    assert base64.b64decode(signing.shown(first).removeprefix("whsec_")) == first
    assert len(first) == 32


def test_the_independent_library_verifies_it_under_each_of_two_secrets_and_no_other() -> None:
    secrets = [signing.new_secret(), signing.new_secret()]
    at, body = int(datetime.now(UTC).timestamp()), '{"ünïcode": "☕"}'.encode()
    headers = dict(
        signing.headers(
            "evt_1", timestamp=at, signature=signing.signature("evt_1", timestamp=at, body=body, keys=secrets)
        )
    )

    for secret in secrets:
        assert Webhook(signing.shown(secret)).verify(body, headers) == {"ünïcode": "☕"}
    with pytest.raises(WebhookVerificationError):
        Webhook(signing.shown(signing.new_secret())).verify(body, headers)
    with pytest.raises(WebhookVerificationError):
        Webhook(signing.shown(secrets[0])).verify(body + b" ", headers)
