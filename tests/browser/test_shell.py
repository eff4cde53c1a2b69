"""What is around every page: menu, colours, and what happens when the session or the connection ends."""

import pytest
from playwright.sync_api import Page, expect

import db
from handlers import sign_in
from models import Account
from tests.browser import scenes
from tests.browser.complaints import Complaints
from tests.browser.looks import Look, both_sizes, on_a_phone, with_and_without_script
from tests.factories import PASSWORD

BACKGROUND = "getComputedStyle(document.documentElement).backgroundColor"
DARK, LIGHT = "rgb(20, 23, 27)", "rgb(250, 249, 246)"


def end_sessions(account: Account) -> None:
    with db.transaction() as session:
        sign_in.end_all_sessions(session, account)


def sign_in_again(page: Page) -> None:
    page.get_by_label("E-mail address").fill("alice@example.com")
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Sign in").click()


@with_and_without_script
def test_the_menu_leads_everywhere(member: Page, look: Look) -> None:
    member.goto("/transcriptions")
    member.get_by_text("Menu", exact=True).click()
    menu = member.locator(".menu-box")
    expect(menu).to_contain_text("alice@example.com")
    expect(menu).to_contain_text("$10.00")
    menu.get_by_role("link", name="Ask" if look.is_phone else "Account").click()
    expect(member).to_have_url("/ask" if look.is_phone else "/settings/account")


@with_and_without_script
def test_tabs_change_what_is_below_them(member: Page, look: Look) -> None:
    member.goto("/settings/api-keys")
    member.evaluate("window.isStillHere = true")
    tabs = member.get_by_role("navigation", name="Settings")
    tabs.get_by_role("link", name="Webhooks").press("Enter")
    expect(member).to_have_url("/settings/webhooks")
    expect(member).to_have_title("Webhooks · Transcribe")
    expect(member.get_by_role("heading", name="Add an endpoint")).to_be_visible()
    expect(tabs.locator("[aria-current]")).to_have_text("Webhooks")
    assert member.evaluate("window.isStillHere ?? false") is look.scripted
    if look.scripted:
        expect(tabs.get_by_role("link", name="Webhooks")).to_be_focused()
    # What came in behaves like what comes with a page.
    member.get_by_label("Address").fill("https://10.0.0.1/hook")
    member.get_by_role("button", name="Add endpoint").click()
    expect(member.locator(".field-error")).to_be_visible()

    member.goto("/settings/api-keys")
    tabs.get_by_role("link", name="Activity").click()
    expect(member.get_by_text("What was done with this account")).to_be_visible()
    member.go_back()
    expect(member.get_by_label("Name of the new key")).to_be_visible()


@both_sizes
def test_a_tab_of_a_session_that_has_ended_leads_to_the_sign_in_and_back(member: Page, alice: Account) -> None:
    member.goto("/billing")
    end_sessions(alice)
    member.get_by_role("navigation", name="Billing").get_by_role("link", name="Usage").click()
    sign_in_again(member)
    expect(member).to_have_url("/billing/usage")


def test_a_visitors_header_fits_the_narrowest_phone(visitor: Page) -> None:
    visitor.set_viewport_size({"width": 320, "height": 640})
    visitor.goto("/")
    assert visitor.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth") <= 0


@both_sizes
def test_escape_and_a_click_elsewhere_close_the_menu(member: Page) -> None:
    member.goto("/transcriptions")
    button = member.locator(".menu-button")
    button.focus()
    button.press("Enter")
    expect(member.locator(".menu-box")).to_be_visible()
    member.keyboard.press("Tab")
    member.keyboard.press("Escape")
    expect(member.locator(".menu-box")).to_be_hidden()
    expect(button).to_be_focused()
    button.click()
    member.locator(".site-footer p").click()
    expect(member.locator(".menu-box")).to_be_hidden()


@on_a_phone
@pytest.mark.parametrize("path", ["/", "/pricing", "/transcriptions", "/search", "/ask", "/billing/usage"])
def test_the_narrowest_phone_scrolls_one_way(member: Page, path: str) -> None:
    member.set_viewport_size({"width": 360, "height": 640})
    member.goto(path)
    assert member.evaluate("document.documentElement.scrollWidth") == 360


