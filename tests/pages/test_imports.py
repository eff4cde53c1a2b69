"""Transcripts that are brought along as files on the dashboard."""

import json
from io import BytesIO

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session

from models import Account, Transcription
from tests.pages.conftest import text_of

SRT = "1\n00:00:01,000 --> 00:00:03,500\nGood morning.\n\n2\n00:00:04,000 --> 00:00:06,000\nWho was first?\n"
VTT = "WEBVTT\n\n00:01.000 --> 00:03.000\n<v Ada>Guten Morgen.\n"
JSON = json.dumps({"segments": [{"start": 0.0, "end": 2.0, "text": "It is on the tape.", "speaker": "Ada"}]})
HX = {"HX-Request": "true"}


def files(**named: str | bytes) -> list[tuple[BytesIO, str]]:
    return [
        (BytesIO(text.encode() if isinstance(text, str) else text), name.replace("_", "."))
        for name, text in named.items()
    ]


def all_of(session: Session, account: Account) -> list[Transcription]:
    query = select(Transcription).where(Transcription.account_id == account.id).order_by(Transcription.id)
    return list(session.scalars(query))


def test_a_file_becomes_a_transcription_and_leads_to_it(browser: FlaskClient, session: Session, alice: Account) -> None:
    answer = browser.post("/transcriptions/import", data={"file": files(talk_srt=SRT), "language": "en"})
    (made,) = all_of(session, alice)
    assert (answer.status_code, answer.headers["Location"]) == (303, f"/transcriptions/{made.public_id}")
    assert (made.title, made.language, made.pipeline_code) == ("talk", "en", "import")
    assert "Who was first?" in text_of(browser.get(answer.headers["Location"]).text)


def test_several_are_brought_and_a_bad_one_is_named_with_its_reason(
    browser: FlaskClient, session: Session, alice: Account
) -> None:
    answer = browser.post(
        "/transcriptions/import",
        data={"file": files(a_srt=SRT, b_vtt=VTT, c_json=JSON, d_txt="Hello", e_srt="", f_srt=b"\xff\xfe\x00")},
    )
    assert answer.status_code == 422
    said = text_of(answer.text)
    assert "a , b , c are here, at no cost." in said.replace(" ,", " ,")
    assert "d.txt : A transcript is a file that ends in .srt, .vtt or .json." in said
    assert "e.srt" in said
    assert "f.srt : Its letters are not written in UTF-8." in said
    assert [each.title for each in all_of(session, alice)] == ["a", "b", "c"]


def test_a_script_gets_what_became_of_its_file(browser: FlaskClient, session: Session, alice: Account) -> None:
    answer = browser.post("/transcriptions/import", data={"file": files(talk_srt=SRT)}, headers=HX)
    (made,) = all_of(session, alice)
    assert answer.status_code == 200
    assert "<html" not in answer.text
    assert f'href="/transcriptions/{made.public_id}"' in answer.text


@pytest.mark.parametrize("sent", [{}, {"file": (BytesIO(b""), "")}])
def test_no_file_is_said_beside_the_field(browser: FlaskClient, sent: dict[str, object]) -> None:
    answer = browser.post("/transcriptions/import", data={"language": "en", **sent})
    assert answer.status_code == 422
    assert 'aria-invalid="true"' in answer.text
    assert "Choose a file." in answer.text


def test_a_name_is_data(browser: FlaskClient) -> None:
    answer = browser.post("/transcriptions/import", data={"file": [(BytesIO(b"x"), "<b>x</b>.srt")]})
    assert "<b>x" not in answer.text
    assert "&lt;b&gt;x" in answer.text


def test_too_much_at_once_is_refused(browser: FlaskClient, session: Session, alice: Account) -> None:
    answer = browser.post(
        "/transcriptions/import", data=b"x" * 2_200_000, content_type="multipart/form-data; boundary=x"
    )
    assert answer.status_code == 413
    assert all_of(session, alice) == []
