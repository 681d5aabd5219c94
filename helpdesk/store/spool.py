"""The spool: mail accepted, not yet worked. Every accepted mail is one row, copies too.

A mail is known by its content: the digest of its bytes without the fields that mail servers add on the way, and of
the mailbox it came to. A second copy gets a row of its own that points at the first, so that the day's counts
balance, and is never worked. `attempts` grows in the transaction that claims, before anything reads the bytes: a
mail that kills its worker three times is set aside. A claim is its owner's (`store.claims`), and `attempts` tells one
claim of an owner from the next: a worker that was frozen past its lease can neither finish nor fail what another has
taken over.
"""

from __future__ import annotations

import hashlib
import re
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any, NamedTuple

import sqlalchemy as sa

from helpdesk.core.errors import NotFound
from helpdesk.core.message import Envelope
from helpdesk.core.silence import WEEKS, Arrivals
from helpdesk.store.claims import FREED, free, held_by, taken
from helpdesk.store.dialect import hour_of, insert_ignoring, skip_locked
from helpdesk.store.tables import spool

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Sequence

    from helpdesk.core.message import Message
    from helpdesk.store.claims import Owner

TABLE = spool  # whose claims a `Keeper` renews
MAX_ATTEMPTS = 3

# Fields that servers add or change on the way; everything else is the sender's (RFC 5321 section 4.4 and practice).
_TRACE = (
    b"received",
    b"return-path",
    b"delivered-to",
    b"x-original-to",
    b"envelope-to",
    b"x-envelope-from",
    b"x-envelope-to",
    b"authentication-results",
    b"received-spf",
    b"x-spam-",
    b"x-uid",
    b"status",
    b"x-status",
    b"x-keywords",
)
_FIELD = re.compile(rb"([!-9;-~]+)[ \t]*:[^\n]*\n(?:[ \t][^\n]*\n)*")


@dataclass(frozen=True, slots=True)
class Accepted:
    """Mail at the door. `uid` and its two companions are an IMAP mail's place in its mailbox."""

    mailbox: str
    raw: bytes
    envelope: Envelope
    source: str
    received_at: datetime
    folder: str | None = None
    uidvalidity: int | None = None
    uid: int | None = None
    history: bool = False  # it becomes no case until somebody opens it


@dataclass(frozen=True, slots=True)
class Spooled:
    """A row of the spool that is to be worked."""

    id: int
    mailbox: str
    raw: bytes
    envelope: Envelope
    source: str
    received_at: datetime
    attempts: int
    released_by: str = ""  # who said that it is to be worked, though it was held, history, or taken for a robot's
    history: bool = False
    proof: str = ""  # what the desk itself has found to prove its sender's domain; never stored
    tried: str = ""  # what it has found that proves nothing


def content_key(mailbox: str, raw: bytes) -> str:
    """What makes two deliveries the same mail (hex SHA-256)."""
    head, separator, body = raw.replace(b"\r\n", b"\n").partition(b"\n\n")
    kept = _FIELD.sub(_without_trace, head + b"\n")
    return hashlib.sha256(b"\0".join((mailbox.encode(), kept, separator, body.rstrip(b"\n")))).hexdigest()


def _without_trace(field: re.Match[bytes]) -> bytes:
    return b"" if field[1].lower().startswith(_TRACE) else field[0]


def put(connection: sa.Connection, mails: Sequence[Accepted], now: datetime) -> list[int]:
    """Write mails down; returns their ids in order. A copy of a known mail is written as such, without bytes."""
    if not mails:
        return []
    keys = [content_key(mail.mailbox, mail.raw) for mail in mails]
    first = _insert(connection, mails, keys, now)
    known = _ids_of(connection, keys)
    unplaced = [(mail, key) for mail, key in zip(mails, keys, strict=True) if key not in known]
    if unplaced:
        # Another mail in a known place: the server renumbered without saying so. The place is wrong, the mail is not.
        placeless = [replace(mail, folder=None, uidvalidity=None, uid=None) for mail, _ in unplaced]
        first |= _insert(connection, placeless, [key for _, key in unplaced], now)
        known |= _ids_of(connection, keys)
    return [
        first.pop(key, 0) or _insert_copy(connection, mail, known[key], now)
        for mail, key in zip(mails, keys, strict=True)
    ]


