"""Pipelines that are asked when another fails."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    codes = postgresql.JSONB(none_as_null=True, astext_type=sa.Text())
    op.add_column(
        "accounts",
        sa.Column(
            "fallback_pipeline_codes",
            codes,
            server_default=sa.text("'[]'"),
            nullable=False,
            comment="asked in turn when one fails",
        ),
    )
    op.add_column(
        "transcriptions",
        sa.Column(
            "failed_pipeline_codes",
            codes,
            server_default=sa.text("'[]'"),
            nullable=False,
            comment="it was fallen back from, in order",
        ),
    )


def downgrade() -> None:
    op.drop_column("transcriptions", "failed_pipeline_codes")
    op.drop_column("accounts", "fallback_pipeline_codes")
