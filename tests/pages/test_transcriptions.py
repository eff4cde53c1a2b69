"""The list and the transcript, as pages, as fragments, and to strangers."""

import re
from types import SimpleNamespace
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import literal, select, update
from sqlalchemy.orm import Session

from billing import ledger
from handlers import wallets
from handlers.artifacts import Made, keep_artifact
from models import (
    Account,
    Artifact,
    ArtifactKind,
    ArtifactStatus,
    MovementKind,
    Segment,
    Stage,
    Status,
    Transcription,
)
from tests.factories import browser as sign_in
from tests.factories import db_now, make_account, make_completed, make_media, make_transcription
from tests.pages.conftest import text_of

HX = {"HX-Request": "true"}


def test_a_url_becomes_a_transcription(browser: FlaskClient) -> None:
    answer = browser.post("/transcriptions", data={"url": "https://example.com/talk.mp3", "language": "en"})
    assert answer.status_code == 303
    page = browser.get(answer.headers["Location"])
    assert page.status_code == 200
    assert "talk.mp3" in page.text


def test_a_bad_url_comes_back_with_its_message_beside_it(browser: FlaskClient) -> None:
    answer = browser.post("/transcriptions", data={"url": "ftp://example.com/talk.mp3"})
    assert answer.status_code == 422
    assert "begins with http:// or https://" in answer.text
    assert "ftp://example.com/talk.mp3" in answer.text


def test_the_list_shows_titles_and_searches_them(browser: FlaskClient, session: Session, alice: Account) -> None:
    make_completed(session, alice, title="Board meeting")
    make_completed(session, alice, title="100% of it")
    assert "Board meeting" in browser.get("/transcriptions").text
    found = browser.get("/transcriptions?q=100%25").text
    assert "100% of it" in found
    assert "Board meeting" not in found


def test_a_final_progress_fragment_has_the_page_reloaded(
    browser: FlaskClient, session: Session, alice: Account
) -> None:
    done = make_completed(session, alice)
    assert browser.get(f"/transcriptions/{done.public_id}/progress", headers=HX).headers["HX-Refresh"] == "true"


def test_a_long_transcript_comes_in_windows(browser: FlaskClient, session: Session, alice: Account) -> None:
    done = make_completed(session, alice, texts=[f"Sentence number {number}." for number in range(250)])
    address = f"/transcriptions/{done.public_id}"
    first = browser.get(address).text
    assert "number 99." in first.replace("</span>", "").replace("\n", " ") or "99." in first
    assert "249." not in first
    assert "249." in browser.get(f"{address}/segments?window=2", headers=HX).text
    assert "249." in browser.get(f"{address}?t=1240").text
    assert browser.get(f"{address}/segments?window=3", headers=HX).status_code == 404


def test_the_player_gets_ranges_of_the_recording(browser: FlaskClient, session: Session, alice: Account) -> None:
    done = make_completed(session, alice, media_id=make_media(session, alice, b"0123456789").id)
    with browser.get(f"/transcriptions/{done.public_id}/media", headers={"Range": "bytes=2-4"}) as answer:
        assert (answer.status_code, answer.data, answer.content_type) == (206, b"234", "audio/flac")


def test_renaming_answers_a_fragment_to_htmx_and_a_redirect_to_a_form(
    browser: FlaskClient, session: Session, alice: Account
) -> None:
    address = f"/transcriptions/{make_completed(session, alice).public_id}/title"
    assert "New name" in browser.post(address, data={"title": "New name"}, headers=HX).text
    assert browser.post(address, data={"title": "Newer name"}).status_code == 303


def test_a_speaker_is_named(browser: FlaskClient, session: Session, alice: Account) -> None:
    done = make_completed(session, alice)
    assert browser.post(f"/transcriptions/{done.public_id}/speakers", data={"S1": "Ada"}).status_code == 303
    assert "Ada" in browser.get(f"/transcriptions/{done.public_id}").text


def test_a_processing_one_is_canceled_and_a_failed_one_retried(
    browser: FlaskClient, session: Session, alice: Account
) -> None:
    processing = make_transcription(session, alice)
    browser.post(f"/transcriptions/{processing.public_id}/cancel")
    assert "canceled" in browser.get(f"/transcriptions/{processing.public_id}").text
    again = browser.post(f"/transcriptions/{processing.public_id}/retry")
    assert again.headers["Location"] != f"/transcriptions/{processing.public_id}"


