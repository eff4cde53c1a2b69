"""POST …/edits, …/undo and …/redo, and GET …/revisions."""

from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session

from models import Account, Segment, Transcription
from tests.api_v1.expectations import error_of
from tests.factories import make_completed, make_transcription

TEXTS = ["Good morning.", "Morning, Ada.", "Let us begin."]


@pytest.fixture
def talk(session: Session, alice: Account) -> Transcription:
    talk = make_completed(session, alice, texts=TEXTS)
    session.commit()
    return talk


@pytest.fixture
def path(talk: Transcription) -> str:
    return f"/api/v1/transcriptions/{talk.public_id}"


def set_text(number: int, text: str) -> dict[str, Any]:
    return {"op": "set_text", "segment_id": f"seg_{number}", "text": text}


def test_edits_are_answered_with_what_changed_and_the_next_revision(api: FlaskClient, path: str) -> None:
    edits = [set_text(0, "Good evening."), {"op": "split", "segment_id": "seg_1", "at_word": 1}]
    answer = api.post(f"{path}/edits", json={"revision": 0, "edits": edits}).get_json()
    assert (answer["revision"], answer["segments_changed"], answer["has_more_changes"]) == (1, 3, False)
    first, second = answer["changes"]
    assert (first["replaced_ids"], second["replaced_ids"]) == (["seg_0"], ["seg_1"])
    assert [(each["id"], each["text"]) for each in second["segments"]] == [("seg_1", "Morning,"), ("seg_2", "Ada.")]
    result = api.get(f"{path}/result").get_json()
    assert (result["revision"], len(result["segments"])) == (1, 4)
    assert result["segments"][1:3] == second["segments"]
    assert api.get(path).get_json()["revision"] == 1


def test_every_kind_of_edit_is_taken(api: FlaskClient, path: str) -> None:
    kinds: list[dict[str, Any]] = [
        {"op": "split", "segment_id": "seg_0", "at_character": 5},
        {"op": "split", "segment_id": "seg_2", "at_seconds": 7.0},
        {"op": "merge", "segment_ids": ["seg_0", "seg_1"]},
        {"op": "reassign", "segment_ids": ["seg_0"], "speaker": "new"},
        {"op": "reassign", "segment_ids": ["seg_1"], "speaker": None},
        {"op": "merge_speakers", "speaker": "S3", "into": "S1"},
        {"op": "replace", "find": "us", "replacement": "them", "match_case": True, "whole_words": True},
        {"op": "delete", "segment_ids": ["seg_0"]},
    ]
    for revision, kind in enumerate(kinds):
        answer = api.post(f"{path}/edits", json={"revision": revision, "edits": [kind]})
        assert (answer.status_code, answer.get_json().get("revision")) == (200, revision + 1), answer.text
    listed = api.get(f"{path}/revisions").get_json()["data"]
    assert [each["kind"] for each in reversed(listed)] == [kind["op"] for kind in kinds]


def test_a_dry_run_tells_what_would_change(api: FlaskClient, session: Session, path: str) -> None:
    edits = [{"op": "replace", "find": "MORNING", "replacement": "evening"}]
    tried = api.post(f"{path}/edits", json={"revision": 0, "edits": edits, "dry_run": True}).get_json()
    assert (tried["dry_run"], tried["replaced"], tried["revision"]) == (True, 2, 0)
    assert list(session.scalars(select(Segment.text).order_by(Segment.number))) == TEXTS


def test_undo_and_redo_are_revisions_too(api: FlaskClient, path: str) -> None:
    api.post(f"{path}/edits", json={"revision": 0, "edits": [set_text(0, "Good evening.")]})
    undone = api.post(f"{path}/undo", json={"revision": 1}).get_json()
    redone = api.post(f"{path}/redo", json={"revision": 2}).get_json()
    texts = [answer["changes"][0]["segments"][0]["text"] for answer in (undone, redone)]
    assert (texts, redone["revision"]) == (["Good morning.", "Good evening."], 3)
    listed = api.get(f"{path}/revisions").get_json()["data"]
    assert [(each["revision"], each["kind"], each["undoes"]) for each in listed] == [
        (3, "redo", 2),
        (2, "undo", 1),
        (1, "set_text", None),
    ]
    assert {each["api_key_id"] for each in listed} == {api.get("/api/v1/me").get_json()["api_key"]["id"]}


