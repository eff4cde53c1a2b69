"""Webhooks and events as they really look, for the API's document."""

import json

from blueprints.api_v1.documents.examples import COMPLETED, FAILED, RECORDING
from blueprints.api_v1.webhook_shapes import (
    WebhookAttemptShape,
    WebhookDeliveryShape,
    WebhookEndpointShape,
    WebhookRedeliveryShape,
)
from rendering.events import TestEvent, TranscriptionEvent

EVENT_ID = "evt_01kanx8m1q5r7t9v2w4x6y8z0a"
DELIVERY_ID = "whd_01kanx8m2b4d6f8h0k2m4p6r8t"
ENDPOINT_ID = "whe_01kanwm5t8e3b6d9f2h4j7k0m3"
EXAMPLE_SECRET = "whsec_" + "C2FVsBQIhrscChlQIMV+b5sSYspob7oDkqZ2w+4m9Vc="  # Apart, or scanners take it for one.
RECEIVER = "https://hooks.example.com/transcribe"

COMPLETED_EVENT: TranscriptionEvent = {
    "id": EVENT_ID,
    "type": "transcription.completed",
    "timestamp": "2026-11-22T08:01:12.345Z",
    "data": COMPLETED,
}
FAILED_EVENT: TranscriptionEvent = {
    "id": "evt_01kanv9rn8d0f2g4h6j8k1m3p5",
    "type": "transcription.failed",
    "timestamp": "2026-11-22T07:40:02.118Z",
    "data": FAILED,
}
TEST_EVENT: TestEvent = {
    "id": "evt_01kanwn2c4b6a8z0y2x4w6v8t0",
    "type": "webhook.test",
    "timestamp": "2026-11-22T07:52:30.000Z",
    "data": {"webhook_endpoint_id": ENDPOINT_ID},
}

NEW_ENDPOINT = {"url": RECEIVER, "description": "Subtitles", "events": ["transcription.completed"]}
ENDPOINT: WebhookEndpointShape = {
    "id": ENDPOINT_ID,
    "object": "webhook_endpoint",
    "url": RECEIVER,
    "description": "Subtitles",
    "events": ["transcription.completed"],
    "enabled": True,
    "disabled_reason": None,
    "failing_since": None,
    "transcription_id": None,
    "previous_secret_expires_at": None,
    "created_at": "2026-11-22T07:51:00.000Z",
}
CREATED: WebhookEndpointShape = {**ENDPOINT, "secret": EXAMPLE_SECRET}
ROTATED: WebhookEndpointShape = {**CREATED, "previous_secret_expires_at": "2026-11-24T09:00:00.000Z"}
SWITCHED_OFF: WebhookEndpointShape = {
    **ENDPOINT,
    "enabled": False,
    "disabled_reason": "failing",
    "failing_since": "2026-11-23T08:00:00.000Z",
}

DELIVERED: WebhookDeliveryShape = {
    "id": DELIVERY_ID,
    "object": "webhook_delivery",
    "webhook_endpoint_id": ENDPOINT_ID,
    "event_id": COMPLETED_EVENT["id"],
    "event_type": "transcription.completed",
    "transcription_id": COMPLETED["id"],
    "state": "succeeded",
    "attempts_count": 2,
    "next_attempt_at": None,
    "last_status": 200,
    "last_error": None,
    "created_at": "2026-11-22T08:01:12.345Z",
    "finished_at": "2026-11-22T08:01:32.902Z",
}
PENDING: WebhookDeliveryShape = {
    **DELIVERED,
    "state": "pending",
    "next_attempt_at": "2026-11-22T08:01:32.700Z",
    "attempts_count": 1,
    "last_status": None,
    "last_error": "timed_out",
    "finished_at": None,
}
TESTING: WebhookDeliveryShape = {
    **PENDING,
    "id": "whd_01kanwn2d8f6g4h2j0k9m7n5p3",
    "event_id": TEST_EVENT["id"],
    "event_type": "webhook.test",
    "transcription_id": None,
    "attempts_count": 0,
    "next_attempt_at": "2026-11-22T07:52:30.000Z",
    "last_error": None,
    "created_at": "2026-11-22T07:52:30.000Z",
}
_TIMED_OUT: WebhookAttemptShape = {
    "number": 1,
    "attempted_at": "2026-11-22T08:01:12.410Z",
    "duration_ms": 15_002,
    "url": RECEIVER,
    "request_headers": {
        "Content-Type": "application/json",
        "webhook-id": COMPLETED_EVENT["id"],
        "webhook-timestamp": "1795334472",
        "webhook-signature": "v1,K5oZfzN95Z9UVu1EsfQmfVNQhnkZ2pj9o9NDN/H/pI4=",
    },
    "status": None,
    "error": "timed_out",
    "response_body": None,
}
_ANSWERED: WebhookAttemptShape = {
    **_TIMED_OUT,
    "number": 2,
    "attempted_at": "2026-11-22T08:01:32.702Z",
    "duration_ms": 188,
    "request_headers": {
        **_TIMED_OUT["request_headers"],
        "webhook-timestamp": "1795334492",
        "webhook-signature": "v1,tZ1I4/hDygAJgO5TYxiSd6Sd0kDW6hPenDe+bTa3Kkw=",
    },
    "status": 200,
    "error": None,
    "response_body": "ok",
}
DETAILS: WebhookDeliveryShape = {
    **DELIVERED,
    "request_body": json.dumps(COMPLETED_EVENT, separators=(",", ":")),
    "attempts": [_ANSWERED, _TIMED_OUT],
}
SINCE = {"since": "2026-11-21T00:00:00Z"}
REDELIVERY: WebhookRedeliveryShape = {
    "object": "webhook_redelivery",
    "webhook_endpoint_id": ENDPOINT_ID,
    "since": "2026-11-21T00:00:00.000Z",
    "deliveries_count": 12,
}
WITH_WEBHOOK = {
    "source": "external_url",
    "url": RECORDING,
    "webhook_url": f"{RECEIVER}/interview",
}
