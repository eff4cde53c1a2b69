"""Real servers for the whole suite, and a database that forgets each test."""

import gc
import tempfile
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient
from hypothesis import HealthCheck, settings
from playwright.sync_api import Browser, sync_playwright
from sqlalchemy import event, text
from sqlalchemy.orm import Session

import db
import migrations
import runtime
from app import create_app
from billing.audit import audit
from config import Config, from_env
from handlers.callers import acting_as
from jobs import queues
from models import Account, Actor
from outbound.mail import MailServer
from processes.embedded import running
from tests import factories
from tests.browser.chromium import chromium_path
from tests.embedder_standin import embedder

# A microphone that beeps, which every page may use.
CHROMIUM_ARGUMENTS = ("--no-sandbox", "--use-fake-device-for-media-stream", "--use-fake-ui-for-media-stream")

# A busy machine is slow; that is no fault of what is tested.
settings.register_profile("suite", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("suite")


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """With `--dist loadgroup` a file's tests stay together, and with them those of files that share a service."""
    for item in items:
        if item.get_closest_marker("xdist_group") is None:
            item.add_marker(pytest.mark.xdist_group(item.nodeid.partition("::")[0]))


def pytest_collection_finish(session: pytest.Session) -> None:
    """A pytest that pytest-xdist cannot name groups to would start each service once a test, and say nothing."""
    if getattr(session.config.option, "loadgroup", False):
        assert all("@" in item.nodeid for item in session.items), "this pytest-xdist needs another pytest"


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """What tests measured, below what they found."""
    reports = terminalreporter.getreports("passed") + terminalreporter.getreports("failed")
    for name, value in (each for report in reports if report.when == "call" for each in report.user_properties):
        if name == "measured":
            terminalreporter.write_line(str(value))


@pytest.fixture(scope="session")
def config() -> Iterator[Config]:
    """The configuration of a service with servers of its own in a short-lived directory."""
    # Not pytest's tmp_path: root keeps that from everybody else, and the database server is not root.
    with tempfile.TemporaryDirectory(prefix="transcribe-tests-") as name:
        data_dir = Path(name)
        data_dir.chmod(0o711)
        with running(data_dir):
            yield replace(
                from_env({"DATA_DIR": name, "SECRET_KEY": "tests", "FETCH_ALLOWED_HOSTS": "127.0.0.1"}),
                rate_limit_per_minute=100_000,
                anonymous_rate_limit_per_minute=100_000,
            )


@pytest.fixture
def with_mail(monkeypatch: pytest.MonkeyPatch) -> None:
    """A service that sends mails; nobody answers at its server's address."""
    server = MailServer("127.0.0.1", 9, "Transcribe <hello@example.com>")
    monkeypatch.setattr(runtime, "_config", replace(runtime.config(), mail=server))


@pytest.fixture(scope="session")
def app(config: Config) -> Flask:
    app = create_app(config)
    migrations.upgrade(db.engine())
    # All that has been loaded need not be gone through again and again in search of what a test left behind.
    gc.collect()
    gc.freeze()
    return app


@pytest.fixture(scope="session")
def chromium() -> Iterator[Browser]:
    """The one browser of a run; what needs it is skipped where there is none."""
    path = chromium_path()
    if path is None:
        pytest.skip("there is no Chromium")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=CHROMIUM_ARGUMENTS)
        yield browser
        browser.close()


@pytest.fixture
def session(app: Flask) -> Iterator[Session]:
    """One transaction around the test, whatever the code under test commits; rolled back at its end."""
    queues.connection().flushdb()
    with db.engine().connect() as connection, connection.begin() as outer:
        for sessions in (db._sessions, db._readings):
            sessions.configure(bind=connection, join_transaction_mode="create_savepoint")
        # What a test does by itself, the service does: nobody whose request came before.
        with (
            Session(connection, expire_on_commit=False, join_transaction_mode="create_savepoint") as session,
            acting_as(Actor.SERVICE),
        ):
            yield session
            if _touched_money(session) and not session.info.get("ledger_is_tampered_with"):
                assert audit(session) == []
        outer.rollback()
        for sessions, bind in ((db._sessions, db.engine()), (db._readings, db._reading(db.engine()))):
            sessions.configure(bind=bind, join_transaction_mode="conditional_savepoint")


def _touched_money(session: Session) -> bool:
    """Whether more happened than accounts being made: proving the ledger takes longer than many a test."""
    moved = "(SELECT count(*) FROM ledger_movements) > (SELECT count(*) FROM accounts)"
    return bool(session.scalar(text(f"SELECT EXISTS (SELECT FROM transcriptions) OR {moved}")))


@pytest.fixture
def committed(app: Flask) -> Iterator[None]:
    """Real commits, for what several connections must see; every table is emptied afterwards."""
    queues.connection().flushdb()
    yield
    with db.transaction() as session:
        breaches = audit(session)
    factories.empty_every_table()
    assert breaches == []
    queues.connection().flushdb()


@pytest.fixture
def alice(session: Session) -> Account:
    """Owns what the test makes."""
    return factories.make_account(session, email="alice@example.com")


@pytest.fixture
def charlie(session: Session) -> Account:
    """A stranger."""
    return factories.make_account(session, email="charlie@example.com")


@pytest.fixture
def api(app: Flask, session: Session, alice: Account) -> FlaskClient:
    """Alice's script: every request carries her key."""
    return factories.api_client(app, session, alice)


@pytest.fixture
def stranger(app: Flask, session: Session, charlie: Account) -> FlaskClient:
    """Charlie's script."""
    return factories.api_client(app, session, charlie)


@pytest.fixture
def browser(app: Flask, alice: Account) -> FlaskClient:
    """Alice's browser, signed in."""
    return factories.browser(app, alice)


@pytest.fixture
def visitor(app: Flask, session: Session) -> FlaskClient:
    """A browser that is not signed in."""
    return factories.browser(app, None)


@pytest.fixture
def embeddings(app: Flask, config: Config) -> Iterator[None]:
    """Vectors are to be had, of words."""
    with embedder(config.redis_url):
        yield


@pytest.fixture
def count_queries() -> Iterator[Callable[[FlaskClient, str], int]]:
    """How many statements the answer at a path takes, savepoints not counted."""
    statements: list[str] = []

    def note(connection: object, cursor: object, statement: str, *rest: object) -> None:
        statements.append(statement)

    def count(client: FlaskClient, path: str) -> int:
        statements.clear()
        answer = client.get(path)
        assert answer.status_code == 200, answer.text
        return sum("SAVEPOINT" not in statement for statement in statements)

    event.listen(db.engine(), "before_cursor_execute", note)
    yield count
    event.remove(db.engine(), "before_cursor_execute", note)


@pytest.fixture
def jobs_in_this_process(monkeypatch: pytest.MonkeyPatch) -> None:
    """A job may be called like any function: it neither dies with its parent nor listens to signals."""
    monkeypatch.setattr("jobs.stages.die_with_parent", lambda: None)
    monkeypatch.setattr("jobs.stages.signal.signal", lambda *_: None)


@pytest.fixture
def store_root() -> Path:
    return runtime.config().data_dir / "objects"
