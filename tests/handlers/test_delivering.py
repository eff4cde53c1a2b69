"""Who is sent to next: accounts take turns, and those that fail have only so many places (P29)."""

import pytest
from psycopg.errors import LockNotAvailable
from sqlalchemy import delete, func, select, update
from sqlalchemy.exc import OperationalError
from sqlalchemy.orm import Session

import db
from handlers import delivering, leases, webhook_endpoints
from handlers.delivering import Outcome
from models import Account, Event, WebhookAttempt, WebhookEndpoint
from tests.factories import make_account

URL = "http://127.0.0.1:9/"


def with_something_due(session: Session, account: Account, count: int, *, failing: bool = False) -> set[int]:
    """The ids of so many endpoints that a test is due for."""
    made = [webhook_endpoints.create_endpoint(session, account, url=URL)[0] for _ in range(count)]
    for endpoint in made:
        webhook_endpoints.send_test(session, account, endpoint.public_id)
        if failing:
            endpoint.failing_since = func.now()
    session.flush()
    return {endpoint.id for endpoint in made}


def claim(session: Session, token: str, **limits: int) -> set[int]:
    limits = {"most": 100, "most_failing": 100, "most_of_an_account": 100, **limits}
    return {each.endpoint_id for each in delivering.claim(session, token, **limits)}


@pytest.fixture
def bob(session: Session) -> Account:
    return make_account(session)


def test_accounts_take_turns(session: Session, alice: Account, bob: Account) -> None:
    many, few = with_something_due(session, alice, 5), with_something_due(session, bob, 1)

    first = claim(session, "a/1", most=2)

    assert (len(first & many), first & few) == (1, few)


def test_an_account_has_so_many_places_whoever_gives_them(session: Session, alice: Account, bob: Account) -> None:
    many, few = with_something_due(session, alice, 5), with_something_due(session, bob, 1)

    assert len(claim(session, "a/1", most_of_an_account=3) & many) == 3
    assert claim(session, "b/1", most_of_an_account=3) == set()
    leases.expire_leases_of(session, "a")
    assert claim(session, "b/1", most_of_an_account=3) >= few


def test_those_that_fail_come_last_and_leave_places(session: Session, alice: Account, bob: Account) -> None:
    failing = with_something_due(session, alice, 4, failing=True)
    healthy = with_something_due(session, bob, 2)

    assert claim(session, "a/1", most=2) == healthy
    assert len(claim(session, "a/1", most_failing=1) & failing) == 1


def test_an_endpoint_is_one_workers_at_a_time_and_its_work_too(session: Session, alice: Account) -> None:
    (mine,) = with_something_due(session, alice, 1)
    assert claim(session, "a/1") == {mine}
    assert claim(session, "b/1") == set()
    assert delivering.due(session, "b/1", [mine], held=[], most=10) == []

    (parcel,) = delivering.due(session, "a/1", [mine], held=[], most=10)
    assert delivering.due(session, "a/1", [mine], held=[parcel.delivery_id], most=10) == []
    assert delivering.renew(session, "a/1") == {mine}
    delivering.release(session, "a/1", [mine])
    assert claim(session, "b/1") == {mine}


def test_who_stores_what_was_answered_gives_way_to_who_deletes(committed: None) -> None:
    with db.transaction() as session:
        account = make_account(session)
        (endpoint_id,) = with_something_due(session, account, 1)
        claim(session, "a/1")
        (parcel,) = delivering.due(session, "a/1", [endpoint_id], held=[], most=10)
    outcome = Outcome(parcel.delivery_id, "2026-11-29T00:00:00Z", parcel.url, "v1,x", 204, 1, None, None, True, None)

    with db.transaction() as deleting:
        deleting.execute(delete(Event))
        with pytest.raises(OperationalError) as caught, db.transaction() as session:
            delivering.keep(session, {endpoint_id: [outcome]})
        assert isinstance(caught.value.orig, LockNotAvailable)
    with db.transaction() as session:
        delivering.keep(session, {endpoint_id: [outcome]})
        assert session.scalar(select(func.count()).select_from(WebhookAttempt)) == 0


def test_what_is_not_due_or_is_switched_off_is_nobodys(session: Session, alice: Account) -> None:
    with_something_due(session, alice, 1)
    session.execute(update(WebhookEndpoint).values(disabled_reason="by_owner"))
    assert claim(session, "a/1") == set()
