"""The engine process with a model that it has to download first: the packaged one, given out by a loopback hub."""

import json
import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from threading import Event, Thread
from typing import Any

import pytest

from speech.engines import client, weights
from speech.engines.snapshots import under_way
from speech.engines.trial import Trial, try_engine
from tests.speech.hub_standin import Hub, Repository, hub

pytestmark = [
    pytest.mark.whole,
    pytest.mark.engine,
    pytest.mark.skipif(not weights.is_packaged(), reason="the weight packages are not installed"),
]
ROOT = Path(__file__).resolve().parents[2]
CLIP = ROOT / "assets" / "jfk.flac"
HALF = 70_000_000


class Engine:
    """Starts the engine's process, one after the other on the same folder."""

    def __init__(self, folder: Path, hub: Hub) -> None:
        self.folder = folder
        self.socket = folder / "socket"
        self.models = folder / "models"
        self._environment = {**os.environ, "HF_ENDPOINT": hub.url, "HF_HUB_OFFLINE": "0"}
        self.processes: list[subprocess.Popen[str]] = []

    def start(self, model: str) -> "subprocess.Popen[str]":
        options = ["--socket", str(self.socket), "--cache", str(self.models), "--model", model]
        command = [sys.executable, "-m", "speech.engines.host", *options]
        process = subprocess.Popen(command, cwd=ROOT, env=self._environment, stderr=subprocess.PIPE, text=True)
        self.processes.append(process)
        return process


@pytest.fixture
def standin() -> Iterator[Hub]:
    with hub() as standin:
        yield standin


@pytest.fixture
def engine(standin: Hub, tmp_path: Path) -> Iterator[Engine]:
    engine = Engine(tmp_path, standin)
    yield engine
    for process in engine.processes:
        process.kill()
        process.communicate()


def messages(process: "subprocess.Popen[str]") -> list[str]:
    _, said = process.communicate(timeout=60)
    return [str(json.loads(line)["message"]) for line in said.splitlines() if line.startswith("{")]


def test_killed_in_the_middle_it_goes_on_and_whoever_waits_is_served(
    standin: Hub, engine: Engine, tmp_path: Path
) -> None:
    packaged = weights.packaged_model(tmp_path / "packaged")
    files: dict[str, bytes | Path] = {name: packaged / name for name in weights.PACKAGED_FILES}
    standin.repositories["ada/whisper"] = Repository(files)
    at_half, go_on = Event(), Event()

    def stop_at_half(position: int) -> None:
        if position >= HALF and not go_on.is_set():
            at_half.set()
            go_on.wait(60)

    standin.before_block = stop_at_half
    first = engine.start("ada/whisper")
    assert at_half.wait(60)
    download = under_way(engine.models)
    assert download is not None
    assert 30 < download.percent < 60
    with pytest.raises(client.EngineUnavailable):
        client.ping(engine.socket, timeout_seconds=0.5)
    first.kill()
    assert any("downloading ada/whisper" in message for message in messages(first))

    second = engine.start("ada/whisper")
    wait_for(lambda: under_way(engine.models))
    waiting, tried = in_background(lambda: try_engine(engine.socket, CLIP, tmp_path, start_seconds=120))
    go_on.set()
    waiting.join(120)

    trial = tried[0]
    assert isinstance(trial, Trial)
    assert (trial.model, trial.device, trial.sound_seconds) == ("ada/whisper", "cpu", 11.0)
    ranges = standin.ranges()
    assert ranges[0] is None
    assert [asked for asked in ranges[1:] if asked is None] == []
    second.terminate()
    said = messages(second)
    assert "downloaded and checked ada/whisper" in said
    assert not engine.socket.exists()


def test_what_cannot_be_had_is_said_in_one_line_and_ends_it(standin: Hub, engine: Engine) -> None:
    process = engine.start("ada/nothing")

    assert messages(process) == [
        f"WHISPER_MODEL=ada/nothing cannot be had: {standin.url.removeprefix('http://')} has no ada/nothing, or it is "
        "private and HF_TOKEN does not open it."
    ]
    assert process.returncode == os.EX_CONFIG


def wait_for(condition: Callable[[], object]) -> None:
    pause = Event()
    for _ in range(600):
        if condition():
            return
        pause.wait(0.1)
    pytest.fail("it never came true")


def in_background(work: Callable[[], Any]) -> tuple[Thread, list[Any]]:
    results: list[Any] = []
    thread = Thread(target=lambda: results.append(work()))
    thread.start()
    return thread, results
