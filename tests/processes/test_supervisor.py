import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import TypedDict

import pytest

from tests.processes.groups import Groups, is_running
from tests.waiting import until

IDLE = "touch $$.up; while :; do sleep 0.05; done"


class Described(TypedDict, total=False):
    name: str
    script: str
    stop_order: int
    patience: float


class Supervised(Groups):
    """A supervisor over shell scripts."""

    def start(self, *programs: Described) -> subprocess.Popen[str]:
        noting = [
            {**program, "script": f"cd {self.directory}; echo $$ >> {program['name']}.pids; {program['script']}"}
            for program in programs
        ]
        process = self.run("supervised.py", json.dumps(noting))
        assert process.stdout is not None
        while "serving" not in process.stdout.readline():
            pass
        return process

    def text(self, name: str) -> str:
        return (self.directory / name).read_text()


@pytest.fixture
def supervised(tmp_path: Path) -> Iterator[Supervised]:
    running = Supervised(tmp_path)
    yield running
    running.close()


def test_a_killed_program_is_started_again_within_a_second(supervised: Supervised) -> None:
    supervised.start({"name": "web", "script": "exec sleep 60"})
    until(lambda: supervised.pids("web"))
    os.kill(supervised.pids("web")[0], signal.SIGKILL)
    until(lambda: len(supervised.pids("web")) == 2, seconds=1)


def test_a_program_that_ends_with_status_0_is_started_again(supervised: Supervised) -> None:
    supervised.start({"name": "worker", "script": "exit 0"})
    until(lambda: len(supervised.pids("worker")) >= 2, seconds=1)


def test_a_program_that_cannot_stay_up_is_started_less_and_less_often(supervised: Supervised) -> None:
    supervised.start({"name": "web", "script": "exit 1"})
    time.sleep(2.0)
    assert 3 <= len(supervised.pids("web")) <= 6


def test_a_program_that_has_said_why_it_cannot_work_is_left_alone_for_a_while(supervised: Supervised) -> None:
    process = supervised.start({"name": "engine", "script": "exit 78"}, {"name": "web", "script": "exit 1"})
    assert process.stdout is not None
    told = ""
    while "engine" not in told:
        told = process.stdout.readline()

    assert told == "engine cannot work yet, and has said why; trying again in 5 s.\n"
    until(lambda: len(supervised.pids("web")) >= 4)
    assert len(supervised.pids("engine")) == 1


def test_every_program_is_in_the_process_group_of_the_supervisor(supervised: Supervised) -> None:
    process = supervised.start({"name": "a", "script": "exec sleep 60"}, {"name": "b", "script": "exec sleep 60"})
    until(lambda: supervised.pids("a") and supervised.pids("b"))
    assert {os.getpgid(supervised.pids(name)[0]) for name in "ab"} == {process.pid}


def test_no_program_outlives_a_killed_supervisor(supervised: Supervised) -> None:
    process = supervised.start({"name": "web", "script": "exec sleep 60"})
    until(lambda: supervised.pids("web"))
    process.kill()
    until(lambda: not is_running(supervised.pids("web")[0]), seconds=1)


def test_what_a_killed_program_had_started_is_killed_too(supervised: Supervised) -> None:
    supervised.start({"name": "web", "script": "sleep 60 & echo $! > left.new; mv left.new left; wait"})
    until(lambda: supervised.pids("web") and (supervised.directory / "left").exists())
    left = int(supervised.text("left"))
    os.kill(supervised.pids("web")[0], signal.SIGKILL)
    until(lambda: not is_running(left), seconds=1)


def test_programs_stop_in_their_order(supervised: Supervised) -> None:
    note = "trap 'sleep 0.2; echo {0} >> ended; exit 0' TERM; touch {0}.up; while :; do sleep 0.05; done"
    process = supervised.start(
        {"name": "server", "script": note.format("server"), "stop_order": 1},
        {"name": "client", "script": note.format("client")},
    )
    until(lambda: all((supervised.directory / f"{name}.up").exists() for name in ("server", "client")))
    process.terminate()
    assert process.wait(5) == 0
    assert supervised.text("ended").split() == ["client", "server"]


def test_a_program_that_ignores_its_signal_is_killed_when_its_time_is_up(supervised: Supervised) -> None:
    process = supervised.start(
        {"name": "deaf", "script": "trap '' TERM; touch up; while :; do sleep 0.05; done", "patience": 0.5}
    )
    until((supervised.directory / "up").exists)
    asked_at = time.monotonic()
    process.terminate()
    process.wait(5)
    assert 0.4 < time.monotonic() - asked_at < 2.5
    assert not is_running(supervised.pids("deaf")[0])


def test_ctrl_c_ends_a_program_in_its_order_although_the_terminal_tells_all_at_once(supervised: Supervised) -> None:
    note = "sleep 0.3; echo {0} >> ended"
    process = supervised.start(
        {"name": "server", "script": f"trap '{note.format('server')}; exit' TERM; {IDLE}", "stop_order": 1},
        {"name": "client", "script": f"trap '{note.format('client')}; exit' TERM; {IDLE}"},
    )
    until(lambda: len(list(supervised.directory.glob("*.up"))) == 2)
    os.killpg(process.pid, signal.SIGINT)
    assert process.wait(5) == 0
    assert supervised.text("ended").split() == ["client", "server"]


def test_a_second_interrupt_shortens_the_wait_and_leaves_nobody(supervised: Supervised) -> None:
    process = supervised.start(
        {"name": "slow", "script": "trap '' TERM INT; touch up; while :; do sleep 0.05; done", "patience": 60}
    )
    until((supervised.directory / "up").exists)
    os.killpg(process.pid, signal.SIGINT)
    time.sleep(1.1)
    os.killpg(process.pid, signal.SIGINT)
    process.wait(3)
    assert not is_running(supervised.pids("slow")[0])


def test_a_server_hit_by_ctrl_c_is_back_for_the_clients_that_still_finish(supervised: Supervised) -> None:
    heeding = (
        "import signal as s; s.signal(s.SIGINT, s.SIG_DFL); s.pthread_sigmask(s.SIG_UNBLOCK, [s.SIGINT]); "
        'open("heeds", "w"); s.pause()'
    )
    finishing = "trap 'sleep 0.6; cp server.pids seen; exit 0' TERM; touch up; while :; do sleep 0.05; done"
    process = supervised.start(
        {"name": "server", "script": f"exec {sys.executable} -c '{heeding}'", "stop_order": 1},
        {"name": "client", "script": finishing},
    )
    until(lambda: all((supervised.directory / name).exists() for name in ("up", "heeds")))
    os.killpg(process.pid, signal.SIGINT)
    assert process.wait(5) == 0
    assert len(supervised.text("seen").split()) == 2
