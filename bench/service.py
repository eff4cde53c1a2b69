"""How long the whole service takes on a short clip, against the bare engine, and how fast a long transcript opens.

    python -m bench.service [--repeat 5] [--segments 5000]

Starts the service on servers of its own, sends `assets/jfk.flac` by URL as a client would, and runs bare faster-whisper
on the same file in turn, so that a busy machine slows both.
"""

import argparse
import http.server
import json
import os
import re
import socket
import statistics
import subprocess
import sys
import tempfile
import threading
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from functools import partial
from pathlib import Path
from typing import Any

import db
import runtime
from bench.engine import ROOT, bare_model, bare_transcribe, seconds
from config import from_env
from handlers.accounts import account_by_email
from handlers.sign_in import start_session
from models import Segment, Source, Status, Transcription

SAMPLE = ROOT / "assets" / "jfk.flac"
START_SECONDS = 120


@contextmanager
def service(data_dir: Path) -> Iterator[tuple[str, str]]:
    """The base URL and an API key of a service of our own that is ready."""
    port = free_port()
    env = {
        **os.environ,
        "DATA_DIR": str(data_dir),
        "PORT": str(port),
        "FETCH_ALLOWED_HOSTS": "127.0.0.1",
        "RATE_LIMIT_PER_MINUTE": "100000",
    }
    command = [sys.executable, "-m", "processes.local"]
    running = subprocess.Popen(command, cwd=ROOT, env=env, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)
    assert running.stdout is not None
    try:
        key = ""
        for line in running.stdout:
            key = key or next(iter(re.findall(r"tsk_live_\w+", line)), "")
            if line.startswith("Ready:"):
                break
        threading.Thread(target=running.stdout.read, daemon=True).start()
        yield f"http://127.0.0.1:{port}", key
    finally:
        running.terminate()
        running.wait()


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
        made = self.call("POST", "/transcriptions", {"source": "external_url", "url": url})
        while made["status"] == "processing":
            made = self.call("GET", f"/transcriptions/{made['id']}/wait?timeout=60")
        assert made["status"] == "completed", made["error"]
        return (
            datetime.fromisoformat(made["completed_at"]) - datetime.fromisoformat(made["created_at"])
        ).total_seconds()


def long_transcript(segments: int) -> tuple[str, str]:
    """A completed transcription of so many segments, put into the database, and a session to open it with."""
    with db.transaction() as session:
        account = account_by_email(session, "you@localhost")
        transcription = Transcription(
            account_id=account.id,
            source=Source.UPLOAD,
            pipeline_code="whisper-base",
            title="A long one",
            price_per_minute_microusd=5000,
            status=Status.COMPLETED,
            progress=1.0,
            duration_seconds=segments * 4.0,
            started_at=datetime.now().astimezone(),
            completed_at=datetime.now().astimezone(),
        )
        session.add(transcription)
        session.flush()
        words = ["and", "so", "it", "went", "on", "for", "a", "good", "while", "until", "it", "ended"]
        session.add_all(
            Segment(
                transcription_id=transcription.id,
                number=number,
                start=number * 4.0,
                end=number * 4.0 + 4,
                text=" ".join(words),
                speaker=f"S{number // 5 % 3 + 1}",
                words=[[number * 4 + i / 3, number * 4 + (i + 1) / 3, word, 0.9] for i, word in enumerate(words)],
            )
            for number in range(segments)
        )
        return transcription.public_id, start_session(session, account)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--repeat", type=int, default=5)
    parser.add_argument("--segments", type=int, default=5000)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="bench-") as name:
        data_dir = Path(name)
        data_dir.chmod(0o711)  # The database server may run as another user, who must get through.
        with service(data_dir) as (base, key), served(SAMPLE.parent) as files:
            api = Api(base, key)
            bare = bare_model(data_dir / "models", model="base", threads=os.cpu_count() or 1)
            api.transcribe(f"{files}/{SAMPLE.name}")
            bare_transcribe(bare, SAMPLE)
            theirs, ours = [], []
            for _ in range(options.repeat):
                theirs.append(seconds(lambda: bare_transcribe(bare, SAMPLE)))
                ours.append(api.transcribe(f"{files}/{SAMPLE.name}"))
            print(f"clip                   {SAMPLE.name}, median of {options.repeat}, warm")
            print(f"bare faster-whisper    {statistics.median(theirs):.2f} s")
            print(f"accepted to completed  {statistics.median(ours):.2f} s")
            print(f"difference             {statistics.median(ours) - statistics.median(theirs):+.2f} s")
            runtime.wire(from_env({"DATA_DIR": name}), pool_size=1)
            public_id, token = long_transcript(options.segments)
            db.engine().dispose()
            page, size = open_page(f"{base}/transcriptions/{public_id}", token)
            print(f"page of {options.segments} segments  {page * 1000:.0f} ms, {size / 1000:.0f} kB of HTML")


def open_page(url: str, token: str) -> tuple[float, int]:
    """Median seconds and bytes of a signed-in GET."""
    from app import create_app

    app = create_app(runtime.config())
    serializer = app.session_interface.get_signing_serializer(app)  # type: ignore[attr-defined]
    cookie = serializer.dumps({"_user_id": token, "_fresh": True, "_permanent": True})
    request = urllib.request.Request(url, headers={"Cookie": f"session={cookie}"})
    times, size = [], 0
    for _ in range(7):
        started = time.perf_counter()
        with urllib.request.urlopen(request) as response:
            size = len(response.read())
        times.append(time.perf_counter() - started)
    return statistics.median(times), size


if __name__ == "__main__":
    main()
