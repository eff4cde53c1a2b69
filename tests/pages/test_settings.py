"""The account's settings and its API keys."""

import re

from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from models import Account, ApiKey
from tests.factories import PASSWORD
from tests.factories import browser as sign_in


def new_key(browser: FlaskClient, name: str = "Script") -> str:
    page = browser.post("/settings/api-keys", data={"name": name})
    assert page.status_code == 200, page.text
    return str(re.findall(r"tsk_live_[0-9A-Za-z]{36}", page.text)[0])


def test_a_key_is_shown_exactly_once(browser: FlaskClient) -> None:
    key = new_key(browser)
    page = browser.get("/settings/api-keys").text
    assert key not in page
    assert key[-4:] in page


def test_a_new_key_opens_the_api(browser: FlaskClient) -> None:
    key = new_key(browser)
    answer = browser.get("/api/v1/me", headers={"Authorization": f"Bearer {key}"})
    assert answer.status_code == 200


def test_revoking_one_key_leaves_the_others(browser: FlaskClient, session: Session) -> None:
    first, second = new_key(browser, "first"), new_key(browser, "second")
    key_id = session.scalars(select(ApiKey.public_id).where(ApiKey.name == "first")).one()
    assert browser.post(f"/settings/api-keys/{key_id}/revoke").status_code == 303
    statuses = [
        browser.get("/api/v1/me", headers={"Authorization": f"Bearer {key}"}).status_code for key in (first, second)
    ]
    assert statuses == [401, 200]


def test_a_stranger_cannot_revoke_a_key(app: Flask, browser: FlaskClient, charlie: Account, session: Session) -> None:
    new_key(browser, "hers")
    key_id = session.scalars(select(ApiKey.public_id).where(ApiKey.name == "hers")).one()
    assert sign_in(app, charlie).post(f"/settings/api-keys/{key_id}/revoke").status_code == 404


def test_a_key_needs_a_name(browser: FlaskClient) -> None:
    answer = browser.post("/settings/api-keys", data={"name": " "})
    assert answer.status_code == 422
    assert "name is required" in answer.text


def test_changing_the_password_signs_other_browsers_out(app: Flask, browser: FlaskClient, alice: Account) -> None:
    other = sign_in(app, alice)
    form = {"current_password": PASSWORD, "new_password": "a better one than that"}
    assert browser.post("/settings/account/password", data=form).status_code == 303
    assert browser.get("/settings/account").status_code == 200
    assert other.get("/settings/account").status_code == 303


def test_a_wrong_present_password_changes_nothing(browser: FlaskClient) -> None:
    form = {"current_password": "wrong", "new_password": "a better one than that"}
    answer = browser.post("/settings/account/password", data=form)
    assert answer.status_code == 422
    assert "not your present password" in answer.text


def test_signing_out_everywhere_ends_this_browser_too(browser: FlaskClient) -> None:
    browser.post("/settings/account/sign-out-everywhere")
    assert browser.get("/settings/account").status_code == 303


def test_deleting_the_account_takes_its_address_typed_out(browser: FlaskClient, session: Session) -> None:
    assert browser.post("/settings/account/delete", data={"email": "somebody@else.com"}).status_code == 422
    assert browser.post("/settings/account/delete", data={"email": "alice@example.com"}).status_code == 303
    assert session.scalar(select(func.count()).select_from(Account)) == 0
