"""Which case a monitor's mail was about: an index by the names of what it watches, each a digest."""

from __future__ import annotations

from typing import TYPE_CHECKING

import sqlalchemy as sa

from helpdesk.core.words.placement import WatchedCase
from helpdesk.store.dialect import insert_ignoring
from helpdesk.store.tables import watched

if TYPE_CHECKING:
    from collections.abc import Collection

_IS_NAMED = sa.and_(watched.c.case_id == sa.bindparam("whose"), watched.c.key == sa.bindparam("named"))
_PROVE = sa.update(watched).where(_IS_NAMED).values(proven=True)
_FIND = (
    sa.select(watched.c.case_id, sa.func.max(sa.cast(watched.c.proven, sa.Integer)).label("proven"))
    .where(watched.c.key.in_(sa.bindparam("keys", expanding=True)))
    .group_by(watched.c.case_id)
    .order_by(watched.c.case_id.desc())
    .limit(1)
)


def note(connection: sa.Connection, case: int, keys: Collection[str], *, proven: bool) -> None:
    """These names are a case's; once a proven mail has said so, unproven ones count no longer."""
    rows = [{"case_id": case, "key": key, "proven": proven} for key in keys]
    if rows:
        connection.execute(insert_ignoring(connection.dialect.name, watched), rows)
    if rows and proven:
        connection.execute(_PROVE, [{"whose": case, "named": key} for key in keys])


def find(connection: sa.Connection, keys: Collection[str]) -> WatchedCase | None:
    """The newest case that any of these names is noted for."""
    row = connection.execute(_FIND, {"keys": list(keys)}).first() if keys else None
    return WatchedCase(int(row.case_id), bool(row.proven)) if row else None


def forget(connection: sa.Connection, case: int) -> None:
    """A case whose content is erased is found by no name."""
    connection.execute(sa.delete(watched).where(watched.c.case_id == case))
