"""The list as a page: what its address says, live status, tags, and what is done with many at once."""

import re
from collections.abc import Sequence
from datetime import timedelta
from html import unescape
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from blueprints import seats
from blueprints.pages import library as library_pages
from blueprints.pages.list_streams import STILL_HERE, ListWatch
from blueprints.pages.list_views import asked_view
from blueprints.seats import Seats
from handlers.tags import set_tags
from handlers.transcriptions import cancel_transcription, delete_transcription
from models import Account, Stage, Status, Transcription
from tests.factories import browser as sign_in
from tests.factories import db_now, make_completed, make_transcription
from tests.pages.conftest import CountQueries, text_of

HX = {"HX-Request": "true"}
LIST = "/transcriptions"


def titles(page: str) -> list[str]:
    return [unescape(title) for title in re.findall(r'class="row-title"[^>]*>([^<]*)</a>', page)]


def ids_of(rows: Sequence[Transcription]) -> list[str]:
    return [row.public_id for row in rows]


@pytest.fixture
def shelf(session: Session, alice: Account) -> list[Transcription]:
    rows = [
        make_completed(session, alice, title="Board meeting", language="en", duration_seconds=60.0),
        make_completed(session, alice, title="Anna", language="de", duration_seconds=90.0, pipeline_code="import"),
        make_transcription(session, alice, title="Broken", status=Status.FAILED),
    ]
    set_tags(session, rows[0], ["Sales", "<b>"])
    rows[0].labels, rows[1].labels = {"customer": "42"}, {"customer": "42", "a]b": "&"}
    session.commit()
    return rows


# What the address says


@pytest.mark.parametrize(
    ("query", "shown"),
    [
        ("", ["Broken", "Anna", "Board meeting"]),
        ("sort=oldest", ["Board meeting", "Anna", "Broken"]),
        ("sort=title", ["Anna", "Board meeting", "Broken"]),
        ("sort=longest", ["Anna", "Board meeting", "Broken"]),
        ("q=b&sort=title", ["Board meeting", "Broken"]),
        ("status=failed", ["Broken"]),
        ("language=de", ["Anna"]),
        ("pipeline_code=import", ["Anna"]),
        ("tag=sales", ["Board meeting"]),
        ("tag=sales,%3Cb%3E", ["Board meeting"]),
        ("from=2000-01-01&to=2001-01-01", []),
        ("from=2000-01-01", ["Broken", "Anna", "Board meeting"]),
        ("metadata[customer]=42", ["Anna", "Board meeting"]),
        ("metadata[customer]=42&metadata[a%5Db]=%26", ["Anna"]),
        ("metadata[customer]=4", []),
        ("q=&status=&tag=&from=&sort=", ["Broken", "Anna", "Board meeting"]),
    ],
)
def test_the_address_is_the_view(
    browser: FlaskClient, shelf: list[Transcription], query: str, shown: list[str]
) -> None:
    assert titles(browser.get(f"{LIST}?{query}").text) == shown


def test_both_days_are_included(browser: FlaskClient, session: Session, alice: Account) -> None:
    today = db_now(session).date().isoformat()
    make_completed(session, alice, title="Today")
    session.commit()

    assert titles(browser.get(f"{LIST}?from={today}&to={today}").text) == ["Today"]


def test_each_filter_is_a_chip_that_takes_it_away(browser: FlaskClient, shelf: list[Transcription]) -> None:
    page = browser.get(f"{LIST}?q=b&tag=sales,%3Cb%3E&sort=title").text
    chips = {
        unescape(label): unescape(to)
        for to, label in re.findall(r'chip" href="([^"]*)" aria-label="Without ([^"]*)"', page)
    }

    assert chips == {
        "Title “b”": "/transcriptions?tag=sales,%3Cb%3E&sort=title",
        "Tag sales": "/transcriptions?q=b&tag=%3Cb%3E&sort=title",
        "Tag <b>": "/transcriptions?q=b&tag=sales&sort=title",
    }
    assert 'aria-label="Without' not in browser.get(f"{LIST}?sort=title").text


def test_the_filters_offer_what_there_is(browser: FlaskClient, shelf: list[Transcription]) -> None:
    page = browser.get(f"{LIST}?language=de").text

    assert '<option value="de" selected>German</option>' in page
    assert '<option value="import">Imported</option>' in page
    assert '<option value="&lt;b&gt;">&lt;b&gt;</option>' in page


