"""The spool: mail accepted, not yet worked. Every accepted mail is one row, copies too.

A mail is known by its content: the digest of its bytes without the fields that mail servers add on the way, and of
the mailbox it came to. A second copy gets a row of its own that points at the first, so that the day's counts
balance, and is never worked. `store.attempts` says who works a mail and how often it was tried, `store.order` which
of those that wait is next.
"""

from __future__ import annotations

import hashlib
import re
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any, NamedTuple

import sqlalchemy as sa

from helpdesk.core.words.message import Envelope
from helpdesk.errors import NotFound
from helpdesk.line_ends import pieces, with_lf
from helpdesk.store.claims import FREED
from helpdesk.store.conversation import HEAD_ENDS, strand_of
from helpdesk.store.dialect import hour_of, insert_ignoring
from helpdesk.store.prepared import Prepared, PreparedLists
from helpdesk.store.tables import spool, spool_raw

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence

    from helpdesk.core.words.message import Message

# A mail that is to be worked as if it had just come.
WEEKS = 8  # of arrivals: before them nobody asks
AFRESH = {**FREED, "state": "waiting", "outcome": None, "attempts": 0, "forgiven": 0, "next_at": None, "done_at": None}

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
_KNOWN = sa.select(spool.c.content_key, spool.c.id).where(spool.c.content_key.in_(sa.bindparam("keys", expanding=True)))
_ENDS = ["state", "outcome", "case_id", "done_at", "error", *FREED, "next_at", "author_key", "thread_key"]
_IS_IT = spool.c.id == sa.bindparam("number")
_FINISH = Prepared(sa.update(spool).where(_IS_IT), sets=_ENDS)
_FINISH_READ = Prepared(sa.update(spool).where(_IS_IT), sets=[*_ENDS, "author", "subject", "message_id"])
HAS_RAW = sa.exists().where(spool_raw.c.spool_id == spool.c.id)  # its bytes are there
_WITH_RAW = PreparedLists(
    lambda numbers: (
        sa.select(
            *(spool.c.id, spool.c.mailbox, spool.c.mail_from, spool.c.rcpt_to, spool.c.remote, spool.c.source),
            *(spool.c.received_at, spool.c.counts_from, spool.c.attempts, spool.c.released_by, spool.c.history),
            *(spool.c.claimed_by, spool.c.case_id, spool_raw.c.raw),
        )
        .select_from(spool.outerjoin(spool_raw))
        .where(spool.c.id.in_(numbers))
    ),
    numbers=spool.c.id,
)
_BYTES = PreparedLists(
    lambda numbers: sa.select(spool_raw.c.spool_id, spool_raw.c.raw).where(spool_raw.c.spool_id.in_(numbers)),
    numbers=spool_raw.c.spool_id,
)
_KEEP_RAW = Prepared(lambda dialect_name: insert_ignoring(dialect_name, spool_raw), sets=["spool_id", "raw"])
_LARGE = 2**20  # octets of a mail
# A name is taken whole or not at all: what is no field is passed over in one go.
_FIELD = re.compile(rb"(?<![!-9;-~])([!-9;-~]++)[ \t]*:[^\n]*\n(?:[ \t][^\n]*\n)*")


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
    was_on: int | None = None  # the case that it is on, where it is worked once more
    owner: str | None = None  # who has claimed it
    proof: str = ""  # what the desk itself has found to prove its sender's domain; never stored
    tried: str = ""  # what it has found that proves nothing


def content_key(mailbox: str, raw: bytes) -> str:
    """What makes two deliveries the same mail (hex SHA-256)."""
    ends = HEAD_ENDS.search(raw)
    head = with_lf(raw[: ends.start() + 1]) if ends else with_lf(raw) + b"\n"
    kept = _FIELD.sub(_without_trace, head)
    digest = hashlib.sha256(b"\0".join((mailbox.encode(), kept, b"\n\n" if ends else b"", b"")))
    empty = 0  # lines at the end so far: they count where something follows
    for piece in pieces(raw, ends.end() if ends else len(raw)):
        lines = with_lf(piece)
        if written := lines.rstrip(b"\n"):
            digest.update(b"\n" * empty + written)
            empty = 0
        empty += len(lines) - len(written)
    return digest.hexdigest()


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
    raws: dict[str, bytes] = {}
    for mail, key in zip(mails, keys, strict=True):
        if key not in rows:
            strand = strand_of(mail.raw, mail.envelope.mail_from)
            keys_of = {"content_key": key, "author_key": strand.author or None, "thread_key": strand.thread or None}
            rows[key] = {**_row(mail, now), **keys_of, "state": "waiting"}
            raws[key] = mail.raw
    statement = insert_ignoring(connection.dialect.name, spool).returning(spool.c.id, spool.c.content_key)
    ids = {row.content_key: int(row.id) for row in connection.execute(statement, list(rows.values()))}
    kept = [{"spool_id": number, "raw": raws[key]} for key, number in ids.items()]
    if any(len(raws[key]) > _LARGE for key in ids):
        # SQLite's driver keeps the last values of a statement: those of a row that is there already, and changes none.
        kept.append({**kept[-1], "raw": b""})
    _KEEP_RAW.each(connection, kept)
    return ids


