"""An OpenTelemetry collector on loopback: takes spans as the protocol has them, and keeps them."""

import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest


@dataclass(frozen=True)
class Taken:
    """A span as it arrived; ids in hexadecimal."""

    service: str
    name: str
    trace_id: str
    span_id: str
    parent_id: str
    kind: int
    failed: str | None
    attributes: dict[str, Any]


@dataclass
class Collector:
    url: str = ""
    spans: list[Taken] = field(default_factory=list)
    raw: bytes = b""

    def named(self, name: str, seconds: float = 0.0) -> Taken:
        """The one span of this name, waited for so long."""
        deadline = time.monotonic() + seconds
        while not (found := [span for span in self.spans if span.name == name]):
            assert time.monotonic() < deadline, [span.name for span in self.spans]
            time.sleep(0.05)
        assert len(found) == 1
        return found[0]

    def take(self, body: bytes) -> None:
        self.raw += body
        request = ExportTraceServiceRequest.FromString(body)
        for resource in request.resource_spans:
            about = {each.key: each.value.string_value for each in resource.resource.attributes}
            for scope in resource.scope_spans:
                self.spans += [_taken(about.get("service.name", ""), span) for span in scope.spans]


def _taken(service: str, span: Any) -> Taken:
    values = {each.key: getattr(each.value, each.value.WhichOneof("value")) for each in span.attributes}
    return Taken(
        service,
        span.name,
        span.trace_id.hex(),
        span.span_id.hex(),
        span.parent_span_id.hex(),
        span.kind,
        span.status.message if span.status.code == 2 else None,
        values,
    )


@contextmanager
def collector() -> Iterator[Collector]:
    """A collector for the block."""
    kept = Collector()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            assert self.path == "/v1/traces"
            assert self.headers["Content-Type"] == "application/x-protobuf"
            kept.take(self.rfile.read(int(self.headers["Content-Length"])))
            self.send_response(200)
            self.send_header("Content-Length", "0")
            self.end_headers()

        def log_message(self, *_: Any) -> None:
            pass

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        kept.url = f"http://127.0.0.1:{server.server_port}"
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
        thread.start()
        try:
            yield kept
        finally:
            server.shutdown()
            thread.join()
