"""Subscriptions: each has one item, whose period moves on by a calendar month."""

import copy
from calendar import monthrange
from datetime import UTC, datetime
from typing import Any

from tests.stripe_standin import invoices, payments
from tests.stripe_standin.params import Json
from tests.stripe_standin.refusals import Refusal
from tests.stripe_standin.state import State

ENDED = ("canceled", "incomplete_expired")


def create(state: State, *, customer: str, price: Json, metadata: Json, intent: Json) -> Json:
    """A subscription whose first invoice the intent, already succeeded, has paid."""
    start = state.now()
    subscription = state.add(
        "subscription",
        "sub",
        application=None,
        billing_cycle_anchor=start,
        billing_mode={"type": "flexible"},
        cancel_at=None,
        cancel_at_period_end=False,
        canceled_at=None,
        cancellation_details={"comment": None, "feedback": None, "reason": None},
        collection_method="charge_automatically",
        currency=price["currency"],
        customer=customer,
        days_until_due=None,
        default_payment_method=intent["payment_method"],
        default_tax_rates=[],
        description=None,
        discounts=[],
        ended_at=None,
        items={"object": "list", "data": [], "has_more": False, "url": ""},
        latest_invoice=None,
        metadata=dict(metadata),
        next_pending_invoice_item_invoice=None,
        pause_collection=None,
        pending_setup_intent=None,
        pending_update=None,
        schedule=None,
        start_date=start,
        status="active",
        test_clock=None,
        trial_end=None,
        trial_start=None,
    )
    item = {
        "id": state.new_id("si"),
        "object": "subscription_item",
        "created": start,
        "current_period_start": start,
        "current_period_end": month_after(start, 1),
        "discounts": [],
        "metadata": {},
        "price": price,
        "quantity": 1,
        "subscription": subscription["id"],
        "tax_rates": [],
    }
    subscription["items"]["data"].append(item)
    subscription["items"]["url"] = f"/v1/subscription_items?subscription={subscription['id']}"
    invoice = _invoice(state, subscription, reason="subscription_create")
    invoices.finalize(state, invoice, intent)
    state.emit("customer.subscription.created", subscription)
    invoices.mark_paid(state, invoice)
    return subscription


def begin_period(state: State, subscription: Json) -> Json | None:
    """Move one month on: the new period's draft invoice, or None where the subscription was to end instead."""
    if subscription["status"] in ENDED:
        raise Refusal(f"Subscription {subscription['id']} has ended.")
    item = subscription["items"]["data"][0]
    if (
        subscription["cancel_at_period_end"]
        or (subscription["cancel_at"] or float("inf")) <= item["current_period_end"]
    ):
        _end(state, subscription)
        return None
    before = {"items": copy.deepcopy(subscription["items"]), "latest_invoice": subscription["latest_invoice"]}
    start = item["current_period_end"]
    item.update(current_period_start=start, current_period_end=_next_end(subscription["billing_cycle_anchor"], start))
    invoice = _invoice(state, subscription, reason="subscription_cycle")
    state.emit("customer.subscription.updated", subscription, **before)
    return invoice


def collect(state: State, subscription: Json, *, succeeds: bool) -> Json:
    """Charge the latest invoice: the subscription is then active, or past due."""
    invoice = state.get("invoice", subscription["latest_invoice"])
    if invoice["status"] == "draft":
        invoices.finalize(state, invoice)
    if invoice["status"] != "open":
        raise Refusal("Invoice is already paid", code="invoice_already_paid")
    is_paid = invoices.collect(state, invoice, payments.VISA if succeeds else payments.DECLINED)
    status = "active" if is_paid else "past_due"
    if subscription["status"] != status:
        state.change("customer.subscription.updated", subscription, status=status)
    return invoice


def update(state: State, subscription_id: str, params: Json) -> Json:
    subscription = state.get("subscription", subscription_id)
    if subscription["status"] in ENDED:
        raise Refusal("A canceled subscription can only update its cancellation_details and metadata.")
    changes: Json = {}
    if "metadata" in params:
        changes["metadata"] = {**subscription["metadata"], **params["metadata"]}
    if "cancel_at_period_end" in params:
        cancels = params["cancel_at_period_end"]
        end = subscription["items"]["data"][0]["current_period_end"]
        changes |= {"cancel_at_period_end": cancels, "cancel_at": end if cancels else None}
        changes["canceled_at"] = state.now() if cancels else None
    if changes:
        state.change("customer.subscription.updated", subscription, **changes)
    return subscription


def cancel_from_portal(state: State, subscription: Json, *, cancels: bool) -> None:
    """What the portal's button does to a subscription in flexible billing mode: a date, and no flag."""
    if subscription["status"] in ENDED:
        return
    end = subscription["items"]["data"][0]["current_period_end"]
    state.change(
        "customer.subscription.updated",
        subscription,
        cancel_at=end if cancels else None,
        cancel_at_period_end=False,
        canceled_at=state.now() if cancels else None,
        cancellation_details={
            "comment": None,
            "feedback": None,
            "reason": "cancellation_requested" if cancels else None,
        },
    )


def cancel(state: State, subscription_id: str, _: Any = None) -> Json:
    """End it at once. One that has ended is answered like one that never was, as Stripe does."""
    subscription = state.get("subscription", subscription_id)
    if subscription["status"] in ENDED:
        raise Refusal(f"No such subscription: '{subscription_id}'", status=404, code="resource_missing", param="id")
    _end(state, subscription)
    return subscription


def month_after(start: int, count: int) -> int:
    """The same day and time `count` months later, or that month's last day."""
    moment = datetime.fromtimestamp(start, UTC)
    year, month = divmod(moment.year * 12 + moment.month - 1 + count, 12)
    day = min(moment.day, monthrange(year, month + 1)[1])
    return int(moment.replace(year=year, month=month + 1, day=day).timestamp())


def _next_end(anchor: int, start: int) -> int:
    """From the anchor, not from the start: a subscription of the 31st comes back to it after February."""
    count = 1
    while month_after(anchor, count) <= start:
        count += 1
    return month_after(anchor, count)


def _end(state: State, subscription: Json) -> None:
    subscription.update(status="canceled", ended_at=state.now(), canceled_at=subscription["canceled_at"] or state.now())
    state.emit("customer.subscription.deleted", subscription)


def _invoice(state: State, subscription: Json, *, reason: str) -> Json:
    item = subscription["items"]["data"][0]
    amount = item["price"]["unit_amount"]
    period = {"start": item["current_period_start"], "end": item["current_period_end"]}
    parent = {"subscription": subscription["id"], "subscription_item": item["id"], "proration": False}
    # The first invoice covers no time before it; a later one is dated by the period that has just ended.
    looks_back_to = month_after(period["start"], -1) if reason == "subscription_cycle" else period["start"]
    invoice = invoices.create(
        state,
        amount=amount,
        currency=subscription["currency"],
        customer=subscription["customer"],
        reason=reason,
        period_start=looks_back_to,
        period_end=period["start"],
        lines=[
            invoices.line(
                state,
                amount=amount,
                currency=subscription["currency"],
                description="1 × Subscription",
                period=period,
                price=item["price"],
                parent={"type": "subscription_item_details", "subscription_item_details": parent},
            )
        ],
        parent={
            "type": "subscription_details",
            "subscription_details": {"metadata": subscription["metadata"], "subscription": subscription["id"]},
            "quote_details": None,
        },
    )
    subscription["latest_invoice"] = invoice["id"]
    return invoice
