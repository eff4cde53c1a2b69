"""The usage page: a bar for each day, the API's numbers, and what the groups are called."""

import csv
import io
import re
from datetime import date, timedelta
from decimal import Decimal

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from blueprints.pages.charts import HEIGHT, LEAST_VISIBLE, day_chart, round_up, shares
from handlers import api_keys, spending, wallets
from handlers.spending import Usage
from models import Account, UsageDay
from tests.factories import api_client, make_completed
from tests.pages.conftest import CountQueries


def used(session: Session, account: Account, day: date, spent: int = 1_000, **values: object) -> None:
    """A day's sum without the captures it would come from."""
    session.info["ledger_is_tampered_with"] = True
    wallet = wallets.wallet_of(session, account)
    values = {"pipeline_code": "whisper-base", "api_key_id": "", "transcriptions": 1, "seconds": 60, **values}
    session.add(UsageDay(wallet_id=wallet.id, day=day, charged_microusd=spent, **values))
    session.flush()


def file_of(browser: FlaskClient, query: str) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(browser.get(f"/billing/usage.csv?{query}").text)))


def test_every_day_has_its_place_and_used_ones_a_bar(browser: FlaskClient, session: Session, alice: Account) -> None:
    used(session, alice, date(2026, 2, 3), 500)
    used(session, alice, date(2026, 2, 27), 1_000)

    page = browser.get("/billing/usage?from=2026-02-01&to=2026-02-28").text

    assert page.count('class="track"') == 28
    assert re.findall(r'class="bar" x="([\d.]+)" y="([\d.]+)"', page) == [("2.1", "50.0"), ("26.1", "0.0")]
    assert "<title>3 Feb 2026: $0.0005, 1 transcription</title>" in page
    assert "<title>4 Feb 2026: nothing</title>" in page


def test_the_totals_are_those_of_the_rows(browser: FlaskClient, session: Session, alice: Account) -> None:
    for number in range(1, 4):
        used(session, alice, date(2026, 2, number), 1_000 * number, seconds=number)
    shown = re.sub(
        r"\s+", " ", re.sub("<[^>]+>", " ", browser.get("/billing/usage?from=2026-02-01&to=2026-02-28").text)
    )
    assert "Spent $0.006 Transcriptions 3 Recorded time 0:06" in shown
    assert "Total 3 0:06 $0.006" in shown


def test_keys_go_by_their_names_also_when_revoked(browser: FlaskClient, session: Session, alice: Account) -> None:
    key, _ = api_keys.create_api_key(session, alice, name="Old laptop")
    make_completed(session, alice, api_key_id=key.id)
    make_completed(session, alice)
    api_keys.revoke_api_key(session, alice, key.public_id)

    page = browser.get("/billing/usage?group_by=api_key").text

    assert "Old laptop" in page
    assert key.public_id in page
    assert "Dashboard" in page


def test_pipelines_go_by_their_names_and_unknown_ones_by_their_codes(
    browser: FlaskClient, session: Session, alice: Account
) -> None:
    make_completed(session, alice)
    make_completed(session, alice, pipeline_code="retired-engine")
    page = browser.get("/billing/usage?group_by=pipeline").text
    assert "Whisper base" in page
    assert "retired-engine" in page
    assert page.count('class="share"') == 2


@pytest.mark.parametrize("group_by", ["day", "pipeline", "api_key"])
@pytest.mark.parametrize("period", ["", "from=2026-01-15&to=2026-03-10", "to=2026-03-10", "from=2026-02-02"])
def test_page_file_and_api_agree(
    app: Flask, browser: FlaskClient, session: Session, alice: Account, group_by: str, period: str
) -> None:
    key, _ = api_keys.create_api_key(session, alice, name="Script")
    make_completed(session, alice, api_key_id=key.id)
    make_completed(session, alice)
    for number in range(60):
        used(session, alice, date(2026, 1, 10) + timedelta(days=number), 1_000 + number, api_key_id=key.public_id)
    query = f"group_by={group_by}&{period}"

    listed = api_client(app, session, alice).get(f"/api/v1/usage?{query}").get_json()["data"]
    rows = file_of(browser, query)
    page = browser.get(f"/billing/usage?{query}").text

    assert listed
    assert [
        {
            "group": row[group_by],
            "transcriptions": int(row["transcriptions"]),
            "seconds": float(row["seconds"]),
            "spent_usd": row["spent_usd"],
        }
        for row in rows
    ] == listed
    total = sum((Decimal(row["spent_usd"]) for row in listed), Decimal(0))
    assert f"<dt>Spent</dt><dd>${total.normalize():f}" in page


