"""Correcting a transcript on its page: lines, speakers, find and replace, and the way back."""

import re

import pytest
from playwright.sync_api import Locator, Page, expect

import db
from handlers.editing import edit_transcript
from models import Account, Transcription
from speech.editing.edits import SetText
from tests.browser.looks import Look, both_sizes, with_and_without_script, without_script
from tests.browser.scenes import INTERVIEW

LINE = 2  # "And then somebody coughed."


@pytest.fixture
def transcript(member: Page, interview: Transcription) -> Locator:
    member.goto(f"/transcriptions/{interview.public_id}")
    return member.locator("#transcript")


def line(transcript: Locator, number: int = LINE) -> Locator:
    return transcript.locator(f"#segment-{number}")


def edit(page: Page, number: int = LINE) -> Locator:
    """The text of a line, ready to be changed."""
    page.locator(f"#segment-{number}").get_by_role("link", name="Edit this line").click()
    text = page.get_by_role("textbox", name="Text")
    expect(text).to_be_focused()  # The page puts the caret to its end a moment after it is there.
    return text


@both_sizes
def test_a_line_is_changed_with_the_keyboard_undone_and_redone(member: Page, transcript: Locator) -> None:
    text = edit(member)
    text.fill("And then somebody sneezed.")
    member.keyboard.press("Control+Enter")
    expect(line(transcript)).to_contain_text("sneezed")
    expect(line(transcript).get_by_role("link", name="Edit this line")).to_be_focused()

    member.get_by_role("button", name="Undo").first.click()
    expect(line(transcript)).to_contain_text("coughed")
    member.get_by_role("button", name="Redo").first.click()
    expect(line(transcript)).to_contain_text("sneezed")


@both_sizes
def test_escape_leaves_a_line_as_it_was(member: Page, transcript: Locator) -> None:
    edit(member).fill("Something else")
    member.keyboard.press("Escape")
    expect(line(transcript)).to_contain_text(INTERVIEW[LINE])
    expect(member.get_by_role("textbox", name="Text")).to_have_count(0)


@both_sizes
def test_a_line_is_split_where_the_cursor_is_and_joined_again(member: Page, transcript: Locator) -> None:
    text = edit(member)
    text.evaluate("field => field.setSelectionRange(8, 8)")
    member.get_by_role("button", name="Split here").click()
    member.get_by_role("button", name="Save", exact=True).click()
    expect(line(transcript, LINE + 1)).to_contain_text("somebody coughed.")
    expect(member.get_by_role("definition").filter(has_text=re.compile("^13$"))).to_be_visible()

    edit(member)
    member.get_by_role("button", name="Join the next").click()
    expect(line(transcript)).to_contain_text(INTERVIEW[LINE])


@without_script
def test_without_script_a_line_is_changed_on_a_page_of_its_own(
    member: Page, transcript: Locator, interview: Transcription
) -> None:
    edit(member).fill("And then somebody sneezed.")
    member.get_by_role("button", name="Save", exact=True).click()
    member.wait_for_url(f"**/transcriptions/{interview.public_id}?t=*")
    expect(line(transcript)).to_contain_text("sneezed")
    member.get_by_role("button", name="Undo").click()
    expect(line(transcript)).to_contain_text("coughed")


@with_and_without_script
def test_speakers_are_named_and_made_one(member: Page, transcript: Locator) -> None:
    member.get_by_text("Name them").click()
    member.get_by_label("S2", exact=True).fill("Benedict")
    member.get_by_role("button", name="Save names").click()
    expect(transcript.get_by_role("heading", name="Benedict").first).to_be_visible()

    if not member.get_by_label("Speaker who is to go").is_visible():
        member.get_by_text("Name them").click()
    member.get_by_label("Speaker who is to go").select_option(label="Benedict")
    member.get_by_label("Speaker who stays").select_option(label="Ada")
    member.get_by_role("button", name="Merge").click()
    expect(transcript.get_by_role("heading", name="Benedict")).to_have_count(0)
    expect(transcript.get_by_role("heading", name="Ada")).to_have_count(1)


