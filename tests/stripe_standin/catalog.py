"""Customers, products and prices."""

from tests.stripe_standin import subscriptions
from tests.stripe_standin.params import Json
from tests.stripe_standin.refusals import Refusal
from tests.stripe_standin.state import State

MAX_CENTS = 99_999_999


def create_customer(state: State, _: str, params: Json) -> Json:
    customer = state.add(
        "customer",
        "cus",
        address=None,
        balance=0,
        currency=None,
        default_source=None,
        delinquent=False,
        description=params.get("description"),
        email=params.get("email"),
        invoice_prefix=state.new_id("x")[2:10].upper(),
        invoice_settings={"custom_fields": None, "default_payment_method": None, "footer": None},
        metadata=params.get("metadata", {}),
        name=params.get("name"),
        next_invoice_sequence=1,
        phone=None,
        preferred_locales=[],
        shipping=None,
        tax_exempt="none",
        test_clock=None,
    )
    state.emit("customer.created", customer)
    return customer


def update_customer(state: State, customer_id: str, params: Json) -> Json:
    customer = state.get("customer", customer_id)
    metadata = {**customer["metadata"], **params.pop("metadata", {})}
    state.change("customer.updated", customer, **params, metadata=metadata)
    return customer


def delete_customer(state: State, customer_id: str, _: Json) -> Json:
    """Delete a customer, which ends the subscriptions too; what is left says that there was one."""
    customer = state.get("customer", customer_id)
    for subscription in state.all_of("subscription", customer=customer_id):
        if subscription["status"] not in subscriptions.ENDED:
            subscriptions.cancel(state, subscription["id"])
    state.emit("customer.deleted", customer)
    stub = {"id": customer_id, "object": "customer", "deleted": True}
    state.tables["customer"][customer_id] = stub
    return stub


def create_product(state: State, _: str, params: Json) -> Json:
    product = state.add(
        "product",
        "prod",
        active=params.get("active", True),
        default_price=None,
        description=params.get("description"),
        images=[],
        marketing_features=[],
        metadata=params.get("metadata", {}),
        name=params["name"],
        tax_code=None,
        type="service",
        updated=state.now(),
        url=None,
    )
    state.emit("product.created", product)
    return product


def create_price(state: State, _: str, params: Json) -> Json:
    if ("product" in params) == ("product_data" in params):
        raise Refusal("You must specify either `product` or `product_data` when creating a price.", param="product")
    if "unit_amount" not in params:
        raise Refusal("Missing required param: unit_amount.", code="parameter_missing", param="unit_amount")
    check_amount(params["unit_amount"], param="unit_amount")
    if "product" in params:
        product = state.get("product", params["product"], param="product")
    else:
        product = create_product(state, "", params["product_data"])
    lookup_key = _take_lookup_key(state, params)
    recurring = params.get("recurring")
    price = state.add(
        "price",
        "price",
        active=params.get("active", True),
        billing_scheme="per_unit",
        currency=params["currency"].lower(),
        custom_unit_amount=None,
        lookup_key=lookup_key,
        metadata=params.get("metadata", {}),
        nickname=params.get("nickname"),
        product=product["id"],
        recurring=recurring
        and {"interval_count": 1, "meter": None, "trial_period_days": None, "usage_type": "licensed", **recurring},
        tax_behavior="unspecified",
        tiers_mode=None,
        transform_quantity=None,
        type="recurring" if recurring else "one_time",
        unit_amount=params["unit_amount"],
        unit_amount_decimal=str(params["unit_amount"]),
    )
    state.emit("price.created", price)
    return price


def update_price(state: State, price_id: str, params: Json) -> Json:
    price = state.get("price", price_id)
    if "lookup_key" in params:
        _take_lookup_key(state, params)
    params.pop("transfer_lookup_key", None)
    state.change("price.updated", price, **params)
    return price


def check_amount(cents: int, *, param: str) -> None:
    if cents < 0:
        raise Refusal("This value must be greater than or equal to 0.", code="parameter_invalid_integer", param=param)
    if cents > MAX_CENTS:
        raise Refusal("Amount must be no more than $999,999.99", code="amount_too_large", param=param)


def _take_lookup_key(state: State, params: Json) -> str | None:
    key: str | None = params.get("lookup_key")
    owners = state.all_of("price", lookup_key=key) if key else []
    if owners and not params.get("transfer_lookup_key"):
        raise Refusal(f"A price (`{owners[0]['id']}`) already uses that lookup key.", param="lookup_key")
    for owner in owners:
        state.change("price.updated", owner, lookup_key=None)
    return key
