"""Who waits never takes the threads of those who only ask."""

import runpy
from pathlib import Path

import pytest
from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from blueprints import seats
from blueprints.api_v1 import waiting
from blueprints.seats import Seats
from errors import Unavailable
from models import Account
from tests.api_v1.expectations import error_of
from tests.factories import make_completed, make_transcription

PATH = "/api/v1/transcriptions"
PROJECT = Path(__file__).parents[2]


@pytest.fixture
def one_seat(monkeypatch: pytest.MonkeyPatch) -> Seats:
    only = Seats(1, 1)
    monkeypatch.setattr(waiting, "seats", only)
    return only


def test_there_are_threads_that_nobody_can_wait_in() -> None:
    threads = runpy.run_path(str(PROJECT / "gunicorn.conf.py"))["threads"]

    assert seats.OF_AN_ACCOUNT < seats.IN_ALL <= threads - 20
    assert seats.OF_AN_ACCOUNTS_PAGES < seats.OF_PAGES < seats.IN_ALL


def test_an_account_cannot_take_all_seats() -> None:
    room = Seats(3, 2)

    assert [room.take(account) for account in (1, 1, 1, 2, 2)] == [True, True, False, True, False]
    room.leave(1)
    assert room.take(2)
    with pytest.raises(Unavailable), room.seat(3):
        pass


def test_where_no_seat_is_left_a_wait_tells_how_it_stands(
    api: FlaskClient, session: Session, alice: Account, one_seat: Seats
) -> None:
    processing = make_transcription(session, alice)
    session.commit()

    with one_seat.seat(alice.id):
        shape = api.get(f"{PATH}/{processing.public_id}/wait?timeout=60").get_json()

    assert shape["status"] == "processing"


def test_a_stream_keeps_its_seat_until_it_ends(
    api: FlaskClient, session: Session, alice: Account, one_seat: Seats
) -> None:
    done = make_completed(session, alice)
    session.commit()
    path = f"{PATH}/{done.public_id}/events"

    first = api.get(path, buffered=False)
    refused = api.get(path)
    first.close()

    error_of(refused, 503, "service_unavailable")
    assert refused.headers["Retry-After"] == "5"
    assert api.get(path).status_code == 200
    assert one_seat.take(alice.id)


def test_a_stream_of_nothing_leaves_its_seat(api: FlaskClient, one_seat: Seats, alice: Account) -> None:
    error_of(api.get(f"{PATH}/tr_0/events"), 404, "not_found")

    assert one_seat.take(alice.id)
