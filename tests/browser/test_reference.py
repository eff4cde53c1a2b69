"""The reference in a real browser: it obeys the content policy, shows samples, and tries out with a pasted key."""

import pytest
from flask import Flask
from playwright.sync_api import ConsoleMessage, Page, expect

import db
from handlers.accounts import account_by_email
from handlers.api_keys import create_api_key

pytestmark = pytest.mark.whole


@pytest.fixture
def complaints(page: Page) -> list[str]:
    """What the browser refused to do, or failed at."""
    found: list[str] = []

    def note(message: ConsoleMessage) -> None:
        if message.type == "error":
            found.append(message.text)

    page.on("console", note)
    return found


def test_a_pasted_key_tries_an_operation(app: Flask, page: Page, site: str, complaints: list[str]) -> None:
    with db.transaction() as session:
        _, key = create_api_key(session, account_by_email(session, "alice@example.com"), name="tried")
    page.goto(f"{site}/developers/docs")
    page.get_by_label("Your API key").fill(key)
    page.get_by_role("button", name="Use this key").click()
    operation = page.locator("#operations-Account-get_me")
    operation.locator(".opblock-summary-control").click()

    operation.get_by_text("Python", exact=True).click()
    expect(operation.locator("#get_me-Python")).to_be_visible()
    operation.get_by_role("button", name="Try it out").click()
    operation.get_by_role("button", name="Execute").click()
    expect(operation.locator(".live-responses-table .response .response-col_status")).to_contain_text("200")
    expect(operation.locator(".live-responses-table")).to_contain_text("alice@example.com")

    assert complaints == []
    page.reload()
    assert page.get_by_label("Your API key").input_value() == ""
    assert key not in page.evaluate("JSON.stringify([{...localStorage}, {...sessionStorage}, document.cookie])")


def test_the_chosen_language_is_kept(page: Page, site: str, complaints: list[str]) -> None:
    page.goto(f"{site}/developers/docs/guides/quick-start")
    page.get_by_text("TypeScript", exact=True).first.click()
    expect(page.get_by_text("await client.transcriptions.create(").first).to_be_visible()

    page.goto(f"{site}/developers/docs/guides/idempotency")
    expect(page.get_by_text("idempotencyKey:")).to_be_visible()
    assert complaints == []