@with_and_without_script
def test_a_colour_scheme_is_chosen_and_stays(visitor: Page, look: Look) -> None:
    visitor.goto("/pricing")
    before, after = (DARK, LIGHT) if look.scheme == "dark" else (LIGHT, DARK)
    assert visitor.evaluate(BACKGROUND) == before
    visitor.get_by_role("button", name="Light" if look.scheme == "dark" else "Dark").click()
    expect(visitor.locator("html")).to_have_attribute("data-theme", "light" if look.scheme == "dark" else "dark")
    assert visitor.evaluate(BACKGROUND) == after
    visitor.goto("/login")
    assert visitor.evaluate(BACKGROUND) == after
    visitor.get_by_role("button", name="System").click()
    expect(visitor.locator("html")).not_to_have_attribute("data-theme", "light" if look.scheme == "dark" else "dark")
    assert visitor.evaluate(BACKGROUND) == before


@both_sizes
def test_the_slash_goes_to_the_search_of_the_page_then_of_the_header(member: Page, look: Look) -> None:
    member.goto("/search")
    member.get_by_role("heading", level=1).click()
    member.keyboard.press("/")
    expect(member.get_by_role("searchbox", name="What to search for")).to_be_focused()
    if not look.is_phone:
        member.goto("/billing")
        member.keyboard.press("/")
        expect(member.get_by_role("searchbox", name="Search what was said")).to_be_focused()


@both_sizes
def test_a_page_survives_the_end_of_its_session(member: Page, alice: Account, complaints: Complaints) -> None:
    with db.transaction() as session:
        scenes.interview(session, alice)
    member.goto("/search")
    end_sessions(alice)
    complaints.expect("401")
    search = member.get_by_role("searchbox", name="What to search for")
    search.press_sequentially("budget")
    notice = member.locator("#notices .notice")
    expect(notice).to_contain_text("You have been signed out.")
    expect(search).to_have_value("budget")
    with member.context.expect_page() as opened:
        notice.get_by_role("link").click()
    sign_in_again(opened.value)
    expect(opened.value).to_have_url("/search")
    opened.value.close()

    member.bring_to_front()
    search.press("Enter")
    expect(member.locator("#findings mark").first).to_have_text("budget")


@with_and_without_script
def test_a_form_that_came_too_late_is_not_lost(member: Page, alice: Account, look: Look) -> None:
    member.goto("/settings/api-keys")
    member.get_by_label("Name of the new key").fill("Nightly import")
    end_sessions(alice)
    member.get_by_role("button", name="Create key").click()
    expect(member.get_by_text("You had been signed out")).to_be_visible()
    sign_in_again(member)
    expect(member).to_have_url("/settings/api-keys")
    expect(member.get_by_label("Name of the new key")).to_have_value("Nightly import" if look.scripted else "")


@both_sizes
def test_what_was_sent_is_not_put_in_again(member: Page) -> None:
    member.goto("/settings/api-keys")
    member.get_by_label("Name of the new key").fill("Nightly import")
    member.get_by_role("button", name="Create key").click()
    expect(member.get_by_text("Copy it now.")).to_be_visible()
    member.goto("/settings/api-keys")
    expect(member.get_by_label("Name of the new key")).to_have_value("")


@both_sizes
def test_a_lost_connection_says_so_and_is_forgotten_when_it_is_back(member: Page, alice: Account) -> None:
    with db.transaction() as session:
        scenes.interview(session, alice)
    member.goto("/search")
    member.context.set_offline(True)
    notice = member.locator("#notices .notice")
    expect(notice).to_contain_text("You are offline.")
    member.context.set_offline(False)
    expect(notice).to_have_count(0)
    member.get_by_role("searchbox", name="What to search for").press_sequentially("budget")
    expect(member.locator("#findings mark").first).to_have_text("budget")


@both_sizes
def test_a_second_click_sends_nothing(member: Page) -> None:
    member.goto("/settings/api-keys")
    member.get_by_label("Name of the new key").fill("Once")
    member.evaluate("""() => {
        const button = document.querySelector("main form button");
        button.click();
        button.click();
    }""")
    expect(member.get_by_text("Copy it now.")).to_be_visible()
    expect(member.locator(".row-title", has_text="Once")).to_have_count(1)
