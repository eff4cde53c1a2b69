"""DashScope's task interface over HTTP: submit, look, cancel, and fetch what came of it.

Source: Model Studio, "Audio file recognition API reference" and "Asynchronous task management". The vendor's own
package is not used: it brings a web framework, a tokenizer and telemetry, and retries submits, which are paid for.
"""

import json
import re
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any
from urllib.parse import urlsplit, urlunsplit

import httpx
from pydantic import BaseModel, FiniteFloat, ValidationError

from errors import UrlNotAllowed
from outbound.addresses import canonical_host, check_url, is_allowed_host
from outbound.guard import guarded_client, tls_context
from outbound.retries import reason
from speech.providers.qwen_faults import is_undecided

RESULT_HOSTS = ".aliyuncs.com"
# Half a day of speech with the times of its words is some 20 MB.
MAX_RESULT_BYTES = 128 << 20
MAX_RESULT_SECONDS = 300.0
# Object storage signs with long tokens.
MAX_RESULT_URL_CHARACTERS = 8192
CANCEL_SECONDS = 5.0

_TASK_ID = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,127}")
_NOTHING_SENT = (httpx.ConnectError, httpx.ConnectTimeout, httpx.UnsupportedProtocol, httpx.LocalProtocolError)
_GONE = frozenset({401, 403, 404, 410})


class Unsent(Exception):
    """The service was not reached; nothing has been asked."""


class Unclear(Exception):
    """No answer, or none that tells what became of the request."""


class ResultGone(Exception):
    """The result's address is not valid any more. The task may give another."""


class ResultRefused(Exception):
    """The result is not where we may fetch from, or more than we take."""


class Refused(Exception):
    """The service says no. `code` is "" where it names none; `headers` have lower-case names."""

    def __init__(self, status: int, code: str, message: str, headers: Mapping[str, str]) -> None:
        super().__init__(reason(f"{status} {code}: {message}"))
        self.status = status
        self.code = code
        self.headers = headers


class _Result(BaseModel):
    transcription_url: str | None = None
    subtask_status: str | None = None
    code: str | None = None
    message: str | None = None


class _Usage(BaseModel):
    seconds: FiniteFloat | None = None
    duration: FiniteFloat | None = None


class _Output(BaseModel):
    task_status: str
    code: str | None = None
    message: str | None = None
    result: _Result | None = None
    results: list[_Result] | None = None


class Task(BaseModel):
    """A task as the service shows it. The models of one file give `result`, the others a list `results` of it."""

    output: _Output
    usage: _Usage | None = None

    @property
    def status(self) -> str:
        """Of our one file: a task may have succeeded though its file did not."""
        status = self.output.task_status.upper()
        return (self._result.subtask_status or status).upper() if status == "SUCCEEDED" else status

    @property
    def code(self) -> str:
        return self._result.code or self.output.code or ""

    @property
    def message(self) -> str:
        return self._result.message or self.output.message or ""

    @property
    def result_url(self) -> str | None:
        return self._result.transcription_url

    @property
    def billed_seconds(self) -> float | None:
        usage = self.usage or _Usage()
        seconds = usage.duration if usage.seconds is None else usage.seconds
        return seconds if seconds is not None and seconds >= 0 else None

    @property
    def _result(self) -> _Result:
        return self.output.result or next(iter(self.output.results or []), None) or _Result()


