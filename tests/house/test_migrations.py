"""The migrations lead to just the tables that models.py describes, and are numbered in order."""

import re
from pathlib import Path

from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from flask import Flask
from sqlalchemy.orm import Session

import migrations
from models import Base

VERSIONS = Path(migrations.__file__).parent / "versions"


def test_the_migrated_database_is_what_the_models_say(app: Flask, session: Session) -> None:
    context = MigrationContext.configure(session.connection())
    assert compare_metadata(context, Base.metadata) == []


def test_migrations_are_numbered_without_a_gap() -> None:
    numbers = sorted(path.name[:4] for path in VERSIONS.glob("*.py"))
    assert numbers == [f"{number:04}" for number in range(1, len(numbers) + 1)]


def test_each_migration_follows_the_one_before() -> None:
    for path in VERSIONS.glob("*.py"):
        revision, before = re.findall(r'^(?:down_)?revision = (?:"(\d+)"|None)', path.read_text(), re.M)
        assert revision == path.name[:4]
        assert before == (f"{int(revision) - 1:04}" if revision != "0001" else "")
