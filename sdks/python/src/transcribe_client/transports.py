"""The two ways of carrying out a flow's steps: one blocks, one awaits. Neither decides anything."""

import asyncio
import threading
from collections.abc import AsyncIterator, Iterator, Sequence
from concurrent.futures import CancelledError, ThreadPoolExecutor, as_completed
from typing import Any, TypeVar

import httpx

from transcribe_client.errors import (
    APIConnectionError,
    APITimeoutError,
    TranscribeError,
    UnexpectedAnswerError,
    refusal,
)
from transcribe_client.flows import (
    CloseStream,
    Flow,
    OpenStream,
    ReadStream,
    Send,
    Sleep,
    Step,
    Together,
    Work,
)
from transcribe_client.requests import Body, Received, Request
from transcribe_client.settings import USER_AGENT, Settings
from transcribe_client.typed import assert_never

T = TypeVar("T")

CONNECT_SECONDS = 10.0


class _Given:
    """What both transports make of a request for httpx, and of httpx's answers and errors."""

    def __init__(self, settings: Settings) -> None:
        self.settings = settings

    def parts(self, request: Request) -> dict[str, Any]:
        """Everything but the content. Exactly the request's own headers go to an address that is not the service's."""
        seconds = request.timeout_seconds or self.settings.timeout_seconds
        ours = {"User-Agent": USER_AGENT, "Accept": "application/json"} if request.is_ours else {}
        length = {"Content-Length": str(request.body.size_bytes)} if request.body is not None else {}
        return {
            "method": request.method,
            "url": request.url,
            "params": request.query or None,
            "headers": {**ours, **length, **request.headers},
            "timeout": httpx.Timeout(seconds, connect=min(seconds, CONNECT_SECONDS)),
        }

    def sending(self, request: Request) -> dict[str, Any]:
        """How it is sent: with the key to the service alone, and never on to where an answer points."""
        return {"auth": self.settings.key if request.is_ours else None, "follow_redirects": False}


class Blocking(_Given):
    """Carries out flows in the calling thread."""

    def __init__(self, settings: Settings, http: httpx.Client) -> None:
        super().__init__(settings)
        self._http = http
        self._is_given_up = threading.Event()

    def run(self, flow: Flow[T]) -> T:
        """The outcome of a flow."""
        outcome: Any = None
        error: Exception | None = None
        while True:
            try:
                step = flow.send(outcome) if error is None else flow.throw(error)
            except StopIteration as returned:
                value: T = returned.value
                return value
            try:
                outcome, error = self._carry_out(step), None
            except Exception as raised:
                outcome, error = None, raised
            except BaseException:
                flow.close()
                raise

    def _stop_if_given_up(self) -> None:
        """Where another part of the same has failed, or the whole was interrupted, this part ends, too."""
        if self._is_given_up.is_set():
            raise CancelledError()

    def _carry_out(self, step: Step) -> Any:
        self._stop_if_given_up()
        match step:
            case Send(request):
                return self._send(request)
            case Sleep(seconds):
                self._pause(seconds)
            case Work(function):
                return function()
            case Together(flows, at_once):
                return self._together(flows, at_once)
            case OpenStream(request):
                return self._open(request)
            case ReadStream(stream):
                return self._read(stream)
            case CloseStream(stream):
                stream.response.close()
            case _:
                assert_never(step)
        return None

    def _send(self, request: Request) -> Received:
        content = request.content if request.body is None else self._sent(request, request.body)
        try:
            built = self._http.build_request(**self.parts(request), content=content)
            return _received(self._http.send(built, **self.sending(request)))
        except httpx.HTTPError as error:
            raise _named(error) from error

    def _sent(self, request: Request, body: Body) -> Iterator[bytes]:
        for chunk in body.chunks():
            self._stop_if_given_up()
            yield chunk
            if request.on_sent is not None:
                request.on_sent(len(chunk))

    def _pause(self, seconds: float) -> None:
        self._is_given_up.wait(seconds)

    def _together(self, flows: Sequence[Flow[Any]], at_once: int) -> list[Any]:
        part = Blocking(self.settings, self._http)
        threads = ThreadPoolExecutor(at_once, thread_name_prefix="transcribe")
        try:
            running = [threads.submit(part.run, flow) for flow in flows]
            for done in as_completed(running):
                done.result()
            return [each.result() for each in running]
        except BaseException:
            part._is_given_up.set()
            raise
        finally:
            threads.shutdown(cancel_futures=True)

    def _open(self, request: Request) -> Any:
        try:
            built = self._http.build_request(**self.parts(request))
            response = self._http.send(built, **self.sending(request), stream=True)
            if not response.is_success:
                response.read()
                raise refusal(_received(response))
        except httpx.HTTPError as error:
            raise _named(error) from error
        return _Stream(response, response.iter_bytes())

    def _read(self, stream: "_Stream") -> bytes:
        try:
            return next(stream.chunks, b"")
        except httpx.HTTPError as error:
            raise _named(error) from error


