"""What lay in a mailbox before the desk began with it: kept and found, on cases that are over, until somebody opens it.

Which mails these are is settled once, at the first reading of a mailbox of which this database has no mail: what has a
UID of that moment and was older than a week. So days of being down make no history, nor does a mail that comes later.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import timedelta
from typing import TYPE_CHECKING, Any

import sqlalchemy as sa

from helpdesk.store.dialect import insert_ignoring
from helpdesk.store.spool import AFRESH, HAS_RAW
from helpdesk.store.tables import first_reading, message, spool, spool_raw

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence
    from datetime import datetime

    from helpdesk.store.spool import Accepted

AGE = timedelta(days=7)
# As a literal, so that the index of just these serves.
_KEPT = spool.c.outcome == sa.literal_column("'history'")
_ANCESTORS = 50  # of one mail that are looked for


@dataclass(frozen=True, slots=True)
class MailboxHistory:
    """The history of one mailbox that was not opened."""

    mailbox: str
    number: int
    oldest_at: datetime
    newest_at: datetime


def begin(
    connection: sa.Connection, *, mailbox: str, folder: str, uidvalidity: int, uidnext: int, now: datetime
) -> None:
    """A folder is about to be read: note where it begins, if no mail of that mailbox has ever come here."""
    lived = sa.and_(spool.c.mailbox == mailbox, spool.c.history.is_not(True))  # an archive may have come before
    known = sa.select(spool.c.id).where(lived).limit(1)
    if connection.execute(known).first() is not None:
        return
    place = {"mailbox": mailbox, "folder": folder, "uidvalidity": uidvalidity, "uidnext": uidnext}
    connection.execute(insert_ignoring(connection.dialect.name, first_reading).values(**place, began_at=now))


def marked(connection: sa.Connection, mails: Sequence[Accepted]) -> list[Accepted]:
    """These mails, and of each whether it is history."""
    mailboxes = {mail.mailbox for mail in mails if mail.source == "imap"}
    if not mailboxes:
        return list(mails)
    query = sa.select(first_reading).where(first_reading.c.mailbox.in_(mailboxes))
    began = {row.mailbox: row for row in connection.execute(query)}
    return [replace(mail, history=True) if _lay_there(mail, began.get(mail.mailbox)) else mail for mail in mails]


def _lay_there(mail: Accepted, began: Any) -> bool:
    if began is None or mail.source != "imap" or mail.uid is None:
        return False
    same_folder = (mail.folder, mail.uidvalidity) == (began.folder, began.uidvalidity)
    return same_folder and mail.uid < began.uidnext and mail.received_at < began.began_at - AGE


def summaries(connection: sa.Connection, mailbox: str = "") -> list[MailboxHistory]:
    """What is kept of each mailbox, or of one, with what waits to be worked as such; no copies, nothing erased."""
    there = sa.or_(spool.c.outcome.is_(None), sa.and_(_KEPT, HAS_RAW))
    query = (
        sa.select(spool.c.mailbox, sa.func.count(), sa.func.min(spool.c.received_at), sa.func.max(spool.c.received_at))
        .where(spool.c.history.is_(True), spool.c.released_by.is_(None), there)
        .group_by(spool.c.mailbox)
        .order_by(spool.c.mailbox)
    )
    if mailbox:
        query = query.where(spool.c.mailbox == mailbox)
    return [MailboxHistory(*row) for row in connection.execute(query)]


def open_again(
    connection: sa.Connection,
    mailbox: str,
    *,
    numbers: Collection[int] = (),
    since: datetime | None = None,
    by: str,
    now: datetime,
) -> int:
    """Have it worked as mail that came now, all of it or these only; returns how many mails that are."""
    which: list[sa.ColumnElement[bool]] = [
        spool.c.mailbox == mailbox,
        _KEPT,
        HAS_RAW,
    ]
    if numbers:
        which.append(spool.c.id.in_(set(numbers)))
    if since is not None:
        which.append(spool.c.received_at >= since)
    shown = message.c.spool_id.in_(sa.select(spool.c.id).where(*which))
    connection.execute(sa.delete(message).where(shown))  # it is written anew, on the case that it opens
    values = {**AFRESH, "error": None}
    statement = sa.update(spool).where(*which).values(**values, released_by=by, counts_from=now)
    return connection.execute(statement).rowcount


def named(connection: sa.Connection, mailbox: str, message_ids: Collection[str]) -> list[tuple[int, datetime, bytes]]:
    """The mails that have these Message-IDs and are on no case: number, time of receipt, bytes; oldest first."""
    if not message_ids:
        return []
    query = (
        sa.select(spool.c.id, spool.c.received_at, spool_raw.c.raw)
        .select_from(spool.join(spool_raw))
        .where(
            _KEPT,
            spool.c.message_id.in_(list(message_ids)[:_ANCESTORS]),
            spool.c.mailbox == mailbox,
            spool.c.case_id.is_(None),
        )
        .order_by(spool.c.received_at, spool.c.id)
    )
    return [(row.id, row.received_at, bytes(row.raw)) for row in connection.execute(query)]


def place_on(connection: sa.Connection, number: int, case: int) -> None:
    """The mail is shown on that case from now on."""
    connection.execute(sa.update(spool).where(spool.c.id == number).values(case_id=case))
