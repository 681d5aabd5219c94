"""Index arrivals: what is usual for a mailbox is asked once a day, over weeks."""

from alembic import op

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_index(op.f("ix_spool_mailbox_received_at"), "spool", ["mailbox", "received_at"])


def downgrade() -> None:
    op.drop_index(op.f("ix_spool_mailbox_received_at"), table_name="spool")
