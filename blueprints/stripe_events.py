"""Where Stripe tells of what happened: verified, recorded, acted on by a job. Answered before anything is asked."""

from flask import Blueprint, Response, jsonify, request

from db import transaction
from errors import NotFound
from handlers import payments
from runtime import config

blueprint = Blueprint("stripe_events", __name__)


@blueprint.post("/stripe/events")
def receive() -> Response:
    if config().stripe is None:
        raise NotFound()
    # The signature is over the bytes as they came.
    body, signature = request.get_data(), request.headers.get("Stripe-Signature", "")
    with transaction() as session:
        payments.record_event(session, body, signature)
    return jsonify(received=True)
