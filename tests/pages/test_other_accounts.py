"""Nobody gets at what is another's, through any route of the route table: pages by id, by cookie, by key, from another
site (P41, P42, P46)."""

import re
from collections.abc import Sequence
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import text
from sqlalchemy.orm import Session

import app as application
from blueprints import mcp, openai_v1, pages
from handlers import trash
from handlers.api_keys import create_api_key, revoke_api_key
from handlers.questions import put_question
from handlers.shares import create_share
from handlers.sign_in import id_of, list_sessions
from handlers.webhook_endpoints import create_endpoint, send_test
from models import Account, Base, LedgerMovement, Notice, NoticeKind, Status, Upload
from tests.api_v1.expectations import routes as api_routes
from tests.factories import browser as signed_in
from tests.factories import db_now, make_completed, make_media, make_transcription
from tests.house.test_routes import PUBLIC

Route = tuple[str, str, str]

NOBODYS = "tr_0"
OF_THIS_ANSWER = {"Set-Cookie", "Content-Length"}  # Ids are not all of one length.
SAME = {"X-Request-Id": "same"}
# What is noted of any request: that somebody was there.
NOTED = {"sign_in_sessions", "alembic_version", "activities", "sign_in_failures"}
# Their authority is a signature, not a cookie, so that there is nothing for another site to abuse.
WITHOUT_COOKIE = {"local_store.put", "local_store.put_part", "stripe_events.receive"}
FORMS: dict[str, dict[str, Any]] = {
    "pages.transcriptions.rename": {"title": "Mine"},
    "pages.transcriptions.rename_speakers": {"S1": "Eve"},
    "pages.editing.save": {"text": "Mine.", "revision": "0"},
    "pages.editing.replace": {"find": "Hello", "replacement": "Bye", "revision": "0"},
    "pages.editing.merge_speakers": {"speaker": "S1", "into": "S2", "revision": "0"},
    "pages.editing.undo": {"revision": "0"},
    "pages.editing.redo": {"revision": "0"},
    "pages.library.tag": {"tags": "mine"},
    "pages.webhooks.change": {"url": "https://93.184.216.34/mine", "events": "transcription.completed"},
    "pages.webhooks.switch": {"enabled": "false"},
    "pages.webhooks.redeliver_since": {"hours": "1"},
}
BODIES = {"pages.uploads.parts": {"part_numbers": [1]}}
QUERIES = {
    "pages.exports.show": {"format": "srt"},
    "pages.exports.preview": {"format": "srt"},
    "pages.spots.find": {"q": "hello"},
    "pages.editing.preview_replacement": {"find": "Hello", "replacement": "Bye"},
}


def page_routes(app: Flask | None = None) -> list[Route]:
    """Every (method, rule, endpoint) of the pages; without an app, as their blueprint alone makes them."""
    if app is None:
        app = Flask("routes", static_folder=None)
        app.url_map.converters["public_id"] = application.PublicIdConverter
        app.register_blueprint(pages.blueprint)
    found = [rule for rule in app.url_map.iter_rules() if rule.endpoint.startswith("pages.")]
    verbs = {"HEAD", "OPTIONS"}
    return sorted((method, rule.rule, rule.endpoint) for rule in found for method in (rule.methods or set()) - verbs)


OF_ONE_OBJECT = [route for route in page_routes() if "<public_id:" in route[1]]
STATE_CHANGING = [route for route in page_routes() if route[0] != "GET"]
PRIVATE = [route for route in page_routes() if route[2] not in PUBLIC]


def path_of(rule: str, **ids: str) -> str:
    rule = re.sub(r"<public_id:(\w+)>", lambda match: ids.get(match[1], NOBODYS), rule)
    rule = re.sub(r"<int:\w+>", "0", rule)
    return re.sub(r"<[^>]+>", "nothing", rule)


