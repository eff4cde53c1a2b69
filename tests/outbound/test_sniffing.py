import codecs

import pytest

from errors import UrlNotMedia
from outbound.sniffing import FEED_MESSAGE, refuse_page

PAGES = [
    b"<!DOCTYPE html><html>",
    b"<html lang=en>",
    b"  \r\n\t<HTML>",
    b"<!-- saved from x --><!-- y -->\n<html>",
    b"<!-- a comment that never ends",
    b"<head><title>Sign in</title>",
    b"<script>location='/login'</script>",
    b"<p>Quota exceeded</p>",
    codecs.BOM_UTF8 + b"\n<!doctype html>",
    "\ufeff<html>".encode("utf-16-le"),
    "\ufeff<html>".encode("utf-16-be"),
    b'<?xml version="1.0"?><!DOCTYPE html PUBLIC "-//W3C//DTD XHTML 1.0 Strict//EN" "x.dtd"><html>',
    b'<?xml version="1.0"?><Error><Code>AccessDenied</Code></Error>',
    b'{"error": "not found"}',
    b" { }",
    b'[{"id": 1}]',
    b"[]",
]
FEEDS = [
    b'<rss version="2.0">',
    b'<?xml version="1.0" encoding="UTF-8"?>\n<!-- made by x -->\n<rss version="2.0">',
    b'<?xml version="1.0"?><?xml-stylesheet href="a.xsl"?><feed xmlns="http://www.w3.org/2005/Atom">',
    b'<rdf:RDF xmlns:rdf="x">',
    '\ufeff<?xml version="1.0"?><rss>'.encode("utf-16-le"),
    b'{"version": "https://jsonfeed.org/version/1.1", "title": "x"}',
]
RECORDINGS = [
    b"",
    b"ID3\x04\x00",
    b"\xff\xfb\x90\x64",
    b"\xff\xfe\x90\x64\x3c\x00",
    b"RIFF\x24\x00\x00\x00WAVE",
    b"OggS\x00\x02",
    b"fLaC\x00\x00",
    b"\x00\x00\x00\x20ftypM4A ",
    b"\x1aE\xdf\xa3<html>",
    b"FORM\x00\x00\x00\x10AIFF",
    b"#!AMR\n",
    b"\x47\x40\x00\x10",
    b"   <3 I am no page",
    b"just words",
]


@pytest.mark.parametrize("head", PAGES)
def test_a_page_or_other_text_is_refused(head: bytes) -> None:
    with pytest.raises(UrlNotMedia) as caught:
        refuse_page(head)
    assert caught.value.message == UrlNotMedia.default_message


@pytest.mark.parametrize("head", FEEDS)
def test_a_feed_is_refused_with_a_hint(head: bytes) -> None:
    with pytest.raises(UrlNotMedia, match="feed"):
        refuse_page(head)


@pytest.mark.parametrize("head", RECORDINGS)
def test_what_may_be_a_recording_passes(head: bytes) -> None:
    refuse_page(head)


EPISODE = "https://cdn.example.com/7.mp3?a=1&b=2"
ITEM = '<item><title>7</title><enclosure length="1" type="audio/mpeg" url="{url}" /></item>'


@pytest.mark.parametrize(
    "feed",
    [
        '<rss version="2.0"><channel>'
        + ITEM.format(url=EPISODE.replace("&", "&amp;"))
        + ITEM.format(url="https://x/6"),
        "<rss><channel><item><enclosure\n url='" + EPISODE.replace("&", "&#38;") + "'/></item>",
        '{"version": "https://jsonfeed.org/version/1", "items": [{"attachments": [{"mime_type": "audio/mpeg", "url": "'
        + EPISODE.replace("/", "\\/")
        + '"}]}]}',
    ],
    ids=["rss", "single quotes", "json"],
)
def test_the_hint_names_the_first_episode_of_a_feed(feed: str) -> None:
    with pytest.raises(UrlNotMedia) as caught:
        refuse_page(feed.encode())
    assert caught.value.message == f"{FEED_MESSAGE} The first in the feed is {EPISODE}"


@pytest.mark.parametrize(
    "url", ["javascript:alert(1)", "file:///etc/passwd", "https://x/" + "a" * 600, "https://x/\u202e3pm"]
)
def test_an_episode_that_is_no_plain_address_is_not_named(url: str) -> None:
    with pytest.raises(UrlNotMedia) as caught:
        refuse_page(f"<rss><channel>{ITEM.format(url=url)}".encode("latin-1", "xmlcharrefreplace"))
    assert caught.value.message == FEED_MESSAGE


def test_what_is_known_of_a_page_is_told() -> None:
    for page in (b"<html>", b'{"error": "not found"}'):
        with pytest.raises(UrlNotMedia, match="Share it"):
            refuse_page(page, hint="Share it.")
