"""The stand-in's own protocol, asked in raw requests: what a test that passes against it may rely on."""

import itertools
import json
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler, HTTPServer
from typing import Any

import pytest
import requests

from tests.stripe_standin import DECLINED, VISA, StripeStandin
from tests.stripe_standin.state import API_VERSION
from tests.stripe_standin.subscriptions import month_after

Json = dict[str, Any]


class Caller:
    """Raw requests with the secret key."""

    def __init__(self, standin: StripeStandin) -> None:
        self._standin = standin

    def __call__(self, method: str, path: str, form: Json | None = None, **headers: str) -> requests.Response:
        url = f"{self._standin.url}/v1/{path}"
        names = {name.replace("_", "-"): value for name, value in headers.items()}
        names["Authorization"] = f"Bearer {self._standin.secret_key}"
        if method == "POST":
            return requests.post(url, data=form, headers=names, timeout=10)
        return requests.request(method, url, params=form, headers=names, timeout=10)

    def made(self, path: str, form: Json | None = None) -> Json:
        answer = self("POST", path, form)
        assert answer.status_code == 200, answer.text
        return dict(answer.json())

    def error(self, method: str, path: str, form: Json | None = None, **headers: str) -> tuple[int, str, str | None]:
        """Status, type and code of a refusal."""
        answer = self(method, path, form, **headers)
        error = answer.json()["error"]
        return answer.status_code, error["type"], error.get("code")


@pytest.fixture
def call(stripe_standin: StripeStandin) -> Caller:
    return Caller(stripe_standin)


@pytest.fixture
def customer(call: Caller) -> str:
    return str(call.made("customers", {"email": "alice@example.com"})["id"])


def checkout_form(customer: str, cents: int = 1000) -> Json:
    return {
        "mode": "payment",
        "customer": customer,
        "line_items[0][quantity]": 1,
        "line_items[0][price_data][currency]": "usd",
        "line_items[0][price_data][unit_amount]": cents,
        "line_items[0][price_data][product_data][name]": "Funds <b>",
        "payment_intent_data[metadata][wallet_id]": "wal_alice",
        "success_url": "http://127.0.0.1:8000/return?session_id={CHECKOUT_SESSION_ID}",
        "cancel_url": "http://127.0.0.1:8000/billing?a=1&b=2",
    }


@pytest.fixture
def session(call: Caller, customer: str) -> Json:
    return call.made("checkout/sessions", checkout_form(customer))


def subscription_form(call: Caller, customer: str) -> Json:
    price = {
        "currency": "usd",
        "unit_amount": 1000,
        "recurring[interval]": "month",
        "product_data[name]": "Pro",
    }
    return {
        "mode": "subscription",
        "customer": customer,
        "line_items[0][price]": call.made("prices", price)["id"],
        "success_url": "http://127.0.0.1:8000/return",
    }


@pytest.fixture
def subscription(call: Caller, stripe_standin: StripeStandin, customer: str) -> Json:
    session = call.made("checkout/sessions", subscription_form(call, customer))
    return stripe_standin.object(stripe_standin.pay(session["id"])["subscription"])


# Who asks, and how


def test_a_request_needs_the_secret_key(stripe_standin: StripeStandin) -> None:
    url = f"{stripe_standin.url}/v1/customers"
    answers = [
        requests.get(url, timeout=5),
        requests.get(url, headers={"Authorization": "Bearer sk_test_other"}, timeout=5),
        requests.get(url, auth=("sk_test_other", ""), timeout=5),
        requests.get(url, auth=(stripe_standin.secret_key, ""), timeout=5),
    ]
    assert [answer.status_code for answer in answers] == [401, 401, 401, 200]
    assert "sk_test_other" not in answers[1].text


def test_every_answer_has_a_request_id_and_the_version(call: Caller) -> None:
    for answer in (call("GET", "customers"), call("GET", "nothing")):
        assert answer.headers["Request-Id"].startswith("req_")
        assert answer.headers["Stripe-Version"] == API_VERSION


def test_another_version_is_refused(call: Caller) -> None:
    assert call("GET", "customers", Stripe_Version="2020-08-27").status_code == 400