def alices_objects(session: Session, alice: Account) -> list[dict[str, str]]:
    """One of each kind that a path of the pages may name, with transcriptions in every state."""
    media = make_media(session, alice)
    upload = Upload(
        account_id=alice.id, object_key="uploads/a", filename="a.mp3", content_type="audio/mpeg", size_bytes=1
    )
    endpoint, _ = create_endpoint(session, alice, url="https://93.184.216.34/hook")
    notice = Notice(
        account_id=alice.id,
        kind=NoticeKind.CAP_NEAR,
        month=db_now(session).date().replace(day=1),
        cap_microusd=1,
        spent_microusd=1,
    )
    session.add_all([upload, notice])
    key, _ = create_api_key(session, alice, name="hers")
    done = make_completed(session, alice, media_id=media.id)
    gone = make_completed(session, alice)
    trash.trash_transcription(session, alice, gone.public_id)
    rows = [make_transcription(session, alice), done, make_transcription(session, alice, status=Status.FAILED), gone]
    delivery = send_test(session, alice, endpoint.public_id)
    share, question = create_share(session, alice, done.public_id), put_question(session, alice, "What did I say?")
    movement = session.query(LedgerMovement).first()
    assert movement is not None
    session.commit()
    others = {
        "account_id": alice.public_id,
        "upload_id": upload.public_id,
        "endpoint_id": endpoint.public_id,
        "delivery_id": delivery.public_id,
        "key_id": key.public_id,
        "share_id": share.public_id,
        "question_id": question.public_id,
        "notice_id": notice.public_id,
        "movement_id": movement.public_id,
        "session_id": id_of(list_sessions(session, alice)[0]),
    }
    return [{"transcription_id": row.public_id, **others} for row in rows]


def everything(session: Session) -> dict[str, str]:
    """A print of each table, to see whether anything at all was changed."""
    session.expire_all()
    names = [table.name for table in Base.metadata.sorted_tables if table.name not in NOTED]
    one = "SELECT coalesce(md5(string_agg(t::text, '' ORDER BY t::text)), '') FROM {} AS t"
    prints = session.execute(text("SELECT " + ", ".join(f"({one.format(name)})" for name in names))).one()
    return dict(zip(names, prints, strict=True))


def ask(client: FlaskClient, route: Route, ids: dict[str, str], **headers: str) -> tuple[int, str, dict[str, str]]:
    """Status, text and headers of the answer, ids taken out of them."""
    method, rule, endpoint = route
    sent: dict[str, Any] = {"json": BODIES[endpoint]} if endpoint in BODIES else {"data": FORMS.get(endpoint)}
    query: dict[str, Any] = {"query_string": QUERIES[endpoint]} if endpoint in QUERIES else {}
    answer = client.open(path_of(rule, **ids), method=method, headers={**SAME, **headers}, **sent, **query)
    # What names a form is another in each answer.
    text_of_it = re.sub(r'name="attempt" value="[^"]*"', "", answer.text)
    named = sorted({NOBODYS, *ids.values()}, key=len, reverse=True)
    body = re.sub("|".join(map(re.escape, named)), "ID", text_of_it)
    return answer.status_code, body, {name: value for name, value in answer.headers if name not in OF_THIS_ANSWER}


def test_the_matrix_has_every_page_of_the_app(app: Flask) -> None:
    assert page_routes() == page_routes(app)


@pytest.fixture
def mine(session: Session, browser: FlaskClient, alice: Account) -> list[dict[str, str]]:
    return alices_objects(session, alice)


@pytest.fixture
def eve(app: Flask, charlie: Account) -> FlaskClient:
    return signed_in(app, charlie)


def test_P41_a_strangers_object_is_a_missing_one_and_stays_as_it_is(
    session: Session, eve: FlaskClient, mine: list[dict[str, str]]
) -> None:
    before, different = everything(session), []
    for route in OF_ONE_OBJECT:
        for headers in ({}, {"HX-Request": "true"}):
            missing = ask(eve, route, {}, **headers)
            assert missing[0] == 404, route
            for ids in mine if "transcription_id" in route[1] else mine[:1]:
                assert path_of(route[1], **ids) != path_of(route[1])
                different += [] if ask(eve, route, ids, **headers) == missing else [route]
    assert different == []
    assert everything(session) == before


@pytest.mark.parametrize("action", ["trash", "cancel", "retry", "tag", "untag", "export", "delete", "restore"])
def test_P41_nothing_is_done_with_a_selection_of_anothers(
    session: Session, eve: FlaskClient, mine: list[dict[str, str]], action: str
) -> None:
    before = everything(session)
    for ids in mine:
        chosen = {"transcription_ids": ids["transcription_id"], "action": action, "tags": "mine", "tag": "mine"}
        hers = eve.post("/transcriptions/many", data=chosen, headers=SAME)
        nobodys = eve.post("/transcriptions/many", data={**chosen, "transcription_ids": NOBODYS}, headers=SAME)
        assert hers.status_code == nobodys.status_code
        assert hers.text.replace(ids["transcription_id"], NOBODYS) == nobodys.text
    assert everything(session) == before


