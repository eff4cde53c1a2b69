"""A span for every request, where traces are made. Its jobs go on with it (`transcriptions.trace_parent`).

A trace begins here whatever `traceparent` a client sends: strangers are not to choose what is sampled. What theirs and
ours have in common is X-Request-Id.
"""

from contextlib import ExitStack

from flask import Flask, Response, g, request

from telemetry import tracing

QUIET_ENDPOINTS = frozenset({"static", "health.healthz", "health.readyz", "metrics.show"})


def register(app: Flask) -> None:
    app.before_request(_begin)
    app.after_request(_tell)
    app.teardown_request(_end)


def _begin() -> None:
    if request.endpoint in QUIET_ENDPOINTS:
        return
    route = request.url_rule.rule if request.url_rule else "none"
    g.trace = ExitStack()
    g.span = g.trace.enter_context(
        tracing.span(
            f"{request.method} {route}",
            "server",
            http__request__method=request.method,
            http__route=route,
            transcribe__request_id=g.request_id,
        )
    )


def _tell(response: Response) -> Response:
    if "span" in g:
        g.span.tell(http__response__status_code=response.status_code, transcribe__error_code=g.get("error_code"))
        if response.status_code >= 500:
            g.span.fail(g.get("error_code") or str(response.status_code))
    return response


def _end(_: BaseException | None) -> None:
    """It lasts as long as its answer is sent."""
    trace: ExitStack | None = g.pop("trace", None)
    g.pop("span", None)
    if trace is not None:
        trace.close()
