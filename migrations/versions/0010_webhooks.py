"""Events, the endpoints that are told of them, deliveries and their attempts; and notices about endpoints."""

from typing import Any

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "webhook_endpoints",
        *_ids(),
        _owner("accounts"),
        _owner("transcriptions", nullable=True, comment="told of this one alone"),
        sa.Column("url", sa.Text(), nullable=False),
        sa.Column("description", sa.String(300), nullable=False),
        sa.Column("event_types", postgresql.JSONB(), nullable=False),
        _time("created_at", now=True),
        sa.Column("disabled_reason", sa.String(20), nullable=True, comment="none is switched on"),
        _time("failing_since", nullable=True, comment="every attempt from then on has failed"),
        sa.Column("secret", sa.LargeBinary(), nullable=False),
        sa.Column("previous_secret", sa.LargeBinary(), nullable=True),
        _time("previous_secret_expires_at", nullable=True),
        sa.Column("lease_token", sa.String(120), nullable=True),
        _time("lease_until", nullable=True),
        sa.PrimaryKeyConstraint("id", name="pk_webhook_endpoints"),
        sa.UniqueConstraint("public_id", name="uq_webhook_endpoints_public_id"),
        sa.UniqueConstraint("transcription_id", name="uq_webhook_endpoints_transcription_id"),
    )
    _index_of_owner("webhook_endpoints", "account_id")
    op.create_index(
        "ix_webhook_endpoints_leased",
        "webhook_endpoints",
        ["lease_until"],
        postgresql_where=sa.text("lease_until IS NOT NULL"),
    )

    op.create_table(
        "events",
        *_ids(comment="sorts as the account's events commit"),
        _owner("accounts"),
        sa.Column("type", sa.String(60), nullable=False),
        _owner("transcriptions", nullable=True, comment="that became final, which happens once"),
        sa.Column("body", sa.Text(), nullable=False, comment="JSON, byte for byte as it is signed and sent"),
        _time("created_at"),
        sa.PrimaryKeyConstraint("id", name="pk_events"),
        sa.UniqueConstraint("public_id", name="uq_events_public_id"),
        sa.UniqueConstraint("transcription_id", name="uq_events_transcription_id"),
        sa.CheckConstraint(
            "type = 'webhook.test' OR transcription_id IS NOT NULL", name=op.f("ck_events_is_about_something")
        ),
    )
    _index_of_owner("events", "account_id")
    op.create_index("ix_events_created_at", "events", ["created_at"])

    op.create_table(
        "webhook_deliveries",
        *_ids(),
        _owner("events"),
        _owner("webhook_endpoints", column="endpoint_id"),
        sa.Column("state", sa.String(20), nullable=False),
        _time("due_at", now=True, comment="of the next attempt, while pending"),
        sa.Column(
            "tries",
            sa.Integer(),
            nullable=False,
            comment="since it was begun, perhaps anew: where in the schedule it is",
        ),
        sa.Column("attempts_count", sa.Integer(), nullable=False, comment="ever"),
        sa.Column("last_status", sa.Integer(), nullable=True, comment="of the last attempt, where it was answered"),
        sa.Column("last_error", sa.String(20), nullable=True, comment="of the last attempt, where it was not"),
        _time("created_at", now=True),
        _time("finished_at", nullable=True),
        sa.PrimaryKeyConstraint("id", name="pk_webhook_deliveries"),
        sa.UniqueConstraint("public_id", name="uq_webhook_deliveries_public_id"),
        sa.UniqueConstraint("event_id", "endpoint_id", name="uq_webhook_deliveries_event_id_endpoint_id"),
        sa.CheckConstraint(
            "(state = 'pending') = (finished_at IS NULL)", name=op.f("ck_webhook_deliveries_final_has_a_time")
        ),
    )
    _index_of_owner("webhook_deliveries", "endpoint_id")
    op.create_index(
        "ix_webhook_deliveries_waiting",
        "webhook_deliveries",
        ["endpoint_id", "due_at"],
        postgresql_where=sa.text("state = 'pending'"),
    )

    op.create_table(
        "webhook_attempts",
        _owner("webhook_deliveries", column="delivery_id"),
        sa.Column("number", sa.Integer(), nullable=False, comment="1 upwards"),
        _time("attempted_at"),
        sa.Column("url", sa.Text(), nullable=False),
        sa.Column("signature", sa.String(300), nullable=False),
        sa.Column("status", sa.Integer(), nullable=True),
        sa.Column("duration_ms", sa.Integer(), nullable=False),
        sa.Column("error", sa.String(20), nullable=True, comment="why there is no status"),
        sa.Column("answer", sa.Text(), nullable=True, comment="its beginning"),
        sa.PrimaryKeyConstraint("delivery_id", "number", name="pk_webhook_attempts"),
    )

    op.add_column("notices", _owner("webhook_endpoints", column="webhook_endpoint_id", nullable=True))
    op.create_index("ix_notices_webhook_endpoint_id", "notices", ["webhook_endpoint_id"])
    for column in ("month", "cap_microusd", "spent_microusd"):
        op.alter_column("notices", column, nullable=True)
    op.create_check_constraint(
        "endpoint_where_due", "notices", "(kind = 'endpoint_off') = (webhook_endpoint_id IS NOT NULL)"
    )
    op.create_check_constraint(
        "cap_where_due", "notices", "kind = 'endpoint_off' OR num_nonnulls(month, cap_microusd, spent_microusd) = 3"
    )


def downgrade() -> None:
    op.execute("DELETE FROM notices WHERE webhook_endpoint_id IS NOT NULL")
    op.drop_constraint("cap_where_due", "notices", type_="check")
    op.drop_constraint("endpoint_where_due", "notices", type_="check")
    for column in ("month", "cap_microusd", "spent_microusd"):
        op.alter_column("notices", column, nullable=False)
    op.drop_column("notices", "webhook_endpoint_id")
    for table in ("webhook_attempts", "webhook_deliveries", "events", "webhook_endpoints"):
        op.drop_table(table)


def _ids(comment: str | None = None) -> list[sa.Column[Any]]:
    return [
        sa.Column("id", sa.BigInteger(), autoincrement=True, nullable=False),
        sa.Column("public_id", sa.String(40), nullable=False, comment=comment),
    ]


def _owner(
    table: str, *, column: str | None = None, nullable: bool = False, comment: str | None = None
) -> sa.Column[Any]:
    """A row that goes with the one it belongs to."""
    key = sa.ForeignKey(f"{table}.id", ondelete="CASCADE")
    return sa.Column(column or f"{table[:-1]}_id", sa.BigInteger(), key, nullable=nullable, comment=comment)


def _time(name: str, *, nullable: bool = False, now: bool = False, comment: str | None = None) -> sa.Column[Any]:
    default = sa.text("now()") if now else None
    return sa.Column(name, sa.DateTime(timezone=True), nullable=nullable, server_default=default, comment=comment)


def _index_of_owner(table: str, column: str) -> None:
    """What lists by their newest first go by."""
    op.create_index(f"ix_{table}_{column}", table, [column, sa.literal_column("public_id DESC")])
