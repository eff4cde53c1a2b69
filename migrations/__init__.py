"""Numbered migrations, and the function that brings a database to the newest while the service runs.

A migration that cannot have its lock soon gives up and is tried again: one that waits keeps everybody waiting who
comes after it. What a migration may do is in CONTRIBUTING.md; `tests/house/test_migrations.py` sees to it.
"""

import logging
import time
from collections.abc import Mapping
from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from psycopg.errors import DeadlockDetected, LockNotAvailable
from sqlalchemy import Connection, Engine, text
from sqlalchemy.exc import OperationalError

MIGRATION_LOCK = 0x6D696772
# Whoever needs a table meanwhile waits behind the migration: for so long at most, less than any client's patience.
LOCK_SECONDS = 2.0
PAUSE_SECONDS = 1.0
GIVE_UP_SECONDS = 240.0

OLDEST = """
SELECT pid, application_name, extract(epoch FROM clock_timestamp() - xact_start)::int FROM pg_stat_activity
WHERE xact_start IS NOT NULL AND pid <> pg_backend_pid() AND datname = current_database() ORDER BY xact_start LIMIT 1
"""

log = logging.getLogger(__name__)


class DatabaseBusy(Exception):
    """A lock could not be had for minutes; the message says which transaction is the oldest."""


def alembic_config() -> Config:
    config = Config()
    config.set_main_option("script_location", str(Path(__file__).parent))
    return config


def newest() -> str:
    """The number of the last migration."""
    head = ScriptDirectory.from_config(alembic_config()).get_current_head()
    assert head is not None
    return head


def current(connection: Connection) -> str | None:
    """The number of the migration that a database is at, None for an empty one."""
    return MigrationContext.configure(connection).get_current_revision()


def upgrade(
    engine: Engine,
    revision: str = "head",
    *,
    lock_seconds: float = LOCK_SECONDS,
    give_up_seconds: float = GIVE_UP_SECONDS,
    config: Config | None = None,
) -> None:
    """Apply what is missing. Two processes that start at once take turns. Raises DatabaseBusy.

    The engine must lead to the server itself: the turn is a lock of the session, which a pooler does not keep.
    """
    config = config or alembic_config()
    give_up_at = time.monotonic() + give_up_seconds
    with engine.connect() as connection:
        connection.execute(text("SELECT pg_advisory_lock(:number)"), {"number": MIGRATION_LOCK})
        connection.commit()
        try:
            config.attributes["connection"] = connection
            there = current(connection)
            connection.rollback()
            if there is not None and revision == "head" and there > newest():
                # The version before, which was gone back to, runs on the newer schema.
                log.warning("the database is at migration %s, of a newer version than this", there)
                return
            while not _applied(connection, config, revision, lock_seconds):
                if time.monotonic() > give_up_at:
                    raise DatabaseBusy(f"A table stayed locked for minutes, {_oldest(connection)}. Try again later.")
                log.warning("a table is in use; the migration is tried again", extra={"oldest": _oldest(connection)})
                time.sleep(PAUSE_SECONDS)
        finally:
            connection.rollback()
            connection.execute(text("SET lock_timeout = 0"))
            connection.execute(text("SELECT pg_advisory_unlock(:number)"), {"number": MIGRATION_LOCK})
            connection.commit()


def set_defaults(engine: Engine, settings: Mapping[str, str]) -> None:
    """Make settings of a session the database's own defaults, for connections that come through a pooler."""
    with engine.begin() as connection:
        for name, value in settings.items():
            connection.execute(
                text(
                    "DO $$ BEGIN EXECUTE format('ALTER DATABASE %I SET "
                    f"{name} = %L', current_database(), '{value}'); END $$"
                )
            )


def _applied(connection: Connection, config: Config, revision: str, lock_seconds: float) -> bool:
    """Whether all went through; each migration is a transaction of its own, so those before a refusal stay."""
    connection.execute(text(f"SET lock_timeout = {round(lock_seconds * 1000)}"))
    connection.commit()
    try:
        command.upgrade(config, revision)
        connection.commit()
    except OperationalError as error:
        connection.rollback()
        if isinstance(error.orig, LockNotAvailable | DeadlockDetected):
            return False
        raise
    return True


def _oldest(connection: Connection) -> str:
    """What the longest transaction is, in words: it is what mostly stands in the way."""
    row = connection.execute(text(OLDEST)).first()
    connection.rollback()
    if row is None:
        return "by nobody who is still there"
    pid, name, seconds = row
    return f"the oldest transaction being {seconds} s old, of process {pid}" + (f" ({name})" if name else "")
