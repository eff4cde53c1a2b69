"""The list of sign-ins on the account's page, and the mail about a new browser (P44, P45)."""

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session

from handlers import mails
from handlers.sign_in import id_of, list_sessions
from models import Account, Notice, NoticeKind, SignInSession
from rendering.devices import device_name
from tests.factories import PASSWORD
from tests.factories import browser as signed_in
from tests.pages.conftest import text_of

LOGIN = {"email": "alice@example.com", "password": PASSWORD}
FIREFOX = "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0"
PHONE = "Mozilla/5.0 (iPhone; CPU iPhone OS 18_1 like Mac OS X) AppleWebKit/605 Version/18.1 Mobile Safari/604.1"


def with_agent(client: FlaskClient, agent: str, address: str = "192.0.2.7") -> FlaskClient:
    client.environ_base.update({"HTTP_USER_AGENT": agent, "REMOTE_ADDR": address})
    return client


@pytest.mark.parametrize(
    ("agent", "name"),
    [
        (FIREFOX, "Firefox on Linux"),
        (PHONE, "Safari on an iPhone"),
        ("Mozilla/5.0 (Windows NT 10.0; Win64) AppleWebKit/537.36 Chrome/131.0 Safari/537.36", "Chrome on Windows"),
        ("Mozilla/5.0 (Windows NT 10.0) AppleWebKit/537.36 Chrome/131.0 Safari/537.36 Edg/131.0", "Edge on Windows"),
        ("Mozilla/5.0 (Linux; Android 14) AppleWebKit/537.36 Chrome/131.0 Mobile Safari/537.36", "Chrome on Android"),
        ("Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15) Version/18.1 Safari/605.1.15", "Safari on a Mac"),
        ("<script>alert(1)</script>", "A browser"),
        ("", "A browser"),
    ],
)
def test_a_browser_is_called_what_its_owner_calls_it(agent: str, name: str) -> None:
    assert device_name(agent) == name


def test_P45_every_sign_in_is_listed_and_this_one_is_marked(app: Flask, visitor: FlaskClient, alice: Account) -> None:
    with_agent(visitor, FIREFOX).post("/login", data=LOGIN)
    with_agent(signed_in(app, None), PHONE, "198.51.100.9").post("/login", data=LOGIN)

    shown = text_of(visitor.get("/settings/account").text)

    assert "Firefox on Linux this browser from 192.0.2.7 signed in" in shown
    assert "Safari on an iPhone from 198.51.100.9 signed in" in shown
    assert shown.count("this browser") == 1


def test_P45_one_sign_in_is_ended_on_the_server(
    app: Flask, browser: FlaskClient, session: Session, alice: Account
) -> None:
    other = signed_in(app, alice)
    newest = session.scalars(select(SignInSession).order_by(SignInSession.id.desc()).limit(1)).one()
    assert browser.post(f"/settings/account/sessions/{id_of(newest)}/end").status_code == 303
    assert other.get("/billing").status_code == 303
    assert browser.get("/billing").status_code == 200


def test_P45_all_others_are_ended_at_once(app: Flask, browser: FlaskClient, alice: Account, charlie: Account) -> None:
    others, strangers = [signed_in(app, alice) for _ in range(2)], signed_in(app, charlie)
    assert browser.post("/settings/account/sessions/end-others").status_code == 303
    assert [each.get("/billing").status_code for each in (*others, browser, strangers)] == [303, 303, 200, 200]


def test_P41_a_stranger_ends_no_sign_in(app: Flask, browser: FlaskClient, session: Session, charlie: Account) -> None:
    mine = id_of(session.scalars(select(SignInSession)).one())
    assert signed_in(app, charlie).post(f"/settings/account/sessions/{mine}/end").status_code == 404
    assert browser.get("/billing").status_code == 200


def test_what_a_browser_calls_itself_is_cut_and_never_breaks(
    visitor: FlaskClient, session: Session, alice: Account
) -> None:
    with_agent(visitor, "x\u00ff" * 1000, "fe80::1%" + "z" * 100).post("/login", data=LOGIN)
    (row,) = list_sessions(session, alice)
    assert (len(row.user_agent), len(row.address)) == (300, 60)
    assert visitor.get("/settings/account").status_code == 200


# A browser that was not here before


@pytest.fixture
def ada(session: Session, alice: Account) -> Account:
    """Alice, whose address is confirmed."""
    alice.email_confirmed = True
    session.flush()
    return alice


def told(session: Session) -> list[NoticeKind]:
    return list(session.scalars(select(Notice.kind).order_by(Notice.id)))


def test_P44_a_new_browser_is_told_of_by_mail_once(visitor: FlaskClient, session: Session, ada: Account) -> None:
    with_agent(visitor, FIREFOX).post("/login", data=LOGIN)
    assert told(session) == [NoticeKind.NEW_SIGN_IN]
    mail = mails.claim(session)
    assert mail is not None
    assert mail.to == ada.email
    assert "With: Firefox on Linux\nFrom: 192.0.2.7\n" in mail.text
    assert "/settings/account" in mail.text

    visitor.post("/logout")
    visitor.post("/login", data=LOGIN)
    assert told(session) == [NoticeKind.NEW_SIGN_IN], "it is known by now, signed out or not"


def test_P44_a_browser_is_known_to_each_account_by_itself(
    app: Flask, visitor: FlaskClient, session: Session, ada: Account, charlie: Account
) -> None:
    charlie.email_confirmed = True
    session.flush()
    visitor.post("/login", data={**LOGIN, "email": charlie.email})
    visitor.post("/logout")
    visitor.post("/login", data=LOGIN)
    assert told(session) == [NoticeKind.NEW_SIGN_IN] * 2


@pytest.mark.parametrize("mark", ["", "0" * 32, ".".join(["0" * 32] * 100), "\u00ff"])
def test_P44_what_nobody_gave_a_browser_makes_it_known_to_nobody(
    visitor: FlaskClient, session: Session, ada: Account, mark: str
) -> None:
    visitor.set_cookie("known", mark)
    visitor.post("/login", data=LOGIN)
    assert told(session) == [NoticeKind.NEW_SIGN_IN]


def test_P44_changing_the_password_is_told_and_is_no_new_sign_in(
    browser: FlaskClient, session: Session, ada: Account
) -> None:
    change = {"current_password": PASSWORD, "new_password": "a better one than that"}
    browser.post("/settings/account/password", data=change)
    assert told(session) == [NoticeKind.PASSWORD_CHANGED]


def test_P44_an_address_that_nobody_confirmed_gets_no_mail(
    visitor: FlaskClient, session: Session, alice: Account
) -> None:
    visitor.post("/login", data=LOGIN)
    assert told(session) == []


def test_what_is_about_signing_in_does_not_stand_on_the_dashboard(
    visitor: FlaskClient, session: Session, ada: Account
) -> None:
    visitor.post("/login", data=LOGIN)
    assert "new sign-in" not in visitor.get("/transcriptions").text


def test_P44_the_present_password_is_not_guessed_either(browser: FlaskClient) -> None:
    wrong = {"current_password": "wrong", "new_password": "a better one than that"}
    assert [browser.post("/settings/account/password", data=wrong).status_code for _ in range(6)] == [422] * 5 + [429]
