"""One effect per Idempotency-Key (P1–P7)."""

import json
import threading
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import event, select, text
from sqlalchemy.orm import Session
from werkzeug.test import TestResponse

import db
from handlers import accounts, api_keys, processing, spending, transcriptions, wallets
from models import Account, LedgerMovement, Plan, Stage, Transcription, WordTimes
from speech import transcript as speech
from speech.transcript import Transcript
from tests import factories
from tests.api_v1.expectations import BODY, count_of, error_of
from tests.factories import complete, make_transcription

PATH = "/api/v1/transcriptions"
KEPT = ("Content-Type", "Location")


def post(client: FlaskClient, key: str = "k", path: str = PATH, **fields: Any) -> TestResponse:
    return client.post(path, json={**BODY, **fields}, headers={"Idempotency-Key": key})


def is_replay(response: TestResponse) -> bool:
    return response.headers.get("Idempotent-Replayed") == "true"


def process(session: Session, public_id: str, *, seconds: float = 60.0) -> Transcription:
    """The job, as the two workers do it: held for, heard, charged."""
    fetching = processing.claim(session, public_id, Stage.FETCHING, "w")
    assert fetching is not None
    processing.hold_and_queue_recognition(
        session, fetching, duration_seconds=seconds, content_type="audio/flac", truncated=False
    )
    session.flush()
    transcribing = processing.claim(session, public_id, Stage.TRANSCRIBING, "w")
    assert transcribing is not None
    heard = Transcript("en", seconds, seconds, (speech.Segment(0.0, 1.0, "Hello."),), seconds)
    complete(session, transcribing, heard, processing.Engine("base", WordTimes.NONE))
    session.flush()
    return session.scalars(select(Transcription).where(Transcription.public_id == public_id)).one()


def moved_for(session: Session, public_id: str) -> Sequence[str]:
    """The kinds of movement of one transcription's money."""
    query = select(LedgerMovement.kind).where(LedgerMovement.reference == public_id).order_by(LedgerMovement.id)
    return [kind.value for kind in session.scalars(query)]


def test_P03_a_repeat_gets_the_first_answer_byte_for_byte(api: FlaskClient, session: Session) -> None:
    first, second = post(api), post(api)

    assert (first.status_code, is_replay(first)) == (202, False)
    assert (second.status_code, is_replay(second)) == (202, True)
    assert second.data == first.data
    assert [second.headers[name] for name in KEPT] == [first.headers[name] for name in KEPT]
    assert count_of(session) == 1


def test_P03_a_repeat_gets_the_old_snapshot(api: FlaskClient) -> None:
    first = post(api)
    api.post(f"{first.headers['Location']}/cancel")

    assert post(api).data == first.data


def test_P03_a_repeat_has_a_request_id_of_its_own(api: FlaskClient) -> None:
    assert post(api).headers["X-Request-Id"] != post(api).headers["X-Request-Id"]


def test_P03_a_retry_happens_once(api: FlaskClient, session: Session, alice: Account) -> None:
    transcription = make_transcription(session, alice)
    session.commit()
    path = f"{PATH}/{transcription.public_id}"
    api.post(f"{path}/cancel")

    first, second = (api.post(f"{path}/retry", headers={"Idempotency-Key": "k"}) for _ in range(2))

    assert (first.data, is_replay(second)) == (second.data, True)
    assert count_of(session) == 2


def test_P03_a_cancel_is_repeated_without_a_conflict(api: FlaskClient) -> None:
    path = f"{post(api, 'make').headers['Location']}/cancel"

    first, second = (api.post(path, headers={"Idempotency-Key": "end"}) for _ in range(2))

    assert (first.status_code, second.status_code, is_replay(second)) == (200, 200, True)


def test_without_a_key_every_post_counts(api: FlaskClient, session: Session) -> None:
    for _ in range(2):
        assert not is_replay(api.post(PATH, json=BODY))

    assert count_of(session) == 2


def test_P01_another_key_is_another_request(api: FlaskClient, session: Session) -> None:
    post(api, "one")
    post(api, "two")

    assert count_of(session) == 2


def test_P05_another_body_is_refused(api: FlaskClient, session: Session) -> None:
    post(api)

    error = error_of(post(api, title="Another"), 422, "idempotency_key_reused")

    assert error["type"] == "idempotency_error"
    assert count_of(session) == 1


def test_P05_another_path_is_refused(api: FlaskClient) -> None:
    location = post(api).headers["Location"]

    error_of(api.post(f"{location}/cancel", headers={"Idempotency-Key": "k"}), 422, "idempotency_key_reused")


def test_P05_key_order_and_white_space_make_no_difference(api: FlaskClient) -> None:
    bodies = [json.dumps(BODY), json.dumps(dict(reversed(BODY.items())), indent=4).replace("\n", "\r\n")]

    first, second = (
        api.post(PATH, data=body, content_type="application/json", headers={"Idempotency-Key": "k"}) for body in bodies
    )

    assert (is_replay(second), second.data) == (True, first.data)


def test_P02_a_quoted_key_is_the_plain_one(api: FlaskClient) -> None:
    post(api, "k-1")

    assert is_replay(post(api, '"k-1"'))


