"""A program to keep running, how it is started, and how it is stopped."""

import os
import signal
import subprocess
import sys
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Protocol

from processes.addresses import open_private
from processes.identity import Identity, ourselves, spawn_options

LARGEST_LOG_BYTES = 5_000_000


@dataclass(frozen=True, slots=True)
class Program:
    """One child of ours. Its output goes to `log`, or else where ours goes.

    `stop_signals` are sent one after the other, each with the seconds it gets; whoever is left is killed.
    Programs with a lower `stop_order` have ended before the next are asked to.
    """

    name: str
    argv: tuple[str, ...]
    env: Mapping[str, str]
    stop_order: int = 0
    stop_signals: tuple[tuple[signal.Signals, float], ...] = ((signal.SIGTERM, 10.0),)
    identity: Identity = field(default_factory=ourselves)
    log: Path | None = None
    cwd: Path | None = None
    before_start: Callable[[], None] | None = None


class Child(Protocol):
    """A process that was started and is looked after: a `subprocess.Popen`, or one that was forked."""

    @property
    def pid(self) -> int: ...
    @property
    def returncode(self) -> int | None: ...
    def poll(self) -> int | None: ...
    def send_signal(self, number: int, /) -> None: ...
    def kill(self) -> None: ...


def spawn(program: Program) -> subprocess.Popen[bytes]:
    """Start it in our own process group, to be killed by the kernel when this process (this thread) ends."""
    if program.before_start:
        program.before_start()
    sys.stdout.flush()
    output = _open_log(program.log) if program.log else None
    try:
        return subprocess.Popen(
            program.argv,
            env=dict(program.env),
            cwd=program.cwd,
            umask=0o077,  # As root, DATA_DIR itself lets others pass through to the servers' directories.
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=output,
            **spawn_options(program.identity),
        )
    finally:
        if output is not None:
            os.close(output)


def stop(program: Program, child: subprocess.Popen[bytes]) -> None:
    """End one child by its stop signals and wait until it has."""
    for number, seconds in (*program.stop_signals, (signal.SIGKILL, 10.0)):
        if child.poll() is not None:
            return
        child.send_signal(number)
        try:
            child.wait(seconds)
        except subprocess.TimeoutExpired:
            continue


def last_lines(log: Path, count: int = 5) -> str:
    """The end of a log, for a message about a server that did not start."""
    try:
        return "\n".join(log.read_text(errors="replace").splitlines()[-count:])
    except FileNotFoundError:
        return ""


def _open_log(path: Path) -> int:
    """The log, put aside as `.old` when it has grown: a start is the only moment when nobody writes to it."""
    if path.exists() and path.stat().st_size > LARGEST_LOG_BYTES:
        path.replace(path.with_suffix(".log.old"))
    return open_private(path, os.O_WRONLY | os.O_APPEND)
