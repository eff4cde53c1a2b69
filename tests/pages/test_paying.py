"""Off to the payment service's pages and back, with its stand-in."""

import re
from dataclasses import replace

import pytest
import stripe
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session
from werkzeug.test import TestResponse

import runtime
from billing.stripe_gateway import StripeGateway
from config import StripeKeys
from handlers import wallets
from models import Account, LedgerMovement, MovementKind
from tests.factories import browser as sign_in
from tests.stripe_standin import StripeStandin

HX = {"HX-Request": "true"}


@pytest.fixture(autouse=True)
def paid_service(app: Flask, stripe_standin: StripeStandin, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(stripe.HTTPClient, "INITIAL_DELAY", 0.01)
    keys = StripeKeys(stripe_standin.secret_key, stripe_standin.webhook_secret, stripe_standin.url)
    monkeypatch.setattr(runtime, "_config", replace(runtime.config(), stripe=keys))
    monkeypatch.setattr(runtime, "_payments", StripeGateway(keys.secret_key, keys.webhook_secret, keys.api_base))


def send(browser: FlaskClient, path: str, **fields: str) -> TestResponse:
    """What a press on the button of the billing page's form sends, by htmx."""
    attempt = re.findall(r'name="attempt" value="([^"]+)"', browser.get("/billing").text)
    token = {"attempt": attempt[0]} if attempt else {}
    return browser.post(path, data={**token, **fields}, headers=HX)


def checkout_of(answer: TestResponse) -> str:
    return answer.headers["HX-Redirect"].rpartition("/")[2]


def test_htmx_goes_to_the_payment_page_itself(browser: FlaskClient, stripe_standin: StripeStandin) -> None:
    answer = send(browser, "/billing/top-up", amount_usd="10.00")
    assert (answer.status_code, answer.text) == (200, "")
    assert answer.headers["HX-Redirect"].startswith(stripe_standin.url)


def test_p47_without_script_a_link_leads_there(browser: FlaskClient, stripe_standin: StripeStandin) -> None:
    form = {"amount_usd": "10.00", "other_usd": "", "attempt": "abcdefghijklmnop"}
    answer = browser.post("/billing/top-up", data=form)
    assert answer.status_code == 200
    assert f'href="{stripe_standin.url}' in answer.text
    assert "Continue to payment" in answer.text


def test_a_typed_amount_goes_before_a_chosen_one(browser: FlaskClient, stripe_standin: StripeStandin) -> None:
    answer = send(browser, "/billing/top-up", amount_usd="10.00", other_usd="37.50")
    assert stripe_standin.object(checkout_of(answer))["amount_total"] == 3_750


def test_a_double_click_is_one_checkout(browser: FlaskClient) -> None:
    form = {"amount_usd": "10.00", "attempt": "abcdefghijklmnop"}
    first, second = (browser.post("/billing/top-up", data=form, headers=HX) for _ in range(2))
    assert first.headers["HX-Redirect"] == second.headers["HX-Redirect"]


def test_back_from_paying_the_funds_are_there(browser: FlaskClient, stripe_standin: StripeStandin) -> None:
    checkout = checkout_of(send(browser, "/billing/top-up", amount_usd="25.00"))
    stripe_standin.pay(checkout)
    for _ in range(2):
        answer = browser.get(f"/billing/return?session_id={checkout}")
        assert (answer.status_code, answer.headers["Location"]) == (303, "/billing?payment=paid")
    page = browser.get("/billing?payment=paid").text
    assert "Added. Thank you." in page
    assert '<p class="amount">$35.00</p>' in page


@pytest.mark.parametrize("session_id", ["", "cs_nothing", "../v1/refunds", "\x00"])
def test_back_with_anything_else_nothing_is_added(browser: FlaskClient, session_id: str) -> None:
    answer = browser.get("/billing/return", query_string={"session_id": session_id})
    assert answer.headers["Location"] == "/billing?payment=processing"


def test_back_before_it_is_paid_the_page_says_so(browser: FlaskClient) -> None:
    checkout = checkout_of(send(browser, "/billing/top-up", amount_usd="25.00"))
    answer = browser.get(f"/billing/return?session_id={checkout}", follow_redirects=True)
    assert "The payment is being processed" in answer.text
    assert '<p class="amount">$10.00</p>' in answer.text


def test_back_while_the_payment_service_is_down_nothing_breaks(
    browser: FlaskClient, stripe_standin: StripeStandin
) -> None:
    checkout = checkout_of(send(browser, "/billing/top-up", amount_usd="25.00"))
    stripe_standin.fail_next(500, count=10)
    answer = browser.get(f"/billing/return?session_id={checkout}")
    assert answer.headers["Location"] == "/billing?payment=processing"


def test_p41_a_strangers_checkout_adds_nothing_to_mine(
    app: Flask, browser: FlaskClient, session: Session, charlie: Account, stripe_standin: StripeStandin
) -> None:
    checkout = checkout_of(send(browser, "/billing/top-up", amount_usd="25.00"))
    stripe_standin.pay(checkout)
    answer = sign_in(app, charlie).get(f"/billing/return?session_id={checkout}")
    assert answer.headers["Location"] == "/billing?payment=processing"
    assert wallets.wallet_of(session, charlie).available_microusd == 10_000_000


def test_the_receipt_of_a_top_up_is_a_link_away(
    browser: FlaskClient, session: Session, stripe_standin: StripeStandin
) -> None:
    checkout = checkout_of(send(browser, "/billing/top-up", amount_usd="25.00"))
    stripe_standin.pay(checkout)
    browser.get(f"/billing/return?session_id={checkout}")
    link = re.findall(r'href="(/billing/receipts/\w+)"', browser.get("/billing/ledger").text)[0]
    answer = browser.get(link)
    assert answer.status_code == 303
    assert answer.headers["Location"].startswith(f"{stripe_standin.url}/receipts/")


def test_only_a_top_up_has_a_receipt(browser: FlaskClient, session: Session) -> None:
    other = select(LedgerMovement.public_id).where(LedgerMovement.kind == MovementKind.ADJUSTMENT)
    assert browser.get(f"/billing/receipts/{session.scalars(other).first()}").status_code == 404


def test_pro_is_bought_and_managed(browser: FlaskClient, stripe_standin: StripeStandin) -> None:
    checkout = checkout_of(send(browser, "/billing/pro"))
    stripe_standin.pay(checkout)
    browser.get(f"/billing/return?session_id={checkout}")
    page = browser.get("/billing").text
    assert "Your plan: Pro" in page
    assert 'action="/billing/pro"' not in page
    assert send(browser, "/billing/portal").headers["HX-Redirect"].startswith(stripe_standin.url)

    form = {"attempt": "abcdefghijklmnop"}
    again = browser.post("/billing/pro", data=form)
    assert again.status_code == 409
    assert "has a subscription already" in again.text
    assert browser.post("/billing/pro", data=form, headers=HX).status_code == 409


def test_when_the_payment_service_is_down_the_form_says_so(browser: FlaskClient, stripe_standin: StripeStandin) -> None:
    stripe_standin.fail_next(500, count=10)
    answer = send(browser, "/billing/top-up", amount_usd="10.00")
    assert answer.status_code == 503
    assert "Nothing was charged" in answer.text
