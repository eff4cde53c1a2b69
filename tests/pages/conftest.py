"""What tests of pages share."""

import re
from collections.abc import Callable, Iterator
from dataclasses import replace

import pytest
from flask.testing import FlaskClient
from sqlalchemy import event

import db
import runtime
from config import StripeKeys
from tests.stripe_standin.fixtures import running_standin, stripe_standin

__all__ = ["running_standin", "stripe_standin"]

CountQueries = Callable[[FlaskClient, str], int]


def text_of(page: str) -> str:
    """What a reader sees, in one line."""
    return " ".join(re.sub(r"<[^>]+>", " ", page).split())


@pytest.fixture
def count_queries() -> Iterator[CountQueries]:
    """How many statements the page at a path takes, savepoints not counted."""
    statements: list[str] = []

    def note(connection: object, cursor: object, statement: str, *rest: object) -> None:
        statements.append(statement)

    def count(client: FlaskClient, path: str) -> int:
        statements.clear()
        assert client.get(path).status_code == 200
        return sum("SAVEPOINT" not in statement for statement in statements)

    event.listen(db.engine(), "before_cursor_execute", note)
    yield count
    event.remove(db.engine(), "before_cursor_execute", note)


@pytest.fixture
def with_payment(monkeypatch: pytest.MonkeyPatch) -> None:
    """The pages of a service on which payment is set up; nobody answers at its address."""
    keys = StripeKeys("sk_test_nobody", "whsec_nobody", "http://127.0.0.1:9")
    monkeypatch.setattr(runtime, "_config", replace(runtime.config(), stripe=keys))
