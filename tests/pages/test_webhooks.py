"""Settings, Webhooks: endpoints, secrets shown once, deliveries, and sending again."""

import re
from datetime import UTC, datetime
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session

from handlers import delivering, webhook_endpoints
from handlers.delivering import Outcome
from handlers.transcriptions import cancel_transcription
from models import Account, DeliveryState, DisabledReason, WebhookDelivery, WebhookEndpoint
from tests.factories import browser as sign_in
from tests.factories import make_transcription
from tests.pages.conftest import CountQueries, text_of

ROOT = "/settings/webhooks"
URL = "http://127.0.0.1:9/hook"
BOTH = ["transcription.completed", "transcription.failed"]
SECRET = r"whsec_[A-Za-z0-9+/=]{44}"


@pytest.fixture
def endpoint(session: Session, alice: Account) -> WebhookEndpoint:
    return webhook_endpoints.create_endpoint(session, alice, url=URL)[0]


@pytest.fixture
def address(endpoint: WebhookEndpoint) -> str:
    return f"{ROOT}/{endpoint.public_id}"


@pytest.fixture
def delivery(session: Session, alice: Account, endpoint: WebhookEndpoint) -> WebhookDelivery:
    """Of a transcription that was canceled; not sent yet."""
    cancel_transcription(session, alice, make_transcription(session, alice).public_id)
    session.commit()
    return session.scalars(select(WebhookDelivery)).one()


def attempt(session: Session, delivery: WebhookDelivery, **came: Any) -> None:
    values = {"status": None, "error": None, "answer": None, "succeeded": False, "wait_seconds": 300.0, **came}
    outcome = Outcome(delivery.id, datetime.now(UTC).isoformat(), URL, signature="v1,c2ln", duration_ms=12, **values)
    delivering.keep(session, {delivery.endpoint_id: [outcome]})
    session.commit()


def test_the_empty_page_says_what_webhooks_are_for(browser: FlaskClient) -> None:
    page = browser.get(ROOT)
    assert page.status_code == 200
    assert "Nobody is told yet" in page.text


def test_a_new_endpoints_secret_is_shown_exactly_once(browser: FlaskClient, session: Session) -> None:
    form = {"url": URL, "events": ["transcription.failed"], "description": "Alarm <b>"}
    page = browser.post(ROOT, data=form)

    assert len(set(re.findall(SECRET, page.text))) == 1
    made = session.scalars(select(WebhookEndpoint)).one()
    assert (made.url, made.event_types, made.description) == (URL, ["transcription.failed"], "Alarm <b>")
    for path in (ROOT, f"{ROOT}/{made.public_id}"):
        again = browser.get(path).text
        assert "whsec_" not in again
        assert "Alarm &lt;b&gt;" in again


@pytest.mark.parametrize(
    ("form", "message"),
    [
        ({"url": "http://example.com/", "events": BOTH}, "begins with https://"),
        ({"url": "https://10.0.0.1/", "events": BOTH}, "not a public one"),
        ({"url": URL}, "Choose at least one"),
        ({"url": "", "events": BOTH}, "url is required"),
    ],
)
def test_a_refused_endpoint_brings_the_form_back_with_its_words(
    browser: FlaskClient, session: Session, form: dict[str, Any], message: str
) -> None:
    page = browser.post(ROOT, data={**form, "description": "Mine"})

    assert page.status_code == 422
    assert message in page.text
    assert 'value="Mine"' in page.text
    assert session.scalars(select(WebhookEndpoint)).all() == []


def test_the_twenty_first_endpoint_is_refused(browser: FlaskClient, session: Session, alice: Account) -> None:
    for number in range(20):
        webhook_endpoints.create_endpoint(session, alice, url=f"{URL}/{number}")

    page = browser.post(ROOT, data={"url": URL, "events": BOTH})

    assert page.status_code == 409
    assert "at most 20 webhook endpoints" in page.text


def test_an_endpoint_is_changed_and_switched_off_and_on(
    browser: FlaskClient, session: Session, endpoint: WebhookEndpoint, address: str
) -> None:
    changes = {"url": f"{URL}2", "events": ["transcription.completed"], "description": ""}
    assert browser.post(address, data=changes).status_code == 303
    assert browser.post(f"{address}/switch", data={"on": "no"}).status_code == 303
    session.refresh(endpoint)
    assert (endpoint.url, endpoint.disabled_reason) == (f"{URL}2", DisabledReason.BY_OWNER)
    assert f"{address}/test" not in browser.get(address).text

    browser.post(f"{address}/switch", data={"on": "yes"})
    session.refresh(endpoint)
    assert endpoint.enabled


def test_a_refused_change_keeps_what_was_typed(browser: FlaskClient, address: str) -> None:
    page = browser.post(address, data={"url": "ftp://example.com", "description": "Typed"})

    assert page.status_code == 422
    assert 'value="ftp://example.com"' in page.text
    assert 'value="Typed"' in page.text


def test_a_new_secret_is_shown_once(browser: FlaskClient, address: str) -> None:
    page = browser.post(f"{address}/rotate")

    assert re.search(SECRET, page.text)
    assert "24 hours" in page.text
    assert "whsec_" not in browser.get(address).text


