"""Owners that are gone, without waiting: their claims are over, as if their process had died or been frozen."""

from __future__ import annotations

import sqlalchemy as sa

_DEAD = "claimed_by = 'a-dead-process'"
_LATE = "claimed_until = clock_timestamp() - interval '1 second'"


def end_claims(engine: sa.Engine) -> None:
    """Every claim on this database is over; on SQLite because its owner's process has ended, else by the clock."""
    over = _DEAD if engine.dialect.name == "sqlite" else _LATE
    with engine.begin() as connection:
        for table in ("spool", "outbox"):
            connection.execute(sa.text(f"UPDATE {table} SET {over} WHERE claimed_by IS NOT NULL"))
