"""The servers that come with the service, for a DATA_DIR: their addresses, and running them for a while.

`make run` keeps them up (processes.local). Here are the ways for everybody else: an operator's command that works
whether the service runs or not, and a test suite that wants both servers for its own.
"""

import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from subprocess import Popen
from typing import Protocol

from processes import postgres_server, valkey_server
from processes.addresses import Addresses, CannotStart, Places, addresses, places, prepare
from processes.locks import Busy, Users, exclusive, wait_until
from processes.programs import Program, spawn, stop

__all__ = ["Addresses", "CannotStart", "addresses", "ensure_postgres", "ensure_redis", "running"]

# After a crash PostgreSQL may refuse for a while, until its last orphaned backend has gone; then it replays its log.
START_SECONDS = 60.0
RETRY_SECONDS = 0.5


class Server(Protocol):
    """What the modules postgres_server and valkey_server have in common."""

    def prepare(self, at: Places) -> Program: ...
    def answers(self, at: Places) -> bool: ...
    def ready(self, at: Places) -> None: ...
    def explain_failure(self, at: Places) -> CannotStart: ...


@contextmanager
def running(data_dir: Path) -> Iterator[Addresses]:
    """Both servers, from `data_dir`, for as long as the block lasts."""
    with ensure_postgres(data_dir), ensure_redis(data_dir) as reachable:
        yield reachable


@contextmanager
def ensure_postgres(data_dir: Path) -> Iterator[Addresses]:
    """PostgreSQL answers within the block: the server that runs already, or else one started for it and then stopped.

    The database is there, its tables may not be. CannotStart tells why no server could be had. Call it from a thread
    that outlives the block: the kernel ends a child with the thread that started it.
    """
    with _ensure(postgres_server, "postgres", places(data_dir)):
        yield addresses(data_dir)


@contextmanager
def ensure_redis(data_dir: Path) -> Iterator[Addresses]:
    """Valkey answers within the block, on the same terms as `ensure_postgres`."""
    with _ensure(valkey_server, "valkey", places(data_dir)):
        yield addresses(data_dir)


@dataclass
class _Borrowed:
    """A server started for a block, which its holder ends when nobody else uses it."""

    program: Program
    child: Popen[bytes]


@contextmanager
def _ensure(server: Server, name: str, at: Places) -> Iterator[None]:
    prepare(at)
    users = Users(at.lock(f"{name}.users"))
    try:
        with ExitStack() as ours:
            started = _reach(server, name, at, ours)
            try:
                yield
            finally:
                if started:
                    users.wait_until_alone()
                    stop(started.program, started.child)
    finally:
        users.leave()


def _reach(server: Server, name: str, at: Places, ours: ExitStack) -> _Borrowed | None:
    """Wait for the server that somebody starts, or start it, and then hold its lock until `ours` closes."""
    borrowed: list[_Borrowed] = []
    tried_at = 0.0

    def reached() -> bool:
        nonlocal tried_at
        if server.answers(at):
            return True
        if (borrowed and borrowed[0].child.poll() is None) or time.monotonic() < tried_at + RETRY_SECONDS:
            return False
        try:
            if not borrowed:
                ours.enter_context(exclusive(at.lock(name)))
        except Busy:
            return False
        tried_at = time.monotonic()
        program = server.prepare(at)
        borrowed[:] = [_Borrowed(program, spawn(program))]
        return False

    if not wait_until(reached, START_SECONDS):
        for each in borrowed:
            stop(each.program, each.child)
        raise server.explain_failure(at)
    server.ready(at)
    return borrowed[0] if borrowed else None
