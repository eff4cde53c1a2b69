"""One operation of the API as its clients are told about it, and the errors that follow from what it takes."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from blueprints.inputs import Input
from errors import (
    AppError,
    IdempotencyKeyInUse,
    IdempotencyKeyReused,
    Invalid,
    InvalidApiKey,
    InvalidIdempotencyKey,
    InvalidJson,
    MissingField,
    NotFound,
    RateLimited,
    RequestTooLarge,
    Unavailable,
    UnknownField,
    UnsupportedMediaType,
)


@dataclass(frozen=True, slots=True)
class Refusal:
    """An error that an operation may answer with."""

    status: int
    type: str
    code: str
    message: str


@dataclass(frozen=True, slots=True)
class Answer:
    """What comes back when all is well: JSON of a shape, a stream of `events` (shapes by name), a file of one of the
    `files` (by media type, with an example or None where its bytes are no text), or no body at all."""

    status: int
    description: str
    shape: Any = None
    examples: Mapping[str, Any] = field(default_factory=dict)
    events: Mapping[str, Any] = field(default_factory=dict)
    has_location: bool = False
    files: Mapping[str, str | None] = field(default_factory=dict)
    has_revisions: bool = False

    @property
    def shapes(self) -> list[Any]:
        return [*([] if self.shape is None else [self.shape]), *self.events.values()]


@dataclass(frozen=True, slots=True)
class Operation:
    """One method of one address. `id` is also what a method of a client library is called.

    `creates` is what the id of its answer is called in the paths of other operations.
    `body` and `query` are the models that the view reads, `examples` are bodies by what they show. `refusals` are those
    of its own: what follows from its method, its path and its models is added by `every_refusal`.
    """

    id: str
    method: str
    path: str
    tag: str
    summary: str
    description: str
    answer: Answer
    query: type[Input] | None = None
    body: type[Input] | None = None
    examples: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)
    refusals: tuple[Refusal, ...] = ()
    creates: str | None = None

    @property
    def ids(self) -> list[str]:
        """The names of the ids in its path."""
        return re.findall(r"{(\w+)}", self.path)


def refusals(*kinds: type[AppError]) -> tuple[Refusal, ...]:
    """The refusals that these errors are answered with."""
    return tuple(Refusal(kind.status, kind.type, kind.code, kind.default_message) for kind in kinds)


def every_refusal(operation: Operation) -> tuple[Refusal, ...]:
    """Its own refusals, and those that follow from what kind of operation it is."""
    kinds: list[type[AppError]] = [InvalidApiKey, RateLimited, AppError, Unavailable]
    if operation.ids:
        kinds.append(NotFound)
    if operation.method == "POST":
        kinds += [InvalidIdempotencyKey, IdempotencyKeyInUse, IdempotencyKeyReused]
    if operation.body is not None:
        kinds += [InvalidJson, UnsupportedMediaType, RequestTooLarge]
    for model in (operation.body, operation.query):
        if model is not None:
            kinds += _refusals_of_fields(model)
    return (*operation.refusals, *(refusals(*dict.fromkeys(kinds))))


def _refusals_of_fields(model: type[Input]) -> list[type[AppError]]:
    fields = model.model_fields.values()
    required = any(each.is_required() for each in fields)
    return [UnknownField, *([Invalid] if fields else []), *([MissingField] if required else [])]
