"""The outbox: mail composed, not yet sent. One row is one mail to one person, written once, ever (`key`).

    queued ── claim ──▶ sending ── reply ──▶ sent | queued again | failed
                           └── before the final dot ──▶ handed_over ── reply ──▶ sent | uncertain

A worker that dies leaves its row `sending`: it is sent again with the same Message-ID, which receivers can fold. Only
an acknowledgment goes through `handed_over`: after a crash there nobody can know whether it arrived, it becomes
`uncertain` and is not repeated, because a second one is worth less than none. `lease` counts the claims, so that a
worker that was frozen past its lease cannot finish what another has taken over. What a backup had not sent is `held`.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import sqlalchemy as sa

from helpdesk.core.errors import NotFound
from helpdesk.store.dialect import insert_ignoring, skip_locked
from helpdesk.store.tables import outbox

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence
    from datetime import datetime, timedelta

AT_MOST_ONCE = ("ack", "out-of-scope")  # what answers a first mail by itself


@dataclass(frozen=True, slots=True)
class Queued:
    """A mail to be sent."""

    key: str
    case: int | None
    kind: str
    recipient: str
    mail_from: str
    message_id: str
    raw: bytes
    enclosed: tuple[tuple[int, int], ...] = ()  # files to go along: (spool row, part of its MIME tree)
    subject: str = ""  # as people read it
    unwritable: str = ""  # why its recipient cannot be written to: it is never tried


@dataclass(frozen=True, slots=True)
class Row:
    """A row of the outbox, as claimed or looked at."""

    id: int
    key: str
    case: int | None
    kind: str
    recipient: str
    mail_from: str
    message_id: str
    raw: bytes | None
    created_at: datetime
    state: str
    attempts: int
    next_at: datetime | None
    lease: int
    detail: str
    sent_at: datetime | None
    enclosed: tuple[tuple[int, int], ...]


def add(connection: sa.Connection, mails: Sequence[Queued], now: datetime, *, held: bool = False) -> None:
    """Queue mails in the transaction of the fact that causes them. A key that is there already is not doubled.

    `held` ones wait for `release`.
    """
    rows = [
        {
            "key": mail.key,
            "case_id": mail.case,
            "kind": mail.kind,
            "recipient": mail.recipient,
            "mail_from": mail.mail_from,
            "message_id": mail.message_id,
            "subject": mail.subject,
            "raw": mail.raw,
            "enclosed": [list(place) for place in mail.enclosed] or None,
            "created_at": now,
            "state": "failed" if mail.unwritable else "held" if held else "queued",
            "attempts": 0,
            "next_at": None if held or mail.unwritable else now,
            "lease": 0,
            "detail": mail.unwritable and f"cannot be written to: {mail.unwritable}",
        }
        for mail in mails
    ]
    if rows:
        connection.execute(insert_ignoring(connection, outbox), rows)


def claim(connection: sa.Connection, *, now: datetime, lease: timedelta, limit: int) -> list[Row]:
    """Take the mails whose time has come for a while; the oldest first, nothing that another worker holds."""
    free = sa.or_(outbox.c.lease_until.is_(None), outbox.c.lease_until <= now)
    due = skip_locked(
        sa.select(outbox.c.id)
        .where(outbox.c.next_at.is_not(None), outbox.c.next_at <= now, free)
        .order_by(outbox.c.next_at, outbox.c.id)
        .limit(sa.literal_column(str(limit))),
        connection,
    )
    statement = (
        sa.update(outbox)
        .where(outbox.c.id.in_(due.scalar_subquery()))
        .values(state="sending", lease=outbox.c.lease + 1, lease_until=now + lease, attempts=outbox.c.attempts + 1)
        .returning(outbox)
    )
    return sorted((_row(row) for row in connection.execute(statement)), key=lambda row: row.id)


def hand_over(connection: sa.Connection, row: Row) -> bool:
    """The final dot is next: from here on a repetition may be a second copy."""
    return _move(connection, row, state="handed_over")


def sent(connection: sa.Connection, row: Row, *, now: datetime, detail: str) -> bool:
    """The far side has it."""
    return _move(connection, row, state="sent", next_at=None, lease_until=None, sent_at=now, detail=detail)


def retry(connection: sa.Connection, row: Row, *, at: datetime, detail: str) -> bool:
    """Try again at that instant."""
    return _move(connection, row, state="queued", next_at=at, lease_until=None, detail=detail)


def hasten(connection: sa.Connection, now: datetime, reasons: Sequence[str]) -> None:
    """Try at once what was deferred for a reason that begins so: it has gone."""
    begins = sa.or_(*(outbox.c.detail.startswith(f"{reason}: ", autoescape=True) for reason in reasons))
    waits = sa.and_(outbox.c.state == "queued", outbox.c.next_at > now)
    connection.execute(sa.update(outbox).where(waits, begins).values(next_at=now))


def send_now(connection: sa.Connection, now: datetime) -> None:
    """Try at once all that waits for a later time: that time was read from a clock that was wrong."""
    waits = sa.and_(outbox.c.state == "queued", outbox.c.next_at > now)
    connection.execute(sa.update(outbox).where(waits).values(next_at=now))


def give_back(connection: sa.Connection, row: Row) -> bool:
    """It was not tried: whoever comes next may, at once."""
    return _move(connection, row, state="queued", lease_until=None, attempts=outbox.c.attempts - 1)


def settle_uncertain(connection: sa.Connection, now: datetime) -> None:
    """Acknowledgments whose worker died after the final dot may have arrived: they are not sent again."""
    _leave_handed_over(connection, sa.and_(outbox.c.next_at.is_not(None), outbox.c.lease_until <= now))


def free_all(connection: sa.Connection) -> None:
    """Nobody works here: whoever was sending is dead. What may have arrived and must not go twice is uncertain."""
    claimed = sa.and_(outbox.c.next_at.is_not(None), outbox.c.lease_until.is_not(None))
    _leave_handed_over(connection, claimed)
    connection.execute(sa.update(outbox).where(claimed).values(state="queued", lease_until=None))


def _leave_handed_over(connection: sa.Connection, which: sa.ColumnElement[bool]) -> None:
    lost = sa.and_(outbox.c.state == "handed_over", which)
    values = {
        "state": "uncertain",
        "next_at": None,
        "lease_until": None,
        "detail": "the desk stopped while sending",
    }
    connection.execute(sa.update(outbox).where(lost).values(values))


def without_files(connection: sa.Connection, row: Row, *, now: datetime, detail: str) -> bool:
    """Try again at once, with the words alone: it was refused with its files."""
    return _move(connection, row, state="queued", next_at=now, lease_until=None, enclosed=None, detail=detail)


def leave_uncertain(connection: sa.Connection, row: Row, *, detail: str) -> bool:
    """The far side may have it; it is not sent again."""
    return _move(connection, row, state="uncertain", next_at=None, lease_until=None, detail=detail)


def fail(connection: sa.Connection, row: Row, *, detail: str) -> bool:
    """It will not be sent; kept for people to look at and retry."""
    return _move(connection, row, state="failed", next_at=None, lease_until=None, detail=detail)


def came_back(connection: sa.Connection, row: Row, *, permanent: bool, detail: str) -> None:
    """A delivery report is about this mail: `bounced` for good; a delay is only noted."""
    values = {"state": "bounced", "next_at": None} if permanent else {}
    mine = sa.and_(outbox.c.id == row.id, outbox.c.sent_at.is_not(None) | outbox.c.state.in_(("uncertain", "sending")))
    connection.execute(sa.update(outbox).where(mine).values(**values, detail=detail))


def _move(connection: sa.Connection, row: Row, **values: Any) -> bool:
    mine = sa.and_(outbox.c.id == row.id, outbox.c.lease == row.lease)
    return connection.execute(sa.update(outbox).where(mine).values(values)).rowcount == 1


def acknowledged(connection: sa.Connection, recipient: str, *, since: datetime) -> list[tuple[datetime, int | None]]:
    """When an address was acknowledged since then, and for which case."""
    query = sa.select(outbox.c.created_at, outbox.c.case_id).where(
        outbox.c.recipient == recipient, outbox.c.created_at > since, outbox.c.kind.in_(AT_MOST_ONCE)
    )
    return [(row.created_at, row.case_id) for row in connection.execute(query)]


def acknowledged_everywhere(connection: sa.Connection, *, since: datetime) -> int:
    """How many acknowledgments were written since then."""
    # The condition in the index's own words, so that both databases use it.
    query = (
        sa.select(sa.func.count())
        .where(outbox.c.created_at > since, sa.text("kind IN ('ack', 'out-of-scope')"))
        .select_from(outbox)
    )
    return int(connection.execute(query).scalar_one())


def earliest_due(connection: sa.Connection) -> datetime | None:
    """When the next mail is to be sent or tried again."""
    found: datetime | None = connection.execute(
        sa.select(outbox.c.next_at).where(outbox.c.next_at.is_not(None)).order_by(outbox.c.next_at).limit(1)
    ).scalar()
    return found


def rows(connection: sa.Connection, *, states: Sequence[str] | None = None, case: int | None = None) -> list[Row]:
    """Rows in order of writing; without arguments, all."""
    query = sa.select(outbox).order_by(outbox.c.id)
    if states is not None:
        query = query.where(outbox.c.state.in_(states))
    if case is not None:
        query = query.where(outbox.c.case_id == case)
    return [_row(row) for row in connection.execute(query)]


def load(connection: sa.Connection, number: int) -> Row:
    """One row. Raises NotFound."""
    row = connection.execute(sa.select(outbox).where(outbox.c.id == number)).first()
    if row is None:
        raise NotFound(f"there is no mail {number} in the outbox")
    return _row(row)


def retry_now(connection: sa.Connection, number: int, now: datetime) -> None:
    """Put a failed or waiting mail back to the front. Raises NotFound, also where its bytes were erased."""
    if load(connection, number).raw is None:
        raise NotFound(f"the bytes of mail {number} were erased")
    values = {
        "state": "queued",
        "next_at": now,
        "lease_until": None,
        "attempts": 0,
        "detail": "retried by hand",
    }
    connection.execute(sa.update(outbox).where(outbox.c.id == number, outbox.c.state != "sent").values(values))


def release(connection: sa.Connection, now: datetime) -> int:
    """Send what a restored backup or an import held back; returns how many."""
    values = {"state": "queued", "next_at": now, "detail": "released by hand"}
    held = sa.and_(outbox.c.state == "held", outbox.c.raw.is_not(None))
    return connection.execute(sa.update(outbox).where(held).values(values)).rowcount


def drop(connection: sa.Connection, number: int) -> None:
    """Never send it; the row stays as a record. Raises NotFound."""
    load(connection, number)
    values = {"state": "dropped", "next_at": None, "lease_until": None}
    connection.execute(sa.update(outbox).where(outbox.c.id == number, outbox.c.state != "sent").values(values))


def key_of(connection: sa.Connection, message_id: str, numbers: Collection[int]) -> str:
    """The key of the mail about one of these cases that has this Message-ID; "" without one."""
    query = sa.select(outbox.c.key).where(outbox.c.case_id.in_(list(numbers)), outbox.c.message_id == message_id)
    return str(connection.execute(query).scalar() or "")


def raws_to(
    connection: sa.Connection,
    numbers: Collection[int],
    recipients: Collection[str],
    *,
    named: Collection[str],
    limit: int,
) -> list[tuple[str, bytes]]:
    """What we wrote to a person on these cases, with its kind: these Message-IDs first, then the newest."""
    theirs = sa.and_(
        outbox.c.case_id.in_(list(numbers)), outbox.c.recipient.in_(list(recipients)), outbox.c.raw.is_not(None)
    )
    first = sa.case((outbox.c.message_id.in_(list(named)), 1), else_=0)
    query = sa.select(outbox.c.kind, outbox.c.raw).where(theirs).order_by(first.desc(), outbox.c.id.desc()).limit(limit)
    return [(str(row.kind), bytes(row.raw)) for row in connection.execute(query)]


def message_ids_to(connection: sa.Connection, case: int, recipient: str, limit: int = 20) -> list[str]:
    """Message-IDs of what we wrote to a person on a case, oldest first."""
    query = (
        sa.select(outbox.c.message_id)
        .where(outbox.c.case_id == case, outbox.c.recipient == recipient)
        .order_by(outbox.c.id.desc())
        .limit(limit)
    )
    return [str(found) for found in reversed(list(connection.execute(query).scalars()))]


def _row(row: Any) -> Row:
    return Row(
        id=row.id,
        key=row.key,
        case=row.case_id,
        kind=row.kind,
        recipient=row.recipient,
        mail_from=row.mail_from,
        message_id=row.message_id,
        raw=row.raw,
        created_at=row.created_at,
        state=row.state,
        attempts=row.attempts,
        next_at=row.next_at,
        lease=row.lease,
        detail=row.detail,
        sent_at=row.sent_at,
        enclosed=tuple((int(mail), int(part)) for mail, part in row.enclosed or ()),
    )