def test_a_period_with_nothing_says_so(browser: FlaskClient) -> None:
    page = browser.get("/billing/usage?from=2020-01-01&to=2020-01-31").text
    assert "Nothing in this period" in page
    assert "1 Jan 2020 to 31 Jan 2020" in page


def test_quick_links_lead_to_whole_periods(browser: FlaskClient, session: Session) -> None:
    now = spending.today(session)
    page = browser.get("/billing/usage").text
    periods = re.findall(r"from=([\d-]+)&amp;to=([\d-]+)&amp;group_by=day", page)
    last_of_last_month = now.replace(day=1) - timedelta(days=1)
    assert [(date.fromisoformat(first), date.fromisoformat(last)) for first, last in periods[:3]] == [
        (now.replace(day=1), now),
        (last_of_last_month.replace(day=1), last_of_last_month),
        (now - timedelta(days=29), now),
    ]


@pytest.mark.parametrize(
    ("query", "said"),
    [
        ("from=2026-02-02&to=2026-02-01", "from is after to."),
        ("from=2024-01-01&to=2026-02-01", "at most a year apart"),
        ("from=yesterday", "from: "),
        ("group_by=planet", "group_by: "),
        ("color=red", "There is no field color"),
    ],
)
def test_a_period_that_cannot_be_shown_comes_back_with_a_message(browser: FlaskClient, query: str, said: str) -> None:
    answer = browser.get(f"/billing/usage?{query}")
    assert answer.status_code == 422
    assert said in answer.text
    assert browser.get(f"/billing/usage.csv?{query}").status_code == 422


@pytest.mark.parametrize("name", ["=1+1", "@x", '"><img src=x>', "a,b"])
def test_p48_a_keys_name_runs_neither_in_a_spreadsheet_nor_on_the_page(
    browser: FlaskClient, session: Session, alice: Account, name: str
) -> None:
    key, _ = api_keys.create_api_key(session, alice, name=name)
    make_completed(session, alice, api_key_id=key.id)
    shown = file_of(browser, "group_by=api_key")[0]["name"]
    assert shown == (f"'{name}" if name[0] in "=@" else name)
    assert "<img src=x" not in browser.get("/billing/usage?group_by=api_key").text


@pytest.mark.parametrize("group_by", ["day", "pipeline", "api_key"])
def test_the_page_asks_the_database_no_more_for_more_rows(
    browser: FlaskClient, session: Session, alice: Account, count_queries: CountQueries, group_by: str
) -> None:
    used(session, alice, date(2026, 2, 1))
    few = count_queries(browser, f"/billing/usage?from=2026-02-01&to=2026-02-28&group_by={group_by}")
    for number in range(2, 28):
        key, _ = api_keys.create_api_key(session, alice, name=f"Key {number}")
        api_keys.revoke_api_key(session, alice, key.public_id)
        used(session, alice, date(2026, 2, number), api_key_id=key.public_id, pipeline_code=f"pipeline-{number}")
    assert count_queries(browser, f"/billing/usage?from=2026-02-01&to=2026-02-28&group_by={group_by}") == few


# The chart's geometry


@pytest.mark.parametrize(
    ("amount", "top"),
    [(0, 1), (1, 1), (3, 5), (5, 5), (6, 10), (10, 10), (11, 20), (999, 1_000), (1_544_042, 2_000_000)],
)
def test_the_scale_ends_at_a_round_amount(amount: int, top: int) -> None:
    assert round_up(amount) == top


def test_the_smallest_amount_can_still_be_seen() -> None:
    rows = [Usage("2026-02-01", 1, 1.0, 1), Usage("2026-02-02", 1, 1.0, 1_000_000), Usage("2026-02-03", 1, 1.0, 0)]
    bars = day_chart(rows, date(2026, 2, 1), date(2026, 2, 4)).bars
    assert [bar.height for bar in bars] == [LEAST_VISIBLE, HEIGHT, 0.0, 0.0]
    assert shares(rows) == [LEAST_VISIBLE, HEIGHT, 0.0]
    assert shares([]) == []


def test_a_year_of_days_fits_without_gaps() -> None:
    bars = day_chart([], date(2025, 1, 1), date(2025, 12, 31)).bars
    assert len(bars) == 365
    assert {bar.width for bar in bars} == {1.0}
