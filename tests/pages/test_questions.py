"""Questions on the dashboard: asked with and without script, answered in a stream, kept, deleted, and to strangers."""

import hashlib
import re
from collections.abc import Callable
from pathlib import Path

import pytest
from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from handlers.questions import answer_question, answer_within, list_questions, put_question
from models import Account, Question
from tests.factories import make_completed, make_media, make_transcription
from tests.pages.conftest import text_of
from tests.pages.test_search import TEXTS, make_findable

HX = {"HX-Request": "true"}
ROOT = Path(__file__).parents[2]
ASKED = "How high is the budget?"


@pytest.fixture(autouse=True)
def _by_words_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("handlers.search.QUESTION_SECONDS", 0.05)


@pytest.fixture
def transcript(session: Session, alice: Account) -> str:
    return make_findable(session, alice, title="Board", speaker_names={"S2": "Ada"}).public_id


def make_answered(session: Session, account: Account, text: str = ASKED, only: str | None = None) -> Question:
    put = put_question(session, account, text, [only] if only else None)
    return answer_within(session, account, put.public_id)


def put(session: Session, account: Account) -> str:
    question = put_question(session, account, ASKED)
    session.commit()
    return question.public_id


def test_without_script_the_answer_is_on_the_next_page(browser: FlaskClient, transcript: str) -> None:
    answer = browser.post("/ask", data={"question": ASKED}, follow_redirects=True)
    assert answer.request.path == "/ask"
    assert "nine thousand euros" in answer.text
    assert f"/transcriptions/{transcript}?t=" in answer.text
    assert "Board Ada" in text_of(answer.text)
    assert "Extracted from the transcript" in answer.text


def test_recordings_in_which_nobody_speaks_make_no_question_harder(
    session: Session, alice: Account, transcript: str
) -> None:
    make_completed(session, alice, texts=[], language=None)
    make_transcription(session, alice, language=None)

    assert "nine thousand euros" in (make_answered(session, alice).answer or "")


def test_where_the_stream_breaks_the_answer_comes_at_once(
    browser: FlaskClient, session: Session, alice: Account, transcript: str
) -> None:
    answer = browser.get(f"/questions/{put(session, alice)}", headers=HX)
    assert answer.text.startswith("<article")
    assert "nine thousand euros" in answer.text
    assert "sse-connect" not in answer.text


def test_with_script_the_question_opens_a_stream_that_ends_with_the_answer(
    browser: FlaskClient, transcript: str
) -> None:
    asked = browser.post("/ask", data={"question": ASKED}, headers=HX).text
    stream = re.search(r'sse-connect="([^"]+)"', asked)
    assert stream
    answer = browser.get(stream[1])
    assert answer.content_type == "text/event-stream"
    assert answer.headers["Cache-Control"] == "no-store"
    assert answer.text.startswith("event: done\ndata: <article")
    assert "nine thousand euros" in answer.text
    assert "sse-connect" not in answer.text


def test_a_growing_answer_is_escaped_and_shown_before_the_last(
    browser: FlaskClient, session: Session, alice: Account, monkeypatch: pytest.MonkeyPatch
) -> None:
    def grow(account: Account, public_id: str, *, on_text: Callable[[str], None]) -> Question:
        on_text("<b>Nine\nthousand")
        return answer_question(account, public_id)

    monkeypatch.setattr("blueprints.pages.answer_streams.answer_question", grow)
    monkeypatch.setattr("blueprints.pages.answer_streams._latest", lambda news: news.get(timeout=5))
    events = browser.get(f"/questions/{put(session, alice)}/stream").text
    assert events.startswith("event: text\ndata: &lt;b&gt;Nine\ndata: thousand\n\nevent: done\n")


def test_a_stream_that_fails_says_so_and_offers_another_try(
    browser: FlaskClient, session: Session, alice: Account, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_: object, **__: object) -> Question:
        raise RuntimeError("the disk is full of secrets")

    monkeypatch.setattr("blueprints.pages.answer_streams.answer_question", fail)
    events = browser.get(f"/questions/{put(session, alice)}/stream").text
    assert "could not be answered just now" in events
    assert "Try again" in events
    assert "secrets" not in events


