"""The wallet: adding funds on the payment service's page and back, and what has moved since."""

import pytest
from playwright.sync_api import Page, expect

import db
from models import Account
from tests.browser import scenes
from tests.browser.looks import Look, both_sizes, with_and_without_script
from tests.payments.conftest import paid_service
from tests.stripe_standin.fixtures import running_standin, stripe_standin

__all__ = ["paid_service", "running_standin", "stripe_standin"]


def continue_to_payment(page: Page, look: Look) -> None:
    page.get_by_role("button", name="Continue to payment").click()
    if not look.scripted:
        page.get_by_role("link", name="Continue to payment").click()


@with_and_without_script
def test_funds_are_added_and_shown_on_the_way_back(member: Page, look: Look) -> None:
    member.goto("/billing")
    member.get_by_role("radio", name="$25").check()
    continue_to_payment(member, look)
    member.get_by_role("button", name="Pay").click()
    member.wait_for_url("**/billing?payment=paid")
    expect(member.get_by_text("Added. Thank you.")).to_be_visible()
    expect(member.locator(".amount", has_text="$35.00")).to_be_visible()
    member.get_by_role("link", name="Full statement").click()
    expect(member.get_by_role("row").filter(has_text="$25.00").get_by_role("link", name="Receipt")).to_be_visible()


@both_sizes
def test_a_typed_amount_takes_the_place_of_a_chosen_one(member: Page) -> None:
    member.goto("/billing")
    other = member.get_by_label("Another amount in dollars")
    other.fill("37.50")
    assert member.get_by_role("radio", checked=True).count() == 0
    member.get_by_role("radio", name="$25").check()
    expect(other).to_have_value("")


def test_an_amount_that_cannot_be_is_refused_beside_its_field(member: Page) -> None:
    member.goto("/billing")
    member.get_by_label("Another amount in dollars").fill("1")
    member.locator("#top-up form").evaluate("form => { form.noValidate = true }")
    member.get_by_role("button", name="Continue to payment").click()
    expect(member.get_by_label("Another amount in dollars")).to_have_attribute("aria-invalid", "true")
    expect(member.get_by_label("Another amount in dollars")).to_be_focused()


@pytest.mark.parametrize("grouped", ["Pipeline", "Key"])
@both_sizes
def test_usage_is_shown_by_what_is_chosen(member: Page, alice: Account, grouped: str) -> None:
    with db.transaction() as session:
        scenes.spending(session, alice)
    member.goto("/billing/usage")
    expect(member.get_by_role("img", name="Spent by day")).to_be_visible()
    member.get_by_role("link", name="Last 30 days").click()
    member.get_by_label("By", exact=True).select_option(label=grouped)
    member.get_by_role("button", name="Show").click()
    expect(member.get_by_role("columnheader", name=grouped)).to_be_visible()
    expect(member.get_by_role("row").filter(has_text="$")).not_to_have_count(0)
    with member.expect_download() as download:
        member.get_by_role("link", name="Download CSV").click()
    assert download.value.suggested_filename.startswith("usage-")
