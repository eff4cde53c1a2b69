"""Mistral's transcription endpoint: one POST that is answered when everything is transcribed.

The vendor's package is not used: for this one request it costs 1.7 s of imports, a second HTTP library and telemetry,
and it fails on answers without `usage` or `language`.
"""

import asyncio
import json
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from typing import BinaryIO

import httpx

from errors import Outcome, ProviderError, ProviderTimeout
from outbound.guard import tls_context
from outbound.retries import Transient, Verdict, reason, transient_status
from speech.providers.voxtral_forms import Form

TICK_SECONDS = 2.0
CONNECT_SECONDS = 10.0
WRITE_SECONDS = 60.0
MAX_ANSWER_BYTES = 64 << 20
# The provider's no to this request; any other no is to the operator's key, plan or settings.
REFUSALS = frozenset({400, 413, 415, 422})


class Refused(Exception):
    """The service says no. `fields` are the form's fields that it complains of, where it names any."""

    def __init__(self, status: int, message: str, fields: frozenset[str], headers: Mapping[str, str]) -> None:
        super().__init__(f"{status}: {message}")
        self.status = status
        self.message = message
        self.fields = fields
        self.headers = headers


class Garbled(Exception):
    """An answer that cannot be read."""


class Unanswered(Exception):
    """Our patience with one request ended."""


@dataclass(frozen=True, slots=True)
class Audio:
    """A file to be sent. `is_original` says that it came to us as it is."""

    name: str
    content_type: str
    open: Callable[[], BinaryIO]
    is_original: bool = False


class Service:
    """One account. Each request has a connection of its own, so that giving one up leaves nothing behind."""

    def __init__(self, api_key: str, base_url: str, *, answer_seconds: float) -> None:
        self._url = f"{base_url.rstrip('/')}/v1/audio/transcriptions"
        self._headers = {"Authorization": f"Bearer {api_key}", "Accept": "application/json"}
        self._answer_seconds = answer_seconds

    def transcribe(self, form: Form, audio: Audio, tick: Callable[[], None]) -> bytes:
        """The answer's JSON, with a tick every two seconds until it is there; what a tick raises gives the request up.

        Raises Refused, Garbled, Unanswered and httpx.HTTPError: `verdict` knows what they mean.
        """
        with audio.open() as content:
            return asyncio.run(self._attended(form, audio, content, tick))

    async def _attended(self, form: Form, audio: Audio, content: BinaryIO, tick: Callable[[], None]) -> bytes:
        """A loop of its own and no thread: only a task can be given up at once, and the ticks stay in this thread."""
        task = asyncio.create_task(self._post(form, audio, content))
        try:
            while not (await asyncio.wait({task}, timeout=TICK_SECONDS))[0]:
                tick()
            return task.result()
        finally:
            task.cancel()
            with suppress(asyncio.CancelledError, Exception):
                await task

    async def _post(self, form: Form, audio: Audio, content: BinaryIO) -> bytes:
        try:
            async with asyncio.timeout(self._answer_seconds):
                status, headers, body = await self._exchange(form, audio, content)
        except TimeoutError as error:
            raise Unanswered(f"not within {self._answer_seconds:g} s") from error
        if status != 200:
            message, fields = _complaint(body)
            raise Refused(status, message, fields, headers)
        return body

    async def _exchange(self, form: Form, audio: Audio, content: BinaryIO) -> tuple[int, Mapping[str, str], bytes]:
        timeout = httpx.Timeout(None, connect=CONNECT_SECONDS, write=WRITE_SECONDS)
        async with (
            httpx.AsyncClient(headers=self._headers, timeout=timeout, trust_env=False, verify=tls_context()) as client,
            client.stream(
                "POST", self._url, data=form.fields(), files={"file": (audio.name, content, audio.content_type)}
            ) as answer,
        ):
            return answer.status_code, answer.headers, await _body(answer)


def verdict(error: Exception) -> Verdict:
    """What an exception of `transcribe` means. A refusal of the request itself is raised again: ask it otherwise."""
    if isinstance(error, Refused):
        return _verdict_on_status(error)
    if isinstance(error, httpx.ConnectTimeout):
        return Transient()
    if isinstance(error, Unanswered | httpx.TimeoutException):
        return Transient(ProviderTimeout())
    if isinstance(error, Garbled | httpx.TransportError | httpx.DecodingError):
        return Transient()
    raise error


def _verdict_on_status(refused: Refused) -> Verdict:
    outcome: Outcome = ProviderTimeout() if refused.status in (408, 504) else ProviderError()
    if refused.status in REFUSALS:
        raise refused
    return transient_status(refused.status, refused.headers, outcome) or ProviderError()


async def _body(answer: httpx.Response) -> bytes:
    body = bytearray()
    async for piece in answer.aiter_bytes():
        body += piece
        if len(body) > MAX_ANSWER_BYTES:
            raise Garbled(f"longer than {MAX_ANSWER_BYTES} bytes")
    return bytes(body)


def _complaint(body: bytes) -> tuple[str, frozenset[str]]:
    """What a refusal says, fit for the log, and the fields that it names.

    It comes as {detail: text or list}, as {message, request_id} or as {object: "error", message, type, param, code},
    where the message may be an object with a detail again.
    """
    try:
        content = json.loads(body)
    except ValueError:
        content = body[:1000].decode(errors="replace")
    texts, fields = _said(content)
    return reason("; ".join(texts)), frozenset(fields)


def _said(content: object, depth: int = 4) -> tuple[list[str], set[str]]:
    if isinstance(content, str):
        return [content], set()
    texts, fields = list[str](), set[str]()
    if depth and isinstance(content, list):
        parts = [_said(part, depth - 1) for part in content]
    elif depth and isinstance(content, dict):
        parts = [_said(content.get(key), depth - 1) for key in ("detail", "message", "msg", "error")]
        location = content.get("loc")
        fields |= {name for name in (location if isinstance(location, list) else []) if isinstance(name, str)}
        fields |= {content["param"]} if isinstance(content.get("param"), str) else set()
        fields |= {"model"} if content.get("type") == "invalid_model" else set()
    else:
        return texts, fields
    for part_texts, part_fields in parts:
        texts += part_texts
        fields |= part_fields
    return texts, fields
