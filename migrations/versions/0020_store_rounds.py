"""Where the sweep through the store goes on."""

import sqlalchemy as sa
from alembic import op

revision = "0020"
down_revision = "0019"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "store_rounds",
        sa.Column("name", sa.String(length=40), nullable=False),
        sa.Column(
            "after", sa.Text(), nullable=False, comment="the last key that was looked at; empty between two rounds"
        ),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True, comment="of the last whole round"),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_store_rounds")),
    )


def downgrade() -> None:
    op.drop_table("store_rounds")
