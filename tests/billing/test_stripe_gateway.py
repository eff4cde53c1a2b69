"""The gateway against the stand-in: each call, the outages, and who may sign an event."""

import json
import logging
import threading
import time
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
import requests

import billing.stripe_gateway
from billing.stripe_gateway import PRO_LOOKUP_KEY, StripeGateway
from billing.stripe_objects import TOP_UP, Checkout, NoSuchObject, Payment, StripeRefused, Subscription
from errors import Conflict, IdempotencyKeyReused, InvalidSignature, PaymentsUnavailable
from tests.stripe_standin import ASKS_TO_CONFIRM, DECLINED, PENDING_REFUNDS, StripeStandin
from tests.stripe_standin.deliveries import signature as signature_of

BILLING = "http://127.0.0.1:8000/billing"


@pytest.fixture
def customer(gateway: StripeGateway) -> str:
    """Alice, as Stripe knows her."""
    return gateway.create_customer(email="alice@example.com", wallet_id="wal_alice", idempotency_key="alice")


def top_up(gateway: StripeGateway, customer: str, *, cents: int = 1000, key: str = "top-up") -> Checkout:
    return gateway.start_top_up(
        customer=customer,
        amount_cents=cents,
        wallet_id="wal_alice",
        return_url=f"{BILLING}/return",
        cancel_url=BILLING,
        idempotency_key=key,
    )


def subscribe(gateway: StripeGateway, customer: str, *, cents: int = 1000, key: str = "subscribe") -> Checkout:
    return gateway.start_subscription(
        customer=customer,
        price_cents=cents,
        wallet_id="wal_alice",
        return_url=f"{BILLING}/return?from=plan",
        cancel_url=BILLING,
        idempotency_key=key,
    )


def paid_top_up(gateway: StripeGateway, standin: StripeStandin, customer: str, card: str | None = None) -> Payment:
    session = standin.pay(top_up(gateway, customer).id, *([card] if card else []))
    payment = gateway.payment(session["payment_intent"])
    assert payment is not None
    return payment


def subscription(gateway: StripeGateway, standin: StripeStandin, customer: str) -> Subscription:
    standin.pay(subscribe(gateway, customer).id)
    found = gateway.subscription_of(customer)
    assert found is not None
    return found


# Customers


def test_a_customer_carries_the_wallet(gateway: StripeGateway, stripe_standin: StripeStandin, customer: str) -> None:
    made = stripe_standin.object(customer)
    assert made["email"] == "alice@example.com"
    assert made["metadata"] == {"wallet_id": "wal_alice"}


def test_the_same_key_makes_one_customer(gateway: StripeGateway, customer: str) -> None:
    again = gateway.create_customer(email="alice@example.com", wallet_id="wal_alice", idempotency_key="alice")
    assert again == customer


def test_the_portal_shows_the_plan_and_the_way_back(
    gateway: StripeGateway, stripe_standin: StripeStandin, customer: str
) -> None:
    subscription(gateway, stripe_standin, customer)
    page = requests.get(gateway.portal_url(customer=customer, return_url=BILLING), timeout=5).text
    assert "Cancel subscription" in page
    assert f'href="{BILLING}"' in page


def test_the_key_says_whether_money_is_real() -> None:
    assert [StripeGateway(key, "whsec_x").livemode for key in ("sk_live_a", "rk_live_a", "sk_test_a", "rk_test_a")] == [
        True,
        True,
        False,
        False,
    ]


# Top-ups


def test_a_top_up_is_open_until_it_is_paid(
    gateway: StripeGateway, stripe_standin: StripeStandin, customer: str
) -> None:
    checkout = top_up(gateway, customer)
    state = gateway.checkout(checkout.id)
    assert state is not None
    assert (state.mode, state.status, state.is_paid, state.payment_id) == ("payment", "open", False, None)
    assert checkout.url == f"{stripe_standin.url}/c/pay/{checkout.id}"


