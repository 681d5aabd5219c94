"""What the desk as a whole has told, and what it has to tell: digests, hand-overs, alerts about itself."""

from __future__ import annotations

from typing import TYPE_CHECKING

import sqlalchemy as sa

from helpdesk.store.tables import outbox, policy_version

if TYPE_CHECKING:
    from datetime import datetime

# Each in the own words of its index, so that both databases use it.
_LEFT = sa.text("state IN ('failed', 'uncertain')")  # waits for a person; what is queued goes by itself
_DIGESTS = sa.text("kind = 'digest'")
_ANNOUNCED = sa.text("kind = 'maintenance'")


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


def newest_announcement(connection: sa.Connection, prefix: str) -> datetime | None:
    """When maintenance was last announced in a mail whose key begins so; None if never."""
    return _newest(connection, _ANNOUNCED, prefix)


def newest_digest(connection: sa.Connection, prefix: str) -> datetime | None:
    """The same of digests and hand-over mails."""
    return _newest(connection, _DIGESTS, prefix)


def _newest(connection: sa.Connection, kind: sa.TextClause, prefix: str) -> datetime | None:
    query = sa.select(outbox.c.created_at).where(kind, outbox.c.key.startswith(prefix, autoescape=True))
    found: datetime | None = connection.execute(query.order_by(outbox.c.id.desc()).limit(1)).scalar()
    return found


def undelivered(connection: sa.Connection) -> int:
    """How many mails were given up and wait for a person."""
    query = sa.select(sa.func.count()).select_from(outbox).where(_LEFT)
    return int(connection.execute(query).scalar_one())
