"""Recordings that are kept for a time only, and a trash."""

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None

MEDIA_KEPT_HOURS = "after the end; 0 is until it was transcribed, none for ever"


def upgrade() -> None:
    for table in ("accounts", "transcriptions"):
        op.add_column(table, sa.Column("media_kept_hours", sa.Integer(), nullable=True, comment=MEDIA_KEPT_HOURS))
        op.create_check_constraint("media_kept_hours_not_negative", table, "media_kept_hours >= 0")
    op.add_column("transcriptions", sa.Column("media_expires_at", sa.DateTime(timezone=True), nullable=True))
    op.add_column("transcriptions", sa.Column("trashed_at", sa.DateTime(timezone=True), nullable=True))
    op.create_check_constraint(
        "only_final_in_the_trash", "transcriptions", "trashed_at IS NULL OR completed_at IS NOT NULL"
    )
    op.create_index(
        "ix_transcriptions_expiring_media",
        "transcriptions",
        ["media_expires_at"],
        postgresql_where=sa.text("media_expires_at IS NOT NULL"),
    )
    op.create_index(
        "ix_transcriptions_trash",
        "transcriptions",
        ["account_id", sa.literal_column("public_id DESC")],
        postgresql_where=sa.text("trashed_at IS NOT NULL"),
    )


def downgrade() -> None:
    # Whoever put something there wanted it gone.
    op.execute("DELETE FROM transcriptions WHERE trashed_at IS NOT NULL")
    op.drop_index("ix_transcriptions_trash", table_name="transcriptions")
    op.drop_index("ix_transcriptions_expiring_media", table_name="transcriptions")
    op.drop_constraint("only_final_in_the_trash", "transcriptions", type_="check")
    op.drop_column("transcriptions", "trashed_at")
    op.drop_column("transcriptions", "media_expires_at")
    for table in ("transcriptions", "accounts"):
        op.drop_constraint("media_kept_hours_not_negative", table, type_="check")
        op.drop_column(table, "media_kept_hours")
