"""A process works on a few requests at a time, and nobody waits for those who wait."""

import os
import socket
import subprocess
import sys
import threading
import time
import urllib.request
from collections.abc import Callable, Iterator
from concurrent.futures import Future
from contextlib import ExitStack
from functools import partial
from pathlib import Path

import pytest

from bench.running import ROOT, free_port
from processes import turns
from processes.turns import Turns, let_others_work
from tests.waiting import until

AT_ONCE = 2


@pytest.fixture
def pool() -> Iterator[Turns]:
    pool = Turns(threads=8, at_once=AT_ONCE)
    yield pool
    pool.shutdown()


class Work:
    """Tasks that go on until they are let go; `begun` are those that have begun, in their order."""

    def __init__(self, pool: Turns) -> None:
        self.pool = pool
        self.begun: list[int] = []
        self.go = [threading.Event() for _ in range(6)]

    def submit(self, *, before: Callable[[], object] = lambda: None) -> list["Future[int]"]:
        def task(number: int) -> int:
            self.begun.append(number)
            before()
            self.go[number].wait(10)
            return number

        return [self.pool.submit(task, number) for number in range(len(self.go))]

    def has_begun(self, count: int) -> bool:
        return len(self.begun) >= count

    def finish(self, futures: list["Future[int]"]) -> None:
        for event in self.go:
            event.set()
        assert [future.result(10) for future in futures] == [*range(len(futures))]


@pytest.fixture
def work(pool: Turns) -> Work:
    return Work(pool)


def test_few_are_worked_on_at_a_time_and_the_others_in_their_order(work: Work) -> None:
    futures = work.submit()
    until(partial(work.has_begun, AT_ONCE))
    time.sleep(0.05)
    assert sorted(work.begun) == [0, 1]
    for number in range(len(work.go)):
        work.go[number].set()
        assert futures[number].result(10) == number
        until(partial(work.has_begun, min(len(work.go), number + 1 + AT_ONCE)))
    assert work.begun[AT_ONCE:] == [2, 3, 4, 5]


def test_who_says_that_it_waits_keeps_nobody_waiting(work: Work) -> None:
    futures = work.submit(before=let_others_work)
    until(partial(work.has_begun, len(work.go)))
    work.finish(futures)


def test_a_turn_that_takes_too_long_is_passed_on(work: Work) -> None:
    futures = work.submit()
    until(partial(work.has_begun, AT_ONCE))
    time.sleep(turns.PATIENCE_SECONDS * 1.5)
    assert len(work.begun) == AT_ONCE
    assert work.pool.relieve()
    until(partial(work.has_begun, 2 * AT_ONCE))
    work.finish(futures)


def test_a_turn_is_given_away_once(work: Work, pool: Turns) -> None:
    """Whoever passed theirs on and then ends has none to hand on, or there would be more and more of them."""

    def insist() -> None:
        let_others_work()
        let_others_work()

    futures = work.submit(before=insist)
    until(partial(work.has_begun, len(work.go)))
    work.finish(futures)
    more = Work(pool)
    futures = more.submit()
    until(partial(more.has_begun, AT_ONCE))
    time.sleep(0.05)
    assert len(more.begun) == AT_ONCE
    more.finish(futures)


def test_what_fails_is_told_and_keeps_no_turn(pool: Turns) -> None:
    failed = [pool.submit(int, "x") for _ in range(3 * AT_ONCE)]
    for future in failed:
        with pytest.raises(ValueError, match="invalid literal"):
            future.result(10)
    assert pool.submit(int, "7").result(10) == 7


def test_outside_of_a_turn_there_is_none_to_give_away() -> None:
    let_others_work()


SECONDS = 3.0
APP = f"""
import os
import time

import runtime
from config import from_env

runtime.wire(from_env(os.environ))

def app(environ, start_response):
    if environ["PATH_INFO"] == "/slow":
        time.sleep({SECONDS})
    start_response("200 OK", [("Content-Length", "2")])
    return [b"ok"]
"""


@pytest.fixture
def web(tmp_path: Path) -> Iterator[int]:
    """The port of one web process as the service has them, with another application."""
    (tmp_path / "slow_app.py").write_text(APP)
    port = free_port()
    env = {**os.environ, "PORT": str(port), "WEB_CONCURRENCY": "1", "DATA_DIR": str(tmp_path / "data")}
    command = [sys.executable, "-m", "gunicorn", "-c", str(ROOT / "gunicorn.conf.py"), "slow_app:app"]
    child = subprocess.Popen([*command, "--pythonpath", f"{tmp_path},{ROOT}"], cwd=ROOT, env=env)
    try:
        until(lambda: answers(port))
        yield port
    finally:
        child.terminate()
        child.wait(20)


def answers(port: int) -> bool:
    try:
        with urllib.request.urlopen(f"http://127.0.0.1:{port}/", timeout=10) as answer:
            return bool(answer.status == 200)
    except OSError:
        return False


def test_a_connection_that_says_nothing_and_a_slow_request_keep_nobody_waiting(web: int) -> None:
    with ExitStack() as opened:
        for _ in range(100):
            opened.enter_context(socket.create_connection(("127.0.0.1", web)))
        for _ in range(6 * turns.AT_ONCE):
            slow = opened.enter_context(socket.create_connection(("127.0.0.1", web)))
            slow.sendall(b"GET /slow HTTP/1.1\r\nHost: localhost\r\n\r\n")
        began = time.monotonic()
        assert answers(web)
        assert time.monotonic() - began < SECONDS / 2