class Asynchronous(_Given):
    """Carries out flows in an event loop."""

    def __init__(self, settings: Settings, http: httpx.AsyncClient) -> None:
        super().__init__(settings)
        self._http = http

    async def run(self, flow: Flow[T]) -> T:
        """The outcome of a flow."""
        outcome: Any = None
        error: Exception | None = None
        while True:
            try:
                step = flow.send(outcome) if error is None else flow.throw(error)
            except StopIteration as returned:
                value: T = returned.value
                return value
            try:
                outcome, error = await self._carry_out(step), None
            except Exception as raised:
                outcome, error = None, raised
            except BaseException:
                flow.close()
                raise

    async def _carry_out(self, step: Step) -> Any:
        match step:
            case Send(request):
                return await self._send(request)
            case Sleep(seconds):
                await asyncio.sleep(seconds)
            case Work(function):
                return await asyncio.to_thread(function)
            case Together(flows, at_once):
                return await self._together(flows, at_once)
            case OpenStream(request):
                return await self._open(request)
            case ReadStream(stream):
                return await self._read(stream)
            case CloseStream(stream):
                await stream.response.aclose()
            case _:
                assert_never(step)
        return None

    async def _send(self, request: Request) -> Received:
        content = request.content if request.body is None else self._sent(request, request.body)
        try:
            built = self._http.build_request(**self.parts(request), content=content)
            return _received(await self._http.send(built, **self.sending(request)))
        except httpx.HTTPError as error:
            raise _named(error) from error

    async def _sent(self, request: Request, body: Body) -> AsyncIterator[bytes]:
        chunks = body.chunks()
        while chunk := await asyncio.to_thread(next, chunks, b""):
            yield chunk
            if request.on_sent is not None:
                request.on_sent(len(chunk))

    async def _together(self, flows: Sequence[Flow[Any]], at_once: int) -> list[Any]:
        places = asyncio.Semaphore(at_once)

        async def in_its_place(flow: Flow[Any]) -> Any:
            async with places:
                return await self.run(flow)

        running = [asyncio.ensure_future(in_its_place(flow)) for flow in flows]
        try:
            return await asyncio.gather(*running)
        except BaseException:
            for each in running:
                each.cancel()
            await asyncio.gather(*running, return_exceptions=True)
            raise

    async def _open(self, request: Request) -> Any:
        try:
            built = self._http.build_request(**self.parts(request))
            response = await self._http.send(built, **self.sending(request), stream=True)
            if not response.is_success:
                await response.aread()
                raise refusal(_received(response))
        except httpx.HTTPError as error:
            raise _named(error) from error
        return _Stream(response, response.aiter_bytes())

    async def _read(self, stream: "_Stream") -> bytes:
        try:
            return await anext(stream.chunks, b"")
        except httpx.HTTPError as error:
            raise _named(error) from error


class _Stream:
    """An answer that is read bit by bit."""

    def __init__(self, response: httpx.Response, chunks: Any) -> None:
        self.response = response
        self.chunks = chunks


def _received(response: httpx.Response) -> Received:
    return Received(response.status_code, response.headers, response.content)


def _named(error: httpx.HTTPError) -> TranscribeError:
    """Whether there was no answer, and another attempt may find one, or something else."""
    if isinstance(error, httpx.TimeoutException):
        return APITimeoutError("The service did not answer in time.")
    if isinstance(error, (httpx.UnsupportedProtocol, httpx.LocalProtocolError)):
        return TranscribeError(f"The request could not be sent: {error}")
    if isinstance(error, httpx.TransportError):
        return APIConnectionError(f"The connection failed: {error or type(error).__name__}")
    return UnexpectedAnswerError(f"The answer could not be read: {error}")