def test_a_paid_top_up_names_its_payment(gateway: StripeGateway, stripe_standin: StripeStandin, customer: str) -> None:
    payment = paid_top_up(gateway, stripe_standin, customer)
    state = gateway.checkout(top_up(gateway, customer, key="other").id)
    assert payment.receipt_url is not None
    assert requests.get(payment.receipt_url, timeout=5).status_code == 200
    assert (payment.purpose, payment.wallet_id, payment.customer) == (TOP_UP, "wal_alice", customer)
    assert (payment.amount_cents, payment.currency, payment.is_paid) == (1000, "usd", True)
    assert state is not None
    assert state.customer == customer


def test_the_customer_comes_back_with_the_sessions_id(
    gateway: StripeGateway, stripe_standin: StripeStandin, customer: str
) -> None:
    for checkout, separator in ((top_up(gateway, customer), "?"), (subscribe(gateway, customer), "&")):
        page = {"action": "pay", "card": "4242424242424242"}
        answer = requests.post(checkout.url, data=page, timeout=5, allow_redirects=False)
        assert answer.headers["Location"].endswith(f"{separator}session_id={checkout.id}")


def test_a_top_up_leaves_an_invoice_for_the_portal(
    gateway: StripeGateway, stripe_standin: StripeStandin, customer: str
) -> None:
    payment = paid_top_up(gateway, stripe_standin, customer)
    invoice = stripe_standin.latest("invoice")
    assert (invoice["status"], invoice["amount_paid"]) == ("paid", 1000)
    assert gateway.subscription_payment(payment.id) is None


def test_a_declined_card_leaves_the_checkout_open(
    gateway: StripeGateway, stripe_standin: StripeStandin, customer: str
) -> None:
    payment = paid_top_up(gateway, stripe_standin, customer, DECLINED)
    state = gateway.checkout(top_up(gateway, customer).id)
    assert (payment.is_paid, payment.amount_cents, payment.receipt_url) == (False, 0, None)
    assert state is not None
    assert state.status == "open"


def test_a_card_that_asks_pays_once_confirmed(
    gateway: StripeGateway, stripe_standin: StripeStandin, customer: str
) -> None:
    payment = paid_top_up(gateway, stripe_standin, customer, ASKS_TO_CONFIRM)
    assert not payment.is_paid
    stripe_standin.confirm(top_up(gateway, customer).id)
    confirmed = gateway.payment(payment.id)
    assert confirmed is not None
    assert confirmed.is_paid


def test_the_same_key_opens_the_same_checkout(gateway: StripeGateway, customer: str) -> None:
    assert top_up(gateway, customer) == top_up(gateway, customer)


def test_the_same_key_for_another_amount_is_refused(gateway: StripeGateway, customer: str) -> None:
    top_up(gateway, customer)
    with pytest.raises(IdempotencyKeyReused):
        top_up(gateway, customer, cents=2000)


def test_the_key_of_a_paid_checkout_opens_nothing(
    gateway: StripeGateway, stripe_standin: StripeStandin, customer: str
) -> None:
    stripe_standin.pay(top_up(gateway, customer).id)
    with pytest.raises(Conflict):
        top_up(gateway, customer)


def test_a_checkout_expires_after_a_day(gateway: StripeGateway, stripe_standin: StripeStandin, customer: str) -> None:
    checkout = top_up(gateway, customer)
    stripe_standin.advance(24 * 3600)
    state = gateway.checkout(checkout.id)
    assert state is not None
    assert state.status == "expired"


def test_an_amount_that_stripe_does_not_take_is_our_mistake(gateway: StripeGateway, customer: str) -> None:
    with pytest.raises(StripeRefused):
        top_up(gateway, customer, cents=49)


def test_a_deleted_customer_is_told_from_other_refusals(
    gateway: StripeGateway, stripe_standin: StripeStandin, customer: str
) -> None:
    requests.delete(
        f"{stripe_standin.url}/v1/customers/{customer}", auth=(stripe_standin.secret_key, ""), timeout=5
    ).raise_for_status()
    with pytest.raises(NoSuchObject):
        top_up(gateway, customer)
    assert gateway.subscription_of(customer) is None


# Subscriptions


def test_a_paid_subscription_runs_for_its_period(
    gateway: StripeGateway, stripe_standin: StripeStandin, customer: str
) -> None:
    found = subscription(gateway, stripe_standin, customer)
    assert (found.status, found.is_active, found.is_paid, found.cancels_at_period_end) == ("active", True, True, False)
    assert 28 <= (found.period_end - found.period_start).days <= 31
    assert abs((datetime.now(UTC) - found.period_start).total_seconds()) < 60


