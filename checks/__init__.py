"""What an operator should know of an installation before it is open: `flask check`, and the start of each program."""

import enum
from dataclasses import dataclass


class Level(enum.StrEnum):
    """An `error` keeps the service from working, a `warning` wants to be looked at, a `note` is good to know."""

    OK = "ok"
    NOTE = "note"
    WARNING = "warning"
    ERROR = "error"


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that was looked at: the setting or server, and what there is to say of it."""

    subject: str
    level: Level
    message: str


def ok(subject: str, message: str) -> Finding:
    return Finding(subject, Level.OK, message)


def note(subject: str, message: str) -> Finding:
    return Finding(subject, Level.NOTE, message)


def warning(subject: str, message: str) -> Finding:
    return Finding(subject, Level.WARNING, message)


def error(subject: str, message: str) -> Finding:
    return Finding(subject, Level.ERROR, message)