class Service:
    """One account at one region's address. Holds no connection: each request makes its own.

    A connection kept from before may be found closed only after a submit was written to it, and whether that arrived
    nobody can tell.
    """

    def __init__(
        self, api_key: str, base_url: str, *, result_hosts_allowed: frozenset[str], answer_seconds: float
    ) -> None:
        self._headers = {"Authorization": f"Bearer {api_key}", "User-Agent": "transcribe/1.0"}
        self._base_url = base_url.rstrip("/")
        self._result_hosts_allowed = result_hosts_allowed
        self._answer_seconds = answer_seconds

    def submit(self, order: Mapping[str, Any]) -> str:
        """The id of the new task. Unless it raises Unsent or Refused, there may be one even so."""
        answer = self._ask(
            "POST",
            "/services/audio/asr/transcription",
            content=json.dumps(order).encode(),
            headers={"Content-Type": "application/json", "X-DashScope-Async": "enable"},
        )
        task_id = _task_id(answer)
        if task_id is None:
            raise Unclear("accepted without a task id")
        return task_id

    def task(self, task_id: str) -> Task:
        """The task as it is now. Raises Unsent, Unclear and Refused."""
        answer = self._ask("GET", f"/tasks/{_checked(task_id)}")
        try:
            return Task.model_validate(answer)
        except ValidationError as error:
            raise Unclear(f"{error.error_count()} fields of the task cannot be read") from None

    def cancel(self, task_id: str) -> None:
        """Only a task that has not begun can be canceled. Raises Unsent, Unclear and Refused."""
        self._ask("POST", f"/tasks/{_checked(task_id)}/cancel", seconds=CANCEL_SECONDS)

    def result(self, url: str) -> bytes:
        """What is at a result's address. Raises Unclear, ResultGone and ResultRefused."""
        url = self._result_url(url)
        give_up_at = time.monotonic() + MAX_RESULT_SECONDS
        body = bytearray()
        with guarded_client(allowed_hosts=self._result_hosts_allowed) as client, _opened(client, url) as answer:
            _check_result_status(answer.status_code)
            try:
                for piece in answer.iter_bytes():
                    body += piece
                    if len(body) > MAX_RESULT_BYTES:
                        raise ResultRefused(f"the result is longer than {MAX_RESULT_BYTES} bytes")
                    if time.monotonic() > give_up_at:
                        raise Unclear("the result comes too slowly")
            except httpx.HTTPError as error:
                raise Unclear(f"the result breaks off: {type(error).__name__}") from None
        return bytes(body)

    def _result_url(self, url: str) -> str:
        """The address over https, but for the hosts that the operator has named."""
        try:
            check_url(url, allowed_hosts=self._result_hosts_allowed, max_characters=MAX_RESULT_URL_CHARACTERS)
        except UrlNotAllowed as refusal:
            raise ResultRefused(f"the result's address: {refusal.message}") from None
        parts = urlsplit(url)
        host = parts.hostname or ""
        if is_allowed_host(host, self._result_hosts_allowed):
            return url
        if not canonical_host(host).endswith(RESULT_HOSTS):
            raise ResultRefused(f"the result is at {host[:100]}, which is none of the service's hosts")
        if parts.scheme == "https":
            return url
        return urlunsplit(("https", host, parts.path, parts.query, ""))

    def _ask(
        self,
        method: str,
        path: str,
        *,
        content: bytes | None = None,
        headers: Mapping[str, str] | None = None,
        seconds: float | None = None,
    ) -> dict[str, Any]:
        seconds = self._answer_seconds if seconds is None else seconds
        timeout = httpx.Timeout(seconds, connect=min(10.0, seconds))
        try:
            with httpx.Client(headers=self._headers, timeout=timeout, trust_env=False, verify=tls_context()) as client:
                answer = client.request(method, self._base_url + path, content=content, headers=headers)
        except _NOTHING_SENT as error:
            raise Unsent(type(error).__name__) from None
        except httpx.HTTPError as error:
            raise Unclear(type(error).__name__) from None
        return _content(answer)


def _content(answer: httpx.Response) -> dict[str, Any]:
    """The answer's JSON object, where it is what was asked for; a refusal may come with the status 200, too."""
    status = answer.status_code
    try:
        content = answer.json()
    except ValueError:
        content = None
    content = content if isinstance(content, dict) else {}
    code, message = _complaint(content)
    if status < 300 and content and (not code or content.get("output")):
        return content
    # A proxy's page instead of the service's own words tells nothing of what was done behind it.
    speaks_for_itself = 300 <= status < 500 or bool(code)
    if not speaks_for_itself or is_undecided(code, status) or _task_id(content) is not None:
        raise Unclear(f"answered {status} {code}")
    raise Refused(status, code, message, {name.lower(): value for name, value in answer.headers.items()})


def _complaint(content: Mapping[str, Any]) -> tuple[str, str]:
    inner = content.get("error")
    source = inner if isinstance(inner, dict) else content
    code, message = source.get("code"), source.get("message")
    return str(code) if code is not None else "", str(message) if message is not None else ""


def _task_id(content: Mapping[str, Any]) -> str | None:
    output = content.get("output")
    task_id = output.get("task_id") if isinstance(output, dict) else None
    return task_id if isinstance(task_id, str) and _TASK_ID.fullmatch(task_id) else None


def _checked(task_id: str) -> str:
    """As part of a path; it came from the service, through the notebook."""
    if not _TASK_ID.fullmatch(task_id):
        raise Refused(0, "", "not a task id", {})
    return task_id


@contextmanager
def _opened(client: httpx.Client, url: str) -> Iterator[httpx.Response]:
    try:
        answer = client.send(client.build_request("GET", url), stream=True)
    except httpx.HTTPError as error:
        raise Unclear(f"the result does not come: {type(error).__name__}") from None
    except Exception as error:
        # A name that leads to an address which is not public, by the guard's own library, or no URL at all.
        raise ResultRefused(f"the result's address: {type(error).__name__}") from None
    try:
        yield answer
    finally:
        answer.close()


def _check_result_status(status: int) -> None:
    if status in _GONE:
        raise ResultGone(f"the result's address answers {status}")
    if status >= 500 or status in (408, 429):
        raise Unclear(f"the result's address answers {status}")
    if status != 200:
        raise ResultRefused(f"the result's address answers {status}")