def test_a_page_leads_to_the_next_of_its_view(browser: FlaskClient, shelf: list[Transcription]) -> None:
    first = browser.get(f"{LIST}?sort=title&limit=2").text
    older = unescape(re.findall(r'rel="next" href="([^"]*)"', first)[0])

    second = browser.get(older).text
    assert titles(first) + titles(second) == ["Anna", "Board meeting", "Broken"]
    assert 'href="/transcriptions?limit=2&amp;sort=title">Newest' in second


def test_what_fits_nothing_and_what_lies_behind_the_end_say_so(
    browser: FlaskClient, shelf: list[Transcription]
) -> None:
    assert "No match" in browser.get(f"{LIST}?tag=none").text
    assert "That was all" in browser.get(f"{LIST}?cursor=tr_0").text
    assert "Nothing transcribed yet" not in browser.get(f"{LIST}?tag=none").text


def test_a_wrong_filter_is_refused(browser: FlaskClient) -> None:
    for query in ("status=done", "from=yesterday", "sort=best", "sort=title&cursor=tr_0"):
        assert browser.get(f"{LIST}?{query}").status_code == 422


def test_the_list_takes_as_many_queries_for_many(
    browser: FlaskClient, session: Session, alice: Account, shelf: list[Transcription], count_queries: CountQueries
) -> None:
    few = count_queries(browser, LIST)
    for _ in range(20):
        set_tags(session, make_completed(session, alice), ["Sales", "EU"])
    session.commit()

    assert count_queries(browser, LIST) == few


# Live


def watch(
    app: Flask, account: Account, rows: Sequence[Transcription], query: str = "", newest: str | None = None
) -> ListWatch:
    with app.test_request_context(f"/transcriptions/events?{query}"):
        return ListWatch(account, asked_view(), ids_of(rows), newest)


def look(app: Flask, watching: ListWatch) -> str:
    with app.test_request_context("/transcriptions/events"):
        return watching.look()


def test_a_look_tells_of_what_has_changed_and_of_nothing_else(app: Flask, session: Session, alice: Account) -> None:
    still, moving = (make_transcription(session, alice, title=title) for title in ("still", "moving"))
    session.commit()
    watching = watch(app, alice, [moving, still])
    first = look(app, watching)
    assert f"facts-{moving.public_id}" in first
    assert f"facts-{still.public_id}" in first
    assert "(2) Transcriptions" in first
    assert look(app, watching) == STILL_HERE

    moving.started_at, moving.stage, moving.progress = db_now(session), Stage.TRANSCRIBING, 0.5
    moving.lease_token, moving.lease_until = "w/1", db_now(session)
    session.commit()

    second = look(app, watching)
    assert "Transcribing, 50 %" in second
    assert f"facts-{still.public_id}" not in second


def test_what_is_final_is_told_once_and_watched_no_more(app: Flask, session: Session, alice: Account) -> None:
    row = make_transcription(session, alice, title="<Talk>")
    session.commit()
    watching = watch(app, alice, [row])
    look(app, watching)
    cancel_transcription(session, alice, row.public_id)
    session.commit()

    told = look(app, watching)
    assert "“&lt;Talk&gt;” has failed." in told
    assert "hx-get" not in told
    assert "<title>Transcriptions" in told
    assert look(app, watching) == STILL_HERE


def test_what_is_made_elsewhere_comes_on_top_and_is_watched(app: Flask, session: Session, alice: Account) -> None:
    old = make_completed(session, alice)
    session.commit()
    watching = watch(app, alice, [], newest=old.public_id)
    look(app, watching)
    first, second = (make_transcription(session, alice, title=title) for title in ("first", "second"))
    session.commit()

    told = look(app, watching)
    assert 'hx-swap-oob="afterbegin:#rows"' in told
    assert titles(told) == ["second", "first"]
    assert look(app, watching) == STILL_HERE
    delete_transcription(session, alice, first.public_id)
    cancel_transcription(session, alice, second.public_id)
    session.commit()
    told = look(app, watching)
    assert f'id="row-{first.public_id}" hx-swap-oob="delete"' in told
    assert "afterbegin" not in told


def test_new_ones_that_do_not_pass_the_filters_stay_away(app: Flask, session: Session, alice: Account) -> None:
    watching = watch(app, alice, [], query="q=board", newest="tr_0")
    make_transcription(session, alice, title="Other")
    session.commit()

    assert titles(look(app, watching)) == []


