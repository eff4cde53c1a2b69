"""A program that is not executed but forked, so that it shares the memory of this process until it writes to it."""

import os
import signal
import sys
import traceback
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import NoReturn

from processes.identity import ourselves, spawn_options

Mask = set[signal.Signals | int]


@dataclass(frozen=True, slots=True)
class ForkedProgram:
    """What a forked child of ours does: `run`, whose result is its exit status. See `Program` for the rest.

    Fork before there are threads or connections: a child would share the latter, and wait for locks of the former.
    """

    name: str
    run: Callable[[], int]
    stop_order: int = 0
    stop_signals: tuple[tuple[signal.Signals, float], ...] = ((signal.SIGTERM, 10.0),)


class Forked:
    """A child that was forked, as `subprocess.Popen` shows one that was executed."""

    def __init__(self, pid: int) -> None:
        self.pid = pid
        self.returncode: int | None = None

    def poll(self) -> int | None:
        """Its exit status once it has ended, or the negated number of the signal that ended it."""
        if self.returncode is None:
            pid, status = os.waitpid(self.pid, os.WNOHANG)
            self.returncode = os.waitstatus_to_exitcode(status) if pid else None
        return self.returncode

    def send_signal(self, number: int) -> None:
        # Once it has been waited for, its id may be another process's.
        if self.poll() is None:
            os.kill(self.pid, number)

    def kill(self) -> None:
        self.send_signal(signal.SIGKILL)


def fork(program: ForkedProgram, leave: Callable[[], None]) -> Forked:
    """Start it as `spawn` starts others. The child first calls `leave`, to give up what is its parent's alone."""
    become = spawn_options(ourselves())["preexec_fn"]
    # What is in these buffers would be written by both.
    sys.stdout.flush()
    sys.stderr.flush()
    with signals_held() as mask:
        pid = os.fork()
        if pid == 0:
            _be(program, leave, become, mask)
    return Forked(pid)


@contextmanager
def signals_held() -> Iterator[Mask]:
    """No signal arrives within the block: between a fork and the child's own handlers it would run the parent's there.

    Gives the mask to return to.
    """
    mask: Mask = set(signal.pthread_sigmask(signal.SIG_BLOCK, signal.valid_signals()))
    try:
        yield mask
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, mask)


def forget_handlers() -> None:
    """In a child: every signal that has a handler of the parent does again what it does by default."""
    signal.set_wakeup_fd(-1)
    for number in signal.valid_signals():
        if callable(signal.getsignal(number)):
            signal.signal(number, signal.SIG_DFL)


def _be(program: ForkedProgram, leave: Callable[[], None], become: Callable[[], None], mask: Mask) -> NoReturn:
    """The whole life of the child."""
    status = 1
    try:
        forget_handlers()
        leave()
        become()
        os.umask(0o077)
        with open(os.devnull, "rb") as nowhere:
            os.dup2(nowhere.fileno(), 0)
        signal.pthread_sigmask(signal.SIG_SETMASK, mask | {signal.SIGINT})
        status = program.run()
    except SystemExit as end:
        status = _status(end)
    except BaseException:
        traceback.print_exc()
    finally:
        # Not sys.exit: the parent's stack and its exit handlers are not the child's to unwind and run.
        _flush()
        os._exit(status)


def _status(end: SystemExit) -> int:
    if end.code is None or isinstance(end.code, int):
        return end.code or 0
    print(end.code, file=sys.stderr)
    return 1


def _flush() -> None:
    for stream in (sys.stdout, sys.stderr):
        try:
            stream.flush()
        except (OSError, ValueError):  # whoever read it has gone
            continue
