"""Ids replaced by their objects, where a request asks for that in `expand`."""

import copy
from collections.abc import Callable
from typing import Any

from tests.stripe_standin.lists import page
from tests.stripe_standin.params import Json
from tests.stripe_standin.refusals import Refusal
from tests.stripe_standin.state import State

_INCLUDABLE: dict[tuple[str, str], Callable[[State, Json], list[Json]]] = {
    ("checkout.session", "line_items"): lambda state, session: state.line_items[session["id"]],
    ("invoice", "payments"): lambda state, invoice: state.all_of("invoice_payment", invoice=invoice["id"]),
    ("charge", "refunds"): lambda state, charge: state.all_of("refund", charge=charge["id"])[::-1],
    ("customer", "subscriptions"): lambda state, customer: state.all_of("subscription", customer=customer["id"])[::-1],
}


def expanded(state: State, found: Json, paths: Any) -> Json:
    answer = copy.deepcopy(found)
    if not isinstance(paths, list):
        raise Refusal("Invalid array", param="expand")
    for path in paths:
        steps = str(path).split(".")
        if len(steps) > 4 + (steps[0] == "data"):
            raise Refusal("You cannot expand more than 4 levels of a property.", param="expand")
        _expand(state, answer, steps)
    return answer


def _expand(state: State, node: Json, steps: list[str]) -> None:
    if not steps:
        return
    step, rest = steps[0], steps[1:]
    if node.get("object") == "list" and step == "data":
        for each in node["data"]:
            _expand(state, each, rest)
        return
    include = _INCLUDABLE.get((node.get("object", ""), step))
    if include:
        node[step] = page(copy.deepcopy(include(state, node)), {}, url=f"/v1/{node['object']}s/{node['id']}/{step}")
    value = node.get(step)
    found = state.find(value) if isinstance(value, str) else None
    if found:
        node[step] = copy.deepcopy(found)
    elif step not in node or isinstance(value, str | int):
        raise Refusal(f"This property cannot be expanded ({step}).", param="expand")
    if isinstance(node[step], dict):
        _expand(state, node[step], rest)
