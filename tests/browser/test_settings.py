"""The account's settings: what is saved stays, what cannot be is refused beside its field."""

import re

from playwright.sync_api import Page, expect

from models import Account
from tests.browser.conftest import Opens
from tests.browser.looks import both_sizes, with_and_without_script
from tests.factories import PASSWORD


@with_and_without_script
def test_a_monthly_cap_is_set_refused_and_taken_away(member: Page) -> None:
    member.goto("/settings/account")
    cap = member.get_by_label(re.compile("^Cap in dollars"))
    cap.fill("25")
    member.get_by_role("button", name="Save cap").click()
    expect(cap).to_have_value("25.00")
    expect(member.get_by_role("meter")).to_be_visible()

    cap.fill("")
    member.get_by_role("button", name="Save cap").click()
    expect(member.get_by_role("meter")).to_have_count(0)


@both_sizes
def test_what_is_chosen_for_pipelines_and_recordings_stays(member: Page) -> None:
    member.goto("/settings/account")
    member.get_by_label("Keep recordings").select_option(label="30 days after that")
    member.get_by_role("button", name="Save", exact=True).click()
    expect(member.get_by_label("Keep recordings")).to_have_value(str(30 * 24))
    member.get_by_label("When none is named").select_option("whisper-base")
    member.get_by_role("button", name="Save pipelines").click()
    expect(member.get_by_label("When none is named")).to_have_value("whisper-base")


@both_sizes
def test_a_new_password_is_the_one_that_signs_in(member: Page, opens: Opens, alice: Account) -> None:
    member.goto("/settings/account")
    for present, button_answers in (("wrong", False), (PASSWORD, True)):
        member.get_by_label("Present password").fill(present)
        member.get_by_label("New password").fill("another long password")
        member.get_by_role("button", name="Change password").click()
        if not button_answers:
            expect(member.get_by_label("Present password")).to_have_attribute("aria-invalid", "true")
    visitor = opens(None)
    visitor.goto("/login")
    visitor.get_by_label("E-mail address").fill(alice.email)
    visitor.get_by_label("Password").fill("another long password")
    visitor.get_by_role("button", name="Sign in").click()
    visitor.wait_for_url("**/transcriptions")


@with_and_without_script
def test_an_account_is_deleted_only_by_its_address(member: Page, alice: Account) -> None:
    member.goto("/settings/account")
    member.get_by_text("Delete…").click()
    confirm, delete = member.get_by_label(re.compile("^Type alice")), "Delete my account for good"
    confirm.fill("bob@example.com")
    member.get_by_role("button", name=delete).click()
    expect(confirm).to_have_attribute("aria-invalid", "true")
    confirm.fill(alice.email)
    member.get_by_role("button", name=delete).click()
    expect(member.get_by_role("banner").get_by_role("link", name="Sign up")).to_be_visible()
