"""One page at the root with what a test does by the controls: refunds, disputes, and the month that passes."""

from collections.abc import Callable
from html import escape

from tests.stripe_standin import checkouts, payments, reversals, subscriptions
from tests.stripe_standin.pages import money, page
from tests.stripe_standin.params import Json
from tests.stripe_standin.state import State

Act = Callable[[State, str], object]


def _renew(state: State, subscription_id: str, *, succeeds: bool) -> None:
    subscription = state.get("subscription", subscription_id)
    if subscriptions.begin_period(state, subscription):
        subscriptions.collect(state, subscription, succeeds=succeeds)


ACTS: dict[str, Act] = {
    "Refund": lambda state, payment: reversals.create_refund(state, "", {"payment_intent": payment}),
    "Dispute": lambda state, payment: reversals.dispute(
        state, payment, amount=None, reason="fraudulent", inquiry=False
    ),
    "Let the refund fail": reversals.fail_refund,
    "Settle the refund": reversals.settle_refund,
    "Win": lambda state, dispute: reversals.close_dispute(state, dispute, won=True),
    "Lose": lambda state, dispute: reversals.close_dispute(state, dispute, won=False),
    "Renew": lambda state, subscription: _renew(state, subscription, succeeds=True),
    "Renew with a card that fails": lambda state, subscription: _renew(state, subscription, succeeds=False),
    "Charge the open invoice": lambda state, subscription: subscriptions.collect(
        state, state.get("subscription", subscription), succeeds=True
    ),
    "Cancel": subscriptions.cancel,
    "Expire": checkouts.expire,
}

_OFFERS: dict[str, dict[str, list[str]]] = {
    "payment_intent": {"succeeded": ["Refund", "Dispute"]},
    "refund": {"pending": ["Settle the refund", "Let the refund fail"], "succeeded": ["Let the refund fail"]},
    "dispute": {"needs_response": ["Win", "Lose"]},
    "subscription": {
        "active": ["Renew", "Renew with a card that fails", "Cancel"],
        "past_due": ["Charge the open invoice", "Cancel"],
    },
    "checkout.session": {"open": ["Expire"]},
}


def dashboard_page(state: State, error: str | None = None) -> str:
    sections = "".join(_section(state, kind) for kind in _OFFERS)
    cards = f"<p>Cards: {payments.VISA} pays, {payments.DECLINED} is declined, {payments.ASKS_TO_CONFIRM} asks.</p>"
    alert = f'<p role="alert">{escape(error)}</p>' if error else ""
    return page("Dashboard", alert + cards + sections)


def _section(state: State, kind: str) -> str:
    rows = "".join(f"<li>{_row(each)}</li>" for each in reversed(state.all_of(kind)))
    return f"<h2>{kind}</h2><ul>{rows or '<li>None yet.</li>'}</ul>"


def _row(each: Json) -> str:
    amount = each.get("amount", each.get("amount_total"))
    buttons = "".join(
        f' <button name="act" value="{act}">{act}</button>' for act in _OFFERS[each["object"]].get(each["status"], [])
    )
    return (
        f'<form method="post">{each["id"]} {money(amount, each["currency"]) if amount else ""} {each["status"]}'
        f'<input type="hidden" name="id" value="{each["id"]}">{buttons}</form>'
    )
