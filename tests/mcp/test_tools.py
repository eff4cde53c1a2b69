"""The tools, as the library's client calls them."""

from typing import Any

import pytest
from openapi_schema_validator import OAS31Validator
from sqlalchemy.exc import OperationalError

import db
from handlers import library
from models import Account, Status, Transcription
from tests import factories
from tests.mcp.conftest import Desk
from tests.pages.test_search import TEXTS, make_findable
from tests.transcriber import Transcriber

URL = "https://example.com/talk.mp3"
TALK = ["The budget is four thousand.", "Who pays the bank?", "Ada writes to the bank on Monday."]


@pytest.fixture
def talk(bob: Account) -> Transcription:
    with db.transaction() as session:
        return factories.make_completed(session, bob, texts=TALK, title="Budget", speaker_names={"S1": "Ada"})


@pytest.mark.parametrize("mode", ["auto", "legacy"])
def test_the_tools_are_listed_with_what_they_take_and_give(desk: Desk, mode: str) -> None:
    desk.mode = mode
    listed = {tool.name: tool for tool in desk.connected(lambda client: client.list_tools()).tools}

    assert set(listed) == {"transcribe", "wait", "list", "overview", "read", "search", "ask"}
    for tool in listed.values():
        assert tool.description
        assert tool.output_schema is not None
        for schema in (tool.input_schema, tool.output_schema):
            OAS31Validator.check_schema(schema)
            silent = [name for name, field in schema["properties"].items() if "description" not in field]
            assert (schema["type"], silent) == ("object", [])
    annotations = listed["transcribe"].annotations
    assert annotations is not None
    assert (annotations.read_only_hint, annotations.destructive_hint) == (False, False)


@pytest.mark.parametrize("mode", ["auto", "legacy"])
def test_a_recording_is_transcribed_waited_for_and_read(desk: Desk, transcriber: Transcriber, mode: str) -> None:
    desk.mode = mode
    made = desk.call("transcribe", url=URL, title="Greetings", language="en", vocabulary=["Ada"])
    done = desk.call("wait", transcription_id=made["transcription_id"])

    assert (made["status"], done["status"], done["charged_usd"]) == ("processing", "completed", "0.000167")
    page = desk.call("read", transcription_id=made["transcription_id"])
    assert page["text"] == "[0:00] S1: Hello there.\n[0:01] S2: Bye."
    (row,) = transcriber.transcriptions()
    assert (row.title, row.language_requested, row.vocabulary) == ("Greetings", "en", ["Ada"])
    assert row.api_key_id is not None


def test_waiting_ends_when_the_time_is_up(desk: Desk, transcriber: Transcriber) -> None:
    transcriber.go_on.clear()
    made = desk.call("transcribe", url=URL)

    assert desk.call("wait", transcription_id=made["transcription_id"], timeout_seconds=0.1)["status"] == "processing"
    assert desk.text("read", transcription_id=made["transcription_id"]).startswith("not_ready: ")


def test_a_long_transcript_is_read_page_by_page(desk: Desk, bob: Account) -> None:
    said = [f"Sentence number {number} of a long talk." for number in range(100)]
    with db.transaction() as session:
        made = factories.make_completed(session, bob, texts=said)
    pages: list[dict[str, Any]] = []
    cursor = None
    while not pages or cursor is not None:
        further: dict[str, Any] = {} if cursor is None else {"cursor": cursor}
        pages.append(desk.call("read", transcription_id=made.public_id, max_characters=2000, **further))
        cursor = pages[-1]["next_cursor"]

    assert [text for text in said if text not in "".join(page["text"] for page in pages)] == []
    assert sum(len(page["text"].splitlines()) for page in pages) == 100
    assert max(len(page["text"]) for page in pages) <= 2000
    assert 2 < len(pages) < 5


def test_a_part_is_read_by_its_times(desk: Desk, talk: Transcription) -> None:
    part = desk.call("read", transcription_id=talk.public_id, start=6, end=10)
    behind = desk.call("read", transcription_id=talk.public_id, start=900)
    text = desk.text("read", transcription_id=talk.public_id, max_characters=500)

    assert (part["text"], part["start"], part["end"]) == ("[0:05] S2: Who pays the bank?", 5.0, 10.0)
    assert (behind["text"], behind["start"], behind["next_cursor"]) == ("", None, None)
    assert text.startswith(f"Budget ({talk.public_id}, 0:15 long)\n\n[0:00] Ada: The budget is four thousand.\n")
    assert text.endswith("That is all.")