@pytest.mark.parametrize(
    "path",
    [
        "/transcriptions/export?format=srt&transcription_ids={}",
        "/search?q=hello&transcription_id={}",
        "/ask?transcription_ids={}",
        "/transcriptions?cursor={}",
        "/transcriptions?after={}",
        "/billing/ledger?cursor={}",
        "/settings/activity?cursor={}",
    ],
)
def test_P41_an_id_in_a_query_shows_nothing_of_anothers(
    eve: FlaskClient, mine: list[dict[str, str]], path: str
) -> None:
    missing = ask(eve, ("GET", path.format(NOBODYS), ""), {})
    for ids in mine:
        answer = ask(eve, ("GET", path.format(ids["transcription_id"]), ""), ids)
        assert answer == missing
        assert "talk.mp3" not in answer[1]


SITES = [{"Sec-Fetch-Site": site} for site in ("cross-site", "same-site", "", "SAME-ORIGIN")]
ORIGINS = [
    {"Origin": origin}
    for origin in ("https://evil.example", "null", "http://localhost:81", "https://localhost", "http://localhost.evil")
]
NEITHER: dict[str, str] = {}  # No browser is so silent.


def test_P46_another_site_changes_nothing_with_the_cookie_of_who_visits_it(
    session: Session, browser: FlaskClient, alice: Account, mine: list[dict[str, str]]
) -> None:
    alice.is_operator = True  # Nobody is worth more to another site.
    session.commit()
    before, open_doors = everything(session), []
    del browser.environ_base["HTTP_SEC_FETCH_SITE"]
    for number, route in enumerate(STATE_CHANGING):
        # All routes have the one check, so that its finer points are looked at once.
        for headers in [*SITES, *ORIGINS, NEITHER] if number == 0 else [SITES[0], ORIGINS[0], NEITHER]:
            status = ask(browser, route, mine[1], **headers)[0]
            open_doors += [] if status == 403 else [(route, headers, status)]
    assert open_doors == []
    assert everything(session) == before


def test_P46_nothing_but_what_takes_a_signature_is_changed_without_the_check(app: Flask) -> None:
    unchecked = {
        rule.endpoint
        for rule in app.url_map.iter_rules()
        if (rule.methods or set()) - {"GET", "HEAD", "OPTIONS"} and not rule.endpoint.startswith("pages.")
    }
    for_programs = {endpoint for endpoint in unchecked if endpoint.startswith(("api_v1.", "openai_v1.", "mcp."))}
    assert unchecked - for_programs == WITHOUT_COOKIE


def test_P42_a_key_opens_no_page(
    session: Session, visitor: FlaskClient, alice: Account, mine: list[dict[str, str]]
) -> None:
    _, plaintext = create_api_key(session, alice, name="script")
    session.commit()
    before, open_doors = everything(session), []
    for route in PRIVATE:
        status, body, headers = ask(visitor, route, mine[1], Authorization=f"Bearer {plaintext}")
        is_refused = status == 401 or (status == 303 and headers["Location"].startswith("/login"))
        is_refused = is_refused or (status == 404 and route[1].startswith("/admin"))
        open_doors += [] if is_refused and "talk.mp3" not in body else [(route, status)]
    assert open_doors == []
    assert everything(session) == before


# The faces for programs


def program_routes() -> Sequence[tuple[str, str]]:
    others = Flask("routes", static_folder=None)
    for each in (openai_v1.blueprint, mcp.blueprint):
        others.register_blueprint(each)
    verbs = {"HEAD", "OPTIONS"}
    found = [(method, rule.rule) for rule in others.url_map.iter_rules() for method in (rule.methods or set()) - verbs]
    return sorted([*((method, rule) for method, rule in api_routes() if method != "HEAD"), *found])


def test_P42_no_cookie_and_P40_no_revoked_key_opens_a_face_for_programs(
    session: Session, browser: FlaskClient, visitor: FlaskClient, alice: Account
) -> None:
    key, revoked = create_api_key(session, alice, name="old")
    revoke_api_key(session, alice, key.public_id)
    session.commit()
    bearer, in_query = {"Authorization": f"Bearer {revoked}"}, {"api_key": revoked}
    for method, rule in program_routes():
        path = path_of(rule)
        nobody = visitor.open(path, method=method, headers=SAME)
        assert nobody.status_code == 401, path
        for answer in (
            browser.open(path, method=method, headers=SAME),
            visitor.open(path, method=method, headers={**SAME, **bearer}),
            visitor.open(path, method=method, headers=SAME, query_string=in_query),
        ):
            assert (answer.status_code, answer.data) == (401, nobody.data), path
