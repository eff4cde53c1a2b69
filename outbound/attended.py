"""One POST that somebody waits for: with ticks meanwhile, an end to all of it, and nothing left behind once given up.

A client library's time-outs are for one read each: an answer that comes byte by byte outlasts them all. Here a task in
a loop of its own does the waiting, which can be given up at any moment, and the ticks stay in the caller's thread.
"""

import asyncio
import time
from collections.abc import AsyncIterator, Callable, Coroutine, Iterator, Mapping
from contextlib import contextmanager, suppress
from typing import Any, TypeVar

import httpx

from outbound.guard import tls_context

TICK_SECONDS = 2.0
CONNECT_SECONDS = 10.0
MAX_ANSWER_BYTES = 8 << 20
MAX_LINE_BYTES = 1 << 20

T = TypeVar("T")


class Lost(Exception):
    """No connection, or it broke off."""


class Unanswered(Exception):
    """The time for the answer, or for more of it, ran out."""


class Unsendable(Exception):
    """The address or a header is not one that can be sent."""


class Answer:
    """An answer on its way: its status and headers, and once either its body or its lines.

    Reading raises Lost and Unanswered.
    """

    def __init__(self, response: httpx.Response, waiting: "_Waiting") -> None:
        self._response = response
        self._waiting = waiting
        self.status = response.status_code
        self.headers: Mapping[str, str] = response.headers

    def body(self) -> bytes:
        body = bytearray()
        for piece in self._pieces():
            body += piece
            if len(body) > MAX_ANSWER_BYTES:
                raise Lost(f"longer than {MAX_ANSWER_BYTES} bytes")
        return bytes(body)

    def lines(self) -> Iterator[bytes]:
        """What comes, line by line, without the line feeds; the other ends of a line may stand inside JSON."""
        line, searched = bytearray(), 0
        for piece in self._pieces():
            line += piece
            while (end := line.find(b"\n", searched)) >= 0:
                yield bytes(line[:end]).removesuffix(b"\r")
                del line[: end + 1]
                searched = 0
            searched = len(line)
            if searched > MAX_LINE_BYTES:
                raise Lost(f"a line is longer than {MAX_LINE_BYTES} bytes")
        if line:
            yield bytes(line)

    def _pieces(self) -> Iterator[bytes]:
        pieces = self._response.aiter_bytes()
        while (piece := self._waiting.until(_next(pieces))) is not None:
            yield piece


class _Waiting:
    """A loop of our own, in which one thing at a time is waited for."""

    def __init__(self, runner: asyncio.Runner, seconds: float, tick: Callable[[], None]) -> None:
        self._runner = runner
        self._deadline = time.monotonic() + seconds
        self._tick = tick

    def until(self, work: Coroutine[Any, Any, T]) -> T:
        """What `work` returns, with ticks until it does; what a tick raises gives it up."""
        with _told():
            return self._runner.run(self._attended(work))

    async def _attended(self, work: Coroutine[Any, Any, T]) -> T:
        task = asyncio.create_task(work)
        try:
            while True:
                seconds_left = max(0.0, self._deadline - time.monotonic())
                if (await asyncio.wait({task}, timeout=min(TICK_SECONDS, seconds_left)))[0]:
                    return task.result()
                if time.monotonic() >= self._deadline:
                    raise Unanswered
                self._tick()
        finally:
            task.cancel()
            with suppress(asyncio.CancelledError, Exception):
                await task


@contextmanager
def posted(
    url: str,
    *,
    headers: Mapping[str, str],
    content: bytes,
    seconds: float,
    silence_seconds: float | None = None,
    tick: Callable[[], None],
) -> Iterator[Answer]:
    """The answer to a POST over a connection of its own, which is closed with the block.

    All of it takes `seconds` at most, but for a name server that is slower, and no byte comes later than
    `silence_seconds` after the one before. `tick` is called every two seconds of waiting; what it raises gives the
    request up. Redirects, proxies and other settings of the environment are not followed. Raises Lost, Unanswered and
    Unsendable.
    """
    with asyncio.Runner() as runner:
        waiting = _Waiting(runner, seconds, tick)
        timeout = httpx.Timeout(silence_seconds, connect=CONNECT_SECONDS)
        client = httpx.AsyncClient(timeout=timeout, trust_env=False, verify=tls_context())
        try:
            with _told():
                request = client.build_request(
                    "POST", url, headers={"Accept-Encoding": "identity", **headers}, content=content
                )
            yield Answer(waiting.until(client.send(request, stream=True)), waiting)
        finally:
            runner.run(client.aclose())


@contextmanager
def _told() -> Iterator[None]:
    """The library's exceptions as ours. Their texts stay here: a refused header is quoted in them."""
    try:
        yield
    except (httpx.InvalidURL, httpx.UnsupportedProtocol, httpx.LocalProtocolError, UnicodeError) as error:
        raise Unsendable(type(error).__name__) from None
    except httpx.ConnectTimeout as error:
        raise Lost(type(error).__name__) from None
    except httpx.TimeoutException as error:
        raise Unanswered(type(error).__name__) from None
    except (httpx.TransportError, httpx.DecodingError) as error:
        raise Lost(type(error).__name__) from None


async def _next(pieces: AsyncIterator[bytes]) -> bytes | None:
    return await anext(pieces, None)