@pytest.mark.parametrize(
    ("form", "code", "param"),
    [
        ({"emial": "a@example.com"}, "parameter_unknown", "emial"),
        ({"metadata": "x"}, None, "metadata"),
        ({"email": ""}, "parameter_invalid_empty", "email"),
        ({"metadata[k]": "x" * 501}, None, "metadata[k]"),
    ],
)
def test_a_parameter_that_is_wrong_is_named(call: Caller, form: Json, code: str | None, param: str) -> None:
    error = call("POST", "customers", form).json()["error"]
    assert (error["type"], error.get("code"), error["param"]) == ("invalid_request_error", code, param)


def test_nested_parameters_are_named_by_their_path(call: Caller, customer: str) -> None:
    form = checkout_form(customer)
    del form["line_items[0][price_data][currency]"]
    missing = call("POST", "checkout/sessions", form).json()["error"]
    form["line_items[0][price_data][curency]"] = "usd"
    unknown = call("POST", "checkout/sessions", form).json()["error"]
    assert (missing["code"], missing["param"]) == ("parameter_missing", "line_items[0][price_data][currency]")
    assert (unknown["code"], unknown["param"]) == ("parameter_unknown", "line_items[0][price_data][curency]")


def test_numbers_and_switches_are_checked(call: Caller, customer: str) -> None:
    form = checkout_form(customer) | {"line_items[0][quantity]": "1.5"}
    assert call.error("POST", "checkout/sessions", form)[2] == "parameter_invalid_integer"
    form = checkout_form(customer) | {"invoice_creation[enabled]": "yes"}
    assert call("POST", "checkout/sessions", form).json()["error"]["param"] == "invoice_creation[enabled]"


@pytest.mark.parametrize("path", ["customers/cus_x", "payment_intents/pi_x", "checkout/sessions/cs_x", "events/evt_x"])
def test_what_is_not_there_is_missing(call: Caller, path: str) -> None:
    assert call.error("GET", path) == (404, "invalid_request_error", "resource_missing")


def test_what_a_parameter_names_is_a_bad_request(call: Caller) -> None:
    error = call("GET", "subscriptions", {"customer": "cus_x"})
    assert (error.status_code, error.json()["error"]["param"]) == (400, "customer")


def test_an_address_that_stripe_has_not_is_refused(call: Caller) -> None:
    assert call.error("GET", "plans")[:2] == (404, "invalid_request_error")
    assert call.error("DELETE", "charges/ch_x")[:2] == (404, "invalid_request_error")


# Idempotency


def test_the_same_request_is_answered_with_the_same_bytes(call: Caller) -> None:
    first, second = (call("POST", "customers", {"email": "a@example.com"}, Idempotency_Key="k") for _ in range(2))
    assert first.content == second.content
    assert "Idempotent-Replayed" not in first.headers
    assert second.headers["Idempotent-Replayed"] == "true"
    assert second.headers["Original-Request"] == first.headers["Request-Id"] != second.headers["Request-Id"]


def test_the_same_key_for_another_request_is_refused(call: Caller) -> None:
    call("POST", "customers", {"email": "a@example.com"}, Idempotency_Key="k")
    assert call.error("POST", "customers", {"email": "b@example.com"}, Idempotency_Key="k")[:2] == (
        400,
        "idempotency_error",
    )
    assert call.error("POST", "products", {"name": "x"}, Idempotency_Key="k")[:2] == (400, "idempotency_error")


def test_the_same_key_at_the_same_time_conflicts(call: Caller, stripe_standin: StripeStandin) -> None:
    stripe_standin.slow(0.3)
    first = threading.Thread(target=call, args=("POST", "customers"), kwargs={"Idempotency_Key": "k"})
    first.start()
    _until(lambda: bool(stripe_standin.requests))
    time.sleep(0.05)
    assert call.error("POST", "customers", Idempotency_Key="k") == (
        409,
        "idempotency_error",
        "idempotency_key_in_use",
    )
    first.join()
    stripe_standin.slow(0)
    assert call("POST", "customers", Idempotency_Key="k").headers["Idempotent-Replayed"] == "true"


