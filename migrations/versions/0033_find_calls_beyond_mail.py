"""Find what of the outbox is no mail, among whatever waits of it: who sends it looks once a second."""

import sqlalchemy as sa
from alembic import op

revision = "0033"
down_revision = "0032"
branch_labels = None
depends_on = None


def upgrade() -> None:
    where = sa.text("kind = 'notification' AND next_at IS NOT NULL")
    op.create_index("ix_outbox_beyond_mail", "outbox", ["id"], sqlite_where=where, postgresql_where=where)


def downgrade() -> None:
    op.drop_index("ix_outbox_beyond_mail", table_name="outbox")
