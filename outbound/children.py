"""A piece of work in a child process that can be killed at any moment, whatever it is waiting for.

No time limit inside a process holds against a server that sends one byte at a time, or against a name server that
never answers. A limit outside it does.
"""

import contextlib
import gc
import logging
import os
import select
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

from processes.confinement import die_with_parent
from processes.forks import Mask, forget_handlers, signals_held

_READ_BYTES = 65536


class ChildFailed(Exception):
    """The child gave no answer. `signal_number` is the signal that ended it, None if it ended by itself."""

    def __init__(self, exit_code: int) -> None:
        self.signal_number = -exit_code if exit_code < 0 else None
        super().__init__(f"the child ended with {exit_code} and no answer")


class DeadlinePassed(Exception):
    """The child was killed because its time was up."""


def run_in_child(
    work: Callable[[], bytes],
    *,
    deadline_seconds: float,
    on_tick: Callable[[], None],
    tick_seconds: float = 0.5,
) -> bytes:
    """What `work` returned, computed in a forked child with no open file or socket of the parent's.

    Meanwhile `on_tick` runs here every `tick_seconds`; whatever it raises kills the child and is raised on. Raises
    DeadlinePassed after `deadline_seconds`, ChildFailed if the child died or `work` raised. No child is left behind.
    The parent must have one thread only, and no SIGCHLD handler that reaps.
    """
    reading, writing = os.pipe()
    pid = _fork(work, writing)
    os.close(writing)
    ended = False
    try:
        answer = _read_answer(reading, time.monotonic() + deadline_seconds, on_tick, tick_seconds)
        ended = True
    finally:
        os.close(reading)
        if not ended:
            os.kill(pid, signal.SIGKILL)
        exit_code = os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1])
    if exit_code != 0:
        raise ChildFailed(exit_code)
    return answer


def run_program(program: Path, request: bytes, *, deadline_seconds: float) -> bytes:
    """What the Python file `program`, given this process's id as its argument, answered to `request` on standard input.

    A fresh interpreter with an empty environment and no file of the parent's: slower to start than a fork by the time
    its imports take, and safe however many threads the parent has. Raises DeadlinePassed after `deadline_seconds`,
    ChildFailed if the program died or failed. No child is left behind.
    """
    try:
        ended = subprocess.run(  # noqa: S603 (our own program, and no shell)
            [sys.executable, "-I", str(program), str(os.getpid())],
            input=request,
            stdout=subprocess.PIPE,
            env={},
            cwd="/",
            timeout=deadline_seconds,
            check=False,
        )
    except subprocess.TimeoutExpired:
        raise DeadlinePassed from None
    if ended.returncode != 0:
        raise ChildFailed(ended.returncode)
    return ended.stdout


def _read_answer(reading: int, deadline: float, on_tick: Callable[[], None], tick_seconds: float) -> bytes:
    poller = select.poll()
    poller.register(reading, select.POLLIN)
    answer = b""
    next_tick = time.monotonic() + tick_seconds
    while True:
        now = time.monotonic()
        if now >= deadline:
            raise DeadlinePassed
        if now >= next_tick:
            on_tick()
            next_tick = time.monotonic() + tick_seconds
        wait_seconds = min(deadline, next_tick) - time.monotonic()
        # Rounded up, or the loop spins through the last millisecond.
        if poller.poll(max(0.0, wait_seconds) * 1000 + 1):
            chunk = os.read(reading, _READ_BYTES)
            if not chunk:
                return answer
            answer += chunk


def _fork(work: Callable[[], bytes], writing: int) -> int:
    parent = os.getpid()
    with signals_held() as mask:
        pid = os.fork()
        if pid == 0:
            _be_the_child(work, writing, parent, mask)
    return pid


def _be_the_child(work: Callable[[], bytes], writing: int, parent: int, mask: Mask) -> None:
    exit_code = 1
    try:
        die_with_parent(parent)
        # What the parent left for collection may close a database connection; here nothing of its is ever collected.
        gc.freeze()
        logging.disable()
        _use_default_signals(mask)
        _let_go_of_files(keep={0, 1, 2, writing})
        _write_all(writing, work())
        exit_code = 0
    finally:
        # Not sys.exit: the parent's exit handlers and buffers are not the child's to run or flush.
        os._exit(exit_code)


def _use_default_signals(mask: Mask) -> None:
    forget_handlers()
    signal.signal(signal.SIGALRM, signal.SIG_DFL)
    signal.pthread_sigmask(signal.SIG_SETMASK, mask - {signal.SIGALRM, signal.SIGTERM, signal.SIGINT})


def _let_go_of_files(keep: set[int]) -> None:
    # Pointed at /dev/null rather than closed: a number that is free would be given to the next socket, and then
    # closed by whatever object of the parent's still believes it owns it.
    nowhere = os.open(os.devnull, os.O_RDWR)
    for name in os.listdir("/dev/fd"):
        if int(name) not in keep | {nowhere}:
            # The directory that was being listed is closed by now.
            with contextlib.suppress(OSError):
                os.fstat(int(name))
                os.dup2(nowhere, int(name), inheritable=False)


def _write_all(writing: int, answer: bytes) -> None:
    while answer:
        answer = answer[os.write(writing, answer) :]
