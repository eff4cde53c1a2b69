"""Editing on the transcript's page: with htmx and without, and to strangers."""

import json
import re
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session

from handlers import answering
from handlers.answering import Answered
from handlers.questions import answer_question, put_question
from models import Account, Segment, Transcription
from tests.factories import browser as sign_in
from tests.factories import make_completed, make_media, make_transcription
from tests.pages.conftest import CountQueries, text_of
from tests.pages.test_search import make_findable

HX = {"HX-Request": "true"}
TEXTS = ["Good morning.", "Morning, Ada.", "Let us begin."]


@pytest.fixture(autouse=True)
def _by_words_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("handlers.search.QUESTION_SECONDS", 0.05)


@pytest.fixture
def talk(session: Session, alice: Account) -> Transcription:
    return make_completed(session, alice, texts=TEXTS, media_id=make_media(session, alice).id)


@pytest.fixture
def page(talk: Transcription) -> str:
    return f"/transcriptions/{talk.public_id}"


def texts(session: Session) -> list[str]:
    return list(session.scalars(select(Segment.text).order_by(Segment.number)))


def speakers(session: Session) -> list[str | None]:
    return list(session.scalars(select(Segment.speaker).order_by(Segment.number)))


def line(text: str, **values: str) -> dict[str, str]:
    return {"revision": "0", "text": text, "speaker": "S1", "then": "save", **values}


def test_every_line_leads_to_its_form_which_is_a_page_and_a_fragment(browser: FlaskClient, page: str) -> None:
    address = re.findall(r'href="([^"]+/edit\?revision=0)"', browser.get(page).text)[1]
    whole, fragment = browser.get(address).text, browser.get(address, headers=HX).text
    assert "<html" in whole
    assert "<html" not in fragment
    assert fragment.startswith('<form id="segment-1"')
    assert "Morning, Ada.</textarea>" in fragment
    assert " ".join(fragment.split()) in " ".join(whole.split())


def test_without_script_saving_leads_back_to_the_line(browser: FlaskClient, session: Session, page: str) -> None:
    answer = browser.post(f"{page}/segments/0", data=line("Good evening."))
    assert (answer.status_code, answer.location) == (303, f"{page}?t=0.00#segment-0")
    assert texts(session)[0] == "Good evening."


def test_with_htmx_another_text_brings_its_line_and_the_way_back(browser: FlaskClient, page: str) -> None:
    answer = browser.post(f"{page}/segments/0", data=line("Good evening."), headers=HX)
    assert answer.text.startswith('<p id="segment-0"')
    assert 'id="segment-1"' not in answer.text
    assert "HX-Retarget" not in answer.headers
    assert json.loads(answer.headers["HX-Trigger-After-Settle"])["edited"]["windows"] == []
    assert 'id="revision" name="revision" value="1"' in answer.text
    assert "Changed “Good morning.” to “Good evening.”" in answer.text
    assert "<strong>Out of date:</strong>" in answer.text


def test_what_moves_lines_brings_their_window(browser: FlaskClient, session: Session, page: str) -> None:
    answer = browser.post(f"{page}/segments/0", data=line("Good\r\nmorning."), headers=HX)
    assert texts(session) == ["Good", "morning.", *TEXTS[1:]]
    assert (answer.headers["HX-Retarget"], answer.headers["HX-Reswap"]) == ("#window-0", "outerHTML")
    told = json.loads(answer.headers["HX-Trigger-After-Settle"])["edited"]
    assert told == {"windows": [], "from": 0, "count": 1, "shown": 0}


def test_a_line_is_joined_with_the_next_and_deleted(browser: FlaskClient, session: Session, page: str) -> None:
    browser.post(f"{page}/segments/0", data=line("Good morning!", then="merge"))
    assert texts(session) == ["Good morning! Morning, Ada.", "Let us begin."]
    browser.post(f"{page}/segments/1", data=line("x", revision="1", then="delete"), headers=HX)
    assert texts(session) == ["Good morning! Morning, Ada."]


def test_a_line_or_every_line_gets_another_speaker(browser: FlaskClient, session: Session, page: str) -> None:
    browser.post(f"{page}/segments/0", data=line(TEXTS[0], speaker="new"))
    assert speakers(session) == ["S3", "S2", "S1"]
    browser.post(f"{page}/segments/1", data=line(TEXTS[1], speaker="S1", reach="everywhere", revision="1"))
    assert speakers(session) == ["S3", "S1", "S1"]
    browser.post(f"{page}/segments/0", data=line(TEXTS[0], speaker="", revision="2"))
    assert speakers(session) == [None, "S1", "S1"]