def _insert(connection: sa.Connection, mails: Sequence[Accepted], keys: Sequence[str], now: datetime) -> dict[str, int]:
    """Insert what is new; returns id by key. Within one batch the first of two equals is the new one."""
    rows: dict[str, dict[str, Any]] = {}
    for mail, key in zip(mails, keys, strict=True):
        rows.setdefault(key, {**_row(mail, now), "content_key": key, "raw": mail.raw, "state": "waiting"})
    statement = insert_ignoring(connection, spool).returning(spool.c.id, spool.c.content_key)
    return {row.content_key: row.id for row in connection.execute(statement, list(rows.values()))}


def _ids_of(connection: sa.Connection, keys: Collection[str]) -> dict[str, int]:
    query = sa.select(spool.c.content_key, spool.c.id).where(spool.c.content_key.in_(set(keys)))
    return {row.content_key: row.id for row in connection.execute(query)}


def _insert_copy(connection: sa.Connection, mail: Accepted, original: int, now: datetime) -> int:
    row = {**_row(mail, now), "copy_of": original, "state": "done", "outcome": "duplicate", "done_at": now}
    # The same IMAP mail read twice is the same row, not even a copy: a crash came between commit and move.
    statement = insert_ignoring(connection, spool).values(row).returning(spool.c.id)
    inserted = connection.execute(statement).scalar()
    return int(inserted if inserted is not None else original)


def _row(mail: Accepted, now: datetime) -> dict[str, Any]:
    return {
        "mailbox": mail.mailbox,
        "source": mail.source,
        "mail_from": mail.envelope.mail_from,
        "rcpt_to": list(mail.envelope.rcpt_to),
        "remote": mail.envelope.remote,
        "received_at": min(mail.received_at, now),  # a server's clock may be ahead, a clock of ours never starts ahead
        "accepted_at": now,
        "folder": mail.folder,
        "uidvalidity": mail.uidvalidity,
        "uid": mail.uid,
        "attempts": 0,
        "history": mail.history or None,
    }


def known_uids(connection: sa.Connection, mailbox: str, folder: str, uidvalidity: int, uids: Iterable[int]) -> set[int]:
    """Which of these IMAP mails were accepted before."""
    query = sa.select(spool.c.uid).where(
        spool.c.mailbox == mailbox,
        spool.c.folder == folder,
        spool.c.uidvalidity == uidvalidity,
        spool.c.uid.in_(list(uids)),
    )
    return {int(uid) for uid in connection.execute(query).scalars() if uid is not None}


def claim(
    connection: sa.Connection, owner: Owner, *, limit: int, known: Collection[int] | None = None
) -> list[Spooled]:
    """Take the oldest waiting mails for a while, and count the attempt.

    A mail that was tried before may be the one that kills its worker. It is taken alone, so that the kills are counted
    against it and not against its neighbours. `known`: see `claims.run_out`.
    """
    idle = free(spool, connection, owner, known=known)
    tried = sa.and_(spool.c.attempts > 0, spool.c.attempts < MAX_ATTEMPTS)
    again = _take(connection, owner, sa.and_(tried, idle), limit=1)
    return again or _take(connection, owner, sa.and_(spool.c.attempts == 0, idle), limit=limit)


def _take(connection: sa.Connection, owner: Owner, which: sa.ColumnElement[bool], *, limit: int) -> list[Spooled]:
    waiting = skip_locked(
        sa.select(spool.c.id)
        .where(spool.c.state == "waiting", which)
        .order_by(spool.c.id)
        .limit(sa.literal_column(str(limit))),
        connection,
    )
    statement = (
        sa.update(spool)
        .where(spool.c.id.in_(waiting.scalar_subquery()))
        .values(attempts=spool.c.attempts + 1, **taken(connection, owner))
        .returning(spool)
    )
    return sorted((_spooled(row) for row in connection.execute(statement)), key=lambda mail: mail.id)


