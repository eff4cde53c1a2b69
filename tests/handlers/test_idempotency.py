"""Reading the key, fingerprinting the request, keeping the answer."""

from datetime import timedelta

import pytest
from sqlalchemy import select, update
from sqlalchemy.orm import Session

import db
from errors import IdempotencyKeyInUse, InvalidIdempotencyKey
from handlers import idempotency
from handlers.idempotency import Answer, answer_once, fingerprint, read_key
from models import Account, IdempotentAnswer
from tests.factories import make_account

ANSWER = Answer(202, b"{}", "application/json", "https://example.com/1")


@pytest.mark.parametrize(
    ("values", "key"),
    [
        ([], None),
        (["k"], "k"),
        (['"k"'], "k"),
        (['"'], '"'),
        (['a"b'], 'a"b'),
        (["x" * 255], "x" * 255),
        (['"' + "x" * 255 + '"'], "x" * 255),
    ],
)
def test_P02_a_key_is_read_plain_or_quoted(values: list[str], key: str | None) -> None:
    assert read_key(values) == key


@pytest.mark.parametrize(
    "values", [[""], ['""'], [" "], ["a b"], ["a\n"], ["é"], ["\x7f"], ["x" * 256], ["a", "a"], ["a", "b"], ["", "a"]]
)
def test_P02_anything_else_is_refused(values: list[str]) -> None:
    with pytest.raises(InvalidIdempotencyKey):
        read_key(values)


def test_P05_order_and_white_space_do_not_count() -> None:
    assert fingerprint("POST", "/a", b'{"a": 1, "b": [2, {"c": 3, "d": 4}]}') == fingerprint(
        "POST", "/a", b'{\n"b":[2,{"d":4,"c":3}],"a":1}'
    )


@pytest.mark.parametrize(
    ("method", "path", "body"),
    [
        ("PUT", "/a", b"[1,2]"),
        ("POST", "/b", b"[1,2]"),
        ("POST", "/a", b"[2,1]"),
        ("POST", "/a", b""),
        ("POST", "/a", b"["),
        ("POST", "/a", b"[" * 100_000),
    ],
)
def test_P05_method_path_and_content_count(method: str, path: str, body: bytes) -> None:
    assert fingerprint(method, path, body) != fingerprint("POST", "/a", b"[1,2]")


def test_answers_older_than_a_day_are_purged(session: Session, alice: Account) -> None:
    for key, hours in (("old", 25), ("young", 23)):
        answer_once(session, alice, key=key, request=b"", run=lambda: ANSWER)
        session.execute(
            update(IdempotentAnswer)
            .where(IdempotentAnswer.key == key)
            .values(created_at=IdempotentAnswer.created_at - timedelta(hours=hours))
        )

    idempotency.purge(session)

    assert session.scalars(select(IdempotentAnswer.key)).all() == ["young"]


def test_P07_two_accounts_may_use_one_key(session: Session, alice: Account, charlie: Account) -> None:
    answers = [
        answer_once(session, account, key="k", request=b"", run=lambda: ANSWER) for account in (alice, charlie, alice)
    ]

    assert [replayed for _, replayed in answers] == [False, False, True]


@pytest.mark.usefixtures("committed")
def test_P07_a_running_request_holds_up_no_other_account() -> None:
    with db.transaction() as session:
        alice, charlie = make_account(session), make_account(session)

    with db.transaction() as first, db.transaction() as second:
        answer_once(first, alice, key="k", request=b"", run=lambda: ANSWER)
        assert answer_once(second, charlie, key="k", request=b"", run=lambda: ANSWER) == (ANSWER, False)
        with pytest.raises(IdempotencyKeyInUse):
            answer_once(second, alice, key="k", request=b"", run=lambda: ANSWER)
