"""The pages for operators: there for them alone, with all but what people said; what they do goes on record."""

import re
from datetime import timedelta

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from handlers import accounts, api_keys, ledger_audits, measurements, wallets
from handlers.measurements import Measure
from models import Account, Action, Activity, Actor, Media, Stage, Status, Transcription
from tests.factories import browser as browser_of
from tests.factories import make_account, make_completed, make_media, make_transcription
from tests.pages.conftest import CountQueries

SECRET_TITLE, SECRET_URL, SECRET_TEXT = "A very private title", "https://private.example/x.mp3", "Nobody may read this."
PAGES = ["/admin", "/admin/jobs", "/admin/jobs?state=failed", "/admin/accounts", "/admin/activity"]


@pytest.fixture
def operator(app: Flask, session: Session) -> FlaskClient:
    """The browser of somebody who runs the service."""
    account = make_account(session, email="olga@example.com")
    accounts.set_operator(session, account, True)
    session.commit()
    return browser_of(app, account)


def private(session: Session, account: Account, **values: object) -> Transcription:
    return make_transcription(session, account, title=SECRET_TITLE, url=SECRET_URL, **values)


# Who sees them


@pytest.mark.parametrize("method", ["GET", "POST", "PUT", "DELETE", "OPTIONS", "HEAD"])
@pytest.mark.parametrize(
    "path",
    ["/admin", "/admin/", "/admin/jobs", "/admin/accounts/acct_1", "/admin/accounts/acct_1/adjust", "/admin/zzz"],
)
def test_to_everybody_else_there_is_no_such_page(
    visitor: FlaskClient, browser: FlaskClient, method: str, path: str
) -> None:
    for client in (visitor, browser):
        headers = {"X-Request-Id": "same"}
        answer = client.open(path, method=method, headers=headers)
        missing = client.open("/no-such-page", method=method, headers=headers)
        if method == "OPTIONS":
            assert answer.status_code == 404
            continue
        assert (answer.status_code, answer.data) == (404, missing.data)
        kept = {name: value for name, value in answer.headers.items() if name not in ("Date", "Vary")}
        assert kept == {name: value for name, value in missing.headers.items() if name not in ("Date", "Vary")}


def test_a_key_of_an_operator_opens_none_of_them(app: Flask, session: Session, alice: Account) -> None:
    accounts.set_operator(session, alice, True)
    _, key = api_keys.create_api_key(session, alice, name="one")
    session.commit()
    answer = app.test_client().get("/admin", headers={"Authorization": f"Bearer {key}"})
    assert answer.status_code == 404


def test_the_command_makes_and_ends_an_operator(app: Flask, session: Session, alice: Account) -> None:
    session.commit()
    client = browser_of(app, alice)
    for word, status in (("on", 200), ("off", 404)):
        done = app.test_cli_runner().invoke(args=["account", "operator", "alice@example.com", word])
        assert done.exit_code == 0, done.output
        assert client.get("/admin").status_code == status
        assert ("/admin" in client.get("/transcriptions").text) == (word == "on")
    made, ended = session.scalars(select(Activity).order_by(Activity.id).where(Activity.actor == Actor.COMMAND))
    assert (made.action, ended.action) == (Action.OPERATOR_MADE, Action.OPERATOR_ENDED)


def test_another_site_cannot_make_an_operators_browser_act(
    operator: FlaskClient, session: Session, alice: Account
) -> None:
    job = make_transcription(session, alice)
    session.commit()
    answer = operator.post(f"/admin/jobs/{job.public_id}/cancel", headers={"Sec-Fetch-Site": "cross-site"})
    assert answer.status_code == 403
    session.refresh(job)
    assert job.status is Status.PROCESSING


# What they show


def test_no_page_shows_what_people_own(session: Session, alice: Account, operator: FlaskClient) -> None:
    media = make_media(session, alice, filename="private-file-name.mp3")
    private(session, alice)
    private(session, alice, status=Status.FAILED)
    private(session, alice, lease_token="w/1", lease_until=func.now() + timedelta(minutes=1))
    make_completed(session, alice, texts=[SECRET_TEXT], title=SECRET_TITLE, media_id=media.id)
    session.commit()
    pages = [*PAGES, "/admin/jobs?state=all", "/admin/jobs?state=running", f"/admin/accounts/{alice.public_id}"]
    for path in pages:
        text = operator.get(path).text
        for secret in (SECRET_TITLE, SECRET_URL, "private.example", SECRET_TEXT, "private-file-name"):
            assert secret not in text, (path, secret)


