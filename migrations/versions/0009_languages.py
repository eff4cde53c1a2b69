"""The languages of a library, which every search of it asks for, from an index alone."""

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_index(
        "ix_transcriptions_languages",
        "transcriptions",
        ["account_id", "language"],
        postgresql_where=sa.text("trashed_at IS NULL"),
    )


def downgrade() -> None:
    op.drop_index("ix_transcriptions_languages", table_name="transcriptions")
