"""Showing, changing, canceling, retrying and deleting one transcription."""

from pathlib import Path
from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from handlers.transcriptions import audio_key
from jobs import queues
from jobs.queues import DUE, QueueName
from models import Account, Media, Segment, Stage, Status, Transcription
from runtime import store
from tests.api_v1.expectations import BODY, count_of, error_of
from tests.factories import make_completed, make_media, make_transcription

PATH = "/api/v1/transcriptions"


def path_of(session: Session, transcription: Transcription) -> str:
    session.commit()
    return f"{PATH}/{transcription.public_id}"


def put_audio(transcription: Transcription, tmp_path: Path) -> str:
    key = audio_key(transcription.public_id)
    (tmp_path / "pcm").write_bytes(b"\0\0")
    store().put_file(key, tmp_path / "pcm")
    return key


def test_a_completed_one_is_shown_with_its_price(api: FlaskClient, session: Session, alice: Account) -> None:
    shape = api.get(path_of(session, make_completed(session, alice))).get_json()

    assert (shape["status"], shape["stage"], shape["progress"], shape["error"]) == ("completed", None, 1.0, None)
    assert shape["cost"] == {
        "quoted_usd": "0.000900",
        "charged_usd": "0.000900",
        "price_per_minute_usd": "0.005000",
    }
    assert (shape["duration_seconds"], shape["speakers_count"], shape["language"]) == (10.0, 2, "en")
    assert shape["artifacts"]["transcript"] == "ready"


def test_a_failed_one_tells_why(api: FlaskClient, session: Session, alice: Account) -> None:
    shape = api.get(path_of(session, make_transcription(session, alice, status=Status.FAILED))).get_json()

    assert (shape["status"], shape["stage"]) == ("failed", None)
    assert shape["error"] == {"code": "media_undecodable", "message": "It could not be decoded."}
    assert set(shape["artifacts"].values()) == {"failed"}


NO_IDS = [
    *("tr_", "tr_ABC", "tr_" + "0" * 32, "TR_0", "tr-0", "1", "0", "-1", "null", "tr_0'", "tr_%00", "%00", "..%2f"),
    *("tr_0%0A", "☕", "tr_①", "abcdefghi_0", "tr_0;x", "%ED%A0%80", "x" * 3000),
]


@pytest.mark.parametrize("rest", ["", "/result", "/wait", "/events"])
def test_what_is_no_id_is_not_found(api: FlaskClient, rest: str) -> None:
    for segment in NO_IDS:
        error_of(api.get(f"{PATH}/{segment}{rest}"), 404, "not_found")


def test_an_id_of_another_noun_is_not_found(api: FlaskClient) -> None:
    key_id = api.get("/api/v1/me").get_json()["api_key"]["id"]

    error_of(api.get(f"{PATH}/{key_id}"), 404, "not_found")


def test_title_and_metadata_can_be_changed(api: FlaskClient, session: Session, alice: Account) -> None:
    path = path_of(session, make_transcription(session, alice, labels={"old": "1"}))

    shape = api.patch(path, json={"title": " Board ", "metadata": {"team": "a"}}).get_json()

    assert (shape["title"], shape["metadata"]) == ("Board", {"team": "a"})
    assert api.get(path).get_json() == shape


def test_what_is_left_out_stays(api: FlaskClient, session: Session, alice: Account) -> None:
    path = path_of(session, make_transcription(session, alice, title="Board", labels={"team": "a"}))

    bodies: list[dict[str, Any]] = [{}, {"metadata": None}, {"speakers": {}}]
    for body in bodies:
        shape = api.patch(path, json=body).get_json()
        assert (shape["title"], shape["metadata"]) == ("Board", {"team": "a"})


