"""POST /transcriptions: what it takes, what it refuses, what it answers."""

from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session

from jobs import queues
from jobs.queues import QueueName
from models import Account, Plan, Transcription
from tests.api_v1.expectations import BODY, URL, count_of, error_of

PATH = "/api/v1/transcriptions"
FIELDS = [
    *("id", "object", "status", "stage", "progress", "queue_position", "title", "source", "pipeline_code", "language"),
    *(
        "duration_seconds",
        "speakers_count",
        "cost",
        "error",
        "warnings",
        "artifacts",
        "revision",
        "metadata",
        "tags",
        "retention",
        "trashed_at",
        "api_key_id",
    ),
    *("created_at", "started_at", "completed_at", "links", "url"),
]


def created(api: FlaskClient, **fields: Any) -> dict[str, Any]:
    response = api.post(PATH, json={**BODY, **fields})
    assert response.status_code == 202, response.text
    shape: dict[str, Any] = response.get_json()
    return shape


def row_of(session: Session, shape: dict[str, Any]) -> Transcription:
    return session.scalars(select(Transcription).where(Transcription.public_id == shape["id"])).one()


def test_a_url_is_accepted_with_its_location(api: FlaskClient) -> None:
    response = api.post(PATH, json=BODY)

    assert response.status_code == 202
    shape = response.get_json()
    assert sorted(shape) == sorted(FIELDS)
    assert response.headers["Location"] == shape["links"]["self"]
    assert api.get(response.headers["Location"]).get_json() == {**shape, "queue_position": 1}


def test_what_is_not_known_yet_is_null(api: FlaskClient) -> None:
    shape = created(api)

    assert (shape["object"], shape["status"], shape["stage"], shape["progress"]) == (
        *("transcription", "processing", "queued"),
        0,
    )
    assert shape["cost"] == {"quoted_usd": None, "charged_usd": None, "price_per_minute_usd": "0.005000"}
    unknown = ("language", "duration_seconds", "speakers_count", "error", "started_at", "completed_at")
    assert [shape[name] for name in unknown] == [None] * 6
    assert set(shape["artifacts"].values()) == {"pending"}


def test_the_links_lead_to_itself_its_result_and_its_page(api: FlaskClient) -> None:
    shape = created(api)

    base = f"http://127.0.0.1:8000/api/v1/transcriptions/{shape['id']}"
    assert shape["links"]["self"] == base
    assert shape["links"]["result"] == f"{base}/result"
    assert shape["links"]["dashboard"].endswith(f"/transcriptions/{shape['id']}")


def test_times_are_utc(api: FlaskClient) -> None:
    assert created(api)["created_at"].endswith("Z")


def test_it_belongs_to_the_key_that_made_it(api: FlaskClient) -> None:
    assert created(api)["api_key_id"] == api.get("/api/v1/me").get_json()["api_key"]["id"]


def test_of_accepted_work_the_queue_knows_nothing(api: FlaskClient) -> None:
    created(api, url=f"{URL}?token=hush", url_headers={"X-Secret": "hush"})

    (job,) = queues.queue(QueueName.FETCH).jobs
    assert (job.args, job.kwargs, job.meta) == ([queues.DUE], {}, {})
    assert "hush" not in (job.description or "")


def test_refused_work_is_not_queued(api: FlaskClient, session: Session) -> None:
    error_of(api.post(PATH, json={**BODY, "language": "xx"}), 422, "invalid_field", "language")

    assert queues.queue(QueueName.FETCH).count == 0
    assert count_of(session) == 0


def test_the_options_are_kept(api: FlaskClient, session: Session) -> None:
    row = row_of(
        session,
        created(api, diarize=False, speakers_expected=3, vocabulary=["Ada", " Zoë "], max_cost_usd="0.25"),
    )

    assert (row.diarize, row.speakers_expected, row.vocabulary) == (False, 3, ["Ada", "Zoë"])
    assert row.max_cost_microusd == 250_000


