"""Webhook endpoints under Settings: their secrets shown once, their deliveries, and sending again."""

from collections.abc import Sequence
from datetime import timedelta
from typing import Any

from flask import Blueprint, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from auth import require_account
from blueprints.api_v1.webhook_presenters import sent_headers
from blueprints.fragments import wants_fragment
from blueprints.inputs import PageQuery, read, read_query
from blueprints.pages.forms import FormState, rejected, typed
from blueprints.pages.notices import shown_notices
from blueprints.webhook_inputs import NewWebhookEndpoint, WebhookDeliveryQuery, WebhookEndpointChanges
from db import now, transaction
from errors import AppError, Invalid
from handlers import webhook_deliveries, webhook_endpoints
from handlers.events import KEPT_FOR
from handlers.webhook_endpoints import CHOICES, SECRETS_OVERLAP
from models import Account, DeliveryState, EventType, WebhookDelivery, WebhookEndpoint
from webhooks.schedule import DELAYS_SECONDS

blueprint = Blueprint("webhooks", __name__, url_prefix="/settings/webhooks")

# What a page that is open sees coming by itself.
LOG_PARAMETERS = frozenset(WebhookDeliveryQuery.model_fields)
SOON = timedelta(seconds=60)
CHOICES_IN_WORDS = {EventType.COMPLETED: "A transcription is completed", EventType.FAILED: "A transcription failed"}
SINCE = {
    1: "the last hour",
    6: "the last 6 hours",
    24: "the last day",
    7 * 24: "the last 7 days",
    30 * 24: "all 30 days",
}
ERRORS = {
    "timed_out": "no answer in time",
    "unreachable": "could not be reached",
    "tls_failed": "its certificate could not be verified",
    "no_answer": "the connection broke off",
}


@blueprint.get("")
def index() -> ResponseReturnValue:
    return _index_page(require_account())


@blueprint.post("")
def create() -> ResponseReturnValue:
    account = require_account()
    try:
        wanted = read(NewWebhookEndpoint, {**typed(without=("events",)), "events": request.form.getlist("events")})
        with transaction() as session:
            endpoint, secret = webhook_endpoints.create_endpoint(
                session,
                account,
                url=wanted.url,
                event_types=wanted.events,
                description=wanted.description,
            )
    except Invalid as error:
        return _index_page(account, form=_rejected(error)), 422
    except AppError as error:
        return _index_page(account, form=FormState(typed(), {"": error.message})), error.status
    return _show_page(account, endpoint.public_id, secret=secret)


@blueprint.get("/single")
def single() -> ResponseReturnValue:
    account, query = require_account(), read_query(PageQuery)
    with transaction() as session:
        listing = webhook_endpoints.list_single_endpoints(session, account, limit=query.limit, cursor=query.cursor)
    return render_template("webhooks/single.html", listing=listing)


@blueprint.get("/<public_id:endpoint_id>")
def show(endpoint_id: str) -> ResponseReturnValue:
    account = require_account()
    if wants_fragment():
        with transaction() as session:
            return render_template("webhooks/_deliveries.html", **_log(session, account, endpoint_id))
    return _show_page(account, endpoint_id)


@blueprint.post("/<public_id:endpoint_id>")
def change(endpoint_id: str) -> ResponseReturnValue:
    account = require_account()
    values = {name: request.form.get(name, "") for name in ("url", "description")}
    try:
        changes = read(WebhookEndpointChanges, {**values, "events": request.form.getlist("events")})
        with transaction() as session:
            webhook_endpoints.update_endpoint(
                session,
                account,
                endpoint_id,
                url=changes.url,
                description=changes.description,
                event_types=changes.events,
            )
    except Invalid as error:
        return _show_page(account, endpoint_id, form=_rejected(error)), 422
    return _to_show(endpoint_id)


@blueprint.post("/<public_id:endpoint_id>/switch")
def switch(endpoint_id: str) -> ResponseReturnValue:
    account = require_account()
    with transaction() as session:
        webhook_endpoints.update_endpoint(session, account, endpoint_id, enabled=request.form.get("on") == "yes")
    return _to_show(endpoint_id)


@blueprint.post("/<public_id:endpoint_id>/test")
def send_test(endpoint_id: str) -> ResponseReturnValue:
    account = require_account()
    with transaction() as session:
        delivery = webhook_endpoints.send_test(session, account, endpoint_id)
    return _to_delivery(delivery.public_id)


@blueprint.post("/<public_id:endpoint_id>/rotate")
def rotate_secret(endpoint_id: str) -> ResponseReturnValue:
    account = require_account()
    with transaction() as session:
        _, secret = webhook_endpoints.rotate_secret(session, account, endpoint_id)
    return _show_page(account, endpoint_id, secret=secret, is_rotated=True)


