"""Calls to Stripe over the network, and no arithmetic. `billing/stripe_*.py` is the one door to its library.

A call may take half a minute when Stripe does not answer. Each raises PaymentsUnavailable where trying again may help
and StripeRefused where it cannot; neither carries a word of Stripe's.
"""

import json
import logging
import re
from collections.abc import Iterator
from contextlib import contextmanager, suppress

import stripe

from billing import stripe_answers
from billing.stripe_objects import (
    TOP_UP,
    Checkout,
    CheckoutState,
    Dispute,
    Event,
    NoSuchObject,
    Payment,
    Refund,
    StripeRefused,
    Subscription,
    SubscriptionPayment,
)
from errors import AppError, Conflict, IdempotencyKeyReused, InvalidSignature, PaymentsUnavailable

PRO_LOOKUP_KEY = "transcribe_pro_monthly"
SIGNATURE_TOLERANCE_SECONDS = 300

# To connect, and for an answer; and how often the same is tried again, under the same idempotency key.
_TIMEOUT_SECONDS = (3.0, 7.0)
_RETRIES = 2

# In these states a subscription is over or never began; in any other a second one would be charged beside it.
_ENDED = frozenset({"canceled", "incomplete", "incomplete_expired"})

_ID = re.compile(r"[A-Za-z]+_[A-Za-z0-9_]{1,250}")

# Left on, the library keeps an id of this machine in the home directory and sends it along with every call.
stripe.enable_telemetry = False
# Its INFO lines quote Stripe's messages, which may name an address or a part of the key.
logging.getLogger("stripe").setLevel(logging.WARNING)

_log = logging.getLogger(__name__)


