"""Signing in through an OpenID Connect provider, a real one on loopback."""

from collections.abc import Iterator

import pytest
import requests
from flask import Flask
from flask.testing import FlaskClient
from oidc_provider_mock import User, run_server_in_thread
from sqlalchemy import func, select
from sqlalchemy.orm import Session

import auth
from config import OidcProvider
from models import Account, Identity

VERIFIED = User(sub="ada", claims={"email": "ada@example.com", "email_verified": True})
ALICE = User(sub="alice", claims={"email": "alice@example.com", "email_verified": True})
UNVERIFIED = User(sub="mallory", claims={"email": "alice@example.com", "email_verified": False})


@pytest.fixture
def provider(app: Flask, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setenv("AUTHLIB_INSECURE_TRANSPORT", "1")
    with run_server_in_thread(user_claims=[VERIFIED, ALICE, UNVERIFIED]) as server:
        issuer = f"http://localhost:{server.server_port}"
        auth.register_provider(OidcProvider("oidc", "Test", "client", "secret", issuer))
        yield
        auth.oauth._clients.clear()


def consent(visitor: FlaskClient, subject: str, action: str = "authorize") -> str:
    """What the browser does: off to the provider, its form, and the address back."""
    away = visitor.get("/login/oidc")
    assert away.status_code == 302
    with requests.post(
        away.headers["Location"], data={"sub": subject, "action": action}, allow_redirects=False, timeout=5
    ) as form:
        return form.headers["Location"].partition("8000")[2]


def test_a_new_visitor_gets_an_account(visitor: FlaskClient, provider: None, session: Session) -> None:
    answer = visitor.get(consent(visitor, "ada"))
    assert (answer.status_code, answer.headers["Location"]) == (303, "/transcriptions")
    assert "ada@example.com" in visitor.get("/settings/account").text
    assert session.scalars(select(Identity.subject)).all() == ["ada"]


def test_the_same_visitor_finds_the_account_again(visitor: FlaskClient, provider: None, session: Session) -> None:
    visitor.get(consent(visitor, "ada"))
    visitor.post("/logout")
    visitor.get(consent(visitor, "ada"))
    assert session.scalar(select(func.count()).select_from(Account)) == 1


def test_p46_an_unverified_address_joins_no_account(
    visitor: FlaskClient, provider: None, alice: Account, session: Session
) -> None:
    answer = visitor.get(consent(visitor, "mallory"))
    assert answer.status_code == 422
    assert "did not confirm an e-mail address" in answer.text
    assert session.scalars(select(Identity)).all() == []


def test_p46_an_account_whose_address_is_confirmed_is_joined(
    visitor: FlaskClient, provider: None, alice: Account, session: Session
) -> None:
    alice.email_confirmed = True
    session.commit()
    assert visitor.get(consent(visitor, "alice")).status_code == 303
    assert session.scalars(select(Identity.account_id)).all() == [alice.id]


def test_an_account_that_anybody_could_have_signed_up_for_is_not_joined(
    visitor: FlaskClient, provider: None, alice: Account
) -> None:
    answer = visitor.get(consent(visitor, "alice"))
    assert answer.status_code == 422
    assert "Sign in with it, then connect" in answer.text


def test_a_signed_in_account_connects_a_provider(
    browser: FlaskClient, provider: None, alice: Account, session: Session
) -> None:
    answer = browser.get(consent(browser, "mallory"))
    assert (answer.status_code, answer.headers["Location"]) == (303, "/settings/account")
    assert session.scalars(select(Identity.account_id)).all() == [alice.id]


def test_a_refused_consent_is_told_plainly(visitor: FlaskClient, provider: None) -> None:
    answer = visitor.get(consent(visitor, "ada", action="deny"))
    assert answer.status_code == 422
    assert "was not completed" in answer.text


def test_p46_an_answer_meant_for_another_browser_is_refused(app: Flask, visitor: FlaskClient, provider: None) -> None:
    back = consent(visitor, "ada")
    assert app.test_client().get(back).status_code == 422


def test_an_unknown_provider_is_not_found(visitor: FlaskClient) -> None:
    assert visitor.get("/login/nobody").status_code == 404