@pytest.mark.parametrize("key", ["", " ", '""', "a b", "a\tb", "é", "x" * 256, '"' + "x" * 256 + '"', '"a b"'])
def test_P02_a_malformed_key_is_refused(api: FlaskClient, session: Session, key: str) -> None:
    error = error_of(post(api, key), 400, "invalid_idempotency_key")

    assert error["type"] == "idempotency_error"
    assert count_of(session) == 0


@pytest.mark.parametrize("key", ["x", "~", "!", "x" * 255, '"' + "x" * 255 + '"', "8e03978e-40d5-43e8-bc93-6894a57f93"])
def test_P02_a_key_of_visible_characters_is_taken(api: FlaskClient, key: str) -> None:
    assert [is_replay(post(api, key)) for _ in range(2)] == [False, True]


def test_P02_two_keys_in_one_request_are_refused(api: FlaskClient) -> None:
    headers = [("Idempotency-Key", "a"), ("Idempotency-Key", "b")]

    error_of(api.post(PATH, json=BODY, headers=headers), 400, "invalid_idempotency_key")


@pytest.mark.parametrize(
    ("wrong", "status"),
    [({"url": "nowhere"}, 422), ({"pipeline_code": "none"}, 404), ({"x": 1}, 422), ({"title": 5}, 422)],
)
def test_P06_a_refusal_leaves_nothing_behind(api: FlaskClient, wrong: dict[str, Any], status: int) -> None:
    assert post(api, **wrong).status_code == status
    assert post(api, **wrong).status_code == status

    accepted = post(api)
    assert (accepted.status_code, is_replay(accepted)) == (202, False)


def test_P06_a_conflict_leaves_nothing_behind(api: FlaskClient) -> None:
    location = post(api, "make").headers["Location"]

    error_of(api.post(f"{location}/retry", headers={"Idempotency-Key": "k"}), 409, "invalid_state")
    api.post(f"{location}/cancel")

    assert api.post(f"{location}/retry", headers={"Idempotency-Key": "k"}).status_code == 202


def test_P06_a_fault_of_ours_leaves_nothing_behind(
    api: FlaskClient, session: Session, monkeypatch: pytest.MonkeyPatch
) -> None:
    real = transcriptions.create_transcription

    def broken(*arguments: Any, **named: Any) -> None:
        real(*arguments, **named)
        raise RuntimeError

    with monkeypatch.context() as patch:
        patch.setattr(transcriptions, "create_transcription", broken)
        assert post(api).status_code == 500
    assert count_of(session) == 0

    assert (post(api).status_code, count_of(session)) == (202, 1)


class Crash(Exception):
    """Of ours, somewhere between the effect and the answer."""


@contextmanager
def crash_at(moment: str) -> Iterator[None]:
    """The session that has made its effect comes no further than this."""

    def crash(session: Session, *_: Any) -> None:
        if session.info.get("on_commit"):
            raise Crash

    event.listen(Session, moment, crash)
    try:
        yield
    finally:
        event.remove(Session, moment, crash)


@pytest.mark.parametrize("moment", ["before_flush", "after_flush", "before_commit"])
def test_P06_a_crash_between_effect_and_answer_leaves_nothing_behind(clients: list[FlaskClient], moment: str) -> None:
    with crash_at(moment):
        assert post(clients[0]).status_code == 500
    assert accepted() == 0

    second, third = post(clients[0]), post(clients[0])

    assert (second.status_code, is_replay(second), is_replay(third), accepted()) == (202, False, True, 1)


def test_P01_whoever_never_saw_the_answer_gets_it_again(clients: list[FlaskClient]) -> None:
    with crash_at("after_commit"):
        assert post(clients[0]).status_code == 500

    assert (is_replay(post(clients[0])), accepted()) == (True, 1)


def test_P06_a_402_and_a_top_up_and_the_same_key_succeed_once(app: Flask, session: Session) -> None:
    account = factories.make_account(session, top_up_microusd=0)
    client = factories.api_client(app, session, account)
    error_of(post(client), 402, "insufficient_funds")
    assert count_of(session) == 0

    wallets.adjust(session, account, 5_000, reason="Paid in cash")
    session.commit()
    second, third = post(client), post(client)

    assert (second.status_code, is_replay(second), is_replay(third)) == (202, False, True)
    assert process(session, second.get_json()["id"]).charged_microusd == 5_000
    assert (count_of(session), is_replay(post(client))) == (1, True)


def test_P20_the_dashboard_and_the_api_charge_the_same(
    api: FlaskClient, browser: FlaskClient, session: Session, alice: Account
) -> None:
    for plan, charged in ((Plan.FREE, 6_172), (Plan.PRO, 4_321)):
        accounts.set_plan(session, alice, plan)
        session.commit()
        page = browser.post("/transcriptions", data={"url": BODY["url"]})
        ids = [post(api, plan).get_json()["id"], page.headers["Location"].rpartition("/")[2]]

        rows = [process(session, public_id, seconds=74.061) for public_id in ids]

        assert [row.charged_microusd for row in rows] == [charged] * 2
        assert [moved_for(session, public_id) for public_id in ids] == [["hold", "capture"]] * 2
    spent = spending.spending_by_key(session, alice)
    assert {each.all_time_microusd for each in spent.values()} == {6_172 + 4_321}
    assert len(spent) == 2


