"""Markdown (CommonMark): the summary, and the text under its chapters."""

import re
from collections.abc import Iterator, Sequence

from exports.clocks import clock
from exports.document import Document, Point
from exports.options import Options
from exports.paragraphs import Paragraph, sections

# CommonMark 0.31, section 2.4: a backslash takes its meaning from any ASCII punctuation.
INLINE = re.compile(r"([\\`*_\[\]<>&~|#!$])")
AT_THE_START = re.compile(r"^([-+=:]|\d{1,9}(?=[.)]))")


def render(document: Document, options: Options) -> bytes:
    return "\n\n".join(_blocks(document, options)).encode() + b"\n"


def escaped(text: str) -> str:
    """The text on one line, with nothing in it that Markdown takes for markup."""
    safe = INLINE.sub(r"\\\1", " ".join(text.split()))
    return AT_THE_START.sub(lambda match: _without_meaning(match[1]), safe)


def _without_meaning(start: str) -> str:
    """The beginning of a list or an underline. A digit has no escape, so it becomes its character reference."""
    return f"&#{ord(start[0])};{start[1:]}" if start[0].isdigit() else f"\\{start}"


def _blocks(document: Document, options: Options) -> Iterator[str]:
    yield f"# {escaped(document.title)}"
    if document.summary:
        yield "## Summary"
        yield escaped(document.summary)
    yield from _points(document.points, options)
    if document.actions:
        yield "### Action items"
    yield from _points(document.actions, options)
    for section in sections(document):
        if section.chapter is not None:
            yield f"## {escaped(section.chapter.title)}"
        for paragraph in section.paragraphs:
            yield _paragraph(paragraph, options)


def _points(points: Sequence[Point], options: Options) -> Iterator[str]:
    if points:
        yield "\n".join(
            f"- {escaped(point.text)}" + (f" ({clock(point.start)})" if options.timestamps else "") for point in points
        )


def _paragraph(paragraph: Paragraph, options: Options) -> str:
    name = f"**{escaped(paragraph.speaker)}** " if paragraph.speaker and options.names_speakers() else ""
    stamp = f"`{clock(paragraph.start)}` " if options.timestamps else ""
    return f"{name}{stamp}{escaped(paragraph.text)}"
