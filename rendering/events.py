"""Events as JSON, typed: the body of a webhook, which the list of events repeats."""

import json
from datetime import datetime
from typing import Any, Literal, NotRequired

from typing_extensions import TypeAliasType, TypedDict

from rendering.shapes import Timestamp, TranscriptionShape
from rendering.timestamps import timestamp

# What a body may take, in bytes. Only metadata can be that long.
MOST_BODY_BYTES = 20_000


class TranscriptionEvent(TypedDict):
    """A transcription became final."""

    id: str
    """`evt_…`, the same on every attempt and redelivery, and in the header `webhook-id`."""

    type: Literal["transcription.completed", "transcription.failed"]
    """What happened."""

    timestamp: Timestamp
    """When it happened."""

    data: TranscriptionShape
    """The transcription as it was then."""

    omitted: NotRequired[list[Literal["metadata"]]]
    """What was left out of `data` because the event would have been larger than 20 KB: `metadata` is empty there, and
    whole in the transcription itself. Not there when nothing was left out."""


class TestedEndpoint(TypedDict):
    """What a test was sent to."""

    webhook_endpoint_id: str
    """The endpoint, `whe_…`."""


class TestEvent(TypedDict):
    """Somebody asked for a test of an endpoint."""

    id: str
    """`evt_…`, the same on every attempt and redelivery, and in the header `webhook-id`."""

    type: Literal["webhook.test"]
    """What happened."""

    timestamp: Timestamp
    """When it happened."""

    data: TestedEndpoint
    """What is tested."""


Event = TypeAliasType("Event", TranscriptionEvent | TestEvent)


def transcription_event(event_id: str, at: datetime, transcription: TranscriptionShape) -> str:
    """The body of the event of a final transcription, under 20 KB: metadata that does not fit is left out as a whole,
    and named in `omitted`."""
    event: TranscriptionEvent = {
        "id": event_id,
        "type": "transcription.completed" if transcription["status"] == "completed" else "transcription.failed",
        "timestamp": timestamp(at),
        "data": transcription,
    }
    body = _as_text(event)
    if len(body.encode()) <= MOST_BODY_BYTES:
        return body
    return _as_text({**event, "data": {**transcription, "metadata": {}}, "omitted": ["metadata"]})


def test_event(event_id: str, at: datetime, *, endpoint_id: str) -> str:
    event: TestEvent = {
        "id": event_id,
        "type": "webhook.test",
        "timestamp": timestamp(at),
        "data": {"webhook_endpoint_id": endpoint_id},
    }
    return _as_text(event)


def _as_text(event: Any) -> str:
    return json.dumps(event, ensure_ascii=False, separators=(",", ":"))