def test_a_stream_shows_that_it_is_still_there(
    browser: FlaskClient, session: Session, alice: Account, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("blueprints.pages.answer_streams.KEEP_ALIVE_SECONDS", 0.001)
    assert browser.get(f"/questions/{put(session, alice)}/stream").text.startswith(": still here\n\n")


def test_what_is_not_in_the_transcripts_is_said_plainly(browser: FlaskClient, session: Session, alice: Account) -> None:
    make_answered(session, alice, "Who won the chess tournament?")
    assert "The answer is not in your transcripts." in browser.get("/ask").text


def test_before_the_first_question_examples_can_be_asked_without_script(browser: FlaskClient, transcript: str) -> None:
    page = browser.get("/ask").text
    example = re.search(r'<button class="chip" name="question" value="([^"]+)"', page)
    assert example
    assert example[1] == "What was said about Greetings?"
    assert browser.post("/ask", data={"question": example[1]}).status_code == 303


def test_a_quote_plays_where_it_is_cited(browser: FlaskClient, session: Session, alice: Account) -> None:
    done = make_findable(session, alice, title="Board", media_id=make_media(session, alice).id)
    make_answered(session, alice)
    page = browser.get("/ask").text
    assert f'href="/transcriptions/{done.public_id}/media#t=0.00,10.00"' in page
    assert 'aria-label="Play Board at 0:00"' in page


def test_questions_are_listed_newest_first_and_paged(browser: FlaskClient, session: Session, alice: Account) -> None:
    for number in range(3):
        make_answered(session, alice, f"Question {number}?")
    page = browser.get("/ask?limit=2").text
    assert page.index("Question 2?") < page.index("Question 1?")
    assert "Question 0?" not in page
    older = re.search(r'rel="next" href="([^"]+)"', page)
    assert older
    assert "Question 0?" in browser.get(older[1].replace("&amp;", "&")).text


def test_a_question_is_deleted_with_and_without_script(browser: FlaskClient, session: Session, alice: Account) -> None:
    one, other = make_answered(session, alice).public_id, make_answered(session, alice).public_id
    assert browser.post(f"/questions/{one}/delete").status_code == 303
    assert browser.post(f"/questions/{other}/delete", headers=HX).text == ""
    assert list_questions(session, alice, limit=10).rows == []


def test_an_empty_question_comes_back_with_a_message(browser: FlaskClient) -> None:
    answer = browser.post("/ask", data={"question": " "})
    assert answer.status_code == 422
    assert "question is required" in answer.text
    assert "question is required" in browser.post("/ask", data={}, headers=HX).text


def test_a_stranger_finds_neither_question_nor_stream(browser: FlaskClient, session: Session, charlie: Account) -> None:
    theirs = make_answered(session, charlie).public_id
    for path in (f"/questions/{theirs}", f"/questions/{theirs}/stream", f"/ask?question={theirs}"):
        assert browser.get(path).status_code == 404
    assert browser.post(f"/questions/{theirs}/delete").status_code == 404


def test_another_accounts_transcript_cannot_be_asked(browser: FlaskClient, session: Session, charlie: Account) -> None:
    theirs = make_findable(session, charlie)
    assert browser.post("/ask", data={"question": ASKED, "transcription_ids": theirs.public_id}).status_code == 404


def test_some_are_asked_and_the_others_are_not(
    browser: FlaskClient, session: Session, alice: Account, transcript: str
) -> None:
    other = make_findable(session, alice, title="Lunch", texts=["We had soup.", "It was good."]).public_id
    page = browser.get(f"/ask?transcription_ids={other}&transcription_ids={transcript}&formats=srt&tags=&back=/x").text
    assert "Only of Lunch , Board ." in text_of(page)
    assert set(re.findall(r'name="transcription_ids" value="(\w+)"', page)) == {other, transcript}
    answer = browser.post("/ask", data={"question": ASKED, "transcription_ids": [other, transcript]}, headers=HX)
    question = re.findall(r"/questions/(qa_\w+)", answer.text)[0]
    assert "asked of 2" in browser.get(f"/questions/{question}", headers=HX).text

    alone = browser.post("/ask", data={"question": ASKED, "transcription_ids": [other]}, follow_redirects=True)
    assert "The answer is not in this transcript." in alone.text
    wrong = browser.post("/ask", data={"question": "", "transcription_ids": [other]})
    assert (wrong.status_code, f'value="{other}"' in wrong.text) == (422, True)


def test_where_none_of_them_is_there_any_more_all_are_not_asked_in_their_place(
    browser: FlaskClient, session: Session, charlie: Account
) -> None:
    theirs = make_findable(session, charlie).public_id
    assert browser.get(f"/ask?transcription_ids={theirs}").status_code == 404


def test_a_transcripts_page_has_its_own_questions(
    browser: FlaskClient, session: Session, alice: Account, transcript: str
) -> None:
    make_answered(session, alice, "What is the budget of this one?", only=transcript)
    make_answered(session, alice, "What is the budget of all?")
    page = browser.get(f"/transcriptions/{transcript}").text
    assert "of this one?" in page
    assert "of all?" not in page


def test_what_is_asked_and_quoted_is_escaped(browser: FlaskClient, session: Session, alice: Account) -> None:
    nasty = "<img src=x onerror=alert(1)>"
    make_findable(session, alice, [f"The budget is {nasty} nine thousand euros this year.", *TEXTS[2:]], title=nasty)
    make_answered(session, alice, f"How high is the budget {nasty}?")
    page = browser.get("/ask").text
    assert '<q dir="auto">The budget is &lt;img' in page
    assert nasty not in page


def test_the_vendored_extension_is_the_one_its_readme_names() -> None:
    script = (ROOT / "static/vendor/sse.min.js").read_bytes()
    assert hashlib.sha256(script).hexdigest() in (ROOT / "static/vendor/README.md").read_text()
