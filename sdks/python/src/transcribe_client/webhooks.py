"""What the service sends to a webhook: whether it is from the service, and what it says.

Messages are signed as the Standard Webhooks specification 1.0 says:
https://github.com/standard-webhooks/standard-webhooks/blob/main/spec/standard-webhooks.md
"""

import base64
import binascii
import hashlib
import hmac
import time
from collections.abc import Mapping, Sequence
from typing import Any, Literal, TypeAlias

from pydantic import AwareDatetime
from pydantic_core import from_json

from transcribe_client.answers import Answer
from transcribe_client.errors import ConfigurationError, UnexpectedAnswerError, WebhookVerificationError
from transcribe_client.models import TestEvent, TranscriptionEvent

TOLERANCE_SECONDS = 300
PREFIX = "whsec_"
LONGEST_TIME = 12  # digits, for some thousands of years to come


class TranscriptionCompletedEvent(TranscriptionEvent):
    """A transcription is completed; its result can be read."""

    type: Literal["transcription.completed"]


class TranscriptionFailedEvent(TranscriptionEvent):
    """A transcription failed, or was canceled."""

    type: Literal["transcription.failed"]


class WebhookTestEvent(TestEvent):
    """Somebody tried the endpoint."""

    type: Literal["webhook.test"]


class UnknownEvent(Answer):
    """Something that came after this version. Answer it with 2xx all the same, or it is sent again and again."""

    id: str
    type: str
    timestamp: AwareDatetime
    data: Any = None


WebhookEvent: TypeAlias = TranscriptionCompletedEvent | TranscriptionFailedEvent | WebhookTestEvent | UnknownEvent
KINDS: dict[str, type[Answer]] = {
    "transcription.completed": TranscriptionCompletedEvent,
    "transcription.failed": TranscriptionFailedEvent,
    "webhook.test": WebhookTestEvent,
}


class Webhook:
    """One endpoint's secret, or several while it is being rotated."""

    def __init__(self, secret: str | Sequence[str], *, tolerance_seconds: float = TOLERANCE_SECONDS) -> None:
        secrets = [secret] if isinstance(secret, str) else secret
        self._keys = [_key(each) for each in secrets]
        self._tolerance_seconds = tolerance_seconds
        if not self._keys:
            raise ConfigurationError("There is no secret to verify webhooks with.")

    def verify(self, body: bytes | str, headers: Mapping[str, str]) -> WebhookEvent:
        """The event in a message that the service sent just now; WebhookVerificationError for any other message.

        `body` is what arrived, byte for byte, before anybody parsed it; names of headers may be in any case.
        """
        content = body.encode() if isinstance(body, str) else bytes(body)
        message_id = self._checked(content, {name.lower(): value for name, value in headers.items()})
        return read_event(content, message_id)

    def _checked(self, content: bytes, headers: Mapping[str, str]) -> str:
        """The id of a message that is what it claims to be."""
        try:
            message_id, timestamp = headers["webhook-id"], headers["webhook-timestamp"]
            signatures = headers["webhook-signature"].split(" ")
        except KeyError as missing:
            raise WebhookVerificationError(f"The header {missing} is missing.") from None
        self._check_age(timestamp)
        signed = f"{message_id}.{timestamp}.".encode() + content
        wanted = [base64.b64encode(hmac.new(key, signed, hashlib.sha256).digest()) for key in self._keys]
        given = [each.removeprefix("v1,").encode() for each in signatures if each.startswith("v1,")]
        if not any(hmac.compare_digest(one, other) for one in wanted for other in given):
            raise WebhookVerificationError("No signature is of this secret.")
        return message_id

    def _check_age(self, timestamp: str) -> None:
        if not (timestamp.isascii() and timestamp.isdigit() and len(timestamp) <= LONGEST_TIME):
            raise WebhookVerificationError("The header 'webhook-timestamp' is not a time.")
        age = time.time() - int(timestamp)
        if abs(age) > self._tolerance_seconds:
            raise WebhookVerificationError(f"The message is {'too old' if age > 0 else 'from the future'}.")


def _key(secret: str) -> bytes:
    try:
        key = base64.b64decode(secret.strip().removeprefix(PREFIX), validate=True)
    except (binascii.Error, ValueError):
        key = b""
    if not key:
        raise ConfigurationError(f"A webhook's secret is {PREFIX} and base64; copy it again.")
    return key


def read_event(content: bytes, message_id: str) -> WebhookEvent:
    """The event that JSON tells, of its own class."""
    try:
        # The specification has the id in the header alone.
        told = {"id": message_id, **from_json(content)}
        kind = KINDS.get(told.get("type", ""), UnknownEvent)
        return kind.model_validate(told)  # type: ignore[return-value]
    except (ValueError, TypeError):
        raise UnexpectedAnswerError("The message is the service's, and not as this version knows it.") from None