def test_many_changes_are_answered_in_part(api: FlaskClient, session: Session, alice: Account) -> None:
    long = make_completed(session, alice, texts=["So."] * 101)
    session.commit()
    edits = [{"op": "replace", "find": "so", "replacement": "Well"}]
    answer = api.post(f"/api/v1/transcriptions/{long.public_id}/edits", json={"revision": 0, "edits": edits}).get_json()
    assert (len(answer["changes"]), answer["segments_changed"], answer["has_more_changes"]) == (100, 101, True)


def test_edits_of_an_older_revision_are_refused(api: FlaskClient, path: str) -> None:
    edits = {"revision": 0, "edits": [set_text(0, "Good evening.")]}
    api.post(f"{path}/edits", json=edits)
    error_of(api.post(f"{path}/edits", json=edits), 409, "revision_conflict")
    error_of(api.post(f"{path}/undo", json={"revision": 0}), 409, "revision_conflict")


def test_a_repeat_with_the_same_idempotency_key_is_one_edit(api: FlaskClient, path: str) -> None:
    edits = {"revision": 0, "edits": [set_text(0, "Good evening.")]}
    first, again = (api.post(f"{path}/edits", json=edits, headers={"Idempotency-Key": "k"}) for _ in range(2))
    assert (again.data, again.headers["Idempotent-Replayed"]) == (first.data, "true")
    assert api.get(path).get_json()["revision"] == 1


def test_only_completed_transcriptions_are_edited(api: FlaskClient, session: Session, alice: Account) -> None:
    processing = make_transcription(session, alice)
    session.commit()
    edits = {"revision": 0, "edits": [set_text(0, "x")]}
    error_of(api.post(f"/api/v1/transcriptions/{processing.public_id}/edits", json=edits), 409, "invalid_state")


SPLIT = {"op": "split", "segment_id": "seg_0"}
DELETE_ALL = {"op": "delete", "segment_ids": ["seg_0", "seg_1", "seg_2"]}
BAD: list[tuple[dict[str, Any], str, str]] = [
    ({"edits": [set_text(0, "x")]}, "missing_field", "revision"),
    ({"revision": "0", "edits": [set_text(0, "x")]}, "invalid_field", "revision"),
    ({"revision": 0, "edits": []}, "invalid_field", "edits"),
    ({"revision": 0, "edits": [set_text(0, "x")] * 101}, "invalid_field", "edits"),
    ({"revision": 0, "edits": [{"op": "explode"}]}, "invalid_field", "edits.0"),
    ({"revision": 0, "edits": [{**set_text(0, "x"), "colour": 1}]}, "unknown_field", "edits.0.colour"),
    ({"revision": 0, "edits": [{"op": "set_text", "segment_id": "seg_0"}]}, "missing_field", "edits.0.text"),
    ({"revision": 0, "edits": [set_text(0, "a\0b")]}, "invalid_field", "edits.0.text"),
    ({"revision": 0, "edits": [{**set_text(0, "x"), "segment_id": "0"}]}, "invalid_field", "edits.0.segment_id"),
    ({"revision": 0, "edits": [SPLIT]}, "invalid_field", "edits.0"),
    ({"revision": 0, "edits": [{**SPLIT, "at_word": 1, "at_seconds": 2}]}, "invalid_field", "edits.0"),
    ({"revision": 0, "edits": [{**SPLIT, "at_seconds": 99}]}, "invalid_field", "edits.0.at_seconds"),
    ({"revision": 0, "edits": [set_text(0, "x"), set_text(77, "x")]}, "invalid_field", "edits.1.segment_id"),
    (
        {"revision": 0, "edits": [{"op": "delete", "segment_ids": ["seg_0", "seg_1", "seg_2"]}]},
        "invalid_field",
        "edits",
    ),
]


@pytest.mark.parametrize(("body", "code", "param"), BAD)
def test_a_bad_edit_is_named_and_changes_nothing(
    api: FlaskClient, path: str, body: dict[str, Any], code: str, param: str
) -> None:
    error_of(api.post(f"{path}/edits", json=body), 422, code, param)
    assert api.get(path).get_json()["revision"] == 0


def test_revisions_come_in_pages(api: FlaskClient, path: str) -> None:
    for revision in range(3):
        api.post(f"{path}/edits", json={"revision": revision, "edits": [set_text(0, f"Number {revision}.")]})
    first = api.get(f"{path}/revisions?limit=2").get_json()
    assert ([each["revision"] for each in first["data"]], first["has_more"]) == ([3, 2], True)
    last = api.get(f"{path}/revisions?limit=2&cursor={first['next_cursor']}").get_json()
    assert ([each["revision"] for each in last["data"]], last["next_cursor"]) == ([1], None)
    error_of(api.get(f"{path}/revisions?cursor=x"), 422, "invalid_field", "cursor")
