"""Everybody outside the service whom it speaks with, on loopback and behind cables: providers, hosts of recordings,
receivers of webhooks and, where recordings lie in a bucket, that bucket."""

import threading
import time
import wave
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from random import Random
from typing import Any, cast
from urllib.parse import urlsplit

from bench.running import ROOT, served
from speech.audio import decode
from tests.faults.cables import Cables, cables
from tests.providers import openai_standin, qwen_standin, voxtral_standin
from tests.providers.fakes import Line
from tests.providers.openai_standin import OpenAiStandin
from tests.providers.qwen_standin import QwenStandin
from tests.providers.voxtral_standin import VoxtralStandin
from tests.storage.seaweed import BUCKET, running_seaweed

CLIP_SECONDS = 2.4
SCRIPT = (Line(0.3, 2.15, "a", "And so, my fellow Americans,"),)
# How often a moody receiver says 500 to what it has read.
MOODY = 0.3


@dataclass(frozen=True, slots=True)
class Arrival:
    """One webhook that arrived at a path, and what was answered."""

    path: str
    headers: Mapping[str, str]
    body: bytes
    status: int
    at: float

    @property
    def event_id(self) -> str:
        return self.headers.get("webhook-id", "")


class Receiver:
    """Takes webhooks at any path and keeps them; at a path with `moody` in it, it fails now and then."""

    def __init__(self, seed: int) -> None:
        self.arrivals: list[Arrival] = []
        self._dice, self._lock = Random(seed), threading.Lock()
        self._server = _Server(("127.0.0.1", 0), _Hook)
        self._server.take = self.take
        self.port = int(self._server.server_address[1])
        threading.Thread(target=self._server.serve_forever, daemon=True).start()

    def take(self, path: str, headers: Mapping[str, str], body: bytes) -> int:
        with self._lock:
            status = 500 if "moody" in path and self._dice.random() < MOODY else 204
            self.arrivals.append(Arrival(path, headers, body, status, time.time()))
        return status

    def close(self) -> None:
        self._server.shutdown()
        self._server.server_close()


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    block_on_close = False
    take: Callable[[str, Mapping[str, str], bytes], int]

    def handle_error(self, request: Any, client_address: Any) -> None:
        """A cut cable."""


class _Hook(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def do_POST(self) -> None:
        length = int(self.headers["Content-Length"])
        body = self.rfile.read(length)
        if len(body) < length:
            return  # Cut off in the middle: nobody has got it.
        headers = {name.lower(): value for name, value in self.headers.items()}
        status = cast("_Server", self.server).take(self.path, headers, body)
        self.send_response(status)
        self.send_header("Content-Length", "0")
        self.end_headers()

    def log_message(self, format: str, *args: Any) -> None:  # noqa: A002
        pass


@dataclass(frozen=True)
class Town:
    """`settings` are what the service has to know of it."""

    cables: Cables
    receiver: Receiver
    providers: Mapping[str, Callable[[], None]]
    settings: Mapping[str, str]
    clip: bytes

    def refuse(self, provider: str) -> None:
        """Have a provider say for its next requests that it is overloaded."""
        self.providers[provider]()


@contextmanager
def town(folder: Path, *, seed: int, in_bucket: bool) -> Iterator[Town]:
    """All of them for the block."""
    with ExitStack() as stack:
        recordings = folder / "recordings"
        recordings.mkdir()
        pcm = make_clip(recordings)
        qwen, openai, voxtral = QwenStandin(), OpenAiStandin(), VoxtralStandin()
        receiver = Receiver(seed)
        for standin in (qwen, openai, voxtral, receiver):
            stack.callback(standin.close)
        qwen.script = list(SCRIPT)
        openai.listen(pcm, SCRIPT)
        voxtral.listen(pcm, SCRIPT)
        ports = {
            "qwen": _port(qwen.url),
            "openai": _port(openai.url),
            "mistral": _port(voxtral.url),
            "recordings": _port(stack.enter_context(served(recordings))),
            "hooks": receiver.port,
        }
        credentials: Mapping[str, str] = {}
        if in_bucket:
            (folder / "seaweed").mkdir()
            seaweed = stack.enter_context(running_seaweed(folder / "seaweed"))
            ports["store"], credentials = _port(seaweed.endpoint_url), seaweed.credentials
        lines = stack.enter_context(cables(ports))
        settings = {
            "DASHSCOPE_API_KEY": qwen_standin.API_KEY,
            "DASHSCOPE_BASE_URL": f"{lines.url('qwen')}/api/v1",
            "OPENAI_API_KEY": openai_standin.API_KEY,
            "OPENAI_BASE_URL": f"{lines.url('openai')}/v1",
            "MISTRAL_API_KEY": voxtral_standin.API_KEY,
            "MISTRAL_BASE_URL": lines.url("mistral"),
        }
        if in_bucket:
            store = {"S3_BUCKET": BUCKET, "S3_ENDPOINT_URL": lines.url("store"), "AWS_DEFAULT_REGION": "us-east-1"}
            settings |= {**store, **credentials}
        overloaded = {
            "qwen": lambda: qwen.refuse_next("submit", 503, "ServiceUnavailable", count=3),
            "openai": lambda: openai.fail_next(503, count=3),
            "mistral": lambda: voxtral.fail_next(429, count=3),
        }
        yield Town(lines, receiver, overloaded, settings, (recordings / "clip.wav").read_bytes())


def make_clip(folder: Path) -> bytes:
    """The first words of the sample recording, as `clip.wav` and as samples."""
    whole = folder / "pcm"
    decode(ROOT / "assets" / "jfk.flac", whole, max_seconds=60, deadline_seconds=60, on_tick=lambda: None)
    pcm = whole.read_bytes()[: round(CLIP_SECONDS * 16_000) * 2]
    whole.unlink()
    with wave.open(str(folder / "clip.wav"), "wb") as file:
        file.setparams((1, 2, 16_000, 0, "NONE", ""))
        file.writeframes(pcm)
    return pcm


def _port(url: str) -> int:
    port = urlsplit(url).port
    assert port is not None
    return port
