"""What the endpoint says to HTTP: who may call, from where, how, and in which version."""

import threading
import time
from collections.abc import Callable
from typing import Any

import pytest
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from blueprints.mcp import tools
from blueprints.seats import Seats
from tests.api_v1.conftest import anyone, reconfigure
from tests.api_v1.expectations import error_of
from tests.mcp.conftest import Desk
from tests.transcriber import Transcriber

__all__ = ["anyone", "reconfigure"]

ACCEPT = {"Accept": "application/json, text/event-stream"}
LIST = {"jsonrpc": "2.0", "id": 1, "method": "tools/list", "params": {}}


def post(client: FlaskClient, message: Any = None, **headers: str) -> TestResponse:
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    return client.post("/mcp", json=LIST if message is None else message, headers={**ACCEPT, **named})


def test_a_client_of_2025_is_served_without_a_session(api: FlaskClient) -> None:
    hello = {"protocolVersion": "2025-06-18", "capabilities": {}, "clientInfo": {"name": "test", "version": "1"}}
    begun = post(api, {"jsonrpc": "2.0", "id": 0, "method": "initialize", "params": hello})
    ready = post(api, {"jsonrpc": "2.0", "method": "notifications/initialized"}, MCP_Protocol_Version="2025-06-18")
    listed = post(api, MCP_Protocol_Version="2025-06-18")

    assert begun.get_json()["result"]["serverInfo"]["name"] == "transcribe"
    assert begun.get_json()["result"]["protocolVersion"] == "2025-06-18"
    assert "Mcp-Session-Id" not in begun.headers
    assert (ready.status_code, ready.data) == (202, b"")
    assert len(listed.get_json()["result"]["tools"]) == len(tools.TOOLS)


@pytest.mark.parametrize("header", ["", "Bearer nonsense", "Basic YTpi"])
def test_without_a_key_it_is_401(anyone: FlaskClient, header: str) -> None:
    response = post(anyone, Authorization=header)

    error_of(response, 401, "invalid_api_key")
    assert response.headers["WWW-Authenticate"].startswith("Bearer")


def test_a_cookie_opens_nothing_and_no_page_is_asked_about_its_origin(browser: FlaskClient, api: FlaskClient) -> None:
    error_of(post(browser), 401, "invalid_api_key")
    response = post(api, Sec_Fetch_Site="cross-site")
    assert response.status_code == 200
    assert "Set-Cookie" not in response.headers


@pytest.mark.parametrize("method", ["GET", "DELETE", "PUT"])
def test_there_is_no_stream_of_the_servers_own_and_no_session(api: FlaskClient, method: str) -> None:
    response = api.open("/mcp", method=method, headers=ACCEPT)

    error_of(response, 405, "method_not_allowed")
    assert "POST" in response.headers["Allow"]


@pytest.mark.parametrize(
    ("origin", "status"),
    [
        ("https://evil.example", 403),
        ("null", 403),
        ("http://localhost.evil.example", 403),
        ("http://localhost:6274", 200),
        ("http://127.0.0.1", 200),
    ],
)
def test_a_page_elsewhere_is_refused(api: FlaskClient, origin: str, status: int) -> None:
    assert post(api, Origin=origin).status_code == status


@pytest.mark.parametrize(("host", "status"), [("evil.example", 421), ("evil.example:8000", 421), ("localhost:9", 200)])
def test_another_host_is_not_us(api: FlaskClient, host: str, status: int) -> None:
    response = api.post("/mcp", json=LIST, headers={**ACCEPT, "Host": host})

    assert response.status_code == status


@pytest.mark.parametrize("version", ["1900-01-01", "not a version"])
def test_a_version_nobody_knows_is_refused(api: FlaskClient, version: str) -> None:
    assert post(api, MCP_Protocol_Version=version).status_code == 400


@pytest.mark.parametrize(
    ("body", "status"),
    [(b"{", 400), (b"[]", 400), (b"[" * 100_000, 400), (b'{"jsonrpc":"2.0","id":1,"method":"no/such"}', 200)],
)
def test_what_is_no_message_is_an_error_of_json_rpc(api: FlaskClient, body: bytes, status: int) -> None:
    response = api.post("/mcp", data=body, headers={**ACCEPT, "Content-Type": "application/json"})

    assert response.status_code == status
    assert response.get_json()["error"]["code"] < 0


def test_a_tool_nobody_has_is_an_error_of_the_protocol(api: FlaskClient) -> None:
    response = post(api, {"jsonrpc": "2.0", "id": 1, "method": "tools/call", "params": {"name": "delete_everything"}})

    assert response.get_json()["error"]["code"] == -32602


def test_a_body_beyond_the_limit_is_refused(api: FlaskClient) -> None:
    error_of(post(api, {**LIST, "params": {"x": "x" * 3_000_000}}), 413, "request_too_large")


def test_the_limit_of_a_key_counts_here_too(api: FlaskClient, reconfigure: Callable[..., None]) -> None:
    reconfigure(rate_limit_per_minute=1)

    assert post(api).headers["RateLimit-Remaining"] == "0"
    assert error_of(post(api), 429, "rate_limited")


def test_the_rules_of_the_api_hold(api: FlaskClient) -> None:
    response = post(api, X_Request_Id="mine")

    assert response.headers["X-Request-Id"] == "mine"
    assert response.headers["Cache-Control"] == "no-store"
    assert response.headers["Access-Control-Allow-Origin"] == "*"
    assert "Content-Security-Policy" not in response.headers
    assert api.options("/mcp").status_code == 204


def test_a_slow_tool_keeps_nobody_waiting(desk: Desk, transcriber: Transcriber) -> None:
    transcriber.go_on.clear()
    made = desk.call("transcribe", url="https://example.com/talk.mp3")
    waiting = threading.Thread(
        target=lambda: desk.call("wait", transcription_id=made["transcription_id"], timeout_seconds=30)
    )
    waiting.start()
    began = time.monotonic()

    desk.call("list")

    assert time.monotonic() - began < 5
    transcriber.go_on.set()
    waiting.join()


def test_without_a_seat_a_wait_is_refused(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tools, "seats", Seats(0, 0))

    assert desk.text("wait", transcription_id="tr_0").startswith("service_unavailable: ")
    assert desk.text("ask", question="Who?").startswith("service_unavailable: ")
