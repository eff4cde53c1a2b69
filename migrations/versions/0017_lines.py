"""In which line each transcription waits, and when each account last had its turn at a queue."""

import sqlalchemy as sa
from alembic import op

from migrations import online

revision = "0017"
down_revision = "0016"
branch_labels = None
depends_on = None

UNFINISHED = "status = 'processing' OR to_understand"
WHOSE = "whose worker is to take it next, or has it"
# Where a provider's key is not set, `sweeps.mend_lines` moves them a few seconds later.
QUEUE = """queue = CASE
    WHEN stage = 'understanding' THEN 'understand'
    WHEN pipeline_code = 'qwen3-asr-flash-filetrans' THEN 'poll'
    WHEN pipeline_code IN ('gpt-4o-transcribe-diarize', 'voxtral-mini-transcribe') THEN 'provide'
    ELSE 'transcribe' END
"""
ELSEWHERE = f"({UNFINISHED}) AND stage <> 'fetching' AND queue = 'fetch'"


def upgrade() -> None:
    queue = sa.Column("queue", sa.String(20), server_default="fetch", nullable=False, comment=WHOSE)
    op.add_column("transcriptions", queue, if_not_exists=True)
    op.create_table(
        "turns",
        sa.Column("queue", sa.String(20), nullable=False),
        sa.Column("account_id", sa.BigInteger(), nullable=False),
        sa.Column("began_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["account_id"], ["accounts.id"], name=op.f("fk_turns_account_id"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("queue", "account_id", name=op.f("pk_turns")),
        if_not_exists=True,
    )
    op.create_index(op.f("ix_turns_account_id"), "turns", ["account_id"], if_not_exists=True)
    # From here on each step commits, so those above may be repeated.
    online.create_index(
        "ix_transcriptions_lines",
        "transcriptions",
        ["queue", "account_id", "due_at", "id"],
        postgresql_where=sa.text(f"({UNFINISHED}) AND lease_token IS NULL"),
    )
    online.create_index(
        "ix_transcriptions_at_work",
        "transcriptions",
        ["queue", "account_id"],
        postgresql_where=sa.text("lease_token IS NOT NULL"),
    )
    online.fill("transcriptions", QUEUE, ELSEWHERE)


def downgrade() -> None:
    op.drop_table("turns")
    op.drop_index("ix_transcriptions_at_work", table_name="transcriptions")
    op.drop_index("ix_transcriptions_lines", table_name="transcriptions")
    op.drop_column("transcriptions", "queue")
