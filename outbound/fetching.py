"""One URL, or its beginning, into one file: redirects, limits, and going on where a cut connection stopped.

Runs in a child process of its own, never in a worker: it arms SIGALRM with its default action, so that neither a
slow name server nor headers sent one byte at a time can outlast their time, whatever call they are waited for in.
"""

import signal
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from typing import BinaryIO

import httpx
from ssrfguard import SSRFGuardError

from errors import SourceRefused, UrlNotAllowed
from outbound.addresses import check_url
from outbound.bodies import Beginning, Body, Downloaded, Pace
from outbound.failures import FetchFailed, Interrupted
from outbound.guard import guarded_client
from outbound.hops import Hop, first_hop

MAX_BYTES = 2 * 1024**3
MAX_REDIRECTS = 5
MAX_RESUMES = 5

# Longer than a customer's own URL may be: storage services redirect to links that carry a whole signed token.
MAX_REDIRECT_CHARACTERS = 8192

_REDIRECTS = frozenset({301, 302, 303, 307, 308})

# 416: a resumption asked for bytes that are no longer there.
_WORTH_RETRYING = frozenset({408, 416, 425, 429})

# Labels that name no compression but are met on stored objects; the bytes are the file's own.
_NO_ENCODING = frozenset({"", "identity", "none", "binary", "utf-8", "aws-chunked"})

_REFUSALS = {
    401: "The URL's server asks for a sign-in (401). Make the file public, use a signed link, or send url_headers.",
    403: "The URL's server denies access to the file (403). Check its sharing settings or use a signed link.",
    404: "The URL's server has no such file (404). Check the address.",
    410: "The URL's server says the file is gone (410). Send a current address.",
}


@dataclass(frozen=True)
class Patience:
    """How long a source may take: to connect, then to send its headers, and how slow the body may be.

    The body fails when fewer than `bytes_per_second` × `window_seconds` arrive in a window, or nothing in that time.
    `resume_pause_seconds` precedes the first resumption and doubles before each further one.
    """

    connect_seconds: float = 10.0
    first_byte_seconds: float = 10.0
    bytes_per_second: int = 16 * 1024
    window_seconds: float = 30.0
    resume_pause_seconds: float = 0.5


@dataclass(frozen=True)
class Order:
    """What to fetch and within which limits. `headers` go to the URL's own host only."""

    url: str
    headers: Mapping[str, str]
    allowed_hosts: frozenset[str]
    max_bytes: int
    patience: Patience


def fetch(order: Order, file: BinaryIO) -> Downloaded:
    """Write what `order.url` leads to into `file`, an empty file open for writing.

    Raises SourceRefused, UrlNotMedia, MediaTooLarge, or FetchFailed; OSError only where `file` cannot be written.
    """
    body = Body(file, order.max_bytes)
    hop = first_hop(order.url, order.headers)
    resumes = 0
    with _client(order) as client:
        while True:
            try:
                return _fetch_rest(client, order, hop, body)
            except Interrupted:
                if body.validator is None or resumes == MAX_RESUMES:
                    raise
            hop = body.hop or hop
            time.sleep(order.patience.resume_pause_seconds * 2**resumes)
            resumes += 1


def fetch_beginning(order: Order, file: BinaryIO, enough_bytes: int) -> Beginning:
    """Write the first `enough_bytes` of what `order.url` leads to into `file`, or what of them comes in one window.

    Raises what `fetch` raises, for the same reasons; a connection that is cut is not resumed.
    """
    body = Body(file, order.max_bytes)
    first = first_hop(order.url, order.headers)
    with _client(order) as client, _answer(client, order, first, {}) as (response, final):
        _judge(response)
        body.begin(response, final)
        is_whole = _receive_beginning(response, body, order.patience, enough_bytes)
    body.finish()
    return Beginning(body.size_bytes, body.size_bytes if is_whole else body.total_bytes, is_whole)


def _client(order: Order) -> httpx.Client:
    return guarded_client(
        allowed_hosts=order.allowed_hosts,
        # Half of it for one address, so that a second one is tried; the alarm bounds them all together.
        connect_seconds=order.patience.connect_seconds / 2,
        read_seconds=order.patience.window_seconds,
    )


