"""Limits per key, and per address for requests without a valid one (P49)."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from blueprints import rate_limits
from handlers import api_keys
from jobs import queues
from models import Account
from tests import factories
from tests.api_v1.expectations import BODY, error_of

NAMES = ("RateLimit-Limit", "RateLimit-Remaining", "RateLimit-Reset")
Reconfigure = Callable[..., None]


@pytest.fixture
def no_redis(monkeypatch: pytest.MonkeyPatch, tmp_path: Path, session: Session) -> Iterator[None]:
    """A Redis address where nobody listens."""
    # The real connection is remembered so that monkeypatch puts it back.
    monkeypatch.setattr(queues, "_connection", queues.connection())
    queues.connect(f"unix://{tmp_path}/nobody.sock")
    rate_limits._shared.cache_clear()
    rate_limits._own.cache_clear()
    yield
    rate_limits._shared.cache_clear()
    rate_limits._own.cache_clear()


@pytest.mark.parametrize("path", ["/me", "/transcriptions/tr_0", "/nowhere", "/transcriptions?limit=0"])
def test_P49_every_answer_says_how_many_are_left(api: FlaskClient, path: str, reconfigure: Reconfigure) -> None:
    reconfigure(rate_limit_per_minute=10)

    left = [int(api.get(f"/api/v1{path}").headers["RateLimit-Remaining"]) for _ in range(2)]

    assert left == [9, 8]
    limit, _, reset = (int(api.get(f"/api/v1{path}").headers[name]) for name in NAMES)
    assert limit == 10
    assert 0 < reset <= 61


def test_P49_one_request_too_many_is_told_when_to_come_back(api: FlaskClient, reconfigure: Reconfigure) -> None:
    reconfigure(rate_limit_per_minute=2)

    answers = [api.get("/api/v1/me") for _ in range(3)]

    assert [answer.status_code for answer in answers] == [200, 200, 429]
    error_of(answers[2], 429, "rate_limited")
    assert 1 <= int(answers[2].headers["Retry-After"]) <= 61
    assert answers[2].headers["RateLimit-Remaining"] == "0"


def test_P49_each_key_has_a_limit_of_its_own(
    app: Flask, session: Session, alice: Account, reconfigure: Reconfigure
) -> None:
    first, second = (factories.api_client(app, session, alice) for _ in range(2))
    reconfigure(rate_limit_per_minute=1)

    answers = [client.get("/api/v1/me").status_code for client in (first, first, second)]

    assert answers == [200, 429, 200]


def test_P49_requests_without_a_key_count_by_address(anyone: FlaskClient, reconfigure: Reconfigure) -> None:
    reconfigure(anonymous_rate_limit_per_minute=2)

    answers = [anyone.get("/api/v1/me").status_code for _ in range(3)]

    assert answers == [401, 401, 429]
    elsewhere = anyone.get("/api/v1/me", environ_base={"REMOTE_ADDR": "192.0.2.7"})
    assert elsewhere.status_code == 401


def test_P49_guessed_keys_count_by_address(anyone: FlaskClient, reconfigure: Reconfigure) -> None:
    reconfigure(anonymous_rate_limit_per_minute=2)

    keys = [{"Authorization": f"Bearer {api_keys.new_plaintext()}"} for _ in range(3)]

    assert [anyone.get("/api/v1/me", headers=key).status_code for key in keys] == [401, 401, 429]


def test_P49_a_valid_key_is_served_whatever_its_address_did(
    api: FlaskClient, anyone: FlaskClient, reconfigure: Reconfigure
) -> None:
    reconfigure(anonymous_rate_limit_per_minute=1)

    assert [anyone.get("/api/v1/me").status_code for _ in range(2)] == [401, 429]
    assert api.get("/api/v1/me").status_code == 200


@pytest.mark.usefixtures("no_redis")
def test_P49_without_redis_each_process_counts_for_itself(api: FlaskClient, reconfigure: Reconfigure) -> None:
    reconfigure(rate_limit_per_minute=2)

    assert [api.get("/api/v1/me").status_code for _ in range(3)] == [200, 200, 429]


@pytest.mark.usefixtures("no_redis")
def test_P54_without_redis_a_transcription_is_accepted(api: FlaskClient) -> None:
    response = api.post("/api/v1/transcriptions", json=BODY)

    assert response.status_code == 202
    assert api.get(response.headers["Location"]).get_json()["stage"] == "queued"
