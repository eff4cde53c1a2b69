"""A database of its own, for what happens to data that a migration finds."""

from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy import Engine, create_engine, text

import db
import migrations


@contextmanager
def scratch_database(name: str, revision: str) -> Iterator[Engine]:
    """An empty database at a migration, gone afterwards."""
    server = db.engine().execution_options(isolation_level="AUTOCOMMIT")
    with server.connect() as connection:
        connection.execute(text(f"CREATE DATABASE {name}"))
    engine = create_engine(db.engine().url.set(database=name), connect_args={"options": "-c timezone=UTC"})
    try:
        migrations.upgrade(engine, revision)
        yield engine
    finally:
        engine.dispose()
        with server.connect() as connection:
            connection.execute(text(f"DROP DATABASE {name} WITH (FORCE)"))
