"""Find what a mail answers, and of which mail it is a copy, by Message-ID."""

from alembic import op

revision = "0018"
down_revision = "0017"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_index(op.f("ix_message_message_id"), "message", ["message_id"])
    op.create_index(op.f("ix_spool_message_id"), "spool", ["message_id"])


def downgrade() -> None:
    op.drop_index(op.f("ix_spool_message_id"), table_name="spool")
    op.drop_index(op.f("ix_message_message_id"), table_name="message")
