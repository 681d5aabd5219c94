"""Find what is open of a customer, and what was told of a maintenance window, without reading all there is."""

import sqlalchemy as sa
from alembic import op

revision = "0029"
down_revision = "0028"
branch_labels = None
depends_on = None

_INDEXES = {
    "ix_cases_open_of_customer": ("cases", ["customer", "id"], "turn <> ''"),
    "ix_outbox_announced": ("outbox", ["id"], "kind = 'maintenance'"),
}


def upgrade() -> None:
    for name, (table, columns, where) in _INDEXES.items():
        op.create_index(name, table, columns, sqlite_where=sa.text(where), postgresql_where=sa.text(where))


def downgrade() -> None:
    for name, (table, _, _) in _INDEXES.items():
        op.drop_index(name, table_name=table)