def test_the_request_id_goes_with_the_work(api: FlaskClient, session: Session) -> None:
    shape = api.post(PATH, json=BODY, headers={"X-Request-Id": "mine"}).get_json()

    assert row_of(session, shape).request_id == "mine"


def test_the_price_of_the_plan_is_frozen(api: FlaskClient, session: Session, alice: Account) -> None:
    alice.plan = Plan.PRO
    session.commit()

    assert created(api)["cost"]["price_per_minute_usd"] == "0.003500"


@pytest.mark.parametrize(
    ("url", "title"),
    [
        ("https://example.com/shows/Talk%20one.mp3?x=1", "Talk one.mp3"),
        ("https://example.com/", "example.com"),
        ("https://example.com/%E9%9F%B3.wav", "音.wav"),
        ("https://example.com/a%00b%0A.mp3", "ab.mp3"),
        ("https://example.com/" + "x" * 1000, "x" * 200),
    ],
)
def test_without_a_title_the_url_gives_one(api: FlaskClient, url: str, title: str) -> None:
    assert created(api, url=url)["title"] == title


def test_a_title_and_metadata_come_back_as_given(api: FlaskClient) -> None:
    shape = created(api, title=" Board ☕ ", metadata={"order": "", "名": "x" * 500})

    assert shape["title"] == "Board ☕"
    assert shape["metadata"] == {"order": "", "名": "x" * 500}


def test_fifty_metadata_pairs_are_taken(api: FlaskClient) -> None:
    assert len(created(api, metadata={f"k{n}": "v" for n in range(50)})["metadata"]) == 50


def test_url_headers_are_never_shown(api: FlaskClient, session: Session) -> None:
    shape = created(api, url_headers={"Authorization": "Bearer hush"})

    assert row_of(session, shape).url_headers == {"Authorization": "Bearer hush"}
    assert "hush" not in api.get(f"{PATH}/{shape['id']}").text + api.get(PATH).text


@pytest.mark.parametrize("language", ["auto", "en", "en-GB", "EN-us", "zh-Hant-TW"])
def test_a_language_of_the_pipeline_is_taken(api: FlaskClient, language: str) -> None:
    assert created(api, language=language)["language"] is None


@pytest.mark.parametrize("amount", ["0.000001", "1000000", 0.1, 3, "0.25"])
def test_an_amount_is_taken_as_text_or_number(api: FlaskClient, amount: object) -> None:
    created(api, max_cost_usd=amount)


@pytest.mark.parametrize(
    "url",
    [
        "ftp://example.com/a.mp3",
        "file:///etc/passwd",
        "javascript:alert(1)",
        "example.com/a.mp3",
        "https://",
        "https://user:password@example.com/a.mp3",
        "https://example.com:8443/a.mp3",
        "https://example.com:99999/a.mp3",
        "https://exa mple.com/a.mp3",
        " https://example.com/a.mp3",
        "https://example.com/\na.mp3",
        "https:\\\\example.com\\a.mp3",
        "https://[::1/a.mp3",
        "https://example.com/" + "x" * 2048,
        "",
    ],
)
def test_P30_an_impossible_url_is_refused_at_once(api: FlaskClient, session: Session, url: str) -> None:
    error_of(api.post(PATH, json={**BODY, "url": url}), 422, "url_not_allowed", "url")

    assert count_of(session) == 0


@pytest.mark.parametrize("pipeline", ["nothing", "", "WHISPER-BASE", "whisper-base\x00", "import"])
def test_an_unknown_pipeline_is_not_found(api: FlaskClient, pipeline: str) -> None:
    response = api.post(PATH, json={**BODY, "pipeline_code": pipeline})

    if "\x00" in pipeline:
        error_of(response, 422, "invalid_field", "pipeline_code")
    else:
        error_of(response, 404, "pipeline_not_found", "pipeline_code")


