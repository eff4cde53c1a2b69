"""Finding the moment: as one types, without script, and from there into the transcript."""

import re

import pytest
from playwright.sync_api import Page, expect

from models import Transcription
from tests.browser.looks import both_sizes, with_and_without_script, without_script

pytestmark = pytest.mark.usefixtures("interview")


@both_sizes
def test_the_findings_follow_the_typing_and_open_the_moment(member: Page, interview: Transcription) -> None:
    member.goto("/search")
    member.get_by_label("What to search for").press_sequentially("budget")
    found = member.get_by_role("listitem").filter(has_text="How high was the budget?")
    expect(found.locator("mark").first).to_have_text("budget")
    expect(member).to_have_url(re.compile("q=budget"))
    found.get_by_role("link").first.click()
    member.wait_for_url(f"**/transcriptions/{interview.public_id}?t=*")
    expect(member.locator("#transcript .now")).to_be_in_viewport()


@without_script
def test_without_script_the_button_searches(member: Page) -> None:
    member.goto("/search")
    member.get_by_label("What to search for").fill("harbour")
    member.get_by_role("button", name="Search").click()
    member.get_by_role("link").filter(has_text="about the harbour").click()
    expect(member.get_by_text("Two people speaking about the harbour")).to_be_in_viewport()


@with_and_without_script
def test_where_nothing_is_found_the_page_says_what_to_do(member: Page) -> None:
    member.goto("/search?q=zebra")
    expect(member.get_by_text("Nothing found")).to_be_visible()
    expect(member.get_by_label("What to search for")).to_have_value("zebra")


@both_sizes
def test_a_filter_leaves_out_what_does_not_fit(member: Page) -> None:
    member.goto("/search?q=budget")
    member.get_by_text("Filters").click()
    member.get_by_label("Speaker").fill("Ada")
    expect(member.get_by_role("listitem").filter(has_text="How high was the budget?")).to_be_visible()
    member.get_by_label("Title contains").fill("Another recording")
    expect(member.get_by_text("Nothing found")).to_be_visible()


def test_a_slash_goes_to_where_one_searches(member: Page) -> None:
    member.goto("/transcriptions")
    member.keyboard.press("/")
    expect(member.get_by_label("Search titles")).to_be_focused()
