"""The stand-in as a test holds it: a loopback server, the controls of Stripe's dashboard, and a customer's hands."""

import copy
import threading
from collections.abc import Mapping
from contextlib import suppress
from typing import Any

from werkzeug.serving import WSGIRequestHandler, make_server

from tests.stripe_standin import checkouts, deliveries, reversals, subscriptions
from tests.stripe_standin.api import Answer, Api, Request
from tests.stripe_standin.params import Json
from tests.stripe_standin.payments import VISA
from tests.stripe_standin.refusals import Refusal
from tests.stripe_standin.state import State, as_bytes
from tests.stripe_standin.web import make_site

SECRET_KEY = "sk_test_standin"
WEBHOOK_SECRET = "whsec_standin"


class StripeStandin:
    """A loopback Stripe with one account. Close it; `reset` makes it forget everything."""

    def __init__(self, *, port: int = 0, secret_key: str = SECRET_KEY, webhook_secret: str = WEBHOOK_SECRET) -> None:
        self.secret_key = secret_key
        self.webhook_secret = webhook_secret
        self._deliveries: deliveries.Deliveries | None = None
        self._interrupted = threading.Event()
        self._server = make_server(
            "127.0.0.1", port, make_site(self._answer, lambda: self.state), threaded=True, request_handler=_Quiet
        )
        self.url = f"http://127.0.0.1:{self._server.server_port}"
        self.reset()
        self._thread = threading.Thread(target=self._server.serve_forever, name="stripe-standin", daemon=True)
        self._thread.start()

    def close(self) -> None:
        self.stop_deliveries()
        self._interrupted.set()
        self._server.shutdown()
        self._thread.join()
        self._server.server_close()

    def reset(self) -> None:
        """Forget every object, event and arrangement."""
        self.stop_deliveries()
        self._interrupted.set()
        self.state = State(self.url, livemode=self.secret_key.startswith("sk_live_"))
        self._interrupted = threading.Event()
        self._api = Api(self.state, self.secret_key, self._take_time)
        self.requests: list[tuple[str, str]] = []
        self.last_headers: Mapping[str, str] = {}
        self._failures: list[int] = []
        self._answers_to_lose = 0
        self._delay_seconds = 0.0

    # Outages

    def fail_next(self, status: int, count: int = 1) -> None:
        """Answer the next requests with this status and do nothing else."""
        self._failures += [status] * count

    def lose_answers(self, count: int = 1) -> None:
        """Do what the next requests ask, then break the connection without an answer."""
        self._answers_to_lose += count

    def slow(self, seconds: float) -> None:
        """Take this long for each answer from now on."""
        self._delay_seconds = seconds

    # The customer

    def pay(self, session_id: str, card: str = VISA) -> Json:
        """Pay a checkout; the session tells whether it went through."""
        with self.state.lock, suppress(Refusal):
            checkouts.pay(self.state, session_id, card)
        return self.object(session_id)

    def confirm(self, session_id: str, *, agrees: bool = True) -> Json:
        """Answer the question of the customer's bank."""
        with self.state.lock, suppress(Refusal):
            checkouts.confirm(self.state, session_id, agrees=agrees)
        return self.object(session_id)

    # The dashboard, the banks and the calendar

    def refund(self, payment_id: str, amount: int | None = None) -> Json:
        """Refund what is left of a payment, or a part of it. Pending where the card is PENDING_REFUNDS."""
        params = {"payment_intent": payment_id} | ({} if amount is None else {"amount": amount})
        with self.state.lock:
            return copy.deepcopy(reversals.create_refund(self.state, "", params))

    def settle_refund(self, refund_id: str) -> Json:
        with self.state.lock:
            return copy.deepcopy(reversals.settle_refund(self.state, refund_id))

    def fail_refund(self, refund_id: str) -> Json:
        with self.state.lock:
            return copy.deepcopy(reversals.fail_refund(self.state, refund_id))

    def dispute(
        self, payment_id: str, amount: int | None = None, *, reason: str = "fraudulent", inquiry: bool = False
    ) -> Json:
        with self.state.lock:
            made = reversals.dispute(self.state, payment_id, amount=amount, reason=reason, inquiry=inquiry)
            return copy.deepcopy(made)

    def close_dispute(self, dispute_id: str, *, won: bool) -> Json:
        with self.state.lock:
            return copy.deepcopy(reversals.close_dispute(self.state, dispute_id, won=won))

    def renew(self, subscription_id: str, *, succeeds: bool = True) -> Json:
        """Move a subscription one month on and charge it: active, past due, or ended if it was to end."""
        if self.begin_period(subscription_id):
            self.collect(subscription_id, succeeds=succeeds)
        return self.object(subscription_id)

    def begin_period(self, subscription_id: str) -> bool:
        """The first half of a renewal: the new period has begun, and its invoice is a draft for about an hour."""
        with self.state.lock:
            subscription = self.state.get("subscription", subscription_id)
            return subscriptions.begin_period(self.state, subscription) is not None

    def collect(self, subscription_id: str, *, succeeds: bool = True) -> Json:
        """Charge a subscription's latest invoice, for the first time or again."""
        with self.state.lock:
            subscriptions.collect(self.state, self.state.get("subscription", subscription_id), succeeds=succeeds)
        return self.object(subscription_id)

    def cancel_from_portal(self, subscription_id: str) -> Json:
        with self.state.lock:
            subscription = self.state.get("subscription", subscription_id)
            subscriptions.cancel_from_portal(self.state, subscription, cancels=True)
        return self.object(subscription_id)

    def cancel(self, subscription_id: str) -> Json:
        with self.state.lock:
            return copy.deepcopy(subscriptions.cancel(self.state, subscription_id))

    def advance(self, seconds: int) -> None:
        """Set the stand-in's clock ahead; checkouts and idempotency keys run out by it, signatures do not."""
        with self.state.lock:
            self.state.clock_ahead_seconds += seconds
            checkouts.expire_overdue(self.state)

    # What there is

    def object(self, object_id: str) -> Json:
        """A copy of any object, by its id."""
        with self.state.lock:
            found = self.state.find(object_id)
            assert found is not None, f"no object {object_id}"
            return copy.deepcopy(found)

    def latest(self, kind: str) -> Json:
        """A copy of the newest object of a kind, such as "payment_intent"."""
        with self.state.lock:
            return copy.deepcopy(list(self.state.tables[kind].values())[-1])

    @property
    def events(self) -> list[Json]:
        with self.state.lock:
            return copy.deepcopy(self.state.events)

    def events_of(self, *types: str) -> list[Json]:
        return [event for event in self.events if event["type"] in types]

    # Deliveries

    def signed(
        self, event: Json, *, secret: str | None = None, at: float | None = None
    ) -> tuple[bytes, dict[str, str]]:
        """The body and headers of a delivery, signed now and with our secret unless told otherwise."""
        return deliveries.signed(event, secret or self.webhook_secret, at=at)

    def deliver(self, event: Json, url: str) -> int:
        """Post one event once: the status of the answer, 0 where there was none."""
        return deliveries.deliver(event, self.webhook_secret, url)

    def start_deliveries(self, url: str, *, shuffle_seed: int | None = None) -> deliveries.Deliveries:
        """Post each event from now on in the background, again until it is taken; shuffled and doubled with a seed."""
        self.stop_deliveries()
        self._deliveries = deliveries.Deliveries(url, self.webhook_secret, shuffle_seed=shuffle_seed)
        self.state.on_event = self._deliveries.add
        return self._deliveries

    def stop_deliveries(self) -> None:
        if self._deliveries:
            self.state.on_event = lambda event: None
            self._deliveries.stop()
            self._deliveries = None

    def _answer(self, request: Request) -> Answer | None:
        self.requests.append((request.method, request.path))
        self.last_headers = request.headers
        if self._failures:
            return _failure(self._failures.pop(0))
        answer = self._api.answer(request)
        if self._answers_to_lose:
            self._answers_to_lose -= 1
            return None
        return answer

    def _take_time(self) -> None:
        if self._delay_seconds:
            self._interrupted.wait(self._delay_seconds)


class _Quiet(WSGIRequestHandler):
    def log(self, type: str, message: str, *args: Any) -> None:  # noqa: A002
        pass


def _failure(status: int) -> Answer:
    if status == 429:
        refusal = Refusal("Too many requests hit the API too quickly.", status=status, code="rate_limit")
    else:
        refusal = Refusal("Sorry! There was an error while talking to Stripe.", status=status, kind="api_error")
    return Answer(status, as_bytes(refusal.body), {"Content-Type": "application/json", "Request-Id": "req_outage"})
