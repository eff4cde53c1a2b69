"""Webhook endpoints, their secrets and deliveries, through the API; and what a create says of its own `webhook_url`."""

import json
import re
from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select, update
from sqlalchemy.orm import Session

from handlers.transcriptions import cancel_transcription
from models import Account, DisabledReason, Event, IdempotentAnswer, Transcription, WebhookDelivery, WebhookEndpoint
from rendering.events import MOST_BODY_BYTES
from tests.api_v1.expectations import BODY, error_of
from tests.factories import make_media, make_transcription

ENDPOINTS, CREATE = "/api/v1/webhook_endpoints", "/api/v1/transcriptions"
URL = "http://127.0.0.1:9/hook"  # A host that the operator allows.
SECRET = re.compile(r"whsec_[A-Za-z0-9+/]{43}=")


def created(api: FlaskClient, **fields: Any) -> dict[str, Any]:
    answer = api.post(ENDPOINTS, json={"url": URL, **fields})
    assert answer.status_code == 201, answer.text
    shape: dict[str, Any] = answer.get_json()
    return shape


def test_a_secret_is_given_once(api: FlaskClient) -> None:
    made = created(api, description=" Subtitles ")
    path = f"{ENDPOINTS}/{made['id']}"

    assert SECRET.fullmatch(made.pop("secret"))
    assert made["id"].startswith("whe_")
    assert (made["url"], made["description"], made["enabled"]) == (URL, "Subtitles", True)
    assert made["events"] == ["transcription.completed", "transcription.failed"]
    assert api.get(path).get_json() == made
    assert api.get(ENDPOINTS).get_json()["data"] == [made]
    assert api.patch(path, json={}).get_json() == made


def test_a_repeated_create_makes_one_endpoint_and_gives_the_same_bytes(api: FlaskClient) -> None:
    first, again = (api.post(ENDPOINTS, json={"url": URL}, headers={"Idempotency-Key": "k"}) for _ in range(2))

    assert (again.status_code, again.data) == (201, first.data)
    assert again.headers["Idempotent-Replayed"] == "true"
    assert len(api.get(ENDPOINTS).get_json()["data"]) == 1


@pytest.mark.parametrize(
    ("fields", "code", "param"),
    [
        ({"url": "http://example.com/hook"}, "url_not_allowed", "url"),
        ({"url": "https://127.1/hook"}, "url_not_allowed", "url"),
        ({"url": "https://localhost/hook"}, "url_not_allowed", "url"),
        ({"url": "https://169.254.169.254/"}, "url_not_allowed", "url"),
        ({"url": "https://me:secret@example.com/"}, "url_not_allowed", "url"),
        ({"url": "https://example.com/" + "x" * 2048}, "url_not_allowed", "url"),
        ({"url": None}, "invalid_field", "url"),
        ({"events": []}, "invalid_field", "events"),
        ({"events": ["transcription.done"]}, "invalid_field", "events.0"),
        ({"description": "x" * 301}, "invalid_field", "description"),
        ({"secret": "whsec_mine"}, "unknown_field", "secret"),
    ],
)
def test_a_wrong_field_is_named(api: FlaskClient, fields: dict[str, Any], code: str, param: str) -> None:
    error_of(api.post(ENDPOINTS, json={"url": URL, **fields}), 422, code, param)
    assert api.get(ENDPOINTS).get_json()["data"] == []


def test_each_event_is_chosen_once_and_tests_are_never_redelivered(api: FlaskClient) -> None:
    chosen = ["webhook.test", "transcription.failed", "webhook.test"]
    made = created(api, events=chosen)
    assert made["events"] == ["transcription.failed", "webhook.test"]
    path = f"{ENDPOINTS}/{made['id']}"
    api.post(f"{path}/test")

    again = api.post(f"{path}/redeliver", json={"since": "2026-01-01T00:00:00Z"})
    assert (again.status_code, again.get_json()["deliveries_count"]) == (202, 0)


def test_the_twenty_first_endpoint_is_refused(api: FlaskClient) -> None:
    for number in range(20):
        created(api, url=f"{URL}/{number}")
    api.post(CREATE, json={**BODY, "webhook_url": URL})  # Of one transcription alone: not counted.

    error_of(api.post(ENDPOINTS, json={"url": URL}), 409, "too_many_webhook_endpoints")
    page = api.get(f"{ENDPOINTS}?limit=15").get_json()
    assert [row["url"] for row in page["data"]] == [f"{URL}/{number}" for number in range(19, 4, -1)]
    assert len(api.get(f"{ENDPOINTS}?limit=15&cursor={page['next_cursor']}").get_json()["data"]) == 5


