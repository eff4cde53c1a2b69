"""The pictures of docs/screenshots, in every look: what the service is like to somebody who has used it for a while."""

import pytest
from playwright.sync_api import Page, expect

import db
from models import Account
from tests.browser.conftest import Shot
from tests.browser.looks import every_look
from tests.browser.pages import Places, furnish

PATHS = {
    "transcriptions": "/transcriptions",
    "search": "/search?q=budget",
    "ask": "/ask",
    "usage": "/billing/usage",
    "billing": "/billing",
    "keys": "/settings/api-keys",
    "webhooks": "/settings/webhooks",
    "account": "/settings/account",
    "activity": "/settings/activity",
    "import": "/transcriptions/import",
    "operators": "/admin",
}


@pytest.fixture
def places(alice: Account) -> Places:
    with db.transaction() as session:
        return furnish(session, alice)


@every_look
def test_the_pages_in_use(member: Page, places: Places, shot: Shot) -> None:
    for name, path in PATHS.items():
        member.goto(path)
        expect(member.get_by_role("main")).to_be_visible()
        shot(member, name)


@every_look
def test_a_transcript_at_a_moment(member: Page, places: Places, shot: Shot) -> None:
    member.goto(f"/transcriptions/{places.interview}")
    expect(member.get_by_role("heading", name="Summary")).to_be_visible()
    shot(member, "transcript")
    member.goto(f"/transcriptions/{places.interview}?t=35.00")
    expect(member.locator("#transcript .now")).to_be_in_viewport()
    shot(member, "moment")


@every_look
def test_what_visitors_see(visitor: Page, places: Places, shot: Shot) -> None:
    for name, path in {"home": "/", "pricing": "/pricing", "shared": f"/s/{places.shared}"}.items():
        visitor.goto(path)
        expect(visitor.get_by_role("heading", level=1)).to_be_visible()
        shot(visitor, name)
