"""The whole way a payment takes, with Stripe's stand-in at its end: pages, events, jobs, wallet."""

import random
from collections.abc import Callable, Iterable
from dataclasses import replace
from typing import Any

import pytest
import stripe
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session

import runtime
from billing.stripe_gateway import StripeGateway
from config import StripeKeys
from handlers import payments
from handlers.wallets import wallet_of
from models import Account, StripeEvent, Wallet
from tests.stripe_standin import StripeStandin
from tests.stripe_standin.fixtures import running_standin, stripe_standin

__all__ = ["running_standin", "stripe_standin"]

Json = dict[str, Any]


@pytest.fixture(autouse=True)
def paid_service(app: Flask, stripe_standin: StripeStandin, monkeypatch: pytest.MonkeyPatch) -> None:
    """The service as its operator sets it up, with Stripe's keys."""
    monkeypatch.setattr(stripe.HTTPClient, "INITIAL_DELAY", 0.01)
    keys = StripeKeys(stripe_standin.secret_key, stripe_standin.webhook_secret, stripe_standin.url)
    monkeypatch.setattr(runtime, "_config", replace(runtime.config(), stripe=keys))
    monkeypatch.setattr(runtime, "_payments", StripeGateway(keys.secret_key, keys.webhook_secret, keys.api_base))


class Desk:
    """Alice at her billing page, Stripe's events on their way, and the job that acts on them."""

    def __init__(self, session: Session, alice: Account, standin: StripeStandin, client: FlaskClient) -> None:
        self.session, self.alice, self.standin, self.client = session, alice, standin, client

    @property
    def wallet(self) -> Wallet:
        self.session.expire_all()
        return wallet_of(self.session, self.alice)

    def pay_top_up(self, cents: int = 2_500, attempt: str = "one") -> str:
        """The id of the payment that Alice made on Stripe's page; nothing has told us of it yet."""
        address = payments.start_top_up(self.session, self.alice, amount_cents=cents, attempt=attempt)
        self.session.commit()
        checkout = self.standin.pay(address.rpartition("/")[2].partition("?")[0])
        return str(checkout["payment_intent"])

    def subscribe(self, attempt: str = "pro") -> str:
        """The id of the subscription that Alice took; nothing has told us of it yet."""
        address = payments.start_subscription(self.session, self.alice, attempt=attempt)
        self.session.commit()
        checkout = self.standin.pay(address.rpartition("/")[2].partition("?")[0])
        return str(checkout["subscription"])

    def deliver(self, events: Iterable[Json] | None = None) -> None:
        """Post events as Stripe does, all so far unless some are named, and let the job act on each."""
        for event in self.standin.events if events is None else events:
            body, headers = self.standin.signed(event)
            assert self.client.post("/stripe/events", data=body, headers=headers).status_code == 200
        self.work()

    def deliver_in_any_order(self, seed: int) -> None:
        """Each event up to three times, shuffled, and the job between them now and then."""
        chance = random.Random(seed)
        events = [event for event in self.standin.events for _ in range(chance.randint(1, 3))]
        chance.shuffle(events)
        while events:
            self.deliver([events.pop() for _ in range(min(len(events), chance.randint(1, 4)))])

    def work(self) -> None:
        waiting = select(StripeEvent.event_id).where(StripeEvent.handled_at.is_(None)).order_by(StripeEvent.received_at)
        for event_id in self.session.scalars(waiting).all():
            payments.handle_event(self.session, event_id)
        self.session.commit()


@pytest.fixture
def desk(session: Session, alice: Account, stripe_standin: StripeStandin, visitor: FlaskClient) -> Desk:
    visitor.environ_base.pop("HTTP_SEC_FETCH_SITE")  # Stripe is no browser.
    return Desk(session, alice, stripe_standin, visitor)


@pytest.fixture
def spend(session: Session, alice: Account) -> Callable[[int], None]:
    """Have a transcription charged."""
    from tests.factories import make_completed

    def act(microusd: int) -> None:
        make_completed(session, alice, quoted_microusd=microusd, charged_microusd=microusd)

    return act
