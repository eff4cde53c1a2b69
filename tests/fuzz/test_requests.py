"""Every route of the service, asked what nobody would ask: never an answer of 500, never a word about how it works."""

import json
import re
from contextlib import closing
from dataclasses import replace
from io import BytesIO
from typing import Any
from urllib.parse import quote

import pytest
from flask import Flask
from flask.testing import FlaskClient
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy.orm import Session
from werkzeug.test import TestResponse

import app as application
import runtime
from blueprints import api_v1, local_store, mcp, openai_v1, pages, stripe_events
from models import Account
from tests.factories import make_completed
from tests.fuzz.conftest import FUZZ
from tests.fuzz.mutations import mutated
from tests.hostile import HALVES, HOSTILE, UNKEEPABLE

# They end what the next example needs, keep the line open, or go out to whatever address they are given.
LEFT_OUT = {
    "pages.sign_in.logout",
    "pages.settings.sign_out_everywhere",
    "pages.settings.end_other_sessions",
    "pages.library.events",
    "pages.questions.stream",
    "pages.transcriptions.quote",
    "pages.uploads.quote",
    "api_v1.transcriptions.events",
    "api_v1.transcriptions.wait",
    "api_v1.quotes.create",
}
NAMES = """
    q cursor limit page t window format group_by from to sort status tag tags language pipeline_code created_after
    created_before revision find replacement hours since next saved done share about actor transcription_id
    transcription_ids speakers timestamps max_chars_per_line timeout number metadata[a] metadata url title text email
    password current_password new_password code name description events enabled parts expires_at expires amount_usd
    monthly_cap_usd url_headers theme question action attempt upload_id source webhook_url retention media after ids
    order
""".split()  # noqa: SIM905 (a list of them would take a page)
# A statement of ours names its columns by their tables; what is typed into a form may come back with it.
LEAKS = re.compile(
    r"Traceback|psycopg|sqlalchemy|site-packages|SELECT \w+\.\w+|\.py\", line|/tmp/transcribe|postgresql://"
)


def rules() -> list[tuple[str, str, str]]:
    bare = Flask("routes", static_folder=None)
    bare.url_map.converters["public_id"] = application.PublicIdConverter
    for room in (pages, api_v1, openai_v1, mcp, local_store, stripe_events):
        bare.register_blueprint(room.blueprint)
    return sorted(
        (method, rule.rule, rule.endpoint)
        for rule in bare.url_map.iter_rules()
        for method in (rule.methods or set()) - {"HEAD", "OPTIONS"}
        if rule.endpoint not in LEFT_OUT
    )


RULES = rules()

hostile = st.sampled_from([*HOSTILE, *UNKEEPABLE])
value = st.one_of(
    hostile, st.text(max_size=30), st.integers().map(str), st.sampled_from(["tr_0", "2026-01-01", "true"])
)
fields = st.lists(st.tuples(st.sampled_from(NAMES) | value, value), max_size=5)
known = st.sampled_from(["source", "url", "title", "metadata", "speakers", "question", "edits", "parts", "revision"])
raw_json = st.recursive(
    st.sampled_from([*HALVES, "null", "true", "1e999", "-0", "9" * 400, '"a"']) | value.map(json.dumps),
    lambda inner: st.one_of(
        st.lists(inner, max_size=3).map(lambda parts: f"[{','.join(parts)}]"),
        st.lists(st.tuples(known | value, inner), max_size=4).map(
            lambda pairs: "{" + ",".join(f"{json.dumps(name)}:{text}" for name, text in pairs) + "}"
        ),
    ),
    max_leaves=8,
)
HEADERS = {
    "Range": ["bytes=0-", "bytes=-1", "bytes=9-1", "bytes=" + "0-0," * 500, "lines=1", "bytes=99999999999999999999-"],
    "If-None-Match": ['"', "*", "W/", '"a", "b"'],
    "If-Modified-Since": ["yesterday", "Thu, 32 Foo 2026 99:99:99 GMT"],
    "Accept-Encoding": ["gzip;q=x", "br, *;q=0", ","],
    "Idempotency-Key": ["", '"', "a b", "é", "x" * 256],
    "X-Request-Id": ["\x7f", "a" * 500, "<script>"],
    "HX-Request": ["true"],
    "HX-Current-URL": ["https://evil.example/", "http://[", "/\\x"],
    "Referer": ["http://[::1", "//"],
    "Content-Type": [
        "application/json; charset=x",
        "text/plain",
        "multipart/form-data",
        "multipart/form-data; boundary=",
    ],
    "Last-Event-ID": ["-1", "x", "9" * 50],
    "Cookie": ["session=.eJx; known=a", "theme=<x>", "=;=;;"],
}
headers = st.dictionaries(st.sampled_from(sorted(HEADERS)), st.integers(0, 5), max_size=2).map(
    lambda chosen: {name: HEADERS[name][number % len(HEADERS[name])] for name, number in chosen.items()}
)


@pytest.fixture
def done(session: Session, alice: Account) -> str:
    return make_completed(session, alice).public_id


