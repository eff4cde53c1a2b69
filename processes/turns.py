"""Whose turn it is: a process works on a few requests at a time, however many threads it has for those that wait.

Python runs one thread at a time. Dozens that all have something to do take it from each other at every answer of the
database, and each request takes longer the more there are.
"""

import time
from collections import deque
from collections.abc import Callable
from concurrent.futures import Executor, Future, ThreadPoolExecutor
from dataclasses import dataclass, field
from functools import partial
from threading import Lock, local
from typing import Any

AT_ONCE = 3
# A turn that lasts longer waits for something: a client that sends slowly, or somebody else's server.
PATIENCE_SECONDS = 0.05

_here = local()


def let_others_work() -> None:
    """Say that what this thread does from here on is mostly to wait, which is no reason to keep others waiting."""
    turn: _Turn | None = getattr(_here, "turn", None)
    if turn is not None:
        turn.of.pass_on(turn)


@dataclass(slots=True, eq=False)
class _Turn:
    of: "Turns"
    began: float = field(default_factory=time.monotonic)


@dataclass(frozen=True, slots=True)
class _Task:
    run: Callable[[], Any]
    outcome: Future[Any]

    def do(self) -> None:
        if not self.outcome.set_running_or_notify_cancel():
            return
        try:
            result = self.run()
        except BaseException as error:  # Whoever holds the future is told, as with any executor.
            self.outcome.set_exception(error)
        else:
            self.outcome.set_result(result)


class Turns(Executor):
    """Threads of which `at_once` have a turn; what else is submitted waits for one, first come, first served."""

    def __init__(self, threads: int, at_once: int = AT_ONCE) -> None:
        self._threads = ThreadPoolExecutor(threads)
        self._at_once = at_once
        self._lock = Lock()
        self._turns: set[_Turn] = set()
        self._waiting: deque[_Task] = deque()

    def submit(self, fn: Callable[..., Any], /, *args: Any, **kwargs: Any) -> Future[Any]:
        task = _Task(partial(fn, *args, **kwargs), Future())
        with self._lock:
            if len(self._turns) >= self._at_once:
                self._waiting.append(task)
                return task.outcome
            turn = self._new_turn()
        self._threads.submit(self._work, turn, task)
        return task.outcome

    def pass_on(self, turn: _Turn) -> None:
        """Give the turn to whoever is next, in a thread of its own; the one that has it goes on without."""
        with self._lock:
            if turn not in self._turns:
                return
            self._turns.remove(turn)
            if not self._waiting:
                return
            task, turn = self._waiting.popleft(), self._new_turn()
        self._threads.submit(self._work, turn, task)

    def relieve(self) -> bool:
        """Pass on what somebody has had for too long while others wait; whether somebody still waits.

        To be called again and again, as long as that is so at least once in PATIENCE_SECONDS.
        """
        if self._waiting:
            latest = time.monotonic() - PATIENCE_SECONDS
            with self._lock:
                long = [turn for turn in self._turns if turn.began < latest]
            for turn in long:
                self.pass_on(turn)
        return bool(self._waiting)

    def shutdown(self, wait: bool = True, *, cancel_futures: bool = False) -> None:
        """Finish what has a turn or had one; what still waits for one is dropped, as the process ends."""
        with self._lock:
            self._waiting.clear()
        self._threads.shutdown(wait, cancel_futures=cancel_futures)

    def _new_turn(self) -> _Turn:
        turn = _Turn(self)
        self._turns.add(turn)
        return turn

    def _work(self, turn: _Turn, task: _Task) -> None:
        """Do the task, and in the same turn what waits by then: to go on is cheaper than to wake another thread."""
        _here.turn = turn
        while True:
            task.do()
            with self._lock:
                if turn not in self._turns:
                    return
                if not self._waiting:
                    self._turns.remove(turn)
                    return
                task, turn.began = self._waiting.popleft(), time.monotonic()
