"""Keep beside an open case when it is due and late, since when its customer waits, and whose turn it is.

What stands in the events of cases of before is read when something happens to them, or by `helpdesk db recount`.
"""

import sqlalchemy as sa
from alembic import op

revision = "0025"
down_revision = "0024"
branch_labels = None
depends_on = None

_INSTANTS = ("turn_since", "due_at", "late_at", "waiting_since")
_LISTED = "turn <> ''"
_INDEXES = (
    ("ix_cases_counted", ["mailbox", "policy", "policy_version", "severity", "rank", "turn"], _LISTED),
    ("ix_cases_in_order", ["mailbox", "rank", "due_at", "opened_at"], _LISTED),
    ("ix_cases_due_at", ["due_at", "late_at", "mailbox"], "due_at IS NOT NULL"),
    ("ix_cases_late_at", ["late_at", "mailbox"], "late_at IS NOT NULL"),
    ("ix_cases_waiting_since", ["waiting_since"], "waiting_since IS NOT NULL"),
    ("ix_cases_unread", ["id"], "turn = '?'"),
    ("ix_cases_turn_since", ["turn_since"], "turn IN ('customer', 'vendor')"),
)


def upgrade() -> None:
    op.add_column("cases", sa.Column("turn", sa.String(length=20), nullable=False, server_default="?"))
    for name in _INSTANTS:
        op.add_column("cases", sa.Column(name, sa.DateTime(timezone=True), nullable=True))
    op.execute("UPDATE cases SET turn = '' WHERE status IN ('resolved', 'closed')")
    for name, columns, condition in _INDEXES:
        where = sa.text(condition)
        op.create_index(op.f(name), "cases", columns, sqlite_where=where, postgresql_where=where)


def downgrade() -> None:
    for name, _, _ in _INDEXES:
        op.drop_index(op.f(name), table_name="cases")
    for name in ("turn", *_INSTANTS):
        op.drop_column("cases", name)
