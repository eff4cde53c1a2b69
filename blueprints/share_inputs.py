"""What is sent about share links, by programs and by the forms of the page."""

from datetime import UTC, date, datetime, time, timedelta
from typing import Annotated, Any, Literal, Self

from pydantic import Field, StringConstraints, field_validator, model_validator
from pydantic_core import PydanticCustomError

from blueprints.inputs import STORABLE, Input, Moment, Text, never_null
from handlers.accounts import MAX_PASSWORD_LENGTH, MIN_PASSWORD_LENGTH
from handlers.shares import UNCHANGED, USUAL_PARTS
from models import SharePart

Parts = Annotated[list[SharePart], Field(max_length=len(SharePart))]
Password = Annotated[str, StringConstraints(min_length=MIN_PASSWORD_LENGTH, max_length=MAX_PASSWORD_LENGTH), STORABLE]
Expiry = Literal["keep", "never", "day", "week", "month", "date"]
AFTER = {"day": timedelta(days=1), "week": timedelta(days=7), "month": timedelta(days=30)}


class NewShare(Input):
    """What a share link is to show, for how long, and to whom."""

    expires_at: Moment | None = None
    """When it stops working, with its time zone; null for never."""

    password: Password | None = None
    """What is asked for before anything is shown; null for nothing. It is kept as a hash."""

    parts: Parts = Field(default=list(USUAL_PARTS))
    """What it shows besides the transcript: `summary`, `chapters`, `topics`, `speakers` (their names; else they are
    numbered), `recording` (to be played) and `exports` (files to be saved)."""


class ShareChanges(Input):
    """What to change; whatever is left out stays as it is, and so does the address."""

    expires_at: Moment | None = None
    """Another time at which it stops working; null for never."""

    password: Password | None = None
    """Another password, which is asked for anew of everybody; null for none."""

    parts: Annotated[Parts | None, Field(json_schema_extra=never_null)] = None
    """What it shows besides the transcript, in place of what it did."""

    @field_validator("parts", mode="before")
    @classmethod
    def _is_given(cls, value: object) -> object:
        if value is None:
            raise ValueError("cannot be null; leave it out to keep it")
        return value

    def changed(self, name: str) -> Any:
        """A field's value, or that it is not to be changed."""
        return getattr(self, name) if name in self.model_fields_set else UNCHANGED


class ShareForm(Input):
    """The form that makes a link or changes one. How long a password is, its handler says in better words."""

    expiry: Expiry
    expires_on: date | None = None
    password: Text | None = None
    remove_password: bool = False
    parts: Parts = Field(default=[])

    @model_validator(mode="after")
    def _has_its_day(self) -> Self:
        if self.expiry == "date" and self.expires_on is None:
            raise PydanticCustomError("no_day", "choose the last day on which it works", {"field": "expires_on"})
        return self

    @property
    def keeps_expiry(self) -> bool:
        """Whether the link that is changed goes on to end when it does now."""
        return self.expiry == "keep"

    def expires_at(self, now: datetime) -> datetime | None:
        """When it is to stop working: a day counts to its end, in UTC."""
        if self.expiry == "date" and self.expires_on is not None:
            return datetime.combine(self.expires_on, time.max, UTC)
        return now + AFTER[self.expiry] if self.expiry in AFTER else None
