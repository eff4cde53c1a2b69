"""CSV that opens in a spreadsheet without running anything, and streams however long it is."""

import csv
import io
from collections.abc import Callable, Iterable, Iterator, Sequence

from flask import Response, stream_with_context
from sqlalchemy.orm import Session

from db import transaction
from handlers.listing import Page, Row

FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r")
AT_ONCE_CHARACTERS = 16_384


def csv_file(name: str, rows: Iterable[Sequence[str | int]]) -> Response:
    """The rows, headings first, as a download. Text that came from people goes through `cell`."""
    response = Response(stream_with_context(_lines(rows)), content_type="text/csv; charset=utf-8")
    response.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    return response


def every_row(page_at: Callable[[Session, str | None], Page[Row]]) -> Iterator[Row]:
    """All there is of a listing, one page after the other, each of which `page_at` takes from its cursor.

    Each in a transaction of its own: a reader who takes their time must not keep a connection.
    """
    cursor: str | None = None
    while True:
        with transaction() as session:
            page = page_at(session, cursor)
        yield from page.rows
        cursor = page.next_cursor
        if cursor is None:
            return


def cell(text: str | None) -> str:
    """A text that no spreadsheet takes for a formula: one that looks like it gets an apostrophe in front."""
    return f"'{text}" if text and text.startswith(FORMULA_STARTS) else text or ""


def _lines(rows: Iterable[Sequence[str | int]]) -> Iterator[str]:
    buffer = io.StringIO()
    writer = csv.writer(buffer)
    for row in rows:
        writer.writerow(row)
        if buffer.tell() >= AT_ONCE_CHARACTERS:
            yield buffer.getvalue()
            buffer.seek(0)
            buffer.truncate()
    yield buffer.getvalue()
