"""The wallet's pages: what there is, what moved, notices, and that nobody sees another's."""

import csv
import io
import re
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from billing import ledger
from blueprints.pages import statements
from blueprints.pages.csv_files import cell
from blueprints.pages.movements import asides, happened
from handlers import notices, spending, wallets
from handlers.statements import Line
from handlers.statements import statement as lines_of
from models import Account, LedgerMovement, MovementKind, Notice, Status, Wallet
from tests.factories import api_client, make_account, make_completed, make_transcription
from tests.factories import browser as sign_in
from tests.pages.conftest import CountQueries, text_of

HX = {"HX-Request": "true"}
ATTEMPT = "abcdefghijklmnop"


def wallet_of(session: Session, account: Account) -> Wallet:
    return wallets.wallet_of(session, account)


def rows_of(file: str) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(file)))


def leave_notice(session: Session, account: Account, cap: int = 1_000) -> Notice:
    """One about the cap, as an expensive hold leaves it."""
    account.monthly_cap_microusd = cap
    session.flush()
    make_transcription(session, account, quoted_microusd=cap)
    notices.note_spending(session, account, spending.month_of(session, wallet_of(session, account)))
    return session.scalars(select(Notice).where(Notice.account_id == account.id)).one()


def every_kind(session: Session, account: Account) -> None:
    """A statement with each kind of movement that an account can have."""
    make_completed(session, account, quoted_microusd=900, charged_microusd=800)
    make_completed(session, account, quoted_microusd=900, charged_microusd=0)
    make_transcription(session, account, status=Status.FAILED, quoted_microusd=900)
    wallet = wallet_of(session, account)
    ledger.top_up(session, wallet, 5_000_000, payment_id="pi_1")
    ledger.take_back(session, wallet, 5_000_000, MovementKind.REFUND, reference="re_1")
    ledger.undo_take_back(session, wallet, MovementKind.REFUND_REVERSAL, reference="re_1")
    ledger.take_back(session, wallet, 5_000_000, MovementKind.DISPUTE, reference="dp_1")
    ledger.undo_take_back(session, wallet, MovementKind.DISPUTE_REVERSAL, reference="dp_1")
    ledger.adjust(session, wallet, -1_000, reason="A mistake of ours")
    ledger.expire(session, wallet)


# The overview


def test_what_is_available_is_shown_with_its_parts(app: Flask, session: Session) -> None:
    account = make_account(session, top_up_microusd=10_000_000, monthly_credit_microusd=250_000)
    make_transcription(session, account, quoted_microusd=45_000)

    shown = text_of(sign_in(app, account).get("/billing").text)

    assert "Available $10.205 " in shown
    assert "Monthly credit $0.205 Top-ups $10.00 Held for transcriptions in progress $0.045" in shown
    assert "Owed" not in shown


def test_what_is_owed_is_shown_as_a_debt_with_what_to_do(app: Flask, session: Session) -> None:
    account = make_account(session, top_up_microusd=0)
    wallet = wallet_of(session, account)
    ledger.top_up(session, wallet, 5_000_000, payment_id="pi_1")
    make_completed(session, account, quoted_microusd=2_000_000, charged_microusd=2_000_000)
    ledger.take_back(session, wallet, 5_000_000, MovementKind.DISPUTE, reference="dp_1")

    shown = text_of(sign_in(app, account).get("/billing").text)

    assert "You owe $2.00." in shown
    assert "operator of this service can settle it" in shown
    assert "Owed $2.00" in shown


def test_without_payment_the_operators_command_stands_there_and_no_dead_button(browser: FlaskClient) -> None:
    page = browser.get("/billing").text
    assert "Payment is not set up on this service." in page
    assert "flask wallet credit EMAIL 10.00 --reason" in text_of(page)
    assert not re.search(r'action="/billing/(top-up|pro|portal)"', page)


def test_with_payment_one_can_top_up_and_go_pro(browser: FlaskClient, with_payment: None) -> None:
    first, second = (browser.get("/billing").text for _ in range(2))
    assert "Payment is not set up" not in first
    assert set(re.findall(r'action="/billing/(top-up|pro|portal)"', first)) == {"top-up", "pro"}
    tokens = [set(re.findall(r'name="attempt" value="([^"]+)"', page)) for page in (first, second)]
    assert len(tokens[0]) == 1
    assert tokens[0] != tokens[1]


