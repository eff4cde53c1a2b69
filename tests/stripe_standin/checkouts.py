"""Checkout sessions: made by the API, paid on a page, over after a day."""

from typing import Any

from tests.stripe_standin import catalog, invoices, payments, subscriptions
from tests.stripe_standin.params import Json
from tests.stripe_standin.refusals import Refusal
from tests.stripe_standin.state import State

LIFETIME_SECONDS = 24 * 3600
MINIMUM_CENTS = 50


def create(state: State, _: str, params: Json) -> Json:
    mode = params["mode"]
    _check_mode(params)
    if "customer" in params:
        state.get("customer", params["customer"], param="customer")
    items = [_line_item(state, item, mode) for item in params["line_items"]]
    total = sum(item["amount_total"] for item in items)
    if total < MINIMUM_CENTS:
        raise Refusal(
            "The Checkout Session's total amount due must add up to at least $0.50 usd", code="amount_too_small"
        )
    session = state.add(
        "checkout.session",
        f"cs_{'live' if state.livemode else 'test'}",
        amount_subtotal=total,
        amount_total=total,
        cancel_url=params.get("cancel_url"),
        client_reference_id=params.get("client_reference_id"),
        client_secret=None,
        currency=items[0]["currency"],
        custom_fields=[],
        custom_text={},
        customer=params.get("customer"),
        customer_creation=None if "customer" in params else "if_required",
        customer_details=None,
        customer_email=params.get("customer_email"),
        expires_at=_expiry(state, params),
        invoice=None,
        invoice_creation=params.get("invoice_creation"),
        locale=None,
        metadata=params.get("metadata", {}),
        mode=mode,
        payment_intent=None,
        payment_link=None,
        payment_method_types=["card"],
        payment_status="unpaid",
        shipping_options=[],
        setup_intent=None,
        status="open",
        submit_type=None,
        subscription=None,
        success_url=params["success_url"],
        total_details={"amount_discount": 0, "amount_shipping": 0, "amount_tax": 0},
        ui_mode="hosted_page",
    )
    session["url"] = f"{state.base_url}/c/pay/{session['id']}"
    state.line_items[session["id"]] = items
    state.session_data[session["id"]] = params.get("payment_intent_data") or params.get("subscription_data") or {}
    return session


def expire(state: State, session_id: str, _: Any = None) -> Json:
    session = state.get("checkout.session", session_id)
    if session["status"] != "open":
        raise Refusal(
            'Only Checkout Sessions with a status in ["open"] can be expired. '
            f"This Checkout Session has a status of {session['status']}."
        )
    session.update(status="expired", url=None)
    state.emit("checkout.session.expired", session)
    return session


def expire_overdue(state: State) -> None:
    for session in state.all_of("checkout.session", status="open"):
        if session["expires_at"] <= state.now():
            expire(state, session["id"])


def pay(state: State, session_id: str, card: str) -> Json:
    """Try a card: the session is complete, or open where the bank wants a confirmation. A Refusal when declined."""
    session = _open(state, session_id)
    intent = _intent(state, session)
    if payments.attempt(state, intent, card):
        _complete(state, session, intent)
    return session


def confirm(state: State, session_id: str, *, agrees: bool) -> Json:
    """The answer to the bank's question. A Refusal when it is no."""
    session = _open(state, session_id)
    intent = _intent(state, session)
    payments.confirm(state, intent, agrees=agrees)
    _complete(state, session, intent)
    return session


def asks_to_confirm(state: State, session: Json) -> bool:
    begun = state.begun_payments.get(session["id"])
    return begun is not None and state.get("payment_intent", begun)["status"] == "requires_action"


def _check_mode(params: Json) -> None:
    wrong = ("subscription_data",) if params["mode"] == "payment" else ("payment_intent_data", "invoice_creation")
    for name in wrong:
        if name in params:
            raise Refusal(f"You can not pass `{name}` in `{params['mode']}` mode.", param=name)
    for name in ("success_url", "cancel_url"):
        if name in params and not params[name].startswith(("http://", "https://")):
            raise Refusal("Not a valid URL", code="url_invalid", param=name)


