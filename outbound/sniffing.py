"""Telling a web page, a feed or other text from a recording, by its first bytes."""

import codecs
import re

from errors import UrlNotMedia

HEAD_BYTES = 4096

FEED_MESSAGE = (
    "The URL is a podcast feed, not a recording. Send the media URL of one episode: "
    "the `url` of its <enclosure>, or the link behind its download button."
)

_BYTE_ORDER_MARKS = {
    codecs.BOM_UTF8: "utf-8",
    codecs.BOM_UTF16_LE: "utf-16-le",
    codecs.BOM_UTF16_BE: "utf-16-be",
}
_SKIPPED = re.compile(r"(?:\s+|<!--.*?-->|<\?.*?\?>|<!doctype[^>\[]*(?:\[.*?\]\s*)?>)*", re.DOTALL | re.IGNORECASE)
_MARKUP = re.compile(r"<[a-z!?/]", re.IGNORECASE)
_FEED = re.compile(r"<(?:rss|feed|rdf:rdf)[\s>]", re.IGNORECASE)
_JSON = re.compile(r"\s*(?:\{\s*(?:\"|\})|\[\s*(?:[{\[\"\]]|-?\d))")
_JSON_FEED = re.compile(r"\"version\"\s*:\s*\"https?:(?:\\?/){2}jsonfeed\.org")


def refuse_page(head: bytes) -> None:
    """Return if `head`, the first HEAD_BYTES of a body or all of it, may be a recording; raise UrlNotMedia if not.

    No container of recordings begins with markup or with JSON, so what a server says in Content-Type is not asked.
    """
    text = _text(head)
    if _JSON.match(text):
        raise UrlNotMedia(FEED_MESSAGE if _JSON_FEED.search(text) else None)
    if not _MARKUP.match(text.lstrip()):
        return
    skipped = _SKIPPED.match(text)
    raise UrlNotMedia(FEED_MESSAGE if _FEED.match(text, skipped.end() if skipped else 0) else None)


def _text(head: bytes) -> str:
    for mark, encoding in _BYTE_ORDER_MARKS.items():
        if head.startswith(mark):
            return head[len(mark) :].decode(encoding, "replace")
    return head.decode("latin-1")
