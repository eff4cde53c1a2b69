"""The log of activity, what jobs measure, what proving the ledger found, operators, and a job's request and trace."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0016"
down_revision = "0015"
branch_labels = None
depends_on = None

# Only added to. What is old may go, and only for whoever says that it is for that: the scheduler.
GUARD_ACTIVITIES = """
CREATE FUNCTION guard_activities() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'DELETE' AND OLD.created_at < clock_timestamp() - interval '30 days'
        AND current_setting('transcribe.removes_old_activities', true) = 'on' THEN
        RETURN OLD;
    END IF;
    RAISE EXCEPTION 'activities are only added to' USING ERRCODE = 'restrict_violation';
END $$;
CREATE TRIGGER only_added_to BEFORE UPDATE OR DELETE ON activities
    FOR EACH ROW EXECUTE FUNCTION guard_activities();
CREATE TRIGGER never_emptied BEFORE TRUNCATE ON activities
    FOR EACH STATEMENT EXECUTE FUNCTION guard_activities();
"""


def jsonb() -> postgresql.JSONB:
    return postgresql.JSONB(none_as_null=True, astext_type=sa.Text())


def upgrade() -> None:
    op.add_column(
        "accounts",
        sa.Column(
            "is_operator",
            sa.Boolean(),
            nullable=False,
            server_default=sa.text("false"),
            comment="may see the pages for operators",
        ),
    )
    op.add_column(
        "transcriptions",
        sa.Column(
            "trace_parent",
            sa.String(55),
            nullable=True,
            comment="of the POST's trace, as W3C writes it; its jobs' spans belong there",
        ),
    )
    op.add_column(
        "stripe_events",
        sa.Column("request_id", sa.String(128), nullable=True, comment="of the POST; follows the job into its logs"),
    )
    _activities()
    _measurements()
    op.create_table(
        "ledger_audits",
        sa.Column("id", sa.BigInteger(), autoincrement=True, nullable=False),
        sa.Column(
            "finished_at", sa.DateTime(timezone=True), server_default=sa.text("clock_timestamp()"), nullable=False
        ),
        sa.Column("duration_ms", sa.Integer(), nullable=False),
        sa.Column("breaches", jsonb(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_ledger_audits")),
    )
    op.create_index(op.f("ix_ledger_audits_finished_at"), "ledger_audits", ["finished_at"])


def downgrade() -> None:
    for table in ("ledger_audits", "tallies", "measurements", "activities"):
        op.drop_table(table)
    op.execute("DROP FUNCTION guard_activities()")
    op.drop_column("stripe_events", "request_id")
    op.drop_column("transcriptions", "trace_parent")
    op.drop_column("accounts", "is_operator")


def _activities() -> None:
    op.create_table(
        "activities",
        sa.Column("id", sa.BigInteger(), autoincrement=True, nullable=False),
        sa.Column("public_id", sa.String(40), nullable=False),
        sa.Column("account_id", sa.String(40), nullable=True, comment="public id; none where nobody's was named"),
        sa.Column("actor", sa.String(20), nullable=False),
        sa.Column("actor_id", sa.String(40), nullable=True, comment="public id of the key, or of the operator"),
        sa.Column("action", sa.String(60), nullable=False),
        sa.Column("object_id", sa.String(255), nullable=True, comment="public id of what it was done to"),
        sa.Column("details", jsonb(), server_default="{}", nullable=False, comment="a few plain words"),
        sa.Column("address", sa.String(64), nullable=True, comment="of the network"),
        sa.Column("user_agent", sa.String(300), nullable=True),
        sa.Column("request_id", sa.String(128), nullable=True),
        sa.Column(
            "created_at", sa.DateTime(timezone=True), server_default=sa.text("clock_timestamp()"), nullable=False
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_activities")),
        sa.UniqueConstraint("public_id", name=op.f("uq_activities_public_id")),
    )
    newest_first: sa.ColumnElement[str] = sa.literal_column("public_id DESC")
    op.create_index(op.f("ix_activities_account_id"), "activities", ["account_id", newest_first])
    op.create_index(op.f("ix_activities_action"), "activities", ["action", newest_first])
    op.create_index(op.f("ix_activities_created_at"), "activities", ["created_at"])
    op.execute(GUARD_ACTIVITIES)


def _measurements() -> None:
    op.create_table(
        "measurements",
        sa.Column("id", sa.BigInteger(), autoincrement=True, nullable=False),
        sa.Column("name", sa.String(60), nullable=False),
        sa.Column("labels", jsonb(), nullable=False),
        sa.Column("bucket", sa.Integer(), nullable=False, comment="of a histogram, 0 upwards; else 0"),
        sa.Column("value", sa.Float(), nullable=False),
        sa.Column("times", sa.BigInteger(), server_default="1", nullable=False, comment="that it was measured alike"),
        sa.Column(
            "measured_at", sa.DateTime(timezone=True), server_default=sa.text("clock_timestamp()"), nullable=False
        ),
        sa.Column(
            "is_counted", sa.Boolean(), server_default=sa.text("false"), nullable=False, comment="in the tallies"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_measurements")),
    )
    op.create_index(op.f("ix_measurements_name_measured_at"), "measurements", ["name", "measured_at"])
    op.create_index(op.f("ix_measurements_measured_at"), "measurements", ["measured_at"])
    op.create_index("ix_measurements_uncounted", "measurements", ["id"], postgresql_where=sa.text("NOT is_counted"))
    op.create_table(
        "tallies",
        sa.Column("name", sa.String(60), nullable=False),
        sa.Column("labels", jsonb(), nullable=False),
        sa.Column("bucket", sa.Integer(), nullable=False, comment="of a histogram, 0 upwards; else 0"),
        sa.Column("count", sa.BigInteger(), nullable=False),
        sa.Column("total", sa.Float(), nullable=False),
        sa.PrimaryKeyConstraint("name", "labels", "bucket", name=op.f("pk_tallies")),
    )
