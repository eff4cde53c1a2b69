"""A whole service that tests share, and patience with it."""

import signal
import wave
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import httpx

from bench.running import ROOT, Api, served, service
from speech.audio import decode
from tests.descendants import descendants, send


@dataclass(frozen=True)
class Running:
    """A service under test, the recordings it may fetch, and its log."""

    api: Api
    files: str
    supervisor: int
    data_dir: Path
    log: Path
    base: str
    key: str

    def kill(self, command: str) -> None:
        """Kill its processes whose command line matches."""
        for process in descendants(self.supervisor, command):
            send(process, signal.SIGKILL)

    def forget_endpoints(self) -> None:
        """Tell nobody any more."""
        for each in self.api.call("GET", "/webhook_endpoints")["data"]:
            address = f"{self.api.base}/webhook_endpoints/{each['id']}"
            httpx.delete(address, headers={"Authorization": f"Bearer {self.key}"}).raise_for_status()


@contextmanager
def running_service(folder: Path) -> Iterator[Running]:
    recordings = folder / "recordings"
    recordings.mkdir()
    make_recordings(recordings)
    log = folder / "log"
    with service(folder / "data", log) as (base, key, pid), served(recordings) as files:
        yield Running(Api(base, key), files, pid, folder / "data", log, base, key)


def make_recordings(folder: Path) -> None:
    """The sample; the sample over and over, as WAVs; a web page; a file that ends too early."""
    sample = (ROOT / "assets" / "jfk.flac").read_bytes()
    (folder / "jfk.flac").write_bytes(sample)
    (folder / "page.mp3").write_text("<!doctype html><title>Not a recording</title>")
    (folder / "empty.mp3").write_bytes(b"")
    pcm = folder / "pcm"
    decode(folder / "jfk.flac", pcm, max_seconds=60, deadline_seconds=60, on_tick=lambda: None)
    for name, times in (("long.wav", 2), ("longest.wav", 20)):
        with wave.open(str(folder / name), "wb") as file:
            file.setparams((1, 2, 16_000, 0, "NONE", ""))
            file.writeframes(pcm.read_bytes() * times)
