"""Signing up, in and out, on every screen and without script."""

import re

from playwright.sync_api import Page, expect

from models import Account
from tests.browser.conftest import Opens
from tests.browser.looks import both_sizes, with_and_without_script
from tests.factories import PASSWORD


def enter(page: Page, email: str, password: str, button: str) -> None:
    page.get_by_label("E-mail address").fill(email)
    page.get_by_label("Password").fill(password)
    page.get_by_role("button", name=button).click()


@with_and_without_script
def test_somebody_signs_up_out_and_in_again(visitor: Page) -> None:
    visitor.goto("/signup")
    enter(visitor, "dora@example.com", PASSWORD, "Sign up")
    visitor.wait_for_url("**/transcriptions")
    visitor.get_by_text("Menu", exact=True).click()
    visitor.get_by_role("button", name="Sign out").click()
    expect(visitor.get_by_role("banner").get_by_role("link", name="Sign up")).to_be_visible()

    visitor.goto("/billing/usage?group_by=pipeline")
    enter(visitor, "dora@example.com", PASSWORD, "Sign in")
    visitor.wait_for_url("**/billing/usage?group_by=pipeline")


@with_and_without_script
def test_a_wrong_password_says_so_and_keeps_the_address(visitor: Page, alice: Account) -> None:
    visitor.goto("/login")
    enter(visitor, alice.email, "not the password", "Sign in")
    expect(visitor.get_by_role("alert").or_(visitor.locator(".field-error"))).to_be_visible()
    expect(visitor.get_by_label("E-mail address")).to_have_value(alice.email)
    expect(visitor.get_by_label("Password")).to_have_value("")


@both_sizes
def test_a_password_that_many_have_is_refused_beside_its_field(visitor: Page) -> None:
    visitor.goto("/signup")
    enter(visitor, "dora@example.com", "password123", "Sign up")
    field = visitor.get_by_label("Password")
    expect(field).to_have_attribute("aria-invalid", "true")
    expect(field).to_be_focused()
    expect(field).to_have_accessible_description(re.compile("among the first"))


def test_signing_out_everywhere_ends_the_other_browser(member: Page, opens: Opens, alice: Account) -> None:
    other = opens(alice)
    other.goto("/transcriptions")
    member.goto("/settings/account")
    member.get_by_role("button", name="Sign out everywhere").click()
    member.wait_for_url("**/login")
    other.reload()
    other.wait_for_url("**/login?**")