def test_each_field_can_be_changed_alone(api: FlaskClient) -> None:
    made = created(api)
    path = f"{ENDPOINTS}/{made['id']}"
    for change in (
        {"url": f"{URL}2"},
        {"events": ["transcription.failed"]},
        {"description": "Alarm"},
        {"enabled": False, "description": ""},
        {"enabled": True},
    ):
        answer = api.patch(path, json=change).get_json()
        assert {name: answer[name] for name in change} == change
    assert answer["disabled_reason"] is None


@pytest.mark.parametrize(
    "change", [{"url": None}, {"enabled": "yes"}, {"enabled": None}, {"events": None}, {"url": "http://example.com"}]
)
def test_a_wrong_change_changes_nothing(api: FlaskClient, change: dict[str, Any]) -> None:
    made = created(api)
    path = f"{ENDPOINTS}/{made['id']}"
    before = api.get(path).data

    assert api.patch(path, json=change).status_code == 422
    assert api.get(path).data == before


def test_a_rotated_secret_is_another_and_says_until_when_the_old_one_signs(api: FlaskClient) -> None:
    made = created(api)
    rotated = api.post(f"{ENDPOINTS}/{made['id']}/rotate_secret").get_json()

    assert SECRET.fullmatch(rotated["secret"])
    assert rotated["secret"] != made["secret"]
    assert rotated["previous_secret_expires_at"] is not None


def test_a_test_and_its_redelivery_are_accepted_and_refused_while_it_is_off(api: FlaskClient) -> None:
    path = f"{ENDPOINTS}/{created(api)['id']}"
    tested = api.post(f"{path}/test")
    assert tested.status_code == 202
    assert (tested.get_json()["event_type"], tested.get_json()["state"]) == ("webhook.test", "pending")
    delivery = f"/api/v1/webhook_deliveries/{tested.get_json()['id']}"
    assert api.post(f"{delivery}/redeliver").status_code == 202

    api.patch(path, json={"enabled": False})
    for refused in (
        api.post(f"{path}/test"),
        api.post(f"{delivery}/redeliver"),
        api.post(f"{path}/redeliver", json={"since": "2026-01-01T00:00:00Z"}),
    ):
        error_of(refused, 409, "invalid_state")
    assert api.get(delivery).get_json()["next_attempt_at"] is None


def test_deliveries_are_listed_by_state(api: FlaskClient, session: Session, alice: Account) -> None:
    path = f"{ENDPOINTS}/{created(api)['id']}/deliveries"
    for _ in range(3):
        cancel_transcription(session, alice, make_transcription(session, alice).public_id)
    session.commit()

    page = api.get(f"{path}?limit=2").get_json()
    assert [row["event_type"] for row in page["data"]] == ["transcription.failed"] * 2
    assert len(api.get(f"{path}?cursor={page['next_cursor']}").get_json()["data"]) == 1
    assert api.get(f"{path}?state=succeeded").get_json()["data"] == []
    assert len(api.get(f"{path}?state=pending").get_json()["data"]) == 3
    error_of(api.get(f"{path}?state=lost"), 422, "invalid_field", "state")


def test_a_deleted_endpoint_takes_its_deliveries_and_leaves_the_events(api: FlaskClient, session: Session) -> None:
    path = f"{ENDPOINTS}/{created(api)['id']}"
    tested = api.post(f"{path}/test").get_json()

    assert api.delete(path).status_code == 204
    error_of(api.get(path), 404, "not_found")
    error_of(api.get(f"/api/v1/webhook_deliveries/{tested['id']}"), 404, "not_found")
    assert api.get(f"/api/v1/events/{tested['event_id']}").status_code == 200


def test_webhook_url_gets_a_secret_and_an_endpoint_of_its_own(api: FlaskClient, session: Session) -> None:
    made = api.post(CREATE, json={**BODY, "webhook_url": f"{URL}/one"})

    assert made.status_code == 202
    shape = made.get_json()
    assert SECRET.fullmatch(shape.pop("webhook_secret"))
    # Its place in the line is told from the first look on.
    assert {**api.get(f"{CREATE}/{shape['id']}").get_json(), "queue_position": None} == shape
    assert api.get(ENDPOINTS).get_json()["data"] == []
    (endpoint,) = api.get(f"{ENDPOINTS}?transcription_id={shape['id']}").get_json()["data"]
    assert (endpoint["url"], endpoint["transcription_id"]) == (f"{URL}/one", shape["id"])
    api.post(f"{CREATE}/{shape['id']}/cancel")
    api.post(f"{CREATE}/{api.post(CREATE, json=BODY).get_json()['id']}/cancel")
    (delivery,) = api.get(f"{ENDPOINTS}/{endpoint['id']}/deliveries").get_json()["data"]
    assert delivery["transcription_id"] == shape["id"]


