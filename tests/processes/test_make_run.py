"""`make run` over a copy of this room and stand-ins for the rest of the service."""

import os
import shutil
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path

import psycopg
import pytest
import redis

from processes.addresses import addresses, places
from tests.waiting import until

pytestmark = pytest.mark.whole

PROJECT = Path(__file__).resolve().parents[2]
STANDINS = Path(__file__).with_name("standins")
MOST_SECONDS_TO_STOP = 25
MOST_SECONDS_TO_RESTART = 10
# postgres, valkey, web, engine, embedder, workers and scheduler
PROGRAMS = 7


class Service:
    """One running copy: its process, what it has said, and the programs below it."""

    def __init__(self, project: Path, port: int, command: tuple[str, ...] = ()) -> None:
        self.port, self.data_dir = port, project / "data"
        self._output = project / "output"
        with self._output.open("w") as output:
            self.process = subprocess.Popen(
                command or (sys.executable, "-m", "processes.local"),
                cwd=project,
                env=environment(port),
                stdout=output,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )

    @property
    def said(self) -> str:
        return self._output.read_text()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def answers(self) -> bool:
        with suppress(OSError), urllib.request.urlopen(f"{self.url}/healthz", timeout=1) as response:
            return bool(response.status == 200)
        return False

    def starts(self) -> int | None:
        """How often it has been started, by the rows of its database; None while that is away."""
        with suppress(psycopg.OperationalError):
            url = addresses(self.data_dir).database_url.replace("+psycopg", "")
            with psycopg.connect(url, connect_timeout=2) as connection:
                row = connection.execute("SELECT count(*) FROM starts").fetchone()
                return int(row[0]) if row else None
        return None

    def valkey(self) -> "redis.Redis":
        return redis.Redis.from_url(addresses(self.data_dir).redis_url)

    def programs(self) -> list[int]:
        return members_of_session(self.process.pid, parent=self.process.pid)

    def program(self, words: str) -> int:
        found = [pid for pid in self.programs() if words in command_line(pid)]
        assert found, f"no program {words!r}"
        return found[0]

    def close(self) -> None:
        with suppress(ProcessLookupError):
            os.killpg(self.process.pid, signal.SIGKILL)
        self.process.wait()


def environment(port: int) -> dict[str, str]:
    unset = ("DATA_DIR", "DATABASE_URL", "REDIS_URL", "BASE_URL", "HOST", "FLASK_APP")
    return {**{name: value for name, value in os.environ.items() if name not in unset}, "PORT": str(port)}


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def command_line(pid: int) -> str:
    with suppress(OSError):
        return Path(f"/proc/{pid}/cmdline").read_bytes().replace(b"\0", b" ").decode()
    return ""


def members_of_session(session: int, *, parent: int | None = None) -> list[int]:
    """The living processes of a session, all of them or the children of one."""
    found = []
    for entry in Path("/proc").iterdir():
        with suppress(OSError):
            if entry.name.isdecimal():
                state, ppid, _, sid = (entry / "stat").read_text().rpartition(")")[2].split()[:4]
                if int(sid) == session and state != "Z" and parent in (None, int(ppid)):
                    found.append(int(entry.name))
    return found


def make_project(directory: Path) -> Path:
    """A project with this room in it and stand-ins for the others."""
    shutil.copytree(PROJECT / "processes", directory / "processes", ignore=shutil.ignore_patterns("__pycache__"))
    shutil.copy(PROJECT / "gunicorn.conf.py", directory)
    shutil.copy(STANDINS / "app.py", directory)
    shutil.copytree(STANDINS / "settings", directory, dirs_exist_ok=True)
    for module in ("jobs/crew.py", "jobs/scheduler.py", "speech/engines/host.py", "insights/host.py"):
        (directory / module).parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(STANDINS / "program.py", directory / module)
    return directory


def wait_until_ready(service: Service) -> Service:
    deadline = time.monotonic() + 30
    while "Ready: " not in service.said:
        assert time.monotonic() < deadline, service.said
        time.sleep(0.02)
    return service


@pytest.fixture(scope="module")
def service(shared_place: Path) -> Iterator[Service]:
    """One that stays up for all the tests that do not stop it."""
    service = Service(make_project(shared_place / "shared"), free_port())
    yield wait_until_ready(service)
    service.close()


