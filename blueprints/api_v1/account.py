"""Who the key belongs to, and what it can order."""

from flask import Blueprint, Response, g
from sqlalchemy.orm import Session

from billing.prices import as_usd
from blueprints.api_v1.presenters import account_json, key_json, list_json, pipeline_json, timestamp
from blueprints.api_v1.replies import in_transaction, reply
from blueprints.api_v1.shapes import MeShape
from blueprints.inputs import Nothing, read_query
from handlers.pipelines import offers
from handlers.spending import month_of

blueprint = Blueprint("account", __name__)


@blueprint.get("/me")
@in_transaction
def me(session: Session) -> Response:
    read_query(Nothing)
    account = g.account
    month = month_of(session, account)
    available = account.monthly_credit_microusd + account.top_up_microusd
    shape: MeShape = {
        "account": account_json(account),
        "api_key": key_json(g.api_key),
        "wallet": {
            "monthly_credit_usd": as_usd(account.monthly_credit_microusd),
            "top_up_usd": as_usd(account.top_up_microusd),
            "held_usd": as_usd(month.held_microusd),
            "available_usd": as_usd(available),
        },
        "month": {
            "spent_usd": as_usd(month.spent_microusd),
            "cap_usd": None,
            "resets_at": timestamp(month.resets_at),
        },
    }
    return reply(shape)


@blueprint.get("/pipelines")
@in_transaction
def pipelines(session: Session) -> Response:
    read_query(Nothing)
    return reply(list_json([pipeline_json(offer) for offer in offers(g.account.plan)]))
