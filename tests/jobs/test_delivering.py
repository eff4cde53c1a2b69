"""Deliveries end to end: real rows, a real receiver, and the loop of the job (P24–P29)."""

import asyncio
import json
import threading
import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import func, select, update
from standardwebhooks import Webhook

import db
from handlers import delivering, events, leases, notices, transcriptions, webhook_deliveries, webhook_endpoints
from jobs import delivering as loop
from jobs import queues
from jobs.delivering import Delivering
from jobs.queues import QueueName
from models import (
    Account,
    DeliveryState,
    DisabledReason,
    EventType,
    Notice,
    Transcription,
    WebhookAttempt,
    WebhookDelivery,
    WebhookEndpoint,
)
from tests.factories import make_account, make_transcription
from tests.outbound.loopback_server import Exchange, LoopbackServer, loopback_server

PENDING, SUCCEEDED, FAILED = DeliveryState


@pytest.fixture(autouse=True)
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    """Nobody waits here for more events, nor for long for an answer."""
    monkeypatch.setattr(loop, "LINGER_SECONDS", 0.0)
    monkeypatch.setattr(loop, "EXCHANGE_SECONDS", 1.0)


@pytest.fixture
def receiver(committed: None) -> Iterator[LoopbackServer]:
    """Takes everything at /ok."""
    with loopback_server() as server:
        server.routes["/ok"] = lambda request: request.reply(b"thanks")
        yield server


def endpoint_of(account: Account, url: str, **options: Any) -> tuple[WebhookEndpoint, str]:
    with db.transaction() as session:
        return webhook_endpoints.create_endpoint(session, account, url=url, **options)


def end_one(account: Account) -> Transcription:
    """A transcription that has just become final."""
    with db.transaction() as session:
        made = make_transcription(session, account)
        return transcriptions.cancel_transcription(session, account, made.public_id)


def deliver() -> None:
    """What the job does."""
    asyncio.run(Delivering().run())


def deliveries(endpoint: WebhookEndpoint) -> list[WebhookDelivery]:
    with db.transaction() as session:
        query = select(WebhookDelivery).where(WebhookDelivery.endpoint_id == endpoint.id)
        return list(session.scalars(query.order_by(WebhookDelivery.id)))


def attempts(delivery: WebhookDelivery) -> list[WebhookAttempt]:
    with db.transaction() as session:
        query = select(WebhookAttempt).where(WebhookAttempt.delivery_id == delivery.id)
        return list(session.scalars(query.order_by(WebhookAttempt.number)))


def now_of(endpoint: WebhookEndpoint) -> WebhookEndpoint:
    with db.transaction() as session:
        return session.scalars(select(WebhookEndpoint).where(WebhookEndpoint.id == endpoint.id)).one()


def make_due() -> None:
    """Whatever is pending is tried now."""
    with db.transaction() as session:
        session.execute(update(WebhookDelivery).values(due_at=func.now()))


def test_P24_P25_a_final_transcription_is_told_once_and_can_be_verified(bob: Account, receiver: LoopbackServer) -> None:
    endpoint, secret = endpoint_of(bob, receiver.url("/ok"))
    ended = end_one(bob)
    (job,) = queues.queue(QueueName.DELIVER).jobs
    assert job.args == ["due"]
    deliver()
    deliver()

    ((_, headers),) = receiver.requests
    told = Webhook(secret).verify(receiver.bodies[0], {name.lower(): value for name, value in headers.items()})
    assert (told["id"], told["type"]) == (headers["webhook-id"], "transcription.failed")
    assert (told["data"]["id"], told["data"]["status"]) == (ended.public_id, "failed")
    assert headers["Content-Type"] == "application/json"
    (delivery,) = deliveries(endpoint)
    (attempt,) = attempts(delivery)
    assert (delivery.state, delivery.last_status, attempt.status, attempt.answer) == (SUCCEEDED, 200, 200, "thanks")
    assert attempt.signature == headers["webhook-signature"]