def _fetch_rest(client: httpx.Client, order: Order, hop: Hop, body: Body) -> Downloaded:
    with _answer(client, order, hop, body.range_headers()) as (response, final):
        _judge(response)
        body.begin(response, final)
        _receive(response, body, order.patience)
    return body.finish()


@contextmanager
def _answer(
    client: httpx.Client, order: Order, hop: Hop, extra: Mapping[str, str]
) -> Iterator[tuple[httpx.Response, Hop]]:
    for _ in range(MAX_REDIRECTS + 1):
        response = _send(client, order, hop, extra)
        try:
            if response.status_code not in _REDIRECTS or "location" not in response.headers:
                yield response, hop
                return
            hop = hop.to(response.headers["location"])
        finally:
            response.close()
    raise FetchFailed(f"more than {MAX_REDIRECTS} redirects")


def _send(client: httpx.Client, order: Order, hop: Hop, extra: Mapping[str, str]) -> httpx.Response:
    def begin_waiting(event: str, _info: Mapping[str, object]) -> None:
        if event == "http11.receive_response_headers.started":
            signal.setitimer(signal.ITIMER_REAL, order.patience.first_byte_seconds)

    try:
        check_url(hop.url, allowed_hosts=order.allowed_hosts, max_characters=MAX_REDIRECT_CHARACTERS)
        headers = {**hop.headers, **extra}
        request = client.build_request("GET", hop.url, headers=headers, extensions={"trace": begin_waiting})
        signal.setitimer(signal.ITIMER_REAL, order.patience.connect_seconds)
        return client.send(request, stream=True)
    except UrlNotAllowed as refusal:
        raise FetchFailed(f"redirected to a URL that is not allowed: {refusal.message}") from None
    except SSRFGuardError as refusal:
        raise FetchFailed(f"{hop.origin}: refused: {getattr(refusal, 'reason', type(refusal).__name__)}") from None
    except (httpx.HTTPError, httpx.InvalidURL, ValueError) as error:
        raise Interrupted(f"{hop.origin}: {_described(error)}") from None
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)


def _judge(response: httpx.Response) -> None:
    status = response.status_code
    if status >= 500 or status in _WORTH_RETRYING:
        raise Interrupted(f"answered {status}")
    if status >= 400:
        raise SourceRefused(
            _REFUSALS.get(status, f"The URL's server refused the request ({status}). Check the address.")
        )
    if status >= 300:
        raise SourceRefused(f"The URL's server answered with a redirect ({status}) that leads nowhere.")
    if response.headers.get("content-encoding", "").strip().lower() not in _NO_ENCODING:
        raise SourceRefused(
            "The URL's server sends the file compressed (Content-Encoding). Use an address that does not."
        )


def _receive(response: httpx.Response, body: Body, patience: Patience) -> None:
    for chunk in _chunks(response, Pace(patience.bytes_per_second, patience.window_seconds)):
        body.add(chunk)


def _receive_beginning(response: httpx.Response, body: Body, patience: Patience, enough_bytes: int) -> bool:
    """Returns whether this was the whole."""
    pace = Pace(patience.bytes_per_second, patience.window_seconds)
    for chunk in _chunks(response, pace):
        body.add(chunk[: enough_bytes - body.size_bytes])
        if body.size_bytes == enough_bytes or pace.windows_kept:
            return body.size_bytes == body.total_bytes
    return True


def _chunks(response: httpx.Response, pace: Pace) -> Iterator[bytes]:
    received_bytes = 0
    try:
        # Without a chunk size: with one, it waits until a whole chunk is there, and a drip is never noticed.
        for chunk in response.iter_raw():
            received_bytes += len(chunk)
            pace.note(len(chunk))
            yield chunk
    except httpx.ReadTimeout:
        raise FetchFailed("stalled in the middle of the body") from None
    except httpx.TransportError as error:
        raise Interrupted(f"cut after {received_bytes} bytes: {_described(error)}") from None


def _described(error: Exception) -> str:
    # The message of any other kind may quote what was to be sent: a header of the caller's, the URL's query.
    told = isinstance(error, httpx.NetworkError | httpx.TimeoutException | httpx.RemoteProtocolError)
    return f"{type(error).__name__}: {error}"[:300] if told else type(error).__name__