@pytest.fixture(scope="module")
def project(shared_place: Path) -> Path:
    return make_project(shared_place / "own")


@pytest.fixture
def start(project: Path) -> Iterator[Callable[..., Service]]:
    """Starts one that the test may stop."""
    services: list[Service] = []

    def start_and_wait(*command: str) -> Service:
        services.append(Service(project, free_port(), command=command))
        return wait_until_ready(services[-1])

    yield start_and_wait
    for service in services:
        service.close()


def test_it_says_what_it_starts_and_where_it_is_reached(service: Service) -> None:
    lines = service.said.splitlines()
    assert lines[0] == "Starting PostgreSQL…"
    assert "The first account" in lines
    assert lines[-1].startswith(f"Ready: {service.url}")
    assert service.answers()


def test_every_program_is_in_its_process_group(service: Service) -> None:
    assert len(service.programs()) == PROGRAMS
    assert {os.getpgid(pid) for pid in service.programs()} == {service.process.pid}


def test_killed_servers_come_back_with_all_they_had_acknowledged(service: Service) -> None:
    starts = service.starts()
    with service.valkey() as client:
        client.set("kept", "yes")
    for words in ("bin/postgres", "valkey-server"):
        os.kill(service.program(words), signal.SIGKILL)
    until(lambda: service.starts() == starts, seconds=MOST_SECONDS_TO_RESTART)
    with service.valkey() as client:
        assert client.get("kept") == b"yes"


def test_a_killed_web_server_answers_again(service: Service) -> None:
    os.kill(service.program("gunicorn"), signal.SIGKILL)
    until(lambda: "web was killed by SIGKILL" in service.said)
    until(service.answers, seconds=MOST_SECONDS_TO_RESTART)


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT], ids=["sigterm", "ctrl-c"])
def test_it_stops_in_time_and_leaves_nobody(start: Callable[..., Service], number: signal.Signals) -> None:
    service = start()
    if number is signal.SIGINT:
        os.killpg(service.process.pid, number)  # as a terminal sends it
    else:
        service.process.send_signal(number)
    assert service.process.wait(MOST_SECONDS_TO_STOP) == 0
    assert members_of_session(service.process.pid) == []
    assert not places(service.data_dir).cluster.joinpath("postmaster.pid").exists()


def test_killed_as_a_whole_it_starts_again_with_its_data(start: Callable[..., Service]) -> None:
    service = start()
    starts = service.starts()
    service.process.kill()
    until(lambda: members_of_session(service.process.pid, parent=1) == [], seconds=5)
    assert start().starts() == (starts or 0) + 1


def test_a_second_one_on_the_same_data_dir_is_refused(service: Service) -> None:
    second = subprocess.run(
        [sys.executable, "-m", "processes.local"],
        cwd=service.data_dir.parent,
        env=environment(free_port()),
        capture_output=True,
        text=True,
        timeout=10,
        check=False,
    )
    assert second.returncode == 1
    assert "the service already runs on DATA_DIR" in second.stdout


def test_a_port_in_use_is_told_before_anything_starts(project: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as other:
        port = other.getsockname()[1]
        refused = subprocess.run(
            [sys.executable, "-m", "processes.local"],
            cwd=project,
            env=environment(port),
            capture_output=True,
            text=True,
            timeout=10,
            check=False,
        )
    assert refused.returncode == 1
    assert refused.stdout.startswith(f"Cannot start: port {port} on 127.0.0.1 cannot be used (Address already in use)")


@pytest.fixture
def interrupts_count() -> Iterator[None]:
    """What a background shell lets its children ignore, make would go on ignoring."""
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    yield
    signal.signal(signal.SIGINT, before)


@pytest.mark.skipif(not shutil.which("make"), reason="about make")
@pytest.mark.usefixtures("interrupts_count")
def test_an_interrupt_that_reaches_only_make_stops_the_service(start: Callable[..., Service], project: Path) -> None:
    (project / "Makefile").write_text(f"run:\n\t@{sys.executable} -m processes.local --under-make\n")
    service = start("make", "run")
    service.process.send_signal(signal.SIGINT)
    stopped_at = time.monotonic()
    service.process.wait(MOST_SECONDS_TO_STOP)
    assert time.monotonic() - stopped_at < MOST_SECONDS_TO_STOP
    assert members_of_session(service.process.pid) == []