def test_saving_what_was_not_changed_is_no_edit(browser: FlaskClient, session: Session, page: str) -> None:
    answer = browser.post(f"{page}/segments/0", data=line(f" {TEXTS[0]}\r\n"), headers=HX)
    assert answer.text.startswith('<p id="segment-0"')
    assert "history" not in answer.text


def test_lines_are_cut_in_scripts_without_spaces_too(browser: FlaskClient, session: Session, alice: Account) -> None:
    talk = make_completed(session, alice, texts=["你好世界"], language="zh")
    browser.post(f"/transcriptions/{talk.public_id}/segments/0", data=line("你好\n世界"))
    assert texts(session) == ["你好", "世界"]


@pytest.mark.parametrize(
    ("values", "message"),
    [
        (line(" "), "Say what was said, or delete the segment."),
        (line("x", speaker="S9"), "There is no speaker S9 in this transcript."),
        (line("Good night.", revision="7"), "The transcript was edited elsewhere meanwhile."),
    ],
)
def test_what_is_refused_comes_back_as_it_was_typed(
    browser: FlaskClient, page: str, values: dict[str, str], message: str
) -> None:
    answer = browser.post(f"{page}/segments/0", data=values, headers=HX)
    assert answer.status_code == 422
    assert answer.text.startswith('<form id="segment-0"')
    assert message in answer.text
    assert f"{values['text']}</textarea>" in answer.text


def test_the_form_of_an_older_page_is_refused(browser: FlaskClient, page: str) -> None:
    browser.post(f"{page}/segments/0", data=line("Good evening."))
    answer = browser.get(f"{page}/segments/1/edit?revision=0", headers=HX)
    assert answer.status_code == 409
    assert "Reload it first." in answer.text


def test_undo_and_redo_say_what_they_do(browser: FlaskClient, session: Session, page: str) -> None:
    browser.post(f"{page}/segments/0", data=line("Good evening."))
    assert 'title="Undo: Changed “Good morning.” to “Good evening.”"' in browser.get(page).text
    undone = browser.post(f"{page}/undo", data={"revision": "1"}, headers=HX)
    assert "Undone: Changed “Good morning.”" in undone.text
    assert json.loads(undone.headers["HX-Trigger-After-Settle"])["edited"]["windows"] == [0]
    assert texts(session) == TEXTS
    assert browser.post(f"{page}/redo", data={"revision": "2"}).location == page
    assert texts(session)[0] == "Good evening."


def test_find_and_replace_shows_first_and_changes_then(browser: FlaskClient, session: Session, page: str) -> None:
    shown = browser.get(f"{page}/replace?find=MORNING&replacement=evening", headers=HX).text
    assert shown.count("<mark>") == 2
    assert "Found 2 times." in text_of(shown)
    assert texts(session) == TEXTS
    form = dict(re.findall(r'<input type="hidden" name="(\w+)" value="([^"]*)"', shown))
    answer = browser.post(f"{page}/replace", data=form, headers=HX)
    assert texts(session)[:2] == ["Good evening.", "evening, Ada."]
    assert json.loads(answer.headers["HX-Trigger-After-Settle"])["edited"]["windows"] == [0]


def test_find_and_replace_is_a_page_of_its_own_without_script(browser: FlaskClient, page: str) -> None:
    whole = browser.get(f"{page}/replace?find=morning&match_case=true").text
    assert "<html" in whole
    assert "Found once." in text_of(whole)
    assert "It is nowhere in this transcript." in browser.get(f"{page}/replace?find=nobody").text


def test_two_speakers_become_one(browser: FlaskClient, session: Session, page: str) -> None:
    assert "One person, heard as two?" in browser.get(page).text
    browser.post(f"{page}/speakers/merge", data={"revision": "0", "speaker": "S2", "into": "S1"})
    assert speakers(session) == ["S1", "S1", "S1"]
    assert "One person, heard as two?" not in browser.get(page).text


def test_the_history_tells_what_was_done(browser: FlaskClient, page: str) -> None:
    assert "Nobody has edited this transcript yet." in browser.get(f"{page}/revisions").text
    browser.post(f"{page}/segments/0", data=line("Good evening."))
    browser.post(f"{page}/undo", data={"revision": "1"})
    history = text_of(browser.get(f"{page}/revisions").text)
    assert "Undone: Changed “Good morning.” to “Good evening.” 1 segment On this page" in history
    assert browser.get(f"{page}/revisions?limit=1").text.count('rel="next"') == 1