def test_a_replayed_create_with_a_webhook_url_gives_the_same_bytes(api: FlaskClient, session: Session) -> None:
    body = {**BODY, "webhook_url": URL}
    first, again = (api.post(CREATE, json=body, headers={"Idempotency-Key": "k"}) for _ in range(2))

    assert first.data == again.data
    assert len(session.scalars(select(WebhookEndpoint)).all()) == 1
    secret = first.get_json()["webhook_secret"].encode()
    assert secret not in session.scalars(select(IdempotentAnswer)).one().body


@pytest.mark.parametrize("url", ["http://example.com/hook", "https://10.0.0.1/", "nonsense", ""])
def test_a_wrong_webhook_url_makes_nothing(api: FlaskClient, session: Session, url: str) -> None:
    error_of(api.post(CREATE, json={**BODY, "webhook_url": url}), 422, "url_not_allowed", "webhook_url")
    assert session.scalars(select(Transcription)).all() == []


def test_an_import_is_told_of_too(api: FlaskClient) -> None:
    transcript = {"format": "srt", "content": "1\n00:00:00,000 --> 00:00:01,000\nHello.\n"}
    made = api.post(CREATE, json={"source": "transcript", "transcript": transcript, "webhook_url": URL})

    assert SECRET.fullmatch(made.get_json()["webhook_secret"])


def test_a_retry_is_told_to_the_same_address_with_a_new_secret(api: FlaskClient, session: Session) -> None:
    first = api.post(CREATE, json={**BODY, "webhook_url": URL}).get_json()
    api.post(f"{CREATE}/{first['id']}/cancel")
    again = api.post(f"{CREATE}/{first['id']}/retry").get_json()

    assert SECRET.fullmatch(again["webhook_secret"])
    assert again["webhook_secret"] != first["webhook_secret"]
    (endpoint,) = api.get(f"{ENDPOINTS}?transcription_id={again['id']}").get_json()["data"]
    assert endpoint["url"] == URL
    assert endpoint["previous_secret_expires_at"] is not None


def test_a_quote_takes_the_body_of_a_create_and_tells_nobody(api: FlaskClient, session: Session) -> None:
    quoted = api.post(
        "/api/v1/quotes", json={"source": "external_url", "url": "http://127.0.0.1:9/a", "webhook_url": URL}
    )
    assert quoted.status_code == 200
    assert session.scalars(select(WebhookEndpoint)).all() == []


def test_deleting_a_transcription_deletes_what_was_told_of_it(
    api: FlaskClient, session: Session, alice: Account
) -> None:
    created(api)
    made = api.post(CREATE, json={**BODY, "webhook_url": URL}).get_json()
    api.post(f"{CREATE}/{made['id']}/cancel")
    assert len(session.scalars(select(WebhookDelivery)).all()) == 2

    assert api.delete(f"{CREATE}/{made['id']}").status_code == 204
    assert session.scalars(select(Event)).all() == []
    assert session.scalars(select(WebhookDelivery)).all() == []
    assert [endpoint.transcription_id for endpoint in session.scalars(select(WebhookEndpoint))] == [None]


def test_an_event_shows_the_transcription_as_it_was_then(api: FlaskClient, session: Session, alice: Account) -> None:
    media = make_media(session, alice)
    row = make_transcription(session, alice, media_id=media.id, labels={"order": "7"})
    session.commit()
    canceled = api.post(f"{CREATE}/{row.public_id}/cancel").get_json()
    api.patch(f"{CREATE}/{row.public_id}", json={"title": "Another"})

    (event,) = api.get("/api/v1/events").get_json()["data"]
    assert list(event) == ["id", "type", "timestamp", "data"]
    assert event["data"] == canceled
    assert event["timestamp"] == canceled["completed_at"]


def test_P28_metadata_that_does_not_fit_is_left_out_and_named(
    api: FlaskClient, session: Session, alice: Account
) -> None:
    largest = {f"{number:02}{'☕' * 38}": "☕" * 500 for number in range(50)}
    row = make_transcription(
        session, alice, labels=largest, title="\x01" * 300, url=f"https://example.com/{'é' * 2000}"
    )
    cancel_transcription(session, alice, row.public_id)
    session.commit()

    body = session.scalars(select(Event.body)).one()
    assert len(body.encode()) <= MOST_BODY_BYTES
    assert (json.loads(body)["data"]["metadata"], json.loads(body)["omitted"]) == ({}, ["metadata"])
    assert api.get(f"{CREATE}/{row.public_id}").get_json()["metadata"] == largest


def test_why_it_is_off_is_told(api: FlaskClient, session: Session) -> None:
    path = f"{ENDPOINTS}/{created(api)['id']}"
    session.execute(update(WebhookEndpoint).values(disabled_reason=DisabledReason.FAILING))
    session.commit()

    shape = api.get(path).get_json()
    assert (shape["enabled"], shape["disabled_reason"]) == (False, "failing")
