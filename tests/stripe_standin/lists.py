"""List objects: the newest first, in pages, with the filters of each kind."""

import operator
from collections.abc import Callable
from typing import Any

from tests.stripe_standin import refusals, subscriptions
from tests.stripe_standin.params import Json, Shape
from tests.stripe_standin.refusals import Refusal
from tests.stripe_standin.state import State

PAGE: Shape = {"limit": "integer", "starting_after": "string", "ending_before": "string"}
SPAN: Shape = {"gt": "integer", "gte": "integer", "lt": "integer", "lte": "integer"}


def page(newest_first: list[Json], params: Json, *, url: str) -> Json:
    limit = params.get("limit", 10)
    if not 1 <= limit <= 100:
        raise Refusal("Limit must be between 1 and 100", code="parameter_invalid_integer", param="limit")
    ids = [each["id"] for each in newest_first]
    if "ending_before" in params:
        end = _place(ids, params["ending_before"], "ending_before")
        start = max(0, end - limit)
        return {"object": "list", "url": url, "has_more": start > 0, "data": newest_first[start:end]}
    start = _place(ids, params["starting_after"], "starting_after") + 1 if "starting_after" in params else 0
    shown = newest_first[start : start + limit]
    return {"object": "list", "url": url, "has_more": start + limit < len(newest_first), "data": shown}


def _place(ids: list[str], object_id: str, param: str) -> int:
    if object_id not in ids:
        raise refusals.missing("object", object_id, param=param, status=400)
    return ids.index(object_id)


def lister(kind: str, path: str) -> Callable[[State, str, Json], Json]:
    def run(state: State, _: str, params: Json) -> Json:
        filters = {name: value for name, value in params.items() if name not in PAGE}
        if "customer" in filters:
            state.get("customer", filters["customer"], param="customer")
        kept = [each for each in state.tables.get(kind, {}).values() if _fits(each, filters)]
        return page(kept[::-1], params, url=f"/v1/{path}")

    return run


def _fits(each: Json, filters: Json) -> bool:
    if each.get("deleted"):
        return False
    if each["object"] == "subscription":
        filters = {"status": "not ended", **filters}
    for name, wanted in filters.items():
        test = _SPECIAL.get(f"{each['object']}.{name}") or _SPECIAL.get(name)
        if not (test(each, wanted) if test else each[name] == wanted):
            return False
    return True


def _is_within(created: int, span: Json) -> bool:
    tests = {"gt": operator.gt, "gte": operator.ge, "lt": operator.lt, "lte": operator.le}
    return all(tests[name](created, bound) for name, bound in span.items())


def _has_status(subscription: Json, wanted: str) -> bool:
    ended = subscription["status"] in subscriptions.ENDED
    groups = {"all": True, "ended": ended, "not ended": not ended}
    return groups.get(wanted, bool(subscription["status"] == wanted))


def _is_invoice_of(invoice: Json, subscription_id: str) -> bool:
    parent = invoice["parent"] or {"subscription_details": {"subscription": None}}
    return bool(parent["subscription_details"]["subscription"] == subscription_id)


# Filters that are not a field's value, by name or by object and name.
_SPECIAL: dict[str, Callable[[Json, Any], bool]] = {
    "created": lambda each, span: _is_within(each["created"], span),
    "lookup_keys": lambda price, keys: price["lookup_key"] in keys,
    "subscription.status": _has_status,
    "subscription.price": lambda each, price_id: each["items"]["data"][0]["price"]["id"] == price_id,
    "invoice.subscription": _is_invoice_of,
}