def test_a_growing_transcript_gets_another_window(browser: FlaskClient, session: Session, alice: Account) -> None:
    long = make_completed(session, alice, texts=[f"Line {number}." for number in range(100)])
    address = f"/transcriptions/{long.public_id}"
    grown = browser.post(f"{address}/segments/3", data=line("Line\n3.", speaker="S2"), headers=HX)
    assert 'hx-swap-oob="beforeend:#transcript"' in grown.text
    assert '<section id="window-1"' in grown.text
    assert json.loads(grown.headers["HX-Trigger-After-Settle"])["edited"]["count"] == 2
    shrunk = browser.post(f"{address}/undo", data={"revision": "1"}, headers=HX)
    assert json.loads(shrunk.headers["HX-Trigger-After-Settle"])["edited"] == {
        "windows": [0],
        "from": 0,
        "count": 1,
        "shown": None,
    }


def test_nothing_is_edited_while_it_is_processed(browser: FlaskClient, session: Session, alice: Account) -> None:
    processing = make_transcription(session, alice)
    address = f"/transcriptions/{processing.public_id}"
    assert "Find and replace" not in browser.get(address).text
    assert browser.post(f"{address}/undo", data={"revision": "0"}).status_code == 409


def test_what_is_typed_is_escaped(browser: FlaskClient, page: str) -> None:
    nasty = "<b onclick=alert(1)>"
    answers = [
        browser.post(f"{page}/segments/0", data=line(nasty), headers=HX).text,
        browser.get(f"{page}/segments/0/edit", headers=HX).text,
        browser.get(f"{page}/replace", query_string={"find": nasty, "replacement": nasty}).text,
        browser.get(f"{page}/revisions").text,
    ]
    assert all(nasty not in answer and "&lt;b onclick" in answer for answer in answers)


GETS = ["segments/0", "segments/0/edit", "replace?find=x", "revisions"]
POSTS = ["segments/0", "undo", "redo", "replace", "speakers/merge"]


def test_p41_a_stranger_sees_the_same_as_for_a_missing_one(app: Flask, charlie: Account, page: str) -> None:
    client = sign_in(app, charlie)
    form: dict[str, Any] = {
        "segments/0": line("Mine."),
        "replace": {"revision": "0", "find": "a", "replacement": ""},
        "speakers/merge": {"revision": "0", "speaker": "S1", "into": "S2"},
    }

    def answers(address: str) -> list[tuple[int, str]]:
        got = [client.get(f"{address}/{part}") for part in GETS]
        got += [client.post(f"{address}/{part}", data=form.get(part, {"revision": "0"})) for part in POSTS]
        return [(answer.status_code, answer.text.replace(answer.headers["X-Request-Id"], "")) for answer in got]

    assert answers(page) == answers(page[:-4] + "zzzz")
    assert {status for status, _ in answers(page)} == {404}


def test_the_page_takes_as_many_queries_for_many_revisions(
    browser: FlaskClient, page: str, count_queries: CountQueries
) -> None:
    browser.post(f"{page}/segments/0", data=line("One."))
    few = count_queries(browser, page)
    for number in range(1, 6):
        browser.post(f"{page}/segments/0", data=line(f"Number {number}.", revision=str(number)))
    assert count_queries(browser, page) == few


def test_what_is_quoted_is_found_again_where_an_edit_came_between(
    session: Session, alice: Account, browser: FlaskClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    done = make_findable(session, alice)
    first = texts(session)[0]
    split = line(first.replace(" ", "\n", 1))
    edited_meanwhile(monkeypatch, browser, f"/transcriptions/{done.public_id}/segments/0", split)
    answered = answer_question(alice, put_question(session, alice, "How high is the budget?").public_id)
    (citation, *_) = answered.citations
    cited = " ".join(texts(session)[citation.first_segment : citation.last_segment + 1])
    assert citation.quote in cited
    assert citation.last_segment == 2
    assert "nine thousand euros" in (answered.answer or "")


def test_what_is_quoted_no_more_where_an_edit_came_between_is_no_answer(
    session: Session, alice: Account, browser: FlaskClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    done = make_findable(session, alice)
    edited_meanwhile(monkeypatch, browser, f"/transcriptions/{done.public_id}/segments/1", line("No.", speaker="S2"))
    answered = answer_question(alice, put_question(session, alice, "How high is the budget?").public_id)
    assert (answered.answer, answered.citations) == (None, [])


def edited_meanwhile(monkeypatch: pytest.MonkeyPatch, browser: FlaskClient, address: str, edit: dict[str, str]) -> None:
    """Have an edit come between reading the transcripts and keeping the answer."""

    def answer(*given: Any) -> Answered:
        assert browser.post(address, data=edit).status_code == 303
        return answering.answer(*given)

    monkeypatch.setattr("handlers.questions.answer", answer)
