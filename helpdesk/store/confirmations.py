"""How often an agent was asked whether a mail was theirs."""

from __future__ import annotations

from typing import TYPE_CHECKING

import sqlalchemy as sa

from helpdesk.store.tables import outbox

if TYPE_CHECKING:
    from collections.abc import Collection
    from datetime import datetime


def asked(connection: sa.Connection, addresses: Collection[str], *, since: datetime) -> int:
    """How many confirmations were written to these addresses from then on."""
    query = sa.select(sa.func.count()).where(
        outbox.c.recipient.in_(list(addresses)),
        outbox.c.created_at > since,
        outbox.c.key.contains("/confirm/echo/", autoescape=True),
    )
    return int(connection.execute(query).scalar_one())
