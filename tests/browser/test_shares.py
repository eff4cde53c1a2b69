"""Share links in a real browser: made, copied, opened by somebody else, at a moment, with a password, and ended."""

import re

from playwright.sync_api import Page, expect

import db
from handlers import shares
from models import Account, Share, SharePart
from tests.browser import scenes
from tests.browser.complaints import Complaints
from tests.browser.looks import Look, both_sizes, with_and_without_script

PASSWORD = "open sesame, please"


def make_share(account: Account, *, password: str | None = None) -> Share:
    with db.transaction() as session:
        public_id = scenes.interview(session, account).public_id
        return shares.create_share(session, account, public_id, parts=list(SharePart), password=password)


def address_of(share: Share) -> str:
    address = shares.address(share)
    assert address is not None
    return address


def transcripts_page(share: Share) -> str:
    return f"/transcriptions/{share.transcription.public_id}"


@with_and_without_script
def test_a_link_is_made_and_opened_by_somebody_else(member: Page, visitor: Page, alice: Account, look: Look) -> None:
    with db.transaction() as session:
        talk = scenes.interview(session, alice)
    member.goto(f"/transcriptions/{talk.public_id}")
    panel = member.locator(".sharing")
    panel.get_by_text("Share", exact=True).click()
    panel.get_by_label("Topics").uncheck()
    panel.get_by_label("Stops working").select_option("After a week")
    panel.get_by_role("button", name="Make a link").click()

    made = panel.locator("#address-made")
    expect(made).to_be_visible()
    expect(panel.locator(".share-told")).to_be_focused()
    expect(panel).to_contain_text("not opened yet")

    visitor.goto(made.inner_text())
    expect(visitor.get_by_role("heading", name="The tape in the archive")).to_be_visible()
    expect(visitor.get_by_role("heading", name="Ada").first).to_be_visible()
    expect(visitor.get_by_role("heading", name="Summary")).to_be_visible()
    expect(visitor.get_by_role("heading", name="Topics")).to_have_count(0)
    expect(visitor.get_by_role("link", name="Sign in")).to_have_count(0)
    member.reload()
    if look.scripted:
        member.locator(".sharing summary").first.click()
    expect(member.locator(".sharing")).to_contain_text("opened once")


def test_an_address_is_copied_as_it_is_and_at_the_moment_that_is_heard(member: Page, alice: Account) -> None:
    share = make_share(alice)
    member.context.grant_permissions(["clipboard-read", "clipboard-write"])
    member.goto(f"{transcripts_page(share)}?t=17")
    panel = member.locator(".sharing")
    panel.get_by_text("Share", exact=True).click()

    panel.get_by_role("button", name="Copy").click()
    expect(panel.get_by_role("button", name="Copied")).to_be_visible()
    assert member.evaluate("navigator.clipboard.readText()") == address_of(share)

    panel.get_by_label("Begin at 0:17").check()
    panel.get_by_role("button", name=re.compile("Cop")).click()
    member.wait_for_function("navigator.clipboard.readText().then((text) => text.endsWith('?t=17'))")


@both_sizes
def test_it_plays_and_is_read_along(visitor: Page, alice: Account) -> None:
    visitor.goto(f"{address_of(make_share(alice))}?t=20")
    expect(visitor.locator("#transcript .now")).to_have_text("What")

    visitor.locator("#segment-6 [data-t]").first.click()

    expect(visitor.locator("#transcript .now").first).to_contain_text("How")
    visitor.wait_for_function("document.querySelector('audio').currentTime >= 30")


@with_and_without_script
def test_a_moment_of_a_long_one_is_gone_to_at_once(visitor: Page, alice: Account, look: Look) -> None:
    with db.transaction() as session:
        long = scenes.long_meeting(session, alice, segments=5_000)  # whose recording is shorter, so without it
        share = shares.create_share(session, alice, long.public_id, parts=[])

    visitor.goto(f"{address_of(share)}?t=12345")

    expect(visitor.locator("#segment-2469")).to_be_in_viewport()
    assert visitor.locator("[data-loaded]").count() <= (5 if look.scripted else 1)
    if not look.scripted:
        visitor.get_by_role("link", name="8:20 to 16:40").click()
        expect(visitor.locator("#segment-100")).to_be_visible()


@with_and_without_script
def test_a_password_is_asked_for_once(visitor: Page, alice: Account) -> None:
    share = make_share(alice, password=PASSWORD)
    visitor.goto(f"{address_of(share)}?t=40")
    assert "The tape" not in visitor.content()

    visitor.get_by_label("Password").fill("not this one")
    visitor.get_by_role("button", name="Open it").click()
    expect(visitor.get_by_text("This is not the password of this link.")).to_be_visible()
    expect(visitor.get_by_label("Password")).to_be_focused()
    visitor.get_by_label("Password").fill(PASSWORD)
    visitor.get_by_role("button", name="Open it").click()

    expect(visitor.get_by_role("heading", name="The tape in the archive")).to_be_attached()
    expect(visitor.locator("#segment-8")).to_be_in_viewport()
    visitor.reload()
    expect(visitor.locator("#segment-8")).to_be_in_viewport()


@with_and_without_script
def test_it_is_changed_revoked_and_brought_back(
    member: Page, visitor: Page, alice: Account, look: Look, complaints: Complaints
) -> None:
    share = make_share(alice)
    member.goto(transcripts_page(share))
    panel = member.locator(".sharing")
    panel.get_by_text("Share", exact=True).click()
    panel.get_by_text("Change", exact=True).click()
    link = panel.locator(f"#link-{share.public_id}")
    link.get_by_label("Stops working").select_option("On a date")
    link.get_by_role("button", name="Save").click()
    expect(link.get_by_text("Choose the last day on which it works")).to_be_visible()
    link.get_by_label("Last day").fill("2031-05-06")
    link.get_by_role("button", name="Save").click()
    expect(link).to_contain_text("until 6 May 2031, 23:59 UTC")

    link.get_by_role("button", name="Revoke").click()
    expect(panel.get_by_text("The link does not work any more.")).to_be_visible()
    expect(link).to_have_count(0)
    complaints.expect("404 of GET")
    visitor.goto(address_of(share))
    expect(visitor.get_by_text("This link does not work.")).to_be_visible()

    panel.get_by_role("button", name="Undo").click()
    expect(link).to_be_visible()
    visitor.reload()
    expect(visitor.get_by_role("heading", name="The tape in the archive")).to_be_visible()
