"""Events as JSON: what webhooks told, to catch up with after an outage."""

import json

from flask import Blueprint, Response, g
from sqlalchemy.orm import Session

from blueprints.api_v1.presenters import list_json
from blueprints.api_v1.replies import in_transaction, reply
from blueprints.inputs import read_query
from blueprints.webhook_inputs import EventQuery
from handlers import events

blueprint = Blueprint("events", __name__, url_prefix="/events")


@blueprint.get("")
@in_transaction
def index(session: Session) -> Response:
    query = read_query(EventQuery)
    page = events.list_events(
        session, g.account, since=query.beginning, kind=query.type, limit=query.limit, cursor=query.cursor
    )
    return reply(list_json([json.loads(event.body) for event in page.rows], page.next_cursor))


@blueprint.get("/<public_id:event_id>")
@in_transaction
def show(session: Session, event_id: str) -> Response:
    return reply(json.loads(events.get_event(session, g.account, event_id).body))
