"""Notices about signing in, which have no cap."""

from alembic import op

from migrations import online

revision = "0019"
down_revision = "0018"
branch_labels = None
depends_on = None

NAME = "ck_notices_cap_where_due"
CAPS = "kind = 'endpoint_off' OR num_nonnulls(month, cap_microusd, spent_microusd) = 3"
CAPS_AMONG_OTHERS = r"kind NOT LIKE 'cap\_%' OR num_nonnulls(month, cap_microusd, spent_microusd) = 3"


def upgrade() -> None:
    online.add_check(NAME, "notices", CAPS_AMONG_OTHERS)


def downgrade() -> None:
    op.execute("DELETE FROM notices WHERE kind NOT IN ('cap_near', 'cap_reached', 'endpoint_off')")
    online.add_check(NAME, "notices", CAPS)
