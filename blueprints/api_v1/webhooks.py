"""Webhook endpoints and their deliveries as JSON."""

from flask import Blueprint, Response, g
from sqlalchemy.orm import Session

from blueprints.api_v1.presenters import list_json
from blueprints.api_v1.replies import in_transaction, no_content, reply
from blueprints.api_v1.webhook_presenters import (
    delivery_details_json,
    delivery_json,
    endpoint_json,
    redelivery_json,
)
from blueprints.inputs import Nothing, read_json, read_query
from blueprints.webhook_inputs import (
    NewWebhookEndpoint,
    Redelivery,
    WebhookDeliveryQuery,
    WebhookEndpointChanges,
    WebhookEndpointQuery,
)
from handlers import webhook_deliveries, webhook_endpoints

blueprint = Blueprint("webhooks", __name__)


@blueprint.post("/webhook_endpoints")
@in_transaction
def create(session: Session) -> Response:
    wanted = read_json(NewWebhookEndpoint)
    endpoint, secret = webhook_endpoints.create_endpoint(
        session,
        g.account,
        url=wanted.url,
        event_types=wanted.events,
        description=wanted.description,
    )
    return reply(endpoint_json(endpoint, secret), 201)


@blueprint.get("/webhook_endpoints")
@in_transaction
def index(session: Session) -> Response:
    query = read_query(WebhookEndpointQuery)
    page = webhook_endpoints.list_endpoints(
        session, g.account, transcription_id=query.transcription_id, limit=query.limit, cursor=query.cursor
    )
    return reply(list_json([endpoint_json(row) for row in page.rows], page.next_cursor))


@blueprint.get("/webhook_endpoints/<public_id:webhook_endpoint_id>")
@in_transaction
def show(session: Session, webhook_endpoint_id: str) -> Response:
    return reply(endpoint_json(webhook_endpoints.get_endpoint(session, g.account, webhook_endpoint_id)))


@blueprint.patch("/webhook_endpoints/<public_id:webhook_endpoint_id>")
@in_transaction
def change(session: Session, webhook_endpoint_id: str) -> Response:
    changes = read_json(WebhookEndpointChanges)
    endpoint = webhook_endpoints.update_endpoint(
        session,
        g.account,
        webhook_endpoint_id,
        url=changes.url,
        event_types=changes.events,
        description=changes.description,
        enabled=changes.enabled,
    )
    return reply(endpoint_json(endpoint))


@blueprint.delete("/webhook_endpoints/<public_id:webhook_endpoint_id>")
@in_transaction
def delete(session: Session, webhook_endpoint_id: str) -> Response:
    webhook_endpoints.delete_endpoint(session, g.account, webhook_endpoint_id)
    return no_content()


@blueprint.post("/webhook_endpoints/<public_id:webhook_endpoint_id>/rotate_secret")
@in_transaction
def rotate_secret(session: Session, webhook_endpoint_id: str) -> Response:
    read_json(Nothing)
    endpoint, secret = webhook_endpoints.rotate_secret(session, g.account, webhook_endpoint_id)
    return reply(endpoint_json(endpoint, secret))


@blueprint.post("/webhook_endpoints/<public_id:webhook_endpoint_id>/test")
@in_transaction
def send_test(session: Session, webhook_endpoint_id: str) -> Response:
    read_json(Nothing)
    return reply(delivery_json(webhook_endpoints.send_test(session, g.account, webhook_endpoint_id)), 202)


@blueprint.get("/webhook_endpoints/<public_id:webhook_endpoint_id>/deliveries")
@in_transaction
def deliveries(session: Session, webhook_endpoint_id: str) -> Response:
    query = read_query(WebhookDeliveryQuery)
    page = webhook_deliveries.list_deliveries(
        session, g.account, webhook_endpoint_id, state=query.state, limit=query.limit, cursor=query.cursor
    )
    return reply(list_json([delivery_json(row) for row in page.rows], page.next_cursor))


@blueprint.post("/webhook_endpoints/<public_id:webhook_endpoint_id>/redeliver")
@in_transaction
def redeliver_since(session: Session, webhook_endpoint_id: str) -> Response:
    since = read_json(Redelivery).since
    count = webhook_deliveries.redeliver_since(session, g.account, webhook_endpoint_id, since)
    return reply(redelivery_json(webhook_endpoint_id, since, count), 202)


@blueprint.get("/webhook_deliveries/<public_id:webhook_delivery_id>")
@in_transaction
def show_delivery(session: Session, webhook_delivery_id: str) -> Response:
    return reply(delivery_details_json(webhook_deliveries.get_delivery(session, g.account, webhook_delivery_id)))


@blueprint.post("/webhook_deliveries/<public_id:webhook_delivery_id>/redeliver")
@in_transaction
def redeliver(session: Session, webhook_delivery_id: str) -> Response:
    read_json(Nothing)
    return reply(delivery_json(webhook_deliveries.redeliver(session, g.account, webhook_delivery_id)), 202)
