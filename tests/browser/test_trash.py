"""Deleting is taken back: by undo, from the trash, and no more once it is deleted for good."""

import pytest
from playwright.sync_api import Page, expect

import db
from models import Account
from tests.browser import scenes
from tests.browser.looks import both_sizes, with_and_without_script
from tests.browser.scenes import Library


@pytest.fixture
def library(alice: Account) -> Library:
    with db.transaction() as session:
        return scenes.library(session, alice)


@with_and_without_script
def test_what_was_put_into_the_trash_comes_back_by_undo(member: Page, library: Library) -> None:
    title = library.interview.title
    member.goto(f"/transcriptions/{library.interview.public_id}")
    member.get_by_role("button", name="Move to the trash").click()
    notice = member.get_by_role("status").filter(has_text=title)
    expect(member.get_by_role("link", name=title)).to_have_count(0)
    notice.get_by_role("button", name="Undo").click()
    expect(member.get_by_role("link", name=title)).to_be_visible()


@with_and_without_script
def test_what_is_in_the_trash_is_restored_from_there(member: Page, library: Library) -> None:
    member.goto("/trash")
    member.get_by_role("button", name=f"Restore {library.trashed.title}").click()
    expect(member.get_by_role("heading", name=library.trashed.title, level=1)).to_be_visible()


@both_sizes
def test_what_is_deleted_for_good_is_gone(member: Page, library: Library) -> None:
    member.goto("/trash")
    member.get_by_label(f"Delete {library.trashed.title} for good…").click()
    member.get_by_role("button", name="Keep it").first.click()
    expect(member.get_by_role("button", name="Delete for good")).to_be_hidden()
    member.get_by_text("Empty the trash…").click()
    member.get_by_role("button", name="Delete all for good").click()
    expect(member.get_by_text("The trash is empty")).to_be_visible()