def test_a_subscriptions_payment_is_no_top_up(
    gateway: StripeGateway, stripe_standin: StripeStandin, customer: str
) -> None:
    found = subscription(gateway, stripe_standin, customer)
    payment = gateway.payment(stripe_standin.latest("payment_intent")["id"])
    assert payment is not None
    assert (payment.purpose, payment.amount_cents) == (None, 1000)
    paid_for = gateway.subscription_payment(payment.id)
    assert paid_for is not None
    assert (paid_for.subscription_id, paid_for.period_start, paid_for.period_end) == (
        found.id,
        found.period_start,
        found.period_end,
    )


def test_the_second_period_is_the_renewals(
    gateway: StripeGateway, stripe_standin: StripeStandin, customer: str
) -> None:
    first = subscription(gateway, stripe_standin, customer)
    stripe_standin.renew(first.id)
    second = gateway.subscription_of(customer)
    paid_for = gateway.subscription_payment(stripe_standin.latest("payment_intent")["id"])
    assert second is not None
    assert paid_for is not None
    assert second.period_start == paid_for.period_start == first.period_end
    assert second.is_paid


def test_a_period_that_has_just_begun_is_not_paid(
    gateway: StripeGateway, stripe_standin: StripeStandin, customer: str
) -> None:
    stripe_standin.begin_period(subscription(gateway, stripe_standin, customer).id)
    found = gateway.subscription_of(customer)
    assert found is not None
    assert (found.status, found.is_active, found.is_paid) == ("active", True, False)


def test_a_renewal_that_fails_is_past_due_until_it_is_paid(
    gateway: StripeGateway, stripe_standin: StripeStandin, customer: str
) -> None:
    made = subscription(gateway, stripe_standin, customer)
    stripe_standin.renew(made.id, succeeds=False)
    failed = gateway.subscription_of(customer)
    stripe_standin.collect(made.id)
    mended = gateway.subscription_of(customer)
    assert failed is not None
    assert mended is not None
    assert (failed.status, failed.is_active, failed.is_paid) == ("past_due", True, False)
    assert (mended.status, mended.is_active, mended.is_paid) == ("active", True, True)


def test_one_canceled_in_the_portal_runs_to_the_end_of_its_period(
    gateway: StripeGateway, stripe_standin: StripeStandin, customer: str
) -> None:
    stripe_standin.cancel_from_portal(subscription(gateway, stripe_standin, customer).id)
    ending = gateway.subscription_of(customer)
    assert ending is not None
    assert (ending.is_active, ending.cancels_at_period_end) == (True, True)
    stripe_standin.renew(ending.id)
    ended = gateway.subscription_of(customer)
    assert ended is not None
    assert (ended.status, ended.is_active) == ("canceled", False)


def test_canceling_ends_it_and_may_be_repeated(
    gateway: StripeGateway, stripe_standin: StripeStandin, customer: str
) -> None:
    made = subscription(gateway, stripe_standin, customer)
    for subscription_id in (made.id, made.id, "sub_unknown"):
        gateway.cancel_subscription(subscription_id)
    assert stripe_standin.object(made.id)["status"] == "canceled"
    assert len(stripe_standin.events_of("customer.subscription.deleted")) == 1


def test_a_running_subscription_counts_before_a_newer_ended_one(
    gateway: StripeGateway, stripe_standin: StripeStandin, customer: str
) -> None:
    ended = subscription(gateway, stripe_standin, customer)
    gateway.cancel_subscription(ended.id)
    running = stripe_standin.pay(subscribe(gateway, customer, key="again").id)["subscription"]
    # As if the one that has ended had been made last.
    table = stripe_standin.state.tables["subscription"]
    table[ended.id] = table.pop(ended.id)
    found = gateway.subscription_of(customer)
    assert found is not None
    assert found.id == running


def test_who_never_subscribed_has_no_subscription(gateway: StripeGateway, customer: str) -> None:
    assert gateway.subscription_of(customer) is None


