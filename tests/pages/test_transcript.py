"""The transcript's page: waveform, speakers, going through places, calls, keys, and lines as they are found."""

import re
from html import unescape

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select, update
from sqlalchemy.orm import Session

from blueprints.pages.spots import places_of
from blueprints.pages.waves import COLUMNS, wave_of
from handlers.processing import store_segments
from handlers.speakers import speaker_turns, speakers
from handlers.spots import occurrences
from models import Account, Segment, Stage, Transcription
from speech import transcript as speech
from speech.editing.replacing import Pattern
from tests.factories import browser as sign_in
from tests.factories import db_now, make_completed, make_media, make_transcription
from tests.pages.conftest import CountQueries, text_of

HX = {"HX-Request": "true"}
TEXTS = ["Good morning.", "Morning, Ada.", "Let us begin.", "So we do."]


@pytest.fixture
def talk(session: Session, alice: Account) -> Transcription:
    media = make_media(session, alice, waveform=bytes(range(256)) * 6)
    return make_completed(session, alice, texts=TEXTS, media_id=media.id)


@pytest.fixture
def page(talk: Transcription) -> str:
    return f"/transcriptions/{talk.public_id}"


# The waveform


def test_the_recording_is_drawn_by_the_server(browser: FlaskClient, page: str) -> None:
    outline = re.search(r'<path id="wave-outline" d="([^"]+)"', browser.get(page).text)
    assert outline
    steps = re.findall(r"h([\d.]+)", outline[1])
    assert sum(map(float, steps)) == pytest.approx(COLUMNS, abs=0.5)
    assert len(outline[1]) < 6_000


def test_who_speaks_when_is_drawn_in_the_colours_of_the_speakers(browser: FlaskClient, page: str) -> None:
    text = browser.get(page).text
    assert '<path class="speaker-0" d="M0 .5H188M375 .5H562"/>' in text
    assert '<path class="speaker-1" d="M188 .5H375M562 .5H750"/>' in text


def test_a_recording_that_nobody_looked_at_has_a_plain_bar(
    browser: FlaskClient, session: Session, alice: Account
) -> None:
    older = make_completed(session, alice, media_id=make_media(session, alice).id)
    text = browser.get(f"/transcriptions/{older.public_id}").text
    assert 'id="seek"' in text
    assert "wave-plain" in text
    assert "wave-outline" not in text


def test_thousands_of_turns_stay_small(session: Session, alice: Account) -> None:
    media = make_media(session, alice, waveform=bytes(1500))
    long = make_completed(session, alice, texts=["So."] * 2000, media_id=media.id)
    session.refresh(long, ["media"])
    wave = wave_of(long, speakers(session, long), speaker_turns(session, long))
    assert wave
    assert sum(len(line) for _, line in wave.voices) < 12_000


# Speakers


def test_a_speaker_is_shown_with_their_share_and_clips(browser: FlaskClient, page: str) -> None:
    text = browser.get(page).text
    assert "0:10 · 50 %" in text_of(text)
    assert f'href="{page}/media#t=0.00,5.00"' in text
    assert 'aria-label="Play 5 seconds of S1 from 0:00"' in text


def test_without_a_recording_there_are_no_clips(browser: FlaskClient, session: Session, alice: Account) -> None:
    silent = make_completed(session, alice)
    assert 'class="clip"' not in browser.get(f"/transcriptions/{silent.public_id}").text


def test_the_name_above_lines_leads_to_who_else_says_them(
    browser: FlaskClient, session: Session, talk: Transcription, page: str
) -> None:
    for number, label in enumerate(["S1", "S1", "S2", "S2"]):
        session.execute(update(Segment).where(Segment.number == number).values(speaker=label))
    address = re.search(r'class="speaker-line"[^>]*href="([^"]+)"', browser.get(page).text)
    assert address
    form = browser.get(unescape(address[1]), headers=HX).text
    assert '<option value="turn" selected>' in form
    assert re.search(r'<select name="speaker"[^>]* autofocus', form)
    line = {"revision": "0", "text": TEXTS[0], "speaker": "new", "reach": "turn"}
    answer = browser.post(f"{page}/segments/0", data=line, headers=HX)
    labels = session.scalars(select(Segment.speaker).order_by(Segment.number)).all()
    assert labels == ["S3", "S3", "S2", "S2"]
    assert f'id="voices-{talk.public_id}"' in answer.text
    assert f'id="speakers-{talk.public_id}"' in answer.text


# Going through it


def test_places_come_with_htmx_and_are_a_page_without(browser: FlaskClient, page: str) -> None:
    fragment, whole = browser.get(f"{page}/find?q=MORNING", headers=HX).text, browser.get(f"{page}/find?q=MORNING").text
    assert "<html" not in fragment
    assert "2 places" in text_of(fragment)
    assert fragment.count("<mark>") == 2
    assert 'data-spots="0:2.50:5:12 1:5.00:0:7"' in fragment
    assert "<html" in whole
    assert 'value="MORNING"' in whole
    assert "2 places" in text_of(whole)


