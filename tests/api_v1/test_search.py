"""Search and questions through the API, over transcripts that the job has indexed."""

from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session

from jobs.understanding import understand
from models import Account, Question
from tests.api_v1.test_imports import PATH, brought

BEES = """WEBVTT

00:00.000 --> 00:05.000
<v Ada>The bees make honey in the hive.

00:05.000 --> 00:09.000
<v Bob>A queen lays the eggs.
"""
BOATS = """WEBVTT

00:00.000 --> 00:05.000
<v Cleo>The sail of the boat catches wind.

00:05.000 --> 00:09.000
<v Ada>A keel keeps it upright.
"""


pytestmark = pytest.mark.usefixtures("embeddings")


@pytest.fixture
def library(api: FlaskClient, embeddings: None, jobs_in_this_process: None) -> dict[str, str]:
    """The ids of two indexed transcripts."""
    ids = {}
    for title, content in {"Bees": BEES, "Boats": BOATS}.items():
        ids[title] = api.post(PATH, json=brought("vtt", content, title=title)).get_json()["id"]
        understand(ids[title])
    return ids


def found(api: FlaskClient, query: str, path: str = "/api/v1/search") -> list[dict[str, Any]]:
    answer = api.get(f"{path}?{query}")
    assert answer.status_code == 200, answer.get_data(as_text=True)
    hits: list[dict[str, Any]] = answer.get_json()["data"]
    return hits


def test_a_hit_names_its_moment(api: FlaskClient, library: dict[str, str]) -> None:
    hit = found(api, "q=honey+of+bees")[0]

    assert (hit["transcription_id"], hit["title"], hit["segment_id"]) == (library["Bees"], "Bees", "seg_0")
    assert (hit["speaker"], hit["text"], hit["at"]) == ("S1", "The bees make honey in the hive.", 0.0)
    assert hit["start"] <= hit["at"] < hit["end"]
    assert [hit["text"][start:end] for start, end in hit["highlights"]] == ["bees", "honey"]


def test_words_are_found_however_they_are_inflected(api: FlaskClient, library: dict[str, str]) -> None:
    assert [hit["title"] for hit in found(api, "q=sails+catching+winds")][:1] == ["Boats"]


@pytest.mark.parametrize(
    ("query", "titles"),
    [
        ("q=the+bees+and+the+boat&title=boat", {"Boats"}),
        ("q=the+bees+and+the+boat&speaker=Bob", {"Bees"}),
        ("q=the+bees+and+the+boat&pipeline_code=import", {"Bees", "Boats"}),
        ("q=the+bees+and+the+boat&pipeline_code=whisper-base", set()),
        ("q=the+bees+and+the+boat&created_after=2100-01-01T00:00:00Z", set()),
    ],
)
def test_filters_narrow_it(api: FlaskClient, library: dict[str, str], query: str, titles: set[str]) -> None:
    assert {hit["title"] for hit in found(api, query)} == titles


def test_one_transcription_is_searched_alone(api: FlaskClient, library: dict[str, str]) -> None:
    by_path = found(api, "q=the+bees+and+the+boat", f"{PATH}/{library['Boats']}/search")
    by_query = found(api, f"q=the+bees+and+the+boat&transcription_id={library['Boats']}")

    assert by_path == by_query
    assert {hit["title"] for hit in by_path} == {"Boats"}


@pytest.mark.usefixtures("library")
def test_P41_a_stranger_finds_nothing(stranger: FlaskClient, api: FlaskClient) -> None:
    assert found(stranger, "q=bees") == []
    assert found(api, "q=bees")


def test_P41_a_strangers_transcription_is_a_missing_one(stranger: FlaskClient, library: dict[str, str]) -> None:
    bees = library["Bees"]

    assert stranger.get(f"/api/v1/search?q=bees&transcription_id={bees}").status_code == 404
    assert stranger.get(f"{PATH}/{bees}/search?q=bees").status_code == 404
    assert stranger.post(f"{PATH}/{bees}/questions", json={"question": "Who?"}).status_code == 404
    assert stranger.post("/api/v1/questions", json={"question": "Who?", "transcription_ids": [bees]}).status_code == 404


