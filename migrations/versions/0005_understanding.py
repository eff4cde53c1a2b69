"""Chapters, topics, summaries, search and questions."""

import sqlalchemy as sa
from alembic import op
from pgvector.sqlalchemy import HALFVEC
from sqlalchemy.dialects import postgresql

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


UNFINISHED = "status = 'processing'"
UNFINISHED_OR_TO_UNDERSTAND = "status = 'processing' OR to_understand"
# What was completed before is understood when its owner asks for it.
ARTIFACTS_OF_COMPLETED = """
    INSERT INTO artifacts (transcription_id, kind, status, is_stale)
    SELECT id, kind, 'failed', false FROM transcriptions, unnest(ARRAY['chapters', 'topics', 'summary', 'search']) kind
    WHERE status = 'completed'
"""


def upgrade() -> None:
    op.execute("CREATE EXTENSION IF NOT EXISTS vector")
    op.create_table(
        "questions",
        sa.Column("id", sa.BigInteger(), nullable=False),
        sa.Column("public_id", sa.String(length=40), nullable=False),
        sa.Column("account_id", sa.BigInteger(), nullable=False),
        sa.Column(
            "transcription_ids",
            postgresql.JSONB(none_as_null=True, astext_type=sa.Text()),
            nullable=True,
            comment="public ids; none is the whole library",
        ),
        sa.Column("question", sa.Text(), nullable=False),
        sa.Column("answer", sa.Text(), nullable=True),
        sa.Column("engine", sa.String(length=20), nullable=True, comment="extractive or llm"),
        sa.Column("model", sa.String(length=200), nullable=True),
        sa.Column("asked_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("answered_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["account_id"], ["accounts.id"], name=op.f("fk_questions_account_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_questions")),
        sa.UniqueConstraint("public_id", name=op.f("uq_questions_public_id")),
    )
    op.create_index(
        op.f("ix_questions_account_id"), "questions", ["account_id", sa.literal_column("public_id DESC")], unique=False
    )
    op.create_table(
        "artifacts",
        sa.Column("transcription_id", sa.BigInteger(), nullable=False),
        sa.Column(
            "kind",
            sa.Enum("chapters", "topics", "summary", "search", name="artifactkind", native_enum=False, length=20),
            nullable=False,
        ),
        sa.Column(
            "status",
            sa.Enum("pending", "ready", "failed", name="artifactstatus", native_enum=False, length=20),
            nullable=False,
        ),
        sa.Column(
            "engine", sa.String(length=20), nullable=True, comment="extractive or llm; of a search hybrid or words"
        ),
        sa.Column("model", sa.String(length=200), nullable=True),
        sa.Column("content", postgresql.JSONB(none_as_null=True, astext_type=sa.Text()), nullable=True),
        sa.Column("is_stale", sa.Boolean(), nullable=False, comment="the transcript has been changed since"),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["transcription_id"], ["transcriptions.id"], name=op.f("fk_artifacts_transcription_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("transcription_id", "kind", name=op.f("pk_artifacts")),
    )
    op.create_table(
        "citations",
        sa.Column("question_id", sa.BigInteger(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False, comment="0 upwards"),
        sa.Column("transcription_id", sa.BigInteger(), nullable=False),
        sa.Column("first_segment", sa.Integer(), nullable=False),
        sa.Column("last_segment", sa.Integer(), nullable=False),
        sa.Column("start", sa.Double(), nullable=False),
        sa.Column("end", sa.Double(), nullable=False),
        sa.Column("speaker", sa.String(length=20), nullable=True),
        sa.Column("quote", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["question_id"], ["questions.id"], name=op.f("fk_citations_question_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["transcription_id"], ["transcriptions.id"], name=op.f("fk_citations_transcription_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("question_id", "number", name=op.f("pk_citations")),
    )
    op.create_index(op.f("ix_citations_transcription_id"), "citations", ["transcription_id"], unique=False)
    op.create_table(
        "passages",
        sa.Column("id", sa.BigInteger(), nullable=False),
        sa.Column("account_id", sa.BigInteger(), nullable=False),
        sa.Column("transcription_id", sa.BigInteger(), nullable=False),
        sa.Column("ordinal", sa.Integer(), nullable=False, comment="0 upwards, in time order"),
        sa.Column("first_segment", sa.Integer(), nullable=False),
        sa.Column("first_char", sa.Integer(), nullable=False),
        sa.Column("last_segment", sa.Integer(), nullable=False),
        sa.Column("after_char", sa.Integer(), nullable=False),
        sa.Column("start", sa.Double(), nullable=False),
        sa.Column("end", sa.Double(), nullable=False),
        sa.Column("speakers", postgresql.ARRAY(sa.Text()), nullable=False, comment="by the names they are shown with"),
        sa.Column("words", postgresql.TSVECTOR(), nullable=False),
        sa.Column(
            "embedding", HALFVEC(384), nullable=True, comment="of unit length; null where only words are to be found"
        ),
        sa.ForeignKeyConstraint(
            ["account_id"], ["accounts.id"], name=op.f("fk_passages_account_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["transcription_id"], ["transcriptions.id"], name=op.f("fk_passages_transcription_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_passages")),
        postgresql_with={"toast_tuple_target": 4080},
    )
    op.create_index(op.f("ix_passages_account_id"), "passages", ["account_id"], unique=False)
    op.create_index(
        "ix_passages_embedding",
        "passages",
        ["embedding"],
        unique=False,
        postgresql_using="hnsw",
        postgresql_ops={"embedding": "halfvec_ip_ops"},
    )
    op.create_index(
        "ix_passages_speakers",
        "passages",
        ["speakers"],
        unique=False,
        postgresql_using="gin",
        postgresql_with={"fastupdate": "off"},
    )
    op.create_index(
        "ix_passages_words",
        "passages",
        ["words"],
        unique=False,
        postgresql_using="gin",
        postgresql_with={"fastupdate": "off"},
    )
    op.create_index("uq_passages_transcription_id_ordinal", "passages", ["transcription_id", "ordinal"], unique=True)
    op.add_column(
        "transcriptions",
        sa.Column(
            "to_understand",
            sa.Boolean(),
            server_default=sa.text("false"),
            nullable=False,
            comment="it has artifacts to make, perhaps anew after completion",
        ),
    )
    _replace_index(UNFINISHED_OR_TO_UNDERSTAND)
    op.execute(ARTIFACTS_OF_COMPLETED)


def _replace_index(condition: str) -> None:
    op.drop_index("ix_transcriptions_unfinished", table_name="transcriptions")
    op.create_index("ix_transcriptions_unfinished", "transcriptions", ["due_at"], postgresql_where=sa.text(condition))


def downgrade() -> None:
    # A completed one has nothing to go back to, and of those at work the recognition is done anew.
    op.execute("UPDATE transcriptions SET stage = 'transcribing' WHERE stage = 'understanding'")
    _replace_index(UNFINISHED)
    op.drop_column("transcriptions", "to_understand")
    op.drop_table("passages")
    op.drop_table("citations")
    op.drop_table("artifacts")
    op.drop_table("questions")
