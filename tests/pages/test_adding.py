"""The form of a new transcription: links, what there is to choose, the price before it is spent, the sample."""

import http.server
import re
import threading
from collections.abc import Iterator
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session, selectinload

import runtime
from models import Account, Plan, Transcription
from speech.pipelines import Hosting
from tests.factories import browser as sign_in
from tests.factories import make_account, make_completed
from tests.pages.conftest import text_of

HX = {"HX-Request": "true"}
GOOD = "https://example.com/talk.mp3"
OTHER = "https://example.com/other.mp3"
BAD = "ftp://example.com/bad.mp3"
JFK = Path(__file__).parents[2] / "assets" / "jfk.flac"  # 11 s


def all_of(session: Session, account: Account) -> list[Transcription]:
    query = select(Transcription).where(Transcription.account_id == account.id).order_by(Transcription.public_id)
    return list(session.scalars(query.options(selectinload(Transcription.tags))))


# Links


def test_links_a_line_each_become_transcriptions_and_the_list_says_how_many(
    browser: FlaskClient, session: Session, alice: Account
) -> None:
    answer = browser.post("/transcriptions", data={"url": f"{GOOD}\r\n\r\n  {OTHER}  \r\n"})
    assert (answer.status_code, answer.headers["Location"]) == (303, "/transcriptions?begun=2")
    assert "2 recordings are on their way." in browser.get(answer.headers["Location"]).text
    assert [each.url for each in all_of(session, alice)] == [GOOD, OTHER]


def test_bad_lines_stay_with_their_numbers_and_the_good_ones_are_begun(
    browser: FlaskClient, session: Session, alice: Account
) -> None:
    answer = browser.post("/transcriptions", data={"url": f"{GOOD}\n{BAD}\nnonsense", "language": "de"})
    assert answer.status_code == 422
    text = text_of(answer.text)
    assert "1 recording is on its way. What is left below was not taken." in text
    assert f"{BAD} nonsense" in text
    assert "Line 1: Give a URL that begins with" in text
    assert "Line 2: Give a URL that begins with" in text
    assert '<option value="de" selected>' in answer.text
    assert [each.url for each in all_of(session, alice)] == [GOOD]


def test_reloading_what_came_back_begins_nothing_again(browser: FlaskClient, session: Session, alice: Account) -> None:
    form = {"url": f"{GOOD}\n{BAD}", "attempt": "one"}
    answers = [browser.post("/transcriptions", data=form) for _ in range(2)]
    assert [answer.status_code for answer in answers] == [422, 422]
    assert len(all_of(session, alice)) == 1


def test_links_that_cannot_be_paid_are_none_of_them_begun(app: Flask, session: Session) -> None:
    account = make_account(session, top_up_microusd=9_000)
    answer = sign_in(app, account).post("/transcriptions", data={"url": f"{GOOD}\n{OTHER}"})
    assert answer.status_code == 402
    assert "None of the 2 was begun." in answer.text
    assert f"{GOOD}\n{OTHER}</textarea>" in answer.text
    assert all_of(session, account) == []


def test_a_script_gets_the_field_alone(browser: FlaskClient) -> None:
    answer = browser.post("/transcriptions", data={"url": f"{GOOD}\n{BAD}"}, headers=HX)
    assert answer.status_code == 422
    assert answer.text.strip().startswith('<div id="links"')
    assert "1 recording is on its way" in answer.text
    answer = browser.post("/transcriptions", data={"url": GOOD, "speakers_expected": "many"}, headers=HX)
    assert "Say a number of speakers from 1 to 20." in answer.text
    assert browser.post("/transcriptions", data={"url": OTHER}, headers=HX).status_code == 200


@pytest.mark.parametrize(("begun", "said"), [("-3", False), ("many", False), ("1000000", True)])
def test_how_many_were_begun_is_a_number_that_a_form_can_have_begun(
    browser: FlaskClient, begun: str, said: bool
) -> None:
    page = browser.get(f"/transcriptions?begun={begun}")
    assert page.status_code == 200
    assert ("50 recordings are on their way." in page.text) == said
    assert begun not in page.text.partition('id="links"')[2].partition("</textarea>")[0]


def test_nothing_at_all_is_asked_for(browser: FlaskClient) -> None:
    answer = browser.post("/transcriptions", data={"url": " "})
    assert answer.status_code == 422
    assert "Give a link, one a line, or choose files." in answer.text


def test_every_option_reaches_the_transcription(browser: FlaskClient, session: Session, alice: Account) -> None:
    form = {"url": GOOD, "diarize": "false", "max_cost_usd": "0.25", "vocabulary": "Ada\n\nGrace", "title": "Talk"}
    assert browser.post("/transcriptions", data=form).status_code == 303
    (made,) = all_of(session, alice)
    assert (made.diarize, made.max_cost_microusd, made.vocabulary) == (False, 250_000, ["Ada", "Grace"])
    assert made.title == "Talk"


