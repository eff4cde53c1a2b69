"""Migrations are made while the code of before goes on reading and writing: it neither fails nor waits long."""

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from alembic.config import Config
from flask import Flask
from sqlalchemy import Connection, Engine, MetaData, Table, insert, select, text, update

import migrations
from tests.house.test_migration_statements import NUMBERS
from tests.migrations.statements import complaints, recorded
from tests.scratch_database import scratch_database

HISTORY = """
INSERT INTO accounts (id, public_id, email, email_confirmed, plan) VALUES (1, 'acct_1', 'a@example.com', true, 'free');
INSERT INTO transcriptions (id, public_id, account_id, source, pipeline_code, language_requested, diarize, vocabulary,
    title, title_given, metadata, speaker_names, status, stage, progress, warnings, crashes, tries,
    price_per_minute_microusd, completed_at)
SELECT number, 'tr_' || number, 1, 'upload', 'whisper-base', 'auto', true, '[]', 'Talk ' || number, false, '{}', '{}',
    'completed', 'understanding', 1, '[]', 0, 0, 0, now() FROM generate_series(1, 2000) number;
INSERT INTO segments (transcription_id, number, start, "end", text)
SELECT 1 + mod(number, 2000), number / 2000, number, number + 1, 'Said.' FROM generate_series(0, 39999) number;
"""
# Of a statement that meets a migration on two busy cores; the limit for locks is below it.
LONGEST_WAIT_SECONDS = 3.0

# A release of the future, which does whatever a migration may.
COLUMNS = """
import sqlalchemy as sa
from alembic import op

revision, down_revision, branch_labels, depends_on = "9001", "{before}", None, None


def upgrade():
    op.add_column("transcriptions", sa.Column("mood", sa.Text(), nullable=True))
    op.add_column("transcriptions", sa.Column("weight", sa.Integer(), server_default="0", nullable=False))
"""
PROOFS = """
from alembic import op

from migrations import online

revision, down_revision, branch_labels, depends_on = "9002", "9001", None, None


def upgrade():
    op.execute("ALTER TABLE transcriptions ALTER COLUMN mood SET DEFAULT 'new'")
    online.fill("transcriptions", "mood = 'fine'", "mood IS NULL", rows_at_once=300)
    online.require("transcriptions", "mood")
    online.add_check("ck_transcriptions_mood_is_short", "transcriptions", "length(mood) < 10")
    online.create_index("ix_transcriptions_mood", "transcriptions", ["account_id", "mood"])
    online.create_index("ix_segments_text", "segments", ["text"])
    online.drop_index("ix_segments_text", "segments")
"""


@dataclass
class Traffic:
    """What the old code did meanwhile."""

    done: int = 0
    longest_seconds: float = 0.0
    failures: list[str] = field(default_factory=list)


@pytest.fixture
def busy(app: Flask) -> Iterator[Callable[[str], Engine]]:
    """Makes a database at a migration, with two thousand transcripts."""
    with ExitStack() as made:

        def at(revision: str) -> Engine:
            engine = made.enter_context(scratch_database("beside_requests", revision))
            with engine.begin() as connection:
                connection.exec_driver_sql(HISTORY)
            return engine

        yield at


@pytest.fixture
def future(tmp_path: Path) -> Config:
    """Alembic's configuration with the two migrations of the future behind ours."""
    (tmp_path / "9001_columns.py").write_text(COLUMNS.format(before=NUMBERS[-1]))
    (tmp_path / "9002_proofs.py").write_text(PROOFS)
    config = migrations.alembic_config()
    ours = Path(migrations.__file__).parent / "versions"
    config.set_main_option("path_separator", "newline")
    config.set_main_option("version_locations", f"{ours}\n{tmp_path}")
    return config


def as_the_code_of_now(engine: Engine) -> list[Callable[[Connection], object]]:
    """Reads and writes of every table with all of its columns by name, as SQLAlchemy's models do, and new rows."""
    metadata = MetaData()
    metadata.reflect(engine)
    tables = [table for table in metadata.sorted_tables if table.name != "alembic_version"]
    transcriptions = metadata.tables["transcriptions"]
    row = select(transcriptions).where(transcriptions.c.id == 1)

    def one_more(connection: Connection) -> object:
        values = dict(connection.execute(row).mappings().one())
        number = connection.scalar(text("SELECT max(id) + 1 FROM transcriptions"))
        return connection.execute(insert(transcriptions).values({**values, "id": number, "public_id": f"tr_{number}"}))

    def read(table: Table) -> Callable[[Connection], object]:
        return lambda connection: connection.execute(select(table).limit(5)).all()

    def write(table: Table) -> Callable[[Connection], object]:
        columns = [column for column in table.columns if not column.primary_key and column.computed is None]
        key = next(iter(table.primary_key.columns))
        same = {column.name: column for column in columns}
        return lambda connection: connection.execute(
            update(table).where(key == select(key).limit(1).scalar_subquery()).values(same)
        )

    writable = [metadata.tables[name] for name in ("accounts", "transcriptions", "segments")]
    return [one_more, *map(read, tables), *map(write, writable)]


