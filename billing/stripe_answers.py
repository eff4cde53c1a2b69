"""Stripe's objects, as its API version 2026-10-28.endive gives them, read into ours."""

from datetime import UTC, datetime
from typing import Any

import stripe

from billing.stripe_objects import CheckoutState, Dispute, Event, Payment, Refund, Subscription, SubscriptionPayment


def checkout_state(session: stripe.checkout.Session) -> CheckoutState:
    return CheckoutState(
        id=session.id,
        customer=id_of(session.customer),
        mode=session.mode,
        status=session.status or "expired",
        is_paid=session.payment_status in {"paid", "no_payment_required"},
        payment_id=id_of(session.payment_intent),
        subscription_id=id_of(session.subscription),
    )


def payment(intent: stripe.PaymentIntent) -> Payment:
    """Needs `latest_charge` expanded."""
    metadata = intent.metadata.to_dict()
    charge = intent.latest_charge
    return Payment(
        id=intent.id,
        customer=id_of(intent.customer),
        wallet_id=metadata.get("wallet_id"),
        purpose=metadata.get("purpose"),
        amount_cents=intent.amount_received,
        currency=intent.currency,
        is_paid=intent.status == "succeeded",
        receipt_url=charge.receipt_url if isinstance(charge, stripe.Charge) else None,
    )


def refund(given: stripe.Refund) -> Refund:
    return Refund(given.id, id_of(given.payment_intent), given.amount, given.currency, given.status or "pending")


def dispute(given: stripe.Dispute) -> Dispute:
    return Dispute(given.id, id_of(given.payment_intent), given.amount, given.currency, given.status)


def subscription(given: stripe.Subscription) -> Subscription:
    """Needs `latest_invoice` expanded."""
    item = given.items.data[0]  # we sell one thing; since 2025-03-31 the period is the item's
    invoice = given.latest_invoice
    return Subscription(
        id=given.id,
        status=given.status,
        is_paid=isinstance(invoice, stripe.Invoice) and invoice.status == "paid",
        period_start=_time(item.current_period_start),
        period_end=_time(item.current_period_end),
        # Which of the two the portal sets depends on the subscription's billing mode.
        cancels_at_period_end=given.cancel_at_period_end or given.cancel_at is not None,
    )


def subscription_payment(payment_id: str, invoice: str | stripe.Invoice) -> SubscriptionPayment | None:
    """What the invoice charged for, or None for one of a top-up, which has no parent."""
    if isinstance(invoice, str) or invoice.parent is None or invoice.parent.subscription_details is None:
        return None
    subscription_id = id_of(invoice.parent.subscription_details.subscription)
    assert subscription_id is not None
    # The invoice's own period is the one that has just ended; what it charges for stands on its lines.
    period = max((line.period for line in invoice.lines.data), key=lambda period: period.end)
    return SubscriptionPayment(payment_id, subscription_id, _time(period.start), _time(period.end))


def event(body: Any) -> Event:
    """The event in a webhook's body; LookupError, TypeError, ValueError or OverflowError where there is none."""
    subject = body["data"]["object"]
    if body["object"] != "event" or type(body["livemode"]) is not bool or not isinstance(subject, dict):
        raise ValueError
    subject_id = _text(subject.get("id", ""))
    return Event(
        id=_text(body["id"]),
        type=_text(body["type"]),
        object_id=subject_id,
        customer=subject_id if subject["object"] == "customer" else _reference(subject.get("customer")),
        payment_id=subject_id if subject["object"] == "payment_intent" else _reference(subject.get("payment_intent")),
        livemode=body["livemode"],
        created=_time(body["created"]),
    )


def id_of(reference: Any) -> str | None:
    """The id of what Stripe gives as an id, as the object itself, or not at all."""
    found = reference if reference is None or isinstance(reference, str) else reference.id
    assert found is None or isinstance(found, str)
    return found


def _text(value: object) -> str:
    if not isinstance(value, str):
        raise TypeError
    return value


def _reference(value: object) -> str | None:
    return value if isinstance(value, str) else None


def _time(seconds: int) -> datetime:
    return datetime.fromtimestamp(seconds, UTC)
