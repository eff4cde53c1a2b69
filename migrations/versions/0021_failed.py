"""What failed of all accounts, for the pages of operators."""

import sqlalchemy as sa

from migrations import online

revision = "0021"
down_revision = "0020"
branch_labels = None
depends_on = None


def upgrade() -> None:
    online.create_index(
        "ix_transcriptions_failed",
        "transcriptions",
        [sa.literal_column("public_id DESC")],
        postgresql_where=sa.text("status = 'failed'"),
    )


def downgrade() -> None:
    online.drop_index("ix_transcriptions_failed", "transcriptions")
