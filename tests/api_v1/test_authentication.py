"""Who may call: a Bearer token and nothing else, and one answer for whatever is no key."""

import logging
from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import event
from sqlalchemy.orm import Session

import db
from handlers import api_keys
from models import Account
from tests import factories
from tests.api_v1.expectations import error_of, path_of, routes

SAME_ID = {"X-Request-Id": "same"}


@contextmanager
def counted_queries() -> Iterator[list[str]]:
    statements: list[str] = []

    def note(connection: object, cursor: object, statement: str, *rest: object) -> None:
        statements.append(statement)

    event.listen(db.engine(), "before_cursor_execute", note)
    try:
        yield statements
    finally:
        event.remove(db.engine(), "before_cursor_execute", note)


def with_wrong_checksum() -> str:
    key = api_keys.new_plaintext()
    return key[:-1] + ("a" if key[-1] != "a" else "b")


def test_a_key_is_let_in(api: FlaskClient) -> None:
    assert api.get("/api/v1/me").status_code == 200


def test_the_scheme_is_read_in_any_case(api: FlaskClient) -> None:
    header = api.environ_base["HTTP_AUTHORIZATION"].replace("Bearer", "bearer")

    assert api.get("/api/v1/me", headers={"Authorization": header}).status_code == 200


def test_no_key_is_refused(anyone: FlaskClient) -> None:
    response = anyone.get("/api/v1/me")

    error_of(response, 401, "invalid_api_key")
    assert response.headers["WWW-Authenticate"].startswith("Bearer")


@pytest.mark.parametrize(
    "header",
    [
        "",
        "Bearer",
        "Bearer ",
        "Bearer nonsense",
        "Bearer tsk_live_",
        "Basic YTpi",
        "tsk_live_" + "0" * 36,
        pytest.param(f"Bearer {with_wrong_checksum()}", id="wrong checksum"),
        pytest.param(f"Bearer {api_keys.new_plaintext()}", id="nobody's key"),
        pytest.param(f"Token {api_keys.new_plaintext()}", id="another scheme"),
        "Bearer tsk_live_" + "\xe9" * 36,
        "Bearer " + "x" * 5000,
    ],
)
def test_P41_whatever_is_no_key_gets_the_same_bytes(anyone: FlaskClient, header: str) -> None:
    missing = anyone.get("/api/v1/me", headers=SAME_ID)

    response = anyone.get("/api/v1/me", headers={**SAME_ID, "Authorization": header})

    error_of(response, 401, "invalid_api_key")
    assert response.data == missing.data


def test_P41_a_revoked_key_gets_the_same_bytes(
    anyone: FlaskClient, api: FlaskClient, session: Session, alice: Account
) -> None:
    missing = anyone.get("/api/v1/me", headers=SAME_ID)
    for key in api_keys.active_api_keys(session, alice):
        api_keys.revoke_api_key(session, alice, key.public_id)
    session.commit()

    response = api.get("/api/v1/me", headers=SAME_ID)

    assert (response.status_code, response.data) == (401, missing.data)


@pytest.mark.parametrize(("method", "rule"), routes())
def test_every_route_wants_a_key(anyone: FlaskClient, method: str, rule: str) -> None:
    assert anyone.open(path_of(rule), method=method).status_code == 401


def test_P42_a_browser_session_opens_no_api(browser: FlaskClient) -> None:
    assert browser.get("/settings/account").status_code == 200

    error_of(browser.get("/api/v1/me"), 401, "invalid_api_key")


def test_P42_a_key_in_the_query_is_not_looked_at(app: Flask, session: Session, alice: Account) -> None:
    _, plaintext = api_keys.create_api_key(session, alice, name="script")
    session.commit()

    for name in ("api_key", "access_token", "key", "authorization"):
        error_of(app.test_client().get(f"/api/v1/me?{name}={plaintext}"), 401, "invalid_api_key")


def test_P42_the_api_sets_no_cookie(api: FlaskClient) -> None:
    assert "Set-Cookie" not in api.get("/api/v1/me").headers


def test_P38_a_wrong_checksum_asks_the_database_nothing(anyone: FlaskClient) -> None:
    with counted_queries() as statements:
        response = anyone.get("/api/v1/me", headers={"Authorization": f"Bearer {with_wrong_checksum()}"})

    assert response.status_code == 401
    assert statements == []


def test_P40_revoking_holds_for_the_next_request(app: Flask, session: Session, alice: Account) -> None:
    first, second = (factories.api_client(app, session, alice) for _ in range(2))
    newest = api_keys.active_api_keys(session, alice)[0]
    mine = first if first.get("/api/v1/me").get_json()["api_key"]["id"] == newest.public_id else second

    api_keys.revoke_api_key(session, alice, newest.public_id)
    session.commit()

    assert sorted(client.get("/api/v1/me").status_code for client in (first, second)) == [200, 401]
    assert mine.get("/api/v1/me").status_code == 401


def test_P39_no_key_is_written_to_the_log(api: FlaskClient, caplog: pytest.LogCaptureFixture) -> None:
    plaintext = api.environ_base["HTTP_AUTHORIZATION"].removeprefix("Bearer ")

    with caplog.at_level(logging.DEBUG):
        for path in ("me", f"me?api_key={plaintext}", "nowhere"):
            assert plaintext not in api.get(f"/api/v1/{path}").text

    assert [record.getMessage() for record in caplog.records].count("request") == 3
    assert not any(plaintext[9:] in str(record.__dict__) for record in caplog.records)
