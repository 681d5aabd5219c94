"""What waits and how long already: the figures behind health and metrics.

All of it is read through indexes of just what waits, fails or was set aside, whatever else there is.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING

import sqlalchemy as sa

from helpdesk.store import search
from helpdesk.store.outbox import NOTIFICATION, copies
from helpdesk.store.tables import cases, outbox, spool

if TYPE_CHECKING:
    from datetime import datetime

_RECENT = timedelta(days=1)
UNINDEXED = 1000


@dataclass(frozen=True, slots=True)
class Waiting:
    """How many, and since when the oldest; None where nothing waits."""

    number: int
    oldest_at: datetime | None


@dataclass(frozen=True, slots=True)
class Backlog:
    """Mail accepted and not worked, mail written and not sent, mail set aside; what the desk says of itself apart."""

    unworked: Waiting
    unsent: Waiting
    quarantined: int
    alerts: Waiting = Waiting(0, None)  # to the operators, not sent yet
    lost_alerts: int = 0  # that could not be sent, of the last day
    due: Waiting = Waiting(0, None)  # cases on which something is due, and since when
    copies: int = 0  # mails that were sent again, ever, though they may have arrived
    unindexed: int = 0  # mails of cases that the search does not find yet, counted up to `UNINDEXED`


def backlog(connection: sa.Connection, now: datetime) -> Backlog:
    """All that waits at `now`."""
    # Conditions in the words of the indexes, so that both databases use them.
    waits, is_alert = outbox.c.next_at.is_not(None), outbox.c.kind == "alert"
    quarantined = sa.select(sa.func.count()).select_from(spool).where(sa.text("state = 'quarantined'"))
    return Backlog(
        unworked=_waiting(connection, spool.c.accepted_at, sa.text("state = 'waiting'")),
        unsent=_waiting(connection, outbox.c.created_at, sa.and_(waits, outbox.c.kind != NOTIFICATION)),
        quarantined=int(connection.execute(quarantined).scalar_one()),
        alerts=_waiting(connection, outbox.c.created_at, sa.and_(waits, is_alert)),
        lost_alerts=_lost_alerts(connection, now),
        due=_waiting(connection, cases.c.next_at, cases.c.next_at <= now),
        copies=copies(connection),
        unindexed=search.waiting(connection, most=UNINDEXED),
    )


def _lost_alerts(connection: sa.Connection, now: datetime) -> int:
    query = sa.select(sa.func.count()).where(
        sa.text("kind = 'alert'"), outbox.c.state.in_(("failed", "bounced")), outbox.c.created_at > now - _RECENT
    )
    return int(connection.execute(query).scalar_one())


def _waiting(
    connection: sa.Connection, since: sa.Column[datetime], where: sa.ColumnElement[bool] | sa.TextClause
) -> Waiting:
    query = sa.select(sa.func.count(), sa.func.min(since, type_=since.type)).where(where)
    number, oldest_at = connection.execute(query).one()
    return Waiting(int(number), oldest_at)