def test_what_a_check_refused_is_not_remembered(call: Caller) -> None:
    assert call("POST", "customers", {"emial": "a"}, Idempotency_Key="k").status_code == 400
    assert call("POST", "customers", {"email": "a"}, Idempotency_Key="k").status_code == 200


def test_a_decline_is_remembered(call: Caller) -> None:
    form = {"amount": 1000, "currency": "usd", "confirm": "true", "payment_method": "pm_card_visa_chargeDeclined"}
    first, second = (call("POST", "payment_intents", form, Idempotency_Key="k") for _ in range(2))
    assert (first.status_code, first.json()["error"]["code"]) == (402, "card_declined")
    assert (second.status_code, second.headers["Idempotent-Replayed"]) == (402, "true")


def test_a_key_is_free_again_after_a_day(call: Caller, stripe_standin: StripeStandin) -> None:
    call("POST", "customers", {"email": "a@example.com"}, Idempotency_Key="k")
    stripe_standin.advance(24 * 3600)
    assert call("POST", "customers", {"email": "b@example.com"}, Idempotency_Key="k").status_code == 200


# Lists and expansion


def test_a_list_comes_in_pages_the_newest_first(call: Caller) -> None:
    made = [call.made("customers")["id"] for _ in range(5)][::-1]
    first = call("GET", "customers", {"limit": 2}).json()
    second = call("GET", "customers", {"limit": 3, "starting_after": made[1]}).json()
    back = call("GET", "customers", {"limit": 2, "ending_before": made[4]}).json()
    assert (first["object"], first["url"], first["has_more"], second["has_more"]) == (
        "list",
        "/v1/customers",
        True,
        False,
    )
    assert [each["id"] for each in first["data"] + second["data"]] == made
    assert [each["id"] for each in back["data"]] == made[2:4]


@pytest.mark.parametrize("limit", ["0", "101", "many"])
def test_a_page_has_one_to_a_hundred(call: Caller, limit: str) -> None:
    assert call.error("GET", "customers", {"limit": limit})[2] == "parameter_invalid_integer"


def test_ids_are_expanded_on_request(call: Caller, stripe_standin: StripeStandin, session: Json) -> None:
    stripe_standin.pay(session["id"])
    paths = {"expand[]": ["payment_intent.latest_charge", "line_items"]}
    found = call("GET", f"checkout/sessions/{session['id']}", paths).json()
    assert found["payment_intent"]["latest_charge"]["paid"] is True
    assert found["line_items"]["data"][0]["amount_total"] == 1000
    listed = call("GET", "checkout/sessions", {"expand[0]": "data.customer"}).json()
    assert listed["data"][0]["customer"]["email"] == "alice@example.com"


@pytest.mark.parametrize("path", ["currency", "nothing", "a.b.c.d.e"])
def test_what_is_no_reference_is_not_expanded(call: Caller, session: Json, path: str) -> None:
    assert call.error("GET", f"checkout/sessions/{session['id']}", {"expand[]": path})[0] == 400


# Checkout


def test_a_payment_is_made_at_the_first_attempt(call: Caller, stripe_standin: StripeStandin, session: Json) -> None:
    assert (session["payment_intent"], session["payment_status"], session["status"]) == (None, "unpaid", "open")
    declined = stripe_standin.pay(session["id"], DECLINED)
    paid = stripe_standin.pay(session["id"])
    assert (declined["status"], paid["status"], paid["payment_status"]) == ("open", "complete", "paid")
    assert declined["payment_intent"] == paid["payment_intent"]
    intent = call("GET", f"payment_intents/{paid['payment_intent']}").json()
    assert (intent["amount_received"], intent["metadata"]) == (1000, {"wallet_id": "wal_alice"})


def test_the_events_of_a_payment_come_in_order(stripe_standin: StripeStandin, session: Json) -> None:
    stripe_standin.pay(session["id"], DECLINED)
    stripe_standin.pay(session["id"])
    types = [event["type"] for event in stripe_standin.events if event["type"].startswith(("pay", "cha", "che"))]
    assert types == [
        "payment_intent.created",
        "charge.failed",
        "payment_intent.payment_failed",
        "charge.succeeded",
        "payment_intent.succeeded",
        "checkout.session.completed",
    ]