def test_a_second_page_ends_the_first(gateway: StripeGateway, stripe_standin: StripeStandin, customer: str) -> None:
    funds, first, second = (
        top_up(gateway, customer),
        subscribe(gateway, customer, key="tab one"),
        subscribe(gateway, customer, key="tab two"),
    )
    states = [stripe_standin.object(checkout.id)["status"] for checkout in (funds, first, second)]
    assert states == ["open", "expired", "open"]


def test_two_tabs_at_the_same_moment_sell_at_most_once(
    gateway: StripeGateway, stripe_standin: StripeStandin, customer: str
) -> None:
    opened = [subscribe(gateway, customer, key="before")]
    stripe_standin.slow(0.02)
    tabs = [
        threading.Thread(target=lambda key=key: opened.append(subscribe(gateway, customer, key=f"tab {key}")))
        for key in range(4)
    ]
    for tab in tabs:
        tab.start()
    for tab in tabs:
        tab.join()
    stripe_standin.slow(0)
    for checkout in opened:
        stripe_standin.pay(checkout.id)
    assert len(stripe_standin.state.tables.get("subscription", {})) <= 1


def test_who_has_a_subscription_is_sold_no_other(
    gateway: StripeGateway, stripe_standin: StripeStandin, customer: str
) -> None:
    made = subscription(gateway, stripe_standin, customer)
    stripe_standin.renew(made.id, succeeds=False)
    with pytest.raises(Conflict):
        subscribe(gateway, customer, key="again")
    assert stripe_standin.latest("checkout.session")["status"] == "expired"


def test_the_page_of_a_tab_that_was_overtaken_is_not_opened_again(gateway: StripeGateway, customer: str) -> None:
    subscribe(gateway, customer, key="tab one")
    subscribe(gateway, customer, key="tab two")
    with pytest.raises(Conflict):
        subscribe(gateway, customer, key="tab one")


def test_the_price_is_made_once(gateway: StripeGateway, stripe_standin: StripeStandin, customer: str) -> None:
    for key in ("one", "two"):
        subscribe(gateway, customer, key=key)
    prices = stripe_standin.state.all_of("price", lookup_key=PRO_LOOKUP_KEY)
    assert [(price["unit_amount"], price["recurring"]["interval"]) for price in prices] == [(1000, "month")]


def test_another_amount_takes_the_lookup_key_over(
    gateway: StripeGateway, stripe_standin: StripeStandin, customer: str
) -> None:
    subscribe(gateway, customer, cents=1000, key="one")
    subscribe(gateway, customer, cents=1200, key="two")
    prices = list(stripe_standin.state.tables["price"].values())
    assert [(price["unit_amount"], price["lookup_key"]) for price in prices] == [(1000, None), (1200, PRO_LOOKUP_KEY)]
    assert prices[0]["product"] == prices[1]["product"]


def test_an_archived_price_is_replaced(gateway: StripeGateway, stripe_standin: StripeStandin, customer: str) -> None:
    subscribe(gateway, customer, key="one")
    stripe_standin.state.all_of("price")[0]["active"] = False
    checkout = subscribe(gateway, customer, key="two")
    assert stripe_standin.pay(checkout.id)["payment_status"] == "paid"


# Refunds and disputes


def test_a_refund_names_its_payment(gateway: StripeGateway, stripe_standin: StripeStandin, customer: str) -> None:
    payment = paid_top_up(gateway, stripe_standin, customer)
    refund = gateway.refund(stripe_standin.refund(payment.id, 300)["id"])
    assert refund is not None
    assert (refund.payment_id, refund.amount_cents, refund.currency, refund.status, refund.is_void) == (
        payment.id,
        300,
        "usd",
        "succeeded",
        False,
    )
    assert gateway.payment(payment.id) == payment


def test_every_refund_of_a_payment_is_listed(
    gateway: StripeGateway, stripe_standin: StripeStandin, customer: str
) -> None:
    payment = paid_top_up(gateway, stripe_standin, customer)
    made = [stripe_standin.refund(payment.id, 5)["id"] for _ in range(120)]
    assert [refund.id for refund in gateway.refunds_of(payment.id)] == made[::-1]