def test_the_overview_tells_of_queues_providers_and_the_ledger(
    session: Session, alice: Account, operator: FlaskClient
) -> None:
    make_transcription(session, alice, due_at=func.now() - timedelta(minutes=3))
    measurements.measure(session, Measure.PROVIDER, 4.0, provider="qwen", outcome="ok")
    measurements.measure(session, Measure.PROVIDER, 9.0, provider="qwen", outcome="provider_timeout")
    ledger_audits.audit_ledger(session)
    session.commit()
    text = " ".join(re.sub(r"<[^>]+>", " ", operator.get("/admin").text).split())
    assert "Nobody listens to the queue fetch, in which 1 waits." in text
    assert "fetch 1 3:0" in text
    assert "qwen not set up 1 4.0 s" in text
    assert "provider_timeout × 1" in text
    assert "It holds: all" in text


def test_a_broken_ledger_stands_out(session: Session, operator: FlaskClient) -> None:
    ledger_audits.audit_ledger(session).breaches = {"the sum of all entries is zero": 1}
    session.commit()
    assert "the sum of all entries is zero: 1" in operator.get("/admin").text


@pytest.mark.parametrize(
    ("looked_for", "is_found"), [("LICE@exam", True), ("100%", False), ("_", False), ("zzz", False)]
)
def test_accounts_are_found_by_part_of_their_address(
    session: Session, alice: Account, operator: FlaskClient, looked_for: str, is_found: bool
) -> None:
    session.commit()
    text = operator.get("/admin/accounts", query_string={"q": looked_for}).text
    assert (f"account-{alice.public_id}" in text) == is_found


def test_accounts_are_found_by_ids_of_what_they_have(
    session: Session, alice: Account, charlie: Account, operator: FlaskClient
) -> None:
    key, plaintext = api_keys.create_api_key(session, alice, name="Private name of a key")
    job = make_transcription(session, alice)
    session.commit()
    for looked_for in (alice.public_id, key.public_id, job.public_id):
        text = operator.get("/admin/accounts", query_string={"q": looked_for}).text
        assert f"account-{alice.public_id}" in text
        assert f"account-{charlie.public_id}" not in text
    sheet = operator.get(f"/admin/accounts/{alice.public_id}").text
    assert "tsk_live_…" in sheet
    assert plaintext not in sheet
    assert plaintext[-4:] not in sheet
    assert "Private name" not in sheet


def test_that_an_account_was_looked_at_is_on_its_own_record(
    app: Flask, session: Session, alice: Account, operator: FlaskClient
) -> None:
    session.commit()
    operator.get(f"/admin/accounts/{alice.public_id}")
    row = session.scalars(select(Activity).where(Activity.action == Action.ACCOUNT_VIEWED)).one()
    assert (row.account_id, row.actor) == (alice.public_id, Actor.OPERATOR)
    assert "Account looked at" in browser_of(app, alice).get("/settings/activity").text


def test_an_account_that_is_not_there_is_not_found(operator: FlaskClient) -> None:
    assert operator.get("/admin/accounts/acct_01k00000000000000000000000").status_code == 404


def test_the_log_of_all_can_be_filtered(
    session: Session, alice: Account, charlie: Account, operator: FlaskClient
) -> None:
    mine, _ = api_keys.create_api_key(session, alice, name="one")
    his, _ = api_keys.create_api_key(session, charlie, name="two")
    session.commit()
    everything = operator.get("/admin/activity?about=api_key").text
    assert mine.public_id in everything
    assert his.public_id in everything
    assert his.public_id not in operator.get(f"/admin/activity?account={alice.public_id}").text
    assert mine.public_id not in operator.get("/admin/activity?actor=owner").text


def test_lists_take_as_many_queries_however_long_they_are(
    session: Session, operator: FlaskClient, count_queries: CountQueries
) -> None:
    counts = []
    for _ in range(2):
        for _ in range(5):
            account = make_account(session)
            make_transcription(session, account)
            make_transcription(session, account, status=Status.FAILED, media_id=make_media(session, account).id)
        session.commit()
        counts.append([count_queries(operator, path) for path in PAGES])
    assert counts[0] == counts[1]


# What they do


def money(session: Session, account: Account) -> int:
    session.expire_all()
    return wallets.wallet_of(session, account).top_up_microusd


def form(page: str, **values: str) -> dict[str, str]:
    attempt = re.search(r'name="attempt" value="([^"]+)"', page)
    assert attempt
    return {"attempt": attempt[1], "direction": "credit", "amount_usd": "2.50", "reason": "For the trouble", **values}


def test_credit_is_given_once_however_often_the_button_is_pressed(
    session: Session, alice: Account, operator: FlaskClient
) -> None:
    session.commit()
    address, before = f"/admin/accounts/{alice.public_id}", money(session, alice)
    sent = form(operator.get(address).text)
    answers = [operator.post(f"{address}/adjust", data=sent) for _ in range(2)]
    assert [answer.status_code for answer in answers] == [303, 303]
    assert money(session, alice) == before + 2_500_000
    assert "Saved." in operator.get(answers[0].headers["Location"]).text
    row = session.scalars(select(Activity).where(Activity.action == Action.WALLET_ADJUSTED)).one()
    assert (row.account_id, row.actor, row.details) == (alice.public_id, Actor.OPERATOR, {"change_usd": "2.500000"})
    assert "For the trouble" in operator.get(address).text


