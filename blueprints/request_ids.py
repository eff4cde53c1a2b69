"""An id for every request: in the answer, in every log line, and on the jobs it starts."""

import logging
import re
import time

from flask import Flask, Response, g, request

from handlers.callers import begin_request
from logs import add_to_log_context, clear_log_context
from public_ids import new_id

log = logging.getLogger(__name__)

VALID = re.compile(r"[A-Za-z0-9._:-]{1,128}")
# Whoever reads the log must not be able to open what is shared, what the local store's signed addresses lead to, or
# what was mailed.
SECRET_PATH = re.compile(r"^(/s/|/store/parts/|/store/|/reset/|/confirm/)[^/]+")
QUIET_ENDPOINTS = frozenset({"static", "health.healthz", "health.readyz"})


def register(app: Flask) -> None:
    app.before_request(_begin)
    app.after_request(_end)


def _begin() -> None:
    given = request.headers.get("X-Request-Id", "")
    g.request_id = given if VALID.fullmatch(given) else new_id("req")
    g.began = time.monotonic()
    clear_log_context()
    add_to_log_context(request_id=g.request_id)
    begin_request(address=request.remote_addr, user_agent=request.headers.get("User-Agent"), request_id=g.request_id)


def _end(response: Response) -> Response:
    response.headers["X-Request-Id"] = g.request_id
    if request.endpoint not in QUIET_ENDPOINTS:
        log.info(
            "request",
            extra={
                "method": request.method,
                "path": SECRET_PATH.sub(r"\1…", request.path),
                "status": response.status_code,
                "milliseconds": round((time.monotonic() - g.began) * 1000, 1),
            },
        )
    return response
