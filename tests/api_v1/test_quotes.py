"""POST /quotes: what it would cost, free, holding nothing."""

import http.server
import threading
from collections.abc import Iterator
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from handlers import accounts
from models import Account, LedgerMovement, MovementKind, Upload
from tests.api_v1.expectations import BODY, count_of, error_of
from tests.factories import api_client, make_account

JFK = Path(__file__).parents[2] / "assets" / "jfk.flac"  # 11 s
PATH = "/api/v1/quotes"


@pytest.fixture
def upload_id(api: FlaskClient, visitor: FlaskClient) -> str:
    content = JFK.read_bytes()
    ticket = api.post(
        "/api/v1/uploads", json={"filename": "jfk.flac", "content_type": "audio/flac", "size_bytes": len(content)}
    ).get_json()
    assert visitor.put(ticket["url"].partition("8000")[2], data=content, headers=ticket["headers"]).status_code == 200
    return str(ticket["id"])


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """A loopback server of recordings."""
    folder = tmp_path_factory.mktemp("site")
    (folder / "jfk.flac").write_bytes(JFK.read_bytes())
    (folder / "long.flac").write_bytes(JFK.read_bytes() + bytes(2 << 20))
    (folder / "page.html").write_text("<!doctype html><title>No</title>")

    class Quiet(http.server.SimpleHTTPRequestHandler):
        def log_message(self, *arguments: Any) -> None:
            pass

    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), partial(Quiet, directory=str(folder))) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()


def quoted(api: FlaskClient, **body: Any) -> dict[str, Any]:
    answer = api.post(PATH, json={"source": "external_url" if "url" in body else "upload", **body})
    assert answer.status_code == 200, answer.text
    return dict(answer.get_json())


def test_an_upload_is_measured_exactly(api: FlaskClient, upload_id: str) -> None:
    assert quoted(api, upload_id=upload_id) == {
        "object": "quote",
        "pipeline_code": "whisper-base",
        "duration_seconds": 11.0,
        "is_estimate": False,
        "price_per_minute_usd": "0.005000",
        "total_usd": "0.000917",
        "affordable": True,
        "warnings": [],
    }


def test_a_quote_leaves_no_trace(api: FlaskClient, session: Session, upload_id: str) -> None:
    quoted(api, upload_id=upload_id)

    assert count_of(session) == 0
    assert session.scalar(select(func.count()).where(LedgerMovement.kind == MovementKind.HOLD)) == 0
    assert session.scalars(select(Upload.used_at)).one() is None
    assert api.post("/api/v1/transcriptions", json={"source": "upload", "upload_id": upload_id}).status_code == 202


def test_a_short_file_at_a_url_is_measured_exactly(api: FlaskClient, site: str) -> None:
    quote = quoted(api, url=f"{site}/jfk.flac")

    assert (quote["duration_seconds"], quote["is_estimate"], quote["total_usd"]) == (11.0, False, "0.000917")


def test_of_a_long_one_its_header_is_read(api: FlaskClient, site: str) -> None:
    quote = quoted(api, url=f"{site}/long.flac")

    assert (quote["duration_seconds"], quote["is_estimate"], quote["total_usd"]) == (11.0, True, "0.000917")


@pytest.mark.parametrize(("path", "code"), [("page.html", "url_not_media"), ("none.mp3", "source_unreachable")])
def test_a_length_that_is_unknown_is_null_and_says_why(api: FlaskClient, site: str, path: str, code: str) -> None:
    quote = quoted(api, url=f"{site}/{path}")

    assert (quote["duration_seconds"], quote["total_usd"], quote["affordable"]) == (None, None, True)
    assert [warning["code"] for warning in quote["warnings"]] == [code]


def test_it_tells_what_cannot_be_paid(app: Flask, session: Session, site: str) -> None:
    poor = api_client(app, session, make_account(session, top_up_microusd=916))

    quote = quoted(poor, url=f"{site}/jfk.flac")

    assert (quote["total_usd"], quote["affordable"]) == ("0.000917", False)
    assert [warning["code"] for warning in quote["warnings"]] == ["insufficient_funds"]


def test_it_tells_what_the_cap_and_max_cost_forbid(
    api: FlaskClient, session: Session, alice: Account, site: str
) -> None:
    quote = quoted(api, url=f"{site}/jfk.flac", max_cost_usd="0.0009")
    assert [warning["code"] for warning in quote["warnings"]] == ["max_cost_exceeded"]

    accounts.set_monthly_cap(session, alice, 900)
    session.commit()

    quote = quoted(api, url=f"{site}/jfk.flac")
    assert (quote["affordable"], [warning["code"] for warning in quote["warnings"]]) == (False, ["monthly_cap_reached"])


@pytest.mark.parametrize(
    ("body", "status", "code", "param"),
    [
        ({"source": "external_url"}, 422, "missing_field", "url"),
        ({"source": "external_url", "url": "ftp://example.com/a.mp3"}, 422, "url_not_allowed", "url"),
        ({**BODY, "pipeline_code": "x"}, 404, "pipeline_not_found", "pipeline_code"),
        ({"source": "upload", "upload_id": "up_0"}, 404, "upload_not_found", "upload_id"),
        ({**BODY, "colour": 1}, 422, "unknown_field", "colour"),
    ],
)
def test_a_body_is_refused_as_a_create_refuses_it(
    api: FlaskClient, body: dict[str, Any], status: int, code: str, param: str
) -> None:
    for path in (PATH, "/api/v1/transcriptions"):
        error_of(api.post(path, json=body), status, code, param)


def test_an_upload_without_bytes_is_incomplete(api: FlaskClient) -> None:
    ticket = api.post("/api/v1/uploads", json={"filename": "a.mp3", "content_type": "audio/mpeg", "size_bytes": 5})

    body = {"source": "upload", "upload_id": ticket.get_json()["id"]}

    error_of(api.post(PATH, json=body), 409, "upload_incomplete", "upload_id")


def test_charlie_gets_no_quote_of_alices_upload(stranger: FlaskClient, upload_id: str) -> None:
    error_of(
        stranger.post(PATH, json={"source": "upload", "upload_id": upload_id}), 404, "upload_not_found", "upload_id"
    )


def test_only_so_many_are_measured_at_once(api: FlaskClient, site: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("handlers.quotes._places", threading.BoundedSemaphore(1))
    monkeypatch.setattr("handlers.quotes.PATIENCE_SECONDS", 0.01)
    from handlers import quotes

    with quotes._a_place():
        error_of(api.post(PATH, json={"source": "external_url", "url": f"{site}/jfk.flac"}), 429, "rate_limited")

    assert quoted(api, url=f"{site}/jfk.flac")["total_usd"] == "0.000917"
