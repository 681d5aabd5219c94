"""From when to when something was down, with who declared it: withdrawn where it was a mistake, and never deleted."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import sqlalchemy as sa

from helpdesk.errors import NotFound
from helpdesk.offering.declared import Downtime
from helpdesk.store.tables import outage

if TYPE_CHECKING:
    from datetime import datetime


def begin(connection: sa.Connection, declared: Downtime, *, by: str, now: datetime) -> None:
    """Something is, or was, down; its number is given to it here."""
    row = {
        "name": declared.name,
        "policies": list(declared.policies),
        "incident": declared.incident,
        "began_at": declared.began_at,
        "ended_at": declared.ended_at,
        "declared_at": now,
        "declared_by": by,
    }
    connection.execute(sa.insert(outage).values(row))


def end(connection: sa.Connection, *, name: str = "", incident: str = "", at: datetime) -> None:
    """What the switch of that name, or that incident, has down is up again."""
    mine = sa.and_(outage.c.incident == incident, outage.c.ended_at.is_(None))
    if name:
        mine = sa.and_(mine, outage.c.name == name)
    connection.execute(sa.update(outage).where(mine).values(ended_at=at))


def withdraw(connection: sa.Connection, number: int, now: datetime) -> None:
    """It was never so. Raises NotFound."""
    mine = sa.and_(outage.c.id == number, outage.c.withdrawn_at.is_(None))
    if connection.execute(sa.update(outage).where(mine).values(withdrawn_at=now)).rowcount == 0:
        raise NotFound(f"there is no outage {number}; helpdesk status outages")


def between(connection: sa.Connection, since: datetime, until: datetime, *, name: str = "") -> list[Downtime]:
    """What was down in [since, until), in order; `name` for only that."""
    ends = sa.or_(outage.c.ended_at.is_(None), outage.c.ended_at > since)
    query = sa.select(outage).where(outage.c.withdrawn_at.is_(None), outage.c.began_at < until, ends)
    if name:
        query = query.where(outage.c.name == name)
    return [_outage(row) for row in connection.execute(query.order_by(outage.c.began_at, outage.c.id))]


def first(connection: sa.Connection, name: str) -> datetime | None:
    """When it was down for the first time."""
    query = sa.select(sa.func.min(outage.c.began_at, type_=outage.c.began_at.type))
    found: datetime | None = connection.execute(
        query.where(outage.c.withdrawn_at.is_(None), outage.c.name == name)
    ).scalar()
    return found


def _outage(row: Any) -> Downtime:
    return Downtime(
        row.name, row.began_at, row.ended_at, tuple(row.policies), row.incident, number=row.id, by=row.declared_by
    )