def test_an_event_keeps_the_object_as_it_was(call: Caller, stripe_standin: StripeStandin, session: Json) -> None:
    stripe_standin.pay(session["id"])
    created = stripe_standin.events_of("payment_intent.created")[0]
    assert created["data"]["object"]["status"] == "requires_payment_method"
    assert call("GET", f"events/{created['id']}").json() == created
    assert call("GET", "events", {"type": "payment_intent.created"}).json()["data"] == [created]


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"line_items[0][price_data][unit_amount]": 49}, "amount_too_small"),
        ({"line_items[0][price_data][unit_amount]": 100_000_000}, "amount_too_large"),
        ({"customer": "cus_x"}, "resource_missing"),
        ({"success_url": "return"}, "url_invalid"),
        ({"mode": "subscription"}, None),
        ({"subscription_data[metadata][a]": "b"}, None),
    ],
)
def test_a_checkout_that_cannot_be_is_refused(call: Caller, customer: str, change: Json, code: str | None) -> None:
    assert call.error("POST", "checkout/sessions", checkout_form(customer) | change)[::2] == (400, code)


def test_only_an_open_checkout_can_be_expired(call: Caller, stripe_standin: StripeStandin, session: Json) -> None:
    expired = call("POST", f"checkout/sessions/{session['id']}/expire")
    assert (expired.json()["status"], expired.json()["url"]) == ("expired", None)
    assert call.error("POST", f"checkout/sessions/{session['id']}/expire")[0] == 400
    assert stripe_standin.pay(session["id"])["status"] == "expired"
    assert len(stripe_standin.events_of("checkout.session.expired")) == 1


def test_a_checkout_is_over_after_a_day(call: Caller, stripe_standin: StripeStandin, session: Json) -> None:
    assert session["expires_at"] - session["created"] == 24 * 3600
    stripe_standin.advance(24 * 3600 - 5)
    assert call("GET", f"checkout/sessions/{session['id']}").json()["status"] == "open"
    stripe_standin.advance(10)
    assert call("GET", f"checkout/sessions/{session['id']}").json()["status"] == "expired"


# Prices


def test_a_lookup_key_is_unique_until_it_is_transferred(call: Caller) -> None:
    form = {"currency": "usd", "unit_amount": 1000, "product_data[name]": "Pro", "lookup_key": "pro"}
    old = call.made("prices", form)
    assert call.error("POST", "prices", form)[0] == 400
    new = call.made("prices", form | {"transfer_lookup_key": "true"})
    found = call("GET", "prices", {"lookup_keys[0]": "pro"}).json()["data"]
    assert [each["id"] for each in found] == [new["id"]]
    assert call("GET", f"prices/{old['id']}").json()["lookup_key"] is None


def test_an_inactive_price_is_not_sold(call: Caller, customer: str) -> None:
    form = subscription_form(call, customer)
    call.made(f"prices/{form['line_items[0][price]']}", {"active": "false"})
    assert call.error("POST", "checkout/sessions", form)[0] == 400


# Subscriptions


def test_the_period_is_the_items(subscription: Json) -> None:
    item = subscription["items"]["data"][0]
    assert "current_period_end" not in subscription
    assert item["current_period_end"] == month_after(item["current_period_start"], 1)


def test_an_invoice_is_linked_to_its_payment_by_an_invoice_payment(call: Caller, subscription: Json) -> None:
    invoice = call("GET", f"invoices/{subscription['latest_invoice']}", {"expand[]": "payments"}).json()
    assert not {"payment_intent", "charge", "subscription", "paid"} & invoice.keys()
    assert invoice["parent"]["subscription_details"]["subscription"] == subscription["id"]
    link = invoice["payments"]["data"][0]
    form = {"payment[type]": "payment_intent", "payment[payment_intent]": link["payment"]["payment_intent"]}
    assert call("GET", "invoice_payments", form).json()["data"] == [link]
    assert (link["status"], link["amount_paid"]) == ("paid", 1000)


