"""The database engine, `transaction()`, and what happens after a commit. The only module that commits."""

import logging
import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime

from sqlalchemy import Engine, create_engine, func, select
from sqlalchemy.exc import OperationalError
from sqlalchemy.orm import Session, sessionmaker
from sqlalchemy.pool import NullPool

log = logging.getLogger(__name__)

# SQLSTATE classes: the connection broke; it stops, crashed, or starts.
AWAY = ("08", "57P")

_sessions: sessionmaker[Session] = sessionmaker(expire_on_commit=False)
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
        pool_pre_ping=True,
        connect_args={"connect_timeout": 4, **(_FOR_A_POOLER if is_pooled else _FOR_A_SERVER)},
    )
    _sessions.configure(bind=engine)
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


def _run_after_commit(session: Session) -> None:
    for action in session.info.pop("on_commit", []):
        try:
            action()
        except Exception:
            log.exception("an action after commit failed; the sweep will repeat it")
