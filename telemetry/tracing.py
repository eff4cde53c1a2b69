"""Traces: one for each request, which goes on in the jobs it starts and in what they ask of others.

Where no collector is set, nothing is loaded and a span costs nothing. Spans say what was done and what came of it, by
codes and public ids: no text that anybody said, no key, no address of a network or of a recording, and no message of an
exception, in which any of these may stand.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Literal, Protocol

Kind = Literal["internal", "server", "consumer", "client"]
Value = str | int | float | bool | None


class Span(Protocol):
    """What can be said of a piece of work while it lasts."""

    def tell(self, **attributes: Value) -> None:
        """Add attributes; two underscores in a name stand for a dot, and None is nothing to say."""

    def fail(self, code: str) -> None:
        """It did not succeed, for this reason."""

    def rename(self, name: str) -> None:
        """Call it otherwise, now that more is known."""


class Tracer(Protocol):
    """What makes spans and sends them: `telemetry.spans`, where a collector is set."""

    def begin(self, name: str, kind: Kind, parent: str | None) -> Iterator[Span]: ...
    def trace_parent(self) -> str | None: ...
    def flush(self) -> None: ...


class _Nothing:
    def tell(self, **attributes: Value) -> None:
        """Nobody listens."""

    def fail(self, code: str) -> None:
        """Nobody listens."""

    def rename(self, name: str) -> None:
        """Nobody listens."""


NOTHING = _Nothing()
_tracer: Tracer | None = None


def configure(service: str | None) -> None:
    """Send spans from now on under this name of the service; None sends none, and loads nothing.

    Before a fork, so that a work-horse does not load the library for every job. Raises ImportError without the extra.
    """
    global _tracer
    if service is None:
        _tracer = None
        return
    from telemetry.spans import CollectorTracer

    _tracer = CollectorTracer(service)


@contextmanager
def span(name: str, kind: Kind = "internal", *, parent: str | None = None, **attributes: Value) -> Iterator[Span]:
    """A piece of work. It belongs to `parent`, as W3C writes it, else to the work around it.

    Whatever rises out of the block makes it failed, by the exception's code or else its kind.
    """
    if _tracer is None:
        yield NOTHING
        return
    with contextmanager(_tracer.begin)(name, kind, parent) as made:
        made.tell(**attributes)
        try:
            yield made
        except GeneratorExit:
            raise
        except BaseException as error:
            made.fail(str(getattr(error, "code", None) or type(error).__name__))
            raise


def trace_parent() -> str | None:
    """Where the work at hand belongs, as W3C writes it, for whoever goes on with it; None where nothing is traced."""
    return None if _tracer is None else _tracer.trace_parent()


def flush() -> None:
    """Send what is still to be sent, for two seconds at most: a work-horse ends without a word."""
    if _tracer is not None:
        _tracer.flush()
