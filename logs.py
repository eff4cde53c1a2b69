"""JSON log lines on standard error, each with the ids of the request or job it belongs to."""

import logging
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar

from pythonjsonlogger.json import JsonFormatter

_context: ContextVar[dict[str, str]] = ContextVar("log_context", default={})  # noqa: B039 (never changed in place)


class _AddContext(logging.Filter):
    def filter(self, record: logging.LogRecord) -> bool:
        for name, value in _context.get().items():
            setattr(record, name, value)
        return True


def configure_logging(level: int = logging.INFO) -> None:
    """Send every logger of this process to standard error as JSON."""
    handler = logging.StreamHandler()
    handler.addFilter(_AddContext())
    handler.setFormatter(
        JsonFormatter(
            "{asctime}{levelname}{name}{message}",
            style="{",
            rename_fields={"asctime": "time", "levelname": "level", "name": "logger"},
        )
    )
    logging.basicConfig(level=level, handlers=[handler], force=True)
    for noisy in ("rq", "httpx", "httpcore", "alembic.runtime.migration"):
        logging.getLogger(noisy).setLevel(logging.WARNING)


@contextmanager
def log_context(**ids: str | None) -> Iterator[None]:
    """Every line logged inside the block carries these ids."""
    token = _context.set({**_context.get(), **{name: value for name, value in ids.items() if value}})
    try:
        yield
    finally:
        _context.reset(token)


def add_to_log_context(**ids: str) -> None:
    """Set ids for the rest of this thread's work, until `clear_log_context`."""
    _context.set({**_context.get(), **ids})


def clear_log_context() -> None:
    _context.set({})
