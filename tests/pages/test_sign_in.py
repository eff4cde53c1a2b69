"""Signing up, in and out with a browser."""

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session

from blueprints.pages.paths import safe_path
from models import Account, SignInSession
from tests.factories import PASSWORD


def sign_in(visitor: FlaskClient, password: str = PASSWORD, **more: str) -> int:
    form = {"email": "alice@example.com", "password": password, **more}
    return visitor.post("/login", data=form).status_code


def test_signing_up_leads_to_an_empty_list(visitor: FlaskClient) -> None:
    answer = visitor.post("/signup", data={"email": "Ada@Example.com", "password": PASSWORD})
    assert (answer.status_code, answer.headers["Location"]) == (303, "/transcriptions")
    assert visitor.get("/transcriptions").status_code == 200


def test_a_weak_password_comes_back_with_a_message_and_without_itself(visitor: FlaskClient) -> None:
    answer = visitor.post("/signup", data={"email": "ada@example.com", "password": "password1"})
    assert answer.status_code == 422
    assert "among the first that anybody would try" in answer.text
    assert "password1" not in answer.text
    assert "ada@example.com" in answer.text


def test_the_right_password_signs_in(visitor: FlaskClient, alice: Account) -> None:
    assert sign_in(visitor) == 303
    assert alice.email in visitor.get("/settings/account").text


def test_an_unknown_account_and_a_wrong_password_read_alike(visitor: FlaskClient, alice: Account) -> None:
    wrong = visitor.post("/login", data={"email": alice.email, "password": "not it at all"})
    unknown = visitor.post("/login", data={"email": "nobody@example.com", "password": "not it at all"})
    assert wrong.status_code == unknown.status_code == 422
    assert wrong.text.replace(alice.email, "nobody@example.com") == unknown.text


def test_guessing_is_slowed_down(visitor: FlaskClient, alice: Account) -> None:
    assert [sign_in(visitor, "not it at all") for _ in range(6)] == [422] * 5 + [429]


def test_signing_out_ends_the_session_on_the_server(browser: FlaskClient, session: Session) -> None:
    browser.post("/logout")
    assert session.scalars(select(SignInSession)).all() == []
    assert browser.get("/transcriptions").headers["Location"].startswith("/login")


def test_a_page_sends_a_visitor_to_sign_in_and_back(visitor: FlaskClient, alice: Account) -> None:
    answer = visitor.get("/settings/api-keys")
    assert (answer.status_code, answer.headers["Location"]) == (303, "/login?next=/settings/api-keys")
    form = {"email": alice.email, "password": PASSWORD, "next": "/settings/api-keys"}
    assert visitor.post("/login", data=form).headers["Location"] == "/settings/api-keys"


@pytest.mark.parametrize(
    "path", ["//evil.example", "/\\evil.example", "https://evil.example", "javascript:alert(1)", "/a\nb", "evil", ""]
)
def test_p46_next_leads_nowhere_else(path: str) -> None:
    assert safe_path(path) is None


def test_p46_a_form_from_another_site_is_refused(browser: FlaskClient) -> None:
    answer = browser.post("/settings/api-keys", data={"name": "x"}, headers={"Sec-Fetch-Site": "cross-site"})
    assert answer.status_code == 403


@pytest.mark.parametrize(("origin", "status"), [("http://localhost", 200), ("https://evil.example", 403), (None, 403)])
def test_p46_without_sec_fetch_site_the_origin_decides(browser: FlaskClient, origin: str | None, status: int) -> None:
    del browser.environ_base["HTTP_SEC_FETCH_SITE"]
    headers = {"Origin": origin} if origin else {}
    assert browser.post("/settings/api-keys", data={"name": "x"}, headers=headers).status_code == status


def test_p42_a_session_cookie_opens_nothing_of_the_api(browser: FlaskClient) -> None:
    assert browser.get("/api/v1/me").status_code == 401


def test_p47_every_page_carries_the_policy_and_private_pages_are_not_stored(browser: FlaskClient) -> None:
    headers = browser.get("/transcriptions").headers
    assert "script-src 'self'" in headers["Content-Security-Policy"]
    assert "unsafe" not in headers["Content-Security-Policy"]
    assert (headers["Cache-Control"], headers["X-Content-Type-Options"]) == ("no-store", "nosniff")


def test_P44_who_has_an_account_is_not_found_out_by_signing_up_again_and_again(
    visitor: FlaskClient, alice: Account
) -> None:
    taken = {"email": alice.email, "password": PASSWORD}
    assert [visitor.post("/signup", data=taken).status_code for _ in range(21)] == [422] * 20 + [429]
    assert visitor.post("/signup", data={**taken, "email": "new@example.com"}).status_code == 429


def test_a_mistyped_form_counts_for_nothing(visitor: FlaskClient) -> None:
    wrong = {"email": "no address", "password": PASSWORD}
    assert {visitor.post("/signup", data=wrong).status_code for _ in range(25)} == {422}