@pytest.mark.parametrize(
    ("field", "value"), [("max_cost_usd", "much"), ("speakers_expected", "0"), ("title", "x" * 301)]
)
def test_a_wrong_option_is_told_beside_it(browser: FlaskClient, field: str, value: str) -> None:
    answer = browser.post("/transcriptions", data={"url": GOOD, field: value})
    assert answer.status_code == 422
    assert f'id="field-{field}-error"' in answer.text
    assert '<details class="more" open>' in answer.text


# Pipelines


@pytest.fixture
def with_voxtral(monkeypatch: pytest.MonkeyPatch) -> None:
    config = replace(runtime.config(), hosting={**runtime.config().hosting, "mistral": Hosting("key")})
    monkeypatch.setattr(runtime, "_config", config)


def test_each_pipeline_shows_its_price_and_what_it_can_do(browser: FlaskClient, with_voxtral: None) -> None:
    text = text_of(browser.get("/transcriptions").text)
    assert "Whisper base $0.005 a minute $0.0035 on Pro 99 languages" in text
    assert "Voxtral Mini Transcribe $0.0296 a minute $0.02072 on Pro 13 languages" in text
    assert "speakers, times of lines, vocabulary, up to 4 h" in text
    assert "Qwen3" not in text.partition("More options")[0]


def test_who_is_on_pro_sees_one_price(app: Flask, session: Session) -> None:
    text = text_of(sign_in(app, make_account(session, plan=Plan.PRO)).get("/transcriptions").text)
    assert "$0.0035 a minute" in text
    assert "on Pro" not in text


def test_the_accounts_own_pipeline_is_chosen(
    browser: FlaskClient, session: Session, alice: Account, with_voxtral: None
) -> None:
    alice.default_pipeline_code = "voxtral-mini-transcribe"
    session.flush()
    assert 'value="voxtral-mini-transcribe" checked' in browser.get("/transcriptions").text


# The price


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """A loopback server of one recording."""
    folder = tmp_path_factory.mktemp("site")
    (folder / "jfk.flac").write_bytes(JFK.read_bytes())

    class Quiet(http.server.SimpleHTTPRequestHandler):
        def log_message(self, *arguments: Any) -> None:
            pass

    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), partial(Quiet, directory=str(folder))) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()


def test_the_price_of_a_link_is_seen_before_it_is_spent(
    browser: FlaskClient, session: Session, alice: Account, site: str
) -> None:
    answer = browser.post("/transcriptions/quote", data={"url": f"{site}/jfk.flac", "title": "Talk"})
    assert answer.status_code == 200
    text = text_of(answer.text)
    assert "0:11 at $0.005 a minute: $0.000917 . $10.00 is available, $9.999083 afterwards." in text
    assert 'value="Talk"' in answer.text
    assert all_of(session, alice) == []


def test_a_length_that_is_not_known_is_said(browser: FlaskClient, site: str) -> None:
    urls = f"{site}/jfk.flac\n{site}/none.mp3"
    answer = browser.post("/transcriptions/quote", data={"url": urls}, headers=HX)
    text = text_of(answer.text)
    assert answer.text.strip().startswith('<div id="quote"')
    assert "$0.000917 . 1 more priced when fetched: $0.005 a minute. $10.00 is available." in text
    assert "server has no such file (404)" in text


def test_a_quote_of_nothing_says_what_is_missing(browser: FlaskClient) -> None:
    answer = browser.post("/transcriptions/quote", data={"url": f"{GOOD}\nnonsense"}, headers=HX)
    assert answer.status_code == 422
    assert "Line 2: Give a URL that begins with" in answer.text


# The sample


def test_a_first_visit_offers_the_sample_with_its_price(browser: FlaskClient, session: Session, alice: Account) -> None:
    assert "for $0.000917 of what is available" in text_of(browser.get("/transcriptions").text)
    answer = browser.post("/transcriptions/sample")
    assert answer.status_code == 303
    (sample,) = all_of(session, alice)
    assert answer.headers["Location"] == f"/transcriptions/{sample.public_id}"
    assert (sample.title, sample.price_per_minute_microusd) == ("Ask not what your country can do for you", 5_000)


def test_who_has_transcriptions_is_not_offered_it(browser: FlaskClient, session: Session, alice: Account) -> None:
    make_completed(session, alice)
    assert 'action="/transcriptions/sample"' not in browser.get("/transcriptions").text


