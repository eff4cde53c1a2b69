"""Transcripts that are edited: their revisions, and segments whose numbers one statement can move."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None

KINDS = (
    *("set_text", "split", "merge", "delete", "reassign", "merge_speakers", "replace"),
    *("several", "undo", "redo"),
)
NUMBERS = "uq_segments_transcription_id_number"


def upgrade() -> None:
    op.create_table(
        "revisions",
        sa.Column("transcription_id", sa.BigInteger(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False, comment="1 upwards"),
        sa.Column("made_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("api_key_id", sa.BigInteger(), nullable=True),
        sa.Column("kind", sa.Enum(*KINDS, name="revisionkind", native_enum=False, length=20), nullable=False),
        sa.Column("description", sa.String(length=400), nullable=False),
        sa.Column("segments_changed", sa.Integer(), nullable=False),
        sa.Column("undoes", sa.Integer(), nullable=True, comment="the revision that it takes back"),
        sa.Column("undo_next", sa.Integer(), nullable=True, comment="the revision that undo takes back after this one"),
        sa.Column("redo_next", sa.Integer(), nullable=True, comment="the undo that redo takes back after this one"),
        sa.Column(
            "speaker_names",
            postgresql.JSONB(none_as_null=True, astext_type=sa.Text()),
            nullable=False,
            comment="by label [before, after], where they changed",
        ),
        sa.Column("splices", sa.LargeBinary(), nullable=False, comment="compressed JSON"),
        sa.Column("size_bytes", sa.Integer(), nullable=False, comment="of the splices"),
        sa.ForeignKeyConstraint(
            ["transcription_id"], ["transcriptions.id"], name=op.f("fk_revisions_transcription_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["api_key_id"], ["api_keys.id"], name=op.f("fk_revisions_api_key_id"), ondelete="SET NULL"
        ),
        sa.PrimaryKeyConstraint("transcription_id", "number", name=op.f("pk_revisions")),
    )
    op.create_index(op.f("ix_revisions_api_key_id"), "revisions", ["api_key_id"], unique=False)
    op.add_column(
        "transcriptions",
        sa.Column(
            "revision",
            sa.Integer(),
            server_default="0",
            nullable=False,
            comment="how often its segments were edited; 0 is as heard",
        ),
    )
    _replace_numbers(deferrable=True)


def _replace_numbers(*, deferrable: bool | None) -> None:
    op.drop_constraint(NUMBERS, "segments", type_="unique")
    op.create_unique_constraint(
        NUMBERS,
        "segments",
        ["transcription_id", "number"],
        deferrable=deferrable,
        initially="IMMEDIATE" if deferrable else None,
    )


def downgrade() -> None:
    # What was edited stays so; only the way back is gone.
    _replace_numbers(deferrable=None)
    op.drop_column("transcriptions", "revision")
    op.drop_table("revisions")
