"""One call of the API: the request with its key, its retries, and the answer as what it is."""

import logging
import time
import uuid
from collections.abc import Mapping
from typing import Any, TypeVar

from pydantic import BaseModel, ValidationError

from transcribe_client.errors import TranscribeError, UnexpectedAnswerError, refusal
from transcribe_client.flows import Flow, send, sleep
from transcribe_client.requests import Received, Request, as_json, as_query
from transcribe_client.settings import Settings

M = TypeVar("M", bound=BaseModel)

log = logging.getLogger("transcribe_client")


def call(
    settings: Settings,
    method: str,
    path: str,
    *,
    query: Mapping[str, Any] | None = None,
    body: Mapping[str, Any] | None = None,
    idempotency_key: str | None = None,
    timeout_seconds: float | None = None,
    ends: float | None = None,
) -> Flow[Received]:
    """A successful answer of the service, or the error that it is refused with in the end.

    A POST carries an idempotency key, the same in all its attempts, so that it takes effect once. After `ends`, a time
    of the monotonic clock, there are no more attempts.
    """
    headers = {}
    if method == "POST":
        headers["Idempotency-Key"] = idempotency_key or str(uuid.uuid4())
    if body is not None:
        headers["Content-Type"] = "application/json"
    request = Request(
        method,
        settings.api_url + path,
        query=as_query(query or {}),
        headers=headers,
        content=None if body is None else as_json(body),
        timeout_seconds=timeout_seconds,
    )
    return (yield from _attempts(settings, request, ends))


def _attempts(settings: Settings, request: Request, ends: float | None) -> Flow[Received]:
    """A successful answer to a request, sent as often as it takes and the settings allow."""
    attempt = 0
    while True:
        try:
            received = yield from send(request)
            if received.is_success:
                return received
            raise refusal(received)
        except TranscribeError as error:
            pause = settings.retries.pause(attempt, error)
            if pause is None:
                raise
            if ends is not None and (left := ends - time.monotonic()) <= pause:
                yield from sleep(max(0.0, left))
                raise
            log.info("%s: trying again in %.1f s", error, pause)
        yield from sleep(pause)
        attempt += 1


def read(model: type[M], received: Received) -> M:
    """The answer as a model."""
    try:
        return model.model_validate_json(received.content)
    except ValidationError as error:
        # What was received is left out: it may be anything, and long.
        wrong = "; ".join(
            f"{'.'.join(map(str, each['loc']))}: {each['msg']}" for each in error.errors(include_input=False)[:3]
        )
        raise UnexpectedAnswerError(f"The answer is not a {model.__name__} as this version knows it: {wrong}") from None
