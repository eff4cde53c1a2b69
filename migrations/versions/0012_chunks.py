"""The chunks of long recordings, which several workers hear."""

import sqlalchemy as sa
from alembic import op

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "chunks",
        sa.Column("id", sa.BigInteger(), autoincrement=True, nullable=False),
        sa.Column(
            "transcription_id",
            sa.BigInteger(),
            sa.ForeignKey("transcriptions.id", ondelete="CASCADE"),
            nullable=False,
        ),
        sa.Column("number", sa.Integer(), nullable=False, comment="0 upwards, in the order in which they are taken"),
        sa.Column(
            "channel",
            sa.Integer(),
            nullable=True,
            comment="of a call with one voice a channel; none is the mono mix",
        ),
        sa.Column("first_sample", sa.BigInteger(), nullable=False),
        sa.Column("after_sample", sa.BigInteger(), nullable=False),
        sa.Column("language", sa.String(35), nullable=True, comment="to hear it in; none is to be detected"),
        sa.Column("lease_token", sa.String(120), nullable=True),
        sa.Column("lease_until", sa.DateTime(timezone=True), nullable=True),
        sa.Column("crashes", sa.Integer(), server_default="0", nullable=False),
        sa.Column("done", sa.Float(), server_default="0", nullable=False, comment="the share that was heard so far"),
        sa.Column("heard_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("segments", sa.JSON(), nullable=True),
        sa.Column("voices", sa.LargeBinary(), nullable=True, comment="the engine's, for telling speakers apart"),
        sa.Column("heard_language", sa.String(35), nullable=True, comment="none where nobody speaks"),
        sa.Column("speech_seconds", sa.Float(), nullable=True),
        sa.Column("transcribed_seconds", sa.Float(), nullable=True),
        sa.Column("engine_model", sa.String(120), nullable=True),
        sa.Column("engine_seconds", sa.Float(), nullable=True),
        sa.PrimaryKeyConstraint("id", name="pk_chunks"),
        sa.UniqueConstraint("transcription_id", "number", name="uq_chunks_transcription_id_number"),
        sa.CheckConstraint(
            "first_sample >= 0 AND after_sample > first_sample", name=op.f("ck_chunks_samples_in_order")
        ),
        sa.CheckConstraint("channel IN (0, 1)", name=op.f("ck_chunks_channel_of_two")),
        sa.CheckConstraint("done >= 0 AND done <= 1", name=op.f("ck_chunks_done_in_range")),
        sa.CheckConstraint("(lease_token IS NULL) = (lease_until IS NULL)", name=op.f("ck_chunks_lease_is_whole")),
        sa.CheckConstraint("heard_at IS NULL OR lease_token IS NULL", name=op.f("ck_chunks_heard_is_let_go")),
        sa.CheckConstraint(
            "num_nonnulls(heard_at, segments, speech_seconds, transcribed_seconds, engine_model, engine_seconds)"
            " IN (0, 6)",
            name=op.f("ck_chunks_heard_is_whole"),
        ),
    )


def downgrade() -> None:
    op.drop_table("chunks")
