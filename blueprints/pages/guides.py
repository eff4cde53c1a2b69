"""The guides: Markdown files of `docs/guides/`, each a page of the site and a text for whoever reads the repository."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from markdown_it import MarkdownIt
from markdown_it.token import Token
from markupsafe import Markup

DIRECTORY = Path(__file__).resolve().parents[2] / "docs" / "guides"
# In the order in which somebody new would read them.
NAMES = ("quick-start", "uploads", "webhooks", "exports", "sharing", "idempotency", "errors", "openai", "mcp")
LANGUAGES = {
    "sh": "curl",
    "python": "Python",
    "ts": "TypeScript",
    "js": "JavaScript",
    "go": "Go",
    "ruby": "Ruby",
    "php": "PHP",
    "json": "JSON",
    "": "Text",
}


@dataclass(frozen=True, slots=True)
class Sample:
    """A piece of code, and the language it is in as people call it."""

    language: str
    code: str


@dataclass(frozen=True, slots=True)
class Guide:
    """A guide: what it is called, what it is about in one sentence, its Markdown, and the parts of its page.

    A part is either HTML or samples of the same thing in several languages.
    """

    name: str
    title: str
    about: str
    source: str
    parts: Sequence[Markup | tuple[Sample, ...]]


def guides() -> tuple[Guide, ...]:
    return tuple(_read(name) for name in NAMES)


def guide(name: str) -> Guide | None:
    return _read(name) if name in NAMES else None


@cache
def _read(name: str) -> Guide:
    source = (DIRECTORY / f"{name}.md").read_text()
    markdown = MarkdownIt("commonmark", {"html": False}).enable("table")
    tokens = markdown.parse(source)
    title, about, *_ = (token.content for token in tokens if token.type == "inline" and token.level == 1)
    return Guide(name, title, about.removesuffix(":"), source, tuple(_parts(markdown, tokens)))


def _parts(markdown: MarkdownIt, tokens: Sequence[Token]) -> Iterator[Markup | tuple[Sample, ...]]:
    """Samples that follow one another show the same thing, and stand together."""
    samples: list[Sample] = []
    rest: list[Token] = []
    for token in tokens:
        if token.type == "fence":
            if rest:
                yield _html(markdown, rest)
            samples, rest = [*samples, Sample(LANGUAGES[token.info.partition(" ")[0]], token.content)], []
            continue
        if samples:
            yield tuple(samples)
        samples = []
        rest.append(token)
    yield tuple(samples) if samples else _html(markdown, rest)


def _html(markdown: MarkdownIt, tokens: Sequence[Token]) -> Markup:
    for token, following in zip(tokens, [*tokens[1:], None], strict=True):
        if token.type == "table_open":
            token.attrSet("tabindex", "0")  # A narrow screen scrolls it, also by keyboard.
        if token.type == "heading_open" and following is not None:
            token.attrSet("id", _anchor(following.content))
        for child in token.children or ():
            if child.type == "link_open":
                # In the repository one file points to another; here one page does.
                child.attrSet("href", re.sub(r"^([a-z-]+)\.md(?=$|#)", r"\1", str(child.attrGet("href"))))
    # Written by us, and HTML inside of it is shown, not run.
    return Markup(markdown.renderer.render(tokens, markdown.options, {}))  # noqa: S704


def _anchor(heading: str) -> str:
    return re.sub(r"[^a-z0-9]+", "-", heading.lower()).strip("-")
