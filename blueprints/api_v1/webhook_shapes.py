"""The JSON of webhooks, typed like the rest in shapes.py. That of events stands in `rendering`."""

from typing import Annotated, Literal, NotRequired

from typing_extensions import TypeAliasType, TypedDict

import models
from rendering.shapes import Timestamp, described_as

EventType = Annotated[
    Literal["transcription.completed", "transcription.failed", "webhook.test"], described_as(models.EventType)
]
DeliveryState = Annotated[Literal["pending", "succeeded", "failed"], described_as(models.DeliveryState)]
AttemptError = TypeAliasType("AttemptError", Literal["timed_out", "unreachable", "tls_failed", "no_answer"])


class WebhookEndpointShape(TypedDict):
    """An address that is told of events."""

    id: str
    """`whe_…`; ids sort by creation time."""

    object: Literal["webhook_endpoint"]
    """What this is."""

    url: str
    """The address that events are posted to."""

    description: str
    """What it is for."""

    events: list[EventType]
    """What it is told of."""

    enabled: bool
    """Whether anything is sent to it."""

    disabled_reason: Literal["by_owner", "gone", "failing"] | None
    """Why it is switched off: its owner did it, it answered 410, or it answered nothing well for five days."""

    failing_since: Timestamp | None
    """Since when every attempt has failed; null where the last one succeeded."""

    transcription_id: str | None
    """The only transcription that it is told of, where it was made by a `webhook_url`."""

    previous_secret_expires_at: Timestamp | None
    """Until when the secret before the last rotation signs too; null where it does not."""

    created_at: Timestamp
    """When it was made."""

    secret: NotRequired[str]
    """The secret that signs what is sent to it, `whsec_…`. Only in the answer to the request that made it; keep it."""


class WebhookAttemptShape(TypedDict):
    """One try of a delivery."""

    number: int
    """1 upwards."""

    attempted_at: Timestamp
    """When the request was sent."""

    duration_ms: int
    """How long it took, to the end of the answer."""

    url: str
    """Where it was sent to."""

    request_headers: dict[str, str]
    """The headers that verify it, as they were sent."""

    status: int | None
    """The HTTP status of the answer; null where there was none."""

    error: AttemptError | None
    """Why there was none. An address that is not public is `unreachable`, as one is that nobody listens at."""

    response_body: str | None
    """The first 1,024 bytes of the answer, as text."""


class WebhookDeliveryShape(TypedDict):
    """One event to one endpoint."""

    id: str
    """`whd_…`; ids sort by creation time."""

    object: Literal["webhook_delivery"]
    """What this is."""

    webhook_endpoint_id: str
    """Whom it goes to."""

    event_id: str
    """What it carries, and its `webhook-id`."""

    event_type: EventType
    """What happened."""

    transcription_id: str | None
    """The transcription it is about; null for a test."""

    state: DeliveryState
    """`succeeded` was answered with a 2xx; `pending` will be tried, perhaps again; `failed` was given up."""

    attempts_count: int
    """How often it was tried."""

    next_attempt_at: Timestamp | None
    """When it is tried next, while it is pending."""

    last_status: int | None
    """The HTTP status of the last answer; null where the last attempt was not answered."""

    last_error: AttemptError | None
    """Why the last attempt was not answered."""

    created_at: Timestamp
    """When it was made."""

    finished_at: Timestamp | None
    """When it succeeded or was given up."""

    request_body: NotRequired[str]
    """The body of every request, byte for byte. Only where the delivery itself is asked for."""

    attempts: NotRequired[list[WebhookAttemptShape]]
    """Every attempt, the last one first. Only where the delivery itself is asked for."""


class WebhookRedeliveryShape(TypedDict):
    """What is delivered again."""

    object: Literal["webhook_redelivery"]
    """What this is."""

    webhook_endpoint_id: str
    """Whom it goes to."""

    since: Timestamp
    """From when on."""

    deliveries_count: int
    """How many events that are."""