def known(connection: sa.Connection, keys: Collection[str]) -> dict[str, tuple[int, int | None]]:
    """Of these content keys those that a mail has: its number, and the case that it is on."""
    query = sa.select(spool.c.content_key, spool.c.id, spool.c.case_id).where(spool.c.content_key.in_(list(keys)))
    return {row.content_key: (int(row.id), row.case_id) for row in connection.execute(query)}


def cases_of_copies(connection: sa.Connection, number: int) -> Iterator[int]:
    """The cases that copies of a mail are on."""
    query = sa.select(spool.c.case_id).where(spool.c.copy_of == number, spool.c.case_id.is_not(None))
    yield from connection.execute(query.order_by(spool.c.id)).scalars()


def _ids_of(connection: sa.Connection, keys: Collection[str]) -> dict[str, int]:
    rows = connection.execute(_KNOWN, {"keys": list(set(keys))})
    return {row.content_key: row.id for row in rows}


def _insert_copy(connection: sa.Connection, mail: Accepted, original: int, now: datetime) -> int:
    row = {**_row(mail, now), "copy_of": original, "state": "done", "outcome": "duplicate", "done_at": now}
    # The same IMAP mail read twice is the same row, not even a copy: a crash came between commit and move.
    statement = insert_ignoring(connection.dialect.name, spool).values(row).returning(spool.c.id)
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


def _spooled(row: Any) -> Spooled:
    return Spooled(
        id=row.id,
        mailbox=row.mailbox,
        raw=row.raw or b"",
        envelope=Envelope(row.mail_from, tuple(row.rcpt_to), row.remote),
        source=row.source,
        received_at=row.counts_from or row.received_at,
        attempts=row.attempts,
        released_by=row.released_by or "",
        history=bool(row.history),
        was_on=row.case_id if row.history else None,
        owner=row.claimed_by,
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
    values |= {**FREED, "next_at": None, "author_key": None, "thread_key": None}  # it keeps nobody waiting any more
    if message is not None:
        authors = " ".join(person.address for person in message.senders if person.address)
        values |= {"author": authors, "subject": message.subject, "message_id": message.message_id}
        _FINISH_READ.change(connection, number=spool_id, **values)
    else:
        _FINISH.change(connection, number=spool_id, **values)


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
    found = find(connection, [spool_id])
    if not found:
        raise NotFound(f"there is no mail {spool_id} in the spool")
    return found[0]


def find(connection: sa.Connection, numbers: Collection[int]) -> list[Spooled]:
    """These mails as they came, those that exist, in the order of their receipt."""
    rows = _WITH_RAW.rows(connection, {"numbers": numbers}) if numbers else []
    return sorted(map(_spooled, rows), key=lambda mail: (mail.received_at, mail.id))


def raw(connection: sa.Connection, spool_id: int) -> bytes:
    """The bytes of a mail as they came. Raises NotFound."""
    found = bytes_of(connection, [spool_id])
    if not found:
        raise NotFound(f"there is no mail {spool_id} in the spool, or its bytes are gone")
    return found[spool_id]


def quarantined_raw(connection: sa.Connection, spool_id: int) -> bytes:
    """The same of a quarantined mail. Raises NotFound."""
    _only_quarantined(connection, spool_id)
    return raw(connection, spool_id)


def bytes_of(connection: sa.Connection, numbers: Collection[int]) -> dict[int, bytes]:
    """The bytes of these mails, by number, of those that still have theirs."""
    rows = _BYTES.rows(connection, {"numbers": numbers}) if numbers else []
    return {int(row.spool_id): bytes(row.raw) for row in rows}


def of_case(connection: sa.Connection, case: int) -> list[int]:
    """The mails that came in on a case, robots' and outsiders' too, in the order in which they came."""
    query = sa.select(spool.c.id).where(spool.c.case_id == case).order_by(spool.c.received_at, spool.c.id)
    return [int(number) for number in connection.execute(query).scalars()]


def retry(connection: sa.Connection, spool_id: int) -> None:
    """Work a quarantined mail again, with new attempts. Raises NotFound."""
    _only_quarantined(connection, spool_id)
    _set(connection, spool_id, **AFRESH, error=None)


def ignore(connection: sa.Connection, spool_id: int, now: datetime, *, by: str = "hand") -> None:
    """Leave a quarantined mail be: it counts as ignored and keeps its bytes. Raises NotFound."""
    _only_quarantined(connection, spool_id)
    finish(connection, spool_id, outcome="ignored", case=None, now=now, because=f"dropped by {by}")


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


@dataclass(frozen=True, slots=True)
class Arrivals:
    """What came to a mailbox: its first and its last mail, and how many in each hour that had any. Aware UTC.

    The hours are those of the `WEEKS` before the last mail, at least.
    """

    first_at: datetime
    last_at: datetime
    hourly: Mapping[datetime, int]


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
