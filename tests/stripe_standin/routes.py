"""Every address of the API, the parameters it takes, and what it runs."""

import re
from collections.abc import Callable
from dataclasses import dataclass

from tests.stripe_standin import catalog, checkouts, intents, portals, reversals, subscriptions
from tests.stripe_standin.lists import PAGE, SPAN, lister, page
from tests.stripe_standin.params import Json, Shape
from tests.stripe_standin.state import State

Run = Callable[[State, str, Json], Json]


@dataclass(frozen=True)
class Route:
    method: str
    pattern: re.Pattern[str]
    shape: Shape
    run: Run


def _route_to(method: str, template: str, shape: Shape, run: Run) -> Route:
    return Route(method, re.compile(f"/v1/{template}".replace("{id}", r"(?P<id>[^/]+)")), shape, run)


def _readable(path: str, kind: str, filters: Shape) -> list[Route]:
    def one(state: State, object_id: str, _: Json) -> Json:
        stub = state.tables.get(kind, {}).get(object_id, {})
        return stub if stub.get("deleted") else state.get(kind, object_id)

    return [
        _route_to("GET", path, {**PAGE, "created": SPAN, **filters}, lister(kind, path)),
        _route_to("GET", f"{path}/{{id}}", {}, one),
    ]


def _line_items(state: State, session_id: str, params: Json) -> Json:
    state.get("checkout.session", session_id)
    return page(state.line_items[session_id], params, url=f"/v1/checkout/sessions/{session_id}/line_items")


_CUSTOMER: Shape = {"email": "string", "name": "string", "description": "string", "metadata": "metadata"}
_PRODUCT: Shape = {"name!": "string", "description": "string", "active": "boolean", "metadata": "metadata"}
_RECURRING: Shape = {"interval!": ("day", "week", "month", "year"), "interval_count": "integer"}
_PRICE: Shape = {
    "currency!": "string",
    "unit_amount": "integer",
    "product": "string",
    "product_data": {"name!": "string", "active": "boolean", "metadata": "metadata"},
    "recurring": _RECURRING,
    "lookup_key": "string",
    "transfer_lookup_key": "boolean",
    "nickname": "string",
    "active": "boolean",
    "metadata": "metadata",
}
_SESSION: Shape = {
    "mode!": ("payment", "subscription"),
    "success_url!": "string",
    "line_items!": [
        {
            "price": "string",
            "price_data": {
                "currency!": "string",
                "unit_amount!": "integer",
                "product": "string",
                "product_data": {"name!": "string", "description": "string", "metadata": "metadata"},
                "recurring": _RECURRING,
            },
            "quantity": "integer",
        }
    ],
    "cancel_url": "string",
    "client_reference_id": "string",
    "customer": "string",
    "customer_email": "string",
    "expires_at": "integer",
    "invoice_creation": {"enabled!": "boolean"},
    "metadata": "metadata",
    "payment_intent_data": {"metadata": "metadata", "description": "string", "receipt_email": "string"},
    "subscription_data": {"metadata": "metadata", "description": "string"},
    "adaptive_pricing": {"enabled": "boolean"},
}
_INTENT: Shape = {
    "amount!": "integer",
    "currency!": "string",
    "confirm": "boolean",
    "customer": "string",
    "description": "string",
    "metadata": "metadata",
    "payment_method": "string",
    "payment_method_types": ["string"],
}
_REFUND: Shape = {
    "payment_intent": "string",
    "charge": "string",
    "amount": "integer",
    "reason": ("duplicate", "fraudulent", "requested_by_customer"),
    "metadata": "metadata",
}
_SUBSCRIPTION: Shape = {"cancel_at_period_end": "boolean", "metadata": "metadata"}
_OF_PAYMENT: Shape = {"payment_intent": "string", "charge": "string"}

ROUTES = [
    _route_to("POST", "customers", _CUSTOMER, catalog.create_customer),
    _route_to("POST", "customers/{id}", _CUSTOMER, catalog.update_customer),
    _route_to("DELETE", "customers/{id}", {}, catalog.delete_customer),
    *_readable("customers", "customer", {"email": "string"}),
    _route_to("POST", "products", _PRODUCT, catalog.create_product),
    *_readable("products", "product", {"active": "boolean"}),
    _route_to("POST", "prices", _PRICE, catalog.create_price),
    _route_to(
        "POST",
        "prices/{id}",
        {"active": "boolean", "lookup_key": "string", "transfer_lookup_key": "boolean", "nickname": "string"},
        catalog.update_price,
    ),
    *_readable("prices", "price", {"active": "boolean", "lookup_keys": ["string"], "product": "string"}),
    _route_to("POST", "checkout/sessions", _SESSION, checkouts.create),
    _route_to("POST", "checkout/sessions/{id}/expire", {}, checkouts.expire),
    _route_to("GET", "checkout/sessions/{id}/line_items", PAGE, _line_items),
    *_readable(
        "checkout/sessions",
        "checkout.session",
        {
            "customer": "string",
            "payment_intent": "string",
            "subscription": "string",
            "status": ("open", "complete", "expired"),
        },
    ),
    _route_to("POST", "payment_intents", _INTENT, intents.create),
    _route_to("POST", "payment_intents/{id}/confirm", {"payment_method": "string"}, intents.confirm),
    *_readable("payment_intents", "payment_intent", {"customer": "string"}),
    *_readable("charges", "charge", {"customer": "string", "payment_intent": "string"}),
    _route_to("POST", "refunds", _REFUND, reversals.create_refund),
    *_readable("refunds", "refund", _OF_PAYMENT),
    *_readable("disputes", "dispute", _OF_PAYMENT),
    _route_to("POST", "subscriptions/{id}", _SUBSCRIPTION, subscriptions.update),
    _route_to("DELETE", "subscriptions/{id}", {"invoice_now": "boolean", "prorate": "boolean"}, subscriptions.cancel),
    *_readable("subscriptions", "subscription", {"customer": "string", "status": "string", "price": "string"}),
    *_readable("invoices", "invoice", {"customer": "string", "status": "string", "subscription": "string"}),
    *_readable(
        "invoice_payments",
        "invoice_payment",
        {
            "invoice": "string",
            "payment": {"type!": ("payment_intent", "payment_record"), "payment_intent": "string"},
            "status": ("open", "paid", "canceled"),
        },
    ),
    _route_to("POST", "billing_portal/sessions", {"customer!": "string", "return_url": "string"}, portals.create),
    *_readable("events", "event", {"type": "string"}),
]
