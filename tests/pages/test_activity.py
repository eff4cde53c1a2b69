"""The log of activity on the pages of its owner, and what requests put there."""

import csv
import io

from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select, text
from sqlalchemy.orm import Session

from blueprints.pages.acts import ACTORS, ACTS, NAMES
from handlers.activities import About
from models import Account, Action, Activity, Actor
from tests.factories import PASSWORD, make_completed
from tests.factories import browser as other


def recorded(session: Session) -> list[tuple[Action, Actor, str | None]]:
    rows = session.scalars(select(Activity).order_by(Activity.id))
    return [(row.action, row.actor, row.account_id) for row in rows]


def test_signing_in_and_out_is_on_record(session: Session, alice: Account, visitor: FlaskClient) -> None:
    for email, password in (("alice@example.com", "wrong"), ("nobody@example.com", PASSWORD)):
        visitor.post("/login", data={"email": email, "password": password})
    visitor.post(
        "/login",
        data={"email": "alice@example.com", "password": PASSWORD},
        headers={"User-Agent": "Firefox/1"},
        environ_base={"REMOTE_ADDR": "203.0.113.7"},
    )
    visitor.post("/logout")
    assert recorded(session) == [
        (Action.SIGN_IN_FAILED, Actor.VISITOR, alice.public_id),
        (Action.SIGN_IN_FAILED, Actor.VISITOR, None),
        (Action.SIGNED_IN, Actor.OWNER, alice.public_id),
        (Action.SIGNED_OUT, Actor.OWNER, alice.public_id),
    ]
    row = session.scalars(select(Activity).where(Activity.action == Action.SIGNED_IN)).one()
    assert (row.address, row.user_agent, row.details) == ("203.0.113.7", "Firefox/1", {"by": "password"})
    assert row.request_id


def test_neither_password_nor_address_of_a_refused_sign_in_is_kept(session: Session, visitor: FlaskClient) -> None:
    visitor.post("/login", data={"email": "hunter2hunter2@example.com", "password": "hunter3hunter3"})
    assert "hunter" not in session.execute(text("SELECT string_agg(activities::text, '') FROM activities")).scalar_one()


def test_signing_out_everywhere_is_on_record_once(session: Session, alice: Account, browser: FlaskClient) -> None:
    browser.post("/settings/account/sign-out-everywhere")
    assert recorded(session) == [(Action.SIGNED_OUT_EVERYWHERE, Actor.OWNER, alice.public_id)]


def test_an_export_is_on_record_with_the_key_that_asked(session: Session, alice: Account, api: FlaskClient) -> None:
    done = make_completed(session, alice)
    session.commit()
    assert api.get(f"/api/v1/transcriptions/{done.public_id}/export?format=srt").status_code == 200
    row = session.scalars(select(Activity).where(Activity.action == Action.EXPORTED)).one()
    assert (row.actor, row.object_id, row.details) == (Actor.API_KEY, done.public_id, {"format": "srt"})
    assert str(row.actor_id).startswith("key_")


def test_a_zip_is_on_record_for_each_that_is_in_it(session: Session, alice: Account, api: FlaskClient) -> None:
    ids = [make_completed(session, alice).public_id for _ in range(2)]
    session.commit()
    answer = api.get(f"/api/v1/exports?transcription_ids={','.join(ids)}&formats=txt,srt")
    assert answer.status_code == 200, answer.text
    assert answer.data
    rows = session.scalars(select(Activity).where(Activity.action == Action.EXPORTED)).all()
    assert sorted(str(row.object_id) for row in rows) == sorted(ids)


def test_the_page_shows_what_was_done_and_by_whom(session: Session, browser: FlaskClient) -> None:
    browser.post("/settings/api-keys", data={"name": "Script"}, headers={"User-Agent": "<b>evil</b>"})
    page = browser.get("/settings/activity").text
    assert "API key made" in page
    assert "on these pages" in page
    assert "<code>127.0.0.1</code>" in page
    assert "&lt;b&gt;evil&lt;/b&gt;" in page


def test_the_page_can_be_filtered(browser: FlaskClient) -> None:
    browser.post("/settings/api-keys", data={"name": "Script"})
    assert "API key made" in browser.get("/settings/activity?about=api_key").text
    page = browser.get("/settings/activity?about=wallet")
    assert page.status_code == 200
    assert "API key made" not in page.text
    assert "Nothing here" in page.text
    assert browser.get("/settings/activity?about=everything").status_code == 422


def test_a_stranger_sees_nothing_of_it(app: Flask, session: Session, charlie: Account, browser: FlaskClient) -> None:
    browser.post("/settings/api-keys", data={"name": "Script"})
    his = other(app, charlie)
    assert "API key made" not in his.get("/settings/activity").text
    assert "api_key.created" not in his.get("/settings/activity.csv").text


def test_the_file_has_all_of_it(session: Session, browser: FlaskClient) -> None:
    for number in range(3):
        browser.post("/settings/api-keys", data={"name": str(number)}, headers={"User-Agent": "=1+1"})
    rows = list(csv.DictReader(io.StringIO(browser.get("/settings/activity.csv?about=api_key").text)))
    assert [row["action"] for row in rows] == ["api_key.created"] * 3
    assert {row["actor"] for row in rows} == {"owner"}
    assert {row["user_agent"] for row in rows} == {"'=1+1"}


def test_everything_on_record_has_its_words() -> None:
    assert (set(ACTS), set(ACTORS), set(NAMES)) == (set(Action), set(Actor), set(About))
