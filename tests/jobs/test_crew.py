"""The workers of a machine as they are run: forks of one process, each with its queue, its slot and its title."""

import os
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import psutil
import pytest
from flask import Flask

from config import Config
from jobs import crew, queues
from processes.service import environment
from tests.waiting import until

PROJECT = Path(__file__).resolve().parents[2]
SLOTS = ("fetch-1", "fetch-2", "deliver-1")
PATIENCE_SECONDS = 60.0


class Crew:
    """The process, and its workers by slot."""

    def __init__(self, config: Config) -> None:
        settings = {"DATA_DIR": str(config.data_dir), "SECRET_KEY": "tests", "PATH": os.environ["PATH"]}
        self._running = subprocess.Popen(
            [sys.executable, "-m", "jobs.crew", "--patience", "20", *SLOTS],
            cwd=PROJECT,
            env=environment(settings),
            stdout=subprocess.PIPE,
            text=True,
        )
        self.process = psutil.Process(self._running.pid)

    def workers(self) -> dict[str, psutil.Process]:
        found = {}
        for process in self.process.children():
            with suppress(psutil.NoSuchProcess):
                title = " ".join(process.cmdline()).strip()
                for slot in SLOTS:
                    if f"({slot})" in title:
                        assert title.startswith(f"jobs.worker {slot[:-2]} ({slot})")
                        found[slot] = process
        return found

    def stop(self) -> int:
        self._running.terminate()
        return self._running.wait(60)

    def close(self) -> None:
        if self._running.poll() is None:
            self._running.kill()
        self._running.communicate()


@pytest.fixture(scope="module")
def running(app: Flask, config: Config) -> Iterator[Crew]:
    running = Crew(config)
    until(lambda: len(listening()) == len(SLOTS), PATIENCE_SECONDS)
    yield running
    running.close()


def listening() -> dict[int, str]:
    """The queue that each worker listens to, by its process."""
    return {worker.process_id: worker.queue for worker in queues.workers()}


def test_each_slot_has_a_worker_that_listens_to_its_queue(running: Crew) -> None:
    heard = listening()
    assert {slot: heard[process.pid] for slot, process in running.workers().items()} == {
        "fetch-1": "fetch",
        "fetch-2": "fetch",
        "deliver-1": "deliver",
    }


def test_the_process_that_forks_has_one_thread_and_no_connection(running: Crew) -> None:
    assert running.process.num_threads() == 1
    assert running.process.net_connections("all") == []


def test_a_killed_worker_is_back_in_its_slot_without_loading_anything(running: Crew) -> None:
    killed = running.workers()["fetch-2"]
    others = {slot: process.pid for slot, process in running.workers().items() if slot != "fetch-2"}
    killed.kill()
    until(lambda: "fetch-2" in running.workers() and running.workers()["fetch-2"].pid in listening(), PATIENCE_SECONDS)
    now = running.workers()
    assert now["fetch-2"].pid != killed.pid
    assert {slot: process.pid for slot, process in now.items() if slot != "fetch-2"} == others


def test_what_a_killed_work_horse_left_is_cleared_though_its_job_was_forgotten(running: Crew, config: Config) -> None:
    left = config.scratch_dir / f"{socket.gethostname()}.deliver-1.tr_1.left"
    left.mkdir(parents=True)
    queues.queue(queues.QueueName.DELIVER).enqueue("tests.jobs.dying.forgotten")
    until(lambda: not left.exists(), PATIENCE_SECONDS)


def test_workers_die_with_the_process_that_forked_them(app: Flask, config: Config) -> None:
    running = Crew(config)
    until(lambda: len(running.workers()) == len(SLOTS), PATIENCE_SECONDS)
    workers = list(running.workers().values())
    running.process.kill()
    _, alive = psutil.wait_procs(workers, timeout=10)
    running.close()
    assert alive == []


def test_asked_to_stop_it_ends_its_workers_first(running: Crew) -> None:
    workers = list(running.workers().values())
    assert running.stop() == 0
    assert not [process for process in workers if process.is_running()]


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        ([], "SLOT"),
        (["fetch"], "invalid"),
        (["sweep-1"], "invalid"),
        (["fetch-1", "fetch-1"], "named twice"),
    ],
)
def test_what_is_no_slot_is_refused(arguments: list[str], said: str, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as ended:
        crew.main(arguments)
    assert ended.value.code == 2
    assert said in capsys.readouterr().err
