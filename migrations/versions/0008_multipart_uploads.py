"""Uploads in parts."""

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column(
        "uploads",
        sa.Column("multipart_id", sa.Text(), nullable=True, comment="the store's name of an upload in parts"),
    )
    op.add_column(
        "uploads",
        sa.Column("part_size_bytes", sa.BigInteger(), nullable=True, comment="of all parts but the last"),
    )
    op.create_check_constraint(
        op.f("ck_uploads_parts_have_a_size"), "uploads", "(multipart_id IS NULL) = (part_size_bytes IS NULL)"
    )


def downgrade() -> None:
    op.drop_constraint(op.f("ck_uploads_parts_have_a_size"), "uploads", type_="check")
    op.drop_column("uploads", "part_size_bytes")
    op.drop_column("uploads", "multipart_id")
