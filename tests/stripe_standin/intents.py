"""Payment intents made and confirmed by the API itself, with Stripe's test payment methods in place of a page."""

from tests.stripe_standin import catalog, payments
from tests.stripe_standin.params import Json
from tests.stripe_standin.refusals import Refusal
from tests.stripe_standin.state import State

MINIMUM_CENTS = 50

_CARDS = {
    "pm_card_visa": payments.VISA,
    "pm_card_visa_chargeDeclined": payments.DECLINED,
    "pm_card_authenticationRequired": payments.ASKS_TO_CONFIRM,
}


def create(state: State, _: str, params: Json) -> Json:
    if "customer" in params:
        state.get("customer", params["customer"], param="customer")
    if params["amount"] < MINIMUM_CENTS:
        raise Refusal("Amount must be at least $0.50 usd", code="amount_too_small", param="amount")
    catalog.check_amount(params["amount"], param="amount")
    card = _card(params) if params.get("confirm") else None
    intent = payments.create_intent(
        state,
        amount=params["amount"],
        currency=params["currency"].lower(),
        customer=params.get("customer"),
        metadata=params.get("metadata", {}),
        description=params.get("description"),
    )
    if card:
        payments.attempt(state, intent, card)
    return intent


def confirm(state: State, intent_id: str, params: Json) -> Json:
    intent = state.get("payment_intent", intent_id)
    if intent["status"] != "requires_payment_method":
        raise Refusal(
            f"This PaymentIntent's status is {intent['status']}, so it cannot be confirmed.",
            code="payment_intent_unexpected_state",
        )
    payments.attempt(state, intent, _card(params))
    return intent


def _card(params: Json) -> str:
    method = params.get("payment_method")
    if method is None:
        raise Refusal("You cannot confirm this PaymentIntent because it's missing a payment method.")
    if method not in _CARDS:
        raise Refusal(f"No such PaymentMethod: '{method}'", code="resource_missing", param="payment_method")
    return _CARDS[method]
