"""How many cases there are of each assignee, by status and by whether a promise was broken: counted, never looked for.

The database keeps the counts itself, in the transaction that changes a case (`CASE_TRIGGERS`), so that no way of
writing can forget them. On PostgreSQL each connection counts in rows of its own, by which workers never wait for each
other; a count is their sum, and `fold` brings them together.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import sqlalchemy as sa

from helpdesk.store.prepared import one_of
from helpdesk.store.tables import case_count, cases

if TYPE_CHECKING:
    from collections.abc import Collection

_KEY = (case_count.c.assignee, case_count.c.status, case_count.c.breached)
_SUM = sa.func.coalesce(sa.func.sum(case_count.c.number), 0)
_TOGETHER = 0  # the shard that counts are brought together in
_FOLD = """
WITH apart AS (
  DELETE FROM case_count WHERE (assignee, status, breached, shard) IN
    (SELECT assignee, status, breached, shard FROM case_count WHERE shard <> 0 FOR UPDATE SKIP LOCKED)
  RETURNING assignee, status, breached, number)
INSERT INTO case_count (assignee, status, breached, shard, number)
SELECT assignee, status, breached, 0, sum(number) FROM apart GROUP BY 1, 2, 3 ORDER BY 1, 2, 3
ON CONFLICT (assignee, status, breached, shard) DO UPDATE SET number = case_count.number + excluded.number
"""


def by_status(connection: sa.Connection) -> dict[tuple[str, bool], int]:
    """How many cases by (status, whether a promise was broken)."""
    _, status, breached = _KEY
    query = sa.select(status, breached, _SUM).group_by(status, breached).having(_SUM != 0)
    return {(name, bool(late)): int(number) for name, late, number in connection.execute(query)}


def of_agent(agent: sa.ColumnElement[str], statuses: Collection[str]) -> sa.ScalarSelect[int]:
    """How many cases of these statuses an agent has, as a part of a statement."""
    theirs = sa.and_(case_count.c.assignee == agent, one_of(case_count.c.status, statuses))
    return sa.select(_SUM).where(theirs).scalar_subquery()


def fold(connection: sa.Connection) -> None:
    """Bring together what connections counted apart, but for those that are counting just now."""
    if connection.dialect.name == "postgresql":
        connection.execute(sa.text(_FOLD))


def wrong(connection: sa.Connection) -> int:
    """How many counts are not what counting the cases gives; reads every case."""
    there = sa.select(cases.c.assignee, cases.c.status, cases.c.breached, sa.func.count().label("number"))
    told = sa.select(*_KEY, -_SUM.label("number"))
    both = sa.union_all(there.group_by(*there.selected_columns[:3]), told.group_by(*_KEY)).subquery()
    apart = sa.select(both.c.assignee).group_by(*both.c[:3]).having(sa.func.sum(both.c.number) != 0)
    return int(connection.execute(sa.select(sa.func.count()).select_from(apart.subquery())).scalar_one())


def rebuild(connection: sa.Connection) -> None:
    """Count every case anew; until the commit nobody else writes to one."""
    if connection.dialect.name == "postgresql":
        connection.execute(sa.text("LOCK TABLE cases IN SHARE MODE"))
    connection.execute(sa.delete(case_count))
    key = (cases.c.assignee, cases.c.status, cases.c.breached)
    counted = sa.select(*key, sa.literal(_TOGETHER), sa.func.count()).group_by(*key)
    names = ["assignee", "status", "breached", "shard", "number"]
    connection.execute(sa.insert(case_count).from_select(names, counted))
