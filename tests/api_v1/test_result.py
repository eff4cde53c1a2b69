"""GET /transcriptions/{id}/result."""

import pytest
from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from models import Account, Status
from tests.api_v1.expectations import error_of
from tests.factories import make_completed, make_transcription

PATH = "/api/v1/transcriptions"
FIELDS = [
    *("id", "revision", "text", "language", "duration_seconds", "pipeline_code", "speakers", "segments", "quality"),
    *("chapters", "topics", "summary", "understanding", "engine"),
]


def test_a_result_has_every_field(api: FlaskClient, session: Session, alice: Account) -> None:
    transcription = make_completed(session, alice)
    session.commit()

    response = api.get(f"{PATH}/{transcription.public_id}/result")

    result = response.get_json()
    assert (response.status_code, list(result)) == (200, FIELDS)
    assert result["text"] == "Hello there. General greetings to everyone."
    assert result["speakers"] == [
        {"id": "S1", "name": "S1", "seconds": 5.0},
        {"id": "S2", "name": "S2", "seconds": 5.0},
    ]
    assert result["quality"] == {
        "media_seconds": 10.0,
        "speech_seconds": 10.0,
        "transcribed_seconds": 10.0,
        "coverage": 1.0,
    }


def test_segments_and_words_have_their_shape(api: FlaskClient, session: Session, alice: Account) -> None:
    transcription = make_completed(session, alice, texts=["Hello there."])
    session.commit()

    (segment,) = api.get(f"{PATH}/{transcription.public_id}/result").get_json()["segments"]

    assert segment == {
        "id": "seg_0",
        "start": 0.0,
        "end": 5.0,
        "text": "Hello there.",
        "speaker": "S1",
        "confidence": 0.9,
        "words": [
            {"start": 0.0, "end": 2.5, "word": "Hello", "confidence": 0.9},
            {"start": 2.5, "end": 5.0, "word": "there.", "confidence": 0.9},
        ],
    }


def test_segments_are_in_time_order(api: FlaskClient, session: Session, alice: Account) -> None:
    transcription = make_completed(session, alice, texts=["word"] * 30)
    session.commit()

    segments = api.get(f"{PATH}/{transcription.public_id}/result").get_json()["segments"]

    starts = [segment["start"] for segment in segments]
    assert starts == sorted(starts)
    assert segments[-1]["end"] == 150.0


def test_silence_is_a_result(api: FlaskClient, session: Session, alice: Account) -> None:
    transcription = make_completed(session, alice, texts=[], duration_seconds=7.5, language=None)
    session.commit()

    result = api.get(f"{PATH}/{transcription.public_id}/result").get_json()

    assert (result["text"], result["segments"], result["speakers"]) == ("", [], [])
    assert (result["language"], result["duration_seconds"], result["quality"]["coverage"]) == (None, 7.5, 1.0)


def test_a_processing_one_is_not_ready(api: FlaskClient, session: Session, alice: Account) -> None:
    transcription = make_transcription(session, alice)
    session.commit()

    response = api.get(f"{PATH}/{transcription.public_id}/result")

    error_of(response, 409, "not_ready")
    assert int(response.headers["Retry-After"]) > 0


@pytest.mark.parametrize("code", ["media_undecodable", "canceled", "source_unreachable", "max_cost_exceeded"])
def test_a_failed_one_answers_with_its_own_error(api: FlaskClient, session: Session, alice: Account, code: str) -> None:
    transcription = make_transcription(
        session, alice, status=Status.FAILED, error_code=code, error_message="Do this next."
    )
    session.commit()

    response = api.get(f"{PATH}/{transcription.public_id}/result")

    assert response.status_code == 409
    assert response.get_json()["error"]["code"] == code
    assert response.get_json()["error"]["message"] == "Do this next."
    assert response.get_json()["error"]["doc_url"].endswith(f"#{code}")
