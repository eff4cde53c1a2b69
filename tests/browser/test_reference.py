"""The reference in a real browser: it obeys the content policy, shows samples, and tries out with a pasted key."""

from playwright.sync_api import Page, expect

import db
from handlers.api_keys import create_api_key
from models import Account
from tests.browser.complaints import Complaints


def test_a_pasted_key_tries_an_operation(member: Page, alice: Account, complaints: Complaints) -> None:
    complaints.expect("escaping deep link whitespace")  # Swagger UI takes the underscore of an operation's id for one.
    with db.transaction() as session:
        _, key = create_api_key(session, alice, name="tried")
    member.goto("/developers/docs")
    member.get_by_label("Your API key").fill(key)
    member.get_by_role("button", name="Use this key").click()
    operation = member.locator("#operations-Account-get_me")
    operation.locator(".opblock-summary-control").click()

    operation.get_by_text("Python", exact=True).click()
    expect(operation.locator("#get_me-Python")).to_be_visible()
    operation.get_by_role("button", name="Try it out").click()
    operation.get_by_role("button", name="Execute").click()
    expect(operation.locator(".live-responses-table .response .response-col_status")).to_contain_text("200")
    expect(operation.locator(".live-responses-table")).to_contain_text("alice@example.com")

    member.reload()
    expect(operation).to_be_visible()
    assert member.get_by_label("Your API key").input_value() == ""
    assert key not in member.evaluate("JSON.stringify([{...localStorage}, {...sessionStorage}, document.cookie])")


def test_the_chosen_language_is_kept(member: Page) -> None:
    member.goto("/developers/docs/guides/quick-start")
    member.get_by_text("TypeScript", exact=True).first.click()
    expect(member.get_by_text("await client.transcriptions.create(").first).to_be_visible()

    member.goto("/developers/docs/guides/idempotency")
    expect(member.get_by_text("idempotencyKey:")).to_be_visible()
