"""The list of transcriptions: which it shows, in what order, and what there is to choose from."""

import enum
import re
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import datetime

from sqlalchemy import ColumnElement, Text, func, literal_column, select
from sqlalchemy.orm import Session

from handlers.lines import note_positions
from handlers.listing import NEWEST, Key, Order, Page, page_of, values_of
from handlers.tags import key_of, tags_in_use
from handlers.transcriptions import KEPT, WITH_ALL_THAT_IS_SHOWN, owned
from models import Account, Status, Tag, Transcription

UNFINISHED = "infinity"


class Sort(enum.StrEnum):
    """What a list begins with."""

    NEWEST = "newest"
    OLDEST = "oldest"
    TITLE = "title"
    LONGEST = "longest"
    FINISHED = "finished"


@dataclass(frozen=True, slots=True)
class Filters:
    """Which transcriptions a list shows; None and empty mean no restriction, of tags all must be there."""

    status: Status | None = None
    pipeline_code: str | None = None
    language: str | None = None
    tags: Sequence[str] = ()
    created_after: datetime | None = None
    created_before: datetime | None = None
    title_contains: str | None = None
    labels: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Choices:
    """What the account's transcriptions have of each kind, to be chosen from."""

    pipeline_codes: Sequence[str]
    languages: Sequence[str]
    tags: Sequence[str]


def list_transcriptions(
    session: Session,
    account: Account,
    filters: Filters,
    *,
    limit: int,
    cursor: str | None,
    sort: Sort = Sort.NEWEST,
) -> Page[Transcription]:
    """One page of those that pass the filters. Raises Invalid for a cursor of another sort."""
    query = owned(account, KEPT, *conditions(filters)).options(*WITH_ALL_THAT_IS_SHOWN)
    page = page_of(session, query, Transcription.public_id, limit=limit, cursor=cursor, order=ORDERS[sort])
    note_positions(session, page.rows)
    return page


def newer_than(
    session: Session, account: Account, filters: Filters, public_id: str, *, limit: int
) -> Sequence[Transcription]:
    """Those that pass the filters and were made after the one of this id, the oldest first."""
    query = owned(account, KEPT, Transcription.public_id > public_id, *conditions(filters))
    query = query.options(*WITH_ALL_THAT_IS_SHOWN).order_by(Transcription.public_id).limit(limit)
    rows = session.scalars(query).all()
    note_positions(session, rows)
    return rows


def some_of(session: Session, account: Account, public_ids: Sequence[str]) -> Sequence[Transcription]:
    """Those of these ids that are the account's, and not in the trash."""
    query = owned(account, KEPT, Transcription.public_id.in_(public_ids)).options(*WITH_ALL_THAT_IS_SHOWN)
    rows = session.scalars(query.order_by(Transcription.public_id.desc())).all()
    note_positions(session, rows)
    return rows


def running_count(session: Session, account: Account) -> int:
    """How many of the account's transcriptions are being worked on."""
    processing = owned(account, KEPT, Transcription.status == Status.PROCESSING)
    count: int = session.scalars(processing.with_only_columns(func.count())).one()
    return count


def choices(session: Session, account: Account) -> Choices:
    """What a list of the account can be filtered by."""
    pipeline_codes, languages = (
        session.scalars(select(values.c.value).where(values.c.value.is_not(None))).all()
        for values in (
            values_of(column, Transcription.account_id == account.id, KEPT)
            for column in (Transcription.pipeline_code, Transcription.language)
        )
    )
    return Choices(pipeline_codes, languages, tags_in_use(session, account))


def conditions(filters: Filters) -> list[ColumnElement[bool]]:
    """What transcriptions that pass the filters have in common."""
    found: list[ColumnElement[bool]] = []
    if filters.status is not None:
        found.append(Transcription.status == filters.status)
    if filters.pipeline_code:
        found.append(Transcription.pipeline_code == filters.pipeline_code)
    if filters.language:
        found.append(Transcription.language == filters.language)
    for name in filters.tags:
        has_it = select(Tag.transcription_id).where(
            Tag.account_id == Transcription.account_id,
            Tag.key == key_of(name),
            Tag.transcription_id == Transcription.id,
        )
        found.append(has_it.exists())
    if filters.created_after is not None:
        found.append(Transcription.created_at > filters.created_after)
    if filters.created_before is not None:
        found.append(Transcription.created_at < filters.created_before)
    if filters.title_contains:
        found.append(Transcription.title.icontains(filters.title_contains, autoescape=True))
    if filters.labels:
        found.append(Transcription.labels.contains(dict(filters.labels)))
    return found


def _is_title(text: str) -> bool:
    return "\x00" not in text and len(text) <= 300 and not any("\ud800" <= each <= "\udfff" for each in text)


def _is_length(text: str) -> bool:
    return bool(re.fullmatch(r"\d{1,12}(\.\d{1,20})?(e-\d\d)?", text, re.ASCII))


def _is_moment(text: str) -> bool:
    if not re.fullmatch(r"\d{4}-\d\d-\d\d \d\d:\d\d:\d\d(\.\d{1,6})?\+00", text, re.ASCII):
        return text == UNFINISHED
    with suppress(ValueError):
        return bool(datetime.fromisoformat(text))
    return False


# Each has an index of just these columns. Literals, since an index is of an expression, not of its parameters.
ORDERS: Mapping[Sort, Order] = {
    Sort.NEWEST: NEWEST,
    Sort.OLDEST: Order(descending=False),
    Sort.TITLE: Order(Key(func.lower(Transcription.title, type_=Text), _is_title), descending=False),
    Sort.LONGEST: Order(Key(func.coalesce(Transcription.duration_seconds, literal_column("0")), _is_length)),
    # What is not finished yet comes first.
    Sort.FINISHED: Order(Key(func.coalesce(Transcription.completed_at, literal_column(f"'{UNFINISHED}'")), _is_moment)),
}
