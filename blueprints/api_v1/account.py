"""Who the key belongs to, and what it can order."""

from flask import Blueprint, Response, g
from sqlalchemy.orm import Session

from billing.prices import as_usd
from blueprints.api_v1.presenters import (
    account_json,
    key_json,
    list_json,
    pipeline_json,
    usage_json,
    wallet_json,
)
from blueprints.api_v1.replies import in_transaction, reply
from blueprints.api_v1.shapes import MeShape
from blueprints.inputs import Nothing, UsageQuery, read_query
from handlers.pipelines import offers
from handlers.spending import month_of, usage_of
from handlers.wallets import wallet_of
from rendering.timestamps import timestamp

blueprint = Blueprint("account", __name__)


@blueprint.get("/me")
@in_transaction
def me(session: Session) -> Response:
    read_query(Nothing)
    account = g.account
    wallet = wallet_of(session, account)
    month = month_of(session, wallet)
    cap = account.monthly_cap_microusd
    shape: MeShape = {
        "account": account_json(account),
        "api_key": key_json(g.api_key),
        "wallet": wallet_json(wallet),
        "month": {
            "spent_usd": as_usd(month.spent_microusd),
            "cap_usd": None if cap is None else as_usd(cap),
            "resets_at": timestamp(month.resets_at),
        },
    }
    return reply(shape)


@blueprint.get("/pipelines")
@in_transaction
def pipelines(session: Session) -> Response:
    read_query(Nothing)
    return reply(list_json([pipeline_json(offer) for offer in offers(g.account.plan)]))


@blueprint.get("/usage")
@in_transaction
def usage(session: Session) -> Response:
    query = read_query(UsageQuery)
    rows = usage_of(session, g.account, first=query.first, last=query.last, group_by=query.group_by)
    return reply(list_json([usage_json(row) for row in rows]))