def test_a_refund_may_fail_after_it_succeeded(
    gateway: StripeGateway, stripe_standin: StripeStandin, customer: str
) -> None:
    payment = paid_top_up(gateway, stripe_standin, customer)
    made = stripe_standin.refund(payment.id)
    stripe_standin.fail_refund(made["id"])
    refund = gateway.refund(made["id"])
    assert refund is not None
    assert (refund.status, refund.is_void) == ("failed", True)


def test_a_pending_refund_is_settled_later(
    gateway: StripeGateway, stripe_standin: StripeStandin, customer: str
) -> None:
    payment = paid_top_up(gateway, stripe_standin, customer, PENDING_REFUNDS)
    made = stripe_standin.refund(payment.id)
    pending = gateway.refund(made["id"])
    stripe_standin.settle_refund(made["id"])
    settled = gateway.refund(made["id"])
    assert pending is not None
    assert settled is not None
    assert (pending.status, settled.status) == ("pending", "succeeded")


@pytest.mark.parametrize(("won", "status"), [(True, "won"), (False, "lost")])
def test_a_dispute_takes_money_unless_it_is_won(
    gateway: StripeGateway, stripe_standin: StripeStandin, customer: str, won: bool, status: str
) -> None:
    payment = paid_top_up(gateway, stripe_standin, customer)
    made = stripe_standin.dispute(payment.id)["id"]
    opened = gateway.dispute(made)
    stripe_standin.close_dispute(made, won=won)
    closed = gateway.dispute(made)
    assert opened is not None
    assert closed is not None
    assert (opened.payment_id, opened.amount_cents, opened.takes_money) == (payment.id, 1000, True)
    assert (closed.status, closed.takes_money) == (status, not won)


def test_an_inquiry_takes_no_money(gateway: StripeGateway, stripe_standin: StripeStandin, customer: str) -> None:
    payment = paid_top_up(gateway, stripe_standin, customer)
    dispute = gateway.dispute(stripe_standin.dispute(payment.id, inquiry=True)["id"])
    assert dispute is not None
    assert not dispute.takes_money
    assert stripe_standin.events_of("charge.dispute.funds_withdrawn") == []


def test_what_stripe_does_not_know_is_none(gateway: StripeGateway) -> None:
    assert gateway.checkout("cs_test_unknown") is None
    assert gateway.payment("pi_unknown") is None
    assert gateway.subscription_payment("pi_unknown") is None
    assert gateway.refund("re_unknown") is None
    assert gateway.refunds_of("pi_unknown") == []
    assert gateway.dispute("dp_unknown") is None
    assert gateway.subscription_of("cus_unknown") is None


@pytest.mark.parametrize(
    "session_id", ["", ".", "..", "../customers", "cs_test_x/expire", "cs_test_x?a=b", "cs_é", "x"]
)
def test_a_browsers_session_id_reaches_no_other_address(
    gateway: StripeGateway, stripe_standin: StripeStandin, session_id: str
) -> None:
    assert gateway.checkout(session_id) is None
    assert stripe_standin.requests == []


# Outages


def test_a_short_outage_is_ridden_out(gateway: StripeGateway, stripe_standin: StripeStandin, customer: str) -> None:
    stripe_standin.fail_next(503, 2)
    assert top_up(gateway, customer).url.startswith(stripe_standin.url)


@pytest.mark.parametrize("status", [429, 500, 502, 503, 504])
def test_an_outage_is_told_without_stripes_words(
    gateway: StripeGateway, stripe_standin: StripeStandin, status: int
) -> None:
    stripe_standin.fail_next(status, 3)
    with pytest.raises(PaymentsUnavailable) as raised:
        gateway.payment("pi_any")
    assert raised.value.message == PaymentsUnavailable.default_message


def test_no_server_at_all_is_an_outage(gateway: StripeGateway, unused_port: int) -> None:
    nowhere = StripeGateway("sk_test_x", "whsec_x", f"http://127.0.0.1:{unused_port}")
    with pytest.raises(PaymentsUnavailable):
        nowhere.payment("pi_any")


def test_a_wrong_key_is_an_outage_and_stays_out_of_the_log(
    gateway: StripeGateway, stripe_standin: StripeStandin, caplog: pytest.LogCaptureFixture
) -> None:
    stranger = StripeGateway("sk_test_averysecretkey", "whsec_x", stripe_standin.url)
    with caplog.at_level(logging.DEBUG, logger="billing"), pytest.raises(PaymentsUnavailable) as raised:
        stranger.payment("pi_any")
    lines = [str(vars(record)) for record in caplog.records] + [repr(raised.value), str(raised.value)]
    assert any("'stripe_status': 401" in line for line in lines)
    assert not any("secretkey" in line or "sk_test" in line for line in lines)


