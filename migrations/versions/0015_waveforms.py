"""What a recording looks like, for the player. Those that are there already stay without."""

import sqlalchemy as sa
from alembic import op

revision = "0015"
down_revision = "0014"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column(
        "media",
        sa.Column(
            "waveform",
            sa.LargeBinary(),
            nullable=True,
            comment="how loud it is from beginning to end, a byte for each of equal parts; null where nobody looked",
        ),
    )


def downgrade() -> None:
    op.drop_column("media", "waveform")
