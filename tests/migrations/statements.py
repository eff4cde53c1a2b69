"""What migrations say to the database, and what in it would hurt the code that runs meanwhile."""

import re
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Engine, event


@dataclass(frozen=True, slots=True)
class Step:
    """A statement, and whether it was a transaction of its own."""

    sql: str
    is_alone: bool = False


@contextmanager
def recorded(engine: Engine) -> Iterator[list[Step]]:
    """Every statement that goes through the engine within the block."""
    steps: list[Step] = []

    def note(connection: Any, cursor: Any, sql: str, *rest: Any) -> None:
        is_alone = connection.connection.dbapi_connection.autocommit
        steps.append(Step(" ".join(sql.split()), is_alone))

    event.listen(engine, "before_cursor_execute", note)
    try:
        yield steps
    finally:
        event.remove(engine, "before_cursor_execute", note)


NAME = r'(?:public\.)?"?(\w+)"?'
LONG_LOCKS = re.compile(r"^(TRUNCATE|LOCK TABLE|VACUUM FULL|CLUSTER|REINDEX (?!.*CONCURRENTLY))", re.I)
ITS_OWN_VALUE = re.compile(r"\b(random|gen_random_uuid|clock_timestamp|nextval)\s*\(|GENERATED|SERIAL", re.I)


def complaints(steps: Sequence[Step], retired: frozenset[str] = frozenset()) -> list[str]:
    """What of a migration the code already running would not survive, or would have to wait long for.

    `retired` are the tables and `table.column`s that an earlier migration says no code uses any more.
    """
    new = {name for step in steps for name in re.findall(rf"^CREATE TABLE (?:IF NOT EXISTS )?{NAME}", step.sql, re.I)}
    found = [each for step in steps for each in _of(step, steps, new, retired)]
    if any(step.is_alone for step in steps):
        found += [
            f"what may be cut off must be repeatable, so this goes into a migration of its own: {step.sql[:80]}"
            for step in steps
            if re.match(r"CREATE TABLE (?!IF NOT)|ALTER TABLE .* ADD COLUMN (?!IF NOT)", step.sql, re.I)
            and "alembic_version" not in step.sql
        ]
    return found


def _of(step: Step, steps: Sequence[Step], new: set[str], retired: frozenset[str]) -> Iterator[str]:
    sql = step.sql
    if LONG_LOCKS.match(sql):
        yield f"locks others out for long: {sql[:80]}"
    index = re.match(rf'CREATE (?:UNIQUE )?INDEX .*?"?\w+"? ON {NAME}', sql, re.I)
    if index and index[1] not in new and "CONCURRENTLY" not in sql:
        yield f"online.create_index lets others write meanwhile: {sql[:80]}"
    if re.match(r"DROP INDEX (?!CONCURRENTLY)", sql, re.I):
        yield f"online.drop_index lets others write meanwhile: {sql[:80]}"
    if (gone := re.match(rf"DROP TABLE (?:IF EXISTS )?{NAME}", sql, re.I)) and gone[1] not in retired | new:
        yield f"running code may use the table {gone[1]}: an earlier migration has to retire it"
    changed = re.match(rf"(?:UPDATE|DELETE FROM) {NAME}", sql, re.I)
    if changed and not step.is_alone and changed[1] not in new | {"alembic_version"}:
        yield f"online.fill locks a few rows at a time: {sql[:80]}"
    altered = re.match(rf"ALTER TABLE (?:IF EXISTS )?(?:ONLY )?{NAME} (.*)", sql, re.I)
    if altered and altered[1] not in new:
        yield from _of_alteration(altered[1], altered[2], steps, retired)


def _of_alteration(table: str, what: str, steps: Sequence[Step], retired: frozenset[str]) -> Iterator[str]:
    if re.search(r"\bRENAME\b", what, re.I):
        yield f"running code knows {table} by its old names: {what[:80]}"
    for column in re.findall(rf"DROP COLUMN (?:IF EXISTS )?{NAME}", what, re.I):
        if f"{table}.{column}" not in retired:
            yield f"running code may use {table}.{column}: an earlier migration has to retire it"
    for kind in re.findall(r"ALTER COLUMN \S+ (?:SET DATA )?TYPE (\w+)", what, re.I):
        if kind.upper() not in ("TEXT", "VARCHAR"):
            yield f"rewrites {table} under a lock: {what[:80]}"
    for column in re.findall(rf"ALTER COLUMN {NAME} SET NOT NULL", what, re.I):
        if not any(f'VALIDATE CONSTRAINT "ck_{table}_{column}_is_there"' in step.sql for step in steps):
            yield f"online.require proves {table}.{column} without a lock"
    for added in re.findall(r"ADD COLUMN (.*)", what, re.I):
        if "NOT NULL" in added.upper() and "DEFAULT" not in added.upper():
            yield f"running code writes rows without it, so it needs a server_default: {table}, {added[:80]}"
        if ITS_OWN_VALUE.search(added):
            yield f"rewrites {table} under a lock, as its value is another for each row: {added[:80]}"
        if re.search(r"\bREFERENCES\b|\bUNIQUE\b", added, re.I):
            yield f"reads {table} under a lock; add the constraint by itself: {added[:80]}"
    if re.search(r"ADD CONSTRAINT .*\b(CHECK|FOREIGN KEY)\b", what, re.I) and "NOT VALID" not in what.upper():
        yield f"online.add_check and add_foreign_key prove it without a lock: {what[:80]}"
    if (
        re.search(r"ADD CONSTRAINT .*\b(UNIQUE|PRIMARY KEY|EXCLUDE)\b", what, re.I)
        and "USING INDEX" not in what.upper()
    ):
        yield f"builds an index under a lock; make it with online.create_index first: {what[:80]}"
