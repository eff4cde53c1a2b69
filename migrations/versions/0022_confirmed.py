"""An address can be confirmed by a mailed link, too."""

from alembic import op

revision = "0022"
down_revision = "0021"
branch_labels = None
depends_on = None

BEFORE = "by a provider or an operator, never by signing up alone"
NOW = "by a provider, an operator or a mailed link, never by signing up alone"


def upgrade() -> None:
    op.alter_column("accounts", "email_confirmed", comment=NOW, existing_comment=BEFORE)


def downgrade() -> None:
    op.alter_column("accounts", "email_confirmed", comment=BEFORE, existing_comment=NOW)
