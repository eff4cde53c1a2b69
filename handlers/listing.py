"""Keyset pages: newest first, stable while new rows arrive, as quick on the thousandth page as on the first."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

from sqlalchemy import Select
from sqlalchemy.orm import InstrumentedAttribute, Session

from errors import Invalid

MAX_PAGE_SIZE = 100
DEFAULT_PAGE_SIZE = 20


Row = TypeVar("Row")


@dataclass(frozen=True)
class Page(Generic[Row]):
    rows: Sequence[Row]
    next_cursor: str | None

    @property
    def has_more(self) -> bool:
        return self.next_cursor is not None


def page_of(
    session: Session, query: Select[Any], key: InstrumentedAttribute[str], *, limit: int, cursor: str | None
) -> Page[Any]:
    """One page of a query over rows with a `public_id`; the cursor is the last id of the page before."""
    if cursor is not None and not _is_id(cursor):
        raise Invalid("cursor takes the next_cursor of an earlier page.", param="cursor")
    if cursor is not None:
        query = query.where(key < cursor)
    rows = session.scalars(query.order_by(key.desc()).limit(limit + 1)).all()
    more = len(rows) > limit
    return Page(rows[:limit], rows[limit - 1].public_id if more else None)


def _is_id(text: str) -> bool:
    return text.isascii() and text.replace("_", "").isalnum() and len(text) <= 40
