"""Transcripts that are brought along: read at once, understood and searched like our own, with no charge."""

import json
from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session

from jobs.understanding import understand
from models import Account, Transcription
from tests.factories import api_client, make_account

PATH = "/api/v1/transcriptions"
SRT = "1\n00:00:01,000 --> 00:00:04,000\nADA: The bees make honey.\n\n2\n00:00:05,000 --> 00:00:09,500\nBOB: Do they?\n"
VTT = "WEBVTT\n\n00:01.000 --> 00:04.000\n<v Ada>The bees make honey.\n\n00:05.000 --> 00:09.500\n<v Bob>Do they?\n"
JSON = json.dumps(
    {
        "segments": [
            {"start": 1.0, "end": 4.0, "text": "The bees make honey.", "speaker": "Ada"},
            {"start": 5.0, "end": 9.5, "text": "Do they?", "speaker": "Bob"},
        ]
    }
)


def brought(format: str = "srt", content: str = SRT, **fields: Any) -> dict[str, Any]:  # noqa: A002
    return {"source": "transcript", "transcript": {"format": format, "content": content}, **fields}


pytestmark = pytest.mark.usefixtures("embeddings", "jobs_in_this_process")


def completed(api: FlaskClient, created: dict[str, Any]) -> dict[str, Any]:
    understand(created["id"])
    return dict(api.get(f"{PATH}/{created['id']}").get_json())


@pytest.mark.parametrize(("format", "content"), [("srt", SRT), ("vtt", VTT), ("json", JSON)])
def test_a_transcript_becomes_a_result_for_nothing(api: FlaskClient, format: str, content: str) -> None:  # noqa: A002
    answer = api.post(PATH, json=brought(format, content, title="Bees"))
    created = answer.get_json()
    assert (answer.status_code, created["status"], created["stage"]) == (202, "processing", "queued")
    assert (created["source"], created["pipeline_code"], created["artifacts"]["transcript"]) == (
        "transcript",
        "import",
        "ready",
    )

    done = completed(api, created)

    assert (done["status"], done["title"], done["duration_seconds"]) == ("completed", "Bees", 9.5)
    assert done["cost"] == {"quoted_usd": "0.000000", "charged_usd": "0.000000", "price_per_minute_usd": "0.000000"}
    result = api.get(f"{PATH}/{created['id']}/result").get_json()
    assert [(segment["speaker"], segment["text"]) for segment in result["segments"]] == [
        ("S1", "The bees make honey."),
        ("S2", "Do they?"),
    ]
    assert [speaker["name"].title() for speaker in result["speakers"]] == ["Ada", "Bob"]
    assert (result["chapters"][0]["start"], result["chapters"][-1]["end"]) == (0.0, 9.5)


def test_our_own_result_comes_back_as_it_was(api: FlaskClient) -> None:
    first = completed(api, api.post(PATH, json=brought("json", JSON)).get_json())
    result = api.get(f"{PATH}/{first['id']}/result").get_json()

    second = completed(api, api.post(PATH, json=brought("json", json.dumps(result))).get_json())

    again = api.get(f"{PATH}/{second['id']}/result").get_json()
    for part in ("text", "segments", "speakers", "language", "duration_seconds"):
        assert again[part] == result[part]


def test_it_costs_nothing_even_where_nothing_is_left(session: Session, app: Any) -> None:
    poor = make_account(session, top_up_microusd=0, monthly_cap_microusd=0)
    client = api_client(app, session, poor)

    assert client.post("/api/v1/quotes", json=brought()).get_json()["total_usd"] == "0.000000"
    assert client.post(PATH, json=brought()).status_code == 202


@pytest.mark.parametrize(
    ("body", "param"),
    [
        (brought(content="no transcript at all"), "transcript.content"),
        (brought("json", '{"segments": []}'), "transcript.content"),
        (brought("docx"), "transcript.format"),
        ({"source": "transcript"}, "transcript"),
        (brought(url="https://example.com/a.mp3"), "url"),
        (brought(pipeline_code="whisper-base"), "pipeline_code"),
        ({**brought(url="https://example.com/a.mp3"), "source": "external_url"}, "transcript"),
    ],
)
def test_what_cannot_be_read_is_refused_and_leaves_nothing(
    api: FlaskClient, session: Session, alice: Account, body: dict[str, Any], param: str
) -> None:
    answer = api.post(PATH, json=body)

    assert (answer.status_code, answer.get_json()["error"]["param"]) == (422, param)
    assert session.scalars(select(Transcription).where(Transcription.account_id == alice.id)).all() == []


def test_one_that_was_canceled_is_sent_again(api: FlaskClient) -> None:
    created = api.post(PATH, json=brought()).get_json()

    canceled = api.post(f"{PATH}/{created['id']}/cancel").get_json()

    assert (canceled["status"], canceled["error"]["code"]) == ("failed", "canceled")
    assert api.post(f"{PATH}/{created['id']}/retry").status_code == 409


def test_a_long_transcript_fits_into_a_request(api: FlaskClient) -> None:
    cues = [{"start": n, "end": n + 1, "text": f"This is what is said in second {n}, in words."} for n in range(30_000)]

    answer = api.post(PATH, json=brought("json", json.dumps({"segments": cues})))

    assert answer.status_code == 202