@pytest.fixture(autouse=True)
def _alone(app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    """Nothing outside is asked, and nothing is waited for."""
    monkeypatch.setattr("handlers.search.QUESTION_SECONDS", 0.0)
    monkeypatch.setattr("outbound.targets._resolves_inside", lambda url: False)
    limitless = replace(runtime.config(), rate_limit_per_minute=10**9, anonymous_rate_limit_per_minute=10**9)
    monkeypatch.setattr(runtime, "_config", limitless)
    monkeypatch.setattr("handlers.guessing.FAILURES_PER_ADDRESS", 10**9)


def check(answer: TestResponse, asked: object) -> None:
    with closing(answer):
        assert answer.status_code < 500 or answer.status_code == 503, (asked, answer.text[:2000])
        if "text/html" in (answer.content_type or "") or answer.status_code >= 400:
            assert not LEAKS.search(answer.text), asked


def path_of(rule: str, done: str, segment: str) -> str:
    path = re.sub(r"<public_id:transcription_id>", done, rule)
    path = re.sub(r"<int:\w+>", "0", re.sub(r"<public_id:\w+>", "tr_0", path))
    return re.sub(r"<[^>]+>", segment, path)


@FUZZ
@given(
    rule=st.sampled_from(RULES), query=fields, form=fields, more=headers, segment=st.sampled_from(["x", "%00", "a%2Fb"])
)
def test_no_form_and_no_query_breaks_a_route(
    browser: FlaskClient, api: FlaskClient, done: str, rule: Any, query: Any, form: Any, more: Any, segment: str
) -> None:
    method, path, endpoint = rule
    client = browser if endpoint.startswith("pages.") else api
    answer = client.open(
        path_of(path, done, segment),
        method=method,
        query_string=dict(query),
        data=dict(form) if method != "GET" else None,
        headers=more,
    )
    check(answer, (rule, query, form, more))


@FUZZ
@given(rule=st.sampled_from([each for each in RULES if each[0] != "GET"]), body=raw_json, more=headers)
def test_no_json_breaks_a_route(
    browser: FlaskClient, api: FlaskClient, done: str, rule: Any, body: str, more: Any
) -> None:
    method, path, endpoint = rule
    client = browser if endpoint.startswith("pages.") else api
    more = {name: text for name, text in more.items() if name != "Content-Type"}
    answer = client.open(
        path_of(path, done, "x"), method=method, data=body, content_type="application/json", headers=more
    )
    check(answer, (rule, body, more))


MULTIPART = (
    b'--b\r\nContent-Disposition: form-data; name="model"\r\n\r\nno-such-model\r\n'
    b'--b\r\nContent-Disposition: form-data; name="response_format"\r\n\r\njson\r\n'
    b'--b\r\nContent-Disposition: form-data; name="timestamp_granularities[]"\r\n\r\nword\r\n'
    b'--b\r\nContent-Disposition: form-data; name="file"; filename="a.mp3"\r\nContent-Type: audio/mpeg\r\n\r\n'
    b"ID3\x03\x00\x00\r\n--b--\r\n"
)


@FUZZ
@given(
    seed=st.integers(0),
    boundary=st.sampled_from(["b", "c", "", '"b"', "b" * 300]),
    length=st.sampled_from([None, 0, 10]),
)
def test_no_multipart_body_breaks_the_endpoint_for_files(
    api: FlaskClient, seed: int, boundary: str, length: int | None
) -> None:
    body = mutated(MULTIPART, seed)
    answer = api.post(
        "/v1/audio/transcriptions",
        input_stream=BytesIO(body),
        content_length=len(body) if length is None else length,
        content_type=f"multipart/form-data; boundary={boundary}",
    )
    check(answer, (seed, boundary, length))
    assert answer.status_code >= 400


@FUZZ
@given(
    text=value | st.text(alphabet="eyJWyIxMjMiLCJ0cl8wIl0=-_", max_size=60),
    path=st.sampled_from(["/api/v1/transcriptions", "/transcriptions", "/billing/ledger", "/settings/activity"]),
    sort=st.sampled_from(["", "title", "duration", "-created"]),
)
def test_a_cursor_of_no_page_is_refused_by_every_list(
    api: FlaskClient, browser: FlaskClient, text: str, path: str, sort: str
) -> None:
    query = {"cursor": text, **({"sort": sort} if sort else {})}
    check((api if path.startswith("/api") else browser).get(path, query_string=query), (path, query))


@FUZZ
@given(
    text=value | st.text(alphabet="abcdefghijklmnopqrstuvwxyz_0123456789", max_size=45),
    path=st.sampled_from(["/api/v1/uploads/{}", "/transcriptions/{}/segments", "/s/{}", "/store/{}", "/static/{}"]),
)
def test_what_is_no_id_is_not_found(api: FlaskClient, browser: FlaskClient, text: str, path: str) -> None:
    answer = (api if path.startswith("/api") else browser).get(path.format(quote(text, safe="") or "x"))
    check(answer, (path, text))


@pytest.mark.parametrize("body", [b"", b"{}", b"\xff\xfe", b"{" * 100_000, b'{"id": "evt_1", "type": "x"}'])
@pytest.mark.parametrize("signature", [None, "", "t=1,v1=0", "t=" + "9" * 50 + ",v1=" + "f" * 64, "é"])
def test_what_stripe_did_not_sign_does_nothing(visitor: FlaskClient, body: bytes, signature: str | None) -> None:
    signed = {} if signature is None else {"Stripe-Signature": signature}
    answer = visitor.post("/stripe/events", data=body, headers=signed)
    check(answer, (body[:20], signature))
    assert answer.status_code >= 400
