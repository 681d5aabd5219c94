"""Keep what lay in a mailbox before the desk began with it, and where that was."""

import sqlalchemy as sa
from alembic import op

revision = "0016"
down_revision = "0015"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("spool", sa.Column("history", sa.Boolean(), nullable=True))
    op.add_column("spool", sa.Column("counts_from", sa.DateTime(timezone=True), nullable=True))
    history = sa.text("outcome = 'history'")
    op.create_index(
        op.f("ix_spool_history_message_id"), "spool", ["message_id"], sqlite_where=history, postgresql_where=history
    )
    op.create_table(
        "first_reading",
        sa.Column("mailbox", sa.String(length=320), nullable=False),
        sa.Column("folder", sa.String(length=200), nullable=False),
        sa.Column("uidvalidity", sa.BigInteger(), nullable=False),
        sa.Column("uidnext", sa.BigInteger(), nullable=False),
        sa.Column("began_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("mailbox", name=op.f("pk_first_reading")),
    )


def downgrade() -> None:
    op.drop_table("first_reading")
    op.drop_index(op.f("ix_spool_history_message_id"), table_name="spool")
    op.drop_column("spool", "counts_from")
    op.drop_column("spool", "history")
