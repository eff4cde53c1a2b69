"""Payment intents and their charges: what becomes of a card."""

from typing import Any

from tests.stripe_standin import refusals
from tests.stripe_standin.params import Json
from tests.stripe_standin.refusals import Refusal
from tests.stripe_standin.state import State

VISA = "4242424242424242"
DECLINED = "4000000000000002"
ASKS_TO_CONFIRM = "4000002500003155"
# Its refunds stay pending until somebody settles or fails them.
PENDING_REFUNDS = "4000000000007726"

_CONFIRMATION = {ASKS_TO_CONFIRM, "4000002760003184"}
_DECLINES = {
    DECLINED: ("card_declined", "generic_decline", "Your card was declined."),
    "4000000000009995": ("card_declined", "insufficient_funds", "Your card has insufficient funds."),
    "4000000000000069": ("expired_card", None, "Your card has expired."),
}
_UNKNOWN_CARD = (
    "card_declined",
    "test_mode_live_card",
    "Your card was declined. Your request was in test mode, but used a non test card.",
)
_NOT_CONFIRMED = (
    "payment_intent_authentication_failure",
    None,
    "We are unable to authenticate your payment method. Please choose a different payment method and try again.",
)


def create_intent(
    state: State, *, amount: int, currency: str, customer: str | None, metadata: Json, **fields: Any
) -> Json:
    intent = state.add(
        "payment_intent",
        "pi",
        amount=amount,
        amount_capturable=0,
        amount_received=0,
        application=None,
        automatic_payment_methods=None,
        canceled_at=None,
        cancellation_reason=None,
        capture_method="automatic_async",
        client_secret=state.new_id("secret"),
        confirmation_method="automatic",
        currency=currency,
        customer=customer,
        description=fields.get("description"),
        last_payment_error=None,
        latest_charge=None,
        metadata=dict(metadata),
        next_action=None,
        payment_method=None,
        payment_method_types=["card"],
        processing=None,
        receipt_email=None,
        setup_future_usage=fields.get("setup_future_usage"),
        shipping=None,
        statement_descriptor=None,
        status="requires_payment_method",
        transfer_group=None,
    )
    state.emit("payment_intent.created", intent)
    return intent


def attempt(state: State, intent: Json, card: str) -> bool:
    """Try a card: whether the payment is through. A Refusal when it is declined; False when the bank wants more."""
    number = card.replace(" ", "")
    intent["payment_method"] = state.new_id("pm")
    state.cards[intent["id"]] = number
    if number in _CONFIRMATION:
        action = {"type": "use_stripe_sdk", "use_stripe_sdk": {"type": "three_d_secure_redirect"}}
        intent.update(status="requires_action", next_action=action)
        state.emit("payment_intent.requires_action", intent)
        return False
    if number not in (VISA, PENDING_REFUNDS):
        raise fail(state, intent, *_DECLINES.get(number, _UNKNOWN_CARD))
    succeed(state, intent)
    return True


def confirm(state: State, intent: Json, *, agrees: bool) -> None:
    """The customer's answer to the bank's question; a Refusal when it is no."""
    if intent["status"] != "requires_action":
        raise Refusal(
            f"This PaymentIntent's status is {intent['status']}.",
            code="payment_intent_unexpected_state",
            param="intent",
        )
    intent["next_action"] = None
    if not agrees:
        raise fail(state, intent, *_NOT_CONFIRMED, charged=False)
    succeed(state, intent)


def succeed(state: State, intent: Json) -> None:
    charge = _charge(state, intent, status="succeeded")
    intent.update(
        status="succeeded",
        amount_received=intent["amount"],
        latest_charge=charge["id"],
        last_payment_error=None,
    )
    state.emit("charge.succeeded", charge)
    state.emit("payment_intent.succeeded", intent)


def fail(
    state: State, intent: Json, code: str, decline_code: str | None, message: str, *, charged: bool = True
) -> Refusal:
    """Record the failure; the Refusal says it to whoever sent the card."""
    if charged:
        charge = _charge(state, intent, status="failed", failure_code=code, failure_message=message)
        intent["latest_charge"] = charge["id"]
        state.emit("charge.failed", charge)
    refusal = refusals.declined(code, decline_code, message, dict(intent))
    error = {name: value for name, value in refusal.body["error"].items() if name != "payment_intent"}
    intent.update(status="requires_payment_method", last_payment_error=error, payment_method=None)
    state.emit("payment_intent.payment_failed", intent)
    return refusal


def _charge(state: State, intent: Json, *, status: str, **failure: str) -> Json:
    paid = status == "succeeded"
    charge = state.add(
        "charge",
        "ch",
        amount=intent["amount"],
        amount_captured=intent["amount"] if paid else 0,
        amount_refunded=0,
        balance_transaction=state.new_id("txn") if paid else None,
        billing_details={"address": {}, "email": None, "name": None, "phone": None},
        captured=paid,
        currency=intent["currency"],
        customer=intent["customer"],
        description=intent["description"],
        disputed=False,
        failure_code=failure.get("failure_code"),
        failure_message=failure.get("failure_message"),
        metadata=dict(intent["metadata"]),
        outcome={"type": "authorized" if paid else "issuer_declined"},
        paid=paid,
        payment_intent=intent["id"],
        payment_method=intent["payment_method"],
        receipt_email=None,
        receipt_number=None,
        receipt_url=None,
        refunded=False,
        status=status,
    )
    if paid:
        charge["receipt_url"] = f"{state.base_url}/receipts/{charge['id']}"
    return charge