def test_a_lost_answer_makes_no_second_checkout(
    gateway: StripeGateway, stripe_standin: StripeStandin, customer: str
) -> None:
    stripe_standin.lose_answers(2)
    checkout = top_up(gateway, customer)
    assert [session["id"] for session in stripe_standin.state.all_of("checkout.session")] == [checkout.id]


def test_an_answer_that_comes_too_late_makes_no_second_checkout(
    gateway: StripeGateway, stripe_standin: StripeStandin, customer: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(billing.stripe_gateway, "_TIMEOUT_SECONDS", (1.0, 0.1))
    hasty = StripeGateway(stripe_standin.secret_key, stripe_standin.webhook_secret, stripe_standin.url)
    stripe_standin.slow(0.3)
    with pytest.raises(PaymentsUnavailable):
        top_up(hasty, customer)
    stripe_standin.slow(0)
    time.sleep(0.3)
    checkout = top_up(hasty, customer)
    assert [session["id"] for session in stripe_standin.state.all_of("checkout.session")] == [checkout.id]


def test_nothing_of_this_machine_is_sent_or_kept(
    stripe_standin: StripeStandin, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path))
    gateway = StripeGateway(stripe_standin.secret_key, stripe_standin.webhook_secret, stripe_standin.url)
    gateway.payment("pi_any")
    gateway.payment("pi_any")
    sent = stripe_standin.last_headers
    assert "X-Stripe-Client-Telemetry" not in sent
    assert not {"telemetry_id", "platform"} & json.loads(sent["X-Stripe-Client-User-Agent"]).keys()
    assert list(tmp_path.iterdir()) == []


# Events


@pytest.fixture
def event(gateway: StripeGateway, stripe_standin: StripeStandin, customer: str) -> dict[str, Any]:
    """A paid top-up's payment_intent.succeeded."""
    paid_top_up(gateway, stripe_standin, customer)
    return stripe_standin.events_of("payment_intent.succeeded")[0]


def test_an_event_names_its_object(
    gateway: StripeGateway, stripe_standin: StripeStandin, customer: str, event: dict[str, Any]
) -> None:
    payload, headers = stripe_standin.signed(event)
    read = gateway.read_event(payload, headers["Stripe-Signature"])
    payment_id = stripe_standin.latest("payment_intent")["id"]
    assert (read.id, read.type, read.object_id) == (event["id"], "payment_intent.succeeded", payment_id)
    assert (read.customer, read.payment_id, read.livemode) == (customer, payment_id, False)
    assert read.created == datetime.fromtimestamp(event["created"], UTC)


def test_every_event_of_a_payments_life_leads_to_the_payment(
    gateway: StripeGateway, stripe_standin: StripeStandin, customer: str
) -> None:
    payment = paid_top_up(gateway, stripe_standin, customer)
    stripe_standin.fail_refund(stripe_standin.refund(payment.id, 100)["id"])
    stripe_standin.close_dispute(stripe_standin.dispute(payment.id)["id"], won=True)
    subjects = ("payment_intent.", "charge.", "refund.", "checkout.session.completed")
    events = [event for event in stripe_standin.events if event["type"].startswith(subjects)]
    read = [gateway.read_event(body, sent["Stripe-Signature"]) for body, sent in map(stripe_standin.signed, events)]
    assert len({event.type for event in read}) == 13
    assert {event.payment_id for event in read} == {payment.id}


def test_an_event_of_a_customer_names_it(gateway: StripeGateway, stripe_standin: StripeStandin, customer: str) -> None:
    payload, headers = stripe_standin.signed(stripe_standin.events_of("customer.created")[0])
    read = gateway.read_event(payload, headers["Stripe-Signature"])
    assert (read.object_id, read.customer, read.payment_id) == (customer, customer, None)


