"""`python -m bench.uploads`: a 2 GiB file, sent in parts over a connection that is cut twice, and what memory it takes.

A service of its own is started, once with recordings on its disk and once with those in a bucket (SeaweedFS), and
`transcribe watch` sends it the file through a loopback proxy that drops every connection after a third and after two
thirds of it. The file is noise with a SHA-256, so that the service also fetches, checks and decodes it: it
has to answer `media_undecodable`, which it can only where every byte arrived. Takes four times the file's size of disk.
"""

import argparse
import json
import os
import signal
import socket
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urlsplit

from bench.running import ROOT, free_port, service
from tests.storage.seaweed import BUCKET, Seaweed, running_seaweed

BLOCK = 1024**2
DEAD_SECONDS = 3.0  # how long the proxy takes nobody after a cut
LOOK_EVERY_SECONDS = 0.2
SETTLED_FOR_SECONDS = 15.0  # By then every process has loaded what it loads.
SETTLED_WITHIN_SECONDS = 300.0
TRY_AGAIN = 5  # the client's exit code while it gets no answer


def main(arguments: list[str] | None = None) -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--mebibytes", type=int, default=2048)
    parser.add_argument("--store", choices=("local", "bucket"), action="append")
    options = parser.parse_args(arguments)
    for store in options.store or ("local", "bucket"):
        with tempfile.TemporaryDirectory(prefix=f"bench-uploads-{store}-") as name:
            directory = Path(name)
            directory.chmod(0o711)  # The database server is not root, and has to get through.
            measure(store, directory, options.mebibytes)


