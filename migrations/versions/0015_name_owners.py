"""Name the owner of each claim, and say in what order mail goes out.

Claims of before name nobody, so they are free at once. An acknowledgment that was past its final dot may have arrived:
it is left uncertain, as ever. Of any other mail nobody knew how far it was: it is sent again, a possible copy.
"""

import sqlalchemy as sa
from alembic import op

revision = "0015"
down_revision = "0014"
branch_labels = None
depends_on = None

_INDEXES = {
    "ix_outbox_fresh": (["lane", "id"], "next_at IS NOT NULL AND attempts = 0"),
    "ix_outbox_tried": (["next_at", "id"], "next_at IS NOT NULL AND attempts > 0"),
    "ix_outbox_unreached": (["id"], "unreached > 0"),
    "ix_outbox_copies": (["copies"], "copies > 0"),
    "ix_outbox_claimed": (["id"], "claimed_by IS NOT NULL"),
    "ix_outbox_in_order": (["case_id", "recipient", "id"], "next_at IS NOT NULL"),
}
_FIRST = (
    "UPDATE outbox SET lane = 0 WHERE state NOT IN ('sent', 'dropped', 'bounced') AND kind IN"
    " ('ack', 'breach', 'escalation', 'out-of-scope')"
)
_NEXT = (
    "UPDATE outbox SET lane = 1 WHERE state NOT IN ('sent', 'dropped', 'bounced') AND kind IN"
    " ('alert', 'assigned', 'customer-message', 'relay', 'resend-anonymised', 'warning')"
)
_NOT_REPEATED = (
    "UPDATE outbox SET state = 'uncertain', next_at = NULL, detail = 'the desk stopped while sending'"
    " WHERE state = 'handed_over' AND next_at IS NOT NULL AND kind IN ('ack', 'out-of-scope')"
)
_REPEATED = (
    "UPDATE outbox SET state = 'queued', copies = 1 WHERE state IN ('sending', 'handed_over') AND next_at IS NOT NULL"
)
# Before, only what is never repeated was said to be past its dot.
_ONLY_SENDING = (
    "UPDATE outbox SET state = 'sending' WHERE state = 'handed_over' AND kind NOT IN ('ack', 'out-of-scope')"
)


def upgrade() -> None:
    op.add_column("spool", sa.Column("claimed_by", sa.String(100), nullable=True))
    op.execute("UPDATE spool SET claimed_until = NULL WHERE claimed_until IS NOT NULL")
    op.execute(_NOT_REPEATED)
    op.execute("UPDATE outbox SET lease_until = NULL WHERE lease_until IS NOT NULL")
    op.execute("ALTER TABLE outbox RENAME COLUMN lease_until TO claimed_until")
    op.add_column("outbox", sa.Column("claimed_by", sa.String(100), nullable=True))
    op.add_column("outbox", sa.Column("lane", sa.Integer(), nullable=False, server_default="2"))
    op.add_column("outbox", sa.Column("unreached", sa.Integer(), nullable=False, server_default="0"))
    op.add_column("outbox", sa.Column("copies", sa.Integer(), nullable=False, server_default="0"))
    op.execute(_REPEATED)
    op.execute(_FIRST)
    op.execute(_NEXT)
    for name, (columns, where) in _INDEXES.items():
        op.create_index(name, "outbox", columns, sqlite_where=sa.text(where), postgresql_where=sa.text(where))


def downgrade() -> None:
    op.execute(_ONLY_SENDING)
    for name in _INDEXES:
        op.drop_index(name, table_name="outbox")
    for name in ("copies", "unreached", "lane", "claimed_by"):
        op.execute(f"ALTER TABLE outbox DROP COLUMN {name}")
    op.execute("ALTER TABLE outbox RENAME COLUMN claimed_until TO lease_until")
    op.execute("ALTER TABLE spool DROP COLUMN claimed_by")