def test_charlie_hears_nothing_of_alices(app: Flask, session: Session, alice: Account, charlie: Account) -> None:
    hers = make_transcription(session, alice, title="secret")
    session.commit()

    told = look(app, watch(app, charlie, [hers], newest="tr_0"))

    assert "secret" not in told
    assert "facts" not in told


def test_the_page_opens_the_stream_of_its_rows(browser: FlaskClient, session: Session, alice: Account) -> None:
    row = make_transcription(session, alice)
    session.commit()
    page = browser.get(f"{LIST}?q=talk").text
    address = unescape(re.findall(r'sse-connect="([^"]*)"', page)[0])

    assert f"watch={row.public_id}" in address
    assert f"newest={row.public_id}" in address
    assert "q=talk" in address
    assert "<title>(1) Transcriptions" in page
    assert "newest" not in re.findall(r'sse-connect="([^"]*)"', browser.get(f"{LIST}?sort=title").text)[0]
    stream = browser.get(address, buffered=False)
    assert (stream.status_code, stream.mimetype) == (200, "text/event-stream")
    assert f"facts-{row.public_id}" in next(stream.response).decode()  # type: ignore[call-overload]
    stream.close()


def test_a_stream_has_a_seat_and_leaves_it(
    browser: FlaskClient, session: Session, alice: Account, monkeypatch: pytest.MonkeyPatch
) -> None:
    only = Seats(1, 1)
    monkeypatch.setattr(library_pages, "page_seats", only)
    session.commit()
    first = browser.get(f"{LIST}/events", buffered=False)

    assert browser.get(f"{LIST}/events").status_code == 503
    first.close()
    assert only.take(alice.id)
    assert seats.seats.take(alice.id)
    seats.seats.leave(alice.id)


def test_without_the_stream_a_row_asks_for_itself_until_it_is_final(
    browser: FlaskClient, session: Session, alice: Account
) -> None:
    processing, done = make_transcription(session, alice), make_completed(session, alice)
    page = browser.get(LIST).text
    assert f'hx-get="/transcriptions/{processing.public_id}/row" hx-trigger="htmx:sseError from:#live' in page
    assert "load delay" in browser.get(f"{LIST}/{processing.public_id}/row", headers=HX).text
    assert "hx-get" not in browser.get(f"{LIST}/{done.public_id}/row", headers=HX).text


def test_the_time_left_is_shown_where_it_is_known(browser: FlaskClient, session: Session, alice: Account) -> None:
    moment = db_now(session)
    make_transcription(
        session,
        alice,
        stage=Stage.TRANSCRIBING,
        started_at=moment,
        progress=0.51,
        transcribing_since=moment - timedelta(seconds=150),
        progressed_at=moment,
    )
    session.commit()

    assert "about 3 minutes left" in text_of(browser.get(LIST).text)


# Tags


def test_a_tag_is_put_on_and_taken_off_a_row(
    browser: FlaskClient, session: Session, shelf: list[Transcription]
) -> None:
    address = f"{LIST}/{shelf[1].public_id}/tags"

    row = browser.post(address, data={"add": "EU, new one"}, headers=HX).text
    assert re.findall(r'href="/transcriptions\?tag=([^"]*)"', row) == ["EU", "new+one"]
    assert "<details open" in row.replace('class="ask tagging" ', "")

    row = browser.post(address, data={"add": "", "remove": "eu"}, headers=HX).text
    assert re.findall(r'href="/transcriptions\?tag=([^"]*)"', row) == ["new+one"]


def test_a_wrong_tag_comes_back_with_its_message(browser: FlaskClient, shelf: list[Transcription]) -> None:
    for add, said in (("x" * 41, "40 characters"), (",".join(map(str, range(21))), "20 items")):
        answer = browser.post(f"{LIST}/{shelf[0].public_id}/tags", data={"add": add}, headers=HX)
        assert answer.status_code == 422
        assert said in answer.text
        assert 'aria-invalid="true"' in answer.text
        assert f'id="row-{shelf[0].public_id}"' in answer.text
    for _ in range(2):
        answer = browser.post(
            f"{LIST}/{shelf[0].public_id}/tags", data={"add": ",".join(f"t{n}" for n in range(18))}, headers=HX
        )
    answer = browser.post(f"{LIST}/{shelf[0].public_id}/tags", data={"add": "more"}, headers=HX)
    assert "up to 20 tags" in answer.text


