"""What the client does, told once for both of its kinds.

A flow is a generator: it yields the steps that need the outside world, is sent what came of them, and returns its
outcome. The two transports carry steps out, one by blocking and one by awaiting. Everything that decides anything
(requests, retries, waiting, uploading) is a flow, so it is written, and right or wrong, once.
"""

from collections.abc import Callable, Generator, Sequence
from dataclasses import dataclass
from typing import Any, TypeAlias, TypeVar

from transcribe_client.requests import Received, Request

T = TypeVar("T")


@dataclass(frozen=True)
class Send:
    """Send a request and read the whole answer: a Received."""

    request: Request


@dataclass(frozen=True)
class Sleep:
    seconds: float


@dataclass(frozen=True)
class Work:
    """Run a function that may block, such as one that reads a file: whatever it returns."""

    function: Callable[[], Any]


@dataclass(frozen=True)
class Together:
    """Run flows side by side, some at once: the list of what they return. The first error ends all of them."""

    flows: Sequence["Flow[Any]"]
    at_once: int


@dataclass(frozen=True)
class OpenStream:
    """Send a request, and read its answer bit by bit: what ReadStream takes. A refusal is raised."""

    request: Request


@dataclass(frozen=True)
class ReadStream:
    """The next bytes of an open stream; empty at its end."""

    stream: Any


@dataclass(frozen=True)
class CloseStream:
    stream: Any


Step: TypeAlias = Send | Sleep | Work | Together | OpenStream | ReadStream | CloseStream
Flow: TypeAlias = Generator[Step, Any, T]


def send(request: Request) -> Flow[Received]:
    received: Received = yield Send(request)
    return received


def sleep(seconds: float) -> Flow[None]:
    yield Sleep(seconds)


def work(function: Callable[[], T]) -> Flow[T]:
    outcome: T = yield Work(function)
    return outcome


def together(flows: "Sequence[Flow[T]]", *, at_once: int) -> Flow[list[T]]:
    outcomes: list[T] = yield Together(flows, at_once)
    return outcomes


def open_stream(request: Request) -> Flow[Any]:
    return (yield OpenStream(request))


def read_stream(stream: Any) -> Flow[bytes]:
    chunk: bytes = yield ReadStream(stream)
    return chunk


def close_stream(stream: Any) -> Flow[None]:
    yield CloseStream(stream)
