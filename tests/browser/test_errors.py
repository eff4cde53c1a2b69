"""What does not work says so, and what to do: pages that are not there, a lost connection, an answer that failed."""

import pytest
from playwright.sync_api import Page, expect

import db
from errors import Unavailable
from models import Account
from tests import factories
from tests.browser import scenes
from tests.browser.complaints import Complaints
from tests.browser.conftest import Opens
from tests.browser.looks import both_sizes, with_and_without_script


@with_and_without_script
def test_a_page_that_is_not_there_leads_on(member: Page, complaints: Complaints) -> None:
    complaints.expect("404 of GET")
    member.goto("/transcriptions/tr_01k00000000000000000000000")
    expect(member.get_by_role("heading", level=1)).to_be_visible()
    member.get_by_role("link", name="Your transcriptions").click()
    member.wait_for_url("**/transcriptions")


@both_sizes
def test_a_strangers_transcription_is_not_there(
    opens: Opens, alice: Account, charlie: Account, complaints: Complaints
) -> None:
    with db.transaction() as session:
        interview = scenes.interview(session, alice)
    complaints.expect("404 of GET")
    page = opens(charlie)
    page.goto(f"/transcriptions/{interview.public_id}")
    expect(page.get_by_text(interview.title)).to_have_count(0)
    expect(page.get_by_text("Nothing here")).to_be_visible()


@both_sizes
def test_a_lost_connection_is_told_and_forgotten_when_it_is_back(member: Page, complaints: Complaints) -> None:
    complaints.expect("htmx:sendError")
    member.goto("/search")
    field, told = member.get_by_label("What to search for"), member.get_by_text("The connection was lost.")
    member.context.set_offline(True)
    field.press_sequentially("budget")
    expect(told).to_be_visible()
    member.context.set_offline(False)
    field.press_sequentially(" of")
    expect(told).to_have_count(0)


@both_sizes
def test_an_answer_that_failed_is_told_in_words(
    member: Page, complaints: Complaints, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_: object, **__: object) -> None:
        raise Unavailable()

    member.goto("/search")
    monkeypatch.setattr("blueprints.pages.search.search", fail)
    complaints.expect("503 of GET")
    member.get_by_label("What to search for").press_sequentially("budget")
    expect(member.locator("#notices .notice-bad")).to_be_visible()


@with_and_without_script
def test_too_little_money_says_where_to_get_more(opens: Opens, site: str) -> None:
    with db.transaction() as session:
        poor = factories.make_account(session, top_up_microusd=0)
    page = opens(poor)
    page.goto("/transcriptions")
    expect(page.get_by_text("What is available does not pay for a minute.")).to_be_visible()
    page.get_by_role("link", name="To billing").click()
    page.wait_for_url("**/billing")
