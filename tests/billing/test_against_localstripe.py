"""A second opinion: localstripe, written by others against Stripe itself, for the calls that it covers.

It knows no Checkout, prices or portal, ignores idempotency keys, and its payment intents lack `amount_received`; for
those the stand-in speaks alone.
"""

import queue
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from typing import Any

import pytest
import requests
import stripe

from billing.stripe_gateway import StripeGateway
from errors import InvalidSignature
from tests.stripe_standin import StripeStandin

SECRET = "whsec_localstripe"

# In place of its own command, which listens on every interface and writes what it knows to /tmp.
PROGRAM = """
import sys
from aiohttp import web
from localstripe import resources, server
resources.store.dump_to_disk = lambda: None
web.run_app(server.app, host="127.0.0.1", port=int(sys.argv[1]), print=None, access_log=None)
"""


@pytest.fixture(scope="module")
def localstripe() -> Iterator[str]:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        port = taken.getsockname()[1]
    process = subprocess.Popen([sys.executable, "-c", PROGRAM, str(port)])
    try:
        _wait_for(port)
        yield f"http://127.0.0.1:{port}"
    finally:
        process.terminate()
        process.wait()


@pytest.fixture
def theirs(localstripe: str) -> StripeGateway:
    return StripeGateway("sk_test_localstripe", SECRET, localstripe)


def client(url: str, key: str) -> stripe.StripeClient:
    return stripe.StripeClient(key, base_addresses={"api": url})


def pay(url: str, key: str, payment_method: str) -> dict[str, Any]:
    """A paid intent as the library gives it."""
    return (
        client(url, key)
        .v1.payment_intents.create(
            {
                "amount": 1000,
                "currency": "usd",
                "metadata": {"purpose": "top_up"},
                "payment_method": payment_method,
                "confirm": True,
            }
        )
        .to_dict()
    )


def card(url: str) -> str:
    number = {"number": "4242424242424242", "exp_month": 12, "exp_year": 2040, "cvc": "123"}
    form = {"type": "card", **{f"card[{name}]": str(value) for name, value in number.items()}}
    answer = requests.post(f"{url}/v1/payment_methods", data=form, auth=("sk_test_localstripe", ""), timeout=5)
    return str(answer.json()["id"])


def test_a_customer_is_made(theirs: StripeGateway, localstripe: str) -> None:
    made = theirs.create_customer(email="alice@example.com", wallet_id="wal_alice", idempotency_key="alice")
    customer = client(localstripe, "sk_test_localstripe").v1.customers.retrieve(made)
    assert customer.email == "alice@example.com"
    assert customer.metadata is not None
    assert customer.metadata.to_dict() == {"wallet_id": "wal_alice"}
    assert theirs.subscription_of(made) is None


def test_what_it_does_not_know_is_none(theirs: StripeGateway) -> None:
    assert theirs.payment("pi_unknown") is None
    assert theirs.refund("re_unknown") is None
    assert theirs.checkout("cs_test_unknown") is None
    theirs.cancel_subscription("sub_unknown")


def test_the_stand_in_agrees_about_a_paid_intent(localstripe: str, stripe_standin: StripeStandin) -> None:
    other = pay(localstripe, "sk_test_localstripe", card(localstripe))
    ours = pay(stripe_standin.url, stripe_standin.secret_key, "pm_card_visa")
    for name in ("object", "amount", "currency", "status", "metadata", "next_action", "last_payment_error", "livemode"):
        assert ours[name] == other[name], name
    # The older API that it speaks had these two; today's has not.
    assert set(other) - set(ours) == {"charges", "invoice"}


def test_the_gateway_reads_a_refund_alike(
    theirs: StripeGateway, gateway: StripeGateway, localstripe: str, stripe_standin: StripeStandin
) -> None:
    read = []
    for reader, url, key, method in (
        (theirs, localstripe, "sk_test_localstripe", card(localstripe)),
        (gateway, stripe_standin.url, stripe_standin.secret_key, "pm_card_visa"),
    ):
        payment_id = pay(url, key, method)["id"]
        made = client(url, key).v1.refunds.create({"payment_intent": payment_id, "amount": 300})
        refund = reader.refund(made.id)
        assert refund is not None
        assert refund.payment_id == payment_id
        read.append((refund.amount_cents, refund.currency, refund.status))
    assert read == [(300, "usd", "succeeded")] * 2


def test_its_webhooks_are_read(theirs: StripeGateway, localstripe: str) -> None:
    with _Inbox() as inbox:
        hook = {"url": inbox.url, "secret": SECRET, "events": ["customer.created"]}
        requests.post(f"{localstripe}/_config/webhooks/ours", json=hook, timeout=5).raise_for_status()
        made = theirs.create_customer(email="alice@example.com", wallet_id="wal_alice", idempotency_key="alice")
        payload, signature = inbox.take(made)
    event = theirs.read_event(payload, signature)
    assert (event.type, event.object_id, event.livemode) == ("customer.created", made, False)
    with pytest.raises(InvalidSignature):
        theirs.read_event(payload.replace(b"alice", b"malice"), signature)


class _Inbox:
    """A webhook endpoint that keeps what it gets."""

    def __init__(self) -> None:
        self._arrived: queue.Queue[tuple[bytes, str]] = queue.Queue()
        arrived = self._arrived

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["Content-Length"]))
                arrived.put((body, self.headers["Stripe-Signature"]))
                self.send_response(200)
                self.end_headers()

            def log_message(self, *args: object) -> None:
                pass

        self._server = HTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self._server.server_port}/"
        self._thread = threading.Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.05})

    def __enter__(self) -> "_Inbox":
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._server.shutdown()
        self._thread.join()
        self._server.server_close()

    def take(self, about: str) -> tuple[bytes, str]:
        """The first that tells of this object; those of earlier tests may still come before."""
        while True:
            payload, signature = self._arrived.get(timeout=10)
            if about.encode() in payload:
                return payload, signature


def _wait_for(port: int) -> None:
    until = time.monotonic() + 20
    while time.monotonic() < until:
        try:
            socket.create_connection(("127.0.0.1", port), 1).close()
        except OSError:
            time.sleep(0.05)
        else:
            return
    raise TimeoutError("localstripe did not start")
