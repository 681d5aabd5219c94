"""Addresses whose mail came back for good, or who called it spam; forgotten once they answer a mail of ours."""

from __future__ import annotations

from typing import TYPE_CHECKING

import sqlalchemy as sa

from helpdesk.store.dialect import insert_ignoring
from helpdesk.store.prepared import Prepared
from helpdesk.store.tables import undeliverable

if TYPE_CHECKING:
    from datetime import datetime

COMPLAINT = "complaint"  # in place of a status: the address called our mail spam (RFC 5965)
_IS_ITS = undeliverable.c.address == sa.bindparam("whose")
_FORGET = Prepared(sa.delete(undeliverable).where(_IS_ITS))
_STATUS = Prepared(sa.select(undeliverable.c.status).where(_IS_ITS))


def mark(connection: sa.Connection, address: str, *, since: datetime, status: str, outbox_id: int) -> None:
    """Remember that mail to this address came back; the first report counts. `status` is an RFC 3463 code or ""."""
    row = {"address": address, "since": since, "status": status, "outbox_id": outbox_id}
    connection.execute(insert_ignoring(connection.dialect.name, undeliverable).values(row))


def forget(connection: sa.Connection, address: str) -> None:
    """This address answered what we sent it, so it is delivered again."""
    _FORGET.change(connection, whose=address)


def complained(connection: sa.Connection, address: str) -> bool:
    """Whether this address called mail of ours spam."""
    return any(row.status == COMPLAINT for row in _STATUS.rows(connection, whose=address))


def marked(connection: sa.Connection) -> dict[str, str]:
    """Every marked address with its status."""
    query = sa.select(undeliverable.c.address, undeliverable.c.status)
    return {row.address: row.status for row in connection.execute(query)}