def test_a_sample_that_cannot_be_paid_is_refused_and_nothing_is_stored(
    app: Flask, session: Session, store_root: Path
) -> None:
    account = make_account(session, top_up_microusd=0)
    before = sum(1 for _ in (store_root / "media").glob("*"))
    answer = sign_in(app, account).post("/transcriptions/sample")
    assert answer.status_code == 402
    assert 'href="/billing"' in answer.text
    assert sum(1 for _ in (store_root / "media").glob("*")) == before


def test_the_page_may_use_the_microphone_and_play_what_it_recorded(browser: FlaskClient) -> None:
    headers = browser.get("/transcriptions").headers
    assert "microphone=(self)" in headers["Permissions-Policy"]
    assert "media-src 'self' blob: " in headers["Content-Security-Policy"]


def test_tags_and_keeping_go_with_the_recording(browser: FlaskClient, session: Session, alice: Account) -> None:
    browser.post("/transcriptions", data={"url": GOOD, "tags": "Museum, Tape ,museum", "retention": "168"})
    browser.post("/transcriptions", data={"url": OTHER, "tags": "", "retention": ""})
    first, second = all_of(session, alice)
    assert ([tag.name for tag in first.tags], first.media_kept_hours) == (["Museum", "Tape"], 168)
    assert ([tag.name for tag in second.tags], second.media_kept_hours) == ([], alice.media_kept_hours)


def test_tags_that_are_none_are_said_beside_their_field(browser: FlaskClient) -> None:
    answer = browser.post("/transcriptions", data={"url": GOOD, "tags": "x" * 41})
    assert answer.status_code == 422
    assert "Give up to 20 tags with commas between them" in answer.text
    assert 'id="field-tags-error"' in answer.text


def test_metadata_and_an_address_to_tell_go_with_each_of_the_links(
    browser: FlaskClient, session: Session, alice: Account
) -> None:
    form = {"metadata": "customer: 42\r\n\r\nurl : https://example.com/a:b\r\n", "webhook_url": "https://example.com/h"}
    browser.post("/transcriptions", data={"url": f"{GOOD}\n{OTHER}", **form})
    made = all_of(session, alice)
    assert [each.labels for each in made] == [{"customer": "42", "url": "https://example.com/a:b"}] * 2
    for each in made:
        page = browser.get(f"/transcriptions/{each.public_id}").text
        (endpoint,) = re.findall(r'href="(/settings/webhooks/whe_\w+)">https://example.com/h<', page)
        assert "Make a new secret" in browser.get(endpoint).text


def test_headers_open_private_links_and_are_never_shown_again(
    browser: FlaskClient, session: Session, alice: Account
) -> None:
    form = {"url": f"{GOOD}\n{BAD}\nhttp://[", "url_headers": "Authorization: Bearer hush:hush\nX-Team: a"}
    answer = browser.post("/transcriptions", data=form)
    assert answer.status_code == 422
    assert "hush" not in answer.text
    (made,) = all_of(session, alice)
    assert made.url_headers == {"Authorization": "Bearer hush:hush", "X-Team": "a"}
    assert "hush" not in browser.get(f"/transcriptions/{made.public_id}").text


def test_headers_are_for_one_host_at_a_time(browser: FlaskClient, session: Session, alice: Account) -> None:
    form = {"url": f"{GOOD}\nhttps://example.org/a.mp3", "url_headers": "Authorization: Bearer hush"}
    for path in ("/transcriptions", "/transcriptions/quote"):
        answer = browser.post(path, data=form)
        assert answer.status_code == 422
        assert "These links lead to several hosts." in answer.text
    assert all_of(session, alice) == []


@pytest.mark.parametrize(
    ("field", "value", "message"),
    [
        ("metadata", "customer 42", "Write a name, a colon and a value on each line."),
        ("metadata", ": 42", "Write a name, a colon and a value on each line."),
        ("metadata", "a: 1\na: 2", "a is there twice."),
        ("metadata", f"{'x' * 41}: 1", "Give up to 50 pairs."),
        ("url_headers", "Host: example.com", "Give up to 5 headers that can be sent along"),
        ("url_headers", "\n".join(f"X-{n}: 1" for n in range(6)), "Give up to 5 headers"),
        ("webhook_url", "http://example.com/h", "Give a URL that begins with https://."),
        ("webhook_url", "https://10.0.0.1/h", "public"),
    ],
)
def test_what_is_wrong_with_them_is_said_beside_the_field(
    browser: FlaskClient, session: Session, alice: Account, field: str, value: str, message: str
) -> None:
    answer = browser.post("/transcriptions", data={"url": GOOD, field: value})
    assert answer.status_code == 422
    error = answer.text.partition(f'id="field-{field}-error"')[2].partition("</p>")[0]
    assert message in error
    assert all_of(session, alice) == []