MANY = {f"k{number}": "v" for number in range(51)}
WRONG = [
    ("source", "transcripts"),
    ("source", None),
    ("url", None),
    ("url", 5),
    ("url", "https://example.com/\x00"),
    ("url", "https://example.com/\ud800"),
    ("url_headers", ["a"]),
    ("url_headers", {f"X-{number}": "v" for number in range(6)}),
    ("url_headers", {"Host": "internal"}),
    ("url_headers", {"content-LENGTH": "1"}),
    ("url_headers", {"Transfer-Encoding": "chunked"}),
    ("url_headers", {"X": "a\r\nHost: b"}),
    ("url_headers", {"X\n": "a"}),
    ("url_headers", {"X Y": "a"}),
    ("url_headers", {"": "a"}),
    ("url_headers", {"X": 5}),
    ("url_headers", {"X": "a\x00"}),
    ("url_headers", {"X": "☕"}),
    ("url_headers", {"X": "v" * 4097}),
    ("pipeline_code", 5),
    ("language", "tlh"),
    ("language", "english"),
    ("language", "en_GB"),
    ("language", ""),
    ("language", "en\n"),
    ("language", None),
    ("diarize", None),
    ("diarize", "perhaps"),
    ("diarize", "yes"),
    ("diarize", 1),
    ("speakers_expected", 0),
    ("speakers_expected", 21),
    ("speakers_expected", True),
    ("speakers_expected", 2.5),
    ("speakers_expected", "2"),
    ("vocabulary", "Ada"),
    ("vocabulary", ["x"] * 101),
    ("vocabulary", [""]),
    ("vocabulary", [" "]),
    ("vocabulary", ["x" * 301]),
    ("vocabulary", ["\x00"]),
    ("vocabulary", [5]),
    ("title", ""),
    ("title", "  "),
    ("title", "x" * 301),
    ("title", "a\x00b"),
    ("title", "\ud800"),
    ("title", ["a"]),
    ("metadata", MANY),
    ("metadata", {"k": 5}),
    ("metadata", {"k": None}),
    ("metadata", {"": "v"}),
    ("metadata", {"k" * 41: "v"}),
    ("metadata", {"k": "v" * 501}),
    ("metadata", {"k": "\x00"}),
    ("metadata", {"\x00": "v"}),
    ("metadata", {"k": "\udfff"}),
    ("metadata", {"\udfff": "v"}),
    ("metadata", {"k": {"deep": "v"}}),
    ("metadata", "k=v"),
    ("max_cost_usd", -1),
    ("max_cost_usd", "0.0000001"),
    ("max_cost_usd", "1000001"),
    ("max_cost_usd", "NaN"),
    ("max_cost_usd", "Infinity"),
    ("max_cost_usd", "1e400"),
    ("max_cost_usd", "ten"),
    ("max_cost_usd", True),
    ("max_cost_usd", [1]),
]


@pytest.mark.parametrize(("field", "value"), WRONG)
def test_a_wrong_field_is_named(api: FlaskClient, session: Session, field: str, value: object) -> None:
    response = api.post(PATH, json={**BODY, field: value})

    assert response.status_code == 422, response.text
    error = response.get_json()["error"]
    assert error["code"] in ("invalid_field", "missing_field")
    assert error["param"].partition(".")[0] == field
    assert count_of(session) == 0


def test_not_a_number_in_json_is_refused(api: FlaskClient) -> None:
    body = b'{"source": "external_url", "url": "https://example.com/a.mp3", "max_cost_usd": NaN}'

    response = api.post(PATH, data=body, content_type="application/json")

    assert response.status_code in (400, 422)


@pytest.mark.parametrize("name", ["User-Agent", "Cookie", "Authorization", "Accept", "X-Token"])
def test_headers_that_open_a_private_source_are_taken(api: FlaskClient, name: str) -> None:
    created(api, url_headers={name: "a b\t\xe9"})