def test_a_deleted_one_is_gone(browser: FlaskClient, session: Session, alice: Account) -> None:
    done = make_completed(session, alice)
    assert browser.post(f"/transcriptions/{done.public_id}/delete").status_code == 303
    assert browser.get(f"/transcriptions/{done.public_id}").status_code == 404
    assert session.query(Segment).count() == 0


PARTS = ["", "/segments?window=0", "/row", "/progress", "/media"]
VERBS = ["title", "speakers", "cancel", "retry", "trash", "restore", "media/delete", "delete"]


def test_p41_a_stranger_sees_the_same_as_for_a_missing_one(
    app: Flask, session: Session, alice: Account, charlie: Account
) -> None:
    hers = make_completed(session, alice, media_id=make_media(session, alice).id).public_id
    missing = hers[:-4] + "zzzz"
    client = sign_in(app, charlie)

    def answers(public_id: str) -> list[tuple[int, str]]:
        form: dict[str, Any] = {"title": "x", "S1": "x"}
        got = [client.get(f"/transcriptions/{public_id}{part}") for part in PARTS]
        got += [client.post(f"/transcriptions/{public_id}/{verb}", data=form) for verb in VERBS]
        return [(answer.status_code, answer.text.replace(answer.headers["X-Request-Id"], "")) for answer in got]

    assert answers(hers) == answers(missing)
    assert {status for status, _ in answers(hers)} <= {404, 422}


@pytest.mark.parametrize(
    "text", ["<script>alert(1)</script>", '"><img src=x onerror=alert(1)>', "{{ 7919 * 7919 }}", "a\u202eb"]
)
def test_p48_stored_text_is_shown_escaped(browser: FlaskClient, session: Session, alice: Account, text: str) -> None:
    done = make_completed(session, alice, texts=[text], title=text, speaker_names={"S1": text})
    failed = make_transcription(session, alice, status=Status.FAILED, error_message=text, title=text)
    pages = [browser.get(path).text for path in ("/transcriptions", f"/transcriptions/{done.public_id}")]
    pages.append(browser.get(f"/transcriptions/{failed.public_id}").text)
    for page in pages:
        assert "<script>alert" not in page
        assert "<img src=x" not in page
        assert str(7919 * 7919) not in page


def test_an_empty_title_comes_back_with_its_message(browser: FlaskClient, session: Session, alice: Account) -> None:
    done = make_completed(session, alice, title="Board meeting")
    answer = browser.post(f"/transcriptions/{done.public_id}/title", data={"title": " "})
    assert answer.status_code == 422
    assert "field-error" in answer.text
    assert "Board meeting" in answer.text


# Money

URL = "https://example.com/talk.mp3"


def penniless(session: Session, why: str) -> Account:
    """An account that can afford nothing, for one of the three reasons there are."""
    if why == "monthly_cap_reached":
        return make_account(session, monthly_cap_microusd=0)
    account = make_account(session, top_up_microusd=0)
    if why == "account_owes":
        wallet = wallets.wallet_of(session, account)
        ledger.top_up(session, wallet, 2_000, payment_id="pi_1")
        make_completed(session, account, quoted_microusd=1_500, charged_microusd=1_500)
        ledger.take_back(session, wallet, 2_000, MovementKind.REFUND, reference="re_1")
    return account


REASONS = [
    ("insufficient_funds", "What is available does not pay for a minute.", "/billing"),
    ("account_owes", "You owe for a payment that was taken back", "/billing"),
    ("monthly_cap_reached", "Your monthly cap leaves no room", "/settings/account#monthly-cap"),
]


@pytest.mark.parametrize(("why", "said", "way_out"), REASONS)
def test_who_can_afford_nothing_is_told_beside_the_form(
    app: Flask, session: Session, why: str, said: str, way_out: str
) -> None:
    page = sign_in(app, penniless(session, why)).get("/transcriptions").text
    assert said in page
    _, _, form = page.partition('class="card new-transcription"')
    assert f'href="{way_out}"' in form.partition("</form>")[0]


def test_who_can_afford_a_minute_is_told_nothing(browser: FlaskClient) -> None:
    page = browser.get("/transcriptions").text
    assert not any(said in page for _, said, _ in REASONS)


