"""Events, as the API's document tells of them: as a list to catch up with, and as what is posted to endpoints."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from blueprints.api_v1.documents import examples
from blueprints.api_v1.documents import webhook_examples as samples
from blueprints.api_v1.documents.operation import Answer, Operation
from blueprints.api_v1.shapes import ListShape
from blueprints.webhook_inputs import EventQuery
from models import EventType
from rendering.events import Event, TestEvent, TranscriptionEvent

TAG = "Events"

OPERATIONS = (
    Operation(
        id="list_events",
        method="GET",
        path="/events",
        tag=TAG,
        summary="List events",
        description="What happened in the last 30 days, newest first, each as it was or would have been posted to an "
        "endpoint. To catch up after an outage, ask for everything since the last event that you have dealt with; "
        "none that was slower to be written is missed.",
        query=EventQuery,
        answer=Answer(
            200,
            "One page.",
            ListShape[Event],
            {"Two of them": examples.page([samples.COMPLETED_EVENT, samples.FAILED_EVENT])},
        ),
    ),
    Operation(
        id="get_event",
        method="GET",
        path="/events/{event_id}",
        tag=TAG,
        summary="Look at an event",
        description="One event, as it was or would have been posted to an endpoint.",
        answer=Answer(
            200,
            "The event.",
            Event,
            {"A transcription": samples.COMPLETED_EVENT, "A test": samples.TEST_EVENT},
        ),
    ),
)


@dataclass(frozen=True, slots=True)
class Webhook:
    """A request that the service makes."""

    type: EventType
    summary: str
    shape: Any
    examples: Mapping[str, Any]

    @property
    def id(self) -> str:
        return "on_" + self.type.value.replace(".", "_")


WEBHOOKS = (
    Webhook(
        EventType.COMPLETED,
        "A transcription was completed",
        TranscriptionEvent,
        {"Completed": samples.COMPLETED_EVENT},
    ),
    Webhook(
        EventType.FAILED,
        "A transcription failed, or was canceled",
        TranscriptionEvent,
        {"Failed": samples.FAILED_EVENT},
    ),
    Webhook(EventType.TEST, "Somebody tests an endpoint", TestEvent, {"A test": samples.TEST_EVENT}),
)