def test_tags_are_given_at_creation_and_changed(api: FlaskClient) -> None:
    made = api.post(PATH, json={**BODY, "tags": [" Sales", "sales", "EU"]}).get_json()
    path = made["links"]["self"]

    assert made["tags"] == ["EU", "Sales"]
    assert api.patch(path, json={"title": "Board"}).get_json()["tags"] == ["EU", "Sales"]
    assert api.patch(path, json={"tags": ["new"]}).get_json()["tags"] == ["new"]
    assert api.patch(path, json={"tags": []}).get_json() == api.get(path).get_json()
    assert api.get(path).get_json()["tags"] == []


def test_a_speaker_gets_a_name_and_loses_it_again(api: FlaskClient, session: Session, alice: Account) -> None:
    path = path_of(session, make_completed(session, alice))

    api.patch(path, json={"speakers": {"S1": "Ada"}})
    assert [s["name"] for s in api.get(f"{path}/result").get_json()["speakers"]] == ["Ada", "S2"]
    api.patch(path, json={"speakers": {"S2": "Bob", "S1": ""}})

    assert [s["name"] for s in api.get(f"{path}/result").get_json()["speakers"]] == ["S1", "Bob"]


@pytest.mark.parametrize(
    ("body", "code", "param"),
    [
        ({"speakers": {"S9": "Ada"}}, "invalid_field", "speakers"),
        ({"speakers": {"S1": "x" * 101}}, "invalid_field", "speakers.S1"),
        ({"speakers": {"S1": "\x00"}}, "invalid_field", "speakers.S1"),
        ({"speakers": ["S1"]}, "invalid_field", "speakers"),
        ({"title": None}, "invalid_field", "title"),
        ({"title": " "}, "invalid_field", "title"),
        ({"tags": ["a,b"]}, "invalid_field", "tags.0"),
        ({"tags": ["a\nb"]}, "invalid_field", "tags.0"),
        ({"tags": ["x" * 41]}, "invalid_field", "tags.0"),
        ({"tags": [" "]}, "invalid_field", "tags.0"),
        ({"tags": [str(n) for n in range(21)]}, "invalid_field", "tags"),
        ({"metadata": {"k": 1}}, "invalid_field", "metadata.k"),
        ({"metadata": {f"k{n}": "" for n in range(51)}}, "invalid_field", "metadata"),
        ({"status": "completed"}, "unknown_field", "status"),
        ({"language": "en"}, "unknown_field", "language"),
    ],
)
def test_a_wrong_change_is_refused_whole(
    api: FlaskClient, session: Session, alice: Account, body: dict[str, Any], code: str, param: str
) -> None:
    path = path_of(session, make_completed(session, alice))
    before = api.get(path).get_json()

    error_of(api.patch(path, json={"metadata": {"new": "1"}, **body}), 422, code, param)

    assert api.get(path).get_json() == before


def test_a_canceled_one_is_failed_and_costs_nothing(
    api: FlaskClient, session: Session, alice: Account, tmp_path: Path
) -> None:
    transcription = make_transcription(
        session, alice, stage=Stage.TRANSCRIBING, duration_seconds=60.0, quoted_microusd=5000, progress=0.4
    )
    key = put_audio(transcription, tmp_path)

    response = api.post(f"{path_of(session, transcription)}/cancel")

    shape = response.get_json()
    assert (response.status_code, shape["status"], shape["stage"]) == (200, "failed", None)
    assert shape["error"]["code"] == "canceled"
    assert shape["cost"]["charged_usd"] == "0.000000"
    assert store().size_bytes(key) is None


@pytest.mark.parametrize("status", [Status.COMPLETED, Status.FAILED])
def test_P11_a_final_one_cannot_be_canceled(api: FlaskClient, session: Session, alice: Account, status: Status) -> None:
    path = path_of(session, make_transcription(session, alice, status=status))
    before = api.get(path).get_json()

    error_of(api.post(f"{path}/cancel"), 409, "invalid_state")

    assert api.get(path).get_json() == before


@pytest.mark.parametrize("verb", ["cancel", "retry"])
def test_verbs_take_no_fields(api: FlaskClient, session: Session, alice: Account, verb: str) -> None:
    path = path_of(session, make_transcription(session, alice))

    error_of(api.post(f"{path}/{verb}", json={"reason": "x"}), 422, "unknown_field", "reason")


