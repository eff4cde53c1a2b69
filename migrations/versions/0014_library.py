"""Tags, indexes for each order and filter of the list, and when the hearing began and last got further."""

from collections.abc import Sequence
from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0014"
down_revision = "0013"
branch_labels = None
depends_on = None

Columns = Sequence[str | sa.ColumnElement[Any]]

NEWEST: sa.ColumnElement[Any] = sa.literal_column("public_id DESC")
INDEXES: dict[str, Columns] = {
    "titles": [sa.literal_column("lower(title)"), "public_id"],
    "lengths": [sa.literal_column("coalesce(duration_seconds, 0) DESC"), NEWEST],
    "finished": [sa.literal_column("coalesce(completed_at, 'infinity') DESC"), NEWEST],
    "created": ["created_at"],
    "statuses": ["status", NEWEST],
    "pipelines": ["pipeline_code", NEWEST],
    "languages": ["language", NEWEST],
}


def upgrade() -> None:
    op.create_table(
        "tags",
        sa.Column(
            "transcription_id",
            sa.BigInteger(),
            sa.ForeignKey("transcriptions.id", ondelete="CASCADE"),
            nullable=False,
        ),
        sa.Column("key", sa.Text(), nullable=False, comment="the name, whatever its case"),
        sa.Column("name", sa.String(40), nullable=False, comment="as it was written"),
        sa.Column(
            "account_id",
            sa.BigInteger(),
            sa.ForeignKey("accounts.id", ondelete="CASCADE"),
            nullable=False,
            comment="the transcription's, so that an index has both",
        ),
        sa.PrimaryKeyConstraint("transcription_id", "key", name="pk_tags"),
    )
    op.create_index("ix_tags_account_id_key_transcription_id", "tags", ["account_id", "key", "transcription_id"])
    for name, comment in (
        ("transcribing_since", "it was first begun to be heard"),
        ("progressed_at", "the hearing last got further"),
    ):
        op.add_column("transcriptions", sa.Column(name, sa.DateTime(timezone=True), nullable=True, comment=comment))
    op.drop_index("ix_transcriptions_languages", table_name="transcriptions")
    for name, columns in INDEXES.items():
        _create_index(name, columns)


def downgrade() -> None:
    for name in INDEXES:
        op.drop_index(f"ix_transcriptions_{name}", table_name="transcriptions")
    _create_index("languages", ["language"])
    for name in ("progressed_at", "transcribing_since"):
        op.drop_column("transcriptions", name)
    op.drop_table("tags")


def _create_index(name: str, columns: Columns) -> None:
    op.create_index(
        f"ix_transcriptions_{name}",
        "transcriptions",
        ["account_id", *columns],
        postgresql_where=sa.text("trashed_at IS NULL"),
    )
