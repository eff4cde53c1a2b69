"""Two-factor sign-in with a browser: set up, asked for at every sign-in, not to be guessed, turned off."""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session

import auth
from handlers import sign_in, two_factor
from models import Account, Notice, NoticeKind, SignInSession
from tests.factories import PASSWORD
from tests.factories import browser as signed_in
from tests.handlers.test_two_factor import code_at, secret_of, turned_on

ROOT = "/settings/account/two-factor"
LOGIN = {"email": "alice@example.com", "password": PASSWORD}
WRONG = {"code": "000000"}


@pytest.fixture
def secret(session: Session, alice: Account) -> str:
    """Alice has it on, and this is what her app knows."""
    return turned_on(session, alice)[0]


def test_it_is_set_up_with_a_code_of_the_app(
    app: Flask, browser: FlaskClient, session: Session, alice: Account
) -> None:
    elsewhere = signed_in(app, alice)
    assert browser.post(f"{ROOT}/begin", data={"current_password": PASSWORD}).headers["Location"] == ROOT
    page = browser.get(ROOT).text
    secret = secret_of(session, alice)
    assert secret in page
    assert 'src="data:image/svg+xml' in page

    answer = browser.post(f"{ROOT}/confirm", data={"code": code_at(session, secret)})

    assert answer.status_code == 200
    codes = re.findall(r"[a-z2-7]{4}(?:-[a-z2-7]{4}){3}", answer.text)
    assert len(codes) == 10
    assert secret not in answer.text
    shown_again = browser.get(ROOT).text
    assert "10 recovery codes left" in shown_again
    assert not any(code in shown_again for code in codes)
    assert elsewhere.get(ROOT).status_code == 303, "who has given no code is signed out"
    assert "It is <strong>on</strong>" in browser.get("/settings/account").text


def test_setting_up_takes_the_password(browser: FlaskClient, session: Session, alice: Account) -> None:
    answer = browser.post(f"{ROOT}/begin", data={"current_password": "wrong"})
    assert (answer.status_code, "not your present password" in answer.text) == (422, True)
    assert two_factor.setup(session, alice) is None


def test_a_wrong_code_sets_nothing_up(browser: FlaskClient, session: Session, alice: Account) -> None:
    browser.post(f"{ROOT}/begin", data={"current_password": PASSWORD})
    assert browser.post(f"{ROOT}/confirm", data=WRONG).status_code == 422
    assert not two_factor.is_on(session, alice)


def test_what_was_not_begun_is_not_confirmed(browser: FlaskClient) -> None:
    assert browser.post(f"{ROOT}/confirm", data=WRONG).headers["Location"] == ROOT


def test_the_password_alone_signs_nobody_in(visitor: FlaskClient, secret: str, session: Session) -> None:
    answer = visitor.post("/login", data={**LOGIN, "next": "/billing"})
    assert answer.headers["Location"] == "/login/code?next=/billing"
    assert visitor.get("/billing").status_code == 303
    assert session.scalars(select(SignInSession)).all() == []

    assert visitor.get("/login/code?next=/billing").status_code == 200
    answer = visitor.post("/login/code", data={"code": code_at(session, secret, steps=1), "next": "/billing"})

    assert answer.headers["Location"] == "/billing"
    assert visitor.get("/billing").status_code == 200


def test_P44_a_code_opens_one_session(app: Flask, visitor: FlaskClient, secret: str, session: Session) -> None:
    code = code_at(session, secret, steps=1)
    visitor.post("/login", data=LOGIN)
    assert visitor.post("/login/code", data={"code": code}).status_code == 303

    other = signed_in(app, None)
    other.post("/login", data=LOGIN)
    assert other.post("/login/code", data={"code": code}).status_code == 422


def test_without_a_password_given_there_is_no_code_to_give(visitor: FlaskClient, secret: str, session: Session) -> None:
    for answer in (
        visitor.get("/login/code"),
        visitor.post("/login/code", data={"code": code_at(session, secret, steps=1)}),
    ):
        assert (answer.status_code, answer.headers["Location"]) == (303, "/login")


