"""What a client sends about webhooks and events."""

import re
from datetime import datetime
from typing import Annotated, Any

from pydantic import (
    AfterValidator,
    Field,
    StringConstraints,
    TypeAdapter,
    ValidationError,
    field_validator,
)

from blueprints.inputs import STORABLE, Input, Moment, PageQuery, Text, never_null
from handlers.webhook_endpoints import CHOICES
from models import DeliveryState, EventType

Events = Annotated[list[EventType], Field(min_length=1, max_length=len(EventType))]
Description = Annotated[str, StringConstraints(strip_whitespace=True, max_length=300), STORABLE]
_moment: TypeAdapter[datetime] = TypeAdapter(Moment)


EVENT_ID = r"^evt_[0-9a-z]{26}$"


def _either(schema: dict[str, Any]) -> None:
    schema["anyOf"] = [{"type": "string", "format": "date-time"}, {"type": "string", "pattern": EVENT_ID}]


def _is_moment_or_event(text: str) -> str:
    if not re.match(EVENT_ID, text):
        try:
            _moment.validate_python(text)
        except ValidationError:
            raise ValueError("takes a time with its zone, or the id of an event") from None
    return text


class NewWebhookEndpoint(Input):
    """Where to tell of what."""

    url: Text
    """The https address that events are posted to. It must be a public one."""

    events: Events = Field(default=list(CHOICES))
    """What to tell of. Left out, of every transcription that becomes final. A `webhook.test` is sent in any case."""

    description: Description = ""
    """What it is for, for yourself."""


class WebhookEndpointChanges(Input):
    """What to change; whatever is left out stays as it is."""

    url: Annotated[Text | None, Field(json_schema_extra=never_null)] = None
    """Another address."""

    events: Annotated[Events | None, Field(json_schema_extra=never_null)] = None
    """What to tell of from now on."""

    description: Annotated[Description | None, Field(json_schema_extra=never_null)] = None
    """What it is for."""

    enabled: Annotated[Annotated[bool, Field(strict=True)] | None, Field(json_schema_extra=never_null)] = None
    """Whether anything is sent to it. Switched on again, it goes on with what was pending when it was switched off;
    what happened meanwhile can be redelivered."""

    @field_validator("*", mode="before")
    @classmethod
    def _is_given(cls, value: object) -> object:
        if value is None:
            raise ValueError("cannot be null; leave it out to keep it")
        return value


class WebhookEndpointQuery(PageQuery):
    transcription_id: Text | None = None
    """The endpoint of this transcription alone, made by its `webhook_url`. Left out, those of the account."""


class WebhookDeliveryQuery(PageQuery):
    state: DeliveryState | None = None
    """Only those in this state."""


class Redelivery(Input):
    """What to deliver again."""

    since: Moment
    """Everything that happened from this time on; it names its time zone. Events are kept for 30 days."""


class EventQuery(PageQuery):
    since: Annotated[Annotated[Text, AfterValidator(_is_moment_or_event)] | None, Field(json_schema_extra=_either)] = (
        None
    )
    """Only what happened from this time on, which names its time zone, or after the event with this id."""

    type: EventType | None = None
    """Only events of this type."""

    @property
    def beginning(self) -> datetime | str | None:
        """`since` as a time, or as the id of an event."""
        if self.since is None or self.since.startswith("evt_"):
            return self.since
        return _moment.validate_python(self.since)
