"""What the list of transcriptions shows, as its address says, and the addresses of what it could show instead."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time, timedelta
from typing import Annotated, Any

from flask import get_flashed_messages, url_for
from pydantic import Field
from sqlalchemy.orm import Session

from blueprints.inputs import TranscriptionQuery, query_values, read
from blueprints.pages.export_choices import ExportChoices
from blueprints.pages.formats import day, language
from blueprints.places import filters_of
from handlers import library, trash
from handlers.library import Filters, Sort
from models import Account, Status
from runtime import installed_pipelines
from speech.pipelines import IMPORT_CODE

# The categories of what is told once, after a redirect: one of those that were put into the trash, or words.
TRASHED, TOLD = "trashed", "told"
STATUSES = {Status.PROCESSING: "Processing", Status.COMPLETED: "Completed", Status.FAILED: "Failed"}
SORTS = {
    Sort.NEWEST: "Newest first",
    Sort.OLDEST: "Oldest first",
    Sort.TITLE: "By title",
    Sort.LONGEST: "Longest first",
    Sort.FINISHED: "Last finished",
}


class Shown(TranscriptionQuery):
    """The query of the page, with days, both included, in the place of times."""

    first: Annotated[date | None, Field(alias="from")] = None
    last: Annotated[date | None, Field(alias="to")] = None


@dataclass(frozen=True, slots=True)
class Chip:
    """One thing that the list is filtered by, and the address without it."""

    label: str
    value: str
    without: str


@dataclass(frozen=True, slots=True)
class ListView:
    """What is shown, and where everything else is."""

    shown: Shown

    @property
    def filters(self) -> Filters:
        filters = filters_of(self.shown)
        if self.shown.first is not None:
            # What comes after a time does not include it.
            after = datetime.combine(self.shown.first, time(tzinfo=UTC)) - timedelta(microseconds=1)
            filters = replace(filters, created_after=after)
        if self.shown.last is not None:
            before = datetime.combine(self.shown.last, time(tzinfo=UTC)) + timedelta(days=1)
            filters = replace(filters, created_before=before)
        return filters

    @property
    def is_filtered(self) -> bool:
        return self.filters != Filters()

    @property
    def is_first_page(self) -> bool:
        return self.shown.cursor is None

    @property
    def takes_new_ones(self) -> bool:
        """Whether what is made now belongs on top of it."""
        return self.is_first_page and self.shown.sort is Sort.NEWEST

    @property
    def chips(self) -> Sequence[Chip]:
        shown = self.shown
        found = [
            ("q", "Title", f"“{shown.q}”" if shown.q else None),
            ("status", "Status", STATUSES[shown.status] if shown.status else None),
            ("pipeline_code", "Pipeline", pipeline_name(shown.pipeline_code) if shown.pipeline_code else None),
            ("language", "Language", language(shown.language) if shown.language else None),
            ("from", "From", day(shown.first) if shown.first else None),
            ("to", "To", day(shown.last) if shown.last else None),
        ]
        chips = [Chip(label, value, self.address(**{name: None})) for name, label, value in found if value]
        tags = list(shown.tag or ())
        chips += [
            Chip("Tag", tag, self.address(tag=",".join(other for other in tags if other != tag) or None))
            for tag in tags
        ]
        return chips + [Chip(f"{name}:", value, self.address(**{in_address(name): None})) for name, value in self.pairs]

    def address(self, **changes: str | None) -> str:
        """The address of this view, of its first page, with some of it changed or taken away."""
        parameters: dict[str, Any] = {**self.parameters, **changes}
        return url_for("pages.transcriptions.index", **parameters)

    @property
    def here(self) -> str:
        """The address of this very page."""
        return self.address(cursor=self.shown.cursor)

    @property
    def parameters(self) -> Mapping[str, str]:
        """The parameters that matter, as the address has them."""
        given = self.shown.model_dump(mode="json", by_alias=True, exclude_defaults=True, exclude={"cursor", "metadata"})
        plain = {name: ",".join(value) if isinstance(value, list) else str(value) for name, value in given.items()}
        return {**plain, **{in_address(name): value for name, value in self.pairs}}

    @property
    def pairs(self) -> Sequence[tuple[str, str]]:
        """The metadata that is asked for."""
        return list(self.shown.metadata.items())


def asked_view() -> ListView:
    """What the address asks for; what is not about the list is somebody else's. Raises Invalid."""
    names = {field.alias or name for name, field in Shown.model_fields.items()}
    return ListView(read(Shown, {name: value for name, value in query_values().items() if value and name in names}))


def in_address(name: str) -> str:
    """The parameter that asks for a pair of metadata."""
    return f"metadata[{name}]"


def list_context(session: Session, account: Account) -> dict[str, Any]:
    """All that the list's templates need."""
    view = asked_view()
    listing = library.list_transcriptions(
        session, account, view.filters, limit=view.shown.limit, cursor=view.shown.cursor, sort=view.shown.sort
    )
    just_trashed = [str(each) for each in get_flashed_messages(category_filter=[TRASHED])]
    return {
        "view": view,
        "choices": library.choices(session, account),
        "listing": listing,
        "watched": ",".join(row.public_id for row in listing.rows if row.status is Status.PROCESSING),
        "newest": listing.rows[0].public_id if listing.rows else "tr_0",
        "running": library.running_count(session, account),
        "trashed": trash.trashed_with(session, account, just_trashed[0]) if just_trashed else [],
        "told": get_flashed_messages(category_filter=[TOLD]),
        "statuses": STATUSES,
        "sorts": SORTS,
        "export_choices": ExportChoices(),
    }


def pipeline_name(code: str) -> str:
    if code == IMPORT_CODE:
        return "Imported"
    pipeline = installed_pipelines().get(code)
    return pipeline.name if pipeline else code