@pytest.mark.parametrize(
    ("plan", "subscription", "buttons"),
    [("pro", "sub_1", {"portal"}), ("pro", None, set()), ("free", "sub_1", {"portal"})],
)
def test_the_plan_card_offers_what_can_be_done(
    browser: FlaskClient,
    session: Session,
    alice: Account,
    with_payment: None,
    plan: Any,
    subscription: str | None,
    buttons: set[str],
) -> None:
    alice.plan = plan
    wallet_of(session, alice).stripe_subscription_id = subscription
    session.flush()
    assert set(re.findall(r'action="/billing/(pro|portal)"', browser.get("/billing").text)) == buttons


def test_the_month_stands_against_the_cap(browser: FlaskClient, session: Session, alice: Account) -> None:
    assert "<meter" not in browser.get("/billing").text
    alice.monthly_cap_microusd = 2_000
    session.flush()
    make_completed(session, alice, quoted_microusd=900, charged_microusd=900)
    make_transcription(session, alice, quoted_microusd=300)

    page = browser.get("/billing").text

    assert re.search(r'<meter [^>]*max="2000"[^>]*value="1200"', page, re.DOTALL)
    assert "$0.0012 spent or held of your monthly cap of $0.002." in text_of(page)


@pytest.mark.parametrize(
    ("word", "said"), [("paid", "Added. Thank you."), ("processing", "is being processed"), ("<b>all yours</b>", None)]
)
def test_the_way_back_from_paying_says_one_of_our_own_sentences(
    browser: FlaskClient, word: str, said: str | None
) -> None:
    page = browser.get("/billing", query_string={"payment": word}).text
    assert "all yours" not in page
    assert (said or "Available") in page
    assert ("notice-good" in page) == (said is not None)


# Forms that lead to paying


@pytest.mark.parametrize("amount", ["", "4.99", "1000.01", "10.005", "ten", "-10", "NaN", "Infinity", "1e9"])
def test_an_amount_that_cannot_be_paid_comes_back_beside_the_field(
    browser: FlaskClient, with_payment: None, amount: str
) -> None:
    answer = browser.post("/billing/top-up", data={"other_usd": amount, "attempt": ATTEMPT})
    assert answer.status_code == 422
    assert '<p class="field-error"' in answer.text
    assert "An amount from $5.00 to $1000.00" in answer.text
    assert 'id="top-up"' in answer.text


def test_a_form_without_its_token_is_refused(browser: FlaskClient, with_payment: None) -> None:
    assert browser.post("/billing/top-up", data={"amount_usd": "10.00"}).status_code == 422
    assert browser.post("/billing/pro", data={"attempt": "short"}).status_code == 422


@pytest.mark.parametrize(
    ("path", "form"),
    [
        ("/billing/top-up", {"amount_usd": "10.00", "attempt": ATTEMPT}),
        ("/billing/pro", {"attempt": ATTEMPT}),
        ("/billing/portal", {}),
    ],
)
def test_without_payment_every_way_to_pay_says_so(browser: FlaskClient, path: str, form: dict[str, str]) -> None:
    answer = browser.post(path, data=form)
    assert answer.status_code == 409
    assert "Payment is not set up on this service." in answer.text
    assert browser.post(path, data=form, headers=HX).status_code == 409


# The statement


def test_every_kind_of_movement_is_told_in_plain_words(app: Flask, session: Session) -> None:
    account = make_account(session, top_up_microusd=5_000, monthly_credit_microusd=1_000)
    every_kind(session, account)

    page = sign_in(app, account).get("/billing/ledger?limit=100").text

    said = {happened(line) for line in lines_of(session, account, limit=100, cursor=None).rows}
    assert len(said) == len(MovementKind) + 2  # a capture of nothing, and what the operator took out
    for sentence in said:
        assert sentence in page
    assert "A mistake of ours" in page


def test_a_row_says_what_it_did_to_each_bucket(browser: FlaskClient, session: Session, alice: Account) -> None:
    done = make_completed(session, alice, quoted_microusd=900, charged_microusd=700)

    rows = re.findall(r'<tr id="movement-.*?</tr>', browser.get("/billing/ledger").text, re.DOTALL)

    cells = [re.findall(r'data-label="([^"]+)">([^<]+)<', row) for row in rows]
    assert cells[0] == [
        ("Top-up", "+$0.0002"),
        ("Held", "−$0.0009"),
        ("Charge", "$0.0007"),
        ("Available after", "$9.9993"),
    ]
    assert cells[1] == [("Top-up", "−$0.0009"), ("Held", "+$0.0009"), ("Available after", "$9.9991")]
    assert f'href="/transcriptions/{done.public_id}"' in rows[0]


def test_only_a_payment_has_a_receipt(
    browser: FlaskClient, session: Session, alice: Account, with_payment: None
) -> None:
    ledger.top_up(session, wallet_of(session, alice), 5_000_000, payment_id="pi_1")
    ledger.top_up(session, wallet_of(session, alice), 5_000_000, payment_id="imported")
    paid = session.scalars(select(LedgerMovement.public_id).where(LedgerMovement.reference == "pi_1")).one()
    assert re.findall(r'href="(/billing/receipts/\w+)"', browser.get("/billing/ledger").text) == [
        f"/billing/receipts/{paid}"
    ]


