"""A forgotten password and an unconfirmed address, with a browser."""

import re
from dataclasses import replace
from unittest.mock import Mock

import pytest
from flask.testing import FlaskClient
from sqlalchemy.orm import Session

import runtime
from handlers import mailed_links
from handlers.sign_in import Browser
from jobs.mailing import hand_in_next
from models import Account
from outbound.mail import MailServer
from tests.factories import PASSWORD
from tests.pages.conftest import text_of

NEW = "correct horse battery staple"


pytestmark = pytest.mark.usefixtures("with_mail")


def link() -> str:
    """The path of the link in the mail that is due."""
    server = Mock(spec=MailServer)
    assert hand_in_next(server)
    found = re.search(r"https?://[^/\s]+(/(?:reset|confirm)/\S+)", server.send.call_args.kwargs["text"])
    assert found
    return found[1]


def test_a_forgotten_password_is_replaced(visitor: FlaskClient, alice: Account) -> None:
    assert 'href="/forgotten"' in visitor.get("/login").text
    answer = visitor.post("/forgotten", data={"email": alice.email})
    assert "If there is an account of that address, a link is on its way to it." in text_of(answer.text)
    path = link()
    page = visitor.get(path)
    assert alice.email in page.text
    assert page.headers["Referrer-Policy"] == "no-referrer"
    assert page.headers["Cache-Control"] == "no-store"
    weak = visitor.post(path, data={"new_password": "password1"})
    assert (weak.status_code, "password1" in weak.text) == (422, False)
    done = visitor.post(path, data={"new_password": NEW})
    assert (done.status_code, done.headers["Location"]) == (303, "/login?password=changed")
    assert "Your password is changed" in visitor.get(done.headers["Location"]).text
    assert visitor.post("/login", data={"email": alice.email, "password": PASSWORD}).status_code == 422
    assert visitor.post("/login", data={"email": alice.email, "password": NEW}).status_code == 303


def test_nobody_learns_who_has_an_account(visitor: FlaskClient, alice: Account) -> None:
    known, unknown = (
        visitor.post("/forgotten", data={"email": email}) for email in (alice.email, "nobody@example.com")
    )
    assert (known.status_code, known.text) == (unknown.status_code, unknown.text) == (200, known.text)


@pytest.mark.parametrize("path", ["/reset/nonsense", "/confirm/nonsense"])
def test_a_link_that_is_over_says_what_to_do(visitor: FlaskClient, path: str) -> None:
    for answer in (visitor.get(path), visitor.post(path, data={"new_password": NEW})):
        assert answer.status_code == 410
        assert 'href="/forgotten"' in answer.text


def test_a_used_link_is_over(visitor: FlaskClient, alice: Account) -> None:
    visitor.post("/forgotten", data={"email": alice.email})
    path = link()
    visitor.post(path, data={"new_password": NEW})
    for password in (NEW, "password1"):
        assert visitor.post(path, data={"new_password": password}).status_code == 410


def test_a_new_account_is_asked_to_confirm_its_address(visitor: FlaskClient) -> None:
    visitor.post("/signup", data={"email": "ada@example.com", "password": PASSWORD})
    assert "not confirmed yet" in visitor.get("/settings/account").text
    path = link()
    assert "Is this address yours?" in visitor.get(path).text
    assert "not confirmed yet" in visitor.get("/settings/account").text  # Looking alone confirms nothing.
    assert "Your address is confirmed" in visitor.post(path).text
    assert "not confirmed yet" not in visitor.get("/settings/account").text


def test_the_link_can_be_asked_for_again(browser: FlaskClient, session: Session, alice: Account) -> None:
    answer = browser.post("/settings/account/confirm")
    assert answer.headers["Location"] == "/settings/account?saved=account#account"
    assert "A link was sent to that address" in browser.get(answer.headers["Location"]).text
    browser.post(link())
    session.refresh(alice)
    assert alice.email_confirmed


def test_where_no_mail_is_sent_the_page_says_who_can_help(
    visitor: FlaskClient, browser: FlaskClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(runtime, "_config", replace(runtime.config(), mail=None))
    assert "flask account set-password" in visitor.get("/forgotten").text
    assert "not confirmed yet" not in browser.get("/settings/account").text


def test_P50_no_token_is_in_the_log(
    visitor: FlaskClient, session: Session, alice: Account, caplog: pytest.LogCaptureFixture
) -> None:
    mailed_links.ask_for_password(session, email=alice.email, browser=Browser("", "192.0.2.1"))
    mailed_links.ask_to_confirm(session, alice)
    session.commit()
    for path in (link(), link()):
        caplog.clear()
        visitor.get(path)
        (line,) = (record for record in caplog.records if record.message == "request")
        assert line.__dict__["path"] == f"/{path.split('/')[1]}/…"
