"""What a hosted engine told, and how its words were timed."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column(
        "transcriptions",
        sa.Column(
            "provider_state",
            postgresql.JSONB(none_as_null=True, astext_type=sa.Text()),
            nullable=True,
            comment="what a provider told, from step to step",
        ),
    )
    op.add_column("transcriptions", sa.Column("engine_model", sa.String(length=120), nullable=True))
    op.add_column(
        "transcriptions",
        sa.Column(
            "word_times",
            sa.Enum("measured", "estimated", "none", name="wordtimes", native_enum=False, length=20),
            nullable=True,
        ),
    )
    op.add_column(
        "transcriptions",
        sa.Column("billed_seconds", sa.Double(), nullable=True, comment="what a provider says it charges us for"),
    )


def downgrade() -> None:
    op.drop_column("transcriptions", "billed_seconds")
    op.drop_column("transcriptions", "word_times")
    op.drop_column("transcriptions", "engine_model")
    op.drop_column("transcriptions", "provider_state")
