"""Notices go out by mail as well; those from before do not."""

import sqlalchemy as sa
from alembic import op

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None


def upgrade() -> None:
    # Without a default at first, or every old notice would be due.
    comment = "when to hand in its mail; null when that is done"
    op.add_column("notices", sa.Column("mail_due_at", sa.DateTime(timezone=True), comment=comment))
    op.alter_column("notices", "mail_due_at", server_default=sa.func.now())
    op.create_index(
        "ix_notices_mail_due_at", "notices", ["mail_due_at"], postgresql_where=sa.text("mail_due_at IS NOT NULL")
    )


def downgrade() -> None:
    op.drop_index("ix_notices_mail_due_at", table_name="notices")
    op.drop_column("notices", "mail_due_at")