@pytest.mark.parametrize(("why", "said", "way_out"), REASONS)
def test_p18_what_cannot_be_paid_comes_back_as_it_was_typed(
    app: Flask, session: Session, why: str, said: str, way_out: str
) -> None:
    account = penniless(session, why)
    form = {"url": URL, "title": "Board meeting", "vocabulary": "Ada\nGrace", "language": "en"}

    answer = sign_in(app, account).post("/transcriptions", data=form)

    assert answer.status_code == 402
    assert 'role="alert"' in answer.text
    assert f'href="{way_out}"' in answer.text
    assert said not in answer.text  # The refusal says it already.
    for value in (f"{URL}</textarea>", 'value="Board meeting"', "Ada\nGrace", '<option value="en" selected>'):
        assert value in answer.text
    assert session.query(Transcription).filter_by(account_id=account.id, status=Status.PROCESSING).count() == 0


@pytest.mark.parametrize(("why", "said", "way_out"), REASONS)
def test_p18_a_retry_that_cannot_be_paid_says_so_on_its_page(
    app: Flask, session: Session, why: str, said: str, way_out: str
) -> None:
    account = penniless(session, why)
    failed = make_transcription(session, account, status=Status.FAILED, title="Board meeting")

    answer = sign_in(app, account).post(f"/transcriptions/{failed.public_id}/retry")

    assert answer.status_code == 402
    assert "Board meeting" in answer.text
    assert f'href="{way_out}"' in answer.text


def test_one_that_failed_for_want_of_money_leads_to_billing(
    browser: FlaskClient, session: Session, alice: Account
) -> None:
    failed = make_transcription(session, alice, status=Status.FAILED, error_code="insufficient_funds")
    page = browser.get(f"/transcriptions/{failed.public_id}").text
    assert 'href="/billing"' in page[page.index("<main") :]


def test_a_recording_in_a_bucket_is_played_from_there(
    session: Session, browser: FlaskClient, alice: Account, monkeypatch: pytest.MonkeyPatch
) -> None:
    media = make_media(session, alice)
    transcription = make_completed(session, alice, media_id=media.id)
    bucket = SimpleNamespace(
        is_public=True,
        size_bytes=lambda key: 5,
        presigned_get=lambda key, **how: f"https://bucket.example/{key}?{how['expires_seconds']}",
    )
    monkeypatch.setattr("blueprints.recordings.store", lambda: bucket)

    answer = browser.get(f"/transcriptions/{transcription.public_id}/media")

    assert (answer.status_code, answer.location) == (302, f"https://bucket.example/{media.object_key}?300")
    assert answer.headers["Cache-Control"] == "no-store"


def make_artifact(session: Session, done: Transcription, kind: ArtifactKind, content: Any, **values: Any) -> None:
    keep_artifact(session, done, kind, Made(content, "extractive", None))
    changes = update(Artifact).where(Artifact.transcription_id == done.id, Artifact.kind == kind).values(**values)
    if values:
        session.execute(changes)
    session.expire(done)


def test_the_transcript_begins_with_what_it_is_about(browser: FlaskClient, session: Session, alice: Account) -> None:
    done = make_completed(session, alice, texts=["Hello there.", *["More of it."] * 120])
    content = [{"title": "Late", "start": 550.0, "end": 600.0, "summary": "It ends."}]
    make_artifact(session, done, ArtifactKind.CHAPTERS, content)
    page = browser.get(f"/transcriptions/{done.public_id}").text
    assert '<a class="stamp" data-at="550.00" href="?t=550.00#window-1">9:10</a>' in page
    assert "Summary Hello there. 0:00 Hello there. Key phrases: greetings" in text_of(page)
    assert "Chapters 9:10 Late It ends. Topics Greetings 0:00 Extracted from the transcript" in text_of(page)


def test_who_wrote_it_and_what_is_to_do_is_told(browser: FlaskClient, session: Session, alice: Account) -> None:
    done = make_completed(session, alice)
    item = {"text": "Send the minutes", "owner": "Ada", "start": 5.0, "end": 9.0}
    content = {"short": "They met.", "bullets": [], "key_phrases": [], "action_items": [item]}
    make_artifact(session, done, ArtifactKind.SUMMARY, content, engine="llm", model="small-model")
    page = text_of(browser.get(f"/transcriptions/{done.public_id}").text)
    assert "To do 0:05 Ada: Send the minutes" in page
    assert "Written by small-model, Extracted from the transcript" in page


