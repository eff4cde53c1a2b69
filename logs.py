"""Log lines on standard error, each with the ids of the request or job it belongs to: JSON, or text for people."""

import logging
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar

from pythonjsonlogger.json import JsonFormatter

_context: ContextVar[dict[str, str]] = ContextVar("log_context", default={})  # noqa: B039 (never changed in place)

# What every record has; what else one has was given with it.
_USUAL = frozenset(vars(logging.makeLogRecord({}))) | {"message", "asctime", "taskName"}


class _AddContext(logging.Filter):
    def filter(self, record: logging.LogRecord) -> bool:
        for name, value in _context.get().items():
            setattr(record, name, value)
        return True


class TextLines(logging.Formatter):
    """A line for people: time, level, logger, message, and what was given with it as `name=value`."""

    def __init__(self) -> None:
        super().__init__("{asctime} {levelname:7} {name}: {message}", style="{")

    def formatMessage(self, record: logging.LogRecord) -> str:
        given = {name: value for name, value in vars(record).items() if name not in _USUAL}
        return " ".join([super().formatMessage(record), *(f"{name}={value}" for name, value in given.items())])


def configure_logging(log_format: str = "json", level: int = logging.INFO) -> None:
    """Send every logger of this process to standard error, in one format: `json` or `text`."""
    handler = logging.StreamHandler()
    handler.addFilter(_AddContext())
    handler.setFormatter(TextLines() if log_format == "text" else _json())
    logging.basicConfig(level=level, handlers=[handler], force=True)
    for noisy in ("rq", "httpx", "httpx2", "httpcore", "alembic.runtime.migration", "urllib3", "faster_whisper"):
        logging.getLogger(noisy).setLevel(logging.WARNING)
    # A collector that is away is tried again and again; that it is stands in its own log.
    logging.getLogger("opentelemetry").setLevel(logging.ERROR)
    # The web server brings a handler and a format of its own.
    server = logging.getLogger("gunicorn.error")
    server.handlers.clear()
    server.propagate = True


def _json() -> logging.Formatter:
    return JsonFormatter(
        "{asctime}{levelname}{name}{message}",
        style="{",
        rename_fields={"asctime": "time", "levelname": "level", "name": "logger"},
    )


@contextmanager
def log_context(**ids: str | None) -> Iterator[None]:
    """Every line logged inside the block carries these ids, and so does the line that says what rose out of it."""
    token = _context.set({**_context.get(), **{name: value for name, value in ids.items() if value}})
    yield
    _context.reset(token)


def add_to_log_context(**ids: str) -> None:
    """Set ids for the rest of this thread's work, until `clear_log_context`."""
    _context.set({**_context.get(), **ids})


def clear_log_context() -> None:
    _context.set({})