def test_another_amount_under_the_same_form_is_refused(session: Session, alice: Account, operator: FlaskClient) -> None:
    session.commit()
    address, before = f"/admin/accounts/{alice.public_id}", money(session, alice)
    page = operator.get(address).text
    operator.post(f"{address}/adjust", data=form(page))
    assert operator.post(f"{address}/adjust", data=form(page, amount_usd="3")).status_code == 422
    assert money(session, alice) == before + 2_500_000


def test_a_debit_takes_no_more_than_there_is(session: Session, alice: Account, operator: FlaskClient) -> None:
    session.commit()
    address, before = f"/admin/accounts/{alice.public_id}", money(session, alice)
    answer = operator.post(
        f"{address}/adjust", data=form(operator.get(address).text, direction="debit", amount_usd="999")
    )
    assert answer.status_code == 402
    assert money(session, alice) == before
    operator.post(f"{address}/adjust", data=form(operator.get(address).text, direction="debit", amount_usd="1"))
    assert money(session, alice) == before - 1_000_000


@pytest.mark.parametrize("wrong", [{"reason": " "}, {"amount_usd": "0"}, {"amount_usd": "-1"}, {"direction": "both"}])
def test_what_is_wrong_with_the_form_is_said(
    session: Session, alice: Account, operator: FlaskClient, wrong: dict[str, str]
) -> None:
    session.commit()
    address, before = f"/admin/accounts/{alice.public_id}", money(session, alice)
    answer = operator.post(f"{address}/adjust", data=form(operator.get(address).text, **wrong))
    assert answer.status_code == 422
    assert money(session, alice) == before


def test_a_charge_is_there_to_be_given_back(session: Session, alice: Account, operator: FlaskClient) -> None:
    done = make_completed(session, alice)
    session.commit()
    address = f"/admin/accounts/{alice.public_id}"
    link = re.search(r'href="([^"]+refund=[^"]+)"', operator.get(address).text)
    assert link
    page = operator.get(link[1].replace("&amp;", "&")).text
    assert f'value="Refund of {done.public_id}"' in page
    assert 'value="0.0009"' in page


def test_a_job_is_canceled_for_its_owner(session: Session, alice: Account, operator: FlaskClient) -> None:
    job = private(session, alice)
    session.commit()
    answer = operator.post(f"/admin/jobs/{job.public_id}/cancel?state=waiting")
    assert answer.status_code == 303
    assert f"{job.public_id} is canceled." in operator.get(answer.headers["Location"]).text
    session.refresh(job)
    assert (job.status, job.error_code) == (Status.FAILED, "canceled")
    again = operator.post(f"/admin/jobs/{job.public_id}/cancel")
    assert (again.status_code, "Only a processing" in again.text) == (409, True)
    row = session.scalars(select(Activity).where(Activity.action == Action.CANCELED)).one()
    assert (row.account_id, row.actor, row.object_id) == (alice.public_id, Actor.OPERATOR, job.public_id)


def test_a_failed_job_is_tried_again_for_its_owner(session: Session, alice: Account, operator: FlaskClient) -> None:
    job = private(session, alice, status=Status.FAILED)
    session.commit()
    assert operator.post(f"/admin/jobs/{job.public_id}/retry?state=failed").status_code == 303
    again = session.scalars(select(Transcription).where(Transcription.public_id != job.public_id)).one()
    assert (again.account_id, again.url, again.stage) == (alice.id, SECRET_URL, Stage.FETCHING)
    row = session.scalars(select(Activity).where(Activity.action == Action.RETRIED)).one()
    assert row.details == {"retry": again.public_id}


def test_a_retry_that_cannot_be_paid_says_so(session: Session, operator: FlaskClient) -> None:
    poor = make_account(session, top_up_microusd=0)
    job = make_transcription(session, poor, status=Status.FAILED)
    session.commit()
    assert operator.post(f"/admin/jobs/{job.public_id}/retry").status_code == 402


def test_what_is_not_there_cannot_be_canceled(operator: FlaskClient) -> None:
    assert operator.post("/admin/jobs/tr_01k00000000000000000000000/cancel").status_code == 404


def test_media_is_shown_by_its_size(session: Session, alice: Account, operator: FlaskClient) -> None:
    media = make_media(session, alice)
    session.get_one(Media, media.id).size_bytes = 12_300_000
    make_transcription(session, alice, media_id=media.id)
    session.commit()
    assert "12.3 MB" in operator.get("/admin/jobs").text
