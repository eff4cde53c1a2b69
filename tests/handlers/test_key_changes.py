"""What is sealed at rest, and what becomes of it when SECRET_KEY changes."""

import base64
from dataclasses import replace

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select, text
from sqlalchemy.orm import Session, undefer

import runtime
from errors import IdempotencyKeyReused
from handlers import delivering, idempotency, key_changes, two_factor, webhook_endpoints
from handlers.idempotency import Answer
from handlers.webhook_endpoints import create_endpoint, send_test, signing_key
from models import Account, IdempotentAnswer, WebhookEndpoint
from tests.factories import commit
from webhooks import signing

URL = "http://127.0.0.1:9/hook"


def with_keys(monkeypatch: pytest.MonkeyPatch, key: str, *former: str) -> None:
    keys = replace(runtime.config(), secret_key=key, secret_key_fallbacks=former)
    monkeypatch.setattr(runtime, "_config", keys)


def stored_endpoint(session: Session) -> WebhookEndpoint:
    secrets = undefer(WebhookEndpoint.secret), undefer(WebhookEndpoint.previous_secret)
    return session.scalars(select(WebhookEndpoint).options(*secrets).execution_options(populate_existing=True)).one()


def test_P39_a_signing_secret_is_in_no_column(session: Session, alice: Account) -> None:
    endpoint, first = create_endpoint(session, alice, url=URL)
    _, second = webhook_endpoints.rotate_secret(session, alice, endpoint.public_id)

    row = session.scalars(text("SELECT webhook_endpoints::text FROM webhook_endpoints")).one()

    for shown in (first, second):
        assert base64.b64decode(shown.removeprefix("whsec_")).hex() not in row
    kept = stored_endpoint(session)
    assert signing.shown(signing_key(kept.secret) or b"") == second
    assert signing.shown(signing_key(kept.previous_secret or b"") or b"") == first


def test_a_secret_from_before_there_were_seals_signs_and_is_sealed_by_renewing(
    session: Session, alice: Account
) -> None:
    create_endpoint(session, alice, url=URL)
    endpoint = stored_endpoint(session)
    endpoint.secret = plain = signing.new_secret()
    session.flush()
    assert signing_key(endpoint.secret) == plain

    commit(session, lambda _: key_changes.renew())

    kept = stored_endpoint(session)
    assert kept.secret != plain
    assert signing_key(kept.secret) == plain


def test_everything_follows_to_another_key(session: Session, alice: Account, monkeypatch: pytest.MonkeyPatch) -> None:
    with_keys(monkeypatch, "the first")
    _, shown = create_endpoint(session, alice, url=URL)
    two_factor.begin(session, alice)
    setup = two_factor.setup(session, alice)

    with_keys(monkeypatch, "the second", "the first")
    done = []
    commit(session, lambda _: done.append(key_changes.renew()))
    assert done == [key_changes.Renewed(sealed=2, unreadable=0)]

    with_keys(monkeypatch, "the second")
    assert signing.shown(signing_key(stored_endpoint(session).secret) or b"") == shown
    assert two_factor.setup(session, alice) == setup


def test_what_no_key_reads_is_counted_and_left(
    session: Session, alice: Account, monkeypatch: pytest.MonkeyPatch
) -> None:
    create_endpoint(session, alice, url=URL)
    before = stored_endpoint(session).secret
    with_keys(monkeypatch, "another")
    assert key_changes.renew() == key_changes.Renewed(sealed=0, unreadable=1)
    assert stored_endpoint(session).secret == before


def test_a_delivery_whose_secret_nobody_can_read_is_signed_by_nothing(
    session: Session, alice: Account, monkeypatch: pytest.MonkeyPatch
) -> None:
    endpoint, _ = create_endpoint(session, alice, url=URL)
    send_test(session, alice, endpoint.public_id)
    delivering.claim(session, "token", most=1, most_failing=1, most_of_an_account=1)
    (parcel,) = delivering.due(session, "token", [endpoint.id], held=[], most=1)
    assert len(parcel.keys) == 1

    with_keys(monkeypatch, "another")
    (parcel,) = delivering.due(session, "token", [endpoint.id], held=[], most=1)
    assert parcel.keys == ()
    assert signing.signature("evt_1", timestamp=1, body=b"{}", keys=parcel.keys) == ""


# Remembered answers


def remember(session: Session, alice: Account) -> None:
    answer = Answer(201, b'{"secret":"whsec_x"}', "application/json", None)
    idempotency.remember(session, alice, key="k", request=b"r", answer=answer)
    session.flush()


def test_P3_an_answer_from_before_there_were_seals_is_replayed(session: Session, alice: Account) -> None:
    remember(session, alice)
    session.scalars(select(IdempotentAnswer)).one().body = b'{"id":"tr_1"}'
    session.flush()
    kept = idempotency.remembered(session, alice, key="k", request=b"r")
    assert kept is not None
    assert kept.body == b'{"id":"tr_1"}'


def test_P1_an_answer_that_cannot_be_read_any_more_is_not_done_again(
    session: Session, alice: Account, monkeypatch: pytest.MonkeyPatch
) -> None:
    remember(session, alice)
    assert b"whsec_x" not in session.scalars(select(IdempotentAnswer.body)).one()
    with_keys(monkeypatch, "another")
    with pytest.raises(IdempotencyKeyReused, match="cannot be read any more"):
        idempotency.remembered(session, alice, key="k", request=b"r")


def test_a_share_and_a_secret_in_remembered_answers_are_sealed(api: FlaskClient, session: Session) -> None:
    made = api.post("/api/v1/webhook_endpoints", json={"url": URL}, headers={"Idempotency-Key": "k"})
    again = api.post("/api/v1/webhook_endpoints", json={"url": URL}, headers={"Idempotency-Key": "k"})
    assert made.data == again.data
    assert b"whsec_" in made.data
    assert b"whsec_" not in session.scalars(select(IdempotentAnswer.body)).one()
