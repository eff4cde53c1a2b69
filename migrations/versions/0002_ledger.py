"""The ledger: wallets, movements and entries, with what they promise kept by PostgreSQL itself."""

from typing import Any

import sqlalchemy as sa
from alembic import op

from public_ids import new_id

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

BOOKS = (
    "monthly_credit",
    "top_up",
    "held_monthly_credit",
    "held_top_up",
    "owed",
    "granted",
    "paid_in",
    "charged",
)
BALANCES = [f"{book}_microusd" for book in BOOKS]

APPEND_ONLY = """
CREATE FUNCTION refuse_ledger_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION '% is append-only', TG_TABLE_NAME USING ERRCODE = 'restrict_violation';
END $$;
"""

# Balanced, complete at once, and the only writer of the balances.
POST_ENTRIES = f"""
CREATE FUNCTION post_ledger_entries() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF EXISTS (SELECT FROM new_entries GROUP BY movement_id HAVING sum(amount_microusd) <> 0) THEN
        RAISE EXCEPTION 'the entries of a movement must sum to zero' USING ERRCODE = 'check_violation';
    END IF;
    IF (SELECT count(*) FROM ledger_entries WHERE movement_id IN (SELECT movement_id FROM new_entries))
        > (SELECT count(*) FROM new_entries) THEN
        RAISE EXCEPTION 'the entries of a movement come all at once' USING ERRCODE = 'check_violation';
    END IF;
    UPDATE wallets SET
        {", ".join(f"{book}_microusd = wallets.{book}_microusd + change.{book}" for book in BOOKS)}
    FROM (
        SELECT movement.wallet_id,
            {
    ", ".join(f"coalesce(sum(amount_microusd) FILTER (WHERE book = '{book}'), 0)::bigint AS {book}" for book in BOOKS)
}
        FROM new_entries JOIN ledger_movements AS movement ON movement.id = new_entries.movement_id
        GROUP BY movement.wallet_id
    ) AS change
    WHERE wallets.id = change.wallet_id;
    RETURN NULL;
END $$;
CREATE TRIGGER post_entries AFTER INSERT ON ledger_entries
    REFERENCING NEW TABLE AS new_entries FOR EACH STATEMENT EXECUTE FUNCTION post_ledger_entries();
"""

# At depth 1 somebody updates the wallet itself; at depth 2 it is the trigger above.
GUARD_BALANCES = f"""
CREATE FUNCTION guard_wallet_balances() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'DELETE' THEN
        RAISE EXCEPTION 'a wallet outlives its account' USING ERRCODE = 'restrict_violation';
    ELSIF TG_OP = 'INSERT' AND ({" OR ".join(f"NEW.{balance} <> 0" for balance in BALANCES)})
        OR TG_OP = 'UPDATE' AND pg_trigger_depth() < 2 AND
            ({", ".join(f"NEW.{balance}" for balance in BALANCES)})
            IS DISTINCT FROM ({", ".join(f"OLD.{balance}" for balance in BALANCES)}) THEN
        RAISE EXCEPTION 'balances are written by ledger entries alone' USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN CASE TG_OP WHEN 'DELETE' THEN OLD ELSE NEW END;
END $$;
CREATE TRIGGER guard_balances BEFORE INSERT OR UPDATE OR DELETE ON wallets
    FOR EACH ROW EXECUTE FUNCTION guard_wallet_balances();
"""


