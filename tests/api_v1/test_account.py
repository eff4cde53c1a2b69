"""GET /me and GET /pipelines."""

from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from models import Account, Plan
from tests.api_v1.expectations import error_of
from tests.factories import api_client, make_account, make_completed, make_transcription

PIPELINE_FIELDS = [
    *("code", "name", "provider", "available", "price_per_minute_usd", "your_price_per_minute_usd", "languages"),
    *("diarization", "word_timestamps", "vocabulary", "max_duration_seconds", "max_size_bytes"),
]


def test_me_tells_whose_key_it_is(api: FlaskClient, alice: Account) -> None:
    me = api.get("/api/v1/me").get_json()

    assert list(me) == ["account", "api_key", "wallet", "month"]
    assert me["account"] == {"id": alice.public_id, "email": "alice@example.com", "plan": "free"}
    assert list(me["api_key"]) == ["id", "name", "last_four"]
    assert api.environ_base["HTTP_AUTHORIZATION"].endswith(me["api_key"]["last_four"])


def test_me_tells_amounts_as_decimal_text(app: Flask, session: Session) -> None:
    account = make_account(session, monthly_credit_microusd=250_000)

    wallet = api_client(app, session, account).get("/api/v1/me").get_json()["wallet"]

    assert (wallet["top_up_usd"], wallet["monthly_credit_usd"]) == ("10.000000", "0.250000")
    assert (wallet["held_usd"], wallet["available_usd"]) == ("0.000000", "10.250000")


def test_the_month_counts_charges_and_holds_of_this_account_alone(
    api: FlaskClient, session: Session, alice: Account, charlie: Account
) -> None:
    for account in (alice, charlie):
        make_completed(session, account, quoted_microusd=700, charged_microusd=700)
        make_transcription(session, account, quoted_microusd=50)
    session.commit()

    me = api.get("/api/v1/me").get_json()

    assert (me["month"]["spent_usd"], me["month"]["cap_usd"]) == ("0.000700", None)
    assert me["wallet"]["held_usd"] == "0.000050"
    assert me["month"]["resets_at"].endswith("-01T00:00:00.000Z")


def test_me_takes_no_query(api: FlaskClient) -> None:
    error_of(api.get("/api/v1/me?fields=all"), 422, "unknown_field", "fields")


def test_pipelines_are_a_list_with_prices(api: FlaskClient) -> None:
    listed = api.get("/api/v1/pipelines").get_json()

    assert (listed["has_more"], listed["next_cursor"]) == (False, None)
    whisper = next(each for each in listed["data"] if each["code"] == "whisper-base")
    assert list(whisper) == PIPELINE_FIELDS
    assert (whisper["provider"], whisper["available"], whisper["price_per_minute_usd"]) == ("local", True, "0.005000")
    assert "en" in whisper["languages"]


def test_pro_sees_its_own_price_beside_the_list_price(api: FlaskClient, session: Session, alice: Account) -> None:
    alice.plan = Plan.PRO
    session.commit()

    pipeline = api.get("/api/v1/pipelines").get_json()["data"][0]

    assert (pipeline["price_per_minute_usd"], pipeline["your_price_per_minute_usd"]) == ("0.005000", "0.003500")
