"""How a flow becomes a method: of a Client one that blocks, of an AsyncClient one that is awaited.

    class Questions(Resource[Kind]):
        @operation("get_question")
        def get(self, question_id: str) -> Flow[Question]: ...

    client.questions.get("qa_…")               # Question
    await async_client.questions.get("qa_…")   # Question

Names, arguments and types are those of the flow for both, and type checkers know it. Each method says which operation
of the API's document it is, so that a test can tell when one is missing.
"""

import functools
from collections.abc import Callable, Coroutine, Mapping
from types import MethodType
from typing import Any, Concatenate, Generic, ParamSpec, TypeVar, overload

from pydantic import BaseModel

from transcribe_client import calls
from transcribe_client.flows import Flow
from transcribe_client.pages import AsyncPages, Listing, Pages
from transcribe_client.requests import Received
from transcribe_client.settings import Settings
from transcribe_client.streams import AsyncEvents, EventReader, Events
from transcribe_client.transports import Asynchronous, Blocking
from transcribe_client.typed import Self

P = ParamSpec("P")
T = TypeVar("T")
M = TypeVar("M", bound=BaseModel)
Kind = TypeVar("Kind", bound=Blocking | Asynchronous)


class Resource(Generic[Kind]):
    """Operations around one noun, over one transport."""

    def __init__(self, transport: Kind) -> None:
        self._transport = transport

    @property
    def _settings(self) -> Settings:
        return self._transport.settings

    def _call(self, method: str, path: str, **given: Any) -> Flow[Received]:
        return calls.call(self._settings, method, path, **given)

    def _read(self, model: type[M], method: str, path: str, **given: Any) -> Flow[M]:
        return calls.read(model, (yield from self._call(method, path, **given)))

    def _list(self, model: type[M], path: str, query: Mapping[str, Any]) -> Listing[M]:
        return Listing(self._settings, model, path, query)


class _Method(Generic[P, T]):
    """What is looked up on a client is a method like any other, with the name, arguments and words of its function."""

    def __init__(self, function: Callable[Concatenate[Any, P], T], operation_id: str | None) -> None:
        self.function = function
        self.operation_id = operation_id

        @functools.wraps(function)
        def method(resource: Resource[Any], *args: P.args, **given: P.kwargs) -> Any:
            return self.outcome(resource._transport, function(resource, *args, **given))

        self._method = method

    def outcome(self, transport: Any, made: T) -> Any:
        raise NotImplementedError

    def bound(self, instance: Any) -> Any:
        return self if instance is None else MethodType(self._method, instance)


class FlowMethod(_Method[P, Flow[T]], Generic[P, T]):
    """Runs a flow. `function` is the flow itself, for other flows to go through."""

    def outcome(self, transport: Any, made: Flow[T]) -> Any:
        return transport.run(made)

    @overload
    def __get__(self, instance: None, owner: Any) -> Self: ...
    @overload
    def __get__(self, instance: Resource[Blocking], owner: Any) -> Callable[P, T]: ...
    @overload
    def __get__(self, instance: Resource[Asynchronous], owner: Any) -> Callable[P, Coroutine[Any, Any, T]]: ...
    def __get__(self, instance: Any, owner: Any) -> Any:
        return self.bound(instance)


class ListMethod(_Method[P, Listing[M]], Generic[P, M]):
    """Lists, page by page."""

    def outcome(self, transport: Any, made: Listing[M]) -> Any:
        return Pages(transport, made) if isinstance(transport, Blocking) else AsyncPages(transport, made)

    @overload
    def __get__(self, instance: None, owner: Any) -> Self: ...
    @overload
    def __get__(self, instance: Resource[Blocking], owner: Any) -> Callable[P, Pages[M]]: ...
    @overload
    def __get__(self, instance: Resource[Asynchronous], owner: Any) -> Callable[P, AsyncPages[M]]: ...
    def __get__(self, instance: Any, owner: Any) -> Any:
        return self.bound(instance)


class EventsMethod(_Method[P, EventReader], Generic[P]):
    """Follows a stream."""

    def outcome(self, transport: Any, made: EventReader) -> Any:
        return Events(transport, made) if isinstance(transport, Blocking) else AsyncEvents(transport, made)

    @overload
    def __get__(self, instance: None, owner: Any) -> Self: ...
    @overload
    def __get__(self, instance: Resource[Blocking], owner: Any) -> Callable[P, Events]: ...
    @overload
    def __get__(self, instance: Resource[Asynchronous], owner: Any) -> Callable[P, AsyncEvents]: ...
    def __get__(self, instance: Any, owner: Any) -> Any:
        return self.bound(instance)


def operation(operation_id: str) -> Callable[[Callable[Concatenate[Any, P], Flow[T]]], FlowMethod[P, T]]:
    """An operation of the API."""
    return lambda flow: FlowMethod(flow, operation_id)


def helper(flow: Callable[Concatenate[Any, P], Flow[T]]) -> FlowMethod[P, T]:
    """What goes through several operations."""
    return FlowMethod(flow, None)


def listing(operation_id: str) -> Callable[[Callable[Concatenate[Any, P], Listing[M]]], ListMethod[P, M]]:
    """An operation of the API that lists."""
    return lambda listed: ListMethod(listed, operation_id)


def events(operation_id: str) -> Callable[[Callable[Concatenate[Any, P], EventReader]], EventsMethod[P]]:
    """An operation of the API that streams events."""
    return lambda reader: EventsMethod(reader, operation_id)
