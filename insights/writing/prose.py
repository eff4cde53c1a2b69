"""What a language model wrote, as plain text of limited length that may stand beside a transcript."""

import re
import unicodedata

STYLE = (
    "Write plain text without Markdown. Leave out labels of speakers such as S1. Do not say that something is said or"
    " discussed: say what it is."
)
# Halves of surrogate pairs, and the marks that turn the direction of what stands around them.
UNSEEN = re.compile("[\ud800-\udfff\u202a-\u202e\u2066-\u2069\ufeff]")
MARKDOWN = re.compile(
    r"""
    ^ [ \t]* (?: \#{1,6} | [-*+•>] ) [ \t]+             # headings, bullets and quotes
    | \*{2,} | ` | (?<!\w) \* (?=\S) | (?<=\S) \* (?!\w) # stress, but not 2*3
    | (?<!\w) _{1,2} (?=\w) | (?<=\w) _{1,2} (?!\w)     # nor snake_case
    """,
    re.VERBOSE | re.MULTILINE,
)
LINK = re.compile(r"!?\[([^\[\]]*)\]\([^()\s]*\)")
QUOTATION_MARKS = '"“”„«»「」'
LOOSE_ENDS = " ,;:–—-"


def in_language(language: str | None) -> str:
    """The instruction to write as the transcript is spoken; `language` is a BCP-47 code."""
    return f"Write in the language that is spoken{f' ({language})' if language else ''}; translate nothing."


def cleaned(text: str, most_characters: int) -> str:
    """The text without Markdown, breaks and what cannot be seen, cut between words where it is too long."""
    plain = MARKDOWN.sub("", LINK.sub(r"\1", _visible(text)))
    return _shortened(" ".join(plain.split()), most_characters)


def title(text: str, most_characters: int) -> str:
    """The text as a title: without quotation marks around it and a full stop at its end."""
    bare = cleaned(text, len(text)).strip(QUOTATION_MARKS).removesuffix(".").strip(QUOTATION_MARKS)
    return _shortened(bare, most_characters)


def _visible(text: str) -> str:
    lines = UNSEEN.sub("", text).splitlines()
    return "\n".join("".join(" " if unicodedata.category(each) == "Cc" else each for each in line) for line in lines)


def _shortened(text: str, most_characters: int) -> str:
    if len(text) <= most_characters:
        return text
    words, space, _ = text[:most_characters].rpartition(" ")
    # Scripts without spaces are cut anywhere.
    return (words if space else text[: most_characters - 1]).rstrip(LOOSE_ENDS) + "…"
