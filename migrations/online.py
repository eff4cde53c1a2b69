"""Steps of migrations that may be taken while the service writes to the table.

Each commits what the migration did before, and may be repeated: a migration that takes one takes nothing but these, so
that it begins anew where it was cut off.
"""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any

import sqlalchemy as sa
from alembic import op

Columns = Sequence[str | sa.ColumnElement[Any]]


def create_index(name: str, table: str, columns: Columns, **options: Any) -> None:
    """Build an index beside what goes on. Takes the options of `op.create_index`.

    What an attempt that was cut off left behind goes first.
    """
    with _unhurried():
        op.drop_index(name, table_name=table, if_exists=True, postgresql_concurrently=True)
        op.create_index(name, table, columns, postgresql_concurrently=True, **options)


def drop_index(name: str, table: str) -> None:
    """Drop an index without keeping writers waiting."""
    with _unhurried():
        op.drop_index(name, table_name=table, if_exists=True, postgresql_concurrently=True)


def add_check(name: str, table: str, condition: str) -> None:
    """A CHECK for new rows at once, proved for the old ones afterwards under a lock that lets others write.

    The old rows must satisfy it by then.
    """
    op.drop_constraint(op.f(name), table, type_="check", if_exists=True)
    op.create_check_constraint(op.f(name), table, condition, postgresql_not_valid=True)
    _validate(name, table)


def add_foreign_key(
    name: str, table: str, columns: list[str], others: str, other_columns: list[str], **options: Any
) -> None:
    """As `add_check`. Takes the options of `op.create_foreign_key`."""
    op.drop_constraint(op.f(name), table, type_="foreignkey", if_exists=True)
    op.create_foreign_key(op.f(name), table, others, columns, other_columns, postgresql_not_valid=True, **options)
    _validate(name, table)


def fill(table: str, assignment: str, condition: str, *, key: str = "id", rows_at_once: int = 5000) -> None:
    """UPDATE what meets a condition, which it must no longer meet afterwards, some thousand rows at a time.

    A row that somebody else has locked is waited for last.
    """
    step = f"""
        UPDATE {table} SET {assignment} WHERE {key} IN (
            SELECT {key} FROM {table} WHERE {condition} LIMIT {rows_at_once} FOR UPDATE SKIP LOCKED
        )
    """
    with _unhurried():
        while op.get_bind().execute(sa.text(step)).rowcount:
            pass
        op.execute(f"UPDATE {table} SET {assignment} WHERE {condition}")


def require(table: str, column: str) -> None:
    """NOT NULL for a column that every row has a value in, without reading the table under its lock.

    PostgreSQL takes a proved CHECK as a proof.
    """
    name = f"ck_{table}_{column}_is_there"
    add_check(name, table, f"{column} IS NOT NULL")
    op.alter_column(table, column, nullable=False)
    op.drop_constraint(op.f(name), table, type_="check")


def _validate(name: str, table: str) -> None:
    with op.get_context().autocommit_block():
        op.execute(f'ALTER TABLE {table} VALIDATE CONSTRAINT "{name}"')


@contextmanager
def _unhurried() -> Iterator[None]:
    """A block outside of any transaction and without a limit for locks: waiting so keeps nobody waiting."""
    limit = op.get_bind().scalar(sa.text("SHOW lock_timeout"))
    with op.get_context().autocommit_block():
        op.execute("SET lock_timeout = 0")
        yield
        op.execute(f"SET lock_timeout = '{limit}'")
