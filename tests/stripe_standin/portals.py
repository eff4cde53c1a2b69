"""Billing portal sessions: an address at which one customer manages what they bought."""

from tests.stripe_standin.params import Json
from tests.stripe_standin.state import State


def create(state: State, _: str, params: Json) -> Json:
    state.get("customer", params["customer"], param="customer")
    session = state.add(
        "billing_portal.session",
        "bps",
        configuration=state.new_id("bpc"),
        customer=params["customer"],
        flow=None,
        locale=None,
        on_behalf_of=None,
        return_url=params.get("return_url"),
    )
    session["url"] = f"{state.base_url}/p/session/{session['id']}"
    return session
