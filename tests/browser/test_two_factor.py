"""Two-factor sign-in set up and used, on every screen and without script, and the list of sign-ins."""

import re

import pyotp
import pytest
from playwright.sync_api import Page, expect

import db
from models import Account
from tests.browser.conftest import Opens
from tests.browser.looks import every_look, with_and_without_script
from tests.browser.test_accessibility import violations
from tests.factories import PASSWORD, db_now
from tests.handlers.test_two_factor import turned_on


def code_of(secret: str, *, steps: int = 0) -> str:
    with db.transaction() as session:
        return str(pyotp.TOTP(secret).at(int(db_now(session).timestamp()) + 30 * steps))


@with_and_without_script
def test_it_is_set_up_and_asked_for(member: Page, opens: Opens) -> None:
    member.goto("/settings/account")
    member.get_by_role("link", name="Set up two-factor sign-in").click()
    member.get_by_label("Present password").fill(PASSWORD)
    member.get_by_role("button", name="Set up").click()
    expect(member.get_by_alt_text("QR code of the text below")).to_be_visible()
    secret = member.locator("#two-factor-secret").inner_text()
    member.get_by_label("Code", exact=True).fill(code_of(secret))
    member.get_by_role("button", name="Turn on").click()
    codes = member.locator("#recovery-codes").inner_text().split()
    assert len(codes) == 10

    other = opens(None)
    for attempt, button in ((code_of(secret, steps=1), "Sign in"), (codes[0], "Sign in with a recovery code")):
        other.goto("/billing")
        other.get_by_label("E-mail address").fill("alice@example.com")
        other.get_by_label("Password").fill(PASSWORD)
        other.get_by_role("button", name="Sign in").click()
        other.wait_for_url("**/login/code?next=/billing")
        if button == "Sign in":
            other.get_by_label("Code", exact=True).fill(attempt)
        else:
            other.get_by_text("The app is not at hand").click()
            other.get_by_label("Recovery code").fill(attempt)
        other.get_by_role("button", name=button, exact=True).click()
        other.wait_for_url("**/billing")
        other.context.clear_cookies()


@every_look
def test_its_pages_keep_nobody_out(visitor: Page, alice: Account, member: Page) -> None:
    member.goto("/settings/account/two-factor")
    assert violations(member) == []
    member.get_by_label("Present password").fill(PASSWORD)
    member.get_by_role("button", name="Set up").click()
    expect(member.get_by_alt_text(re.compile("QR code"))).to_be_visible()
    assert violations(member) == []
    with db.transaction() as session:
        turned_on(session, alice)
    member.reload()
    assert violations(member) == []
    visitor.goto("/login")
    visitor.get_by_label("E-mail address").fill("alice@example.com")
    visitor.get_by_label("Password").fill(PASSWORD)
    visitor.get_by_role("button", name="Sign in").click()
    visitor.wait_for_url("**/login/code**")
    assert violations(visitor) == []
    member.goto("/settings/account#sessions")
    expect(member.get_by_text("this browser")).to_be_visible()
    assert violations(member) == []


@pytest.mark.usefixtures("visitor")
def test_a_sign_in_is_ended_from_the_list(member: Page, opens: Opens, alice: Account) -> None:
    other = opens(alice)
    other.goto("/billing")
    member.goto("/settings/account#sessions")
    sessions = member.locator("#sessions .row")
    expect(sessions).to_have_count(2)
    member.get_by_role("button", name=re.compile("Sign out .*, signed in")).click()
    expect(sessions).to_have_count(1)
    other.goto("/billing")
    other.wait_for_url("**/login**")
