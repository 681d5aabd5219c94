"""Mail that came more than once under one Message-ID: what came before, and that a mail is a copy of it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING

import sqlalchemy as sa

from helpdesk.errors import StaleCase
from helpdesk.store import spool as spool_store
from helpdesk.store.prepared import Prepared, at_most, one_of
from helpdesk.store.tables import message as messages
from helpdesk.store.tables import spool

if TYPE_CHECKING:
    from datetime import datetime

    from helpdesk.core.words.message import Message
    from helpdesk.store.spool import Spooled

WITHIN = timedelta(hours=24)
_COMPARED = 5  # mails of one Message-ID
_WORKED = ("opened", "appended", "ordered")  # what was kept from cases stands in for nothing
_BEFORE = Prepared(
    sa.select(spool.c.id, spool.c.outcome, spool.c.case_id, messages.c.visibility)
    .select_from(spool.outerjoin(messages, messages.c.spool_id == spool.c.id))
    .where(
        spool.c.message_id == sa.bindparam("message_id"),
        # Not as the bare column: SQLite would go through all that came to the mailbox in these two days.
        spool.c.mailbox.concat("") == sa.bindparam("mailbox"),
        spool.c.id != sa.bindparam("besides"),
        one_of(spool.c.outcome, _WORKED),
        spool.c.received_at.between(sa.bindparam("since"), sa.bindparam("until")),
        spool_store.HAS_RAW,
    )
    .order_by(spool.c.id)
    .limit(at_most(_COMPARED))
)


@dataclass(frozen=True, slots=True)
class Original:
    """A mail that was worked before. `visibility` is how it stands on its case, "" on none."""

    id: int
    outcome: str
    case: int | None
    visibility: str


def alone(connection: sa.Connection, mailbox: str, message_id: str) -> None:
    """Let no other worker have a mail of this Message-ID until the commit. Raises StaleCase where one has."""
    if connection.dialect.name == "sqlite":
        return  # one writer at a time
    key = sa.func.hashtextextended(f"{mailbox}\n{message_id}", 0)
    if not connection.execute(sa.select(sa.func.pg_try_advisory_xact_lock(key))).scalar_one():
        raise StaleCase("a mail with the same Message-ID is being worked")


def before(connection: sa.Connection, mail: Spooled, message_id: str) -> list[Original]:
    """What came to the same mailbox under that Message-ID within a day, oldest first."""
    since, until = mail.received_at - WITHIN, mail.received_at + WITHIN
    asked = {"message_id": message_id, "mailbox": mail.mailbox, "besides": mail.id}
    rows = _BEFORE.rows(connection, **asked, since=since, until=until)
    return [Original(row.id, row.outcome, row.case_id, row.visibility or "") for row in rows]


def fold(connection: sa.Connection, mail: Spooled, message: Message, first: Original, *, now: datetime) -> None:
    """The mail is a copy: it goes to the case of the first, where what is erased is erased of both."""
    spool_store.finish(connection, mail.id, outcome="duplicate", case=first.case, now=now, because="", message=message)
    connection.execute(sa.update(spool).where(spool.c.id == mail.id).values(copy_of=first.id))
