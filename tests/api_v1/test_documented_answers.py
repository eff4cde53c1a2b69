"""What the API really answers is what its document says: each operation once, and each kind of refusal."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import urlsplit

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy.orm import Session
from werkzeug.test import TestResponse

from blueprints.api_v1.documents import OPERATIONS
from handlers.trash import trash_transcription
from models import Account, Source, Status
from tests.api_v1.conformance import Documented
from tests.api_v1.expectations import BODY
from tests.factories import api_client, make_account, make_completed, make_transcription

PATH = "/api/v1/transcriptions"
UPLOAD = {"filename": "talk.wav", "content_type": "audio/wav", "size_bytes": 14}
UNREACHABLE = {"source": "external_url", "url": "http://127.0.0.1:9/talk.mp3"}  # A quote says so, and is a quote still.


@pytest.fixture
def documented(app: Flask) -> Documented:
    return Documented(dict(app.test_client().get("/openapi.json").get_json()))


@pytest.fixture
def ids(session: Session, alice: Account) -> dict[str, str]:
    """Transcriptions by their state."""
    warnings = [{"code": "low_coverage", "message": "Listen where text is missing."}]
    rows = {
        "completed": make_completed(
            session, alice, upload_id="up_0", source=Source.UPLOAD, url=None, warnings=warnings
        ),
        "processing": make_transcription(session, alice),
        "failed": make_transcription(session, alice, status=Status.FAILED),
        "unwanted": make_transcription(session, alice),
        "trashed": make_completed(session, alice),
    }
    session.commit()
    trash_transcription(session, alice, rows["trashed"].public_id)
    session.commit()
    return {state: row.public_id for state, row in rows.items()}


@pytest.mark.usefixtures("embeddings")
def test_every_operation_answers_as_documented(api: FlaskClient, documented: Documented, ids: dict[str, str]) -> None:
    completed = f"{PATH}/{ids['completed']}"
    upload = api.post("/api/v1/uploads", json=UPLOAD)
    in_parts = api.post("/api/v1/uploads", json={**UPLOAD, "multipart": True})
    question = api.post("/api/v1/questions", json={"question": "Who is greeted?"})
    text = {"op": "set_text", "segment_id": "seg_0", "text": "Hello, you there."}
    edits = {"revision": 0, "edits": [text, {"op": "split", "segment_id": "seg_0", "at_word": 1}]}
    hook = api.post("/api/v1/webhook_endpoints", json={"url": "http://127.0.0.1:9/hook"})
    endpoint = f"/api/v1/webhook_endpoints/{hook.get_json()['id']}"
    tested = api.post(f"{endpoint}/test")
    delivery, event = f"/api/v1/webhook_deliveries/{tested.get_json()['id']}", tested.get_json()["event_id"]
    tomorrow = (datetime.now(UTC) + timedelta(days=1)).isoformat()
    shared = api.post(f"{completed}/shares", json={"expires_at": tomorrow, "password": "open sesame"})
    share = f"/api/v1/shares/{shared.get_json()['id']}"
    answers = {
        "create_transcription": api.post(PATH, json=BODY, headers={"Idempotency-Key": "k"}),
        "list_transcriptions": api.get(f"{PATH}?limit=2"),
        "get_transcription": api.get(completed),
        "update_transcription": api.patch(completed, json={"speakers": {"S1": "Ada"}, "metadata": {"a": "b"}}),
        "get_transcription_result": api.get(f"{completed}/result"),
        "export_transcription": api.get(f"{completed}/export?format=srt"),
        "export_transcriptions": api.get(f"/api/v1/exports?transcription_ids={ids['completed']}&formats=srt,json"),
        "understand_transcription": api.post(f"{completed}/understand"),
        "wait_for_transcription": api.get(f"{completed}/wait?timeout=0"),
        "stream_transcription_events": api.get(f"{completed}/events"),
        "cancel_transcription": api.post(f"{PATH}/{ids['processing']}/cancel"),
        "retry_transcription": api.post(f"{PATH}/{ids['failed']}/retry"),
        "delete_transcription": api.delete(f"{PATH}/{ids['unwanted']}"),
        "list_trash": api.get("/api/v1/trash"),
        "restore_transcription": api.post(f"{PATH}/{ids['trashed']}/restore"),
        "trash_transcription": api.post(f"{PATH}/{ids['trashed']}/trash"),
        "delete_transcription_media": api.delete(f"{completed}/media"),
        "edit_transcription": api.post(f"{completed}/edits", json=edits),
        "undo_edit": api.post(f"{completed}/undo", json={"revision": 1}),
        "redo_edit": api.post(f"{completed}/redo", json={"revision": 2}),
        "list_revisions": api.get(f"{completed}/revisions?limit=2"),
        "create_share": shared,
        "list_shares": api.get(f"{completed}/shares"),
        "get_share": api.get(share),
        "update_share": api.patch(share, json={"expires_at": None, "parts": ["recording"]}),
        "delete_share": api.delete(share),
        "search_library": api.get("/api/v1/search?q=hello&pipeline_code=import"),
        "search_transcription": api.get(f"{completed}/search?q=hello"),
        "ask_library": question,
        "ask_transcription": api.post(f"{completed}/questions", json={"question": "Who is greeted?"}),
        "list_questions": api.get("/api/v1/questions"),
        "get_question": api.get(f"/api/v1/questions/{question.get_json()['id']}"),
        "delete_question": api.delete(f"/api/v1/questions/{question.get_json()['id']}"),
        "create_quote": api.post("/api/v1/quotes", json=UNREACHABLE),
        "create_upload": upload,
        "get_upload": api.get(f"/api/v1/uploads/{upload.get_json()['id']}"),
        "create_upload_parts": send_part(api, in_parts),
        "complete_upload": api.post(f"/api/v1/uploads/{in_parts.get_json()['id']}/complete"),
        "delete_upload": api.delete(f"/api/v1/uploads/{upload.get_json()['id']}"),
        "create_webhook_endpoint": hook,
        "list_webhook_endpoints": api.get("/api/v1/webhook_endpoints"),
        "get_webhook_endpoint": api.get(endpoint),
        "update_webhook_endpoint": api.patch(endpoint, json={"events": ["transcription.failed"]}),
        "rotate_webhook_secret": api.post(f"{endpoint}/rotate_secret"),
        "test_webhook_endpoint": tested,
        "list_webhook_deliveries": api.get(f"{endpoint}/deliveries?state=pending"),
        "redeliver_webhook_events": api.post(f"{endpoint}/redeliver", json={"since": "2026-01-01T00:00:00Z"}),
        "get_webhook_delivery": api.get(delivery),
        "redeliver_webhook": api.post(f"{delivery}/redeliver"),
        "list_events": api.get("/api/v1/events?limit=100"),
        "get_event": api.get(f"/api/v1/events/{event}"),
        "delete_webhook_endpoint": api.delete(endpoint),
        "get_me": api.get("/api/v1/me"),
        "list_pipelines": api.get("/api/v1/pipelines"),
        "list_usage": api.get("/api/v1/usage"),
    }

    assert set(answers) == {operation.id for operation in OPERATIONS}, "Ask each operation once here."
    assert [answer.text for answer in answers.values() if answer.status_code >= 400] == []
    assert [flaw for id_, answer in answers.items() for flaw in documented.answer_flaws(id_, answer)] == []


def test_every_state_is_documented(api: FlaskClient, documented: Documented, ids: dict[str, str]) -> None:
    for state, public_id in ids.items():
        if state == "trashed":
            continue
        assert documented.answer_flaws("get_transcription", api.get(f"{PATH}/{public_id}")) == [], state


def test_a_replayed_answer_is_documented(api: FlaskClient, documented: Documented) -> None:
    first, again = (api.post(PATH, json=BODY, headers={"Idempotency-Key": "k"}) for _ in range(2))

    assert (again.data, again.headers["Idempotent-Replayed"]) == (first.data, "true")
    assert documented.answer_flaws("create_transcription", again) == []


JSON = "application/json"
REFUSED_CREATES: dict[str, dict[str, Any]] = {
    "invalid_json": {"data": b"{", "content_type": JSON},
    "unsupported_media_type": {"data": {"url": "x"}},
    "request_too_large": {"data": b" " * 17_000_000, "content_type": JSON},
    "missing_field": {"json": {}},
    "unknown_field": {"json": {**BODY, "langauge": "en"}},
    "invalid_field": {"json": {**BODY, "speakers_expected": 0}},
    "url_not_allowed": {"json": {**BODY, "url": "ftp://example.com/talk.mp3"}},
    "pipeline_not_found": {"json": {**BODY, "pipeline_code": "nobody"}},
    "pipeline_unavailable": {"json": {**BODY, "pipeline_code": "voxtral-mini-transcribe"}},
    "upload_not_found": {"json": {"source": "upload", "upload_id": "up_0"}},
    "invalid_idempotency_key": {"json": BODY, "headers": {"Idempotency-Key": "a b"}},
    "invalid_api_key": {"json": BODY, "headers": {"Authorization": "Bearer nobody"}},
}


@pytest.mark.parametrize("code", REFUSED_CREATES)
def test_a_refused_create_is_documented(api: FlaskClient, documented: Documented, code: str) -> None:
    refused(documented, "create_transcription", api.post(PATH, **REFUSED_CREATES[code]), code)


def test_a_create_that_nobody_pays_for_is_documented(app: Flask, session: Session, documented: Documented) -> None:
    poor = api_client(app, session, make_account(session, top_up_microusd=0))

    refused(documented, "create_transcription", poor.post(PATH, json=BODY), "insufficient_funds")


def test_a_key_that_is_used_again_is_documented(api: FlaskClient, documented: Documented) -> None:
    key = {"Idempotency-Key": "k"}
    api.post(PATH, json=BODY, headers=key)

    answer = api.post(PATH, json={**BODY, "title": "Another"}, headers=key)

    refused(documented, "create_transcription", answer, "idempotency_key_reused")


def test_too_many_requests_are_documented(
    api: FlaskClient, documented: Documented, reconfigure: Callable[..., None]
) -> None:
    reconfigure(rate_limit_per_minute=1)
    api.get("/api/v1/me")

    answer = api.get("/api/v1/me")

    refused(documented, "get_me", answer, "rate_limited")
    assert "Retry-After" in answer.headers


def test_results_that_are_not_there_are_documented(
    api: FlaskClient, documented: Documented, ids: dict[str, str]
) -> None:
    for state, code in {"processing": "not_ready", "failed": "media_undecodable"}.items():
        refused(documented, "get_transcription_result", api.get(f"{PATH}/{ids[state]}/result"), code)


def test_other_refusals_are_documented(api: FlaskClient, documented: Documented, ids: dict[str, str]) -> None:
    large = {**UPLOAD, "size_bytes": 3 * 1024**3}
    missing = f"{PATH}/tr_0"

    refused(documented, "get_transcription", api.get(missing), "not_found")
    refused(documented, "stream_transcription_events", api.get(f"{missing}/events"), "not_found")
    refused(documented, "list_transcriptions", api.get(f"{PATH}?limit=0"), "invalid_field")
    refused(documented, "cancel_transcription", api.post(f"{PATH}/{ids['failed']}/cancel"), "invalid_state")
    refused(documented, "retry_transcription", api.post(f"{PATH}/{ids['completed']}/retry"), "invalid_state")
    refused(documented, "create_upload", api.post("/api/v1/uploads", json=large), "media_too_large")
    refused(documented, "get_upload", api.get("/api/v1/uploads/up_0"), "upload_not_found")
    upload = f"/api/v1/uploads/{api.post('/api/v1/uploads', json=UPLOAD).get_json()['id']}"
    refused(documented, "complete_upload", api.post(f"{upload}/complete"), "upload_incomplete")
    refused(documented, "create_upload_parts", api.post(f"{upload}/parts", json={"part_numbers": [1]}), "invalid_state")


def send_part(api: FlaskClient, upload: TestResponse) -> TestResponse:
    """The answer to asking for the first part's address, to which its bytes have been sent."""
    answer = api.post(f"/api/v1/uploads/{upload.get_json()['id']}/parts", json={"part_numbers": [1]})
    assert api.put(urlsplit(answer.get_json()["data"][0]["url"]).path, data=b"x" * 14).status_code == 200
    return answer


def refused(documented: Documented, operation_id: str, answer: TestResponse, code: str) -> None:
    assert answer.get_json()["error"]["code"] == code
    assert documented.answer_flaws(operation_id, answer) == []
