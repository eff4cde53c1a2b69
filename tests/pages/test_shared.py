"""A shared transcript as whoever has the link sees it: what is shared, and nothing of what is not."""

import logging
import re
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import func
from sqlalchemy.orm import Session
from werkzeug.test import TestResponse

import runtime
from blueprints import recordings
from handlers import shares
from handlers.artifacts import Made, keep_artifact
from handlers.transcriptions import delete_media
from handlers.trash import trash_transcription
from models import Account, ArtifactKind, Share, SharePart
from storage.local import LocalStore
from tests.factories import browser as sign_in
from tests.factories import make_completed, make_media
from tests.pages.conftest import CountQueries, text_of

HX = {"HX-Request": "true"}
PASSWORD = "open sesame, please"
EVERYTHING = tuple(SharePart)
PARTS = ["", "/segments?window=0", "/media", "/export?format=txt"]


@pytest.fixture
def share(session: Session, alice: Account) -> Share:
    """Everything there is to be shared, of a recording with two named speakers."""
    return make_share(session, alice, parts=EVERYTHING)


def make_share(session: Session, account: Account, *, texts: list[str] | None = None, **terms: Any) -> Share:
    media = make_media(session, account, b"0123456789")
    transcription = make_completed(
        session,
        account,
        texts=texts,
        title="Board meeting",
        media_id=media.id,
        speaker_names={"S1": "Ada Lovelace"},
        labels={"customer": "secret customer"},
        upload_id="up_secret",
    )
    summary = {
        "short": "They greet.",
        "bullets": [],
        "key_phrases": [],
        "action_items": [{"text": "send the report", "owner": "Ada Lovelace", "start": 0.0, "end": 5.0}],
    }
    keep_artifact(session, transcription, ArtifactKind.SUMMARY, Made(summary, "llm", "secret-model"))
    made = shares.create_share(session, account, transcription.public_id, **terms)
    session.commit()
    return made


def at(share: Share) -> str:
    """Its path."""
    address = shares.address(share)
    assert address is not None
    return urlsplit(address).path


def fetched(client: FlaskClient, path: str, **given: Any) -> TestResponse:
    """An answer that was read and let go of: that of a recording holds a file open."""
    answer = client.get(path, **given)
    answer.get_data()
    answer.close()
    return answer


def without_ids(answer: TestResponse) -> tuple[int, str, list[tuple[str, str]]]:
    """An answer but for what names the request."""
    headers = [pair for pair in answer.headers if pair[0] not in ("X-Request-Id", "Content-Length")]
    return answer.status_code, answer.text.replace(answer.headers["X-Request-Id"], ""), headers


def test_anyone_reads_it_without_signing_in(visitor: FlaskClient, share: Share) -> None:
    answer = visitor.get(at(share))

    assert answer.status_code == 200
    page = text_of(answer.text)
    for shown in ("Board meeting", "General", "Ada Lovelace", "They greet.", "Greetings", "0:05"):
        assert shown in page
    assert f'src="{at(share)}/media"' in answer.text
    assert "Set-Cookie" not in answer.headers


def test_nothing_of_the_account_is_shown(app: Flask, visitor: FlaskClient, alice: Account, share: Share) -> None:
    for client in (visitor, sign_in(app, alice)):
        answers = [fetched(client, at(share) + part) for part in PARTS]
        seen = "".join(f"{answer.headers}{answer.text}" for answer in answers)
        transcription = share.transcription
        for secret in (
            *(alice.email, alice.public_id, share.public_id, transcription.public_id, "secret", "whisper"),
            *("/transcriptions/", "example.com", "uploads/", "charged", "$0."),
        ):
            assert secret not in seen, secret
        assert client.get(at(share) + "/export?format=json").status_code == 404


def test_it_is_kept_from_caches_search_engines_and_other_sites(visitor: FlaskClient, share: Share) -> None:
    for part in PARTS:
        headers = fetched(visitor, at(share) + part).headers
        assert headers["Cache-Control"] == "no-store", part
        assert headers["Referrer-Policy"] == "no-referrer", part
        assert "noindex" in headers["X-Robots-Tag"], part
    assert '<meta name="robots" content="noindex' in visitor.get(at(share)).text


def test_what_is_not_shared_is_not_there(visitor: FlaskClient, session: Session, alice: Account) -> None:
    share = make_share(session, alice, parts=[])

    page = visitor.get(at(share)).text

    assert "General" in text_of(page)
    for hidden in ("Ada Lovelace", "They greet", "Greetings", "<audio", "/media", "/export", "S1"):
        assert hidden not in page, hidden
    assert "Speaker 1" in page
    for part in ("/media", "/export?format=txt"):
        assert visitor.get(at(share) + part).status_code == 404


