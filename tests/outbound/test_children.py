import contextlib
import os
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path

import pytest

from outbound.children import ChildFailed, DeadlinePassed, run_in_child

pytestmark = pytest.mark.filterwarnings("ignore:.*multi-threaded.*:DeprecationWarning")


def nothing() -> None:
    pass


def sleep() -> bytes:
    time.sleep(60)
    return b""


def test_the_answer_of_the_child_comes_back_whole() -> None:
    answer = run_in_child(lambda: b"x" * 300_000, deadline_seconds=5, on_tick=nothing)
    assert answer == b"x" * 300_000


def test_a_child_past_its_deadline_is_killed() -> None:
    began = time.monotonic()
    with pytest.raises(DeadlinePassed):
        run_in_child(sleep, deadline_seconds=0.2, on_tick=nothing)
    assert time.monotonic() - began < 2


def test_a_tick_runs_again_and_again_while_the_child_works() -> None:
    ticks: list[float] = []
    with pytest.raises(DeadlinePassed):
        run_in_child(sleep, deadline_seconds=0.5, on_tick=lambda: ticks.append(0), tick_seconds=0.1)
    assert 2 <= len(ticks) <= 5


def test_what_a_tick_raises_kills_the_child_and_is_raised_on(tmp_path: Path) -> None:
    pid = tmp_path / "pid"
    pid.touch()

    def work() -> bytes:
        pid.write_text(str(os.getpid()))
        return sleep()

    def stop() -> None:
        if pid.read_text():
            raise KeyError("canceled")

    with pytest.raises(KeyError):
        run_in_child(work, deadline_seconds=5, on_tick=stop, tick_seconds=0.02)
    with pytest.raises(ProcessLookupError):
        os.kill(int(pid.read_text()), 0)


def test_a_child_that_is_killed_says_by_which_signal() -> None:
    def work() -> bytes:
        os.kill(os.getpid(), signal.SIGALRM)
        return sleep()

    with pytest.raises(ChildFailed) as caught:
        run_in_child(work, deadline_seconds=5, on_tick=nothing)
    assert caught.value.signal_number == signal.SIGALRM


def test_a_child_whose_work_raises_has_failed_and_runs_nothing_of_the_parent(tmp_path: Path) -> None:
    try:
        with pytest.raises(ChildFailed):
            run_in_child(lambda: bytes(1 // 0), deadline_seconds=5, on_tick=nothing)
    finally:
        with (tmp_path / "who").open("a") as file:
            file.write(f"{os.getpid()}\n")
    assert (tmp_path / "who").read_text() == f"{os.getpid()}\n"


def test_the_child_has_none_of_the_parents_sockets() -> None:
    def work() -> bytes:
        theirs.settimeout(0.1)
        with contextlib.suppress(OSError):
            theirs.send(b"from the child")
        return b"done"

    ours, theirs = socket.socketpair()
    with ours, theirs:
        assert run_in_child(work, deadline_seconds=5, on_tick=nothing) == b"done"
        ours.setblocking(False)
        with pytest.raises(BlockingIOError):
            ours.recv(100)
        theirs.send(b"from the parent")
        assert ours.recv(100) == b"from the parent"


def test_a_signal_handler_of_the_parent_is_not_run_in_the_child() -> None:
    def work() -> bytes:
        return str(signal.getsignal(signal.SIGTERM) is signal.SIG_DFL).encode()

    before = signal.signal(signal.SIGTERM, lambda *_: None)
    try:
        assert run_in_child(work, deadline_seconds=5, on_tick=nothing) == b"True"
    finally:
        signal.signal(signal.SIGTERM, before)


@pytest.mark.skipif(sys.platform != "linux", reason="the kernel's parent-death signal is Linux's")
def test_the_child_dies_with_its_parent() -> None:
    script = (
        "import os, time\n"
        "from outbound.children import run_in_child\n"
        "def work():\n"
        "    os.write(1, f'{os.getpid()}\\n'.encode())\n"
        "    time.sleep(60)\n"
        "    return b''\n"
        "run_in_child(work, deadline_seconds=60, on_tick=lambda: None)\n"
    )
    with subprocess.Popen([sys.executable, "-c", script], stdout=subprocess.PIPE, text=True) as parent:
        assert parent.stdout is not None
        child = int(parent.stdout.readline())
        parent.kill()
    assert ends_within(child, seconds=2)


def ends_within(pid: int, seconds: float) -> bool:
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        try:
            state = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0]
        except (FileNotFoundError, ProcessLookupError):
            return True
        if state == "Z":
            return True
        time.sleep(0.01)
    return False
