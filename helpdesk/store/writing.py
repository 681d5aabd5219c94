"""Who is writing on a case in the console just now: short-lived rows, so that several daemons tell each other."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Final

import sqlalchemy as sa

from helpdesk.store.dialect import insert_replacing
from helpdesk.store.tables import writing

if TYPE_CHECKING:
    from datetime import datetime

LASTS: Final = timedelta(minutes=2)  # what nobody has renewed since is over


def note(connection: sa.Connection, case: int, agent: str, now: datetime) -> None:
    """That agent is writing on that case from now on; what is over, of anybody, goes."""
    connection.execute(sa.delete(writing).where(writing.c.until < now))
    row = {"case_id": case, "agent": agent, "until": now + LASTS}
    # Two requests of one agent may come at once.
    connection.execute(insert_replacing(connection.dialect.name, writing).values(row))


def stop(connection: sa.Connection, case: int, agent: str) -> None:
    """Note that an agent writes on a case no more."""
    connection.execute(sa.delete(writing).where(writing.c.case_id == case, writing.c.agent == agent))


def others(connection: sa.Connection, case: int, now: datetime, *, besides: str) -> list[str]:
    """Who else is writing on a case."""
    query = sa.select(writing.c.agent).where(
        writing.c.case_id == case, writing.c.until >= now, writing.c.agent != besides
    )
    return [str(agent) for agent in connection.execute(query.order_by(writing.c.agent)).scalars()]