def test_whoever_has_to_do_it_is_named_only_with_the_speakers(
    visitor: FlaskClient, session: Session, alice: Account, share: Share
) -> None:
    unnamed = make_share(session, alice, parts=[SharePart.SUMMARY, SharePart.EXPORTS])

    for path, named in ((at(share), True), (at(unnamed), False)):
        for text in (visitor.get(path).text, visitor.get(f"{path}/export?format=md").text):
            assert "send the report" in text
            assert ("Ada Lovelace" in text) == named


def test_files_are_saved_as_they_are_shown(visitor: FlaskClient, session: Session, alice: Account) -> None:
    share = make_share(session, alice, parts=[SharePart.EXPORTS, SharePart.CHAPTERS])

    answer = visitor.get(f"{at(share)}/export?format=srt&speakers=true")

    assert answer.headers["Content-Disposition"].startswith("attachment")
    assert "Speaker 1: Hello there." in answer.text
    assert visitor.get(f"{at(share)}/export?format=pdf").data.startswith(b"%PDF")
    assert "They greet" not in visitor.get(f"{at(share)}/export?format=md").text
    assert visitor.get(f"{at(share)}/export?format=nonsense").status_code == 422


def test_the_recording_plays_by_ranges(visitor: FlaskClient, share: Share) -> None:
    with visitor.get(f"{at(share)}/media", headers={"Range": "bytes=2-4"}) as answer:
        assert (answer.status_code, answer.data, answer.content_type) == (206, b"234", "audio/flac")


def test_in_a_bucket_the_recording_is_at_a_short_lived_address(
    visitor: FlaskClient,
    session: Session,
    alice: Account,
    share: Share,
    monkeypatch: pytest.MonkeyPatch,
    tmp_path: Path,
) -> None:
    class Bucket(LocalStore):
        is_public = True

        def size_bytes(self, key: str) -> int | None:
            return 10

    bucket = Bucket(tmp_path, secret_key="secret", base_url="https://bucket.example.com")
    monkeypatch.setattr(runtime, "_store", bucket)

    answer = visitor.get(f"{at(share)}/media")
    assert (answer.status_code, answer.headers["Location"].split("/")[2]) == (302, "bucket.example.com")
    assert recordings.PLAYBACK_SECONDS <= 300

    shares.revoke_share(session, alice, share.public_id)
    session.commit()
    assert visitor.get(f"{at(share)}/media").status_code == 404


def test_a_recording_that_is_deleted_leaves_the_text(
    visitor: FlaskClient, session: Session, alice: Account, share: Share
) -> None:
    delete_media(session, alice, share.transcription.public_id)
    session.commit()
    session.expire_all()

    page = visitor.get(at(share)).text

    assert "<audio" not in page
    assert "General" in text_of(page)
    assert visitor.get(f"{at(share)}/media").status_code == 404


def test_a_long_one_comes_in_windows(visitor: FlaskClient, session: Session, alice: Account) -> None:
    share = make_share(session, alice, texts=[f"Sentence {number}." for number in range(250)])

    first = visitor.get(at(share)).text

    assert first.count("data-loaded") == 1
    assert first.count('class="window swap"') == 3
    assert f'hx-get="{at(share)}/segments?window=2"' in first
    assert "249." in visitor.get(f"{at(share)}/segments?window=2", headers=HX).text
    assert visitor.get(f"{at(share)}/segments?window=3", headers=HX).status_code == 404
    assert "249." in visitor.get(f"{at(share)}?window=2").text


@pytest.mark.parametrize(("t", "line"), [("1240", 248), ("1243.5", 248), ("1245.00", 249), ("9e9", 249), ("0", 0)])
def test_a_moment_comes_to_its_line_without_script(
    visitor: FlaskClient, session: Session, alice: Account, t: str, line: int
) -> None:
    share = make_share(session, alice, texts=[f"Sentence {number}." for number in range(250)])

    page = visitor.get(f"{at(share)}?t={t}").text

    assert re.findall(r'id="segment-(\d+)" class="sought" tabindex="-1" autofocus', page) == [str(line)]


@pytest.mark.parametrize("t", ["", "nan", "-1", "x" * 50, "1e999", "<b>"])
def test_a_moment_that_is_none_is_the_beginning(visitor: FlaskClient, share: Share, t: str) -> None:
    answer = visitor.get(at(share), query_string={"t": t})

    assert answer.status_code == 200
    assert 'id="segment-0"' in answer.text
    assert "<b>" not in answer.text