def test_ended_subscriptions_are_listed_on_request(call: Caller, customer: str, subscription: Json) -> None:
    assert call("DELETE", f"subscriptions/{subscription['id']}").json()["status"] == "canceled"
    assert call.error("DELETE", f"subscriptions/{subscription['id']}") == (
        404,
        "invalid_request_error",
        "resource_missing",
    )
    assert call("GET", "subscriptions", {"customer": customer}).json()["data"] == []
    for status in ("all", "ended", "canceled"):
        assert len(call("GET", "subscriptions", {"customer": customer, "status": status}).json()["data"]) == 1


def test_a_failed_renewal_is_told_by_its_events(stripe_standin: StripeStandin, subscription: Json) -> None:
    before = len(stripe_standin.events)
    assert stripe_standin.renew(subscription["id"], succeeds=False)["status"] == "past_due"
    assert [event["type"] for event in stripe_standin.events[before:]] == [
        "invoice.created",
        "customer.subscription.updated",
        "invoice.finalized",
        "payment_intent.created",
        "charge.failed",
        "payment_intent.payment_failed",
        "invoice.payment_failed",
        "customer.subscription.updated",
    ]
    assert stripe_standin.events[-1]["data"]["previous_attributes"] == {"status": "active"}


def test_a_subscription_set_to_end_ends_instead_of_renewing(
    call: Caller, stripe_standin: StripeStandin, subscription: Json
) -> None:
    call.made(f"subscriptions/{subscription['id']}", {"cancel_at_period_end": "true"})
    assert stripe_standin.renew(subscription["id"])["status"] == "canceled"
    assert len(stripe_standin.events_of("customer.subscription.deleted")) == 1


def test_a_subscription_of_the_31st_comes_back_to_it(stripe_standin: StripeStandin, subscription: Json) -> None:
    stored = stripe_standin.state.tables["subscription"][subscription["id"]]
    anchor = int(datetime(2027, 1, 31, 12, tzinfo=UTC).timestamp())
    stored["billing_cycle_anchor"] = anchor
    stored["items"]["data"][0].update(current_period_start=anchor, current_period_end=month_after(anchor, 1))
    ends = [stripe_standin.renew(subscription["id"])["items"]["data"][0]["current_period_end"] for _ in range(3)]
    assert [datetime.fromtimestamp(end, UTC).strftime("%m-%d") for end in ends] == ["03-31", "04-30", "05-31"]


# Refunds and disputes


@pytest.fixture
def payment_id(stripe_standin: StripeStandin, session: Json) -> str:
    return str(stripe_standin.pay(session["id"])["payment_intent"])


def test_refunds_add_up_to_the_charge_and_no_further(call: Caller, payment_id: str) -> None:
    call.made("refunds", {"payment_intent": payment_id, "amount": 400})
    assert call.error("POST", "refunds", {"payment_intent": payment_id, "amount": 601})[0] == 400
    call.made("refunds", {"payment_intent": payment_id})
    assert call.error("POST", "refunds", {"payment_intent": payment_id})[2] == "charge_already_refunded"
    charge = call("GET", "charges", {"payment_intent": payment_id}).json()["data"][0]
    assert (charge["amount_refunded"], charge["refunded"]) == (1000, True)


def test_a_refund_that_fails_can_be_made_again(call: Caller, stripe_standin: StripeStandin, payment_id: str) -> None:
    stripe_standin.fail_refund(stripe_standin.refund(payment_id)["id"])
    call.made("refunds", {"payment_intent": payment_id})
    assert [
        event["type"] for event in stripe_standin.events_of("refund.created", "refund.failed", "charge.refunded")
    ] == [
        "refund.created",
        "charge.refunded",
        "refund.failed",
        "refund.created",
        "charge.refunded",
    ]