def test_P07_a_rotated_key_repeats_the_same_request(app: Flask, session: Session, alice: Account) -> None:
    old, new = (factories.api_client(app, session, alice) for _ in range(2))

    first, second = post(old), post(new)

    assert (is_replay(second), second.data) == (True, first.data)


def test_P07_another_account_never_collides(api: FlaskClient, stranger: FlaskClient) -> None:
    first = post(api)

    second = post(stranger, title="Quite another")

    assert (second.status_code, is_replay(second)) == (202, False)
    assert second.get_json()["id"] != first.get_json()["id"]


def test_P07_a_revoked_key_gets_no_replay(api: FlaskClient, session: Session, alice: Account) -> None:
    post(api)
    for key in api_keys.active_api_keys(session, alice):
        api_keys.revoke_api_key(session, alice, key.public_id)
    session.commit()

    error_of(post(api), 401, "invalid_api_key")


@pytest.mark.parametrize(("hours", "replayed"), [(23, True), (24, False)])
def test_P01_after_a_day_the_key_is_new(api: FlaskClient, session: Session, hours: int, replayed: bool) -> None:
    post(api)
    session.execute(text(f"UPDATE idempotent_answers SET created_at = created_at - interval '{hours} hours'"))
    session.commit()

    response = post(api, **({} if replayed else {"title": "Another"}))

    assert (response.status_code, is_replay(response)) == (202, replayed)
    assert is_replay(post(api, **({} if replayed else {"title": "Another"})))


# With connections of their own, as requests have them


@pytest.fixture
def clients(app: Flask, committed: None) -> list[FlaskClient]:
    """Sixteen scripts of one account, with one key."""
    with db.transaction() as session:
        first = factories.api_client(app, session, factories.make_account(session))
    others = [app.test_client() for _ in range(15)]
    for client in others:
        client.environ_base["HTTP_AUTHORIZATION"] = first.environ_base["HTTP_AUTHORIZATION"]
    return [first, *others]


def accepted() -> int:
    with db.transaction() as session:
        return count_of(session)


def test_P04_while_the_first_is_running_the_second_is_told_so(
    clients: list[FlaskClient], monkeypatch: pytest.MonkeyPatch
) -> None:
    real = transcriptions.create_transcription
    began, go_on = threading.Event(), threading.Event()

    def slow(*arguments: Any, **named: Any) -> Any:
        began.set()
        assert go_on.wait(30)
        return real(*arguments, **named)

    monkeypatch.setattr(transcriptions, "create_transcription", slow)
    with ThreadPoolExecutor(1) as pool:
        first = pool.submit(post, clients[0])
        assert began.wait(30)
        second = post(clients[1])
        go_on.set()

    error_of(second, 409, "idempotency_key_in_use")
    assert second.headers["Retry-After"] == "1"
    assert (first.result().status_code, accepted()) == (202, 1)


def test_P01_sixteen_at_once_have_one_effect(clients: list[FlaskClient]) -> None:
    with ThreadPoolExecutor(16) as pool:
        responses = list(pool.map(post, clients))

    fresh = [response for response in responses if response.status_code == 202 and not is_replay(response)]
    others = [response for response in responses if response is not fresh[0]]
    assert len(fresh) == 1
    assert {response.status_code for response in others} <= {202, 409}
    assert all(response.data == fresh[0].data for response in others if response.status_code == 202)
    assert accepted() == 1


def test_sixteen_at_once_with_keys_of_their_own_all_count(clients: list[FlaskClient]) -> None:
    with ThreadPoolExecutor(16) as pool:
        responses = list(pool.map(post, clients, [f"k{number}" for number in range(16)]))

    assert [response.status_code for response in responses] == [202] * 16
    assert accepted() == 16


def test_P01_a_hundred_at_once_are_one_transcription_and_one_charge(app: Flask, clients: list[FlaskClient]) -> None:
    begin = threading.Barrier(100)
    header = {"HTTP_AUTHORIZATION": clients[0].environ_base["HTTP_AUTHORIZATION"]}

    def send(_: int) -> TestResponse:
        client = app.test_client()
        client.environ_base.update(header)
        begin.wait(30)
        return post(client)

    with ThreadPoolExecutor(100) as pool:
        responses = list(pool.map(send, range(100)))

    taken = [response for response in responses if response.status_code == 202]
    assert len({response.data for response in taken}) == 1
    assert sum(not is_replay(response) for response in taken) == 1
    for response in responses:
        if response not in taken:
            error_of(response, 409, "idempotency_key_in_use")
    assert accepted() == 1
    with db.transaction() as session:
        public_id = taken[0].get_json()["id"]
        assert process(session, public_id).charged_microusd == 5_000
        assert moved_for(session, public_id) == ["hold", "capture"]
    assert post(clients[0]).data == taken[0].data
