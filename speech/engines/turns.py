"""Turns: who is served next."""

import threading
from collections import deque
from collections.abc import Callable, Iterator
from contextlib import contextmanager

WAITING_SECONDS = 0.5


class Turns:
    """A queue of threads: first come, first served, one at a time."""

    def __init__(self) -> None:
        self._tickets: deque[object] = deque()
        self._moved = threading.Condition()

    @contextmanager
    def turn(self, while_waiting: Callable[[int], None]) -> Iterator[None]:
        """Wait for one's turn and have it for the length of the block.

        `while_waiting` gets the number of those before, about twice a second, and may raise to leave the queue.
        """
        ticket = object()
        with self._moved:
            self._tickets.append(ticket)
        try:
            while before := self._wait(ticket):
                while_waiting(before)
            yield
        finally:
            with self._moved:
                self._tickets.remove(ticket)
                self._moved.notify_all()

    def _wait(self, ticket: object) -> int:
        with self._moved:
            self._moved.wait_for(lambda: self._tickets[0] is ticket, WAITING_SECONDS)
            return self._tickets.index(ticket)
