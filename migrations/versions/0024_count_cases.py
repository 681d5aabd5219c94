"""Count the cases where they change, and find a page of the queue, calls and what was set aside by index."""

from collections.abc import Iterator

import sqlalchemy as sa
from alembic import op

revision = "0024"
down_revision = "0023"
branch_labels = None
depends_on = None

_COUNT = """
INSERT INTO case_count (assignee, status, breached, shard, number) VALUES ({row}.assignee, {row}.status, {row}.breached,
{shard}, {change}) ON CONFLICT (assignee, status, breached, shard) DO UPDATE SET number = case_count.number + {change};
"""
_KEYS = "(OLD.assignee, OLD.status, OLD.breached) IS {differs} (NEW.assignee, NEW.status, NEW.breached)"
_CALLS = "type IN ('step_taken', 'suspected', 'call_not_needed', 'severity_set')"
_KEPT = "outcome IN ('robot', 'bounce', 'held') AND case_id IS NULL"
_OF_FEW = (  # rows among many
    ("ix_event_calls", "event", ["type", "at", "case_id"], _CALLS),
    ("ix_spool_quarantined", "spool", ["id"], "state = 'quarantined'"),
    ("ix_spool_kept", "spool", ["done_at"], _KEPT),
    ("ix_outbox_left", "outbox", ["id"], "state IN ('failed', 'uncertain')"),
    ("ix_outbox_digests", "outbox", ["id"], "kind = 'digest'"),
)


def upgrade() -> None:
    op.create_table(
        "case_count",
        sa.Column("assignee", sa.String(length=320), nullable=False),
        sa.Column("status", sa.String(length=20), nullable=False),
        sa.Column("breached", sa.Boolean(), nullable=False),
        sa.Column("shard", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("number", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("assignee", "status", "breached", "shard", name=op.f("pk_case_count")),
    )
    op.execute(
        "INSERT INTO case_count (assignee, status, breached, shard, number)"
        " SELECT assignee, status, breached, 0, count(*) FROM cases GROUP BY assignee, status, breached"
    )
    for statement in _postgresql() if op.get_bind().dialect.name == "postgresql" else _sqlite():
        op.execute(statement)
    queue = ["status", "breached", "rank", "next_at", "id"]
    op.create_index(op.f("ix_cases_queue"), "cases", queue)
    op.create_index(op.f("ix_cases_customer_queue"), "cases", ["customer", *queue])
    for name, table, columns, condition in _OF_FEW:
        where = sa.text(condition)
        op.create_index(op.f(name), table, columns, sqlite_where=where, postgresql_where=where)


def _sqlite() -> Iterator[str]:
    before, after = (_COUNT.format(row=row, shard=0, change=change) for row, change in (("OLD", -1), ("NEW", 1)))
    yield f"CREATE TRIGGER case_opened AFTER INSERT ON cases BEGIN {after} END"
    yield (
        "CREATE TRIGGER case_changed AFTER UPDATE OF assignee, status, breached ON cases"
        f" WHEN {_KEYS.format(differs='NOT')} BEGIN {before} {after} END"
    )
    yield f"CREATE TRIGGER case_deleted AFTER DELETE ON cases BEGIN {before} END"


def _postgresql() -> Iterator[str]:
    mine = "pg_backend_pid()"
    before, after = (_COUNT.format(row=row, shard=mine, change=change) for row, change in (("OLD", -1), ("NEW", 1)))
    yield (
        f"CREATE OR REPLACE FUNCTION count_cases() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN"
        f" IF TG_OP <> 'INSERT' THEN {before} END IF; IF TG_OP <> 'DELETE' THEN {after} END IF; RETURN NULL; END $$"
    )
    yield "CREATE TRIGGER case_opened AFTER INSERT OR DELETE ON cases FOR EACH ROW EXECUTE FUNCTION count_cases()"
    yield (
        "CREATE TRIGGER case_changed AFTER UPDATE OF assignee, status, breached ON cases FOR EACH ROW"
        f" WHEN ({_KEYS.format(differs='DISTINCT FROM')}) EXECUTE FUNCTION count_cases()"
    )


def downgrade() -> None:
    for name, table, _, _ in _OF_FEW:
        op.drop_index(op.f(name), table_name=table)
    op.drop_index(op.f("ix_cases_customer_queue"), table_name="cases")
    op.drop_index(op.f("ix_cases_queue"), table_name="cases")
    if op.get_bind().dialect.name == "postgresql":
        op.execute("DROP FUNCTION count_cases() CASCADE")
    else:
        for name in ("case_opened", "case_changed", "case_deleted"):
            op.execute(f"DROP TRIGGER {name}")
    op.drop_table("case_count")