def hold(connection: sa.Connection, owner: Owner, mails: Collection[Spooled]) -> list[Spooled]:
    """Those of these mails that are still this worker's, held until the commit."""
    query = sa.select(spool.c.id, spool.c.attempts).where(
        spool.c.id.in_([mail.id for mail in mails]), spool.c.state == "waiting", held_by(spool, owner)
    )
    ours = {(row.id, row.attempts) for row in connection.execute(skip_locked(query, connection))}
    return [mail for mail in mails if (mail.id, mail.attempts) in ours]


def _spooled(row: Any) -> Spooled:
    return Spooled(
        row.id,
        row.mailbox,
        row.raw or b"",
        Envelope(row.mail_from, tuple(row.rcpt_to), row.remote),
        row.source,
        row.counts_from or row.received_at,
        row.attempts,
        released_by=row.released_by or "",
        history=bool(row.history),
    )


def finish(
    connection: sa.Connection,
    spool_id: int,
    *,
    outcome: str,
    case: int | None,
    now: datetime,
    because: str = "",
    message: Message | None = None,
) -> None:
    """The mail is worked: what became of it. `message`, where it was read, says by what people find it again."""
    values = {"state": "done", "outcome": outcome, "case_id": case, "done_at": now, "error": because or None}
    if message is not None:
        authors = " ".join(person.address for person in message.senders if person.address)
        values |= {"author": authors, "subject": message.subject, "message_id": message.message_id}
    _set(connection, spool_id, **values)


def release(connection: sa.Connection, mail: Spooled, *, error: str) -> None:
    """This attempt failed: the mail waits for the next."""
    _settle(connection, mail, **FREED, error=error)


def forgive(connection: sa.Connection, mail: Spooled) -> None:
    """The attempt failed for a reason that was not the mail's: it waits, and the attempt does not count."""
    _settle(connection, mail, **FREED, attempts=spool.c.attempts - 1)


def quarantine(connection: sa.Connection, mail: Spooled, *, error: str, now: datetime) -> bool:
    """Set the mail aside, bytes kept; says whether it was still this worker's to set aside."""
    return _settle(connection, mail, state="quarantined", outcome="quarantined", done_at=now, error=error)


def _settle(connection: sa.Connection, mail: Spooled, **values: Any) -> bool:
    mine = sa.and_(spool.c.id == mail.id, spool.c.state == "waiting", spool.c.attempts == mail.attempts)
    return connection.execute(sa.update(spool).where(mine).values(values)).rowcount == 1


def worn_out(connection: sa.Connection, owner: Owner, *, known: Collection[int] | None = None) -> list[Spooled]:
    """Mails that killed or failed their worker too often and whose last claim has run out."""
    idle = free(spool, connection, owner, known=known)
    query = sa.select(spool).where(spool.c.state == "waiting", spool.c.attempts >= MAX_ATTEMPTS, idle)
    return [_spooled(row) for row in connection.execute(query)]


def _set(connection: sa.Connection, spool_id: int, **values: Any) -> None:
    connection.execute(sa.update(spool).where(spool.c.id == spool_id).values(values))


class Became(NamedTuple):
    """What became of an accepted mail: `waiting` for what is not worked yet; `because` is "" where nothing is odd."""

    outcome: str
    case: int | None
    because: str


def outcomes(connection: sa.Connection, ids: Collection[int]) -> dict[int, Became]:
    """What became of mails by id, in order of the ids."""
    columns = (spool.c.id, spool.c.outcome, spool.c.state, spool.c.case_id, spool.c.error)
    query = sa.select(*columns).where(spool.c.id.in_(list(ids)))
    found = {
        row.id: Became(row.outcome or row.state, row.case_id, row.error or "") for row in connection.execute(query)
    }
    return {number: found[number] for number in ids}


def quarantined(connection: sa.Connection) -> list[Any]:
    """Rows that were set aside, oldest first."""
    query = sa.select(spool).where(spool.c.state == "quarantined").order_by(spool.c.id)
    return list(connection.execute(query))


def load(connection: sa.Connection, spool_id: int) -> Spooled:
    """One mail as it came; its bytes are empty once they are erased. Raises NotFound."""
    row = connection.execute(sa.select(spool).where(spool.c.id == spool_id)).first()
    if row is None:
        raise NotFound(f"there is no mail {spool_id} in the spool")
    return _spooled(row)


