"""The database engine, `transaction()`, and what happens after a commit. The only module that commits."""

import logging
import os
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime

from sqlalchemy import Engine, create_engine, event, func, select
from sqlalchemy.engine.interfaces import DBAPIConnection
from sqlalchemy.exc import DisconnectionError, OperationalError
from sqlalchemy.orm import Session, sessionmaker
from sqlalchemy.pool import ConnectionPoolEntry, NullPool, PoolProxiedConnection

log = logging.getLogger(__name__)

# SQLSTATE classes: the connection broke; it stops, crashed, or starts.
AWAY = ("08", "57P")
# How long a connection is taken to work that has just been used.
TRUSTED_SECONDS = 1.0

_sessions: sessionmaker[Session] = sessionmaker(expire_on_commit=False)
_readings: sessionmaker[Session] = sessionmaker(expire_on_commit=False)
_engine: Engine | None = None


# What every connection has. A database behind a pooler has them as its own defaults (migrations.set_defaults).
SESSION_SETTINGS = {"timezone": "UTC", "idle_in_transaction_session_timeout": "60s"}
_FOR_A_SERVER = {"options": " ".join(f"-c {name}={value}" for name, value in SESSION_SETTINGS.items())}
_FOR_A_POOLER = {"prepare_threshold": None}


def connect(database_url: str, *, pool_size: int = 10, is_pooled: bool = False) -> Engine:
    """Bind `transaction()` to a database; called once per process, and again after a fork.

    With `is_pooled` the address is that of a pooler that gives out a server's connection for one transaction at a time:
    nothing is kept in a connection that outlives one, no setting and no prepared statement.
    """
    global _engine
    engine = _engine = create_engine(
        database_url,
        pool_size=pool_size,
        max_overflow=pool_size,
        pool_timeout=5,
        connect_args={"connect_timeout": 4, **(_FOR_A_POOLER if is_pooled else _FOR_A_SERVER)},
    )
    _check_what_was_idle(engine)
    _sessions.configure(bind=engine)
    _readings.configure(bind=_reading(engine))
    # A connection belongs to one process: a forked work-horse must open its own and leave its parent's alone.
    os.register_at_fork(after_in_child=lambda: engine.dispose(close=False))
    return engine


def direct_engine(database_url: str) -> Engine:
    """An engine for what needs a connection of its own: migrations, backups. To be disposed of by whoever asked."""
    return create_engine(database_url, poolclass=NullPool, connect_args={"connect_timeout": 4, **_FOR_A_SERVER})


def engine() -> Engine:
    assert _engine is not None, "db.connect() comes first"
    return _engine


@contextmanager
def transaction() -> Iterator[Session]:
    """A session that commits when the block ends and rolls back when it raises, then runs what `on_commit` holds."""
    with _sessions() as session:
        with session.begin():
            yield session
        _run_after_commit(session)


@contextmanager
def reading() -> Iterator[Session]:
    """A session in which each statement stands for itself: for a view that looks something up with one or two.

    It saves BEGIN and COMMIT, which are as many round trips again.
    """
    with _readings() as session:
        yield session
        session.commit()  # Nothing is left to be, but who joins the session to a transaction of theirs keeps it.


def is_away(error: OperationalError) -> bool:
    """Whether the database was not there, or went away: no connection, or one that it ended as it stopped.

    Other such errors are about the statement, and would come again.
    """
    sqlstate: str | None = getattr(error.orig, "sqlstate", None)
    return sqlstate is None or sqlstate.startswith(AWAY)


def now(session: Session) -> datetime:
    """This moment by the database's clock, in UTC: the one clock that every process shares."""
    moment: datetime = session.scalars(select(func.clock_timestamp())).one()
    return moment.astimezone(UTC)


def on_commit(session: Session, action: Callable[[], object]) -> None:
    """Run `action` once this session's transaction has committed, and never if it rolls back.

    A failure of `action` is logged and dropped: the row is the truth, and the periodic sweep repeats what was missed.
    """
    session.info.setdefault("on_commit", []).append(action)


def _reading(engine: Engine) -> Engine:
    return engine.execution_options(isolation_level="AUTOCOMMIT")


def _check_what_was_idle(engine: Engine) -> None:
    """Ask a connection whether it still works before it is used, unless it did a moment ago.

    The pool would ask each time (`pool_pre_ping`), and a round trip is a good part of a short request.
    """

    @event.listens_for(engine, "checkin")
    def note(connection: DBAPIConnection | None, record: ConnectionPoolEntry) -> None:
        record.info["used_at"] = time.monotonic()

    @event.listens_for(engine, "checkout")
    def check(connection: DBAPIConnection, record: ConnectionPoolEntry, proxy: PoolProxiedConnection) -> None:
        if time.monotonic() - record.info.get("used_at", 0.0) < TRUSTED_SECONDS:
            return
        try:
            engine.dialect.do_ping(connection)
        except engine.dialect.loaded_dbapi.Error as error:
            raise DisconnectionError from error  # The pool takes a new one in its place.


def _run_after_commit(session: Session) -> None:
    for action in session.info.pop("on_commit", []):
        try:
            action()
        except Exception:
            log.exception("an action after commit failed; the sweep will repeat it")
