"""Say in what order waiting mail is worked, and when a mail that failed is tried again.

What waits already counts as one author's, so that it is worked in the order of its receipt.
"""

import sqlalchemy as sa
from alembic import op

revision = "0017"
down_revision = "0016"
branch_labels = None
depends_on = None

_INDEXES = {
    "ix_spool_waiting": (["received_at", "id"], "state = 'waiting'"),
    "ix_spool_author": (["author_key", "received_at", "id"], "state = 'waiting'"),
    "ix_spool_thread": (["thread_key", "received_at", "id"], "state = 'waiting'"),
    "ix_spool_tried": (["attempts"], "state = 'waiting' AND attempts > 0"),
    "ix_spool_claimed": (["claimed_by"], "state = 'waiting' AND claimed_by IS NOT NULL"),
}


def upgrade() -> None:
    op.add_column("spool", sa.Column("author_key", sa.String(32), nullable=True))
    op.add_column("spool", sa.Column("thread_key", sa.String(32), nullable=True))
    op.add_column("spool", sa.Column("next_at", sa.DateTime(timezone=True), nullable=True))
    op.add_column("spool", sa.Column("forgiven", sa.Integer(), nullable=False, server_default="0"))
    # An attempt was counted for each mail of a batch whose worker died, whichever of them it was.
    op.execute("UPDATE spool SET attempts = 0, author_key = 'before' WHERE state = 'waiting'")
    op.drop_index("ix_spool_waiting", table_name="spool")
    for name, (columns, where) in _INDEXES.items():
        op.create_index(name, "spool", columns, sqlite_where=sa.text(where), postgresql_where=sa.text(where))


def downgrade() -> None:
    for name in _INDEXES:
        op.drop_index(name, table_name="spool")
    waiting = sa.text("state = 'waiting'")
    op.create_index("ix_spool_waiting", "spool", ["id"], sqlite_where=waiting, postgresql_where=waiting)
    for name in ("forgiven", "next_at", "thread_key", "author_key"):
        op.execute(f"ALTER TABLE spool DROP COLUMN {name}")