def test_pages_of_the_statement_hold_every_line_once(browser: FlaskClient, session: Session, alice: Account) -> None:
    for _ in range(4):
        make_completed(session, alice)
    seen: list[str] = []
    path: str | None = "/billing/ledger?limit=2"
    while path:
        page = browser.get(path).text
        seen += re.findall(r'<tr id="movement-(\w+)"', page)
        older = re.search(r'rel="next" href="([^"]+)"', page)
        path = older[1].replace("&amp;", "&") if older else None
    every = session.scalars(select(LedgerMovement.public_id).order_by(LedgerMovement.id.desc())).all()
    assert seen == list(every)


@pytest.mark.parametrize("path", ["/billing", "/billing/ledger?limit=100"])
def test_no_page_asks_the_database_once_per_line(
    browser: FlaskClient, session: Session, alice: Account, count_queries: CountQueries, path: str
) -> None:
    make_completed(session, alice)
    few = count_queries(browser, path)
    for _ in range(20):
        make_completed(session, alice)
    assert count_queries(browser, path) == few


def test_an_unknown_cursor_shows_nothing_and_a_broken_limit_is_refused(browser: FlaskClient) -> None:
    assert "That was all" in browser.get("/billing/ledger?cursor=mv_nothing").text
    assert browser.get("/billing/ledger?limit=0").status_code == 422
    assert browser.get("/billing/ledger?cursor=%00").status_code == 422


def test_the_file_holds_the_whole_statement_and_adds_up(
    app: Flask, session: Session, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(statements, "AT_ONCE", 3)
    account = make_account(session, top_up_microusd=5_000, monthly_credit_microusd=1_000)
    every_kind(session, account)
    make_transcription(session, account, quoted_microusd=50)

    answer = sign_in(app, account).get("/billing/ledger.csv")

    assert answer.content_type == "text/csv; charset=utf-8"
    assert answer.headers["Content-Disposition"] == 'attachment; filename="ledger.csv"'
    rows = rows_of(answer.text)
    assert len(rows) == session.scalar(select(func.count()).select_from(LedgerMovement))
    wallet = wallet_of(session, account)
    for column, balance in [
        ("monthly_credit_usd", wallet.monthly_credit_microusd),
        ("top_up_usd", wallet.top_up_microusd),
        ("held_usd", wallet.held_microusd),
        ("charged_usd", 800),
        ("owed_usd", -wallet.owed_microusd),
    ]:
        assert sum(Decimal(row[column]) for row in rows) == Decimal(balance).scaleb(-6), column
        assert all(re.fullmatch(r"-?\d+\.\d{6}", row[column]) for row in rows)
    assert Decimal(rows[0]["available_after_usd"]) == Decimal(wallet.available_microusd).scaleb(-6)
    assert all(re.fullmatch(r"\d{4}-\d\d-\d\dT[\d:.]+Z", row["time"]) for row in rows)


@pytest.mark.parametrize("reason", ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "<script>alert(1)</script>"])
def test_p48_a_reason_runs_neither_in_a_spreadsheet_nor_on_the_page(
    browser: FlaskClient, session: Session, alice: Account, reason: str
) -> None:
    ledger.adjust(session, wallet_of(session, alice), 1_000, reason=reason)
    assert rows_of(browser.get("/billing/ledger.csv").text)[0]["reason"].startswith(("'", "<"))
    for path in ("/billing", "/billing/ledger"):
        assert "<script>alert" not in browser.get(path).text


def test_an_amount_below_zero_stays_a_number() -> None:
    assert cell("-5 reasons") == "'-5 reasons"
    assert cell("five reasons") == "five reasons"
    assert cell(None) == ""


def line(kind: MovementKind, **amounts: int) -> Line:
    nothing = dict.fromkeys(("monthly_credit", "top_up", "held", "owed", "charged", "available_after"), 0)
    return Line("mv_1", datetime.now(UTC), kind, None, None, **{**nothing, **amounts})


def test_where_money_went_that_no_column_shows_is_said() -> None:
    assert asides(line(MovementKind.RELEASE, held=-900)) == ["$0.0009 of it was credit of a month that is over."]
    assert asides(line(MovementKind.RELEASE, held=-900, top_up=900)) == []
    assert asides(line(MovementKind.CAPTURE, held=-900, charged=900)) == []
    assert asides(line(MovementKind.TOP_UP, top_up=3_000_000, owed=-2_000_000)) == [
        "$2.00 of it settled what was owed."
    ]
    assert asides(line(MovementKind.REFUND, top_up=-1, owed=2_000_000)) == [
        "$2.00 of it was spent already and is owed now."
    ]


