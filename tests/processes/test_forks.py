"""Forked programs under a supervisor: as well looked after as executed ones, and nothing of their parent's in them."""

import json
import os
import signal
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.processes.groups import Groups, is_running
from tests.waiting import until

SLEEP = "import time; time.sleep(60)"
# What it would be told if it had a handler of its parent's, and what it has open.
LOOK = """
import json, os, signal, time
from tests.waiting import until
found = {
    "handlers": [int(n) for n in signal.valid_signals() if callable(signal.getsignal(n))],
    "wakes": signal.set_wakeup_fd(-1),
    "held": sorted(int(n) for n in signal.pthread_sigmask(signal.SIG_BLOCK, [])),
    "stdin": os.readlink("/proc/self/fd/0"),
    "open": [os.readlink(f"/proc/self/fd/{n}") for n in range(100) if os.path.lexists(f"/proc/self/fd/{n}")],
    "umask": os.umask(0),
}
(directory / "found.new").write_text(json.dumps(found))
(directory / "found.new").rename(directory / "found")
time.sleep(60)
"""


class Forking(Groups):
    """A supervisor over forks."""

    def start(self, name: str, code: str, patience: float = 5.0) -> subprocess.Popen[str]:
        described = [{"name": name, "code": code, "patience": patience}]
        return self.run("forked.py", str(self.directory), json.dumps(described), stderr=subprocess.STDOUT)


@pytest.fixture
def forking(tmp_path: Path) -> Iterator[Forking]:
    running = Forking(tmp_path)
    yield running
    running.close()


def line_with(process: subprocess.Popen[str], words: str) -> str:
    assert process.stdout is not None
    for line in process.stdout:
        if words in line:
            return line
    raise AssertionError(f"it ended without a word of {words!r}")


def test_a_killed_fork_is_back_within_a_second(forking: Forking) -> None:
    process = forking.start("web", SLEEP)
    until(lambda: forking.pids("web"))
    os.kill(forking.pids("web")[0], signal.SIGKILL)
    until(lambda: len(forking.pids("web")) == 2, seconds=1)
    assert line_with(process, "killed") == "web was killed by SIGKILL; starting it again.\n"


def test_no_fork_outlives_a_killed_supervisor(forking: Forking) -> None:
    process = forking.start("web", SLEEP)
    until(lambda: forking.pids("web"))
    process.kill()
    until(lambda: not is_running(forking.pids("web")[0]), seconds=1)


def test_what_a_killed_fork_had_forked_is_killed_too(forking: Forking) -> None:
    forking.start("web", f"import os\nif os.fork() == 0: note('horse')\n{SLEEP}")
    until(lambda: forking.pids("horse"))
    os.kill(forking.pids("web")[0], signal.SIGKILL)
    until(lambda: not is_running(forking.pids("horse")[0]), seconds=1)


@pytest.mark.parametrize(
    ("code", "said"),
    [
        ("raise SystemExit(78)", "web cannot work yet, and has said why; trying again in 5 s."),
        ("raise SystemExit(3)", "web ended with status 3; starting it again."),
        ("raise SystemExit('sorry')", "web ended with status 1; starting it again."),
        ("raise ValueError('why')", "web ended with status 1; starting it again."),
        ("", "web ended with status 0; starting it again."),
    ],
)
def test_a_fork_ends_with_its_own_status(forking: Forking, code: str, said: str) -> None:
    assert line_with(forking.start("web", code), "web ") == f"{said}\n"


def test_a_fork_that_fails_says_where(forking: Forking) -> None:
    assert line_with(forking.start("web", "raise ValueError('why')"), "Error") == "ValueError: why\n"


def test_a_fork_has_nothing_of_its_supervisor(forking: Forking) -> None:
    forking.start("web", LOOK)
    until((forking.directory / "found").exists)
    found = json.loads((forking.directory / "found").read_text())
    assert (found["handlers"], found["wakes"], found["umask"]) == ([], -1, 0o077)
    assert found["held"] == [signal.SIGINT]
    assert found["stdin"] == "/dev/null"
    # Its output, and no pipe or selector that wakes somebody.
    assert len(set(found["open"]) - {"/dev/null"}) == 1


def test_a_fork_that_ignores_its_signal_is_killed_when_its_time_is_up(forking: Forking) -> None:
    deaf = f"import signal; signal.signal(signal.SIGTERM, signal.SIG_IGN); note('deaf'); {SLEEP}"
    process = forking.start("web", deaf, patience=0.5)
    until(lambda: forking.pids("deaf"))
    asked_at = time.monotonic()
    process.terminate()
    process.wait(5)
    assert 0.4 < time.monotonic() - asked_at < 2.5
    assert not is_running(forking.pids("deaf")[0])


def test_a_fork_that_was_interrupted_goes_on_until_it_is_its_turn(forking: Forking) -> None:
    orderly = f"import signal; signal.signal(signal.SIGTERM, lambda *_: note('ended') or exit()); note('up'); {SLEEP}"
    process = forking.start("web", orderly)
    until(lambda: forking.pids("up"))
    os.killpg(process.pid, signal.SIGINT)
    assert process.wait(5) == 0
    assert len(forking.pids("ended")) == len(forking.pids("web")) == 1
