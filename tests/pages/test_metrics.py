"""`/metrics`: who may read it, what it says, and that no id makes a series of its own."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from flask.testing import FlaskClient
from prometheus_client.metrics_core import Metric
from prometheus_client.parser import text_string_to_metric_families
from redis.exceptions import ConnectionError as RedisDown
from sqlalchemy import func
from sqlalchemy.exc import OperationalError
from sqlalchemy.orm import Session

import runtime
from blueprints import metrics
from errors import InsufficientFunds
from handlers import ledger_audits, measurements, webhook_endpoints
from handlers.measurements import Measure
from jobs.queues import QueueName, enqueue
from models import Account, Stage
from telemetry.metrics import value_of
from tests.factories import api_client, make_account, make_completed, make_transcription
from tests.pages.conftest import CountQueries

TOKEN = "a token of sixteen or more"
Told = dict[str, dict[tuple[tuple[str, str], ...], float]]


@pytest.fixture
def with_token(session: Session, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(runtime, "_config", replace(runtime.config(), metrics_token=TOKEN))
    metrics.remembered.forget()


def scrape(client: FlaskClient) -> Told:
    metrics.remembered.forget()
    answer = client.get("/metrics", headers={"Authorization": f"Bearer {TOKEN}"})
    assert answer.status_code == 200
    assert answer.content_type.startswith("text/plain")
    return read(answer.text)


def read(text: str) -> Told:
    told: Told = {}
    family: Metric
    for family in text_string_to_metric_families(text):
        for sample in family.samples:
            told.setdefault(sample.name, {})[tuple(sorted(sample.labels.items()))] = sample.value
    return told


def of(told: Told, name: str, **labels: str) -> float:
    return told[name][tuple(sorted(labels.items()))]


# Who may read it


def test_without_a_token_there_is_no_such_page(visitor: FlaskClient) -> None:
    answer = visitor.get("/metrics", headers={"Authorization": "Bearer "})
    assert answer.status_code == 404


@pytest.mark.parametrize("sent", ["", "Bearer", "Bearer another token that is long", f"Basic {TOKEN}", "Bearer é"])
def test_another_token_opens_nothing(visitor: FlaskClient, with_token: None, sent: str) -> None:
    answer = visitor.get("/metrics", headers={"Authorization": sent.encode().decode("latin-1")})
    assert answer.status_code == 401
    assert "transcribe_" not in answer.text


def test_neither_loopback_nor_a_session_opens_it(browser: FlaskClient, with_token: None) -> None:
    assert browser.get("/metrics", environ_base={"REMOTE_ADDR": "127.0.0.1"}).status_code == 401


# What it says


def test_what_waits_is_told_by_queue(session: Session, alice: Account, visitor: FlaskClient, with_token: None) -> None:
    old = func.now() - timedelta(minutes=20)
    make_transcription(session, alice, due_at=old)
    make_transcription(session, alice)
    make_transcription(session, alice, due_at=func.now() + timedelta(minutes=5), tries=1)
    make_transcription(session, alice, stage=Stage.TRANSCRIBING, lease_token="w/1", lease_until=old)
    lasting = func.now() + timedelta(minutes=1)
    make_transcription(session, alice, stage=Stage.TRANSCRIBING, lease_token="w/2", lease_until=lasting)
    session.commit()
    told = scrape(visitor)
    assert of(told, "transcribe_waiting", queue="fetch") == 2
    assert of(told, "transcribe_put_off", queue="fetch") == 1
    assert 1200 <= of(told, "transcribe_oldest_waiting_seconds", queue="fetch") < 1260
    assert of(told, "transcribe_running", queue="transcribe") == 1
    assert of(told, "transcribe_expired_leases", of="transcription") == 1
    assert of(told, "transcribe_waiting", queue="understand") == 0


def test_what_is_put_off_is_not_late(session: Session, alice: Account, visitor: FlaskClient, with_token: None) -> None:
    make_transcription(session, alice, due_at=func.now() + timedelta(minutes=5), tries=1)
    session.commit()
    assert of(scrape(visitor), "transcribe_oldest_waiting_seconds", queue="fetch") == 0


def test_webhooks_that_wait_are_told(session: Session, alice: Account, visitor: FlaskClient, with_token: None) -> None:
    endpoint, _ = webhook_endpoints.create_endpoint(session, alice, url="http://127.0.0.1/hook")
    webhook_endpoints.send_test(session, alice, endpoint.public_id)
    off, _ = webhook_endpoints.create_endpoint(session, alice, url="http://127.0.0.1/off")
    webhook_endpoints.send_test(session, alice, off.public_id)
    webhook_endpoints.update_endpoint(session, alice, off.public_id, enabled=False)
    session.commit()
    assert of(scrape(visitor), "transcribe_lines_waiting", of="webhooks") == 1


def test_doorbells_are_told_and_workers(session: Session, visitor: FlaskClient, with_token: None) -> None:
    enqueue(QueueName.FETCH, "tr_1")
    told = scrape(visitor)
    assert of(told, "transcribe_rq_queue_length", queue="fetch") == 1
    assert of(told, "transcribe_workers", queue="fetch", state="busy") == 0
    assert of(told, "transcribe_redis_up") == 1


def test_what_jobs_measured_is_told_as_histograms(session: Session, visitor: FlaskClient, with_token: None) -> None:
    for seconds in (0.2, 4.0, 5_000.0):
        measurements.measure(session, Measure.STAGE, seconds, stage="fetching", outcome="done")
    measurements.measure(session, Measure.PROVIDER, 3.0, provider="qwen", outcome="provider_error")
    measurements.fold(session)
    measurements.measure(session, Measure.WEBHOOK_LAG, 0.3)
    session.commit()
    told = scrape(visitor)
    stage = {"stage": "fetching", "outcome": "done"}
    assert of(told, "transcribe_stage_seconds_bucket", le="0.5", **stage) == 1
    assert of(told, "transcribe_stage_seconds_bucket", le="5.0", **stage) == 2
    assert of(told, "transcribe_stage_seconds_bucket", le="+Inf", **stage) == 3
    assert of(told, "transcribe_stage_seconds_count", **stage) == 3
    assert of(told, "transcribe_stage_seconds_sum", **stage) == pytest.approx(5_004.2)
    assert of(told, "transcribe_provider_seconds_count", provider="qwen", outcome="provider_error") == 1
    assert of(told, "transcribe_webhook_lag_seconds_count") == 1


def test_a_broken_sum_is_told(session: Session, alice: Account, visitor: FlaskClient, with_token: None) -> None:
    assert "transcribe_ledger_breaches" not in scrape(visitor)
    kept = ledger_audits.audit_ledger(session)
    kept.breaches = {"the sum of all entries is zero": 1}
    session.commit()
    told = scrape(visitor)
    assert of(told, "transcribe_ledger_breaches", rule="the sum of all entries is zero") == 1
    assert of(told, "transcribe_ledger_breaches", rule="every account has a wallet") == 0
    assert set(told["transcribe_ledger_breaches"].values()) == {0, 1}


def test_requests_are_counted_by_route_and_never_by_id(
    session: Session, alice: Account, browser: FlaskClient, visitor: FlaskClient, with_token: None
) -> None:
    ids = [make_completed(session, alice).public_id for _ in range(3)]
    session.commit()
    labels = {"method": "GET", "route": "/transcriptions/<public_id:transcription_id>", "status": "2xx"}
    before = value_of("transcribe_http_requests_total", labels)
    for public_id in ids:
        browser.get(f"/transcriptions/{public_id}")
    visitor.get("/no/such/page")
    visitor.open("/", method="BREW")
    answer = visitor.get("/metrics", headers={"Authorization": f"Bearer {TOKEN}"})
    assert value_of("transcribe_http_requests_total", labels) == before + 3
    assert not [public_id for public_id in ids if public_id in answer.text]
    assert "no/such/page" not in answer.text
    assert "BREW" not in answer.text
    assert value_of("transcribe_http_requests_total", {"method": "GET", "route": "none", "status": "4xx"}) >= 1


def test_a_refusal_for_want_of_money_is_counted_by_its_code(app: Any, session: Session, with_token: None) -> None:
    poor = make_account(session, top_up_microusd=0)
    labels = {"code": InsufficientFunds.code}
    before = value_of("transcribe_wallet_refusals_total", labels)
    body = {"source": "external_url", "url": "https://example.com/a.mp3"}
    assert api_client(app, session, poor).post("/api/v1/transcriptions", json=body).status_code == 402
    assert value_of("transcribe_wallet_refusals_total", labels) == before + 1


# When something is away


def test_without_the_database_the_rest_is_told(
    visitor: FlaskClient, with_token: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    def away(_: Session) -> None:
        raise OperationalError("SELECT", {}, Exception("secret dsn"))

    monkeypatch.setattr("blueprints.metrics.metrics.of_database", away)
    told = scrape(visitor)
    assert of(told, "transcribe_database_up") == 0
    assert of(told, "transcribe_rq_queue_length", queue="fetch") == 0


def test_without_redis_the_rest_is_told(
    visitor: FlaskClient, with_token: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    def away() -> None:
        raise RedisDown("secret url")

    monkeypatch.setattr("blueprints.metrics.lengths", away)
    told = scrape(visitor)
    assert (of(told, "transcribe_redis_up"), of(told, "transcribe_database_up")) == (0, 1)


def test_a_scrape_takes_few_queries_and_the_next_takes_none(
    session: Session, alice: Account, visitor: FlaskClient, with_token: None, count_queries: CountQueries
) -> None:
    for _ in range(30):
        make_transcription(session, alice)
    session.commit()
    visitor.environ_base["HTTP_AUTHORIZATION"] = f"Bearer {TOKEN}"
    first, second = count_queries(visitor, "/metrics"), count_queries(visitor, "/metrics")
    assert (first <= 10, second) == (True, 0)
