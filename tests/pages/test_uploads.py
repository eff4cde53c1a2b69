"""What the uploader on the list asks for, as static/uploads.js does."""

from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session
from werkzeug.test import TestResponse

from models import Account, Transcription, WebhookEndpoint
from tests.factories import browser as sign_in

ROOT = Path(__file__).parents[2]
CONTENT = b"RIFF and so on"
WANTED = {"filename": "talk.wav", "content_type": "audio/wav", "size_bytes": len(CONTENT), "multipart": True}


@pytest.fixture
def upload(browser: FlaskClient) -> dict[str, Any]:
    answer = browser.post("/uploads", json=WANTED)
    assert answer.status_code == 201, answer.text
    return dict(answer.get_json())


def sent(browser: FlaskClient, upload: dict[str, Any]) -> TestResponse:
    """The answer to completing it, its one part sent."""
    (part,) = browser.post(f"/uploads/{upload['id']}/parts", json={"part_numbers": [1]}).get_json()["data"]
    assert browser.put(urlsplit(part["url"]).path, data=CONTENT).status_code == 200
    return browser.post(f"/uploads/{upload['id']}/complete", json={})


def test_a_file_is_sent_and_transcribed_as_the_form_says(browser: FlaskClient, upload: dict[str, Any]) -> None:
    assert sent(browser, upload).get_json()["status"] == "complete"
    form = {"url": "", "language": "de", "vocabulary": "Ada\nBabbage", "speakers_expected": "2", "title": ""}
    answer = browser.post(f"/uploads/{upload['id']}/transcribe", data=form)
    assert answer.status_code == 202, answer.text
    assert "talk.wav" in browser.get(answer.get_json()["page"]).text


def test_metadata_and_a_webhook_go_with_an_upload_and_headers_of_links_do_not(
    browser: FlaskClient, session: Session, upload: dict[str, Any]
) -> None:
    sent(browser, upload)
    form = {"metadata": "room: 3", "webhook_url": "https://example.com/h", "url_headers": "nonsense"}
    answer = browser.post(f"/uploads/{upload['id']}/transcribe", data=form)
    assert answer.status_code == 202, answer.text
    made = session.scalars(select(Transcription)).one()
    assert made.labels == {"room": "3"}
    assert [each.url for each in session.scalars(select(WebhookEndpoint))] == ["https://example.com/h"]


def test_a_lost_answer_is_given_again(browser: FlaskClient, session: Session, upload: dict[str, Any]) -> None:
    sent(browser, upload)
    answers = [browser.post(f"/uploads/{upload['id']}/transcribe", data={}) for _ in range(2)]
    assert answers[0].get_json() == answers[1].get_json()
    assert session.query(Transcription).count() == 1


def test_what_was_made_of_an_upload_and_deleted_is_not_made_again(browser: FlaskClient, upload: dict[str, Any]) -> None:
    sent(browser, upload)
    made = browser.post(f"/uploads/{upload['id']}/transcribe", data={}).get_json()
    browser.post(f"/transcriptions/{made['id']}/delete")
    answer = browser.post(f"/uploads/{upload['id']}/transcribe", data={})
    assert (answer.status_code, answer.get_json()["error"]["code"]) == (409, "upload_already_used")


def test_the_price_of_what_has_arrived_is_as_the_api_quotes_it(browser: FlaskClient) -> None:
    content = (ROOT / "assets" / "jfk.flac").read_bytes()
    wanted = {**WANTED, "filename": "jfk.flac", "size_bytes": len(content)}
    upload = browser.post("/uploads", json=wanted).get_json()
    (part,) = browser.post(f"/uploads/{upload['id']}/parts", json={"part_numbers": [1]}).get_json()["data"]
    browser.put(urlsplit(part["url"]).path, data=content)
    browser.post(f"/uploads/{upload['id']}/complete", json={})
    quote = browser.post(f"/uploads/{upload['id']}/quote", data={"title": "Talk"}).get_json()
    assert (quote["duration_seconds"], quote["total_usd"]) == (11.0, "0.000917")


def test_a_wrong_option_is_told_and_the_upload_stays(browser: FlaskClient, upload: dict[str, Any]) -> None:
    sent(browser, upload)
    answer = browser.post(f"/uploads/{upload['id']}/transcribe", data={"speakers_expected": "many"})
    assert (answer.status_code, answer.get_json()["error"]["param"]) == (422, "speakers_expected")
    assert browser.get(f"/uploads/{upload['id']}").get_json()["status"] == "complete"


def test_an_upload_goes_on_from_what_has_arrived(browser: FlaskClient, upload: dict[str, Any]) -> None:
    shown = browser.get(f"/uploads/{upload['id']}").get_json()
    assert (shown["status"], shown["parts_received"]) == ("pending", [])


def test_a_discarded_upload_is_gone(browser: FlaskClient, upload: dict[str, Any]) -> None:
    assert browser.post(f"/uploads/{upload['id']}/delete").status_code == 204
    answer = browser.get(f"/uploads/{upload['id']}")
    assert (answer.status_code, answer.get_json()["error"]["code"]) == (404, "upload_not_found")


def test_a_strangers_upload_is_a_missing_one(app: Flask, charlie: Account, upload: dict[str, Any]) -> None:
    stranger = sign_in(app, charlie)
    body = {"json": {"part_numbers": [1]}}
    for path, options in (
        ("parts", body),
        ("complete", {"json": {}}),
        ("quote", {"data": {}}),
        ("transcribe", {"data": {}}),
        ("delete", {}),
    ):
        answer = stranger.post(f"/uploads/{upload['id']}/{path}", **options)
        assert (answer.status_code, answer.get_json()["error"]["code"]) == (404, "upload_not_found")
    assert stranger.get(f"/uploads/{upload['id']}").status_code == 404


def test_a_visitor_is_told_in_json_to_sign_in(visitor: FlaskClient) -> None:
    answer = visitor.post("/uploads", json=WANTED)
    assert (answer.status_code, answer.get_json()["error"]["code"]) == (401, "sign_in_required")


def test_another_site_cannot_upload(browser: FlaskClient) -> None:
    answer = browser.post("/uploads", json=WANTED, headers={"Sec-Fetch-Site": "cross-site"})
    assert (answer.status_code, answer.get_json()["error"]["code"]) == (403, "cross_site_refused")


def test_the_list_has_an_uploader_and_says_what_works_without_script(browser: FlaskClient) -> None:
    page = browser.get("/transcriptions").text
    assert 'data-max-bytes="2147483648"' in page
    assert "<noscript>" in page
    assert "give a link to it" in page


def test_a_link_may_come_with_how_many_people_speak(browser: FlaskClient) -> None:
    form = {"url": "https://example.com/talk.mp3", "speakers_expected": "3"}
    assert browser.post("/transcriptions", data=form).status_code == 303
    answer = browser.post("/transcriptions", data={**form, "speakers_expected": "many"})
    assert answer.status_code == 422
    assert 'id="field-speakers_expected-error"' in answer.text
