"""402 at once, the cap, and where each cent went, as the API tells it."""

from collections.abc import Callable

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import text
from sqlalchemy.orm import Session

from billing.prices import DEFAULT_TARIFF, Tariff
from handlers import accounts, wallets
from models import Account, ApiKey, Plan
from tests.api_v1.expectations import BODY, count_of, error_of
from tests.factories import api_client, make_account, make_completed, make_transcription

PATH = "/api/v1/transcriptions"


def poor_client(app: Flask, session: Session, **wallet: int) -> FlaskClient:
    account = make_account(session, None, **{"top_up_microusd": 0, **wallet})
    return api_client(app, session, account)


def test_P18_without_funds_for_a_minute_a_post_is_refused_at_once(app: Flask, session: Session) -> None:
    error = error_of(poor_client(app, session, top_up_microusd=4_999).post(PATH, json=BODY), 402, "insufficient_funds")

    assert "$0.005" in error["message"]
    assert "$0.004999" in error["message"]
    assert count_of(session) == 0


@pytest.mark.parametrize("wallet", [{"top_up_microusd": 5_000}, {"monthly_credit_microusd": 5_000}])
def test_a_minutes_worth_is_enough_to_begin(app: Flask, session: Session, wallet: dict[str, int]) -> None:
    assert poor_client(app, session, **wallet).post(PATH, json=BODY).status_code == 202


def test_what_is_held_cannot_be_spent_again(app: Flask, session: Session) -> None:
    account = make_account(session, top_up_microusd=9_000)
    make_transcription(session, account, quoted_microusd=5_000)

    error_of(api_client(app, session, account).post(PATH, json=BODY), 402, "insufficient_funds")


def test_the_cap_counts_charges_and_holds(api: FlaskClient, session: Session, alice: Account) -> None:
    make_completed(session, alice, quoted_microusd=6_000, charged_microusd=6_000)
    make_transcription(session, alice, quoted_microusd=2_000)
    accounts.set_monthly_cap(session, alice, 12_999)
    session.commit()
    error_of(api.post(PATH, json=BODY), 402, "monthly_cap_reached")

    accounts.set_monthly_cap(session, alice, 13_000)
    session.commit()

    assert api.post(PATH, json=BODY).status_code == 202
    assert api.get("/api/v1/me").get_json()["month"]["cap_usd"] == "0.013000"


def test_a_retry_is_asked_for_funds_too(api: FlaskClient, session: Session, alice: Account) -> None:
    from models import Status

    failed = make_transcription(session, alice, status=Status.FAILED)
    wallets.adjust(session, alice, -10_000_000, reason="taken")
    session.commit()

    error_of(api.post(f"{PATH}/{failed.public_id}/retry"), 402, "insufficient_funds")


@pytest.fixture
def busy(session: Session, alice: Account, api: FlaskClient) -> ApiKey:
    """Two transcriptions by key on two days and pipelines, one by the dashboard."""
    key = session.query(ApiKey).filter_by(account_id=alice.id).one()
    make_completed(session, alice, api_key_id=key.id, quoted_microusd=700, charged_microusd=700, duration_seconds=8.4)
    make_completed(
        session,
        alice,
        api_key_id=key.id,
        quoted_microusd=2_000,
        charged_microusd=2_000,
        duration_seconds=60.0,
        pipeline_code="voxtral-mini-transcribe",
    )
    make_completed(session, alice, quoted_microusd=50, charged_microusd=50, duration_seconds=0.6)
    session.commit()
    return key


def groups(api: FlaskClient, query: str) -> dict[str, tuple[int, float, str]]:
    answer = api.get(f"/api/v1/usage?{query}")
    assert answer.status_code == 200, answer.text
    body = answer.get_json()
    assert (list(body), body["has_more"]) == (["data", "has_more", "next_cursor"], False)
    return {row["group"]: (row["transcriptions"], row["seconds"], row["spent_usd"]) for row in body["data"]}


def test_usage_by_pipeline_and_by_key_sum_up_to_the_month(api: FlaskClient, busy: ApiKey) -> None:
    assert groups(api, "group_by=pipeline") == {
        "voxtral-mini-transcribe": (1, 60.0, "0.002000"),
        "whisper-base": (2, 9.0, "0.000750"),
    }
    assert groups(api, "group_by=api_key") == {
        busy.public_id: (2, 68.4, "0.002700"),
        "dashboard": (1, 0.6, "0.000050"),
    }
    assert list(groups(api, "").values()) == [(3, 69.0, "0.002750")]
    assert api.get("/api/v1/me").get_json()["month"]["spent_usd"] == "0.002750"


def test_usage_takes_days_and_times_both_ends_included(api: FlaskClient, session: Session, busy: ApiKey) -> None:
    today = session.scalar(text("SELECT (now() AT TIME ZONE 'UTC')::date"))
    assert today is not None

    for query in (f"from={today}&to={today}", f"from={today}T00:00:00Z&to={today}T23:59:59Z", f"from={today}"):
        assert list(groups(api, query)) == [str(today)]
    assert groups(api, "from=2020-01-01&to=2020-12-31") == {}


@pytest.mark.parametrize(
    ("query", "param"),
    [
        ("group_by=colour", "group_by"),
        ("from=yesterday", "from"),
        ("from=2026-02-30", "from"),
        ("from=2026-11-02&to=2026-11-01", "from"),
        ("from=2020-01-01&to=2026-11-01", "from"),
        ("to=2026-11-01T00:00:00", "to"),
    ],
)
def test_a_query_that_makes_no_sense_is_refused(api: FlaskClient, query: str, param: str) -> None:
    error_of(api.get(f"/api/v1/usage?{query}"), 422, "invalid_field", param)


def test_a_misspelt_query_is_refused(api: FlaskClient) -> None:
    error_of(api.get("/api/v1/usage?form=2026-11-01"), 422, "unknown_field", "form")


def test_nobody_sees_anothers_usage(stranger: FlaskClient, busy: ApiKey) -> None:
    assert groups(stranger, "group_by=api_key") == {}


def test_usage_outlives_the_transcription(api: FlaskClient, session: Session, alice: Account, busy: ApiKey) -> None:
    before = groups(api, "group_by=api_key")

    for shape in api.get(PATH).get_json()["data"]:
        assert api.delete(f"{PATH}/{shape['id']}").status_code == 204

    assert groups(api, "group_by=api_key") == before


def test_the_list_price_is_the_operators_and_pro_pays_less(
    api: FlaskClient, session: Session, alice: Account, reconfigure: Callable[..., None]
) -> None:
    reconfigure(tariff=Tariff({**DEFAULT_TARIFF.list_prices, "whisper-base": 4_000}, DEFAULT_TARIFF.terms))
    accounts.set_plan(session, alice, Plan.PRO)
    session.commit()

    [whisper] = [row for row in api.get("/api/v1/pipelines").get_json()["data"] if row["code"] == "whisper-base"]

    assert (whisper["price_per_minute_usd"], whisper["your_price_per_minute_usd"]) == ("0.004000", "0.002800")
    assert api.post(PATH, json=BODY).get_json()["cost"]["price_per_minute_usd"] == "0.002800"
