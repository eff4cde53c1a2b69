"""Signing up, in and out, on every screen and without script."""

import re

import pytest
from playwright.sync_api import Page, expect

from models import Account, NoticeKind
from tests.browser.complaints import Complaints
from tests.browser.conftest import Opens
from tests.browser.looks import both_sizes, with_and_without_script
from tests.browser.pages import token_of
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


@pytest.mark.usefixtures("with_mail")
@with_and_without_script
def test_a_forgotten_password_is_replaced_by_a_mailed_link(
    visitor: Page, alice: Account, complaints: Complaints
) -> None:
    visitor.goto("/login")
    visitor.get_by_role("link", name="Forgot your password?").click()
    visitor.get_by_label("E-mail address").fill(alice.email)
    visitor.get_by_role("button", name="Send the link").click()
    expect(visitor.get_by_role("status").filter(has_text="a link is on its way")).to_be_visible()

    path = f"/reset/{token_of(alice, NoticeKind.RESET_PASSWORD)}"
    visitor.goto(path)
    visitor.get_by_label("New password").fill("password123")
    visitor.get_by_role("button", name="Set the password").click()
    expect(visitor.locator(".field-error")).to_contain_text("among the first")
    visitor.get_by_label("New password").fill("a harbour in the archive")
    visitor.get_by_role("button", name="Set the password").click()
    expect(visitor.get_by_text("Your password is changed")).to_be_visible()
    enter(visitor, alice.email, "a harbour in the archive", "Sign in")
    visitor.wait_for_url("**/transcriptions")
    complaints.expect("410 of")
    visitor.goto(path)
    expect(visitor.get_by_role("heading", name="This link is over")).to_be_visible()


def test_signing_out_everywhere_ends_the_other_browser(member: Page, opens: Opens, alice: Account) -> None:
    other = opens(alice)
    other.goto("/transcriptions")
    member.goto("/settings/account")
    member.get_by_role("button", name="Sign out everywhere").click()
    member.wait_for_url("**/login")
    other.reload()
    other.wait_for_url("**/login?**")