def test_a_test_leads_to_its_delivery_which_refreshes_itself(browser: FlaskClient, address: str) -> None:
    answer = browser.post(f"{address}/test")
    assert answer.status_code == 303

    page = browser.get(answer.headers["Location"]).text
    assert "webhook.test" in page
    assert 'hx-trigger="load delay:2s, again"' in page
    fragment = browser.get(answer.headers["Location"], headers={"HX-Request": "true"}).text
    assert fragment.lstrip().startswith("<div id=")


def test_a_delivery_shows_request_and_answer_of_every_attempt(
    browser: FlaskClient, session: Session, delivery: WebhookDelivery
) -> None:
    attempt(session, delivery, error="timed_out")
    attempt(session, delivery, status=500, answer="<script>alert(1)</script>")

    page = browser.get(f"{ROOT}/deliveries/{delivery.public_id}").text
    shown = text_of(page)
    assert "Attempt 2: answered 500" in shown
    assert "Attempt 1: no answer in time" in shown
    assert "webhook-signature: v1,c2ln" in page
    assert "&lt;script&gt;alert(1)" in page
    assert "hx-get" not in page  # The next attempt is minutes away.


def test_the_log_is_filtered_and_paged(
    browser: FlaskClient, session: Session, alice: Account, delivery: WebhookDelivery, address: str
) -> None:
    attempt(session, delivery, status=200, succeeded=True)
    for _ in range(2):
        cancel_transcription(session, alice, make_transcription(session, alice).public_id)
    session.commit()

    assert browser.get(f"{address}?state=succeeded").text.count('id="delivery-') == 1
    first = browser.get(f"{address}?limit=2", headers={"HX-Request": "true"}).text
    assert first.count('id="delivery-') == 2
    older = re.findall(r'rel="next" href="([^"]+)"', first)[0].replace("&amp;", "&")
    assert browser.get(older).text.count('id="delivery-') == 1
    assert "None is in this state" in browser.get(f"{address}?state=failed").text


def test_sending_again_one_and_everything_of_some_time(
    browser: FlaskClient, session: Session, delivery: WebhookDelivery, address: str
) -> None:
    attempt(session, delivery, status=200, succeeded=True)
    assert browser.post(f"{ROOT}/deliveries/{delivery.public_id}/redeliver").status_code == 303
    session.refresh(delivery)
    assert delivery.state is DeliveryState.PENDING

    attempt(session, delivery, status=200, succeeded=True)
    answer = browser.post(f"{address}/redeliver", data={"hours": "24"})
    assert "1 event is on the way again" in text_of(browser.get(answer.headers["Location"]).text)
    assert browser.post(f"{address}/redeliver", data={"hours": "25"}).status_code == 422


def test_a_deleted_endpoint_is_gone(browser: FlaskClient, address: str, delivery: WebhookDelivery) -> None:
    assert browser.post(f"{address}/delete").status_code == 303
    assert browser.get(address).status_code == 404
    assert browser.get(f"{ROOT}/deliveries/{delivery.public_id}").status_code == 404


def test_endpoints_of_single_transcriptions_have_a_page_of_their_own(
    browser: FlaskClient, session: Session, alice: Account
) -> None:
    assert "There are none" in browser.get(f"{ROOT}/single").text
    row = make_transcription(session, alice, title="Board")
    webhook_endpoints.tell_of(session, [row], URL)
    session.commit()

    assert "Board" in browser.get(f"{ROOT}/single").text
    assert "Nobody is told yet" in browser.get(ROOT).text


def test_whose_endpoint_was_switched_off_is_told_on_the_dashboard(
    browser: FlaskClient, session: Session, endpoint: WebhookEndpoint, address: str
) -> None:
    webhook_endpoints.switch_off(session, [endpoint.id], DisabledReason.FAILING)
    session.commit()

    page = browser.get("/transcriptions").text
    assert "A webhook endpoint was switched off" in page
    assert f'href="{address}"' in page
    browser.post(f"{address}/switch", data={"on": "yes"})
    assert "was switched off" not in browser.get("/transcriptions").text


def test_a_stranger_finds_nothing(app: Flask, charlie: Account, delivery: WebhookDelivery, address: str) -> None:
    stranger = sign_in(app, charlie)
    one = f"{ROOT}/deliveries/{delivery.public_id}"

    assert [stranger.get(path).status_code for path in (address, one)] == [404, 404]
    posts = [address + end for end in ("/switch", "/test", "/rotate", "/delete", "/redeliver")]
    forms: dict[str, Any] = {"url": URL, "events": BOTH, "hours": "24"}
    assert {stranger.post(path, data=forms).status_code for path in [*posts, address, f"{one}/redeliver"]} == {404}


def test_a_page_of_deliveries_takes_few_queries(
    browser: FlaskClient, session: Session, alice: Account, address: str, count_queries: CountQueries
) -> None:
    cancel_transcription(session, alice, make_transcription(session, alice).public_id)
    session.commit()
    one = count_queries(browser, address)
    for _ in range(5):
        cancel_transcription(session, alice, make_transcription(session, alice).public_id)
    session.commit()

    assert count_queries(browser, address) == one
