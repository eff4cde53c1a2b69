"""Share links of transcriptions, and their passwords among what guesses are counted against."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None

SUBJECTS = "email:<sha256> or address:<ip>"
SUBJECTS_WITH_SHARES = "email:<sha256>, share:<public id> or address:<ip>"


def upgrade() -> None:
    op.create_table(
        "shares",
        sa.Column("id", sa.BigInteger(), autoincrement=True, nullable=False),
        sa.Column("public_id", sa.String(40), nullable=False),
        sa.Column("account_id", sa.BigInteger(), nullable=False),
        sa.Column("transcription_id", sa.BigInteger(), nullable=False),
        sa.Column(
            "seed", sa.LargeBinary(), nullable=False, comment="random; with the service's key it makes the secret"
        ),
        sa.Column("secret_sha256", sa.LargeBinary(), nullable=False),
        sa.Column(
            "parts",
            postgresql.JSONB(none_as_null=True, astext_type=sa.Text()),
            nullable=False,
            comment="shown besides the transcript",
        ),
        sa.Column("password_hash", sa.String(200), nullable=True),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("openings", sa.BigInteger(), server_default="0", nullable=False),
        sa.Column("last_opened_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("revoked_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["account_id"], ["accounts.id"], name=op.f("fk_shares_account_id"), ondelete="CASCADE"),
        sa.ForeignKeyConstraint(
            ["transcription_id"], ["transcriptions.id"], name=op.f("fk_shares_transcription_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_shares")),
        sa.UniqueConstraint("public_id", name=op.f("uq_shares_public_id")),
        sa.UniqueConstraint("secret_sha256", name=op.f("uq_shares_secret_sha256")),
        sa.CheckConstraint("openings >= 0", name=op.f("ck_shares_openings_not_negative")),
    )
    op.create_index(op.f("ix_shares_account_id"), "shares", ["account_id"])
    op.create_index(
        op.f("ix_shares_transcription_id"), "shares", ["transcription_id", sa.literal_column("public_id DESC")]
    )
    op.alter_column(
        "sign_in_failures", "subject", comment=SUBJECTS_WITH_SHARES, existing_comment=SUBJECTS, existing_nullable=False
    )


def downgrade() -> None:
    op.alter_column(
        "sign_in_failures", "subject", comment=SUBJECTS, existing_comment=SUBJECTS_WITH_SHARES, existing_nullable=False
    )
    op.drop_table("shares")
