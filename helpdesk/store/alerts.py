"""Alerts to the operators, as they were raised: for a run of those that are alike, until it is over.

They are only added and counted, so that workers do not wait for each other in the middle of a mail. What was told of
a run is kept apart, and changed by the daemon that sees it as it was: of several daemons, one tells.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import sqlalchemy as sa

from helpdesk.store.dialect import insert_ignoring
from helpdesk.store.prepared import Prepared
from helpdesk.store.tables import alert, alert_told, open_alert

if TYPE_CHECKING:
    from datetime import datetime


@dataclass(frozen=True, slots=True)
class Run:
    """Alerts of one kind, each soon after the one before."""

    kind: str
    number: int
    began_at: datetime
    newest_at: datetime


@dataclass(frozen=True, slots=True)
class Telling:
    """How many of a run the operators were told of last, as a condition, and when."""

    number: int
    at: datetime


def note(connection: sa.Connection, *, kind: str, key: str, headline: str, at: datetime) -> bool:
    """Count an alert; false where that very one is counted already."""
    row = {"kind": kind, "key": key, "headline": headline, "at": at}
    added = insert_ignoring(connection.dialect.name, alert).values(row).returning(alert.c.id)
    return connection.execute(added).first() is not None


def number(connection: sa.Connection, kind: str, *, since: datetime) -> int:
    """How many of a kind were raised since then."""
    query = sa.select(sa.func.count()).where(alert.c.kind == kind, alert.c.at > since)
    return int(connection.execute(query).scalar_one())


_COUNTED = (
    sa.select(
        alert.c.kind,
        sa.func.count().label("number"),
        sa.func.min(alert.c.at, type_=alert.c.at.type).label("began_at"),
        sa.func.max(alert.c.at, type_=alert.c.at.type).label("newest_at"),
    )
    .group_by(alert.c.kind)
    .subquery()
)
_RUNS = Prepared(
    sa.select(_COUNTED, alert_told.c.number.label("told"), alert_told.c.at).outerjoin(
        alert_told, alert_told.c.kind == _COUNTED.c.kind
    )
)


def runs(connection: sa.Connection) -> list[tuple[Run, Telling | None]]:
    """Every run that is not over and done with, and what was told of it."""
    return [
        (
            Run(row.kind, int(row.number), row.began_at, row.newest_at),
            None if row.told is None else Telling(int(row.told), row.at),
        )
        for row in _RUNS.rows(connection)
    ]


def newest(connection: sa.Connection, kind: str) -> str:
    """The headline of the newest of a kind."""
    query = sa.select(alert.c.headline).where(alert.c.kind == kind).order_by(alert.c.id.desc()).limit(1)
    return str(connection.execute(query).scalar() or "")


def tell(connection: sa.Connection, run: Run, reported: Telling | None, now: datetime) -> bool:
    """Note that the operators are told of so many; false where somebody else has just told them."""
    values = {"number": run.number, "at": now}
    if reported is None:
        added = (
            insert_ignoring(connection.dialect.name, alert_told)
            .values(kind=run.kind, **values)
            .returning(alert_told.c.kind)
        )
        return connection.execute(added).first() is not None
    same = sa.and_(alert_told.c.kind == run.kind, alert_told.c.number == reported.number)
    return connection.execute(sa.update(alert_told).where(same).values(**values)).rowcount == 1


def close(connection: sa.Connection, run: Run) -> bool:
    """Forget a run that is over; true where the operators were told of it, and nobody else has closed it."""
    known = connection.execute(sa.delete(alert_told).where(alert_told.c.kind == run.kind)).rowcount == 1
    connection.execute(sa.delete(alert).where(alert.c.kind == run.kind, alert.c.at <= run.newest_at))
    return known


def key_of_open(connection: sa.Connection, name: str) -> str:
    """The key under which the beginning of something was told that is not over, "" where nothing is open."""
    return str(connection.execute(sa.select(open_alert.c.key).where(open_alert.c.name == name)).scalar() or "")


def begin(connection: sa.Connection, name: str, key: str) -> None:
    """Note that its beginning was told, the newest where it was told before."""
    end(connection, name)
    connection.execute(insert_ignoring(connection.dialect.name, open_alert).values(name=name, key=key))


def end(connection: sa.Connection, name: str) -> None:
    """Note that the alert of that name is over."""
    connection.execute(sa.delete(open_alert).where(open_alert.c.name == name))