def test_P26_what_fails_is_tried_again_with_the_same_id_and_another_time(
    bob: Account, receiver: LoopbackServer
) -> None:
    answers = iter([500, 302, 200])
    receiver.routes["/hook"] = lambda request: request.reply(b"no", status=next(answers))
    endpoint, _ = endpoint_of(bob, receiver.url("/hook"))
    end_one(bob)
    for _ in range(3):
        deliver()
        (delivery,) = deliveries(endpoint)
        if delivery.state is PENDING:
            assert 4 < (delivery.due_at - datetime.now(UTC)).total_seconds() < 350
            deliver()  # Nothing is due yet.
            make_due()

    assert len({headers["webhook-id"] for _, headers in receiver.requests}) == 1
    assert [attempt.status for attempt in attempts(delivery)] == [500, 302, 200]
    assert (delivery.state, delivery.attempts_count) == (SUCCEEDED, 3)


def test_P26_the_tenth_attempt_is_the_last(bob: Account, receiver: LoopbackServer) -> None:
    endpoint, _ = endpoint_of(bob, receiver.url("/nowhere"))
    end_one(bob)
    for _ in range(12):
        deliver()
        make_due()

    (delivery,) = deliveries(endpoint)
    assert (delivery.state, delivery.attempts_count, delivery.last_status) == (FAILED, 10, 404)
    assert delivery.finished_at is not None


def test_P26_retry_after_is_waited_for(bob: Account, receiver: LoopbackServer) -> None:
    receiver.routes["/busy"] = lambda request: request.reply(status=429, headers={"Retry-After": "3600"})
    endpoint, _ = endpoint_of(bob, receiver.url("/busy"))
    end_one(bob)
    deliver()

    (delivery,) = deliveries(endpoint)
    assert timedelta(minutes=59) < delivery.due_at - datetime.now(UTC) <= timedelta(hours=1)


def test_P26_gone_is_the_end_of_it_and_its_owner_is_told(bob: Account, receiver: LoopbackServer) -> None:
    receiver.routes["/gone"] = lambda request: request.reply(status=410)
    endpoint, _ = endpoint_of(bob, receiver.url("/gone"))
    end_one(bob)
    deliver()
    end_one(bob)
    deliver()

    assert now_of(endpoint).disabled_reason is DisabledReason.GONE
    assert len(receiver.requests) == 1
    assert [delivery.state for delivery in deliveries(endpoint)] == [FAILED]
    with db.transaction() as session:
        (notice,) = notices.open_notices(session, bob)
        assert "127.0.0.1 answered that it is gone" in notices.body(notice)


def test_P27_five_days_of_failure_switch_it_off_and_one_success_begins_them_anew(
    bob: Account, receiver: LoopbackServer
) -> None:
    answers = iter([500, 200, 500, 500])
    receiver.routes["/hook"] = lambda request: request.reply(status=next(answers))
    endpoint, _ = endpoint_of(bob, receiver.url("/hook"))

    def try_one(days_ago: int = 0) -> WebhookEndpoint:
        with db.transaction() as session:
            since = func.now() - timedelta(days=days_ago, minutes=1)
            failing = update(WebhookEndpoint).where(WebhookEndpoint.failing_since.is_not(None))
            session.execute(failing.values(failing_since=since))
        end_one(bob)
        deliver()
        return now_of(endpoint)

    assert try_one().failing_since is not None
    assert try_one(days_ago=6).failing_since is None
    assert try_one().enabled
    assert try_one(days_ago=5).disabled_reason is DisabledReason.FAILING
    with db.transaction() as session:
        (notice,) = notices.open_notices(session, bob)
        assert "nothing well for 5 days" in notices.body(notice)
        webhook_endpoints.update_endpoint(session, bob, endpoint.public_id, enabled=True)
        assert notices.open_notices(session, bob) == []