def test_any_flipped_bit_is_noticed(
    gateway: StripeGateway, stripe_standin: StripeStandin, event: dict[str, Any]
) -> None:
    payload, headers = stripe_standin.signed(event)
    for place in range(0, len(payload) * 8, 7):
        flipped = bytearray(payload)
        flipped[place // 8] ^= 1 << place % 8
        with pytest.raises(InvalidSignature):
            gateway.read_event(bytes(flipped), headers["Stripe-Signature"])


def test_a_flipped_character_of_the_signature_is_noticed(
    gateway: StripeGateway, stripe_standin: StripeStandin, event: dict[str, Any]
) -> None:
    payload, headers = stripe_standin.signed(event)
    signature = headers["Stripe-Signature"]
    for place in range(len(signature)):
        flipped = signature[:place] + chr(ord(signature[place]) ^ 1) + signature[place + 1 :]
        with pytest.raises(InvalidSignature):
            gateway.read_event(payload, flipped)


@pytest.mark.parametrize(
    "signature", ["", "v1=", "t=1", "t=x,v1=y", "t=1,v1=é", "t,v1", "t=1,v0=abc", "\udcff", "t=" + "9" * 9999]
)
def test_what_is_no_signature_is_refused(
    gateway: StripeGateway, stripe_standin: StripeStandin, event: dict[str, Any], signature: str
) -> None:
    with pytest.raises(InvalidSignature):
        gateway.read_event(stripe_standin.signed(event)[0], signature)


def test_another_secrets_signature_is_refused(
    gateway: StripeGateway, stripe_standin: StripeStandin, event: dict[str, Any]
) -> None:
    payload, headers = stripe_standin.signed(event, secret="whsec_stranger")
    with pytest.raises(InvalidSignature):
        gateway.read_event(payload, headers["Stripe-Signature"])


def test_one_of_two_signatures_is_enough_while_a_secret_is_rolled(
    gateway: StripeGateway, stripe_standin: StripeStandin, event: dict[str, Any]
) -> None:
    now = time.time()
    payload, old = stripe_standin.signed(event, secret="whsec_old", at=now)
    _, new = stripe_standin.signed(event, at=now)
    both = f"{old['Stripe-Signature']},{new['Stripe-Signature'].partition(',')[2]}"
    assert gateway.read_event(payload, both).id == event["id"]


def test_a_signature_lasts_five_minutes(
    gateway: StripeGateway, stripe_standin: StripeStandin, event: dict[str, Any]
) -> None:
    payload, young = stripe_standin.signed(event, at=time.time() - 290)
    _, old = stripe_standin.signed(event, at=time.time() - 302)
    assert gateway.read_event(payload, young["Stripe-Signature"]).id == event["id"]
    with pytest.raises(InvalidSignature):
        gateway.read_event(payload, old["Stripe-Signature"])


@pytest.mark.parametrize(
    "change",
    [
        {"data": None},
        {"data": {}},
        {"data": {"object": "pi_x"}},
        {"data": {"object": {"object": "charge", "id": 7}}},
        {"object": "v2.core.event"},
        {"livemode": "false"},
        {"created": "yesterday"},
        {"created": 10**30},
        {"id": None},
    ],
)
def test_a_signed_body_that_is_no_event_is_refused(
    gateway: StripeGateway, stripe_standin: StripeStandin, event: dict[str, Any], change: dict[str, Any]
) -> None:
    payload, headers = stripe_standin.signed({**event, **change})
    with pytest.raises(InvalidSignature):
        gateway.read_event(payload, headers["Stripe-Signature"])


@pytest.mark.parametrize("payload", [b"", b"{", b"[]", b"null", b'"event"', b"\xff\xfe"])
def test_a_signed_body_that_is_no_json_object_is_refused(gateway: StripeGateway, payload: bytes) -> None:
    with pytest.raises(InvalidSignature):
        gateway.read_event(payload, signature_of(payload, "whsec_standin"))


def test_an_event_about_something_without_an_id_can_be_read(
    gateway: StripeGateway, stripe_standin: StripeStandin, event: dict[str, Any]
) -> None:
    available = {**event, "type": "balance.available", "data": {"object": {"object": "balance", "available": []}}}
    payload, headers = stripe_standin.signed(available)
    assert gateway.read_event(payload, headers["Stripe-Signature"]).object_id == ""
