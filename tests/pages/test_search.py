"""The search page: moments, their links and marks, its filters, and strangers."""

import re

import pytest
from flask.testing import FlaskClient
from markupsafe import escape
from sqlalchemy.orm import Session

from blueprints.pages.moments import marked
from models import Account, Transcription
from tests.factories import make_completed, make_media, make_searchable
from tests.pages.conftest import CountQueries, text_of

TEXTS = [
    "Welcome to the board meeting.",
    "We set the budget to nine thousand euros.",
    *(f"Then somebody speaks about matter number {number}, at length and with care." for number in range(20)),
]


@pytest.fixture(autouse=True)
def _by_words_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("handlers.search.QUESTION_SECONDS", 0.05)


def make_findable(session: Session, account: Account, texts: list[str] = TEXTS, **values: object) -> Transcription:
    done = make_completed(session, account, texts=texts, **values)
    make_searchable(session, done)
    return done


def test_before_the_first_search_the_latest_recordings_say_what_could_be_found(
    browser: FlaskClient, session: Session, alice: Account, charlie: Account, count_queries: CountQueries
) -> None:
    make_findable(session, charlie)
    assert "Nothing to search yet" in browser.get("/search").text
    make_findable(session, alice)
    page = browser.get("/search").text
    assert "Find the moment" in page
    assert '<a class="chip" dir="auto" href="/search?q=Greetings">Greetings</a>' in page
    few = count_queries(browser, "/search")
    for _ in range(3):
        make_findable(session, alice)
    assert count_queries(browser, "/search") == few


def test_a_moment_plays_where_it_is_found_unless_its_recording_is_gone(
    browser: FlaskClient, session: Session, alice: Account
) -> None:
    kept = make_findable(session, alice, title="Kept", media_id=make_media(session, alice).id)
    make_findable(session, alice, title="Gone")
    page = browser.get("/search?q=budget").text
    links = re.findall(r'<a class="play-moment"[^>]*>', page)
    assert len(links) == 1
    assert 'data-from="5.00" data-to="10.00"' in links[0]
    assert f'href="/transcriptions/{kept.public_id}/media#t=5.00,10.00"' in links[0]
    assert 'aria-label="Play Kept at 0:05"' in links[0]


def test_how_much_was_found_is_told(browser: FlaskClient, session: Session, alice: Account) -> None:
    make_findable(session, alice)
    assert "1 moment found</p>" in browser.get("/search?q=budget").text
    assert "0 moments found</p>" in browser.get("/search?q=xylophone").text


def test_a_moment_shows_who_says_it_and_opens_the_player_there(
    browser: FlaskClient, session: Session, alice: Account
) -> None:
    done = make_findable(session, alice, title="Board", speaker_names={"S2": "Ada"})
    page = browser.get("/search?q=budget").text
    assert f'href="/transcriptions/{done.public_id}?t=5.00#segment-1"' in page
    assert "We set the <mark>budget</mark> to nine thousand euros." in page
    assert "0:05 Board Ada" in text_of(page)
    assert "Searched by words alone." in page


def test_what_is_found_and_typed_is_escaped(browser: FlaskClient, session: Session, alice: Account) -> None:
    nasty = '<script>alert("budget")</script>'
    make_findable(session, alice, [f"The budget is {nasty} this year."], title=nasty, speaker_names={"S1": nasty})
    page = browser.get("/search", query_string={"q": f"budget {nasty}"}).text
    assert nasty not in page
    assert str(escape("<script>")) in page


def test_nothing_found_says_what_to_try(browser: FlaskClient, session: Session, alice: Account) -> None:
    make_findable(session, alice)
    page = browser.get("/search?q=xylophone&title=").text
    assert "Nothing found" in page
    assert "with these filters" not in page


@pytest.mark.parametrize(
    ("filters", "is_found"),
    [
        ("speaker=S2", True),
        ("speaker=Nobody", False),
        ("title=boa", True),
        ("title=other", False),
        ("pipeline_code=whisper-base", True),
        ("pipeline_code=import", False),
        ("created_after=2020-01-01&created_before=2999-12-31", True),
        ("created_before=2020-01-01", False),
    ],
)
def test_filters_narrow_the_search(
    browser: FlaskClient, session: Session, alice: Account, filters: str, is_found: bool
) -> None:
    make_findable(session, alice, title="Board")
    page = browser.get(f"/search?q=budget&{filters}").text
    assert ("<mark>budget</mark>" in page) is is_found
    assert '<details class="more" open>' in page


def test_a_day_that_is_none_comes_back_with_its_message(browser: FlaskClient) -> None:
    answer = browser.get("/search?q=budget&created_after=yesterday")
    assert answer.status_code == 422
    assert "created_after:" in answer.text
    assert 'id="findings"' in answer.text


def test_one_transcription_is_searched_alone(browser: FlaskClient, session: Session, alice: Account) -> None:
    one, other = make_findable(session, alice, title="One"), make_findable(session, alice, title="Other")
    page = browser.get(f"/search?q=budget&transcription_id={one.public_id}").text
    assert f"/transcriptions/{one.public_id}?t=" in page
    assert other.public_id not in page
    assert 'href="/search?q=budget"' in page


def test_a_strangers_transcription_is_not_there(browser: FlaskClient, session: Session, charlie: Account) -> None:
    theirs = make_findable(session, charlie, title="Secret")
    assert browser.get(f"/search?q=budget&transcription_id={theirs.public_id}").status_code == 404
    assert "Secret" not in browser.get("/search?q=budget").text


def test_marks_are_cut_by_code_points() -> None:
    assert list(marked("😀 über", [(2, 6)])) == [("😀 ", False), ("über", True), ("", False)]
