"""Owners that are gone, without waiting: their claims are over, as if their process had died or been frozen."""

from __future__ import annotations

from typing import TYPE_CHECKING

import sqlalchemy as sa

if TYPE_CHECKING:
    from collections.abc import Iterable

_DEAD = "claimed_by = 'a-dead-process'"
_LATE = "claimed_until = clock_timestamp() - interval '1 second'"


def end_claims(engine: sa.Engine) -> None:
    """Every claim on this database is over; on SQLite because its owner's process has ended, else by the clock."""
    over = _over(engine)
    with engine.begin() as connection:
        for table in ("spool", "outbox"):
            connection.execute(sa.text(f"UPDATE {table} SET {over} WHERE claimed_by IS NOT NULL"))


def end_claims_past_the_dot(engine: sa.Engine, *, but: Iterable[int]) -> None:
    """The claims on mails past their final dot are over, but for those of these living processes.

    In one statement: what was a dead one's a moment ago may be a living one's by now.
    """
    others = "".join(f" AND claimed_by NOT LIKE '%-{pid}-%'" for pid in but)
    with engine.begin() as connection:
        which = f"state = 'handed_over' AND next_at IS NOT NULL{others}"
        connection.execute(sa.text(f"UPDATE outbox SET {_over(engine)} WHERE {which}"))


def _over(engine: sa.Engine) -> str:
    return _DEAD if engine.dialect.name == "sqlite" else _LATE
