"""Spans that go to an OpenTelemetry collector. The one door of its library; loaded only where a collector is set.

The library reads its variables `OTEL_*` by itself: where the collector is, its headers, what is sampled. A process
makes its exporter, which has a thread, with its first span: after a fork, never before.
"""

import os
import re
from collections.abc import Iterator
from threading import Thread

from opentelemetry import trace
from opentelemetry.context import Context
from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
from opentelemetry.sdk.resources import SERVICE_NAME, Resource
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import BatchSpanProcessor

from telemetry.tracing import Kind, Span, Value

TRACE_PARENT = re.compile(r"00-([0-9a-f]{32})-([0-9a-f]{16})-([0-9a-f]{2})")
FLUSH_SECONDS = 2.0


class CollectorTracer:
    """Makes spans, and sends them in the background."""

    def __init__(self, service: str) -> None:
        self._service = service
        self._provider: TracerProvider | None = None
        self._made_by = 0

    def begin(self, name: str, kind: Kind, parent: str | None) -> Iterator[Span]:
        tracer = self._provider_of_process().get_tracer("transcribe")
        with tracer.start_as_current_span(
            name,
            context=_context(parent),
            kind=trace.SpanKind[kind.upper()],
            # Their messages may quote what nobody is to read.
            record_exception=False,
            set_status_on_exception=False,
        ) as made:
            yield _Span(made)

    def trace_parent(self) -> str | None:
        context = trace.get_current_span().get_span_context()
        if not context.is_valid:
            return None
        return f"00-{context.trace_id:032x}-{context.span_id:016x}-{int(context.trace_flags):02x}"

    def flush(self) -> None:
        if self._provider is not None and self._made_by == os.getpid():
            # The library waits for its exporter, which tries a collector that is away for ten seconds.
            sending = Thread(target=self._provider.force_flush, daemon=True)
            sending.start()
            sending.join(FLUSH_SECONDS)

    def _provider_of_process(self) -> TracerProvider:
        if self._provider is None or self._made_by != os.getpid():
            self._provider = TracerProvider(resource=Resource.create({SERVICE_NAME: self._service}))
            self._provider.add_span_processor(BatchSpanProcessor(OTLPSpanExporter()))
            self._made_by = os.getpid()
        return self._provider


class _Span:
    def __init__(self, made: trace.Span) -> None:
        self._made = made

    def tell(self, **attributes: Value) -> None:
        for name, value in attributes.items():
            if value is not None:
                self._made.set_attribute(name.replace("__", "."), value)

    def fail(self, code: str) -> None:
        self._made.set_status(trace.StatusCode.ERROR, code)
        self._made.set_attribute("error.type", code)

    def rename(self, name: str) -> None:
        self._made.update_name(name)


def _context(parent: str | None) -> Context | None:
    match = TRACE_PARENT.fullmatch(parent or "")
    if match is None:
        return None
    context = trace.SpanContext(
        trace_id=int(match[1], 16),
        span_id=int(match[2], 16),
        is_remote=True,
        trace_flags=trace.TraceFlags(int(match[3], 16)),
    )
    return trace.set_span_in_context(trace.NonRecordingSpan(context))
