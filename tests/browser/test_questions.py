"""Asking the library: the answer streams in with quotes that lead to their moments."""

import pytest
from playwright.sync_api import Page, expect

import db
from models import Account, Transcription
from tests import factories
from tests.browser import scenes
from tests.browser.looks import both_sizes, with_and_without_script

ASKED = "How high was the budget?"


pytestmark = pytest.mark.usefixtures("interview")


@with_and_without_script
def test_a_question_is_answered_with_quotes_that_lead_there(member: Page, interview: Transcription) -> None:
    member.goto("/ask")
    member.get_by_label("Your question").fill(ASKED)
    member.get_by_role("button", name="Ask").click()
    quote = member.get_by_role("list", name="Quotes").get_by_role("link").first
    expect(quote).to_contain_text("million")
    quote.click()
    member.wait_for_url(f"**/transcriptions/{interview.public_id}?t=*")


@with_and_without_script
def test_those_that_are_ticked_on_the_list_are_asked_alone(member: Page, alice: Account) -> None:
    with db.transaction() as session:
        factories.make_completed(session, alice, title="Lunch", texts=["The soup had a budget of nine million."])
    member.goto("/transcriptions")
    member.get_by_label("Select The tape in the archive").check()
    member.get_by_role("button", name="Ask them").click()
    expect(member.get_by_text("Only of The tape in the archive.")).to_be_visible()
    member.get_by_label("Your question").fill(ASKED)
    member.get_by_role("button", name="Ask", exact=True).click()
    expect(member.locator(".moment-title").first).to_have_text("The tape in the archive")
    expect(member.locator(".moment-title", has_text="Lunch")).to_have_count(0)
    member.goto("/transcriptions")
    member.get_by_label("Select Lunch").check()
    member.get_by_label("Select The tape in the archive").check()
    member.get_by_role("button", name="Ask them").click()
    member.get_by_role("link", name="Ask all of them").click()
    expect(member).to_have_url("/ask")


@both_sizes
def test_what_is_not_in_them_is_not_answered(member: Page) -> None:
    member.goto("/ask")
    member.get_by_label("Your question").fill("Who won the chess tournament?")
    member.get_by_role("button", name="Ask").click()
    expect(member.get_by_text("The answer is not in your transcripts.")).to_be_visible()
    expect(member.get_by_label("Your question")).to_have_value("")


@with_and_without_script
def test_a_question_is_deleted_with_its_answer(member: Page, alice: Account) -> None:
    with db.transaction() as session:
        scenes.answered(session, alice, ASKED)
    member.goto("/ask")
    member.get_by_text("Delete…").click()
    member.get_by_role("button", name="Delete question and answer").click()
    expect(member.get_by_role("article")).to_have_count(0)
