"""What the desk as a whole has told, and what it has to tell: digests, hand-overs, alerts about itself."""

from __future__ import annotations

from typing import TYPE_CHECKING

import sqlalchemy as sa

from helpdesk.store.tables import outbox, policy_version

if TYPE_CHECKING:
    from datetime import datetime

# States of the outbox that wait for a person; what is queued goes by itself.
_LEFT = sa.text("state IN ('failed', 'uncertain')")  # in the index's own words, so that both databases use it
_DIGESTS = sa.literal_column("kind = 'digest'", sa.Boolean())  # likewise


def founded_at(connection: sa.Connection) -> datetime | None:
    """When the desk was first started on this database."""
    query = sa.select(sa.func.min(policy_version.c.stored_at, type_=policy_version.c.stored_at.type))
    found: datetime | None = connection.execute(query).scalar()
    return found


def is_written(connection: sa.Connection, key: str) -> bool:
    """Whether the outbox has, or had, the mail of that key."""
    return connection.execute(sa.select(outbox.c.id).where(outbox.c.key == key)).first() is not None


def written_to(connection: sa.Connection, address: str, prefix: str, *, since: datetime) -> int:
    """How many mails whose keys begin so were written to an address."""
    query = sa.select(sa.func.count()).where(
        outbox.c.recipient == address,
        outbox.c.created_at > since,
        outbox.c.key.startswith(prefix, autoescape=True),
    )
    return int(connection.execute(query).scalar_one())


def newest_of(connection: sa.Connection, prefix: str) -> datetime | None:
    """When the newest mail was written whose key begins so; None without one."""
    return _newest(connection, outbox.c.key.startswith(prefix, autoescape=True))


def newest_digest(connection: sa.Connection, prefix: str) -> datetime | None:
    """The same of digests and hand-over mails alone, which have an index."""
    return _newest(connection, _DIGESTS, outbox.c.key.startswith(prefix, autoescape=True))


def _newest(connection: sa.Connection, *which: sa.ColumnElement[bool]) -> datetime | None:
    query = sa.select(outbox.c.created_at).where(*which)
    found: datetime | None = connection.execute(query.order_by(outbox.c.id.desc()).limit(1)).scalar()
    return found


def undelivered(connection: sa.Connection) -> int:
    """How many mails were given up and wait for a person."""
    query = sa.select(sa.func.count()).select_from(outbox).where(_LEFT)
    return int(connection.execute(query).scalar_one())