def test_P28_for_a_day_after_a_rotation_both_secrets_sign(bob: Account, receiver: LoopbackServer) -> None:
    endpoint, old = endpoint_of(bob, receiver.url("/ok"))
    with db.transaction() as session:
        _, new = webhook_endpoints.rotate_secret(session, bob, endpoint.public_id)
    end_one(bob)
    deliver()
    with db.transaction() as session:
        session.execute(update(WebhookEndpoint).values(previous_secret_expires_at=func.now()))
    end_one(bob)
    deliver()

    signatures = [headers["webhook-signature"].split() for _, headers in receiver.requests]
    assert [len(each) for each in signatures] == [2, 1]
    for secret in (old, new):
        headers = {name.lower(): value for name, value in receiver.requests[0][1].items()}
        Webhook(secret).verify(receiver.bodies[0], headers)


def test_P29_at_most_four_requests_are_on_their_way_to_one_endpoint_and_one_while_it_fails(
    bob: Account, receiver: LoopbackServer
) -> None:
    at_once, most, lock = 0, [0], threading.Lock()
    status = 200

    def count(request: Exchange) -> None:
        nonlocal at_once
        with lock:
            at_once += 1
            most[-1] = max(most[-1], at_once)
        time.sleep(0.05)
        with lock:
            at_once -= 1
        request.reply(status=status)

    receiver.routes["/slow"] = count
    endpoint_of(bob, receiver.url("/slow"))
    for _ in range(12):
        end_one(bob)
    deliver()
    assert most == [4]
    assert len(receiver.requests) == 12

    status, most = 500, [0]
    end_one(bob)
    deliver()
    for _ in range(4):
        end_one(bob)
    deliver()
    assert most == [1]


def test_P29_who_never_answers_keeps_nobody_waiting(bob: Account, receiver: LoopbackServer) -> None:
    release, arrived = threading.Event(), []

    def hang(request: Exchange) -> None:
        release.wait(5)

    def take(request: Exchange) -> None:
        arrived.append(time.monotonic())
        request.reply()

    receiver.routes |= {"/hang": hang, "/quick": take}
    with db.transaction() as session:
        other = make_account(session)
    for number in range(3):
        endpoint_of(bob, receiver.url(f"/hang?{number}"))
    endpoint_of(other, receiver.url("/quick"))
    for _ in range(3):
        end_one(bob)
    began = time.monotonic()
    thread = threading.Timer(0.3, lambda: end_one(other))
    thread.start()
    deliver()
    thread.join()
    release.set()

    assert [moment - began < 0.9 for moment in arrived] == [True]


def test_a_killed_workers_deliveries_are_sent_by_another_once_its_lease_is_over(
    bob: Account, receiver: LoopbackServer
) -> None:
    endpoint, _ = endpoint_of(bob, receiver.url("/ok"))
    end_one(bob)
    with db.transaction() as session:
        claimed = delivering.claim(session, "dead/1", most=10, most_failing=10, most_of_an_account=10)
        assert [each.endpoint_id for each in claimed] == [endpoint.id]
    deliver()
    assert receiver.requests == []

    with db.transaction() as session:
        leases.expire_leases_of(session, "dead")
    deliver()
    assert len(receiver.requests) == 1


def test_a_lost_doorbell_is_rung_again_for_what_is_due_and_for_nothing_else(
    bob: Account, receiver: LoopbackServer
) -> None:
    endpoint_of(bob, receiver.url("/ok"))
    end_one(bob)
    bells = queues.queue(QueueName.DELIVER)
    queues.connection().flushdb()

    def ring() -> int:
        with db.transaction() as session:
            delivering.ring_for_due(session)
        return int(bells.count)

    assert [ring(), ring()] == [1, 1]
    deliver()
    queues.connection().flushdb()
    assert ring() == 0


def test_P27_redelivering_sends_the_same_event_again(bob: Account, receiver: LoopbackServer) -> None:
    endpoint, _ = endpoint_of(bob, receiver.url("/ok"))
    end_one(bob)
    deliver()
    (delivery,) = deliveries(endpoint)
    with db.transaction() as session:
        again = webhook_deliveries.redeliver(session, bob, delivery.public_id)
        assert (again.state, again.attempts_count) == (PENDING, 1)
    deliver()

    assert len({headers["webhook-id"] for _, headers in receiver.requests}) == 1
    assert receiver.bodies[0] == receiver.bodies[1]
    assert [attempt.number for attempt in attempts(delivery)] == [1, 2]


