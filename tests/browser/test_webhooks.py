"""Webhook endpoints: added with a secret shown once, tested, changed, switched off and on, deleted."""

import re

from playwright.sync_api import Page, expect

import db
from models import Account
from tests.browser import scenes
from tests.browser.looks import both_sizes, with_and_without_script

ADDRESS = "http://127.0.0.1:9/hooks"


def add(page: Page) -> None:
    page.goto("/settings/webhooks")
    page.get_by_label("Address").fill(ADDRESS)
    page.get_by_role("button", name="Add endpoint").click()


@with_and_without_script
def test_an_endpoint_is_added_and_its_secret_shown_once(member: Page) -> None:
    add(member)
    secret = member.locator("#secret-text").inner_text()
    assert secret.startswith("whsec_")
    member.goto("/settings/webhooks")
    member.get_by_role("link", name=ADDRESS).click()
    expect(member.get_by_role("heading", name=ADDRESS)).to_be_visible()
    assert secret not in member.content()


@both_sizes
def test_a_test_is_sent_and_stands_among_the_deliveries(member: Page) -> None:
    add(member)
    member.get_by_role("button", name="Send a test").click()
    member.wait_for_url("**/settings/webhooks/deliveries/*")
    expect(member.get_by_role("heading", name="webhook.test")).to_be_visible()
    member.get_by_role("link", name=ADDRESS).first.click()
    expect(member.get_by_role("link", name="webhook.test")).to_be_visible()


@both_sizes
def test_an_endpoint_is_switched_off_changed_and_deleted(member: Page) -> None:
    add(member)
    member.get_by_role("button", name="Switch off").click()
    expect(member.get_by_text("switched off", exact=True)).to_be_visible()
    member.get_by_text("Change it").click()
    member.get_by_label(re.compile("^Description")).fill("The newsroom")
    member.get_by_role("button", name="Save").click()
    expect(member.get_by_role("definition").filter(has_text="The newsroom")).to_be_visible()
    member.locator("summary", has_text="Delete").click()
    member.get_by_role("button", name="Delete the endpoint").click()
    expect(member.get_by_text("Nobody is told yet")).to_be_visible()


@both_sizes
def test_the_deliveries_follow_the_chosen_state(member: Page, alice: Account) -> None:
    with db.transaction() as session:
        endpoint = scenes.programs(session, alice).endpoint
    member.goto(f"/settings/webhooks/{endpoint.public_id}")
    member.get_by_label("State").select_option("succeeded")
    expect(member.get_by_text("None is in this state.")).to_be_visible()
    member.get_by_label("State").select_option("failed")
    expect(member.get_by_text("answered 503")).to_be_visible()


def test_an_address_that_is_none_is_refused_beside_its_field(member: Page) -> None:
    member.goto("/settings/webhooks")
    member.get_by_label("Address").fill("ftp://example.com/hooks")
    member.get_by_role("button", name="Add endpoint").click()
    expect(member.get_by_label("Address")).to_have_attribute("aria-invalid", "true")