def upgrade() -> None:
    op.create_table(
        "stripe_events",
        sa.Column("event_id", sa.String(length=255), nullable=False),
        sa.Column("type", sa.String(length=100), nullable=False),
        sa.Column("object_id", sa.String(length=255), nullable=False),
        sa.Column("customer_id", sa.String(length=255), nullable=True),
        sa.Column("payment_id", sa.String(length=255), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False, comment="by Stripe's clock"),
        sa.Column("received_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("due_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("tries", sa.Integer(), server_default="0", nullable=False),
        sa.Column("handled_at", sa.DateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("event_id", name=op.f("pk_stripe_events")),
    )
    op.create_index(
        "ix_stripe_events_waiting",
        "stripe_events",
        ["due_at"],
        unique=False,
        postgresql_where=sa.text("handled_at IS NULL"),
    )
    op.create_table(
        "notices",
        sa.Column("id", sa.BigInteger(), nullable=False),
        sa.Column("public_id", sa.String(length=40), nullable=False),
        sa.Column("account_id", sa.BigInteger(), nullable=False),
        sa.Column(
            "kind", sa.Enum("cap_near", "cap_reached", name="noticekind", native_enum=False, length=20), nullable=False
        ),
        sa.Column("month", sa.Date(), nullable=False, comment="its first day"),
        sa.Column("cap_microusd", sa.BigInteger(), nullable=False),
        sa.Column("spent_microusd", sa.BigInteger(), nullable=False, comment="with what is held"),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("dismissed_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["account_id"], ["accounts.id"], name=op.f("fk_notices_account_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_notices")),
        sa.UniqueConstraint(
            "account_id", "month", "kind", "cap_microusd", name=op.f("uq_notices_account_id_month_kind_cap_microusd")
        ),
        sa.UniqueConstraint("public_id", name=op.f("uq_notices_public_id")),
    )
    op.create_table(
        "wallets",
        sa.Column("id", sa.BigInteger(), nullable=False),
        sa.Column("public_id", sa.String(length=40), nullable=False),
        sa.Column("account_id", sa.BigInteger(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("period_anchor_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("period_started_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column(
            "period_ends_at",
            sa.DateTime(timezone=True),
            server_default=sa.text("now() + interval '1 month'"),
            nullable=False,
        ),
        sa.Column("stripe_customer_id", sa.String(length=255), nullable=True),
        sa.Column("stripe_subscription_id", sa.String(length=255), nullable=True),
        sa.Column(
            "paid_period_started_at",
            sa.DateTime(timezone=True),
            nullable=True,
            comment="the subscription's latest that was paid",
        ),
        sa.Column("monthly_credit_microusd", sa.BigInteger(), server_default="0", nullable=False),
        sa.Column("top_up_microusd", sa.BigInteger(), server_default="0", nullable=False),
        sa.Column("held_monthly_credit_microusd", sa.BigInteger(), server_default="0", nullable=False),
        sa.Column("held_top_up_microusd", sa.BigInteger(), server_default="0", nullable=False),
        sa.Column("owed_microusd", sa.BigInteger(), server_default="0", nullable=False, comment="0 or less"),
        sa.Column("granted_microusd", sa.BigInteger(), server_default="0", nullable=False),
        sa.Column("paid_in_microusd", sa.BigInteger(), server_default="0", nullable=False),
        sa.Column("charged_microusd", sa.BigInteger(), server_default="0", nullable=False),
        sa.CheckConstraint("charged_microusd >= 0", name=op.f("ck_wallets_charged_not_negative")),
        sa.CheckConstraint(
            "held_monthly_credit_microusd >= 0", name=op.f("ck_wallets_held_monthly_credit_not_negative")
        ),
        sa.CheckConstraint("held_top_up_microusd >= 0", name=op.f("ck_wallets_held_top_up_not_negative")),
        sa.CheckConstraint("monthly_credit_microusd >= 0", name=op.f("ck_wallets_monthly_credit_not_negative")),
        sa.CheckConstraint("owed_microusd <= 0", name=op.f("ck_wallets_owed_not_positive")),
        sa.CheckConstraint("period_ends_at > period_started_at", name=op.f("ck_wallets_period_in_order")),
        sa.CheckConstraint("top_up_microusd >= 0", name=op.f("ck_wallets_top_up_not_negative")),
        sa.ForeignKeyConstraint(
            ["account_id"], ["accounts.id"], name=op.f("fk_wallets_account_id"), ondelete="SET NULL"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_wallets")),
        sa.UniqueConstraint("account_id", name=op.f("uq_wallets_account_id")),
        sa.UniqueConstraint("public_id", name=op.f("uq_wallets_public_id")),
        sa.UniqueConstraint("stripe_customer_id", name=op.f("uq_wallets_stripe_customer_id")),
    )
    op.create_index(op.f("ix_wallets_period_ends_at"), "wallets", ["period_ends_at"], unique=False)
    op.create_table(
        "ledger_movements",
        sa.Column("id", sa.BigInteger(), nullable=False),
        sa.Column("public_id", sa.String(length=40), nullable=False),
        sa.Column("wallet_id", sa.BigInteger(), nullable=False),
        sa.Column(
            "kind",
            sa.Enum(
                "hold",
                "capture",
                "release",
                "grant",
                "expiry",
                "top_up",
                "refund",
                "refund_reversal",
                "dispute",
                "dispute_reversal",
                "adjustment",
                name="movementkind",
                native_enum=False,
                length=20,
            ),
            nullable=False,
        ),
        sa.Column(
            "reference",
            sa.String(length=255),
            nullable=True,
            comment="what it happens once for: a transcription, a period, a payment, a refund, a dispute",
        ),
        sa.Column("hold_id", sa.BigInteger(), nullable=True),
        sa.Column(
            "period_started_at",
            sa.DateTime(timezone=True),
            nullable=True,
            comment="of a hold: the period whose credit it took",
        ),
        sa.Column("reason", sa.Text(), nullable=True),
        sa.Column("available_after_microusd", sa.BigInteger(), nullable=False),
        sa.Column(
            "created_at", sa.DateTime(timezone=True), server_default=sa.text("clock_timestamp()"), nullable=False
        ),
        sa.Column("pipeline_code", sa.String(length=80), nullable=True),
        sa.Column("api_key_id", sa.String(length=40), nullable=True, comment="public id; none is the dashboard"),
        sa.Column("duration_seconds", sa.Numeric(precision=20, scale=7), nullable=True),
        sa.CheckConstraint(
            "(kind = 'adjustment') = (reference IS NULL)", name=op.f("ck_ledger_movements_happens_once_for_something")
        ),
        sa.CheckConstraint(
            "(kind = 'capture') = (pipeline_code IS NOT NULL)", name=op.f("ck_ledger_movements_capture_says_what_for")
        ),
        sa.CheckConstraint(
            "(kind IN ('capture', 'release')) = (hold_id IS NOT NULL)", name=op.f("ck_ledger_movements_settles_a_hold")
        ),
        sa.CheckConstraint(
            "kind <> 'adjustment' OR reason IS NOT NULL", name=op.f("ck_ledger_movements_adjustment_has_a_reason")
        ),
        sa.ForeignKeyConstraint(["hold_id"], ["ledger_movements.id"], name=op.f("fk_ledger_movements_hold_id")),
        sa.ForeignKeyConstraint(["wallet_id"], ["wallets.id"], name=op.f("fk_ledger_movements_wallet_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_ledger_movements")),
        sa.UniqueConstraint("hold_id", name=op.f("uq_ledger_movements_hold_id")),
        sa.UniqueConstraint("kind", "reference", name=op.f("uq_ledger_movements_kind_reference")),
        sa.UniqueConstraint("public_id", name=op.f("uq_ledger_movements_public_id")),
    )
    op.create_index(
        op.f("ix_ledger_movements_wallet_id_id"),
        "ledger_movements",
        ["wallet_id", "id"],
        unique=False,
    )
    op.create_table(
        "usage_days",
        sa.Column("wallet_id", sa.BigInteger(), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("pipeline_code", sa.String(length=80), nullable=False),
        sa.Column("api_key_id", sa.String(length=40), nullable=False, comment="public id; empty is the dashboard"),
        sa.Column("transcriptions", sa.BigInteger(), nullable=False),
        sa.Column("seconds", sa.Numeric(precision=20, scale=7), nullable=False),
        sa.Column("charged_microusd", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(["wallet_id"], ["wallets.id"], name=op.f("fk_usage_days_wallet_id")),
        sa.PrimaryKeyConstraint("wallet_id", "day", "pipeline_code", "api_key_id", name=op.f("pk_usage_days")),
    )
    op.create_table(
        "ledger_entries",
        sa.Column("id", sa.BigInteger(), nullable=False),
        sa.Column("movement_id", sa.BigInteger(), nullable=False),
        sa.Column(
            "book",
            sa.Enum(
                "monthly_credit",
                "top_up",
                "held_monthly_credit",
                "held_top_up",
                "owed",
                "granted",
                "paid_in",
                "charged",
                name="book",
                native_enum=False,
                length=20,
            ),
            nullable=False,
        ),
        sa.Column("amount_microusd", sa.BigInteger(), nullable=False),
        sa.CheckConstraint("amount_microusd <> 0", name=op.f("ck_ledger_entries_amount_not_zero")),
        sa.ForeignKeyConstraint(["movement_id"], ["ledger_movements.id"], name=op.f("fk_ledger_entries_movement_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_ledger_entries")),
        sa.UniqueConstraint("movement_id", "book", name=op.f("uq_ledger_entries_movement_id_book")),
    )
    op.add_column("accounts", sa.Column("monthly_cap_microusd", sa.BigInteger(), nullable=True))
    op.create_check_constraint(
        "known_kind",
        "ledger_movements",
        "kind IN ('hold', 'capture', 'release', 'grant', 'expiry', 'top_up', 'refund', 'refund_reversal', 'dispute',"
        " 'dispute_reversal', 'adjustment')",
    )
    op.create_check_constraint("known_book", "ledger_entries", f"book IN ({', '.join(map(repr, BOOKS))})")
    op.create_check_constraint("monthly_cap_not_negative", "accounts", "monthly_cap_microusd >= 0")
    op.execute(APPEND_ONLY)
    for table in ("ledger_movements", "ledger_entries"):
        op.execute(
            f"""
            CREATE TRIGGER append_only BEFORE UPDATE OR DELETE ON {table}
                FOR EACH ROW EXECUTE FUNCTION refuse_ledger_change();
            CREATE TRIGGER never_emptied BEFORE TRUNCATE ON {table}
                FOR EACH STATEMENT EXECUTE FUNCTION refuse_ledger_change();
            """
        )
    op.execute(POST_ENTRIES)
    op.execute(GUARD_BALANCES)
    carry_over(op.get_bind())
    op.drop_column("accounts", "monthly_credit_microusd")
    op.drop_column("accounts", "top_up_microusd")


def downgrade() -> None:
    for column, balance in (("top_up_microusd", "top_up"), ("monthly_credit_microusd", "monthly_credit")):
        op.add_column("accounts", sa.Column(column, sa.BigInteger(), nullable=False, server_default="0"))
        op.execute(
            f"UPDATE accounts SET {column} = wallets.{balance}_microusd FROM wallets WHERE account_id = accounts.id"
        )
    op.drop_column("accounts", "monthly_cap_microusd")
    for table in ("ledger_entries", "usage_days", "ledger_movements", "wallets", "notices", "stripe_events"):
        op.drop_table(table)
    for function in ("refuse_ledger_change", "post_ledger_entries", "guard_wallet_balances"):
        op.execute(f"DROP FUNCTION {function}()")


def carry_over(connection: sa.Connection) -> None:
    """Give each account a wallet with the credit it had, and enter what its transcriptions held and cost.

    Until now a charge reduced nothing, so those charges get a credit of their own.
    """
    accounts = connection.execute(
        sa.text("SELECT id, top_up_microusd AS top_up, monthly_credit_microusd AS monthly_credit FROM accounts")
    ).all()
    for account in accounts:
        wallet = connection.execute(
            sa.text("INSERT INTO wallets (public_id, account_id) VALUES (:public_id, :account_id) RETURNING *"),
            {"public_id": new_id("wal"), "account_id": account.id},
        ).one()
        history = connection.execute(HISTORY, {"account_id": account.id}).all()
        post = Poster(connection, wallet.id)
        post("adjustment", {"granted": -account.top_up, "top_up": account.top_up}, reason="Carried over")
        period = f"{wallet.public_id}/{wallet.period_started_at:%Y-%m-%dT%H:%M:%S.%fZ}"
        post("grant", {"granted": -account.monthly_credit, "monthly_credit": account.monthly_credit}, reference=period)
        spent = sum(row.charged_microusd or 0 if row.completed_at else row.quoted_microusd for row in history)
        post("adjustment", {"granted": -spent, "top_up": spent}, reason="For transcriptions made before the wallet was")
        for row in history:
            carry_over_transcription(post, row)
    connection.execute(sa.text(USAGE))


def carry_over_transcription(post: "Poster", row: Any) -> None:
    at, quoted, charged = row.completed_at, row.quoted_microusd, row.charged_microusd or 0
    if at is not None and charged < quoted:  # Nothing of it was spent, so nothing was credited for it.
        quoted = charged
    hold_id = post("hold", {"top_up": -quoted, "held_top_up": quoted}, reference=row.public_id, created_at=at)
    if row.status == "completed":
        post(
            "capture",
            {"held_top_up": -quoted, "charged": charged},
            reference=row.public_id,
            hold_id=hold_id,
            pipeline_code=row.pipeline_code,
            api_key_id=row.api_key_id,
            duration_seconds=row.duration_seconds,
            created_at=at,
        )
    elif row.status == "failed":
        post("release", {}, reference=row.public_id, hold_id=hold_id, created_at=at)


class Poster:
    """Writes one wallet's movements with their entries."""

    def __init__(self, connection: sa.Connection, wallet_id: int) -> None:
        self.connection, self.wallet_id, self.available = connection, wallet_id, 0

    def __call__(self, kind: str, amounts: dict[str, int], **columns: Any) -> int | None:
        """The movement's id; an adjustment or grant of nothing is none."""
        amounts = {book: amount for book, amount in amounts.items() if amount}
        if kind in ("adjustment", "grant") and not amounts:
            return None
        self.available += amounts.get("monthly_credit", 0) + amounts.get("top_up", 0)
        columns = {
            "public_id": new_id("mv"),
            "wallet_id": self.wallet_id,
            "kind": kind,
            "available_after_microusd": self.available,
            **{name: value for name, value in columns.items() if value is not None},
        }
        names, values = ", ".join(columns), ", ".join(f":{name}" for name in columns)
        insert = sa.text(f"INSERT INTO ledger_movements ({names}) VALUES ({values}) RETURNING id")
        movement_id = self.connection.execute(insert, columns).scalar_one()
        if amounts:
            rows = [
                {"movement_id": movement_id, "book": book, "amount_microusd": amount}
                for book, amount in amounts.items()
            ]
            self.connection.execute(sa.insert(ENTRIES).values(rows))
        return int(movement_id)


ENTRIES = sa.table("ledger_entries", sa.column("movement_id"), sa.column("book"), sa.column("amount_microusd"))
HISTORY = sa.text("""
SELECT t.public_id, t.status, t.quoted_microusd, t.charged_microusd, t.completed_at, t.pipeline_code,
    t.duration_seconds, api_keys.public_id AS api_key_id
FROM transcriptions AS t LEFT JOIN api_keys ON api_keys.id = t.api_key_id
WHERE t.account_id = :account_id AND t.quoted_microusd IS NOT NULL
ORDER BY t.completed_at NULLS LAST, t.id
""")
USAGE = """
INSERT INTO usage_days (wallet_id, day, pipeline_code, api_key_id, transcriptions, seconds, charged_microusd)
SELECT wallet_id, (created_at AT TIME ZONE 'UTC')::date, pipeline_code, coalesce(api_key_id, ''),
    count(*), sum(duration_seconds), coalesce(sum(amount_microusd), 0)
FROM ledger_movements
LEFT JOIN ledger_entries ON movement_id = ledger_movements.id AND book = 'charged'
WHERE kind = 'capture'
GROUP BY 1, 2, 3, 4
"""
