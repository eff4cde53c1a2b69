"""Webhooks as JSON: plain functions, no queries."""

from datetime import UTC, datetime

from blueprints.api_v1.webhook_shapes import (
    WebhookAttemptShape,
    WebhookDeliveryShape,
    WebhookEndpointShape,
    WebhookRedeliveryShape,
)
from models import DeliveryState, Event, WebhookAttempt, WebhookDelivery, WebhookEndpoint
from rendering.timestamps import timestamp, timestamp_or_none
from webhooks import signing


def endpoint_json(endpoint: WebhookEndpoint, secret: str | None = None) -> WebhookEndpointShape:
    expires_at = endpoint.previous_secret_expires_at
    if expires_at is not None and expires_at <= datetime.now(UTC):
        expires_at = None
    shape: WebhookEndpointShape = {
        "id": endpoint.public_id,
        "object": "webhook_endpoint",
        "url": endpoint.url,
        "description": endpoint.description,
        "events": endpoint.event_types,  # type: ignore[typeddict-item]  # chosen from these
        "enabled": endpoint.enabled,
        "disabled_reason": endpoint.disabled_reason.value if endpoint.disabled_reason else None,
        "failing_since": timestamp_or_none(endpoint.failing_since),
        "transcription_id": endpoint.transcription.public_id if endpoint.transcription else None,
        "previous_secret_expires_at": timestamp_or_none(expires_at),
        "created_at": timestamp(endpoint.created_at),
    }
    if secret is not None:
        shape["secret"] = secret
    return shape


def delivery_json(delivery: WebhookDelivery) -> WebhookDeliveryShape:
    is_pending = delivery.state is DeliveryState.PENDING
    return {
        "id": delivery.public_id,
        "object": "webhook_delivery",
        "webhook_endpoint_id": delivery.endpoint.public_id,
        "event_id": delivery.event.public_id,
        "event_type": delivery.event.type.value,
        "transcription_id": delivery.event.transcription.public_id if delivery.event.transcription else None,
        "state": delivery.state.value,
        "attempts_count": delivery.attempts_count,
        "next_attempt_at": timestamp(delivery.due_at) if is_pending and delivery.endpoint.enabled else None,
        "last_status": delivery.last_status,
        "last_error": delivery.last_error,  # type: ignore[typeddict-item]  # one of its words
        "created_at": timestamp(delivery.created_at),
        "finished_at": timestamp_or_none(delivery.finished_at),
    }


def delivery_details_json(delivery: WebhookDelivery) -> WebhookDeliveryShape:
    return {
        **delivery_json(delivery),
        "request_body": delivery.event.body,
        "attempts": [_attempt_json(delivery.event, attempt) for attempt in delivery.attempts],
    }


def redelivery_json(endpoint_id: str, since: datetime, count: int) -> WebhookRedeliveryShape:
    return {
        "object": "webhook_redelivery",
        "webhook_endpoint_id": endpoint_id,
        "since": timestamp(since),
        "deliveries_count": count,
    }


def sent_headers(event: Event, attempt: WebhookAttempt) -> dict[str, str]:
    """The headers of an attempt's request, besides those that any request has."""
    at = int(attempt.attempted_at.timestamp())
    return dict(signing.headers(event.public_id, timestamp=at, signature=attempt.signature))


def _attempt_json(event: Event, attempt: WebhookAttempt) -> WebhookAttemptShape:
    return {
        "number": attempt.number,
        "attempted_at": timestamp(attempt.attempted_at),
        "duration_ms": attempt.duration_ms,
        "url": attempt.url,
        "request_headers": sent_headers(event, attempt),
        "status": attempt.status,
        "error": attempt.error,  # type: ignore[typeddict-item]  # one of its words
        "response_body": attempt.answer,
    }
