"""PDF to be read and printed: the summary, and the text under its chapters."""

import io
import threading
from collections.abc import Iterator, Mapping, Sequence
from typing import Any
from xml.sax.saxutils import escape

from reportlab.lib.colors import HexColor
from reportlab.lib.enums import TA_LEFT, TA_RIGHT
from reportlab.lib.pagesizes import A4
from reportlab.lib.styles import ParagraphStyle
from reportlab.lib.units import mm
from reportlab.platypus import Flowable, Paragraph, SimpleDocTemplate

from exports.clocks import clock
from exports.document import Document
from exports.fonts import CJK, LATIN, MISSING, SHAPED, missing, runs
from exports.options import Options
from exports.paragraphs import sections

GREY = "#6b6b6b"
FROM_RIGHT_TO_LEFT = frozenset({"NotoSansArabic", "NotoSansHebrew"})
STYLES: Mapping[str, Mapping[str, Any]] = {
    "title": {"fontSize": 18, "leading": 23, "spaceAfter": 4},
    "facts": {"fontSize": 9, "leading": 12, "spaceAfter": 12, "textColor": HexColor(GREY)},
    "heading": {"fontSize": 13, "leading": 17, "spaceBefore": 12, "spaceAfter": 5, "keepWithNext": 1},
    "text": {"fontSize": 10.5, "leading": 15.5, "spaceAfter": 7},
    "point": {"fontSize": 10.5, "leading": 15.5, "spaceAfter": 3, "leftIndent": 12},
    "notice": {
        "fontSize": 9,
        "leading": 12,
        "spaceAfter": 12,
        "borderWidth": 0.5,
        "borderPadding": 6,
        "borderColor": HexColor(GREY),
    },
}
# The library keeps what it knows of fonts for the whole process, and building is bound to the processor anyway.
ONE_AT_A_TIME = threading.Lock()


def render(document: Document, options: Options) -> bytes:
    """A4 pages with numbers. Where a character is in none of the fonts the first page says so."""
    buffer = io.BytesIO()
    with ONE_AT_A_TIME:
        template = SimpleDocTemplate(
            buffer,
            pagesize=A4,
            leftMargin=25 * mm,
            rightMargin=25 * mm,
            topMargin=22 * mm,
            bottomMargin=22 * mm,
            title=document.title,
            lang=document.language,
            invariant=1,
        )
        template.build(list(_flow(document, options)), onFirstPage=_number, onLaterPages=_number)
    return buffer.getvalue()


def _flow(document: Document, options: Options) -> Iterator[Flowable]:
    yield _paragraph("title", document.title)
    yield _paragraph("facts", f"{document.made_at:%Y-%m-%d} · {clock(document.duration_seconds)}")
    lost = _missing(document)
    if lost:
        yield _paragraph(
            "notice",
            f"{lost} character{'s are' if lost > 1 else ' is'} in no font of this service and shown as {MISSING}. "
            "Text, Markdown and Word files have all of them.",
        )
    if document.summary:
        yield _paragraph("heading", "Summary")
        yield _paragraph("text", document.summary)
    yield from (_paragraph("point", f"• {point.text}") for point in document.points)
    if document.actions:
        yield _paragraph("heading", "Action items")
        yield from (_paragraph("point", f"• {point.text}") for point in document.actions)
    for section in sections(document):
        if section.chapter is not None:
            yield _paragraph("heading", section.chapter.title)
        for paragraph in section.paragraphs:
            stamp = f"{clock(paragraph.start)} " if options.timestamps else ""
            name = f"{paragraph.speaker}: " if paragraph.speaker and options.names_speakers() else ""
            yield _paragraph("text", paragraph.text, grey=f"{stamp}{name}")


def _missing(document: Document) -> int:
    said = (segment.text + (segment.speaker or "") for segment in document.segments)
    written = (part.text for part in (*document.points, *document.actions))
    titles = (chapter.title for chapter in document.chapters)
    return sum(map(missing, (document.title, document.summary, *said, *written, *titles)))


def _paragraph(style: str, text: str, *, grey: str = "") -> Paragraph:
    in_front, behind = list(runs(grey)), list(runs(" ".join(text.split())))
    fonts = {font for font, _ in (*in_front, *behind)}
    marked = _marked(in_front)
    markup = (f'<font color="{GREY}">{marked}</font>' if marked else "") + _marked(behind)
    return Paragraph(markup, _style(style, fonts, behind[0][0] if behind else LATIN))


def _style(name: str, fonts: set[str], first: str) -> ParagraphStyle:
    is_turned = first in FROM_RIGHT_TO_LEFT
    given: dict[str, Any] = {
        **STYLES[name],
        "fontName": LATIN,
        "alignment": TA_RIGHT if is_turned else TA_LEFT,
        "wordWrap": "RTL" if is_turned else "CJK" if first == CJK else None,
        "shaping": int(bool(fonts & SHAPED)),
    }
    return ParagraphStyle(name, **given)


def _marked(found: Sequence[tuple[str, str]]) -> str:
    return "".join(
        escape(text) if font == LATIN else f'<font name="{font}">{escape(text)}</font>' for font, text in found
    )


def _number(canvas: Any, template: Any) -> None:
    canvas.setFont(LATIN, 9)
    canvas.setFillColor(HexColor(GREY))
    canvas.drawRightString(A4[0] - 25 * mm, 12 * mm, str(canvas.getPageNumber()))
