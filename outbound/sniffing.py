"""Telling a web page, a feed or other text from a recording, by its first bytes."""

import codecs
import html
import re

from errors import UrlNotMedia

# A feed's newest episode mostly begins within as much, and a page that a server drips is still refused soon.
HEAD_BYTES = 8192
MAX_NAMED_CHARACTERS = 500

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
_ENCLOSURE = re.compile(r"<enclosure\s[^>]*?\burl\s*=\s*([\"'])(https?://[^\"'<>\s]+)\1", re.IGNORECASE)
_JSON_ATTACHMENT = re.compile(r"\"attachments\"\s*:\s*\[\s*\{[^}]*?\"url\"\s*:\s*\"(https?:[^\"\s]+)\"")
_JSON = re.compile(r"\s*(?:\{\s*(?:\"|\})|\[\s*(?:[{\[\"\]]|-?\d))")
_JSON_FEED = re.compile(r"\"version\"\s*:\s*\"https?:(?:\\?/){2}jsonfeed\.org")


def refuse_page(head: bytes, hint: str | None = None) -> None:
    """Return if `head`, the first HEAD_BYTES of a body or all of it, may be a recording; raise UrlNotMedia if not.

    `hint` is what to do about a page that comes from there, where that is known. Of a feed its first episode is named.
    No container of recordings begins with markup or with JSON, so what a server says in Content-Type is not asked.
    """
    text = _text(head)
    if _JSON.match(text):
        if not _JSON_FEED.search(text):
            raise UrlNotMedia(hint)
        attachment = _JSON_ATTACHMENT.search(text)
        raise UrlNotMedia(_feed_message(attachment[1].replace("\\/", "/") if attachment else None))
    if not _MARKUP.match(text.lstrip()):
        return
    skipped = _SKIPPED.match(text)
    if not _FEED.match(text, skipped.end() if skipped else 0):
        raise UrlNotMedia(hint)
    enclosure = _ENCLOSURE.search(text)
    raise UrlNotMedia(_feed_message(html.unescape(enclosure[2]) if enclosure else None))


def _feed_message(newest: str | None) -> str:
    """What to send instead: any episode, and the one that the feed names first."""
    if not newest or len(newest) > MAX_NAMED_CHARACTERS or not newest.isprintable():
        return FEED_MESSAGE
    return f"{FEED_MESSAGE} The first in the feed is {newest}"


def _text(head: bytes) -> str:
    for mark, encoding in _BYTE_ORDER_MARKS.items():
        if head.startswith(mark):
            return head[len(mark) :].decode(encoding, "replace")
    return head.decode("latin-1")
