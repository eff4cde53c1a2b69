"""Who is acting, as the edges know it: set once for a request or a command, read where an activity is recorded."""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, replace
from typing import Any

from models import Actor

LONGEST_ADDRESS, LONGEST_USER_AGENT = 64, 300


@dataclass(frozen=True, slots=True)
class Caller:
    """Somebody, and from where. `actor_id` is the public id of the key, or of the operator's account."""

    actor: Actor
    actor_id: str | None = None
    address: str | None = None
    user_agent: str | None = None
    request_id: str | None = None


# What nobody asked for, the service does by itself.
_caller: ContextVar[Caller] = ContextVar("caller", default=Caller(Actor.SERVICE))  # noqa: B039 (never changed in place)


def caller() -> Caller:
    return _caller.get()


def begin_request(*, address: str | None, user_agent: str | None, request_id: str) -> None:
    """A request begins, of somebody who is nobody yet; what the thread did before is over."""
    _caller.set(
        Caller(
            Actor.VISITOR,
            address=(address or "")[:LONGEST_ADDRESS] or None,
            user_agent=_printable(user_agent or "")[:LONGEST_USER_AGENT] or None,
            request_id=request_id,
        )
    )


def now_acts(actor: Actor, actor_id: str | None = None) -> None:
    """It has turned out who is asking."""
    _caller.set(replace(_caller.get(), actor=actor, actor_id=actor_id))


@contextmanager
def acting_as(actor: Actor, **values: Any) -> Iterator[None]:
    """Whatever is done inside the block is done by them."""
    token = _caller.set(Caller(actor, **values))
    try:
        yield
    finally:
        _caller.reset(token)


def _printable(text: str) -> str:
    return "".join(character for character in text if character.isprintable())
