"""The trash and the retention of recordings through the API."""

from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from models import Account
from tests.api_v1.expectations import BODY
from tests.factories import make_completed

PATH = "/api/v1/transcriptions"


@pytest.fixture
def completed(session: Session, alice: Account) -> str:
    public_id = make_completed(session, alice).public_id
    session.commit()
    return public_id


def ids(answer: Any) -> list[str]:
    return [row["id"] for row in answer.get_json()["data"]]


def test_what_is_trashed_comes_back(api: FlaskClient, completed: str) -> None:
    trashed = api.post(f"{PATH}/{completed}/trash").get_json()
    assert trashed["trashed_at"] is not None
    assert (ids(api.get(PATH)), ids(api.get("/api/v1/trash"))) == ([], [completed])
    assert api.get(f"{PATH}/{completed}/result").status_code == 404

    restored = api.post(f"{PATH}/{completed}/restore").get_json()
    assert (restored["trashed_at"], restored["artifacts"]["search"]) == (None, "pending")
    assert (ids(api.get(PATH)), ids(api.get("/api/v1/trash"))) == ([completed], [])


def test_delete_is_for_good_from_the_trash_too(api: FlaskClient, completed: str) -> None:
    api.post(f"{PATH}/{completed}/trash")

    assert api.delete(f"{PATH}/{completed}").status_code == 204

    assert ids(api.get("/api/v1/trash")) == []
    assert api.post(f"{PATH}/{completed}/restore").status_code == 404


@pytest.mark.parametrize("wish", ["keep", "after_success", 24])
def test_the_retention_comes_back_as_it_was_wished(api: FlaskClient, wish: Any) -> None:
    made = api.post(PATH, json={**BODY, "retention": {"media": wish}}).get_json()

    assert made["retention"] == {"media": wish, "media_available": False, "media_expires_at": None}


@pytest.mark.parametrize("wish", ["forever", 0, -1, 1.5, "24", True, None, 10**9])
def test_another_retention_is_refused(api: FlaskClient, wish: Any) -> None:
    answer = api.post(PATH, json={**BODY, "retention": {"media": wish}})

    assert (answer.status_code, answer.get_json()["error"]["code"]) == (422, "invalid_field")
    assert answer.get_json()["error"]["param"].startswith("retention.media")
