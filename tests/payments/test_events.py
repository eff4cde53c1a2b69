"""Stripe's events as they arrive: verified, recorded once, answered at once, acted on until it succeeds."""

from collections.abc import Callable
from dataclasses import replace

import pytest
from sqlalchemy import select, text
from sqlalchemy.orm import Session

import runtime
from errors import PaymentsUnavailable
from handlers import payments
from jobs import queues
from jobs.payments import handle_event
from jobs.queues import QueueName
from models import StripeEvent
from tests.api_v1.expectations import error_of
from tests.payments.conftest import Desk

BEFORE = 10_000_000  # what every test account has


def recorded(session: Session) -> list[StripeEvent]:
    session.expire_all()
    return list(session.scalars(select(StripeEvent).order_by(StripeEvent.event_id)))


def test_an_event_is_recorded_before_anything_is_asked(desk: Desk) -> None:
    desk.pay_top_up()
    asked = len(desk.standin.requests)

    body, headers = desk.standin.signed(desk.standin.events[-1])
    answer = desk.client.post("/stripe/events", data=body, headers=headers)

    assert (answer.status_code, answer.get_json()) == (200, {"received": True})
    assert len(desk.standin.requests) == asked
    [event] = recorded(desk.session)
    assert (event.type, event.handled_at) == (desk.standin.events[-1]["type"], None)
    assert queues.waiting(QueueName.BILLING) == {event.event_id}


def test_a_repeat_is_taken_and_recorded_once(desk: Desk) -> None:
    desk.pay_top_up()
    body, headers = desk.standin.signed(desk.standin.events[-1])

    for _ in range(3):
        assert desk.client.post("/stripe/events", data=body, headers=headers).status_code == 200

    assert len(recorded(desk.session)) == 1


@pytest.mark.parametrize(
    "damage",
    [
        lambda body, headers: (bytes([body[0] ^ 1]) + body[1:], headers),
        lambda body, headers: (body + b" ", headers),
        lambda body, headers: (body, {}),
        lambda body, headers: (body, {**headers, "Stripe-Signature": "t=1,v1=00"}),
        lambda body, headers: (b"", headers),
    ],
)
def test_P22_what_stripe_did_not_sign_is_refused(
    desk: Desk, damage: Callable[[bytes, dict[str, str]], tuple[bytes, dict[str, str]]]
) -> None:
    desk.pay_top_up()
    body, headers = damage(*desk.standin.signed(desk.standin.events[-1]))

    error_of(desk.client.post("/stripe/events", data=body, headers=headers), 400, "invalid_signature")

    assert recorded(desk.session) == []


def test_P22_an_old_signature_is_refused(desk: Desk) -> None:
    desk.pay_top_up()
    event = desk.standin.events[-1]
    body, headers = desk.standin.signed(event, at=event["created"] - 301)

    error_of(desk.client.post("/stripe/events", data=body, headers=headers), 400, "invalid_signature")


def test_P22_an_event_of_the_other_mode_is_refused(desk: Desk) -> None:
    desk.pay_top_up()
    body, headers = desk.standin.signed({**desk.standin.events[-1], "livemode": True})

    error_of(desk.client.post("/stripe/events", data=body, headers=headers), 400, "invalid_signature")


def test_without_keys_there_is_no_such_address(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(runtime, "_config", replace(runtime.config(), stripe=None))

    error_of(desk.client.post("/stripe/events", data=b"{}"), 404, "not_found")


def test_an_event_about_something_else_is_recorded_and_left_alone(desk: Desk) -> None:
    event = {
        "id": "evt_other",
        "object": "event",
        "type": "product.updated",
        "created": desk_time(desk),
        "livemode": False,
        "data": {"object": {"id": "prod_1", "object": "product"}},
    }

    desk.deliver([event])

    assert recorded(desk.session)[0].handled_at is not None
    assert desk.wallet.top_up_microusd == BEFORE


def desk_time(desk: Desk) -> int:
    return int(desk.session.scalar(text("SELECT extract(epoch FROM now())")) or 0)


def test_an_event_outlives_an_outage(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("jobs.payments.die_with_parent", lambda: None)
    desk.pay_top_up(2_500)
    event_id = desk.standin.events_of("payment_intent.succeeded")[0]["id"]
    body, headers = desk.standin.signed(desk.standin.events_of("payment_intent.succeeded")[0])
    desk.client.post("/stripe/events", data=body, headers=headers)

    desk.standin.fail_next(503, 10)
    handle_event(event_id)
    [event] = recorded(desk.session)
    assert (event.tries, event.handled_at, desk.wallet.top_up_microusd) == (1, None, BEFORE)

    desk.standin._failures.clear()
    handle_event(event_id)
    assert desk.wallet.top_up_microusd == BEFORE + 25_000_000


def test_each_failure_is_put_off_longer(desk: Desk) -> None:
    desk.pay_top_up()
    desk.deliver([])
    body, headers = desk.standin.signed(desk.standin.events[-1])
    desk.client.post("/stripe/events", data=body, headers=headers)
    [event] = recorded(desk.session)
    delays = []

    for _ in range(12):
        payments.put_off(desk.session, event.event_id)
        delays.append(
            desk.session.scalar(text("SELECT extract(epoch FROM due_at - clock_timestamp()) FROM stripe_events"))
        )

    assert [round(float(delay or 0)) for delay in delays[:4]] == [15, 30, 60, 120]
    assert round(float(delays[-1] or 0)) == 3_600


def test_a_lost_doorbell_is_rung_again(desk: Desk) -> None:
    desk.pay_top_up()
    body, headers = desk.standin.signed(desk.standin.events[-1])
    desk.client.post("/stripe/events", data=body, headers=headers)
    queues.connection().flushdb()
    desk.session.execute(text("UPDATE stripe_events SET due_at = now() - interval '1 minute'"))
    desk.session.commit()

    payments.ring_for_events(desk.session)
    payments.ring_for_events(desk.session)

    assert len(queues.queue(QueueName.BILLING).get_job_ids()) == 1


def test_a_handled_event_is_not_handled_again(desk: Desk) -> None:
    desk.pay_top_up()
    desk.deliver()
    asked = len(desk.standin.requests)

    for event in recorded(desk.session):
        payments.handle_event(desk.session, event.event_id)

    assert len(desk.standin.requests) == asked


def test_an_outage_is_told_to_whoever_pays(desk: Desk) -> None:
    desk.standin.fail_next(500, 10)

    with pytest.raises(PaymentsUnavailable):
        payments.start_top_up(desk.session, desk.alice, amount_cents=2_500, attempt="one")


def test_a_lost_answer_makes_no_second_customer(desk: Desk) -> None:
    desk.standin.lose_answers(1)

    desk.pay_top_up()

    assert len(desk.standin.state.all_of("customer")) == 1


def test_no_event_is_kept_with_anybodys_address(desk: Desk) -> None:
    desk.pay_top_up()
    desk.deliver()

    kept = desk.session.execute(text("SELECT stripe_events::text FROM stripe_events")).scalars().all()
    assert kept
    assert not [row for row in kept if "alice" in row]
