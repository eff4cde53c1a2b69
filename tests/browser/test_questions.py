"""Asking the library: the answer streams in with quotes that lead to their moments."""

import pytest
from playwright.sync_api import Page, expect

import db
from models import Account, Transcription
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
