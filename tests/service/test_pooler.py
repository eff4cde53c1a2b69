"""The service behind a PgBouncer in transaction mode: many clients on four connections, and nothing mixed up."""

import tempfile
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import select, text

import checks.servers
import db
import runtime
import servers
from billing.audit import audit
from checks import Level
from config import Config
from jobs import scheduler
from models import Transcription
from tests import factories
from tests.service.pooler import SERVER_CONNECTIONS, pooled, reconnect

OTHERS = """
SELECT count(*) FROM pg_stat_activity WHERE backend_type = 'client backend' AND pid <> pg_backend_pid()
"""


@pytest.fixture
def behind(committed: None, app: Flask, config: Config) -> Iterator[Flask]:
    """The application with a pooler in between."""
    db.engine().dispose()
    with (
        tempfile.TemporaryDirectory(prefix="transcribe-pooler-") as name,
        pooled(config.data_dir, Path(name)) as url,
    ):
        runtime.wire(replace(config, database_url=url, direct_database_url=config.database_url))
        try:
            yield app
        finally:
            db.engine().dispose()
            runtime.wire(config)
            with db.transaction() as session:
                session.execute(text("ALTER DATABASE transcribe RESET ALL"))


@pytest.mark.whole
def test_many_at_once_share_a_few_connections(behind: Flask) -> None:
    """Creates under an advisory lock, money under a row's, lists and searches with settings of their transaction."""
    with db.transaction() as session:
        account = factories.make_account(session, email="alice@example.com")
        found = factories.make_completed(session, account)
        factories.make_searchable(session, found)
        api = factories.api_client(behind, session, account)

    def go(number: int) -> list[int]:
        body = {"source": "external_url", "url": f"https://example.com/{number % 10}.mp3"}
        key = {"Idempotency-Key": f"order-{number % 10}"}
        return [
            api.post("/api/v1/transcriptions", json=body, headers=key).status_code,
            api.get("/api/v1/transcriptions").status_code,
            api.get("/api/v1/search?q=greetings").status_code,
            api.get("/api/v1/me").status_code,
        ]

    with ThreadPoolExecutor(16) as pool:
        answers = list(pool.map(go, range(80)))
    assert {status for each in answers for status in each[1:]} == {200}
    assert {each[0] for each in answers} <= {202, 409}
    with db.transaction() as session:
        assert len(session.scalars(select(Transcription.id)).all()) == 11
        assert audit(session) == []
    with servers.direct_engine() as direct, direct.connect() as connection:
        clients = (
            "SELECT count(*) FROM pg_stat_activity WHERE backend_type = 'client backend' AND pid <> pg_backend_pid()"
        )
        assert int(connection.scalar(text(clients)) or 0) <= SERVER_CONNECTIONS


@pytest.mark.whole
def test_the_scheduler_keeps_its_turn_for_a_transaction(behind: Flask) -> None:
    scheduler.run_due(scheduler.duties())
    with servers.direct_engine() as direct, direct.connect() as connection:
        held = "SELECT count(*) FROM pg_locks WHERE locktype = 'advisory'"
        assert connection.scalar(text(held)) == 0


@pytest.mark.whole
def test_a_migration_goes_past_it_and_leaves_what_every_connection_needs(behind: Flask) -> None:
    assert level_of_the_pooler() is Level.ERROR
    result = behind.test_cli_runner().invoke(args=["migrate", "--json"])
    assert result.exit_code == 0, result.output
    assert level_of_the_pooler() is Level.ERROR  # Its connection is from before.
    reconnect(runtime.config().database_url)
    assert level_of_the_pooler() is Level.OK


def level_of_the_pooler() -> Level:
    found = {each.subject: each.level for each in checks.servers.examine()}
    assert found["DATABASE_DIRECT_URL"] is Level.OK
    return found["DATABASE_URL"]