def test_what_is_nowhere_is_looked_for_by_meaning(browser: FlaskClient, page: str) -> None:
    fragment = browser.get(f"{page}/find?q=evening", headers=HX).text
    assert "0 places" in text_of(fragment)
    assert '<details id="meaning" class="more" open>' in fragment
    assert "load delay" in fragment


def test_nothing_asked_for_closes_the_search(browser: FlaskClient, page: str) -> None:
    fragment = browser.get(f"{page}/find?q=+", headers=HX).text
    assert text_of(fragment) == ""
    assert "data-spots" not in fragment


def test_unsure_words_are_listed(browser: FlaskClient, session: Session, page: str) -> None:
    words = [[0.0, 1.0, "Good", 0.9], [1.0, 2.0, "morning.", 0.2]]
    session.execute(update(Segment).where(Segment.number == 0).values(words=words))
    fragment = browser.get(f"{page}/unsure", headers=HX).text
    assert "1 unsure word" in text_of(fragment)
    assert "<mark>morning.</mark>" in fragment
    assert "<html" in browser.get(f"{page}/unsure").text


def test_characters_are_counted_as_scripts_count_them(session: Session, alice: Account) -> None:
    talk = make_completed(session, alice, texts=["🎉🎉 a party"])
    assert places_of(occurrences(session, talk, Pattern("party"))).endswith(":7:12")


def test_what_is_searched_for_is_escaped(browser: FlaskClient, session: Session, alice: Account) -> None:
    nasty = '"><b onclick=alert(1)>'
    talk = make_completed(session, alice, texts=[nasty])
    for headers in ({}, HX):
        found = browser.get(f"/transcriptions/{talk.public_id}/find", query_string={"q": nasty}, headers=headers).text
        assert nasty not in found
        assert "&lt;b onclick" in found


# As code


def test_the_calls_say_what_is_on_the_screen(browser: FlaskClient, talk: Transcription, page: str) -> None:
    typed = {"q": "the budget", "question": "How high?", "format": "vtt", "preset": "social", "speakers": "true"}
    shown = unescape(browser.get(f"{page}/code", query_string={**typed, "max_lines": ""}, headers=HX).text)
    assert f"/api/v1/transcriptions/{talk.public_id}/search?q=the+budget'" in shown
    assert '{"question": "How high?"}' in shown
    assert f"/{talk.public_id}/export?format=vtt&preset=social&speakers=true'" in shown
    assert f'export(\n    "{talk.public_id}",\n    format="vtt",\n    preset="social",\n    speakers=True,\n)' in shown
    assert '{ S1: "S1", S2: "S2" }' in shown
    assert "$TRANSCRIBE_API_KEY" in shown
    assert "tsk_live" not in shown


def test_without_script_the_calls_are_a_page(browser: FlaskClient, page: str) -> None:
    assert f'href="{page}/code"' in browser.get(page).text
    whole = browser.get(f"{page}/code").text
    assert "<html" in whole
    assert "Export a transcription" in whole


def test_an_option_that_is_none_is_refused(browser: FlaskClient, page: str) -> None:
    assert browser.get(f"{page}/code?max_lines=90", headers=HX).status_code == 422


# While it is made


def heard(number: int, speaker: str | None = None) -> speech.Segment:
    return speech.Segment(float(number), number + 1.0, f"Line {number}.", None, speaker, None)


@pytest.fixture
def growing(session: Session, alice: Account) -> Transcription:
    values = {"stage": Stage.TRANSCRIBING, "started_at": db_now(session), "progress": 0.4}
    growing = make_transcription(session, alice, **values)
    store_segments(session, growing.id, [heard(number) for number in range(102)])
    return growing


def refreshed(browser: FlaskClient, page: str) -> str:
    address = re.search(r'hx-get="([^"]+/progress\?shown=\d+)"', page)
    assert address
    return browser.get(address[1], headers=HX).text


def test_lines_come_as_they_are_found(browser: FlaskClient, session: Session, growing: Transcription) -> None:
    page = browser.get(f"/transcriptions/{growing.public_id}").text
    assert 'id="window-0"' in page
    assert "Line 101." in page
    assert "progress?shown=102" in page
    assert "hx-swap-oob" not in refreshed(browser, page)

    store_segments(session, growing.id, [heard(102), heard(103, "S1")], first_number=102)
    more = refreshed(browser, page)
    assert '<div hx-swap-oob="beforeend:#live">' in more
    assert "Line 101." not in more
    assert "Line 102." in more
    assert "progress?shown=104" in more
    assert "hx-swap-oob" not in refreshed(browser, more)


def test_a_speaker_is_named_where_another_begins(
    browser: FlaskClient, session: Session, growing: Transcription
) -> None:
    store_segments(session, growing.id, [heard(102, "S1"), heard(103, "S1"), heard(104, "S2")], first_number=102)
    address = f"/transcriptions/{growing.public_id}/progress"
    assert browser.get(f"{address}?shown=102", headers=HX).text.count("<h2") == 2
    assert browser.get(f"{address}?shown=103", headers=HX).text.count("<h2") == 1