def measure(store: str, directory: Path, mebibytes: int) -> None:
    recording = directory / "recordings" / "noise.wav"
    _write_noise(recording, mebibytes)
    with ExitStack() as until_the_end:
        port = free_port()
        bucket = None if store == "local" else until_the_end.enter_context(_bucket(directory / "bucket"))
        upstream = port if bucket is None else int(urlsplit(bucket.endpoint_url).port or 0)
        proxy = Proxy(upstream, cuts=[mebibytes * BLOCK // 3, mebibytes * BLOCK * 2 // 3])
        settings = {"PORT": str(port)} | _settings(bucket, proxy.url)
        log = directory / "log"
        _, key, supervisor = until_the_end.enter_context(service(directory / "data", log, settings))
        api = proxy.url if bucket is None else f"http://127.0.0.1:{port}"
        roots = [supervisor, *([bucket.process.pid] if bucket else [])]
        _settle(roots)
        began = time.monotonic()
        with watched(roots) as memory:
            sent, starts = _watch(recording.parent, api, key, memory)
        (entry,) = json.loads((recording.parent / ".transcribe.json").read_text())["recordings"].values()
        code = entry["error"]["code"]
        print(
            f"\n{store}: {mebibytes} MiB sent in {sent - began:.1f} s, refused after {time.monotonic() - began:.1f} s"
        )
        print(f"cut {proxy.cuts_made} times, the client started {starts} times; outcome {code}")
        assert (proxy.cuts_made, code) == (2, "media_undecodable")
        memory.report()


def _watch(folder: Path, api: str, key: str, memory: "Memory") -> tuple[float, int]:
    """When everything was sent, and how often the client had to be started until it was through."""
    mine = {"TRANSCRIBE_BASE_URL": api, "TRANSCRIBE_API_KEY": key, "PYTHONPATH": str(ROOT / "sdks" / "python" / "src")}
    command = [sys.executable, "-m", "transcribe_client", "watch", str(folder), "--once"]
    sent, starts = 0.0, 0
    while True:
        starts += 1
        client = subprocess.Popen(
            command, env={**os.environ, **mine}, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True
        )
        memory.roots.append(client.pid)
        assert client.stderr is not None
        for line in client.stderr:
            if not sent and line.startswith("noise.wav:") and "uploading" not in line:
                sent = time.monotonic()
        if client.wait() != TRY_AGAIN:
            return sent, starts


def _write_noise(path: Path, mebibytes: int) -> None:
    """Blocks that all differ, so that one in a wrong place shows."""
    path.parent.mkdir(parents=True)
    noise = os.urandom(BLOCK - 8)
    with path.open("wb") as file:
        for number in range(mebibytes):
            file.write(number.to_bytes(8, "big") + noise)
    os.utime(path, (0, 0))


@contextmanager
def _bucket(directory: Path) -> Iterator[Seaweed]:
    directory.mkdir()
    with running_seaweed(directory) as seaweed:
        yield seaweed


def _settings(bucket: Seaweed | None, proxy_url: str) -> dict[str, str]:
    if bucket is None:
        return {"BASE_URL": proxy_url}
    return {
        "S3_BUCKET": BUCKET,
        "S3_ENDPOINT_URL": bucket.endpoint_url,
        "S3_PUBLIC_ENDPOINT_URL": proxy_url,
        **bucket.credentials,
    }


class Proxy:
    """A loopback port in front of another. When so many bytes have gone up, every connection is dropped."""

    def __init__(self, upstream: int, cuts: list[int]) -> None:
        self._upstream, self._cuts = upstream, cuts
        self.cuts_made, self._sent, self._dead_until = 0, 0, 0.0
        self._open: set[socket.socket] = set()
        self._lock = threading.Lock()
        self._listener = socket.create_server(("127.0.0.1", 0), backlog=64)
        self.url = f"http://127.0.0.1:{self._listener.getsockname()[1]}"
        threading.Thread(target=self._accept, daemon=True).start()

    def _accept(self) -> None:
        while True:
            client, _ = self._listener.accept()
            if time.monotonic() < self._dead_until:
                client.close()
                continue
            upstream = socket.create_connection(("127.0.0.1", self._upstream))
            with self._lock:
                self._open |= {client, upstream}
            for source, target, counted in ((client, upstream, True), (upstream, client, False)):
                threading.Thread(target=self._pump, args=[source, target, counted], daemon=True).start()

    def _pump(self, source: socket.socket, target: socket.socket, counted: bool) -> None:
        with suppress(OSError):
            while chunk := source.recv(256 * 1024):
                target.sendall(chunk)
                if counted:
                    self._count(len(chunk))
        for end in (source, target):
            with suppress(OSError):
                end.shutdown(socket.SHUT_RDWR)
            with self._lock:
                self._open.discard(end)

    def _count(self, size: int) -> None:
        with self._lock:
            self._sent += size
            if not self._cuts or self._sent < self._cuts[0]:
                return
            self._cuts.pop(0)
            self.cuts_made += 1
            self._dead_until = time.monotonic() + DEAD_SECONDS
            for end in self._open:
                with suppress(OSError):
                    end.shutdown(socket.SHUT_RDWR)


@dataclass
class Memory:
    """Resident memory of processes and all that they start, in MiB: at the beginning, and the peak since."""

    roots: list[int]
    before: dict[int, float] = field(default_factory=dict)
    peak: dict[int, float] = field(default_factory=dict)
    names: dict[int, str] = field(default_factory=dict)

    def begin(self) -> None:
        for pid in _tree(self.roots):
            with suppress(OSError):
                Path(f"/proc/{pid}/clear_refs").write_text("5")  # The peak so far was that of its start.
                self.before[pid] = _resident(pid, "VmRSS")
        self.look()

    def look(self) -> None:
        for pid in _tree(self.roots):
            with suppress(OSError, StopIteration):
                self.peak[pid] = max(self.peak.get(pid, 0.0), _resident(pid, "VmHWM"))
                self.names[pid] = _name(pid)

    def report(self) -> None:
        """The largest of each kind of process, and how many there were."""
        print(f"{'process':<32}{'count':>7}{'before':>9}{'peak':>9}  MiB resident")
        for name in sorted(set(self.names.values())):
            pids = [pid for pid, its_name in self.names.items() if its_name == name]
            before = max((self.before[pid] for pid in pids if pid in self.before), default=None)
            peak = max(self.peak[pid] for pid in pids)
            print(f"{name:<32}{len(pids):>7}{'' if before is None else f'{before:.0f}':>9}{peak:>9.0f}")


@contextmanager
def watched(roots: list[int]) -> Iterator[Memory]:
    memory, over = Memory(roots), threading.Event()
    memory.begin()

    def watch() -> None:
        while not over.wait(LOOK_EVERY_SECONDS):
            memory.look()

    watcher = threading.Thread(target=watch)
    watcher.start()
    try:
        yield memory
    finally:
        memory.look()
        over.set()
        watcher.join()


def _settle(roots: list[int]) -> None:
    """Wait until memory has stopped growing."""
    last, deadline = 0.0, time.monotonic() + SETTLED_WITHIN_SECONDS
    while time.monotonic() < deadline:
        total = 0.0
        for pid in _tree(roots):
            with suppress(OSError, StopIteration):
                total += _resident(pid, "VmRSS")
        if total < last * 1.01:
            return
        last = total
        time.sleep(SETTLED_FOR_SECONDS)


def _tree(roots: list[int]) -> list[int]:
    children: dict[int, list[int]] = {}
    for path in Path("/proc").glob("[0-9]*/stat"):
        with suppress(OSError, ValueError):
            parent = int(path.read_text().rpartition(")")[2].split()[1])
            children.setdefault(parent, []).append(int(path.parent.name))
    found = list(roots)
    for pid in found:
        found += children.get(pid, [])
    return found


def _resident(pid: int, field_name: str) -> float:
    lines = Path(f"/proc/{pid}/status").read_text().splitlines()
    return next(int(line.split()[1]) for line in lines if line.startswith(f"{field_name}:")) / 1024


def _name(pid: int) -> str:
    """What it runs: of Python's the program or module, of a worker the queue too."""
    words = Path(f"/proc/{pid}/cmdline").read_bytes().replace(b"\0", b" ").decode(errors="replace").split()
    shown = [Path(word).name.rstrip(":") for word in words if not word.startswith("-")]
    if shown and shown[0].startswith("python"):
        shown = shown[1:]
    return " ".join(shown[: 2 if shown[:1] == ["jobs.worker"] else 1]) or "ended"


if __name__ == "__main__":
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(1))
    main()
