"""Everything that can go wrong, as one family: `TranscribeError` catches all of it.

What the service refuses is an `APIError`, one class for each `type` of the API's errors. What never got an answer is an
`APIConnectionError`. The rest is about waiting, failed transcriptions, uploads and webhooks. No message holds a key.
"""

import json
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from transcribe_client.models import Transcription
    from transcribe_client.requests import Received


class TranscribeError(Exception):
    """The root of the family."""

    transcription_id: str | None = None
    """The transcription that was being waited for, where there was one: it goes on, whatever happens here."""

    upload_id: str | None = None
    """The upload that was being sent, where there was one: the same file can go on with it."""


class ConfigurationError(TranscribeError):
    """The client cannot be made of what it was given, such as an address that is none."""


class MissingKeyError(ConfigurationError):
    """There is no API key, or what was given cannot be one."""


class APIError(TranscribeError):
    """The service refused a request. `code` is stable and for programs, the message is for people."""

    def __init__(
        self,
        message: str,
        *,
        status: int,
        type: str | None = None,  # noqa: A002 (the API's own word)
        code: str | None = None,
        param: str | None = None,
        request_id: str | None = None,
        doc_url: str | None = None,
        retry_after_seconds: float | None = None,
    ) -> None:
        super().__init__(message)
        self.message = message
        self.status = status
        self.type = type
        self.code = code
        self.param = param
        self.request_id = request_id
        self.doc_url = doc_url
        self.retry_after_seconds = retry_after_seconds

    def __str__(self) -> str:
        about = [self.code or f"HTTP {self.status}", *([f"field {self.param}"] if self.param else [])]
        request = f" [{self.request_id}]" if self.request_id else ""
        return f"{self.message} ({', '.join(about)}){request}"


class InvalidRequestError(APIError):
    """The request cannot be carried out as it is."""


class NotFoundError(InvalidRequestError):
    """There is no such thing, or it is another account's."""


class ConflictError(InvalidRequestError):
    """It does not fit the present state: not ready yet, edited meanwhile, used already."""


class AuthenticationError(APIError):
    """The API key is missing, wrong or revoked."""


class PermissionDeniedError(APIError):
    """The key may not do that."""


class PaymentRequiredError(APIError):
    """The wallet, the monthly cap or `max_cost_usd` does not cover it."""


class IdempotencyError(APIError):
    """An idempotency key that is malformed, or was used for another request."""


class RateLimitError(APIError):
    """Too many requests, and still so after all retries."""


class ServerError(APIError):
    """Something went wrong on the service's side, and still does after all retries."""


class APIConnectionError(TranscribeError):
    """There was no answer: the name, the connection or the stream failed, again and again."""


class APITimeoutError(APIConnectionError):
    """There was no answer in time."""


class UnexpectedAnswerError(TranscribeError):
    """An answer that this version cannot read. Another version of this package may."""


class WaitTimeoutError(TranscribeError):
    """The time to wait was up. The transcription goes on: wait for it again by its id."""

    def __init__(self, transcription_id: str, transcription: "Transcription | None") -> None:
        stage = transcription and (transcription.stage or transcription.status)
        super().__init__(f"{transcription_id} is still {stage or 'out of reach'}.")
        self.transcription_id: str = transcription_id
        self.transcription = transcription
        """It as it stood last; None where the service gave no answer at all."""


class TranscriptionFailedError(TranscribeError):
    """The transcription ended as failed. Nothing was charged."""

    def __init__(self, transcription: "Transcription") -> None:
        failure = transcription.error
        self.code = failure.code if failure else "transcription_failed"
        self.message = failure.message if failure else "The transcription failed."
        super().__init__(f"{self.message} ({self.code}) [{transcription.id}]")
        self.transcription_id: str = transcription.id
        self.transcription = transcription


class UploadError(TranscribeError):
    """The bytes did not arrive. Send the same file with this `upload_id` and it goes on where it stopped."""

    def __init__(self, message: str, *, upload_id: str) -> None:
        super().__init__(f"{message} [{upload_id}]")
        self.message = message
        self.upload_id: str = upload_id


class WebhookVerificationError(TranscribeError):
    """This is not a message that the service signed with your secret, just now."""


BY_TYPE: Mapping[str, type[APIError]] = {
    "invalid_request_error": InvalidRequestError,
    "authentication_error": AuthenticationError,
    "permission_error": PermissionDeniedError,
    "payment_required_error": PaymentRequiredError,
    "idempotency_error": IdempotencyError,
    "rate_limit_error": RateLimitError,
    "api_error": ServerError,
}
INVALID_BY_STATUS: Mapping[int, type[InvalidRequestError]] = {404: NotFoundError, 409: ConflictError}


def refusal(received: "Received") -> APIError:
    """The error that an answer tells, whoever gave it: a proxy in between may know nothing of the API's shape."""
    told, status = _told(received.content), received.status
    kind = told.get("type")
    family = BY_TYPE.get(kind, APIError) if isinstance(kind, str) else _by_status(status)
    if family is InvalidRequestError:
        family = INVALID_BY_STATUS.get(status, family)
    return family(
        str(told.get("message") or f"The service answered {status}."),
        status=status,
        type=_text(kind),
        code=_text(told.get("code")),
        param=_text(told.get("param")),
        request_id=_text(told.get("request_id")) or received.headers.get("x-request-id"),
        doc_url=_text(told.get("doc_url")),
        retry_after_seconds=received.retry_after_seconds,
    )


def _told(content: bytes) -> Mapping[str, Any]:
    try:
        error = json.loads(content)["error"]
    except (ValueError, KeyError, TypeError):
        return {}
    return error if isinstance(error, dict) else {}


def _by_status(status: int) -> type[APIError]:
    """For an answer that does not say its type."""
    if status >= 500:
        return ServerError
    return {401: AuthenticationError, 402: PaymentRequiredError, 403: PermissionDeniedError, 429: RateLimitError}.get(
        status, APIError
    )


def _text(value: Any) -> str | None:
    return value if isinstance(value, str) else None