class StripeGateway:
    """Our account at Stripe. Many threads may use one gateway at once."""

    def __init__(self, secret_key: str, webhook_secret: str, api_base: str | None = None) -> None:
        self.livemode = secret_key.startswith(("sk_live_", "rk_live_"))
        self._webhook_secret = webhook_secret
        self._stripe = stripe.StripeClient(
            secret_key,
            base_addresses={"api": api_base} if api_base else None,
            max_network_retries=_RETRIES,
            http_client=stripe.RequestsClient(timeout=_TIMEOUT_SECONDS),
        ).v1

    def try_key(self) -> None:
        """Nothing where Stripe answers and takes the secret key; else PaymentsUnavailable or StripeRefused."""
        with _translated():
            self._stripe.customers.list({"limit": 1})

    # Customers

    def create_customer(self, *, email: str, wallet_id: str, idempotency_key: str) -> str:
        """The id of a new customer, to be kept with the wallet."""
        with _translated():
            return self._stripe.customers.create(
                {"email": email, "metadata": {"wallet_id": wallet_id}}, {"idempotency_key": idempotency_key}
            ).id

    def portal_url(self, *, customer: str, return_url: str) -> str:
        """Where the customer cancels, changes the card and finds invoices; to be opened at once."""
        with _translated():
            return self._stripe.billing_portal.sessions.create({"customer": customer, "return_url": return_url}).url

    # Checkouts

    def start_top_up(
        self,
        *,
        customer: str,
        amount_cents: int,
        wallet_id: str,
        return_url: str,
        cancel_url: str,
        idempotency_key: str,
    ) -> Checkout:
        """A page on which the customer pays this many cents; from there it goes to `return_url` with `session_id=…`.

        Raises NoSuchObject when Stripe has no such customer, IdempotencyKeyReused for the key of another checkout,
        Conflict for the key of one that has ended.
        """
        metadata = {"wallet_id": wallet_id, "purpose": TOP_UP}
        with _translated():
            return self._open_checkout(
                {
                    "mode": "payment",
                    "customer": customer,
                    "line_items": [
                        {
                            "quantity": 1,
                            "price_data": {
                                "currency": "usd",
                                "unit_amount": amount_cents,
                                "product_data": {"name": "Transcribe funds"},
                            },
                        }
                    ],
                    "metadata": metadata,
                    "payment_intent_data": {"metadata": metadata},
                    # The portal lists invoices; without one the payment would have no receipt there.
                    "invoice_creation": {"enabled": True},
                    "success_url": _with_session_id(return_url),
                    "cancel_url": cancel_url,
                },
                idempotency_key,
            )

    def start_subscription(
        self,
        *,
        customer: str,
        price_cents: int,
        wallet_id: str,
        return_url: str,
        cancel_url: str,
        idempotency_key: str,
    ) -> Checkout:
        """A page on which the customer subscribes to Pro. It ends their other such pages, so that only one can buy.

        Raises Conflict when there is a subscription that has not ended; else as `start_top_up`.
        """
        metadata = {"wallet_id": wallet_id, "purpose": "subscription"}
        with _translated():
            checkout = self._open_checkout(
                {
                    "mode": "subscription",
                    "customer": customer,
                    "line_items": [{"quantity": 1, "price": self._pro_price(price_cents)}],
                    "metadata": metadata,
                    "subscription_data": {"metadata": metadata},
                    "success_url": _with_session_id(return_url),
                    "cancel_url": cancel_url,
                },
                idempotency_key,
            )
            # Only now, while nobody has our page's address yet: of two tabs at once, each then sees the other's page.
            self._expire_subscription_pages(customer, besides=checkout.id)
            # And after that: a page that could no longer be ended has been paid, and its subscription is there.
            if self._has_subscription(customer):
                self._expire(checkout.id)
                raise Conflict("There is a subscription already. It is managed in the billing portal.")
            return checkout

    def checkout(self, session_id: str) -> CheckoutState | None:
        """How far that checkout has come, or None if there is none. The id may be a browser's."""
        if not _ID.fullmatch(session_id):
            return None
        with suppress(NoSuchObject), _translated():
            return stripe_answers.checkout_state(self._stripe.checkout.sessions.retrieve(session_id))
        return None

    def _open_checkout(self, params: stripe.params.checkout.SessionCreateParams, idempotency_key: str) -> Checkout:
        session = self._stripe.checkout.sessions.create(params, {"idempotency_key": idempotency_key})
        if session.last_response and "Idempotent-Replayed" in session.last_response.headers:
            # What is replayed is the answer of back then.
            session = self._stripe.checkout.sessions.retrieve(session.id)
        if session.url is None:
            raise Conflict("This checkout has ended. Reload the page to start another.")
        return Checkout(session.id, session.url)

    def _expire_subscription_pages(self, customer: str, *, besides: str) -> None:
        sessions = self._stripe.checkout.sessions.list({"customer": customer, "status": "open", "limit": 100})
        for session in sessions.auto_paging_iter():
            if session.mode == "subscription" and session.id != besides:
                self._expire(session.id)

    def _expire(self, session_id: str) -> None:
        # Refused for one that was paid or has expired in the meantime.
        with suppress(stripe.InvalidRequestError):
            self._stripe.checkout.sessions.expire(session_id)

    def _pro_price(self, price_cents: int) -> str:
        """The id of the price with our lookup key, made anew when it is missing, archived or of another amount."""
        found = self._stripe.prices.list({"lookup_keys": [PRO_LOOKUP_KEY], "limit": 1}).data
        old = found[0] if found else None
        if old and old.active and (old.unit_amount, old.currency) == (price_cents, "usd"):
            return old.id
        params: stripe.params.PriceCreateParams = {
            "currency": "usd",
            "unit_amount": price_cents,
            "recurring": {"interval": "month"},
            "lookup_key": PRO_LOOKUP_KEY,
            "transfer_lookup_key": True,
        }
        if old:
            params["product"] = str(stripe_answers.id_of(old.product))
        else:
            params["product_data"] = {"name": "Transcribe Pro"}
        # The same for all who find the same price wanting, so that several at once make one.
        key = f"{PRO_LOOKUP_KEY}:{price_cents}:{old.id if old else 'first'}"
        return self._stripe.prices.create(params, {"idempotency_key": key}).id

    # Payments

    def payment(self, payment_id: str) -> Payment | None:
        """The payment as it stands now, or None if there is none."""
        with suppress(NoSuchObject), _translated():
            intent = self._stripe.payment_intents.retrieve(payment_id, {"expand": ["latest_charge"]})
            return stripe_answers.payment(intent)
        return None

    def subscription_payment(self, payment_id: str) -> SubscriptionPayment | None:
        """Which period of which subscription this payment was for, or None if it was for none."""
        with suppress(NoSuchObject), _translated():
            links = self._stripe.invoice_payments.list(
                {"payment": {"type": "payment_intent", "payment_intent": payment_id}, "expand": ["data.invoice"]}
            )
            found = (stripe_answers.subscription_payment(payment_id, link.invoice) for link in links.data)
            return next((each for each in found if each), None)
        return None

    def refund(self, refund_id: str) -> Refund | None:
        """The refund as it stands now, or None if there is none."""
        with suppress(NoSuchObject), _translated():
            return stripe_answers.refund(self._stripe.refunds.retrieve(refund_id))
        return None

    def refunds_of(self, payment_id: str) -> list[Refund]:
        """Every refund of a payment, the newest first, failed ones too."""
        with suppress(NoSuchObject), _translated():
            refunds = self._stripe.refunds.list({"payment_intent": payment_id, "limit": 100})
            return [stripe_answers.refund(refund) for refund in refunds.auto_paging_iter()]
        return []

    def dispute(self, dispute_id: str) -> Dispute | None:
        """The dispute as it stands now, or None if there is none."""
        with suppress(NoSuchObject), _translated():
            return stripe_answers.dispute(self._stripe.disputes.retrieve(dispute_id))
        return None

    # Subscriptions

    def subscription_of(self, customer: str) -> Subscription | None:
        """The customer's subscription that counts: one that runs before one that does not, then the newest."""
        with suppress(NoSuchObject), _translated():
            # Listed the newest first, and max() takes the first of equals.
            every = self._stripe.subscriptions.list(
                {"customer": customer, "status": "all", "limit": 100, "expand": ["data.latest_invoice"]}
            )
            ours = (stripe_answers.subscription(each) for each in every.auto_paging_iter())
            return max(ours, key=lambda each: each.is_active, default=None)
        return None

    def cancel_subscription(self, subscription_id: str) -> None:
        """End it now, without a refund. One that has ended, or never was, is left alone."""
        with suppress(NoSuchObject), _translated():
            self._stripe.subscriptions.cancel(subscription_id)

    def _has_subscription(self, customer: str) -> bool:
        every = self._stripe.subscriptions.list({"customer": customer, "limit": 100})
        return any(each.status not in _ENDED for each in every.auto_paging_iter())

    # Events

    def read_event(self, payload: bytes, signature: str) -> Event:
        """The event that Stripe signed: `payload` is the raw body, `signature` the Stripe-Signature header.

        Raises InvalidSignature for anything else, a signature older than 300 seconds too.
        """
        try:
            stripe.WebhookSignature.verify_header(payload, signature, self._webhook_secret, SIGNATURE_TOLERANCE_SECONDS)
            return stripe_answers.event(json.loads(payload))
        # TypeError also from the library, which compares signatures as ASCII whatever the header holds.
        except (stripe.SignatureVerificationError, LookupError, TypeError, ValueError, OverflowError):
            raise InvalidSignature from None


@contextmanager
def _translated() -> Iterator[None]:
    try:
        yield
    except stripe.StripeError as error:
        _log.warning(
            "a call to Stripe failed",
            extra={
                "stripe_failure": type(error).__name__,
                "stripe_status": error.http_status,
                "stripe_code": error.code,
                "stripe_param": getattr(error, "param", None),
                "stripe_request_id": error.request_id,
            },
        )
        raise _translation(error) from None


def _translation(error: stripe.StripeError) -> AppError:
    if isinstance(error, stripe.IdempotencyError):
        return IdempotencyKeyReused()
    if error.http_status == 404 or error.code == "resource_missing":
        return NoSuchObject()
    if isinstance(error, stripe.InvalidRequestError | stripe.CardError):
        return StripeRefused()
    # A refused key too: an operator mends that, and no event may be given up for it meanwhile.
    return PaymentsUnavailable()


def _with_session_id(url: str) -> str:
    return f"{url}{'&' if '?' in url else '?'}session_id={{CHECKOUT_SESSION_ID}}"