@both_sizes
def test_a_line_is_given_to_another_speaker(member: Page, transcript: Locator) -> None:
    edit(member)
    member.get_by_label("Speaker", exact=True).select_option(label="Ben")
    member.get_by_role("button", name="Save", exact=True).click()
    expect(transcript.get_by_role("heading", name="Ada")).to_have_count(5)


@with_and_without_script
def test_words_are_found_and_replaced_everywhere(member: Page, transcript: Locator, look: Look) -> None:
    member.get_by_text("Find and replace").click()
    member.get_by_label("Find", exact=True).fill("archiv")
    member.get_by_label("Replace with").fill("librar")
    if not look.scripted:
        member.get_by_role("button", name="Find", exact=True).click()
    expect(member.get_by_text("Found 2 times.")).to_be_visible()
    member.get_by_role("button", name="Replace all 2").click()
    expect(line(transcript, 9)).to_contain_text("Only the librarist")


def test_what_is_typed_is_not_lost_to_another_edit(member: Page, transcript: Locator) -> None:
    edit(member).fill("Half a thought")
    line(transcript, 4).get_by_role("link", name="Edit this line").click()
    expect(member.get_by_text("Save or cancel the line that you are editing first.")).to_be_visible()
    expect(member.get_by_role("textbox", name="Text")).to_have_value("Half a thought")


def test_an_edit_that_came_between_is_told_beside_the_text(
    member: Page, transcript: Locator, alice: Account, interview: Transcription
) -> None:
    text = edit(member)
    with db.transaction() as session:
        edit_transcript(session, alice, interview.public_id, [SetText(0, "Changed elsewhere.")], revision=0)
    text.fill("Changed here.")
    member.get_by_role("button", name="Save", exact=True).click()
    expect(text).to_have_attribute("aria-invalid", "true")
    expect(text).to_have_accessible_description(re.compile("was edited elsewhere"))
    expect(text).to_have_value("Changed here.")


@with_and_without_script
def test_the_title_is_changed(member: Page, transcript: Locator, look: Look) -> None:
    member.get_by_text("Rename").click()
    member.get_by_label("Title").fill("The second tape")
    member.get_by_role("button", name="Save", exact=True).click()
    expect(member.get_by_role("heading", name="The second tape", level=1)).to_be_visible()
    if look.scripted:
        expect(member.get_by_text("Rename")).to_be_focused()


@with_and_without_script
def test_tags_and_metadata_are_changed_and_lead_to_the_others(member: Page, transcript: Locator, look: Look) -> None:
    member.locator("summary", has_text="Tags and metadata").click()
    metadata = member.get_by_role("textbox", name="Metadata")
    expect(metadata).to_have_value("reel: 12 B")
    metadata.fill("reel 13")
    member.get_by_role("button", name="Save", exact=True).click()
    expect(member.locator("#field-metadata-error")).to_have_text("Write a name, a colon and a value on each line.")
    metadata.fill("reel: 13\nroom: cellar")
    member.get_by_role("textbox", name="Tags").fill("Museum, Restored")
    member.get_by_role("button", name="Save", exact=True).click()
    chips = member.get_by_role("list", name="Tags and metadata").get_by_role("link")
    expect(chips).to_have_text(["Museum", "Restored", "reel: 13", "room: cellar"])
    if look.scripted:
        expect(member.locator("summary", has_text="Tags and metadata")).to_be_focused()
    chips.nth(2).click()
    expect(member.locator("#rows .row-title")).to_have_text(["The tape in the archive"])
    # The filter stays while one searches on.
    member.get_by_role("searchbox", name="Search titles").fill("nothing like it")
    member.get_by_role("searchbox", name="Search titles").press("Enter")
    expect(member.get_by_role("heading", name="No match")).to_be_visible()
    expect(member.get_by_role("link", name="Without reel: 13")).to_be_visible()
