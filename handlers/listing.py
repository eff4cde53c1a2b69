"""Keyset pages: stable while new rows arrive, as quick on the thousandth page as on the first."""

import binascii
import json
from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

from sqlalchemy import CTE, ColumnElement, Select, Text, cast, func, literal, select, tuple_
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


@dataclass(frozen=True, slots=True)
class Key:
    """What rows are sorted by before their ids, never null. A cursor carries it as the database's text; `accepts` says
    whether a text can have come from there."""

    column: ColumnElement[Any]
    accepts: Callable[[str], bool]


@dataclass(frozen=True, slots=True)
class Order:
    """How a list is sorted: by the key, where there is one, and by ids, which sort by time, in the same direction."""

    key: Key | None = None
    descending: bool = True


NEWEST = Order()


def page_of(
    session: Session,
    query: Select[Any],
    ids: InstrumentedAttribute[str],
    *,
    limit: int,
    cursor: str | None,
    order: Order = NEWEST,
) -> Page[Any]:
    """One page of a query over rows with a `public_id`; the cursor says where the page before ended."""
    columns: list[ColumnElement[Any] | InstrumentedAttribute[str]] = (
        [ids] if order.key is None else [order.key.column, ids]
    )
    if cursor is not None:
        query = query.where(_is_beyond(columns, _position(order, cursor), order))
    by = [column.desc() if order.descending else column.asc() for column in columns]
    # In place of the rows alone, the text of what they are sorted by too: nobody but the database can tell it.
    found = session.execute(
        query.add_columns(cast(columns[0], Text).label("sorted_by")).order_by(*by).limit(limit + 1)
    ).all()
    rows = [row for row, _ in found[:limit]]
    if len(found) <= limit:
        return Page(rows, None)
    last, text = found[limit - 1]
    return Page(rows, last.public_id if order.key is None else packed(text, last.public_id))


def values_of(column: InstrumentedAttribute[Any], *conditions: ColumnElement[bool]) -> CTE:
    """The values of an indexed column where the conditions hold, each once, as `value` of a common table expression.

    It jumps from one to the next in the index: the time is that of the values, not of the rows that have them.
    """
    found = select(func.min(column).label("value")).where(*conditions).cte("found", recursive=True)
    following = select(func.min(column)).where(*conditions, column > found.c.value).scalar_subquery()
    return found.union_all(select(following).where(found.c.value.is_not(None)))


def _is_beyond(
    columns: Sequence[ColumnElement[Any] | InstrumentedAttribute[str]], position: Sequence[str], order: Order
) -> ColumnElement[bool]:
    values = [cast(literal(text), column.type) for column, text in zip(columns, position, strict=True)]
    here, there = tuple_(*columns), tuple_(*values)
    return here < there if order.descending else here > there


def _position(order: Order, cursor: str) -> Sequence[str]:
    """What the last row of the page before was sorted by. Raises Invalid for a cursor of none, or of another order."""
    if order.key is None and _is_id(cursor):
        return [cursor]
    match _unpacked(cursor):
        case [str(text), str(public_id)] if order.key is not None and order.key.accepts(text) and _is_id(public_id):
            return [text, public_id]
    raise Invalid("cursor takes the next_cursor of an earlier page, sorted alike.", param="cursor")


def packed(*position: str) -> str:
    """A cursor: what the last row of a page is sorted by, opaque."""
    return urlsafe_b64encode(json.dumps(position, ensure_ascii=False).encode()).decode().rstrip("=")


def _unpacked(cursor: str) -> Any:
    try:
        return json.loads(urlsafe_b64decode(cursor.encode() + b"==="))
    except (binascii.Error, ValueError, RecursionError):
        return None


def _is_id(text: str) -> bool:
    return text.isascii() and text.replace("_", "").isalnum() and len(text) <= 40
