"""Mail of `check --round-trip` in the spool: whether a token was used, and what became of its mail."""

from __future__ import annotations

from typing import TYPE_CHECKING

import sqlalchemy as sa

from helpdesk.store.tables import spool, spool_raw

if TYPE_CHECKING:
    from datetime import datetime


def outcomes(connection: sa.Connection, mailbox: str, token: str) -> list[str]:
    """What became of the mails to a mailbox that were worked under this token, the first before the others."""
    query = sa.select(spool.c.outcome).where(
        spool.c.message_id == token, spool.c.mailbox == mailbox, spool.c.state == "done"
    )
    return [str(outcome) for outcome in connection.execute(query.order_by(spool.c.id)).scalars()]


def unworked(connection: sa.Connection, mailbox: str, token: str, *, since: datetime) -> str:
    """The state of a mail with this token that is not worked, `waiting` or `quarantined`; "" where there is none."""
    query = (
        sa.select(spool.c.state, spool_raw.c.raw)
        .join(spool_raw)
        .where(spool.c.mailbox == mailbox, spool.c.state != "done", spool.c.accepted_at >= since)
    )
    octets = token.encode()
    return next((str(row.state) for row in connection.execute(query) if octets in row.raw.lower()), "")