def test_a_disputed_charge_is_not_refunded(call: Caller, stripe_standin: StripeStandin, payment_id: str) -> None:
    dispute = stripe_standin.dispute(payment_id)
    assert call.error("POST", "refunds", {"payment_intent": payment_id})[2] == "charge_disputed"
    stripe_standin.close_dispute(dispute["id"], won=True)
    assert [event["type"].removeprefix("charge.dispute.") for event in stripe_standin.events[-4:]] == [
        "created",
        "funds_withdrawn",
        "closed",
        "funds_reinstated",
    ]


# Pages


def browse(session: Json, **form: str) -> requests.Response:
    return requests.post(session["url"], data=form, timeout=5, allow_redirects=False)


def test_the_checkout_page_shows_what_is_bought(session: Json) -> None:
    page = requests.get(session["url"], timeout=5).text
    assert "Funds &lt;b&gt;: 10.00 USD" in page
    assert f'value="{VISA}"' in page
    assert 'href="http://127.0.0.1:8000/billing?a=1&amp;b=2"' in page


def test_paying_on_the_page_leads_back(stripe_standin: StripeStandin, session: Json) -> None:
    paid = browse(session, action="pay", card="4242 4242 4242 4242")
    assert (paid.status_code, paid.headers["Location"]) == (
        303,
        f"http://127.0.0.1:8000/return?session_id={session['id']}",
    )
    assert browse(session, action="pay", card=VISA).text.count("complete") == 1
    assert len(stripe_standin.events_of("charge.succeeded")) == 1


def test_a_declined_card_is_told_on_the_page(stripe_standin: StripeStandin, session: Json) -> None:
    page = browse(session, action="pay", card=DECLINED)
    assert "Your card was declined." in page.text
    assert stripe_standin.object(session["id"])["status"] == "open"


def test_a_card_that_asks_is_confirmed_on_the_page(stripe_standin: StripeStandin, session: Json) -> None:
    assert "Confirm" in browse(session, action="pay", card="4000002500003155").text
    assert "unable to authenticate" in browse(session, action="refuse").text
    assert "Confirm" in browse(session, action="pay", card="4000002500003155").text
    assert browse(session, action="confirm").status_code == 303
    assert stripe_standin.object(session["id"])["payment_status"] == "paid"


def test_the_portal_cancels_and_keeps(call: Caller, stripe_standin: StripeStandin, subscription: Json) -> None:
    form = {"customer": subscription["customer"], "return_url": "http://127.0.0.1:8000/billing"}
    url = call.made("billing_portal/sessions", form)["url"]
    assert "ends with this period" in _act(url, subscription["id"], "cancel")
    ends = stripe_standin.object(subscription["id"])
    assert (ends["cancel_at_period_end"], ends["cancel_at"]) == (
        False,
        ends["items"]["data"][0]["current_period_end"],
    )
    assert "ends with this period" not in _act(url, subscription["id"], "resume")


def test_another_customers_subscription_is_left_alone(
    call: Caller, stripe_standin: StripeStandin, subscription: Json
) -> None:
    charlie = call.made("customers", {"email": "charlie@example.com"})["id"]
    url = call.made("billing_portal/sessions", {"customer": charlie})["url"]
    _act(url, subscription["id"], "cancel")
    assert stripe_standin.object(subscription["id"])["cancel_at"] is None


def test_receipts_and_invoices_have_pages(stripe_standin: StripeStandin, subscription: Json) -> None:
    pages = (stripe_standin.latest("charge")["receipt_url"], stripe_standin.latest("invoice")["hosted_invoice_url"])
    assert all("10.00 USD" in requests.get(page, timeout=5).text for page in pages)
    assert requests.get(f"{stripe_standin.url}/i/in_x", timeout=5).status_code == 404


def test_the_dashboard_does_what_the_controls_do(stripe_standin: StripeStandin, payment_id: str) -> None:
    answer = requests.post(stripe_standin.url, data={"act": "Refund", "id": payment_id}, timeout=5)
    again = requests.post(stripe_standin.url, data={"act": "Refund", "id": payment_id}, timeout=5)
    assert "re_" in answer.text
    assert "has already been refunded" in again.text


# Deliveries