def test_a_retry_is_a_new_one_with_the_same_source_and_options(
    api: FlaskClient, session: Session, alice: Account
) -> None:
    wanted = {
        "source": "external_url",
        "url": "https://example.com/a.mp3",
        "url_headers": {"Cookie": "a=b"},
        "language": "en-GB",
        "diarize": False,
        "speakers_expected": 2,
        "vocabulary": ["Ada"],
        "title": "Board",
        "metadata": {"team": "a"},
        "max_cost_usd": "1",
    }
    first = api.post(PATH, json=wanted).get_json()
    api.post(f"{PATH}/{first['id']}/cancel")

    response = api.post(f"{PATH}/{first['id']}/retry")

    again = response.get_json()
    assert (response.status_code, response.headers["Location"]) == (202, again["links"]["self"])
    assert again["id"] != first["id"]
    assert (again["status"], again["stage"], again["url"]) == ("processing", "queued", wanted["url"])
    assert (again["title"], again["metadata"]) == ("Board", {"team": "a"})
    assert api.get(f"{PATH}/{first['id']}").get_json()["status"] == "failed"
    rows = session.scalars(select(Transcription).order_by(Transcription.id)).all()
    for name in ("url_headers", "language_requested", "diarize", "speakers_expected", "vocabulary"):
        assert getattr(rows[0], name) == getattr(rows[1], name)
    assert rows[1].max_cost_microusd == 1_000_000
    assert queues.waiting(QueueName.FETCH) == {DUE}


@pytest.mark.parametrize("status", [Status.PROCESSING, Status.COMPLETED])
def test_only_a_failed_one_can_be_retried(api: FlaskClient, session: Session, alice: Account, status: Status) -> None:
    path = path_of(session, make_transcription(session, alice, status=status))

    error_of(api.post(f"{path}/retry"), 409, "invalid_state")

    assert count_of(session) == 1


def test_a_deleted_one_is_gone_with_all_that_it_had(
    api: FlaskClient, session: Session, alice: Account, tmp_path: Path
) -> None:
    media = make_media(session, alice)
    transcription = make_completed(session, alice, media_id=media.id)
    keys = [media.object_key, put_audio(transcription, tmp_path)]
    path = path_of(session, transcription)

    response = api.delete(path)

    assert (response.status_code, response.data) == (204, b"")
    error_of(api.get(path), 404, "not_found")
    error_of(api.delete(path), 404, "not_found")
    assert [store().size_bytes(key) for key in keys] == [None, None]
    assert session.scalar(select(func.count()).select_from(Segment)) == 0
    assert session.scalar(select(func.count()).select_from(Media)) == 0


def test_a_processing_one_can_be_deleted(api: FlaskClient, session: Session, alice: Account, tmp_path: Path) -> None:
    transcription = make_transcription(session, alice, quoted_microusd=5)
    key = put_audio(transcription, tmp_path)

    assert api.delete(path_of(session, transcription)).status_code == 204

    assert count_of(session) == 0
    assert store().size_bytes(key) is None


def test_a_recording_that_a_retry_shares_is_kept_until_both_are_deleted(
    api: FlaskClient, session: Session, alice: Account
) -> None:
    media = make_media(session, alice)
    first = path_of(session, make_transcription(session, alice, status=Status.FAILED, media_id=media.id))
    second = f"{PATH}/{api.post(f'{first}/retry').get_json()['id']}"

    api.delete(first)
    assert store().size_bytes(media.object_key) is not None
    api.delete(second)

    assert store().size_bytes(media.object_key) is None


def test_P2_delete_and_get_ignore_an_idempotency_key(api: FlaskClient, session: Session, alice: Account) -> None:
    path, header = path_of(session, make_transcription(session, alice)), {"Idempotency-Key": "not valid"}

    assert api.get(path, headers=header).status_code == 200
    assert api.delete(path, headers=header).status_code == 204
    assert api.delete(path, headers=header).status_code == 404
