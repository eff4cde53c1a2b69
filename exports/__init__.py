"""A transcript in, a file out: one module for each format, and the registry that pages and the API read."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from exports import chapter_lists, markdown, pdf, plain_text, spreadsheet, subrip, webvtt, word_document
from exports.document import Document
from exports.options import Options

Render = Callable[[Document, Options], bytes]


@dataclass(frozen=True, slots=True)
class Format:
    """How a file of this kind is made and told apart. `extension` is what its name ends with, the dot included.

    `render` is None for the JSON of a result, which the API itself writes. `is_captions` where limits apply.
    """

    code: str
    label: str
    media_type: str
    extension: str
    render: Render | None
    is_captions: bool = False
    is_text: bool = True

    @property
    def content_type(self) -> str:
        return f"{self.media_type}; charset=utf-8" if self.media_type.startswith("text/") else self.media_type


DOCX = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
FORMATS: Mapping[str, Format] = {
    each.code: each
    for each in (
        Format("srt", "SRT captions", "application/x-subrip", ".srt", subrip.render, is_captions=True),
        Format("vtt", "WebVTT captions", "text/vtt", ".vtt", webvtt.render, is_captions=True),
        Format(
            "vtt_karaoke", "WebVTT, word by word", "text/vtt", ".karaoke.vtt", webvtt.render_karaoke, is_captions=True
        ),
        Format("txt", "Plain text", "text/plain", ".txt", plain_text.render),
        Format("md", "Markdown", "text/markdown", ".md", markdown.render),
        Format("docx", "Word (DOCX)", DOCX, ".docx", word_document.render, is_text=False),
        Format("pdf", "PDF", "application/pdf", ".pdf", pdf.render, is_text=False),
        Format("csv", "Table (CSV)", "text/csv", ".csv", spreadsheet.render),
        Format("json", "JSON, as the API's result", "application/json", ".json", None),
        Format("chapters_youtube", "Chapters for YouTube", "text/plain", ".chapters.txt", chapter_lists.render_youtube),
        Format(
            "chapters_podcast",
            "Chapters for podcasts",
            "application/json+chapters",
            ".chapters.json",
            chapter_lists.render_podcast,
        ),
    )
}