def test_without_script_a_tag_leads_back_to_the_view(browser: FlaskClient, shelf: list[Transcription]) -> None:
    address = f"{LIST}/{shelf[1].public_id}/tags"
    answer = browser.post(address, data={"add": "EU", "back": "/transcriptions?sort=title"})
    assert (answer.status_code, answer.location) == (303, "/transcriptions?sort=title")
    elsewhere = browser.post(address, data={"add": "x" * 41, "back": "//evil.example/"}, follow_redirects=True)
    assert elsewhere.request.path == LIST
    assert "40 characters" in elsewhere.text


# Many at once


def act(browser: FlaskClient, do: str, ids: list[str], **more: Any) -> str:
    data = {"do": do, "transcription_ids": ids, "back": "/transcriptions?sort=title", **more}
    answer = browser.post(f"{LIST}/many", data=data, follow_redirects=True)
    assert answer.status_code == 200
    return answer.text


def test_many_go_to_the_trash_and_undo_brings_all_of_them_back(
    browser: FlaskClient, shelf: list[Transcription]
) -> None:
    page = act(browser, "trash", ids_of(shelf[:2]))
    assert "2 transcriptions are in the trash" in text_of(page)
    assert titles(page) == ["Broken"]
    outcome = page[page.index('id="outcome"') : page.index("</form>", page.index('id="outcome"'))]
    ids = re.findall(r'name="transcription_ids" value="([^"]*)"', outcome)

    page = act(browser, "restore", ids)
    assert "2 transcriptions restored." in page
    assert titles(page) == ["Anna", "Board meeting", "Broken"]
    assert "restored" not in browser.get(LIST).text


def test_it_is_said_what_was_not_done_and_why(browser: FlaskClient, shelf: list[Transcription]) -> None:
    page = text_of(act(browser, "retry", ids_of(shelf)))
    assert "1 transcription tried again, each as a new transcription." in page
    assert "and 1 more. Only a failed transcription can be retried; this one is completed." in page


def test_many_are_tagged_and_untagged(browser: FlaskClient, shelf: list[Transcription]) -> None:
    assert "Tags put on 2 transcriptions." in act(browser, "tag", ids_of(shelf[:2]), tags="EU, Sales")
    assert len(titles(browser.get(f"{LIST}?tag=eu").text)) == 2
    act(browser, "untag", ids_of(shelf[:2]), tags="sales")
    assert titles(browser.get(f"{LIST}?tag=sales").text) == []
    assert "Write the tags first" in act(browser, "tag", ids_of(shelf))


def test_nothing_selected_says_so(browser: FlaskClient, shelf: list[Transcription]) -> None:
    assert "Nothing is selected" in act(browser, "trash", [])
    assert browser.post(f"{LIST}/many", data={"do": "burn", "transcription_ids": "tr_0"}).status_code == 422


def test_what_is_not_transcribed_is_left_out_of_the_zip(browser: FlaskClient, shelf: list[Transcription]) -> None:
    only_failed = browser.get(f"{LIST}/export?transcription_ids={shelf[2].public_id}&formats=txt&back=/transcriptions")
    assert (only_failed.status_code, only_failed.location) == (303, "/transcriptions")
    assert "nothing to download" in browser.get(LIST).text
    ids = "&transcription_ids=".join(ids_of(shelf))
    assert browser.get(f"{LIST}/export?transcription_ids={ids}&formats=txt").mimetype == "application/zip"


def test_the_trash_brings_back_those_selected(browser: FlaskClient, shelf: list[Transcription]) -> None:
    act(browser, "trash", ids_of(shelf))
    assert f'form="restore-many" name="transcription_ids" value="{shelf[0].public_id}"' in browser.get("/trash").text

    page = act(browser, "restore", ids_of(shelf[:2]), back="/trash")

    assert "2 transcriptions restored." in page
    assert re.findall(r'id="trashed-([^"]*)"', page) == [shelf[2].public_id]


def test_a_stranger_can_do_nothing(app: Flask, session: Session, charlie: Account, shelf: list[Transcription]) -> None:
    stranger = sign_in(app, charlie)
    for do in ("trash", "retry", "restore", "tag"):
        page = act(stranger, do, ids_of(shelf), tags="mine")
        assert "One that is not here any more and 2 more." in page
        assert "Board" not in page
    assert stranger.post(f"{LIST}/{shelf[0].public_id}/tags", data={"add": "mine"}).status_code == 404
    session.expire_all()
    assert session.query(Transcription).filter(Transcription.trashed_at.is_not(None)).count() == 0
