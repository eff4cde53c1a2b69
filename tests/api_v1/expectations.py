"""What every answer of the API has in common, and the routes that it has."""

import json
import re
from typing import Any

from flask import Flask
from sqlalchemy import func, select
from sqlalchemy.orm import Session
from werkzeug.test import TestResponse

from app import PublicIdConverter
from blueprints import api_v1
from models import Transcription

URL = "https://example.com/talk.mp3"
BODY = {"source": "external_url", "url": URL}
TYPES = {401: "authentication_error", 402: "payment_required_error", 429: "rate_limit_error"}
ERROR_FIELDS = ["type", "code", "message", "param", "request_id", "doc_url"]


def error_of(response: TestResponse, status: int, code: str, param: str | None = None) -> dict[str, Any]:
    """The error of a response that has the one shape of all errors."""
    assert response.status_code == status, response.text
    assert response.content_type == "application/json"
    body = response.get_json()
    assert list(body) == ["error"]
    error: dict[str, Any] = body["error"]
    assert list(error) == ERROR_FIELDS
    assert (error["code"], error["param"]) == (code, param)
    assert error["request_id"] == response.headers["X-Request-Id"]
    assert error["doc_url"].endswith(f"#{code}")
    if not code.startswith("idempotency") and code != "invalid_idempotency_key":
        assert error["type"] == TYPES.get(status, "invalid_request_error" if status < 500 else "api_error")
    return error


def events_of(text: str) -> list[tuple[str, Any]]:
    """The server-sent events of a stream: name and data."""
    events = []
    for block in text.split("\n\n"):
        lines = dict(line.split(": ", 1) for line in block.splitlines() if not line.startswith(":"))
        if lines:
            events.append((lines["event"], json.loads(lines["data"])))
    return events


def routes(app: Flask | None = None) -> list[tuple[str, str]]:
    """Every (method, rule) of the API; without an app, as its blueprint alone makes them."""
    if app is None:
        app = Flask("routes")
        app.url_map.converters["public_id"] = PublicIdConverter
        app.register_blueprint(api_v1.blueprint)
    rules = [rule for rule in app.url_map.iter_rules() if rule.rule.startswith("/api/")]
    return sorted((method, rule.rule) for rule in rules for method in (rule.methods or set()) - {"OPTIONS"})


def path_of(rule: str, **ids: str) -> str:
    """The rule as a path: `path_of(rule, transcription_id="tr_1")`; an id that is not given is one that nobody has."""
    return re.sub(r"<public_id:(\w+)>", lambda match: ids.get(match[1], "tr_0"), rule)


def count_of(session: Session) -> int:
    return session.scalars(select(func.count()).select_from(Transcription)).one()
