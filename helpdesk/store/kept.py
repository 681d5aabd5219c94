"""Mail that was kept from cases: taken for a robot's, or held. A person can say that it was a person's."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import sqlalchemy as sa

from helpdesk.errors import NotFound
from helpdesk.store.spool import AFRESH, HAS_RAW
from helpdesk.store.tables import message, spool

if TYPE_CHECKING:
    from collections.abc import Collection
    from datetime import datetime

OUTCOMES = ("robot", "bounce", "held")


@dataclass(frozen=True, slots=True)
class KeptMail:
    """One such mail: its number in the spool, who wrote it and what it is about as far as it says so, and why."""

    number: int
    received_at: datetime
    mailbox: str
    author: str
    subject: str
    outcome: str
    because: str


def listed(
    connection: sa.Connection,
    *,
    since: datetime,
    limit: int,
    newest_first: bool = False,
    mailboxes: Collection[str] | None = None,
) -> tuple[list[KeptMail], int]:
    """Those that were worked from then on and are on no case, oldest first, at most `limit`; and how many in all.

    `mailboxes` are those whose mail is wanted, None for all.
    """
    # In the index's own words, so that both databases use it.
    which = sa.and_(
        sa.text("outcome IN ('robot', 'bounce', 'held')"), spool.c.case_id.is_(None), spool.c.done_at >= since
    )
    if mailboxes is not None:
        # Hidden from the planner, which would look through all mail of a mailbox for the few.
        which = sa.and_(which, sa.func.coalesce(spool.c.mailbox, "").in_(mailboxes))
    number = connection.execute(sa.select(sa.func.count()).select_from(spool).where(which)).scalar_one()
    columns = (
        spool.c.id,
        spool.c.received_at,
        spool.c.mailbox,
        spool.c.author,
        spool.c.mail_from,
        spool.c.subject,
        spool.c.outcome,
        spool.c.error,
    )
    order = spool.c.id.desc() if newest_first else spool.c.id
    query = sa.select(*columns).where(which).order_by(order).limit(limit)
    mails = [
        KeptMail(
            row.id,
            row.received_at,
            row.mailbox,
            row.author or row.mail_from,
            row.subject or "",
            row.outcome,
            row.error or "",
        )
        for row in connection.execute(query)
    ]
    return mails, int(number)


def release(connection: sa.Connection, number: int, *, by: str) -> None:
    """Work a mail again as a person's. Raises NotFound where it was not kept from cases, or is erased."""
    row = connection.execute(sa.select(spool.c.outcome, HAS_RAW.label("has_raw")).where(spool.c.id == number)).first()
    if row is None or row.outcome not in {*OUTCOMES, "history"}:
        raise NotFound(f"expected the number of a mail that was held or taken for a robot's, not {number}")
    if not row.has_raw:
        raise NotFound(f"the bytes of mail {number} were erased")
    connection.execute(sa.delete(message).where(message.c.spool_id == number))  # it is written anew
    connection.execute(sa.update(spool).where(spool.c.id == number).values(**AFRESH, error=None, released_by=by))
