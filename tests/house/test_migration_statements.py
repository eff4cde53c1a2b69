"""Each migration is safe for the code that is already running, by what it says to the database."""

import importlib
from collections.abc import Iterator
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import Engine

import migrations
from tests.migrations.statements import Step, complaints, recorded
from tests.scratch_database import scratch_database

VERSIONS = Path(migrations.__file__).parent / "versions"
# Those up to here are from before anybody was promised anything.
BEFORE_THE_RULES = "0015"
NUMBERS = sorted(path.name[:4] for path in VERSIONS.glob("*.py"))
UNDER_THE_RULES = [number for number in NUMBERS if number > BEFORE_THE_RULES]


def retired_before(number: str) -> frozenset[str]:
    """What the migrations before this one say that no code uses any more (`RETIRES`)."""
    modules = [importlib.import_module(f"migrations.versions.{path.stem}") for path in VERSIONS.glob("*.py")]
    return frozenset(name for module in modules if module.revision < number for name in getattr(module, "RETIRES", ()))


@pytest.fixture(scope="module")
def scratch(app: Flask) -> Iterator[Engine]:
    with scratch_database("migration_statements", BEFORE_THE_RULES) as engine:
        yield engine


def test_the_code_already_running_survives_each_migration(scratch: Engine) -> None:
    found = {}
    for number in UNDER_THE_RULES:
        with recorded(scratch) as steps:
            migrations.upgrade(scratch, number)
        found[number] = complaints(steps, retired_before(number))
    assert {number: each for number, each in found.items() if each} == {}


HARMLESS = [
    "CREATE TABLE things (id BIGINT NOT NULL)",
    "ALTER TABLE transcriptions ADD COLUMN mood TEXT",
    "ALTER TABLE transcriptions ADD COLUMN mood TEXT DEFAULT 'fine' NOT NULL",
    "ALTER TABLE transcriptions ADD CONSTRAINT ck_mood CHECK (mood <> '') NOT VALID",
    "ALTER TABLE transcriptions ALTER COLUMN title TYPE VARCHAR(400)",
    "ALTER TABLE transcriptions ALTER COLUMN title DROP NOT NULL",
    "UPDATE alembic_version SET version_num='0016' WHERE alembic_version.version_num = '0015'",
]
HARMFUL = [
    "ALTER TABLE transcriptions DROP COLUMN title",
    "ALTER TABLE transcriptions RENAME title TO name",
    "ALTER TABLE transcriptions RENAME TO recordings",
    "ALTER TABLE transcriptions ALTER COLUMN id TYPE INTEGER",
    "ALTER TABLE transcriptions ALTER COLUMN title SET NOT NULL",
    "ALTER TABLE transcriptions ADD COLUMN mood TEXT NOT NULL",
    "ALTER TABLE transcriptions ADD COLUMN token UUID DEFAULT gen_random_uuid()",
    "ALTER TABLE transcriptions ADD COLUMN parent BIGINT REFERENCES transcriptions (id)",
    "ALTER TABLE transcriptions ADD CONSTRAINT ck_mood CHECK (mood <> '')",
    "ALTER TABLE transcriptions ADD CONSTRAINT fk_x FOREIGN KEY(x) REFERENCES accounts (id)",
    "ALTER TABLE transcriptions ADD CONSTRAINT uq_title UNIQUE (title)",
    "CREATE INDEX ix_mood ON transcriptions (mood)",
    "CREATE UNIQUE INDEX ix_mood ON public.transcriptions (mood)",
    "DROP INDEX ix_transcriptions_titles",
    "DROP TABLE tags",
    "UPDATE transcriptions SET title = ''",
    "DELETE FROM segments",
    "LOCK TABLE accounts",
    "TRUNCATE sign_in_failures",
    "REINDEX TABLE passages",
]


@pytest.mark.parametrize("sql", HARMLESS)
def test_what_is_harmless_passes(sql: str) -> None:
    assert complaints([Step(sql)]) == []


@pytest.mark.parametrize("sql", HARMFUL)
def test_what_is_harmful_is_refused(sql: str) -> None:
    assert len(complaints([Step(sql)])) == 1


def test_a_new_table_may_be_treated_as_one_likes() -> None:
    steps = [
        Step("CREATE TABLE things (id BIGINT NOT NULL, name TEXT)"),
        Step("CREATE INDEX ix_things_action ON things (name)"),
        Step("ALTER TABLE things ADD CONSTRAINT uq_things_name UNIQUE (name)"),
        Step("UPDATE things SET name = ''"),
    ]
    assert complaints(steps) == []


def test_what_was_retired_before_may_go() -> None:
    step = Step("ALTER TABLE transcriptions DROP COLUMN mood")
    assert complaints([step], frozenset({"transcriptions.mood"})) == []
    assert complaints([Step("DROP TABLE tags")], frozenset({"tags"})) == []


def test_what_may_be_cut_off_stands_alone() -> None:
    steps = [
        Step("ALTER TABLE transcriptions ADD COLUMN mood TEXT"),
        Step("CREATE INDEX CONCURRENTLY ix_mood ON transcriptions (mood)", is_alone=True),
    ]
    assert len(complaints(steps)) == 1
    assert complaints(steps[1:]) == []
