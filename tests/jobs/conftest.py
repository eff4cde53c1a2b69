import os
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select

import db
import runtime
from config import Config
from handlers.processing import Fetched, claim, complete, hold_and_queue_recognition, keep_media
from handlers.transcriptions import Details, Options, audio_key, create_transcription
from jobs.queues import QueueName
from models import Account, Segment, Source, Stage, Transcription
from runtime import store
from speech.engines import client, weights
from tests import factories
from tests.jobs.scripted_engine import ScriptedEngine
from tests.outbound.loopback_server import LoopbackServer, loopback_server

PROJECT = Path(__file__).resolve().parents[2]
CLIP = (PROJECT / "assets" / "jfk.flac").read_bytes()


class Runner:
    """A process that runs jobs as a worker does, and what they wrote to standard error."""

    def __init__(self, config: Config, log: Path, **settings: str) -> None:
        self._log = log
        environ = {"DATA_DIR": str(config.data_dir), "SECRET_KEY": "tests", "FETCH_ALLOWED_HOSTS": "127.0.0.1"}
        with log.open("ab") as stderr:
            self._process = subprocess.Popen(
                [sys.executable, "-m", "tests.jobs.runner"],
                cwd=PROJECT,
                env={"PATH": os.environ["PATH"], **environ, **settings},
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=stderr,
                text=True,
                bufsize=1,
            )
        assert self._answer() == "ready"

    def start(self, queue: QueueName, public_id: str) -> int:
        """The process id of the job that has just begun."""
        assert self._process.stdin is not None
        self._process.stdin.write(f"{queue.value} {public_id}\n")
        self._process.stdin.flush()
        return int(self._answer().removeprefix("pid "))

    def finish(self) -> int:
        """The exit status of the job that was started."""
        return int(self._answer().removeprefix("exit "))

    def run(self, queue: QueueName, public_id: str) -> int:
        self.start(queue, public_id)
        return self.finish()

    def log(self) -> str:
        return self._log.read_text()

    def close(self) -> None:
        for pipe in (self._process.stdin, self._process.stdout):
            assert pipe is not None
            pipe.close()
        self._process.send_signal(signal.SIGKILL)
        self._process.wait(10)

    def _answer(self) -> str:
        assert self._process.stdout is not None
        line = self._process.stdout.readline().strip()
        assert line, self.log()
        return line


Runners = tuple[Runner, ...]


@pytest.fixture(scope="session")
def shared_runner(app: Flask, config: Config, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Runner]:
    runner = Runner(config, tmp_path_factory.mktemp("runner") / "log")
    yield runner
    runner.close()


@pytest.fixture
def runner(shared_runner: Runner, committed: None) -> Runner:
    shared_runner._log.write_text("")
    return shared_runner


@pytest.fixture(scope="session")
def shared_runners(
    shared_runner: Runner, config: Config, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Runners]:
    others = [Runner(config, tmp_path_factory.mktemp("runner") / "log") for _ in range(3)]
    yield (shared_runner, *others)
    for runner in others:
        runner.close()


@pytest.fixture
def runners(shared_runners: Runners, committed: None) -> Runners:
    """Four of them."""
    for runner in shared_runners:
        runner._log.write_text("")
    return shared_runners


@pytest.fixture
def source() -> Iterator[LoopbackServer]:
    """Somebody's web server, with a recording at /talk.flac."""
    with loopback_server() as server:
        server.routes["/talk.flac"] = lambda exchange: exchange.reply(CLIP)
        yield server


@pytest.fixture
def engine(config: Config) -> Iterator[ScriptedEngine]:
    scripted = ScriptedEngine(config.engine_socket)
    yield scripted
    scripted.close()


@pytest.fixture
def real_engine(config: Config, tmp_path: Path) -> Iterator[None]:
    """The engine process with its model, where its weights are installed."""
    if not weights.is_packaged():
        pytest.skip("the weight packages are not installed")
    command = [sys.executable, "-m", "speech.engines.host", "--socket", config.engine_socket, "--cache", tmp_path]
    host = subprocess.Popen([str(part) for part in command], cwd=PROJECT, stderr=subprocess.DEVNULL)
    client.ping(config.engine_socket, timeout_seconds=60)
    yield
    host.terminate()
    host.wait(10)


@pytest.fixture
def bob(committed: None) -> Account:
    """Owns what is committed for real."""
    with db.transaction() as session:
        return factories.make_account(session, email="bob@example.com")


@pytest.fixture
def accept(bob: Account) -> Callable[..., Transcription]:
    """`accept(url, vocabulary=["Ada"])` gives Bob's new transcription, committed and queued."""

    def create(url: str, *, headers: dict[str, str] | None = None, **options: Any) -> Transcription:
        with db.transaction() as session:
            return create_transcription(
                session,
                bob,
                source=Source.EXTERNAL_URL,
                url=url,
                url_headers=headers,
                options=Options(**options),
                details=Details(),
            )

    return create


def recognisable(transcription: Transcription, *, seconds: float = 11.0) -> Transcription:
    """As a fetch leaves it, with audio that the engine will not look at."""
    pcm = runtime.config().scratch_dir / "pcm"
    pcm.parent.mkdir(exist_ok=True)
    pcm.write_bytes(b"\0\0")
    store().put_file(audio_key(transcription.public_id), pcm)
    with db.transaction() as session:
        lease = claim(session, transcription.public_id, Stage.FETCHING, "test")
        assert lease is not None
        keep_media(session, lease, Fetched(f"media/{transcription.public_id}", 1, "0" * 64, "talk.flac"))
        hold_and_queue_recognition(session, lease, duration_seconds=seconds, content_type="audio/flac", truncated=False)
    return transcription


def now(transcription: Transcription) -> Transcription:
    """The transcription as the database has it at this moment."""
    with db.transaction() as session:
        return session.scalars(select(Transcription).where(Transcription.id == transcription.id)).one()


def understood(transcription: Transcription) -> Transcription:
    """The transcription as the last stage leaves it, which is not what is tested here."""
    with db.transaction() as session:
        lease = claim(session, transcription.public_id, Stage.UNDERSTANDING, "test")
        assert lease is not None, "it does not wait to be understood"
        complete(session, lease)
    return now(transcription)


def stored(transcription: Transcription) -> list[Segment]:
    with db.transaction() as session:
        query = select(Segment).where(Segment.transcription_id == transcription.id).order_by(Segment.number)
        return list(session.scalars(query))


def texts(transcription: Transcription) -> list[str]:
    return [segment.text for segment in stored(transcription)]


def scratch() -> list[Path]:
    return [path for path in runtime.config().scratch_dir.glob("*") if ".tr_" in path.name]
