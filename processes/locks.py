"""Locks between processes: a file that is locked for as long as its holder lives, however it dies."""

import fcntl
import os
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from processes.addresses import open_private

POLL_SECONDS = 0.05


class Busy(Exception):
    """Somebody else holds the lock."""


@contextmanager
def exclusive(path: Path) -> Iterator[None]:
    """Hold the lock alone, or raise Busy at once."""
    descriptor = open_private(path, os.O_RDWR)
    try:
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise Busy(str(path)) from None
        yield
    finally:
        os.close(descriptor)


class Users:
    """Everybody who uses something at the moment; the one who started it may stop it when the others have left."""

    def __init__(self, path: Path) -> None:
        self._descriptor = open_private(path, os.O_RDWR)
        fcntl.flock(self._descriptor, fcntl.LOCK_SH)

    def wait_until_alone(self) -> None:
        """Return when nobody else is left. Newcomers wait until `leave`."""
        fcntl.flock(self._descriptor, fcntl.LOCK_EX)

    def leave(self) -> None:
        os.close(self._descriptor)


def wait_until(condition: Callable[[], bool], seconds: float) -> bool:
    """Whether the condition came true in time."""
    deadline = time.monotonic() + seconds
    while not condition():
        if time.monotonic() > deadline:
            return False
        time.sleep(POLL_SECONDS)
    return True