def test_an_overview_tells_what_it_is_about(desk: Desk, talk: Transcription) -> None:
    seen = desk.call("overview", transcription_id=talk.public_id)

    assert seen["speakers"][0] == {"name": "Ada", "seconds": 10.0}
    assert (seen["summary"], seen["topics"], seen["characters"]) == (TALK[0], ["Greetings"], sum(map(len, TALK)))
    assert seen["chapters"][0]["end"] == 15.0


def test_moments_are_found_and_questions_answered(desk: Desk, bob: Account, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("handlers.search.QUESTION_SECONDS", 0.05)
    with db.transaction() as session:
        board = make_findable(session, bob, title="Board", speaker_names={"S2": "Ada"})

    hit = desk.call("search", q="budget")["hits"][0]
    answered = desk.call("ask", question="How high is the budget?", transcription_ids=[board.public_id])
    unknown = desk.call("ask", question="Who invented the telephone?")

    assert (hit["transcription_id"], hit["title"], hit["speaker"]) == (board.public_id, "Board", "Ada")
    assert "budget" in hit["text"]
    assert "nine thousand euros" in answered["answer"]
    assert answered["quotes"][0]["quote"] in " ".join(TEXTS)
    assert (answered["answerable"], unknown["answerable"], unknown["quotes"]) == (True, False, [])


def test_the_list_is_the_accounts(desk: Desk, bob: Account, talk: Transcription, charlies_key: str) -> None:
    with db.transaction() as session:
        factories.make_transcription(session, bob, status=Status.FAILED)
    mine = desk.call("list", limit=1)
    rest = desk.call("list", cursor=mine["next_cursor"])

    assert mine["transcriptions"][0]["error"].startswith("media_undecodable: ")
    assert [row["title"] for row in rest["transcriptions"]] == ["Budget"]
    desk.key = charlies_key
    assert desk.call("list") == {"transcriptions": [], "next_cursor": None}
    for tool in ("wait", "overview", "read"):
        assert desk.text(tool, transcription_id=talk.public_id).startswith("not_found: ")
    assert desk.text("search", q="bank", transcription_id=talk.public_id).startswith("not_found: ")
    assert desk.text("ask", question="Who?", transcription_ids=[talk.public_id]).startswith("not_found: ")


@pytest.mark.parametrize(
    ("tool", "arguments", "said"),
    [
        ("transcribe", {}, "missing_field: url"),
        ("transcribe", {"url": URL, "upload_id": "up_1"}, "missing_field: url"),
        ("transcribe", {"url": "ftp://example.com/a"}, "url_not_allowed: "),
        ("transcribe", {"upload_id": "up_1"}, "upload_not_found: "),
        ("transcribe", {"url": URL, "max_cost_usd": "0.000001"}, ""),
        ("transcribe", {"url": URL, "langauge": "en"}, "unknown_field: There is no field langauge."),
        ("wait", {"transcription_id": "tr_0"}, "not_found: "),
        ("read", {"transcription_id": "tr_0", "max_characters": 1}, "invalid_field: max_characters: "),
    ],
)
def test_a_refusal_is_the_tools_error_with_our_code(
    desk: Desk, tool: str, arguments: dict[str, Any], said: str
) -> None:
    result = desk.result(tool, **arguments)

    assert result.is_error or not said
    assert result.content[0].text.startswith(said)  # type: ignore[union-attr]


def test_a_fault_of_ours_tells_no_details(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    def fails(error: Exception) -> Any:
        def get(*arguments: object, **named: object) -> None:
            raise error

        return get

    for error, code in (
        (RuntimeError("password=hunter2"), "internal_error"),
        (OperationalError("SELECT secret", None, Exception("10.0.0.7")), "service_unavailable"),
    ):
        monkeypatch.setattr(library, "list_transcriptions", fails(error))
        text = desk.text("list")
        assert text.startswith(f"{code}: ")
        assert "hunter2" not in text
        assert "10.0.0.7" not in text