def raw(connection: sa.Connection, spool_id: int) -> bytes:
    """The bytes of a mail as they came. Raises NotFound."""
    found: bytes | None = connection.execute(sa.select(spool.c.raw).where(spool.c.id == spool_id)).scalar()
    if found is None:
        raise NotFound(f"there is no mail {spool_id} in the spool, or its bytes are gone")
    return found


def bytes_of(connection: sa.Connection, numbers: Collection[int]) -> dict[int, bytes]:
    """The bytes of these mails, by number, of those that still have theirs."""
    query = sa.select(spool.c.id, spool.c.raw).where(spool.c.id.in_(set(numbers)), spool.c.raw.is_not(None))
    return {int(row.id): bytes(row.raw) for row in connection.execute(query)}


def of_case(connection: sa.Connection, case: int) -> list[int]:
    """The mails that came in on a case, robots' and outsiders' too, in the order in which they came."""
    query = sa.select(spool.c.id).where(spool.c.case_id == case).order_by(spool.c.received_at, spool.c.id)
    return [int(number) for number in connection.execute(query).scalars()]


def retry(connection: sa.Connection, spool_id: int) -> None:
    """Work a quarantined mail again, with new attempts. Raises NotFound."""
    _only_quarantined(connection, spool_id)
    _set(
        connection,
        spool_id,
        state="waiting",
        outcome=None,
        attempts=0,
        done_at=None,
        error=None,
        **FREED,
    )


def ignore(connection: sa.Connection, spool_id: int, now: datetime) -> None:
    """Leave a quarantined mail be: it counts as ignored and keeps its bytes. Raises NotFound."""
    _only_quarantined(connection, spool_id)
    finish(connection, spool_id, outcome="ignored", case=None, now=now, because="dropped by hand")


def _only_quarantined(connection: sa.Connection, spool_id: int) -> None:
    state = connection.execute(sa.select(spool.c.state).where(spool.c.id == spool_id)).scalar()
    if state != "quarantined":
        raise NotFound(f"mail {spool_id} is not in quarantine")


def counts(
    connection: sa.Connection, *, since: datetime | None = None, until: datetime | None = None
) -> dict[tuple[str, str], int]:
    """How many mails by (mailbox, outcome); what still waits counts as `waiting`. By time of acceptance."""
    outcome = sa.func.coalesce(spool.c.outcome, spool.c.state)
    query = sa.select(spool.c.mailbox, outcome, sa.func.count()).group_by(spool.c.mailbox, outcome)
    return {(mailbox, what): number for mailbox, what, number in connection.execute(_between(query, since, until))}


def received(
    connection: sa.Connection, *, since: datetime | None = None, until: datetime | None = None
) -> dict[str, int]:
    """How many mails were accepted by mailbox."""
    query = sa.select(spool.c.mailbox, sa.func.count()).group_by(spool.c.mailbox).order_by(spool.c.mailbox)
    return {mailbox: number for mailbox, number in connection.execute(_between(query, since, until))}  # noqa: C416 - rows are no pairs to dict()


def _between(query: Any, since: datetime | None, until: datetime | None) -> Any:
    if since is not None:
        query = query.where(spool.c.accepted_at >= since)
    return query if until is None else query.where(spool.c.accepted_at < until)


def arrivals(connection: sa.Connection, mailbox: str) -> Arrivals | None:
    """When mail came to a mailbox, copies too; None where none ever did. Read from an index alone."""
    here = sa.select(spool.c.received_at).where(spool.c.mailbox == mailbox).limit(1)
    first = connection.execute(here.order_by(spool.c.received_at)).scalar()
    last = connection.execute(here.order_by(spool.c.received_at.desc())).scalar()
    if first is None or last is None:
        return None
    hour = hour_of(connection, spool.c.received_at)
    lately = sa.and_(spool.c.mailbox == mailbox, spool.c.received_at > last - (WEEKS + 1) * timedelta(weeks=1))
    rows = connection.execute(sa.select(hour, sa.func.count()).where(lately).group_by(hour))
    return Arrivals(first, last, {datetime.fromisoformat(f"{at}+00:00"): int(number) for at, number in rows})