class Receiver:
    """A webhook endpoint that answers with the statuses it is given, then 200."""

    def __init__(self) -> None:
        self.received: list[Json] = []
        self.answers: Iterator[int] = iter(())
        receiver = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["Content-Length"]))
                receiver.received.append(json.loads(body))
                self.send_response(next(receiver.answers, 200))
                self.end_headers()

            def log_message(self, *args: object) -> None:
                pass

        self._server = HTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self._server.server_port}/"
        self._thread = threading.Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.05})
        self._thread.start()

    def close(self) -> None:
        self._server.shutdown()
        self._thread.join()
        self._server.server_close()


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    receiver = Receiver()
    yield receiver
    receiver.close()


def test_one_event_is_delivered_on_command(
    call: Caller, stripe_standin: StripeStandin, receiver: Receiver, customer: str
) -> None:
    event = stripe_standin.events[0]
    receiver.answers = iter((500, 200))
    assert [stripe_standin.deliver(event, receiver.url) for _ in range(2)] == [500, 200]
    assert receiver.received == [event, event]


def test_events_are_delivered_in_order_and_again_until_taken(
    stripe_standin: StripeStandin, receiver: Receiver, session: Json
) -> None:
    receiver.answers = iter((503,))
    deliveries = stripe_standin.start_deliveries(receiver.url)
    before = len(stripe_standin.events)
    stripe_standin.pay(session["id"])
    assert deliveries.wait()
    sent = [event["id"] for event in stripe_standin.events[before:]]
    received = [event["id"] for event in receiver.received]
    assert received[: len(sent)] == sent
    assert received[len(sent) :] == sent[:1]


def test_deliveries_may_be_doubled_and_shuffled(
    stripe_standin: StripeStandin, receiver: Receiver, session: Json
) -> None:
    deliveries = stripe_standin.start_deliveries(receiver.url, shuffle_seed=7)
    before = len(stripe_standin.events)
    with stripe_standin.state.lock:
        stripe_standin.pay(session["id"])
        stripe_standin.dispute(stripe_standin.latest("payment_intent")["id"])
    assert deliveries.wait()
    sent = [event["id"] for event in stripe_standin.events[before:]]
    received = [event["id"] for event in receiver.received]
    assert set(received) == set(sent)
    assert len(received) > len(sent)
    assert list(dict.fromkeys(received)) != sent


# Outages


def test_failures_are_counted(call: Caller, stripe_standin: StripeStandin) -> None:
    stripe_standin.fail_next(500, 2)
    stripe_standin.fail_next(429)
    answers = [call("POST", "customers") for _ in range(4)]
    assert [answer.status_code for answer in answers] == [500, 500, 429, 200]
    assert [answer.json()["error"]["type"] for answer in answers[:3]] == [
        "api_error",
        "api_error",
        "invalid_request_error",
    ]
    assert len(stripe_standin.state.tables["customer"]) == 1


def test_a_lost_answer_has_had_its_effect(call: Caller, stripe_standin: StripeStandin) -> None:
    stripe_standin.lose_answers()
    with pytest.raises(requests.ConnectionError):
        call("POST", "customers", Idempotency_Key="k")
    assert call("POST", "customers", Idempotency_Key="k").headers["Idempotent-Replayed"] == "true"
    assert len(stripe_standin.state.tables["customer"]) == 1


def test_it_runs_by_itself_for_a_browser(stripe_standin: StripeStandin) -> None:
    command = [sys.executable, "-m", "tests.stripe_standin", "--port", "0", "--key", "sk_test_mine"]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
    try:
        assert process.stdout is not None
        url = process.stdout.readline().split()[-1]
        assert requests.get(f"{url}/v1/events", auth=("sk_test_mine", ""), timeout=5).json()["data"] == []
        assert "Dashboard" in requests.get(url, timeout=5).text
    finally:
        process.terminate()
        process.communicate()


def _act(url: str, subscription_id: str, action: str) -> str:
    return requests.post(url, data={"subscription": subscription_id, "action": action}, timeout=5).text


def _until(is_so: Any) -> None:
    for _ in itertools.repeat(None, 500):
        if is_so():
            return
        time.sleep(0.01)
    raise TimeoutError