@pytest.mark.parametrize("query", ["", "q=", "q=+", "q=x&limit=0", "q=x&limit=51", "q=x&sort=new"])
def test_a_search_that_makes_no_sense_is_refused(api: FlaskClient, query: str) -> None:
    assert api.get(f"/api/v1/search?{query}").status_code == 422


def test_an_answer_quotes_word_for_word(api: FlaskClient, library: dict[str, str]) -> None:
    answer = api.post("/api/v1/questions", json={"question": "What do the bees make in the hive?"}).get_json()

    assert (answer["answerable"], answer["understanding"]["engine"]) == (True, "extractive")
    cited = answer["citations"][0]
    assert (cited["transcription_id"], cited["title"]) == (library["Bees"], "Bees")
    result = api.get(f"{PATH}/{library['Bees']}/result").get_json()
    assert cited["quote"] in result["text"]
    assert set(cited["segment_ids"]) <= {segment["id"] for segment in result["segments"]}


@pytest.mark.usefixtures("library")
def test_what_nobody_said_is_not_answered(api: FlaskClient) -> None:
    answer = api.post("/api/v1/questions", json={"question": "Which volcano erupted yesterday?"}).get_json()

    assert (answer["answerable"], answer["answer"], answer["citations"]) == (False, None, [])


def test_one_transcription_is_asked_alone(api: FlaskClient, library: dict[str, str]) -> None:
    question = {"question": "What do the bees make in the hive?"}

    assert api.post(f"{PATH}/{library['Bees']}/questions", json=question).get_json()["answerable"]
    assert not api.post(f"{PATH}/{library['Boats']}/questions", json=question).get_json()["answerable"]


@pytest.mark.usefixtures("library")
def test_questions_are_kept_until_they_are_forgotten(api: FlaskClient, stranger: FlaskClient) -> None:
    asked = api.post("/api/v1/questions", json={"question": "What do the bees make in the hive?"}).get_json()

    assert api.get(f"/api/v1/questions/{asked['id']}").get_json() == asked
    assert api.get("/api/v1/questions").get_json()["data"] == [asked]
    assert stranger.get("/api/v1/questions").get_json()["data"] == []
    assert stranger.delete(f"/api/v1/questions/{asked['id']}").status_code == 404
    assert api.delete(f"/api/v1/questions/{asked['id']}").status_code == 204
    assert api.get("/api/v1/questions").get_json()["data"] == []


def test_answers_go_with_the_transcription_they_quote(
    api: FlaskClient, session: Session, alice: Account, library: dict[str, str]
) -> None:
    api.post("/api/v1/questions", json={"question": "What do the bees make in the hive?"})
    api.post(f"{PATH}/{library['Bees']}/questions", json={"question": "Which volcano erupted?"})
    about_boats = api.post(f"{PATH}/{library['Boats']}/questions", json={"question": "What does the sail catch?"})

    assert api.delete(f"{PATH}/{library['Bees']}").status_code == 204

    left = session.scalars(select(Question.public_id).where(Question.account_id == alice.id)).all()
    assert left == [about_boats.get_json()["id"]]
    assert [hit["title"] for hit in found(api, "q=bees+in+the+hive")] in ([], ["Boats"])


def test_P03_a_repeated_question_is_asked_once(api: FlaskClient, session: Session, library: dict[str, str]) -> None:
    headers = {"Idempotency-Key": "bees"}
    first, second = (
        api.post("/api/v1/questions", json={"question": "What do bees make?"}, headers=headers) for _ in range(2)
    )

    assert first.get_data() == second.get_data()
    assert len(session.scalars(select(Question)).all()) == 1
