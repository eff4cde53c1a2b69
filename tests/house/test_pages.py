"""What holds on every page: ids are unique, and each control works without script."""

import re
from collections import Counter
from html.parser import HTMLParser

import pytest
from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from models import Account, Status
from tests.factories import make_completed, make_media, make_transcription


class Page(HTMLParser):
    """The ids of a page, and the htmx controls that would do nothing without script."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.ids: Counter[str] = Counter()
        self.forms: list[dict[str, str | None]] = []
        self.helpless: list[str] = []
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        if given.get("id"):
            self.ids[str(given["id"])] += 1
        if tag == "form":
            self.forms.append(given)
        acts = "hx-get" in given or "hx-post" in given
        refreshes_itself = bool(re.match(r"load|intersect|revealed", given.get("hx-trigger") or ""))
        works = (tag == "a" and "href" in given) or (tag == "form" and "action" in given) or bool(self.forms)
        if acts and not refreshes_itself and not works:
            self.helpless.append(self.get_starttag_text() or tag)

    def handle_endtag(self, tag: str) -> None:
        if tag == "form":
            self.forms.pop()


@pytest.fixture
def paths(session: Session, alice: Account) -> list[str]:
    media = make_media(session, alice)
    done = make_completed(session, alice, texts=[f"Sentence {number}." for number in range(250)], media_id=media.id)
    processing = make_transcription(session, alice)
    failed = make_transcription(session, alice, status=Status.FAILED)
    ids = [row.public_id for row in (done, processing, failed)]
    return ["/transcriptions", "/settings/account", "/settings/api-keys", *(f"/transcriptions/{each}" for each in ids)]


def test_ids_are_unique_and_controls_work_without_script(
    browser: FlaskClient, visitor: FlaskClient, paths: list[str]
) -> None:
    pages = {path: browser.get(path).text for path in paths}
    pages |= {path: visitor.get(path).text for path in ("/", "/pricing", "/login", "/signup")}
    for path, text in pages.items():
        page = Page(text)
        assert [name for name, count in page.ids.items() if count > 1] == [], path
        assert page.helpless == [], path
