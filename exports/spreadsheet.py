"""CSV (RFC 4180) that opens in a spreadsheet as what it is: a row for each segment."""

import csv
import io

from exports.document import Document
from exports.options import Options

FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r")
# Without it Excel takes UTF-8 for an older encoding.
BYTE_ORDER_MARK = b"\xef\xbb\xbf"


def render(document: Document, options: Options) -> bytes:
    """The columns start, end, speaker and text; times in seconds. Without speakers, or times, without their columns."""
    buffer = io.StringIO()
    writer = csv.writer(buffer)
    named, timed = options.names_speakers(), options.timestamps
    writer.writerow([*(["start", "end"] if timed else []), *(["speaker"] if named else []), "text"])
    for segment in document.segments:
        times = [f"{segment.start:.3f}", f"{segment.end:.3f}"] if timed else []
        names = [cell(segment.speaker)] if named else []
        writer.writerow([*times, *names, cell(" ".join(segment.text.split()))])
    return BYTE_ORDER_MARK + buffer.getvalue().encode()


def cell(text: str | None) -> str:
    """A text that no spreadsheet takes for a formula: one that looks like it gets an apostrophe in front."""
    return f"'{text}" if text and text.startswith(FORMULA_STARTS) else text or ""
