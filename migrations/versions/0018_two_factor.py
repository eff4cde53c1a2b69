"""Two-factor sign-in, what a session's owner knows it by, and what a notice about both says."""

import sqlalchemy as sa
from alembic import op

revision = "0018"
down_revision = "0017"
branch_labels = None
depends_on = None


def _time(name: str, **options: object) -> sa.Column[object]:
    return sa.Column(name, sa.DateTime(timezone=True), **options)  # type: ignore[arg-type]


def upgrade() -> None:
    op.create_table(
        "two_factors",
        sa.Column("account_id", sa.BigInteger(), nullable=False),
        sa.Column("secret", sa.LargeBinary(), nullable=False, comment="sealed"),
        sa.Column("last_step", sa.BigInteger(), nullable=True, comment="the half minute whose code was used last"),
        _time("created_at", server_default=sa.text("now()"), nullable=False),
        _time("confirmed_at", nullable=True),
        sa.ForeignKeyConstraint(
            ["account_id"], ["accounts.id"], name=op.f("fk_two_factors_account_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("account_id", name=op.f("pk_two_factors")),
    )
    op.create_table(
        "recovery_codes",
        sa.Column("id", sa.BigInteger(), autoincrement=True, nullable=False),
        sa.Column("account_id", sa.BigInteger(), nullable=False),
        sa.Column("code_sha256", sa.LargeBinary(), nullable=False),
        _time("used_at", nullable=True),
        sa.ForeignKeyConstraint(
            ["account_id"], ["accounts.id"], name=op.f("fk_recovery_codes_account_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_recovery_codes")),
        sa.UniqueConstraint("account_id", "code_sha256", name=op.f("uq_recovery_codes_account_id_code_sha256")),
    )
    # With defaults, since processes of the release before go on signing people in meanwhile.
    op.add_column(
        "sign_in_sessions",
        sa.Column(
            "user_agent", sa.String(300), server_default="", nullable=False, comment="what the browser calls itself"
        ),
    )
    op.add_column(
        "sign_in_sessions",
        sa.Column("address", sa.String(60), server_default="", nullable=False, comment="of the network, at sign-in"),
    )
    op.add_column(
        "notices", sa.Column("device", sa.String(80), comment="as its owner knows it: Firefox on Linux", nullable=True)
    )
    op.add_column("notices", sa.Column("address", sa.String(60), comment="of the network", nullable=True))


def downgrade() -> None:
    op.drop_column("notices", "address")
    op.drop_column("notices", "device")
    op.drop_column("sign_in_sessions", "address")
    op.drop_column("sign_in_sessions", "user_agent")
    op.drop_table("recovery_codes")
    op.drop_table("two_factors")