def test_where_recognition_began_anew_so_does_the_page(
    browser: FlaskClient, session: Session, growing: Transcription
) -> None:
    address = f"/transcriptions/{growing.public_id}/progress"
    assert "HX-Refresh" not in browser.get(f"{address}?shown=102", headers=HX).headers
    assert browser.get(f"{address}?shown=300", headers=HX).headers["HX-Refresh"] == "true"


def test_nothing_is_edited_before_it_is_there(browser: FlaskClient, growing: Transcription) -> None:
    text = browser.get(f"/transcriptions/{growing.public_id}").text
    assert "edit-line" not in text
    assert "Search this transcript" not in text


# Keys


def functions_of_scripts(app: Flask) -> set[str]:
    """The names of all that the scripts of the page do by keys."""
    names = set()
    for script in ("bar", "spots", "editor"):
        assert app.static_folder
        with open(f"{app.static_folder}/{script}.js") as file:
            (table,) = re.findall(r"onShortcuts\(\{\n(.*?)\n  \}\);", file.read(), re.DOTALL)
        names |= set(re.findall(r'^    (?:"([\w-]+)"|\w+):', table, re.MULTILINE))
        names |= set(re.findall(r"^    (\w+):", table, re.MULTILINE))
    return names - {""}


def test_every_key_of_the_sheet_does_something_and_all_that_keys_do_is_on_it(
    app: Flask, browser: FlaskClient, page: str
) -> None:
    named = re.findall(r'data-shortcut="([\w-]+)"', browser.get(page).text)
    assert len(named) == len(set(named))
    assert set(named) == functions_of_scripts(app)


def test_no_key_does_two_things(browser: FlaskClient, page: str) -> None:
    keys = " ".join(re.findall(r'data-keys="([^"]+)"', browser.get(page).text)).split()
    assert len(keys) == len(set(keys))


def test_what_cannot_be_played_has_no_keys_to_play(browser: FlaskClient, session: Session, alice: Account) -> None:
    silent = make_completed(session, alice)
    text = browser.get(f"/transcriptions/{silent.public_id}").text
    assert 'data-shortcut="search"' in text
    assert 'data-shortcut="play"' not in text


# To strangers, and how much it costs


@pytest.mark.parametrize("part", ["find?q=a", "unsure", "code"])
def test_p41_a_stranger_sees_the_same_as_for_a_missing_one(app: Flask, charlie: Account, page: str, part: str) -> None:
    client = sign_in(app, charlie)
    answers = [client.get(f"{address}/{part}") for address in (page, page[:-4] + "zzzz")]
    texts = [answer.text.replace(answer.headers["X-Request-Id"], "") for answer in answers]
    assert texts[0] == texts[1]
    assert {answer.status_code for answer in answers} == {404}


def test_a_long_transcript_takes_as_many_queries_as_a_short_one(
    browser: FlaskClient, session: Session, alice: Account, page: str, count_queries: CountQueries
) -> None:
    media = make_media(session, alice, waveform=bytes(1500))
    long = make_completed(session, alice, texts=[f"Line {number}." for number in range(450)], media_id=media.id)
    few = count_queries(browser, page)
    assert count_queries(browser, f"/transcriptions/{long.public_id}") == few
    assert few <= 16


# Tags and metadata


def test_tags_and_metadata_are_changed_and_lead_to_what_shares_them(
    browser: FlaskClient, session: Session, talk: Transcription, page: str
) -> None:
    form = {"tags": "Museum, Tape", "metadata": "customer: 42\na]b: &=?"}
    part = browser.post(f"{page}/details", data=form, headers=HX)
    links = [unescape(link) for link in re.findall(r'class="chip" href="([^"]+)"', part.text)]
    assert links[:2] == ["/transcriptions?tag=Museum", "/transcriptions?tag=Tape"]
    assert len(links) == 4
    for link in links:
        assert talk.title in browser.get(link).text
    assert "a]b: &amp;=?\ncustomer: 42</textarea>" in browser.get(page).text

    assert browser.post(f"{page}/details", data={}).headers["Location"] == page
    assert 'class="chip" href="/transcriptions?' not in browser.get(page).text


def test_pairs_that_no_line_can_say_stay(
    browser: FlaskClient, session: Session, talk: Transcription, page: str
) -> None:
    strange = {"a:b": "1", "lines": "one\ntwo", " edge": "x", "empty": ""}
    talk.labels = {**strange, "plain": "1"}
    session.commit()
    text = browser.get(page).text
    assert "empty: \nplain: 1</textarea>" in text
    browser.post(f"{page}/details", data={"metadata": "plain: 2\nempty:"})
    session.refresh(talk)
    assert talk.labels == {**strange, "plain": "2"}


@pytest.mark.parametrize(
    ("field", "value"), [("tags", "x" * 41), ("metadata", "none"), ("metadata", "x: " + "y" * 501)]
)
def test_wrong_details_come_back_with_their_message_and_change_nothing(
    browser: FlaskClient, session: Session, talk: Transcription, page: str, field: str, value: str
) -> None:
    answer = browser.post(f"{page}/details", data={field: value})
    assert answer.status_code == 422
    assert f'id="field-{field}-error"' in answer.text
    assert value in answer.text
    session.refresh(talk)
    assert talk.labels == {}