def test_P27_everything_since_a_time_is_sent_also_what_never_was(bob: Account, receiver: LoopbackServer) -> None:
    end_one(bob)
    with db.transaction() as session:
        since = db.now(session)
    endpoint, _ = endpoint_of(bob, receiver.url("/ok"), event_types=[EventType.FAILED])
    end_one(bob)
    deliver()
    other, _ = endpoint_of(bob, receiver.url("/ok"))
    with db.transaction() as session:
        assert webhook_deliveries.redeliver_since(session, bob, endpoint.public_id, since) == 1
        assert webhook_deliveries.redeliver_since(session, bob, other.public_id, since - timedelta(days=1)) == 2
    deliver()

    assert [delivery.attempts_count for delivery in deliveries(endpoint)] == [2]
    assert [delivery.state for delivery in deliveries(other)] == [SUCCEEDED, SUCCEEDED]


def test_a_test_is_sent_to_its_endpoint_alone(bob: Account, receiver: LoopbackServer) -> None:
    endpoint, _ = endpoint_of(bob, receiver.url("/ok"), event_types=[EventType.COMPLETED])
    endpoint_of(bob, receiver.url("/other"))
    with db.transaction() as session:
        webhook_endpoints.send_test(session, bob, endpoint.public_id)
    deliver()

    assert receiver.paths == ["/ok"]
    told = json.loads(receiver.bodies[0])
    assert (told["type"], told["data"]) == ("webhook.test", {"webhook_endpoint_id": endpoint.public_id})


def test_what_is_switched_off_or_deleted_is_told_nothing(bob: Account, receiver: LoopbackServer) -> None:
    off, _ = endpoint_of(bob, receiver.url("/ok"))
    gone, _ = endpoint_of(bob, receiver.url("/ok"))
    end_one(bob)
    with db.transaction() as session:
        webhook_endpoints.update_endpoint(session, bob, off.public_id, enabled=False)
        webhook_endpoints.delete_endpoint(session, bob, gone.public_id)
    end_one(bob)
    deliver()
    assert receiver.requests == []

    with db.transaction() as session:
        webhook_endpoints.update_endpoint(session, bob, off.public_id, enabled=True)
    deliver()
    assert len(receiver.requests) == 1  # What was pending; what happened meanwhile made no delivery.


def test_an_endpoint_that_is_deleted_amid_its_deliveries_leaves_nothing(bob: Account, receiver: LoopbackServer) -> None:
    endpoint, _ = endpoint_of(bob, receiver.url("/hook"))

    def delete(request: Exchange) -> None:
        with db.transaction() as session:
            webhook_endpoints.delete_endpoint(session, bob, endpoint.public_id)
        request.reply()

    receiver.routes["/hook"] = delete
    end_one(bob)
    deliver()

    with db.transaction() as session:
        assert session.scalars(select(func.count()).select_from(WebhookAttempt)).one() == 0
        assert session.scalars(select(Notice)).all() == []
        assert events.list_events(session, bob, since=None, kind=None, limit=10, cursor=None).rows


def test_a_private_target_is_refused_at_every_attempt(bob: Account, receiver: LoopbackServer) -> None:
    endpoint, _ = endpoint_of(bob, receiver.url("/ok"))
    with db.transaction() as session:
        session.execute(update(WebhookEndpoint).values(url=f"https://localhost:{receiver.port}/ok"))
    end_one(bob)
    deliver()

    (delivery,) = deliveries(endpoint)
    assert (delivery.last_error, receiver.requests) == ("unreachable", [])


def test_secrets_stay_out_of_logs_and_queues(
    bob: Account, receiver: LoopbackServer, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level("DEBUG")
    _, secret = endpoint_of(bob, receiver.url("/ok?token=hush"))
    end_one(bob)
    jobs = [str(job.to_dict()) for job in queues.queue(QueueName.DELIVER).jobs]
    deliver()

    told = caplog.text + "".join(jobs)
    assert secret.removeprefix("whsec_") not in told
    assert "hush" not in told
