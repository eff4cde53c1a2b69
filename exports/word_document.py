"""DOCX for Word and whatever opens its files: headings that a table of contents finds, speakers in bold."""

import io
from collections.abc import Sequence
from datetime import UTC

import docx
from docx.document import Document as WordDocument
from docx.oxml import OxmlElement
from docx.shared import RGBColor
from docx.text.paragraph import Paragraph as WordParagraph

from exports.clocks import clock
from exports.document import Document, Point
from exports.options import Options
from exports.paragraphs import Paragraph, sections

GREY = RGBColor(0x6B, 0x6B, 0x6B)
FROM_RIGHT_TO_LEFT = frozenset({"ar", "dv", "fa", "he", "iw", "ps", "sd", "ug", "ur", "yi"})
LONGEST_PROPERTY = 255


def render(document: Document, options: Options) -> bytes:
    """The summary, and the text under its chapters."""
    word = docx.Document()
    _describe(word, document)
    turned = (document.language or "").partition("-")[0].lower() in FROM_RIGHT_TO_LEFT
    written = [word.add_heading(_plain(document.title), level=0)]
    if document.summary:
        written += [word.add_heading("Summary", level=1), word.add_paragraph(_plain(document.summary))]
    written += _points(word, document.points, options)
    if document.actions:
        written.append(word.add_heading("Action items", level=2))
    written += _points(word, document.actions, options)
    for section in sections(document):
        if section.chapter is not None:
            written.append(word.add_heading(_plain(section.chapter.title), level=1))
        written += [_paragraph(word, paragraph, options) for paragraph in section.paragraphs]
    if turned:
        for paragraph in written:
            _turn(paragraph)
    buffer = io.BytesIO()
    word.save(buffer)
    return buffer.getvalue()


def _describe(word: WordDocument, document: Document) -> None:
    about = word.core_properties
    about.title = _plain(document.title)[:LONGEST_PROPERTY]
    about.author, about.comments = "", ""
    about.language = document.language or ""
    about.created = about.modified = document.made_at.astimezone(UTC).replace(tzinfo=None)


def _points(word: WordDocument, points: Sequence[Point], options: Options) -> list[WordParagraph]:
    written = []
    for point in points:
        paragraph = word.add_paragraph(_plain(point.text), style="List Bullet")
        if options.timestamps:
            paragraph.add_run(f" {clock(point.start)}").font.color.rgb = GREY
        written.append(paragraph)
    return written


def _paragraph(word: WordDocument, paragraph: Paragraph, options: Options) -> WordParagraph:
    written = word.add_paragraph()
    if paragraph.speaker and options.names_speakers():
        written.add_run(f"{_plain(paragraph.speaker)} ").bold = True
    if options.timestamps:
        written.add_run(f"{clock(paragraph.start)} ").font.color.rgb = GREY
    written.add_run(_plain(paragraph.text))
    return written


def _turn(paragraph: WordParagraph) -> None:
    """Have the paragraph read from right to left."""
    paragraph._p.get_or_add_pPr().append(OxmlElement("w:bidi"))
    for run in paragraph.runs:
        run._r.get_or_add_rPr().append(OxmlElement("w:rtl"))


def _plain(text: str) -> str:
    """The text on one line and without the characters that XML 1.0 cannot hold (section 2.2)."""
    return "".join(
        c for c in " ".join(text.split()) if c >= " " and not "\ud800" <= c <= "\udfff" and c not in "\ufffe\uffff"
    )
