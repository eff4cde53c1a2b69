"""Somebody else's object answers as a missing one does, byte for byte, for every route and verb (P41)."""

from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from handlers.questions import put_question
from handlers.shares import create_share
from handlers.webhook_endpoints import create_endpoint, send_test
from models import Account, Status, Upload
from tests.api_v1.expectations import path_of, routes
from tests.factories import make_completed, make_media, make_transcription

OF_ONE_OBJECT = [(method, rule) for method, rule in routes() if "<" in rule]
SAME = {"X-Request-Id": "same"}
LISTS = ("/api/v1/transcriptions", "/api/v1/webhook_endpoints", "/api/v1/events")
BODIES = {"PATCH": {"title": "Mine"}}


def asked(method: str, rule: str) -> dict[str, Any]:
    """What a request of the route takes beside its path."""
    if rule.endswith("/search"):
        return {"query_string": {"q": "secret"}}
    if rule.endswith("/export"):
        return {"query_string": {"format": "srt"}}
    if rule.endswith("/questions"):
        return {"json": {"question": "What is the secret?"}}
    if rule.endswith("/edits"):
        return {"json": {"revision": 0, "edits": [{"op": "set_text", "segment_id": "seg_0", "text": "Mine."}]}}
    if rule.endswith(("/undo", "/redo")):
        return {"json": {"revision": 0}}
    if rule.endswith("/parts"):
        return {"json": {"part_numbers": [1]}}
    if rule.endswith("endpoint_id>/redeliver"):
        return {"json": {"since": "2026-01-01T00:00:00Z"}}
    if method == "PATCH" and "/shares/" in rule:
        return {"json": {"parts": []}}
    if method == "PATCH" and "/webhook_endpoints/" in rule:
        return {"json": {"description": "Mine"}}
    return {"json": BODIES.get(method)}


def alices_objects(session: Session, alice: Account) -> list[dict[str, str]]:
    """One of each kind a route may name; a route with an id of another kind needs its object here."""
    media = make_media(session, alice)
    upload = Upload(
        account_id=alice.id, object_key="uploads/a", filename="a.mp3", content_type="audio/mpeg", size_bytes=1
    )
    session.add(upload)
    kinds = [
        make_transcription(session, alice),
        make_completed(session, alice, media_id=media.id),
        make_transcription(session, alice, status=Status.FAILED),
    ]
    question = put_question(session, alice, "What did I say?")
    endpoint, _ = create_endpoint(session, alice, url="https://93.184.216.34/hook")
    delivery = send_test(session, alice, endpoint.public_id)
    share = create_share(session, alice, kinds[1].public_id)
    session.commit()
    others = {
        "share_id": share.public_id,
        "upload_id": upload.public_id,
        "question_id": question.public_id,
        "webhook_endpoint_id": endpoint.public_id,
        "webhook_delivery_id": delivery.public_id,
        "event_id": delivery.event.public_id,
    }
    return [{"transcription_id": row.public_id, **others} for row in kinds]


def test_the_matrix_has_every_route_of_the_app(app: Flask) -> None:
    assert routes() == routes(app)


@pytest.mark.parametrize(("method", "rule"), OF_ONE_OBJECT)
def test_P41_a_strangers_object_is_a_missing_one(
    stranger: FlaskClient, session: Session, alice: Account, method: str, rule: str
) -> None:
    beside = asked(method, rule)
    missing = stranger.open(path_of(rule), method=method, headers=SAME, **beside)

    for ids in alices_objects(session, alice):
        assert path_of(rule, **ids) != path_of(rule)
        response = stranger.open(path_of(rule, **ids), method=method, headers=SAME, **beside)
        assert (response.status_code, response.data) == (404, missing.data)
        assert set(response.headers.keys()) == set(missing.headers.keys())


@pytest.mark.parametrize(("method", "rule"), OF_ONE_OBJECT)
def test_P41_a_stranger_changes_nothing(
    api: FlaskClient, stranger: FlaskClient, session: Session, alice: Account, method: str, rule: str
) -> None:
    objects = alices_objects(session, alice)
    before = [api.get(path).data for path in LISTS]

    for ids in objects:
        stranger.open(path_of(rule, **ids), method=method, **asked(method, rule))

    assert [api.get(path).data for path in LISTS] == before