def ended(session: Session, alice: Account) -> list[str]:
    """Links that are over for one reason each, and addresses that never were any."""
    expired, revoked, in_trash, deleted = (make_share(session, alice) for _ in range(4))
    paths = [at(each) for each in (expired, revoked, in_trash, deleted)]
    expired.expires_at = func.now() - timedelta(seconds=1)
    shares.revoke_share(session, alice, revoked.public_id)
    trash_transcription(session, alice, in_trash.transcription.public_id)
    session.delete(deleted)
    session.commit()
    return [*paths, "/s/" + "a" * 32, "/s/x", "/s/" + in_trash.transcription.public_id]


def test_P41_wrong_expired_revoked_and_trashed_are_the_same(
    visitor: FlaskClient, session: Session, alice: Account
) -> None:
    paths = ended(session, alice)
    for part in PARTS:
        answers = [without_ids(visitor.get(path + part)) for path in paths]
        assert answers[0][0] == 404
        assert all(answer == answers[0] for answer in answers), part
    assert "It may be incomplete, have expired or been taken back." in visitor.get(paths[0]).text
    posts = [without_ids(visitor.post(path, data={"password": PASSWORD})) for path in paths]
    assert posts[0][0] == 404
    assert all(post == posts[0] for post in posts)


def test_one_link_leads_to_no_other_transcription(visitor: FlaskClient, session: Session, alice: Account) -> None:
    share, other = make_share(session, alice), make_completed(session, alice, media_id=make_media(session, alice).id)
    session.commit()
    visitor.get(at(share))

    for path in ("", "/segments?window=0", "/media", "/export?format=txt", "/row"):
        for transcription in (share.transcription, other):
            answer = visitor.get(f"/transcriptions/{transcription.public_id}{path}")
            assert answer.headers["Location"].startswith("/login")
    assert visitor.get(f"{at(share)}/segments?window=0&transcription_id={other.public_id}").status_code == 200


def test_nothing_can_be_written_by_a_link(visitor: FlaskClient, share: Share) -> None:
    for method in ("PUT", "PATCH", "DELETE"):
        assert visitor.open(at(share), method=method).status_code == 405
    assert visitor.post(f"{at(share)}/segments").status_code == 405


@pytest.mark.parametrize("text", ["<script>alert(1)</script>", '"><img src=x onerror=alert(1)>', "{{ 7919 * 7919 }}"])
def test_P48_what_is_shared_is_shown_and_not_run(
    visitor: FlaskClient, session: Session, alice: Account, text: str
) -> None:
    share = make_share(session, alice, texts=[text], parts=EVERYTHING)
    share.transcription.title, share.transcription.speaker_names = text, {"S1": text}
    session.commit()

    page = visitor.get(at(share)).text

    assert "<script>alert" not in page
    assert "<img src=x" not in page
    assert str(7919 * 7919) not in page


def test_the_number_of_statements_does_not_grow(
    visitor: FlaskClient, session: Session, alice: Account, count_queries: CountQueries
) -> None:
    short = make_share(session, alice)
    long = make_share(session, alice, texts=[f"Sentence {number}." for number in range(350)])

    assert count_queries(visitor, at(short)) == count_queries(visitor, at(long))


# Openings


def openings(session: Session, share: Share) -> int:
    session.refresh(share)
    return share.openings


def test_openings_are_counted_once_a_visit(visitor: FlaskClient, session: Session, share: Share) -> None:
    visitor.get(at(share))
    for part in (*PARTS[1:], "?window=0"):
        fetched(visitor, at(share) + part)
    visitor.head(at(share))

    assert openings(session, share) == 1
    assert share.last_opened_at is not None


def test_its_owners_visits_do_not_count(
    app: Flask, session: Session, alice: Account, charlie: Account, share: Share
) -> None:
    sign_in(app, alice).get(at(share))
    assert openings(session, share) == 0

    sign_in(app, charlie).get(at(share))
    assert openings(session, share) == 1


# Passwords


@pytest.fixture
def locked(session: Session, alice: Account) -> Share:
    return make_share(session, alice, parts=EVERYTHING, password=PASSWORD)


def unlock(visitor: FlaskClient, share: Share, password: str = PASSWORD) -> TestResponse:
    return visitor.post(at(share), data={"password": password})


def test_nothing_is_told_before_the_password(visitor: FlaskClient, session: Session, locked: Share) -> None:
    answers = [visitor.get(at(locked) + part) for part in [*PARTS, "?t=5", "?window=0"]]
    answers += [visitor.get(at(locked) + PARTS[1], headers=HX), unlock(visitor, locked, "wrong")]

    for answer in answers:
        seen = f"{answer.headers}{answer.text}"
        for secret in ("Board", "Hello", "greet", "Ada", "og:", "flac", "0:10", locked.public_id):
            assert secret not in seen, secret
    assert "A shared transcript" in answers[0].text
    assert openings(session, locked) == 0