@blueprint.post("/<public_id:endpoint_id>/delete")
def delete(endpoint_id: str) -> ResponseReturnValue:
    account = require_account()
    with transaction() as session:
        webhook_endpoints.delete_endpoint(session, account, endpoint_id)
    return redirect(url_for(".index"), code=303)


@blueprint.post("/<public_id:endpoint_id>/redeliver")
def redeliver_since(endpoint_id: str) -> ResponseReturnValue:
    account = require_account()
    hours = request.form.get("hours", "")
    if not hours.isdecimal() or int(hours) not in SINCE:
        raise Invalid("Choose one of the times offered.", param="hours")
    with transaction() as session:
        since = now(session) - timedelta(hours=int(hours))
        count = webhook_deliveries.redeliver_since(session, account, endpoint_id, since)
    return redirect(url_for(".show", endpoint_id=endpoint_id, redelivered=count, _anchor="deliveries"), code=303)


@blueprint.get("/deliveries/<public_id:delivery_id>")
def show_delivery(delivery_id: str) -> ResponseReturnValue:
    account = require_account()
    with transaction() as session:
        delivery = webhook_deliveries.get_delivery(session, account, delivery_id)
        is_soon = delivery.state is DeliveryState.PENDING and delivery.due_at - now(session) < SOON
    template = "webhooks/_delivery.html" if wants_fragment() else "webhooks/delivery.html"
    return render_template(
        template,
        delivery=delivery,
        attempts=[(attempt, sent_headers(delivery.event, attempt)) for attempt in delivery.attempts],
        refreshes=is_soon and delivery.endpoint.enabled,
        most_attempts=len(DELAYS_SECONDS),
    )


@blueprint.post("/deliveries/<public_id:delivery_id>/redeliver")
def redeliver(delivery_id: str) -> ResponseReturnValue:
    account = require_account()
    with transaction() as session:
        webhook_deliveries.redeliver(session, account, delivery_id)
    return _to_delivery(delivery_id)


def came_of(delivery: WebhookDelivery) -> str:
    """What the last attempt of a delivery came to, in words."""
    if delivery.last_status is not None:
        return f"answered {delivery.last_status}"
    return ERRORS.get(delivery.last_error or "", "not sent yet")


def fault(error: str | None) -> str:
    """Why an attempt was not answered, in words."""
    return ERRORS.get(error or "", "not answered")


def _index_page(account: Account, *, form: FormState | None = None) -> str:
    query = read_query(PageQuery)
    with transaction() as session:
        listing = webhook_endpoints.list_endpoints(
            session, account, transcription_id=None, limit=query.limit, cursor=query.cursor
        )
        return render_template(
            "webhooks/index.html",
            notices=shown_notices(session, account),
            listing=listing,
            form=form or FormState(),
            choices=CHOICES_IN_WORDS,
            chosen=_chosen([choice.value for choice in CHOICES]),
        )


def _show_page(
    account: Account,
    endpoint_id: str,
    *,
    form: FormState | None = None,
    secret: str | None = None,
    is_rotated: bool = False,
) -> str:
    with transaction() as session:
        log = _log(session, account, endpoint_id)
        endpoint: WebhookEndpoint = log["endpoint"]
        return render_template(
            "webhooks/show.html",
            **log,
            notices=shown_notices(session, account),
            form=form or FormState(),
            choices=CHOICES_IN_WORDS,
            chosen=_chosen(endpoint.event_types),
            secret=secret,
            is_rotated=is_rotated,
            overlap=SECRETS_OVERLAP,
            kept_for=KEPT_FOR,
            redelivered=request.args.get("redelivered", type=int),
            since=[(str(hours), words) for hours, words in SINCE.items()],
        )


def _log(session: Session, account: Account, endpoint_id: str) -> dict[str, Any]:
    """An endpoint with a page of its deliveries, as the address asks for them."""
    values = {name: value for name, value in request.args.items() if name in LOG_PARAMETERS and value}
    query = read(WebhookDeliveryQuery, values if request.method == "GET" else {})
    return {
        "endpoint": webhook_endpoints.get_endpoint(session, account, endpoint_id),
        "state": query.state.value if query.state else "",
        "listing": webhook_deliveries.list_deliveries(
            session, account, endpoint_id, state=query.state, limit=query.limit, cursor=query.cursor
        ),
    }


def _chosen(present: Sequence[str]) -> Sequence[str]:
    """The events whose boxes are ticked: as they were sent, in a form that comes back."""
    return request.form.getlist("events") if "url" in request.form else present


def _rejected(error: Invalid) -> FormState:
    form = rejected(error, without=("events",))
    if "events" in form.errors:
        return FormState(form.values, {**form.errors, "events": "Choose at least one."})
    return form


def _to_show(endpoint_id: str) -> ResponseReturnValue:
    return redirect(url_for(".show", endpoint_id=endpoint_id), code=303)


def _to_delivery(delivery_id: str) -> ResponseReturnValue:
    return redirect(url_for(".show_delivery", delivery_id=delivery_id), code=303)
