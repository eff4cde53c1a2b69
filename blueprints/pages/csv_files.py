"""CSV that opens in a spreadsheet without running anything, and streams however long it is."""

import csv
import io
from collections.abc import Iterable, Iterator, Sequence

from flask import Response, stream_with_context

FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r")
AT_ONCE_CHARACTERS = 16_384


def csv_file(name: str, rows: Iterable[Sequence[str | int]]) -> Response:
    """The rows, headings first, as a download. Text that came from people goes through `cell`."""
    response = Response(stream_with_context(_lines(rows)), content_type="text/csv; charset=utf-8")
    response.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    return response


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
