"""The JSON of share links, typed like the rest in shapes.py."""

from typing import Annotated, Literal

from typing_extensions import TypedDict

import models
from rendering.shapes import Timestamp, described_as

SharePart = Annotated[
    Literal["summary", "chapters", "topics", "speakers", "recording", "exports"], described_as(models.SharePart)
]


class ShareShape(TypedDict):
    """A link by which anyone may read one transcript."""

    id: str
    """`shr_…`; ids sort by creation time."""

    object: Literal["share"]
    """What this is."""

    transcription_id: str
    """What is shared."""

    url: str | None
    """The address to send. With `?t=` and seconds behind it, it opens at that moment. Null where it cannot be shown any
    more, because the service's secret key was changed since; the link itself goes on working."""

    expires_at: Timestamp | None
    """When it stops working; null for never."""

    has_password: bool
    """Whether a password is asked for."""

    parts: list[SharePart]
    """What it shows besides the transcript."""

    openings: int
    """How often somebody opened it. Its owner's own visits do not count."""

    last_opened_at: Timestamp | None
    """When somebody last did."""

    created_at: Timestamp
    """When it was made."""