@contextmanager
def traffic(engine: Engine) -> Iterator[Traffic]:
    """The old code at work, in two threads, for as long as the block lasts."""
    statements = as_the_code_of_now(engine)
    seen, over = Traffic(), threading.Event()

    def go() -> None:
        while not over.is_set():
            for statement in statements:
                started = time.monotonic()
                try:
                    with engine.begin() as connection:
                        statement(connection)
                except Exception as error:
                    seen.failures.append(f"{type(error).__name__}: {error}"[:300])
                seen.longest_seconds = max(seen.longest_seconds, time.monotonic() - started)
                seen.done += 1

    thread = threading.Thread(target=go)
    thread.start()
    try:
        while seen.done < len(statements):
            time.sleep(0.01)
        yield seen
    finally:
        over.set()
        thread.join()


@pytest.mark.parametrize("number", NUMBERS[-2:])
def test_the_code_of_before_works_beside_each_of_the_last_migrations(
    busy: Callable[[str], Engine], number: str
) -> None:
    engine = busy(f"{int(number) - 1:04}")
    with traffic(engine) as seen:
        migrations.upgrade(engine, number)
        so_far = seen.done
        while seen.done < so_far + 60:
            time.sleep(0.01)

    assert seen.failures == []
    assert seen.longest_seconds < LONGEST_WAIT_SECONDS


def test_the_code_of_now_works_beside_whatever_a_migration_may_do(
    busy: Callable[[str], Engine], future: Config
) -> None:
    engine = busy(NUMBERS[-1])
    with traffic(engine) as seen:
        migrations.upgrade(engine, "9002", config=future)
        so_far = seen.done
        while seen.done < so_far + 60:
            time.sleep(0.01)

    assert seen.failures == []
    assert seen.longest_seconds < LONGEST_WAIT_SECONDS
    with engine.connect() as connection:
        assert connection.scalar(text("SELECT count(*) FROM transcriptions WHERE mood IS NULL")) == 0
        invalid = "SELECT count(*) FROM pg_index WHERE NOT indisvalid"
        assert connection.scalar(text(invalid)) == 0


@contextmanager
def somebody_reads(engine: Engine, seconds: float) -> Iterator[None]:
    """A transaction has looked at transcriptions, and stays open for so long."""
    reading = threading.Event()

    def read() -> None:
        with engine.connect() as connection:
            connection.execute(text("SELECT 1 FROM transcriptions LIMIT 1"))
            reading.set()
            time.sleep(seconds)

    thread = threading.Thread(target=read)
    thread.start()
    reading.wait()
    yield
    thread.join()


def test_a_migration_that_has_to_wait_keeps_nobody_else_waiting(busy: Callable[[str], Engine], future: Config) -> None:
    """Who comes after a waiting ALTER TABLE waits behind it, so it waits for a moment only, again and again."""
    engine = busy(NUMBERS[-1])
    with somebody_reads(engine, 2), traffic(engine) as seen:
        migrations.upgrade(engine, "9001", lock_seconds=0.2, config=future)

    assert seen.failures == []
    assert seen.longest_seconds < 1.5
    with engine.connect() as connection:
        assert migrations.current(connection) == "9001"


def test_a_migration_that_can_never_have_its_lock_says_who_is_in_the_way(
    busy: Callable[[str], Engine], future: Config
) -> None:
    engine = busy(NUMBERS[-1])
    with somebody_reads(engine, 1.5), pytest.raises(migrations.DatabaseBusy, match=r"\d s old, of process \d+"):
        migrations.upgrade(engine, "9001", lock_seconds=0.1, give_up_seconds=0.5, config=future)
    with engine.connect() as connection:
        assert migrations.current(connection) == NUMBERS[-1]


def test_the_steps_of_a_migration_pass_the_rules(busy: Callable[[str], Engine], future: Config) -> None:
    engine = busy(NUMBERS[-1])
    with recorded(engine) as columns:
        migrations.upgrade(engine, "9001", config=future)
    with recorded(engine) as proofs:
        migrations.upgrade(engine, "9002", config=future)
    assert complaints(columns) == complaints(proofs) == []
    assert not any(step.is_alone for step in columns)
    assert any(step.is_alone for step in proofs)
    assert len(complaints([*columns, *proofs])) == 2


def test_the_version_before_starts_on_the_newer_schema(busy: Callable[[str], Engine], future: Config) -> None:
    engine = busy(NUMBERS[-1])
    migrations.upgrade(engine, "9001", config=future)
    migrations.upgrade(engine)
    with engine.connect() as connection:
        assert connection.scalar(text("SELECT version_num FROM alembic_version")) == "9001"


def test_an_index_that_was_cut_off_is_built_anew(busy: Callable[[str], Engine], future: Config) -> None:
    engine = busy(NUMBERS[-1])
    migrations.upgrade(engine, "9001", config=future)
    with engine.begin() as connection:
        connection.execute(text("CREATE INDEX ix_transcriptions_mood ON transcriptions (mood)"))
        connection.execute(
            text("UPDATE pg_index SET indisvalid = false WHERE indexrelid = 'ix_transcriptions_mood'::regclass")
        )
    migrations.upgrade(engine, "9002", config=future)
    with engine.connect() as connection:
        made = "SELECT indisvalid, indnatts FROM pg_index WHERE indexrelid = 'ix_transcriptions_mood'::regclass"
        assert connection.execute(text(made)).one() == (True, 2)
