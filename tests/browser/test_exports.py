"""Taking a transcript along: the file begins on the page as it is chosen, and is downloaded."""

import zipfile
from pathlib import Path

from playwright.sync_api import Page, expect

import db
from models import Account
from tests.browser import scenes
from tests.browser.looks import both_sizes, with_and_without_script


@both_sizes
def test_the_beginning_of_the_file_follows_the_choice(member: Page, alice: Account) -> None:
    with db.transaction() as session:
        interview = scenes.interview(session, alice)
    member.goto(f"/transcriptions/{interview.public_id}")
    member.locator("summary", has_text="Export").click()
    beginning = member.get_by_label("How the file begins")
    expect(beginning).to_contain_text("00:00:00,000 --> ")
    member.get_by_label("Format").select_option("vtt")
    expect(beginning).to_contain_text("WEBVTT")
    member.get_by_label("Format").select_option("txt")
    member.get_by_label("Times in text").select_option("false")
    expect(beginning).not_to_contain_text("00:")
    expect(beginning).to_contain_text("Ada")


@with_and_without_script
def test_a_file_is_downloaded_as_chosen(member: Page, alice: Account) -> None:
    with db.transaction() as session:
        interview = scenes.interview(session, alice)
    member.goto(f"/transcriptions/{interview.public_id}")
    member.locator("summary", has_text="Export").click()
    member.get_by_label("Format").select_option("txt")
    with member.expect_download() as download:
        member.get_by_role("button", name="Download", exact=True).click()
    assert "How high was the budget?" in Path(download.value.path()).read_text()


@with_and_without_script
def test_several_are_downloaded_as_one_zip(member: Page, alice: Account) -> None:
    with db.transaction() as session:
        for title in ("First", "Second", "Third"):
            scenes.interview(session, alice, title=title)
    member.goto("/transcriptions")
    for title in ("First", "Second"):
        member.get_by_role("checkbox", name=f"Select {title}").check()
    member.locator("#bulk summary", has_text="Export").click()
    member.get_by_label("Format").select_option("srt")
    with member.expect_download() as download:
        member.get_by_role("button", name="Download zip").click()
    names = zipfile.ZipFile(download.value.path()).namelist()
    assert sorted(name.partition(".")[0].split("-")[0] for name in names) == ["First", "Second"]
