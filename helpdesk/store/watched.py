"""Which case a monitor's mail was about: an index by the names of what it watches, each a digest."""

from __future__ import annotations

from typing import TYPE_CHECKING

import sqlalchemy as sa

from helpdesk.core.words.placement import Told
from helpdesk.store.dialect import insert_ignoring
from helpdesk.store.tables import watched

if TYPE_CHECKING:
    from collections.abc import Collection


def note(connection: sa.Connection, case: int, keys: Collection[str], *, proven: bool) -> None:
    """These names are a case's; once a proven mail has said so, unproven ones count no longer."""
    for key in keys:
        row = {"case_id": case, "key": key, "proven": proven}
        connection.execute(insert_ignoring(connection, watched).values(row))
        if proven:
            mine = sa.and_(watched.c.case_id == case, watched.c.key == key)
            connection.execute(sa.update(watched).where(mine).values(proven=True))


def find(connection: sa.Connection, keys: Collection[str]) -> Told | None:
    """The newest case that any of these names is noted for."""
    query = (
        sa.select(watched.c.case_id, sa.func.max(sa.cast(watched.c.proven, sa.Integer)).label("proven"))
        .where(watched.c.key.in_(list(keys)))
        .group_by(watched.c.case_id)
        .order_by(watched.c.case_id.desc())
        .limit(1)
    )
    row = connection.execute(query).first() if keys else None
    return Told(int(row.case_id), bool(row.proven)) if row else None


def forget(connection: sa.Connection, case: int) -> None:
    """A case whose content is erased is found by no name."""
    connection.execute(sa.delete(watched).where(watched.c.case_id == case))