def _expiry(state: State, params: Json) -> int:
    expires_at: int = params.get("expires_at", state.now() + LIFETIME_SECONDS)
    if not 30 * 60 <= expires_at - state.now() <= LIFETIME_SECONDS:
        raise Refusal(
            "The `expires_at` timestamp must be between 30 minutes and 24 hours from Checkout Session creation.",
            param="expires_at",
        )
    return expires_at


def _line_item(state: State, item: Json, mode: str) -> Json:
    if ("price" in item) == ("price_data" in item):
        raise Refusal("You must specify either `price` or `price_data` for each line item.", param="line_items[0]")
    if "price" in item:
        price = state.get("price", item["price"], param="line_items[0][price]")
        if not price["active"]:
            raise Refusal(
                "The price specified is inactive. This field only accepts active prices.", param="line_items[0][price]"
            )
    else:
        price = catalog.create_price(state, "", {**item["price_data"], "active": False})
    if mode == "payment" and price["recurring"]:
        raise Refusal("You specified `payment` mode but passed a recurring price.", param="line_items[0][price]")
    if mode == "subscription" and not price["recurring"]:
        raise Refusal("You must provide at least one recurring price in `subscription` mode.", param="line_items")
    quantity = item.get("quantity", 1)
    return {
        "id": state.new_id("li"),
        "object": "item",
        "amount_discount": 0,
        "amount_subtotal": price["unit_amount"] * quantity,
        "amount_tax": 0,
        "amount_total": price["unit_amount"] * quantity,
        "currency": price["currency"],
        "description": state.get("product", price["product"])["name"],
        "price": price,
        "quantity": quantity,
    }


def _open(state: State, session_id: str) -> Json:
    session = state.get("checkout.session", session_id)
    if session["status"] != "open":
        raise Refusal(f"This Checkout Session has a status of {session['status']}.")
    return session


def _intent(state: State, session: Json) -> Json:
    """The session's payment intent, made at the first attempt."""
    begun = state.begun_payments.get(session["id"])
    if begun:
        return state.get("payment_intent", begun)
    if session["customer"] is None:
        session["customer"] = catalog.create_customer(state, "", {"email": session["customer_email"]})["id"]
    data = state.session_data[session["id"]] if session["mode"] == "payment" else {}
    intent = payments.create_intent(
        state,
        amount=session["amount_total"],
        currency=session["currency"],
        customer=session["customer"],
        metadata=data.get("metadata", {}),
        description=data.get("description"),
        setup_future_usage="off_session" if session["mode"] == "subscription" else None,
    )
    state.begun_payments[session["id"]] = intent["id"]
    if session["mode"] == "payment":
        session["payment_intent"] = intent["id"]
    return intent


def _complete(state: State, session: Json, intent: Json) -> None:
    owner = state.get("customer", session["customer"])
    session.update(
        status="complete",
        payment_status="paid",
        url=None,
        customer_details={"email": owner["email"], "name": owner["name"], "tax_exempt": "none"},
    )
    if session["mode"] == "subscription":
        data = state.session_data[session["id"]]
        price = state.line_items[session["id"]][0]["price"]
        made = subscriptions.create(
            state, customer=owner["id"], price=price, metadata=data.get("metadata", {}), intent=intent
        )
        session.update(subscription=made["id"], invoice=made["latest_invoice"])
    elif (session["invoice_creation"] or {}).get("enabled"):
        session["invoice"] = _invoice(state, session, intent)["id"]
    state.emit("checkout.session.completed", session)


def _invoice(state: State, session: Json, intent: Json) -> Json:
    now = state.now()
    lines = [
        invoices.line(
            state,
            amount=item["amount_total"],
            currency=item["currency"],
            description=item["description"],
            period={"start": now, "end": now},
            price=item["price"],
            parent=None,
        )
        for item in state.line_items[session["id"]]
    ]
    invoice = invoices.create(
        state,
        amount=session["amount_total"],
        currency=session["currency"],
        customer=session["customer"],
        reason="manual",
        lines=lines,
    )
    invoices.finalize(state, invoice, intent)
    invoices.mark_paid(state, invoice)
    return invoice
