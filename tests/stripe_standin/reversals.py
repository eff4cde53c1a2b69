"""Money that goes back: refunds and disputes."""

from tests.stripe_standin import payments
from tests.stripe_standin.params import Json
from tests.stripe_standin.refusals import Refusal
from tests.stripe_standin.state import State


def create_refund(state: State, _: str, params: Json) -> Json:
    charge = _charge(state, params)
    left = charge["amount"] - charge["amount_refunded"]
    amount = params.get("amount", left)
    if charge["disputed"]:
        raise Refusal(f"Charge {charge['id']} has been charged back; cannot issue a refund.", code="charge_disputed")
    if left == 0:
        raise Refusal(f"Charge {charge['id']} has already been refunded.", code="charge_already_refunded")
    if amount < 1:
        raise Refusal("Invalid positive integer", code="parameter_invalid_integer", param="amount")
    if amount > left:
        raise Refusal(f"Refund amount ({amount}) is greater than unrefunded amount on charge ({left})", param="amount")
    pending = state.cards[charge["payment_intent"]] == payments.PENDING_REFUNDS
    refund = state.add(
        "refund",
        "re",
        amount=amount,
        balance_transaction=state.new_id("txn"),
        charge=charge["id"],
        currency=charge["currency"],
        destination_details={"card": {"reference_status": "pending", "type": "refund"}, "type": "card"},
        metadata=params.get("metadata", {}),
        payment_intent=charge["payment_intent"],
        reason=params.get("reason"),
        receipt_number=None,
        source_transfer_reversal=None,
        status="pending" if pending else "succeeded",
        transfer_reversal=None,
    )
    del refund["livemode"]  # a refund is one of the few objects without it
    state.emit("refund.created", refund)
    refunded = charge["amount_refunded"] + amount
    state.change("charge.refunded", charge, amount_refunded=refunded, refunded=refunded == charge["amount"])
    return refund


def settle_refund(state: State, refund_id: str) -> Json:
    refund = state.get("refund", refund_id)
    _move_refund(state, refund, "succeeded")
    return refund


def fail_refund(state: State, refund_id: str) -> Json:
    """The customer's bank sends the money back, which may happen weeks after a refund succeeded."""
    refund = state.get("refund", refund_id)
    charge = state.get("charge", refund["charge"])
    refund["failure_reason"] = "lost_or_stolen_card"
    refund["failure_balance_transaction"] = state.new_id("txn")
    _move_refund(state, refund, "failed")
    state.emit("refund.failed", refund)
    charge.update(amount_refunded=charge["amount_refunded"] - refund["amount"], refunded=False)
    return refund


def dispute(state: State, payment_id: str, *, amount: int | None, reason: str, inquiry: bool) -> Json:
    """The bank takes the amount back; an inquiry only asks."""
    charge = _charge(state, {"payment_intent": payment_id})
    charge["disputed"] = True
    made = state.add(
        "dispute",
        "dp",
        amount=charge["amount"] if amount is None else amount,
        balance_transactions=[],
        charge=charge["id"],
        currency=charge["currency"],
        enhanced_eligibility_types=[],
        evidence={},
        evidence_details={
            "due_by": state.now() + 7 * 24 * 3600,
            "has_evidence": False,
            "past_due": False,
            "submission_count": 0,
        },
        is_charge_refundable=inquiry,
        metadata={},
        payment_intent=payment_id,
        reason=reason,
        status="warning_needs_response" if inquiry else "needs_response",
    )
    state.emit("charge.dispute.created", made)
    if not inquiry:
        state.emit("charge.dispute.funds_withdrawn", made)
    return made


def close_dispute(state: State, dispute_id: str, *, won: bool) -> Json:
    found = state.get("dispute", dispute_id)
    if found["status"] in ("won", "lost", "warning_closed"):
        raise Refusal("This dispute is already closed", code="dispute_closed")
    inquiry = found["status"].startswith("warning_")
    state.change("charge.dispute.closed", found, status="warning_closed" if inquiry else "won" if won else "lost")
    if won and not inquiry:
        state.emit("charge.dispute.funds_reinstated", found)
    return found


def _charge(state: State, params: Json) -> Json:
    if "charge" in params:
        return state.get("charge", params["charge"], param="charge")
    if "payment_intent" not in params:
        raise Refusal("One of the following params should be provided for this request: payment_intent or charge.")
    intent = state.get("payment_intent", params["payment_intent"], param="payment_intent")
    if intent["status"] != "succeeded":
        raise Refusal(f"This PaymentIntent ({intent['id']}) does not have a successful charge to refund.")
    return state.get("charge", intent["latest_charge"])


def _move_refund(state: State, refund: Json, status: str) -> None:
    state.change("refund.updated", refund, status=status)
    state.emit("charge.refund.updated", refund)
