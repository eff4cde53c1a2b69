"""GET /events: what happened, to catch up with after an outage."""

from datetime import UTC, datetime, timedelta
from urllib.parse import quote

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select, update
from sqlalchemy.orm import Session

from handlers import events
from handlers.transcriptions import cancel_transcription
from handlers.webhook_endpoints import create_endpoint, send_test
from models import Account, Event
from tests.api_v1.expectations import error_of
from tests.factories import make_completed, make_transcription

PATH = "/api/v1/events"


@pytest.fixture
def three(session: Session, alice: Account) -> list[str]:
    """The ids of a completion, a failure and a test, in this order."""
    make_completed(session, alice)
    cancel_transcription(session, alice, make_transcription(session, alice).public_id)
    endpoint, _ = create_endpoint(session, alice, url="http://127.0.0.1:9/")
    send_test(session, alice, endpoint.public_id)
    session.commit()
    return list(session.scalars(select(Event.public_id).order_by(Event.public_id)))


def ids(api: FlaskClient, query: str = "") -> list[str]:
    answer = api.get(f"{PATH}?{query}")
    assert answer.status_code == 200, answer.text
    return [event["id"] for event in answer.get_json()["data"]]


def test_events_come_newest_first_and_in_pages(api: FlaskClient, three: list[str]) -> None:
    page = api.get(f"{PATH}?limit=2").get_json()

    assert [event["id"] for event in page["data"]] == three[:0:-1]
    assert [event["type"] for event in page["data"]] == ["webhook.test", "transcription.failed"]
    assert ids(api, f"cursor={page['next_cursor']}") == three[:1]


def test_everything_since_an_event_or_a_time(api: FlaskClient, session: Session, three: list[str]) -> None:
    now = datetime.now(UTC)
    for number, public_id in enumerate(three):
        moment = now - timedelta(hours=3 - number)
        session.execute(update(Event).where(Event.public_id == public_id).values(created_at=moment))
    session.commit()

    assert ids(api, f"since={three[0]}") == three[:0:-1]
    assert ids(api, f"since={three[2]}") == []
    between = (now - timedelta(minutes=90)).isoformat().replace("+00:00", "Z")
    assert ids(api, f"since={between}") == three[2:]
    assert ids(api, f"since={quote((now - timedelta(days=1)).isoformat())}&type=transcription.failed") == three[1:2]


@pytest.mark.parametrize("since", ["yesterday", "2026-11-22", "2026-11-22T08:00:00", "tr_1", ""])
def test_since_takes_nothing_else(api: FlaskClient, since: str) -> None:
    error_of(api.get(f"{PATH}?since={since}"), 422, "invalid_field", "since")


def test_an_unknown_type_is_refused(api: FlaskClient) -> None:
    error_of(api.get(f"{PATH}?type=transcription.begun"), 422, "invalid_field", "type")


def test_one_event_is_as_in_the_list(api: FlaskClient, three: list[str]) -> None:
    (last, *_) = api.get(PATH).get_json()["data"]
    assert api.get(f"{PATH}/{three[-1]}").get_json() == last


def test_a_stranger_sees_none(stranger: FlaskClient, three: list[str]) -> None:
    assert ids(stranger) == []
    error_of(stranger.get(f"{PATH}/{three[0]}"), 404, "not_found")


def test_events_are_forgotten_after_thirty_days_with_their_deliveries(
    api: FlaskClient, session: Session, three: list[str]
) -> None:
    old = datetime.now(UTC) - timedelta(days=30, minutes=1)
    session.execute(update(Event).where(Event.public_id == three[2]).values(created_at=old))
    events.purge(session)
    session.commit()

    assert ids(api) == three[1::-1]
