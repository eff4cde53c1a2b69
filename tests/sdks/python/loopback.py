"""A server on loopback that answers as a test tells it to, and remembers what it was asked."""

import json
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qsl, urlsplit


@dataclass(frozen=True)
class Incoming:
    """A request as it arrived; names of headers in lower case."""

    method: str
    path: str
    query: dict[str, str]
    headers: dict[str, str]
    body: bytes

    @property
    def json(self) -> Any:
        return json.loads(self.body)


@dataclass(frozen=True)
class Reply:
    """An answer: JSON unless `body` is bytes. `cut` ends the connection after so many bytes of it."""

    status: int = 200
    body: Any = b""
    headers: Mapping[str, str] = field(default_factory=dict)
    cut: int | None = None
    after_seconds: float = 0.0

    @property
    def content(self) -> bytes:
        return self.body if isinstance(self.body, bytes) else json.dumps(self.body).encode()


Answering = Callable[[Incoming], Reply]


def error(status: int, kind: str, code: str, **more: Any) -> Reply:
    """A refusal in the API's shape."""
    told = {"type": kind, "code": code, "message": f"It is {code}.", "param": None, "request_id": "req_1"}
    headers = more.pop("headers", {})
    return Reply(status, {"error": {**told, "doc_url": f"https://x.example/errors#{code}", **more}}, headers)


def in_turn(*replies: Reply) -> Answering:
    """One reply after the other, the last one again and again."""
    left = list(replies)

    def answer(_: Incoming) -> Reply:
        return left.pop(0) if len(left) > 1 else left[0]

    return answer


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    block_on_close = False

    def __init__(self, answering: Answering) -> None:
        super().__init__(("127.0.0.1", 0), _Exchange)
        self.answering = answering
        self.requests: list[Incoming] = []

    def handle_error(self, request: Any, client_address: Any) -> None:
        """Clients that hang up are what is tested."""


class _Exchange(BaseHTTPRequestHandler):
    server: _Server
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True  # Or head and body come 40 ms apart.

    def answer(self) -> None:
        address = urlsplit(self.path)
        length = int(self.headers.get("Content-Length") or 0)
        body = self.rfile.read(length)
        if len(body) < length:
            return
        headers = {name.lower(): value for name, value in self.headers.items()}
        incoming = Incoming(self.command, address.path, dict(parse_qsl(address.query)), headers, body)
        self.server.requests.append(incoming)
        self._say(self.server.answering(incoming))

    do_GET = do_POST = do_PUT = do_PATCH = do_DELETE = answer

    def _say(self, reply: Reply) -> None:
        time.sleep(reply.after_seconds)
        if reply.cut == 0:
            self.close_connection = True
            return
        self.send_response_only(reply.status)  # With no date of today, which a test may want to be another.
        for name, value in reply.headers.items():
            self.send_header(name, value)
        if reply.status != 204:
            self.send_header("Content-Length", str(len(reply.content)))
        self.end_headers()
        self.wfile.write(reply.content[: reply.cut])
        self.close_connection = reply.cut is not None

    def log_message(self, format: str, *args: Any) -> None:  # noqa: A002
        pass


@dataclass(frozen=True)
class Loopback:
    """Where it is, and what came."""

    url: str
    requests: list[Incoming]


@contextmanager
def loopback(answering: Answering) -> Iterator[Loopback]:
    """A server for the block."""
    server = _Server(answering)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    try:
        yield Loopback(f"http://127.0.0.1:{server.server_port}", server.requests)
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
