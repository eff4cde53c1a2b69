"""Search and questions over the library: typed, found, played in place, and opened at the moment."""

import re

import pytest
from playwright.sync_api import Page, expect

import db
from models import Account
from tests.browser import scenes
from tests.browser.looks import both_sizes, without_script

TIME = "document.querySelector('#listen audio').currentTime"
IS_PLAYING = "!document.querySelector('#listen audio').paused"


@pytest.fixture
def talk(alice: Account) -> str:
    with db.transaction() as session:
        return scenes.interview(session, alice).public_id


@both_sizes
def test_what_is_found_while_typing_plays_in_place(member: Page, talk: str) -> None:
    member.goto("/search")
    member.get_by_role("searchbox", name="What to search for").press_sequentially("budget")
    expect(member.locator("#findings mark").first).to_have_text("budget")
    expect(member.locator("#found")).to_contain_text("found")

    play = member.get_by_role("link", name=re.compile("^Play The tape in the archive at")).first
    play.click()
    start = float(play.get_attribute("data-from") or 0)
    member.wait_for_function(f"start => {IS_PLAYING} && {TIME} >= start", arg=start)
    expect(play).to_have_attribute("data-playing", "")
    expect(member.get_by_role("link", name="The tape in the archive", exact=True)).to_have_attribute(
        "href", re.compile(rf"/transcriptions/{talk}\?t=")
    )
    expect(member).to_have_url("/search?q=budget")

    play.click()
    expect(play).not_to_have_attribute("data-playing", "")
    member.get_by_role("button", name="Close").click()
    expect(member.locator("#listen")).to_be_hidden()
    expect(play).to_be_focused()


def test_a_moment_stops_where_it_ends(member: Page, talk: str) -> None:
    member.goto("/search?q=budget")
    play = member.locator(".play-moment").first
    play.click()
    end = float(play.get_attribute("data-to") or 0)
    member.wait_for_function("() => document.querySelector('#listen audio').readyState > 0")
    member.evaluate("end => { document.querySelector('#listen audio').currentTime = end - 0.2 }", end)
    member.wait_for_function(f"end => !({IS_PLAYING}) && {TIME} >= end", arg=end)


@both_sizes
def test_keys_go_through_what_was_found(member: Page, talk: str) -> None:
    member.goto("/search?q=tape")
    search = member.get_by_role("searchbox", name="What to search for")
    search.press("ArrowDown")
    first = member.locator(".moment > a:first-child").first
    expect(first).to_be_focused()
    member.keyboard.press("ArrowUp")
    expect(search).to_be_focused()
    search.press("ArrowDown")
    member.keyboard.press("Enter")
    expect(member).to_have_url(re.compile(rf"/transcriptions/{talk}\?t="))


@both_sizes
def test_an_example_is_asked_and_its_quote_plays(member: Page, talk: str) -> None:
    member.goto("/ask")
    member.get_by_role("button", name="What was said about budget?").click()
    quote = member.locator("#answers .quotes li").first
    expect(quote).to_be_visible()
    quote.locator(".play-moment").click()
    member.wait_for_function(f"() => {IS_PLAYING} && {TIME} > 0")


@without_script
def test_without_script_an_example_is_asked_and_leads_to_the_moment(member: Page, talk: str) -> None:
    member.goto("/ask")
    member.get_by_role("button", name="What was said about budget?").click()
    member.locator("#answers .quotes a").first.click()
    expect(member).to_have_url(re.compile(rf"/transcriptions/{talk}\?t="))
