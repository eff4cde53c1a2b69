"""Plain text: a paragraph for each thing somebody says, and nothing else."""

from exports.clocks import clock
from exports.document import Document
from exports.options import Options
from exports.paragraphs import Paragraph, paragraphs


def render(document: Document, options: Options) -> bytes:
    """The paragraphs with an empty line between them, each with its time and its speaker in front if wanted."""
    return "\n\n".join(_line(paragraph, options) for paragraph in paragraphs(document.segments)).encode() + b"\n"


def _line(paragraph: Paragraph, options: Options) -> str:
    stamp = f"[{clock(paragraph.start)}] " if options.timestamps else ""
    name = f"{paragraph.speaker}: " if paragraph.speaker and options.names_speakers() else ""
    return f"{stamp}{name}{paragraph.text}"