def test_what_was_made_is_escaped(browser: FlaskClient, session: Session, alice: Account) -> None:
    done, nasty = make_completed(session, alice), "<b onclick=alert(1)>"
    moment = {"start": 0.0, "end": 5.0}
    items = [{"text": nasty, "owner": nasty, **moment}]
    summary = {"short": nasty, "bullets": items, "key_phrases": [nasty], "action_items": items}
    make_artifact(session, done, ArtifactKind.SUMMARY, summary, engine="llm", model=nasty)
    make_artifact(session, done, ArtifactKind.CHAPTERS, [{"title": nasty, "summary": nasty, **moment}])
    make_artifact(session, done, ArtifactKind.TOPICS, [{"label": nasty, "score": 1.0, "mentions": [moment]}])
    page = browser.get(f"/transcriptions/{done.public_id}").text
    assert page.count("&lt;b onclick") == 9
    assert nasty not in page


def test_what_is_being_made_is_asked_for_again_until_it_is_there(
    browser: FlaskClient, session: Session, alice: Account
) -> None:
    done = make_completed(session, alice)
    make_artifact(session, done, ArtifactKind.TOPICS, None, status=ArtifactStatus.PENDING)
    page = browser.get(f"/transcriptions/{done.public_id}").text
    again = re.search(r'hx-get="([^"]+/understanding[^"]+)" hx-trigger="load delay:2s', page)
    assert again
    assert "Topics: being made…" in browser.get(again[1], headers=HX).text
    make_artifact(session, done, ArtifactKind.TOPICS, [])
    ready = browser.get(again[1], headers=HX)
    assert ready.headers["HX-Retarget"] == f"#understanding-{done.public_id}"
    assert "being made" not in ready.text


def test_what_could_not_be_made_is_made_again(browser: FlaskClient, session: Session, alice: Account) -> None:
    done = make_completed(session, alice)
    make_artifact(session, done, ArtifactKind.CHAPTERS, None, status=ArtifactStatus.FAILED)
    address = f"/transcriptions/{done.public_id}"
    assert "Chapters: this could not be made." in browser.get(address).text
    assert browser.post(f"{address}/understand").headers["Location"] == address
    session.expire_all()
    page = browser.get(address).text
    assert "Summary, chapters, topics: being made…" in page
    assert "could not be made" not in page


def test_what_was_made_of_other_words_is_said_to_be_out_of_date(
    browser: FlaskClient, session: Session, alice: Account
) -> None:
    done = make_completed(session, alice)
    make_artifact(session, done, ArtifactKind.CHAPTERS, [], is_stale=True)
    assert "Out of date:" in browser.get(f"/transcriptions/{done.public_id}").text


def test_a_transcript_without_words_has_nothing_to_search(
    browser: FlaskClient, session: Session, alice: Account
) -> None:
    silent = make_completed(session, alice, texts=[])
    page = browser.get(f"/transcriptions/{silent.public_id}").text
    assert "Search this transcript" not in page
    assert "Summary" not in page


def test_the_last_stage_is_shown(browser: FlaskClient, session: Session, alice: Account) -> None:
    held = {"lease_token": "w/1", "lease_until": db_now(session)}
    last = make_transcription(
        session, alice, stage=Stage.UNDERSTANDING, started_at=db_now(session), progress=0.9, **held
    )
    page = browser.get(f"/transcriptions/{last.public_id}").text
    assert '<li aria-current="step">Understanding</li>' in page
    assert "Understanding what was said" in browser.get("/transcriptions").text


@pytest.mark.parametrize(
    ("before", "words"),
    [
        (0, "Waiting for its turn, which is next"),
        (2, "Waiting for its turn, number 3 in line"),
        (1000, "Waiting for its turn, behind a thousand or more"),
    ],
)
def test_the_place_in_line_is_shown(
    browser: FlaskClient, session: Session, alice: Account, monkeypatch: pytest.MonkeyPatch, before: int, words: str
) -> None:
    for _ in range(min(before, 2)):
        make_transcription(session, alice)
    last = make_transcription(session, alice)
    if before > 2:
        monkeypatch.setattr(Transcription, "queue_position", before)
        monkeypatch.setattr("handlers.lines._positions", lambda queue: select(literal(last.id), literal(before)))

    for path in ("/transcriptions", f"/transcriptions/{last.public_id}", f"/transcriptions/{last.public_id}/progress"):
        assert words in browser.get(path).text


def test_a_stranger_cannot_have_it_understood(browser: FlaskClient, session: Session, charlie: Account) -> None:
    theirs = make_completed(session, charlie).public_id
    assert browser.post(f"/transcriptions/{theirs}/understand").status_code == 404
    assert browser.get(f"/transcriptions/{theirs}/understanding").status_code == 404