def test_a_password_waits_ten_minutes_for_its_code(
    visitor: FlaskClient, secret: str, session: Session, monkeypatch: pytest.MonkeyPatch
) -> None:
    visitor.post("/login", data=LOGIN)
    monkeypatch.setattr(auth, "CODE_SECONDS", -1)
    assert visitor.post("/login/code", data={"code": code_at(session, secret, steps=1)}).status_code == 303
    assert visitor.get("/billing").status_code == 303


def test_another_password_ends_the_wait_for_a_code(
    app: Flask, visitor: FlaskClient, alice: Account, secret: str, session: Session
) -> None:
    visitor.post("/login", data=LOGIN)
    change = {"current_password": PASSWORD, "new_password": "a better one than that"}
    signed_in(app, alice).post("/settings/account/password", data=change)
    assert visitor.post("/login/code", data={"code": code_at(session, secret, steps=1)}).headers["Location"] == "/login"


@pytest.mark.usefixtures("secret")
def test_P44_codes_are_not_guessed_whoever_knows_the_password(visitor: FlaskClient) -> None:
    statuses = []
    for _ in range(6):
        visitor.post("/login", data=LOGIN)
        statuses.append(visitor.post("/login/code", data=WRONG).status_code)
    assert statuses == [422] * 5 + [429]
    assert visitor.post("/login", data=LOGIN).status_code == 429


@pytest.mark.usefixtures("secret")
def test_P44_the_owner_is_told_of_wrong_codes_once(visitor: FlaskClient, session: Session, alice: Account) -> None:
    alice.email_confirmed = True
    session.flush()
    visitor.post("/login", data=LOGIN)
    for _ in range(6):
        visitor.post("/login/code", data=WRONG)
    assert session.scalars(select(Notice.kind)).all() == [NoticeKind.CODES_REFUSED]


@contextmanager
def nothing_turned_off(session: Session, alice: Account) -> Iterator[None]:
    yield
    assert two_factor.is_on(session, alice)


@pytest.mark.parametrize("what", ["off", "recovery-codes"])
def test_turning_it_off_takes_password_and_code(
    browser: FlaskClient, session: Session, alice: Account, secret: str, what: str
) -> None:
    good = {"current_password": PASSWORD, "code": code_at(session, secret, steps=1)}
    with nothing_turned_off(session, alice):
        for wrong in ({**good, "current_password": "wrong"}, {**good, **WRONG}, {}):
            assert browser.post(f"{ROOT}/{what}", data=wrong).status_code == 422
    answer = browser.post(f"{ROOT}/{what}", data=good)
    assert answer.status_code == (303 if what == "off" else 200)
    assert two_factor.is_on(session, alice) is (what != "off")


@pytest.mark.usefixtures("secret")
def test_P44_neither_can_be_guessed_with_a_browser_that_is_signed_in(browser: FlaskClient) -> None:
    wrong = {"current_password": PASSWORD, **WRONG}
    assert [browser.post(f"{ROOT}/off", data=wrong).status_code for _ in range(6)] == [422] * 5 + [429]


def test_the_operator_helps_who_lost_everything(app: Flask, session: Session, alice: Account, secret: str) -> None:
    session.commit()
    result = app.test_cli_runner().invoke(args=["account", "two-factor-off", alice.email])
    assert result.exit_code == 0, result.output
    session.expire_all()
    assert not two_factor.is_on(session, alice)


def test_a_signed_in_browser_is_asked_for_no_code(browser: FlaskClient, secret: str) -> None:
    assert browser.get("/billing").status_code == 200
    assert browser.get("/login/code").headers["Location"] == "/login"


def test_nothing_is_left_of_a_wait_that_was_long_ago(session: Session, alice: Account) -> None:
    token = sign_in.start_session(session, alice)
    row = session.scalars(select(SignInSession)).one()
    row.created_at -= timedelta(days=91)
    session.flush()
    assert sign_in.find_session(session, token) is None
    assert sign_in.list_sessions(session, alice) == []
