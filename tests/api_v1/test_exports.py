"""Exports by the API: one file of one transcription, and a zip of many."""

import io
import json
import zipfile

import pytest
import srt
from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from exports import FORMATS
from models import Account, Status
from tests.api_v1.expectations import error_of
from tests.factories import make_completed, make_transcription

PATH = "/api/v1/transcriptions"
TEXTS = ["Hello there, everybody.", "General greetings.", "And good bye."]


@pytest.fixture
def done(session: Session, alice: Account) -> str:
    row = make_completed(session, alice, texts=TEXTS, title="Grüße: Vol. 1.mp3", speaker_names={"S1": "Ada"})
    session.commit()
    return row.public_id


@pytest.mark.parametrize("code", [code for code in FORMATS if code != "chapters_youtube"])
def test_every_format_comes_as_a_file_of_its_kind(api: FlaskClient, done: str, code: str) -> None:
    answer = api.get(f"{PATH}/{done}/export?format={code}")

    assert (answer.status_code, answer.content_type) == (200, FORMATS[code].content_type)
    assert answer.data
    assert f"Gr%C3%BC%C3%9Fe-%20Vol.%201{FORMATS[code].extension}" in answer.headers["Content-Disposition"]
    assert answer.headers["Cache-Control"] == "no-store"


def test_the_json_is_the_result_to_the_byte(api: FlaskClient, done: str) -> None:
    assert api.get(f"{PATH}/{done}/export?format=json").data == api.get(f"{PATH}/{done}/result").data


def test_the_json_can_be_brought_back(api: FlaskClient, done: str) -> None:
    content = api.get(f"{PATH}/{done}/export?format=json").text

    answer = api.post(PATH, json={"source": "transcript", "transcript": {"format": "json", "content": content}})

    assert answer.status_code == 202


def test_speakers_go_by_the_names_that_are_shown(api: FlaskClient, done: str) -> None:
    text = api.get(f"{PATH}/{done}/export?format=txt&timestamps=false").text

    assert text == "Ada: Hello there, everybody.\n\nS2: General greetings.\n\nAda: And good bye.\n"


def test_an_option_overrides_the_preset(api: FlaskClient, done: str) -> None:
    text = api.get(f"{PATH}/{done}/export?format=srt&preset=social&max_chars_per_line=12").text

    assert max(len(line) for cue in srt.parse(text) for line in cue.content.split("\n")) <= 12


def test_chapters_that_are_too_few_are_refused(api: FlaskClient, done: str) -> None:
    error_of(api.get(f"{PATH}/{done}/export?format=chapters_youtube"), 409, "chapters_unavailable")


@pytest.mark.parametrize(
    ("query", "code", "param"),
    [
        ("", "missing_field", "format"),
        ("format=odt", "invalid_field", "format"),
        ("format=srt&max_lines=9", "invalid_field", "max_lines"),
        ("format=srt&max_seconds=nan", "invalid_field", "max_seconds"),
        ("format=srt&speaker=true", "unknown_field", "speaker"),
        ("format=srt&preset=cinema", "invalid_field", "preset"),
    ],
)
def test_a_wrong_option_is_refused_by_name(api: FlaskClient, done: str, query: str, code: str, param: str) -> None:
    error_of(api.get(f"{PATH}/{done}/export?{query}"), 422, code, param)


def test_what_is_not_completed_is_refused_as_its_result_is(api: FlaskClient, session: Session, alice: Account) -> None:
    processing = make_transcription(session, alice)
    failed = make_transcription(session, alice, status=Status.FAILED)
    session.commit()

    waiting = api.get(f"{PATH}/{processing.public_id}/export?format=srt")

    error_of(waiting, 409, "not_ready")
    assert waiting.headers["Retry-After"] == "2"
    error_of(api.get(f"{PATH}/{failed.public_id}/export?format=srt"), 409, "media_undecodable")


def test_a_revision_that_is_known_is_not_sent_again(api: FlaskClient, done: str) -> None:
    path = f"{PATH}/{done}/export?format=pdf"
    known = {"If-None-Match": api.get(path).headers["ETag"]}

    assert (api.get(path, headers=known).status_code, api.get(path, headers=known).data) == (304, b"")
    api.patch(f"{PATH}/{done}", json={"speakers": {"S2": "Bob"}})
    assert api.get(path, headers=known).status_code == 200


def test_many_come_as_one_zip_with_names_of_their_own(api: FlaskClient, session: Session, alice: Account) -> None:
    rows = [make_completed(session, alice, texts=TEXTS[:1], title="Talk") for _ in range(3)]
    session.commit()
    ids = ",".join(row.public_id for row in rows)

    answer = api.get(f"/api/v1/exports?transcription_ids={ids}&formats=srt,json")

    archive = zipfile.ZipFile(io.BytesIO(answer.data))
    assert archive.testzip() is None
    assert sorted(archive.namelist()) == sorted(
        f"Talk{number}.{kind}" for number in ("", " (2)", " (3)") for kind in ("srt", "json")
    )
    assert [json.loads(archive.read(f"Talk{n}.json"))["id"] for n in ("", " (2)", " (3)")] == ids.split(",")
    assert answer.content_type == "application/zip"


def test_what_one_of_many_has_not_is_left_out_by_name(api: FlaskClient, done: str) -> None:
    answer = api.get(f"/api/v1/exports?transcription_ids={done}&formats=txt,chapters_youtube")

    archive = zipfile.ZipFile(io.BytesIO(answer.data))
    assert archive.namelist() == ["Grüße- Vol. 1.txt", "left out.txt"]
    assert b"at least 3 chapters" in archive.read("left out.txt")


def test_a_zip_is_refused_whole_before_its_first_byte(
    api: FlaskClient, stranger: FlaskClient, session: Session, alice: Account, done: str
) -> None:
    processing = make_transcription(session, alice)
    session.commit()

    both = f"/api/v1/exports?transcription_ids={done},{processing.public_id}&formats=srt"
    error_of(api.get(both), 409, "not_ready")
    error_of(stranger.get(f"/api/v1/exports?transcription_ids={done}&formats=srt"), 404, "not_found")
    error_of(api.get(f"/api/v1/exports?transcription_ids={done},tr_0&formats=srt"), 404, "not_found")


def test_a_zip_takes_a_hundred_at_most(api: FlaskClient) -> None:
    ids = ",".join(f"tr_{number}" for number in range(101))

    error_of(api.get(f"/api/v1/exports?transcription_ids={ids}&formats=srt"), 422, "invalid_field", "transcription_ids")
