"""API keys: shown once, good at once, and of no use once revoked."""

from playwright.sync_api import Page, expect

from tests.browser.looks import both_sizes, with_and_without_script


def status_of_me(page: Page, key: str) -> int:
    return page.request.get("/api/v1/me", headers={"Authorization": f"Bearer {key}"}).status


def create(page: Page, name: str) -> str:
    """The key, as the page shows it."""
    page.goto("/settings/api-keys")
    page.get_by_label("Name of the new key").fill(name)
    page.get_by_role("button", name="Create key").click()
    shown = page.locator("#new-key")
    return shown.inner_text()


@with_and_without_script
def test_a_key_is_shown_once_works_and_is_revoked(member: Page) -> None:
    key = create(member, "Nightly import")
    assert status_of_me(member, key) == 200

    member.goto("/settings/api-keys")
    assert key not in member.content()
    row = member.get_by_role("listitem").filter(has_text="Nightly import")
    row.get_by_text("Revoke…").click()
    row.get_by_role("button", name="Revoke for good").click()
    expect(member.get_by_text("No keys yet.")).to_be_visible()
    assert status_of_me(member, key) == 401


@both_sizes
def test_a_key_is_copied_with_one_press(member: Page) -> None:
    member.context.grant_permissions(["clipboard-read", "clipboard-write"])
    key = create(member, "Nightly import")
    member.get_by_role("button", name="Copy key").click()
    expect(member.get_by_role("status").filter(has_text="Copied.")).to_be_visible()
    assert member.evaluate("navigator.clipboard.readText()") == key


def test_a_question_is_left_with_escape_and_gives_the_focus_back(member: Page) -> None:
    create(member, "Nightly import")
    question = member.get_by_role("listitem").filter(has_text="Nightly import").locator("details")
    question.locator("summary").click()
    question.get_by_role("button", name="Revoke for good").focus()
    member.keyboard.press("Escape")
    expect(question).not_to_have_attribute("open", "")
    expect(question.locator("summary")).to_be_focused()
