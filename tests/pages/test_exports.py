"""Exports on the pages."""

import io
import zipfile

import pytest
from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from models import Account, Status
from tests.factories import browser as browser_of
from tests.factories import make_completed, make_transcription
from tests.pages.conftest import CountQueries

FORM = "format=srt&preset=broadcast&speakers=&timestamps=true&max_chars_per_line=&max_lines=&max_seconds="


@pytest.fixture
def done(session: Session, alice: Account) -> str:
    row = make_completed(session, alice, texts=["Hello <there>.", "Good bye."], title="Talk")
    session.commit()
    return row.public_id


def test_the_page_and_the_api_send_the_same_file(browser: FlaskClient, api: FlaskClient, done: str) -> None:
    by_page = browser.get(f"/transcriptions/{done}/export?{FORM}")
    by_api = api.get(f"/api/v1/transcriptions/{done}/export?format=srt")

    assert (by_page.status_code, by_page.data) == (200, by_api.data)
    assert (
        by_page.headers["Content-Disposition"]
        == by_api.headers["Content-Disposition"]
        == "attachment; filename=Talk.srt"
    )


def test_a_completed_transcript_offers_its_export(
    browser: FlaskClient, session: Session, alice: Account, done: str
) -> None:
    failed = make_transcription(session, alice, status=Status.FAILED)
    session.commit()

    assert f'action="/transcriptions/{done}/export"' in browser.get(f"/transcriptions/{done}").text
    assert "/export" not in browser.get(f"/transcriptions/{failed.public_id}").text


def test_the_preview_shows_how_the_file_begins_escaped(browser: FlaskClient, done: str) -> None:
    answer = browser.get(f"/transcriptions/{done}/export/preview?{FORM}", headers={"HX-Request": "true"})

    assert "Hello &amp;lt;there&gt;." in answer.text
    assert "<html" not in answer.text


def test_the_preview_says_what_is_wrong(browser: FlaskClient, done: str) -> None:
    answer = browser.get(f"/transcriptions/{done}/export/preview?format=srt&max_lines=7")

    assert answer.status_code == 422
    assert "max_lines" in answer.text


@pytest.mark.parametrize("page", ["export", "export/preview"])
def test_a_stranger_finds_nothing(app: object, charlie: Account, done: str, page: str) -> None:
    stranger = browser_of(app, charlie)  # type: ignore[arg-type]

    assert stranger.get(f"/transcriptions/{done}/{page}?format=srt").status_code == 404


def test_those_that_are_selected_come_as_a_zip(
    browser: FlaskClient, session: Session, alice: Account, done: str
) -> None:
    other = make_completed(session, alice, title="Other").public_id
    session.commit()

    listing = browser.get("/transcriptions").text
    answer = browser.get(f"/transcriptions/export?transcription_ids={done}&transcription_ids={other}&formats=txt")

    assert f'name="transcription_ids" value="{other}"' in listing
    assert zipfile.ZipFile(io.BytesIO(answer.data)).namelist() == ["Talk.txt", "Other.txt"]


def test_a_zip_takes_as_many_queries_for_each(
    browser: FlaskClient, session: Session, alice: Account, count_queries: CountQueries
) -> None:
    ids = [make_completed(session, alice).public_id for _ in range(4)]
    session.commit()

    one, two, four = (
        count_queries(
            browser, "/transcriptions/export?formats=txt&transcription_ids=" + "&transcription_ids=".join(some)
        )
        for some in (ids[:1], ids[:2], ids)
    )

    assert four - two == 2 * (two - one)
    assert two - one <= 6
