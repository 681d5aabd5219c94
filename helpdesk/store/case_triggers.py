"""What the database does whenever a case is inserted, changed or deleted: it counts, see `case_counts`.

On PostgreSQL a connection counts in rows of its own, so that no worker waits for another one's commit.
"""

from __future__ import annotations

_COUNT = """
INSERT INTO case_count (assignee, status, breached, shard, number) VALUES ({row}.assignee, {row}.status, {row}.breached,
{shard}, {change}) ON CONFLICT (assignee, status, breached, shard) DO UPDATE SET number = case_count.number + {change};
"""
_DIFFERS = "(OLD.assignee, OLD.status, OLD.breached) IS {not_} (NEW.assignee, NEW.status, NEW.breached)"


def _of_sqlite() -> tuple[str, ...]:
    one_less, one_more = _counting("0")
    changed = _DIFFERS.format(not_="NOT")
    return (
        f"CREATE TRIGGER case_opened AFTER INSERT ON cases BEGIN {one_more} END",
        f"CREATE TRIGGER case_deleted AFTER DELETE ON cases BEGIN {one_less} END",
        f"""CREATE TRIGGER case_changed AFTER UPDATE OF assignee, status, breached ON cases
        WHEN {changed} BEGIN {one_less} {one_more} END""",
    )


def _of_postgresql() -> tuple[str, ...]:
    one_less, one_more = _counting("pg_backend_pid()")
    changed = _DIFFERS.format(not_="DISTINCT FROM")
    return (
        f"""CREATE OR REPLACE FUNCTION count_cases() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
        IF TG_OP <> 'INSERT' THEN {one_less} END IF;
        IF TG_OP <> 'DELETE' THEN {one_more} END IF;
        RETURN NULL; END $$""",
        "CREATE TRIGGER case_opened AFTER INSERT OR DELETE ON cases FOR EACH ROW EXECUTE FUNCTION count_cases()",
        f"""CREATE TRIGGER case_changed AFTER UPDATE OF assignee, status, breached ON cases
        FOR EACH ROW WHEN ({changed}) EXECUTE FUNCTION count_cases()""",
    )


def _counting(shard: str) -> tuple[str, str]:
    """One case less of its old kind, one more of its new one."""
    return (
        _COUNT.format(row="OLD", shard=shard, change=-1),
        _COUNT.format(row="NEW", shard=shard, change=1),
    )


CASE_TRIGGERS = {"sqlite": _of_sqlite(), "postgresql": _of_postgresql()}
