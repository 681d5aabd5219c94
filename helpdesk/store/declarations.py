"""What operators declare: switches, incidents, maintenance. Kept with who declared it and when; nothing is deleted."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import sqlalchemy as sa

from helpdesk.errors import NotFound, Refused
from helpdesk.offering.declared import DeclaredState, Incident, MaintenanceWindow
from helpdesk.store.dialect import write_alone
from helpdesk.store.prepared import Prepared
from helpdesk.store.tables import incident, maintenance, outage, switch

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

_TAKEN_DOWN = sa.select(outage.c.name).where(outage.c.ended_at.is_(None), outage.c.withdrawn_at.is_(None))
_DOWN = Prepared(sa.union(sa.select(switch.c.name).where(switch.c.down), _TAKEN_DOWN).order_by("name"))
_OPEN_INCIDENTS = Prepared(sa.select(incident).where(incident.c.closed_at.is_(None)).order_by(incident.c.id))
_COMING = Prepared(
    sa.select(maintenance).where(maintenance.c.ends_at > sa.bindparam("now")).order_by(maintenance.c.begins_at)
)


@dataclass(frozen=True, slots=True)
class Planned:
    """A maintenance window with its number, declared or of a policy file."""

    number: int
    window: MaintenanceWindow
    announced_at: datetime | None
    recurring: bool = False


def declared_state(connection: sa.Connection, now: datetime) -> DeclaredState:
    """All that is declared and not over; what is down, by a switch or with an incident."""
    return DeclaredState(
        down=tuple(row.name for row in _DOWN.rows(connection)),
        incidents=tuple(map(_incident, _OPEN_INCIDENTS.rows(connection))),
        windows=tuple(_window(row) for row in _COMING.rows(connection, now=now)),
    )


def set_switch(connection: sa.Connection, name: str, *, down: bool, by: str, since: datetime) -> None:
    """Say that something is down, or up again, since then."""
    connection.execute(sa.delete(switch).where(switch.c.name == name))
    connection.execute(sa.insert(switch).values(name=name, down=down, since=since, by=by))


def switches(connection: sa.Connection) -> list[Any]:
    """Every switch that was ever set, by name: name, down, since, by."""
    return list(connection.execute(sa.select(switch).order_by(switch.c.name)))


def open_incident(
    connection: sa.Connection, declared: Incident, *, by: str, since: datetime, until: datetime | None = None
) -> None:
    """Declare an incident that began then, and is over where `until` says so.

    Raises Refused when its key is open, or the same was declared before: a form that is sent twice is one incident.
    """
    write_alone(connection, incident)  # else two at once both find that it is not open
    same = sa.and_(incident.c.opened_at == since, incident.c.closed_at == until)
    known = sa.select(incident.c.closed_at).where(incident.c.key == declared.key)
    before = connection.execute(known.where(incident.c.closed_at.is_(None) | same)).first()
    if before:
        is_known = "of those times is on the record already" if before.closed_at else "is open already"
        raise Refused(f"an incident {declared.key!r} {is_known}")
    row = {
        "key": declared.key,
        "title": declared.title,
        "words": list(declared.words),
        "policies": list(declared.policies),
        "opened_at": since,
        "opened_by": by,
        "closed_at": until,
    }
    connection.execute(sa.insert(incident).values(row))


def close_incident(connection: sa.Connection, key: str, now: datetime) -> None:
    """Declare an incident over. Raises NotFound when none of that key is open."""
    mine = sa.and_(incident.c.key == key, incident.c.closed_at.is_(None))
    if connection.execute(sa.update(incident).where(mine).values(closed_at=now)).rowcount == 0:
        raise NotFound(f"no incident {key!r} is open")


def incidents(connection: sa.Connection) -> list[Any]:
    """Every incident, the newest first."""
    return list(connection.execute(sa.select(incident).order_by(incident.c.id.desc())))


def planned_before(connection: sa.Connection, window: MaintenanceWindow) -> int | None:
    """The number of the same window, where it was declared; nobody else declares it until the commit."""
    write_alone(connection, maintenance)
    row = connection.execute(sa.select(maintenance.c.id).filter_by(**_columns(window)).limit(1)).first()
    return int(row.id) if row else None


def plan_maintenance(connection: sa.Connection, window: MaintenanceWindow, *, by: str, now: datetime) -> int:
    """Declare a window; returns its number."""
    row = {**_columns(window), "declared_at": now, "declared_by": by}
    return int(connection.execute(sa.insert(maintenance).values(row).returning(maintenance.c.id)).scalar_one())


def _columns(window: MaintenanceWindow) -> dict[str, Any]:
    return {
        "policy": window.policy,
        "name": window.name,
        "sector": window.sector,
        "begins_at": window.begins_at,
        "ends_at": window.ends_at,
        "impact": window.impact,
    }


def planned(connection: sa.Connection, *, since: datetime) -> list[Planned]:
    """Declared windows that end after an instant, in order."""
    query = sa.select(maintenance).where(maintenance.c.ends_at > since).order_by(maintenance.c.begins_at)
    return [Planned(row.id, _window(row), row.announced_at) for row in connection.execute(query)]


def planned_ahead(connection: sa.Connection, policy: str, since: datetime, until: datetime) -> list[Planned]:
    """The windows of an offering that touch [since, until) and were declared before they began."""
    ahead = sa.and_(maintenance.c.policy == policy, maintenance.c.declared_at <= maintenance.c.begins_at)
    touches = sa.and_(maintenance.c.begins_at < until, maintenance.c.ends_at > since)
    rows = connection.execute(sa.select(maintenance).where(ahead, touches).order_by(maintenance.c.begins_at))
    return [Planned(row.id, _window(row), row.announced_at) for row in rows]


def load_planned(connection: sa.Connection, number: int) -> Planned:
    """One declared window. Raises NotFound."""
    row = connection.execute(sa.select(maintenance).where(maintenance.c.id == number)).first()
    if row is None:
        raise NotFound(f"there is no maintenance {number}; helpdesk maintenance list")
    return Planned(row.id, _window(row), row.announced_at)


def announced(connection: sa.Connection, number: int, now: datetime) -> None:
    """Its customers were told; of a window of a policy file only the mails are kept."""
    connection.execute(sa.update(maintenance).where(maintenance.c.id == number).values(announced_at=now))


def _incident(row: Any) -> Incident:
    return Incident(row.key, row.title, _texts(row.words), _texts(row.policies), row.opened_at)


def _window(row: Any) -> MaintenanceWindow:
    return MaintenanceWindow(row.name, row.sector, row.begins_at, row.ends_at, row.policy, row.impact)


def _texts(values: Sequence[Any]) -> tuple[str, ...]:
    return tuple(str(value) for value in values)