def test_page_file_and_api_agree_on_the_charge(
    app: Flask, browser: FlaskClient, session: Session, alice: Account
) -> None:
    done = make_completed(session, alice, quoted_microusd=1_234, charged_microusd=1_234)
    api = api_client(app, session, alice)

    cost = api.get(f"/api/v1/transcriptions/{done.public_id}").get_json()["cost"]["charged_usd"]
    me = api.get("/api/v1/me").get_json()

    assert cost == "0.001234" == rows_of(browser.get("/billing/ledger.csv").text)[0]["charged_usd"]
    assert '<td class="number" data-label="Charge">$0.001234</td>' in browser.get("/billing/ledger").text
    assert f"${me['wallet']['available_usd']}" in text_of(browser.get("/billing").text)
    assert f"${me['month']['spent_usd']}" in text_of(browser.get("/billing").text)


# Strangers


def test_p41_nobody_sees_another_ones_money(
    app: Flask, session: Session, alice: Account, charlie: Account, with_payment: None
) -> None:
    leave_notice(session, alice)
    done = make_completed(session, alice, quoted_microusd=4_321, charged_microusd=4_321)
    ledger.adjust(session, wallet_of(session, alice), 1_000, reason="Only for Alice")
    hers = session.scalars(select(LedgerMovement.public_id).join(Wallet).where(Wallet.account_id == alice.id)).all()
    client = sign_in(app, charlie)

    paths = ["/billing", "/billing/ledger", "/billing/ledger.csv", f"/billing/ledger?cursor={hers[-1]}"]
    paths += ["/billing/usage", "/billing/usage.csv", "/settings/api-keys", "/settings/account", "/transcriptions"]
    for path in paths:
        page = client.get(path).text
        for secret in (*hers, done.public_id, "4321", "Only for Alice", "monthly cap of $0.001"):
            assert secret not in page, path


def test_p41_a_strangers_receipt_and_notice_are_missing_ones(
    app: Flask, session: Session, alice: Account, charlie: Account, with_payment: None
) -> None:
    notice = leave_notice(session, alice)
    ledger.top_up(session, wallet_of(session, alice), 5_000_000, payment_id="pi_1")
    receipt = session.scalars(select(LedgerMovement.public_id).where(LedgerMovement.reference == "pi_1")).one()
    client = sign_in(app, charlie)

    def seen(receipt_id: str, notice_id: str) -> list[tuple[int, str]]:
        answers = [
            client.get(f"/billing/receipts/{receipt_id}"),
            client.post(f"/billing/notices/{notice_id}/dismiss"),
            client.post(f"/billing/notices/{notice_id}/dismiss", headers=HX),
        ]
        return [(answer.status_code, answer.text.replace(answer.headers["X-Request-Id"], "")) for answer in answers]

    assert seen(receipt, notice.public_id) == seen("mv_01missing", "ntc_01missing")
    assert {status for status, _ in seen(receipt, notice.public_id)} == {404}
    session.refresh(notice)
    assert notice.dismissed_at is None


# Notices

WITH_NOTICES = [
    "/transcriptions",
    "/billing",
    "/billing/ledger",
    "/billing/usage",
    "/settings/account",
    "/settings/api-keys",
]


@pytest.mark.parametrize("path", WITH_NOTICES)
def test_a_notice_stands_on_top_until_it_is_dismissed(
    browser: FlaskClient, session: Session, alice: Account, path: str
) -> None:
    notice = leave_notice(session, alice)
    assert "Your monthly cap of $0.001 is reached." in browser.get(path).text

    answer = browser.post(f"/billing/notices/{notice.public_id}/dismiss", data={"next": path})

    assert (answer.status_code, answer.headers["Location"]) == (303, path)
    assert f"notice-{notice.public_id}" not in browser.get(path).text


def test_a_notice_dismissed_by_htmx_is_replaced_with_nothing(
    browser: FlaskClient, session: Session, alice: Account
) -> None:
    notice = leave_notice(session, alice)
    answer = browser.post(f"/billing/notices/{notice.public_id}/dismiss", headers=HX)
    assert (answer.status_code, answer.text) == (200, "")


def test_p46_dismissing_leads_to_no_other_site(browser: FlaskClient, session: Session, alice: Account) -> None:
    notice = leave_notice(session, alice)
    answer = browser.post(f"/billing/notices/{notice.public_id}/dismiss", data={"next": "//evil.example"})
    assert answer.headers["Location"] == "/billing"