def test_the_right_password_opens_it_at_the_moment_asked_for(visitor: FlaskClient, locked: Share) -> None:
    assert f'action="{at(locked)}?t=5"' in visitor.get(f"{at(locked)}?t=5").text

    answer = visitor.post(f"{at(locked)}?t=5", data={"password": PASSWORD})

    assert (answer.status_code, answer.headers["Location"]) == (303, f"{at(locked)}?t=5")
    for part in PARTS:
        assert fetched(visitor, at(locked) + part).status_code == 200, part


def test_a_wrong_password_is_refused_beside_its_field(visitor: FlaskClient, locked: Share) -> None:
    answer = unlock(visitor, locked, "not this one")

    assert answer.status_code == 422
    assert 'aria-describedby="field-password-error"' in answer.text
    assert "not this one" not in answer.text
    assert "Set-Cookie" not in answer.headers


def test_P44_guessing_is_slowed_down(visitor: FlaskClient, locked: Share) -> None:
    assert [unlock(visitor, locked, "not it").status_code for _ in range(6)] == [422] * 5 + [429]

    answer = unlock(visitor, locked)

    assert answer.status_code == 429
    assert int(answer.headers["Retry-After"]) > 0
    assert 'id="field-password-error"' in answer.text


def test_P44_whoever_is_let_in_already_does_not_wait(app: Flask, visitor: FlaskClient, locked: Share) -> None:
    unlock(visitor, locked)
    stranger = sign_in(app, None)
    for _ in range(6):
        unlock(stranger, locked, "not it")

    assert visitor.get(at(locked)).status_code == 200
    assert "Board meeting" in visitor.get(at(locked)).text


def test_P45_the_password_is_remembered_in_a_cookie_of_that_path_alone(
    visitor: FlaskClient, locked: Share, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(runtime, "_config", replace(runtime.config(), base_url="https://transcribe.example.com"))

    cookie = unlock(visitor, locked).headers["Set-Cookie"]

    assert cookie.startswith("__Secure-share=")
    for attribute in (f"Path={at(locked)}", "Secure", "HttpOnly", "SameSite=Lax", "Max-Age=43200"):
        assert attribute in cookie
    assert PASSWORD not in cookie


def test_a_cookie_opens_no_other_link(visitor: FlaskClient, session: Session, alice: Account, locked: Share) -> None:
    other = make_share(session, alice, password=PASSWORD)
    cookie = unlock(visitor, locked).headers["Set-Cookie"].partition(";")[0]

    for value in (cookie, "share=", "share=x.y.z"):
        page = visitor.get(at(other), headers={"Cookie": value}).text
        assert "Board meeting" not in page
        assert "A shared transcript" in page


def test_another_password_asks_everybody_anew(
    visitor: FlaskClient, session: Session, alice: Account, locked: Share
) -> None:
    unlock(visitor, locked)
    shares.update_share(session, alice, locked.public_id, password="another one, please")
    session.commit()

    assert "Board meeting" not in visitor.get(at(locked)).text
    assert visitor.get(at(locked) + PARTS[1], headers=HX).headers["HX-Refresh"] == "true"
    assert visitor.get(at(locked) + "/media").status_code == 404
    assert visitor.get(at(locked) + PARTS[3]).headers["Location"] == at(locked)

    shares.update_share(session, alice, locked.public_id, password=None)
    session.commit()
    assert "Board meeting" in visitor.get(at(locked)).text


def test_the_form_for_the_password_can_be_posted_by_a_browser_that_sends_an_origin_alone(
    app: Flask, locked: Share
) -> None:
    client = app.test_client()
    assert client.get(at(locked)).headers["Referrer-Policy"] == "same-origin"  # With none its Origin would be null.

    form = {"password": PASSWORD}
    assert client.post(at(locked), data=form, headers={"Origin": "http://localhost"}).status_code == 303
    assert client.post(at(locked), data=form, headers={"Origin": "https://elsewhere.example.com"}).status_code == 403


def test_P50_no_address_is_logged(visitor: FlaskClient, locked: Share, caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.INFO):
        for part in [*PARTS, "/nonsense"]:
            visitor.get(at(locked) + part)
        unlock(visitor, locked)

    logged = "".join(str(record.__dict__) for record in caplog.records)
    assert "/s/…" in logged
    assert at(locked).removeprefix("/s/") not in logged
    assert PASSWORD not in logged


def test_an_end_is_told_to_whoever_reads_it(visitor: FlaskClient, session: Session, alice: Account) -> None:
    share = make_share(session, alice, expires_at=datetime(2030, 1, 2, 3, 4, tzinfo=UTC))

    assert "2 Jan 2030, 03:04 UTC" in text_of(visitor.get(at(share)).text)
