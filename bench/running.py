"""A service of our own for measurements and tests: started for a block, on loopback, with servers of its own."""

import http.server
import json
import os
import re
import socket
import subprocess
import sys
import threading
import time
import urllib.request
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import datetime
from functools import partial
from pathlib import Path
from typing import IO, Any

ROOT = Path(__file__).resolve().parent.parent


@contextmanager
def service(
    data_dir: Path, log: Path | None = None, settings: Mapping[str, str] | None = None
) -> Iterator[tuple[str, str, int]]:
    """The base URL, an API key and the supervisor's process id of a service that is ready; its log goes to a file."""
    port = free_port()
    env = {
        **os.environ,
        "DATA_DIR": str(data_dir),
        "PORT": str(port),
        "FETCH_ALLOWED_HOSTS": "127.0.0.1",
        "RATE_LIMIT_PER_MINUTE": "100000",
        **(settings or {}),
    }
    command = [sys.executable, "-m", "processes.local"]
    with open(log or os.devnull, "w") as stderr:
        running = subprocess.Popen(command, cwd=ROOT, env=env, stdout=subprocess.PIPE, stderr=stderr, text=True)
    assert running.stdout is not None
    try:
        key = ""
        for line in running.stdout:
            key = key or next(iter(re.findall(r"tsk_live_\w+", line)), "")
            if line.startswith("Ready:"):
                break
        assert running.poll() is None, "the service did not start"
        # What it prints from here on goes nowhere; a full pipe would stop it.
        threading.Thread(target=_drain, args=[running.stdout], daemon=True).start()
        yield f"http://127.0.0.1:{port}", key, running.pid
    finally:
        running.terminate()
        running.wait()


def _drain(stream: IO[str]) -> None:
    with stream:
        for _ in stream:
            pass


@contextmanager
def served(folder: Path) -> Iterator[str]:
    """The address of a loopback server of the folder's files."""

    class Quiet(http.server.SimpleHTTPRequestHandler):
        def log_message(self, *args: Any) -> None:
            pass

    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), partial(Quiet, directory=str(folder)))
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        server.server_close()


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


class Api:
    """A client of the API."""

    def __init__(self, base: str, key: str) -> None:
        self.base, self.key = f"{base}/api/v1", key

    def call(self, method: str, path: str, body: dict[str, Any] | None = None) -> dict[str, Any]:
        headers = {"Authorization": f"Bearer {self.key}", "Content-Type": "application/json"}
        data = None if body is None else json.dumps(body).encode()
        request = urllib.request.Request(self.base + path, data, headers, method=method)
        with urllib.request.urlopen(request, timeout=90) as response:
            return dict(json.load(response))

    def transcribe(self, url: str) -> float:
        """Seconds from accepted to completed, by the service's own clock."""
        return took_seconds(self.transcription(url))

    def transcription(self, url: str, **options: Any) -> dict[str, Any]:
        """The transcription of a URL, when it is completed."""
        made = self.call("POST", "/transcriptions", {"source": "external_url", "url": url, **options})
        made = self.final(made, seconds=float("inf"))
        assert made["status"] == "completed", made["error"]
        return made

    def final(self, made: dict[str, Any], *, seconds: float = 120) -> dict[str, Any]:
        """A transcription once it is over, or as it is when time is up."""
        deadline = time.monotonic() + seconds
        while made["status"] == "processing" and time.monotonic() < deadline:
            made = self.call("GET", f"/transcriptions/{made['id']}/wait?timeout=10")
        return made


def took_seconds(made: dict[str, Any]) -> float:
    """From accepted to completed."""
    accepted, completed = (datetime.fromisoformat(made[moment]) for moment in ("created_at", "completed_at"))
    return (completed - accepted).total_seconds()
