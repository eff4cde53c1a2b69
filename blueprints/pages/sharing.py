"""The share links of a transcription, as the panel on its page shows them."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Literal

from sqlalchemy.orm import Session

from blueprints.pages.forms import FormState
from handlers import shares
from models import Share, SharePart, Status, Transcription

PARTS = {
    SharePart.SUMMARY: "Summary",
    SharePart.CHAPTERS: "Chapters",
    SharePart.TOPICS: "Topics",
    SharePart.SPEAKERS: "Names of speakers",
    SharePart.RECORDING: "The recording, to listen to",
    SharePart.EXPORTS: "Files to save",
}
EXPIRIES = [
    ("never", "Never"),
    ("day", "After a day"),
    ("week", "After a week"),
    ("month", "After 30 days"),
    ("date", "On a date"),
]

# What has just been done to a link.
Done = Literal["made", "changed", "revoked", "restored"]


@dataclass(frozen=True, slots=True)
class Rejected:
    """A form that was not accepted: that of a link by its id, or of a new one by None."""

    share_id: str | None
    state: FormState
    parts: Sequence[str]


@dataclass(frozen=True, slots=True)
class Link:
    """One link with its address, None where that cannot be shown any more, and the form that changes it."""

    share: Share
    address: str | None
    form: FormState
    chosen: Sequence[str]
    is_over: bool


@dataclass(frozen=True, slots=True)
class Sharing:
    """The panel. `told` is what has just been done, and to which link; it is open where it is what one came for."""

    transcription: Transcription
    links: Sequence[Link]
    form: FormState
    chosen: Sequence[str]
    is_open: bool
    told: tuple[Done, Link] | None = None
    parts: dict[SharePart, str] = field(default_factory=lambda: PARTS)
    expiries: Sequence[tuple[str, str]] = field(default_factory=lambda: EXPIRIES)


def sharing_of(
    session: Session,
    transcription: Transcription,
    *,
    is_open: bool = False,
    told: tuple[Done, Share] | None = None,
    rejected: Rejected | None = None,
) -> Sharing | None:
    """None where nothing is there to be shared, or not yet."""
    if transcription.status is not Status.COMPLETED:
        return None
    of_new = rejected if rejected is not None and rejected.share_id is None else None
    return Sharing(
        transcription,
        links=[_link(share, rejected) for share in shares.all_shares(session, transcription)],
        form=of_new.state if of_new else FormState(),
        chosen=of_new.parts if of_new else [part.value for part in shares.USUAL_PARTS],
        is_open=is_open,
        told=None if told is None else (told[0], _link(told[1], None)),
    )


def _link(share: Share, rejected: Rejected | None) -> Link:
    of_this = rejected if rejected is not None and rejected.share_id == share.public_id else None
    return Link(
        share,
        shares.address(share),
        form=of_this.state if of_this else FormState(),
        chosen=of_this.parts if of_this else share.parts,
        is_over=share.is_over(datetime.now(UTC)),
    )
