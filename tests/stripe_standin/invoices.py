"""Invoices and the payments that settle them."""

from typing import Any

from tests.stripe_standin import payments
from tests.stripe_standin.params import Json
from tests.stripe_standin.refusals import Refusal
from tests.stripe_standin.state import State


def create(
    state: State, *, amount: int, currency: str, customer: str, reason: str, lines: list[Json], **fields: Any
) -> Json:
    """A draft."""
    owner = state.get("customer", customer, param="customer")
    invoice = state.add(
        "invoice",
        "in",
        amount_due=amount,
        amount_overpaid=0,
        amount_paid=0,
        amount_remaining=amount,
        amount_shipping=0,
        attempt_count=0,
        attempted=False,
        auto_advance=True,
        billing_reason=reason,
        collection_method="charge_automatically",
        currency=currency,
        customer=customer,
        customer_email=owner["email"],
        customer_name=owner["name"],
        description=None,
        hosted_invoice_url=None,
        invoice_pdf=None,
        lines={"object": "list", "data": lines, "has_more": False, "url": ""},
        metadata=fields.get("metadata", {}),
        next_payment_attempt=None,
        number=None,
        parent=fields.get("parent"),
        period_start=fields.get("period_start", state.now()),
        period_end=fields.get("period_end", state.now()),
        receipt_number=None,
        starting_balance=0,
        status="draft",
        status_transitions={"finalized_at": None, "marked_uncollectible_at": None, "paid_at": None, "voided_at": None},
        subtotal=amount,
        total=amount,
    )
    invoice["lines"]["url"] = f"/v1/invoices/{invoice['id']}/lines"
    state.emit("invoice.created", invoice)
    return invoice


def line(
    state: State, *, amount: int, currency: str, description: str, period: Json, price: Json, parent: Json | None
) -> Json:
    return {
        "id": state.new_id("il"),
        "object": "line_item",
        "amount": amount,
        "currency": currency,
        "description": description,
        "discountable": True,
        "livemode": state.livemode,
        "metadata": {},
        "parent": parent,
        "period": period,
        "pricing": {
            "price_details": {"price": price["id"], "product": price["product"]},
            "type": "price_details",
            "unit_amount_decimal": price["unit_amount_decimal"],
        },
        "quantity": 1,
        "subtotal": amount,
    }


def finalize(state: State, invoice: Json, intent: Json | None = None) -> Json:
    """Open it for payment; its payment intent is the one given, or a new one. Returns the invoice payment."""
    owner = state.get("customer", invoice["customer"])
    invoice["number"] = f"{owner['invoice_prefix']}-{owner['next_invoice_sequence']:04d}"
    owner["next_invoice_sequence"] += 1
    page = f"{state.base_url}/i/{invoice['id']}"
    invoice.update(status="open", hosted_invoice_url=page, invoice_pdf=f"{page}/pdf")
    invoice["status_transitions"]["finalized_at"] = state.now()
    state.emit("invoice.finalized", invoice)
    paid_by = intent or payments.create_intent(
        state,
        amount=invoice["amount_due"],
        currency=invoice["currency"],
        customer=invoice["customer"],
        metadata={},
        description="Subscription update",
    )
    return state.add(
        "invoice_payment",
        "inpay",
        amount_paid=None,
        amount_requested=invoice["amount_due"],
        currency=invoice["currency"],
        invoice=invoice["id"],
        is_default=True,
        payment={"type": "payment_intent", "payment_intent": paid_by["id"]},
        status="open",
        status_transitions={"canceled_at": None, "paid_at": None},
    )


def mark_paid(state: State, invoice: Json) -> None:
    payment = state.all_of("invoice_payment", invoice=invoice["id"])[0]
    payment.update(status="paid", amount_paid=invoice["amount_due"])
    payment["status_transitions"]["paid_at"] = state.now()
    invoice.update(
        status="paid",
        amount_paid=invoice["amount_due"],
        amount_remaining=0,
        attempted=True,
        attempt_count=invoice["attempt_count"] + 1,
        next_payment_attempt=None,
    )
    invoice["status_transitions"]["paid_at"] = state.now()
    for event in ("invoice.paid", "invoice.payment_succeeded"):
        state.emit(event, invoice)
    state.emit("invoice_payment.paid", payment)


def collect(state: State, invoice: Json, card: str) -> bool:
    """Charge an open invoice to a card: whether that went through."""
    payment = state.all_of("invoice_payment", invoice=invoice["id"])[0]
    intent = state.get("payment_intent", payment["payment"]["payment_intent"])
    try:
        is_paid = payments.attempt(state, intent, card)
    except Refusal:
        is_paid = False
    if is_paid:
        mark_paid(state, invoice)
        return True
    invoice.update(
        attempted=True,
        attempt_count=invoice["attempt_count"] + 1,
        next_payment_attempt=state.now() + 3 * 24 * 3600,
    )
    state.emit("invoice.payment_failed", invoice)
    return False
