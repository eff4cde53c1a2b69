"""How many statements an answer takes: few, and no more of them for many rows than for few (nothing is N + 1)."""

from collections.abc import Callable

import pytest
from flask.testing import FlaskClient
from sqlalchemy import event
from sqlalchemy.orm import Session

import db
from models import Account, Stage
from tests.factories import db_now, make_completed, make_searchable, make_transcription

CountQueries = Callable[[FlaskClient, str], int]

API = "/api/v1"
# With the one that finds the key. What the API answers a script that asks all the time comes first.
LISTS = {
    f"{API}/transcriptions?limit=100": 6,
    f"{API}/transcriptions?limit=100&sort=title&tag=sales": 6,
    f"{API}/transcriptions?limit=100&q=talk": 6,
    f"{API}/search?q=greetings&limit=50": 11,
    f"{API}/trash": 5,
    f"{API}/events?limit=100": 4,
    f"{API}/questions": 4,
    f"{API}/webhook_endpoints": 4,
    f"{API}/usage": 6,
    f"{API}/me": 7,
}
PAGES = {
    "/transcriptions?limit=100": 14,
    "/search?q=greetings": 14,
    "/ask": 12,
    "/trash": 12,
    "/billing": 20,
    "/settings/api-keys": 12,
    "/settings/webhooks": 12,
}


def fill(session: Session, account: Account, count: int) -> None:
    """So many of each kind: done, with words to be found by, waiting in two lines, failed, and in the trash."""
    for _ in range(count):
        done = make_completed(session, account, title="A talk", trashed_at=None)
        make_searchable(session, done)
        make_completed(session, account, trashed_at=db_now(session))
        make_transcription(session, account)
        make_transcription(session, account, stage=Stage.TRANSCRIBING)
    session.commit()


@pytest.mark.usefixtures("embeddings")
@pytest.mark.parametrize(("path", "most"), [*LISTS.items(), *PAGES.items()])
def test_lists_take_as_many_statements_for_many_rows_as_for_few(
    api: FlaskClient,
    browser: FlaskClient,
    session: Session,
    alice: Account,
    count_queries: CountQueries,
    path: str,
    most: int,
) -> None:
    client = api if path.startswith(API) else browser
    fill(session, alice, 1)
    count_queries(client, path)  # The first notes that the key was used.
    few = count_queries(client, path)

    fill(session, alice, 7)

    assert count_queries(client, path) == few
    assert few <= most


@pytest.mark.parametrize(("begun", "statements"), [(True, 2), (False, 3)])
def test_a_status_takes_one_statement_and_its_place_in_line_another(
    api: FlaskClient, session: Session, alice: Account, count_queries: CountQueries, begun: bool, statements: int
) -> None:
    """Beside the one that finds the key; however many tags and artifacts it has, and however many wait."""
    done = make_completed(session, alice)
    waiting = [make_transcription(session, alice) for _ in range(5)]
    path = f"{API}/transcriptions/{(done if begun else waiting[-1]).public_id}"
    api.patch(path, json={"tags": ["a", "b", "c"]})

    count_queries(api, path)

    assert count_queries(api, path) == statements
    shape = api.get(path).get_json()
    assert (shape["tags"], shape["queue_position"]) == (["a", "b", "c"], None if begun else 5)


def test_accepting_takes_the_key_the_account_the_wallet_and_the_row(api: FlaskClient, session: Session) -> None:
    statements: list[str] = []
    note: Callable[..., None] = lambda conn, cursor, statement, *_: statements.append(statement)  # noqa: E731
    body = {"source": "external_url", "url": "https://example.com/talk.mp3", "metadata": {"team": "a"}}
    api.post(f"{API}/transcriptions", json=body)

    event.listen(db.engine(), "before_cursor_execute", note)
    assert api.post(f"{API}/transcriptions", json=body).status_code == 202
    event.remove(db.engine(), "before_cursor_execute", note)

    told = [statement for statement in statements if "SAVEPOINT" not in statement]
    assert [statement.split()[0] for statement in told] == ["SELECT", "SELECT", "SELECT", "INSERT"]
