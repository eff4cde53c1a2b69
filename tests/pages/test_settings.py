"""The account's settings and its API keys."""

import re

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from handlers import api_keys, spending, wallets
from models import Account, ApiKey
from tests.factories import PASSWORD, make_completed, make_transcription
from tests.factories import browser as sign_in
from tests.pages.conftest import CountQueries


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


# The monthly cap


def cap_of(session: Session, account: Account) -> int | None:
    session.refresh(account)
    return account.monthly_cap_microusd


def test_a_cap_is_set_and_lifted_again(browser: FlaskClient, session: Session, alice: Account) -> None:
    answer = browser.post("/settings/account/cap", data={"monthly_cap_usd": " 12.5 "})
    assert (answer.status_code, answer.headers["Location"]) == (303, "/settings/account?saved=monthly-cap#monthly-cap")
    assert browser.get(answer.headers["Location"]).text.count(">Saved.<") == 1
    assert cap_of(session, alice) == 12_500_000
    assert 'value="12.50"' in browser.get("/settings/account").text

    assert browser.post("/settings/account/cap", data={"monthly_cap_usd": ""}).status_code == 303
    assert cap_of(session, alice) is None


def test_a_cap_of_nothing_is_a_cap(browser: FlaskClient, session: Session, alice: Account) -> None:
    browser.post("/settings/account/cap", data={"monthly_cap_usd": "0"})
    assert cap_of(session, alice) == 0


@pytest.mark.parametrize("typed", ["-1", "ten", "NaN", "1000001", "0.0000001"])
def test_a_cap_that_is_none_comes_back_with_its_message(
    browser: FlaskClient, session: Session, alice: Account, typed: str
) -> None:
    answer = browser.post("/settings/account/cap", data={"monthly_cap_usd": typed})
    assert answer.status_code == 422
    assert "An amount of 0 or more in dollars" in answer.text
    assert f'value="{typed}"' in answer.text
    assert cap_of(session, alice) is None


def test_a_form_without_the_field_lifts_no_cap(browser: FlaskClient, session: Session, alice: Account) -> None:
    browser.post("/settings/account/cap", data={"monthly_cap_usd": "5"})
    assert browser.post("/settings/account/cap", data={}).status_code == 422
    assert cap_of(session, alice) == 5_000_000


def test_the_cap_stands_beside_what_is_spent_and_held(browser: FlaskClient, session: Session, alice: Account) -> None:
    make_completed(session, alice, quoted_microusd=900, charged_microusd=900)
    make_transcription(session, alice, quoted_microusd=50)
    shown = " ".join(browser.get("/settings/account").text.split())
    assert "$0.0009 spent and $0.00005 held. It starts again" in shown


# What each key spent

SPENT = re.compile(r"this month: \$([\d.]+)</span>\s*<span>all time: \$([\d.]+)")


def test_the_lines_of_all_keys_add_up_to_the_account(browser: FlaskClient, session: Session, alice: Account) -> None:
    names = ["first", "second", "revoked", "revoked unused"]
    keys = [api_keys.create_api_key(session, alice, name=name)[0] for name in names]
    for number, key in enumerate([*keys[:3], None]):
        amount = 1_000 + number
        make_completed(
            session, alice, api_key_id=key.id if key else None, quoted_microusd=amount, charged_microusd=amount
        )
    for key in keys[2:]:
        api_keys.revoke_api_key(session, alice, key.public_id)

    page = browser.get("/settings/api-keys").text

    lines = SPENT.findall(page)
    assert sorted(lines) == [(f"0.00100{each}".rstrip("0"),) * 2 for each in range(4)]
    month = spending.month_of(session, wallets.wallet_of(session, alice))
    assert month.spent_microusd == 4_006
    assert "Together $0.004006 this month and $0.004006 in all." in page
    assert "Revoked keys (1)" in page
    assert "revoked unused" not in page


def test_what_spent_nothing_says_so_in_dollars(browser: FlaskClient) -> None:
    new_key(browser)
    assert SPENT.findall(browser.get("/settings/api-keys").text) == [("0.00", "0.00")] * 2


def test_the_page_asks_the_database_no_more_for_more_keys(
    browser: FlaskClient, session: Session, alice: Account, count_queries: CountQueries
) -> None:
    few = count_queries(browser, "/settings/api-keys")
    for number in range(10):
        key, _ = api_keys.create_api_key(session, alice, name=f"Key {number}")
        make_completed(session, alice, api_key_id=key.id)
    assert count_queries(browser, "/settings/api-keys") == few


def test_the_chain_of_pipelines_is_kept_and_shown(session: Session, browser: FlaskClient, alice: Account) -> None:
    chosen = {
        "default_pipeline_code": "whisper-base",
        "fallback_1": "voxtral-mini-transcribe",
        "fallback_2": "",
        "fallback_3": "voxtral-mini-transcribe",
    }

    answer = browser.post("/settings/account/pipelines", data=chosen)

    session.refresh(alice)
    assert (answer.status_code, alice.default_pipeline_code) == (303, "whisper-base")
    assert alice.fallback_pipeline_codes == ["voxtral-mini-transcribe"]
    page = browser.get("/settings/account").text
    assert page.count('<option value="voxtral-mini-transcribe" selected>') == 1


@pytest.mark.parametrize("field", ["default_pipeline_code", "fallback_1"])
def test_a_pipeline_that_does_not_exist_is_refused(browser: FlaskClient, field: str) -> None:
    answer = browser.post("/settings/account/pipelines", data={field: "gone"})

    assert answer.status_code == 422
    assert "There is no pipeline" in answer.text
