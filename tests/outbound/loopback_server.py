"""A small server on loopback that says what a test tells it to, one function for each path."""

import contextlib
import ssl
import threading
from collections.abc import Callable, Iterator, Mapping
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, cast

RECORDING = b"ID3" + bytes(range(256)) * 300


class Exchange(BaseHTTPRequestHandler):
    """One request and what is answered; `wfile` takes raw bytes for servers that do not keep to the rules."""

    protocol_version = "HTTP/1.1"

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"]))
        cast("_Server", self.server).bodies.append(body)
        self.do_GET()

    def do_GET(self) -> None:
        server = cast("_Server", self.server)
        server.requests.append((self.path, dict(self.headers.items())))
        self.close_connection = True
        server.routes.get(self.path.partition("?")[0], not_found)(self)

    def reply(self, body: bytes = b"", status: int = 200, headers: Mapping[str, str] | None = None) -> None:
        self.head(status, {"Content-Length": str(len(body)), **(headers or {})})
        self.wfile.write(body)

    def head(self, status: int, headers: Mapping[str, str]) -> None:
        self.send_response(status)
        for name, value in headers.items():
            self.send_header(name, value)
        self.end_headers()

    def redirect(self, location: str) -> None:
        self.reply(status=302, headers={"Location": location})

    def log_message(self, format: str, *args: Any) -> None:  # noqa: A002
        pass


Route = Callable[[Exchange], None]


def not_found(exchange: Exchange) -> None:
    exchange.reply(b"no such path", status=404)


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    block_on_close = False

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), Exchange)
        self.routes: dict[str, Route] = {}
        self.requests: list[tuple[str, dict[str, str]]] = []
        self.bodies: list[bytes] = []

    def handle_error(self, request: Any, client_address: Any) -> None:
        """A client that hung up is what half of the tests are about."""


class LoopbackServer:
    """`routes` maps a path to what answers it; `requests` holds (path with query, headers) in order of arrival, and
    `bodies` what was posted."""

    def __init__(self, server: _Server) -> None:
        self.routes = server.routes
        self.requests = server.requests
        self.bodies = server.bodies
        self.port = int(server.server_address[1])

    def url(self, path: str, host: str = "127.0.0.1") -> str:
        return f"http://{host}:{self.port}{path}"

    @property
    def paths(self) -> list[str]:
        return [path for path, _ in self.requests]


@contextlib.contextmanager
def loopback_server(tls: ssl.SSLContext | None = None) -> Iterator[LoopbackServer]:
    server = _Server()
    if tls is not None:
        server.socket = tls.wrap_socket(server.socket, server_side=True)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
    thread.start()
    try:
        yield LoopbackServer(server)
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
