"""What became of a mail, whichever way it went: `helpdesk trace`.

All that came in is found, also what became no case, what is still waiting and what was refused at the door; all that
was written, sent or not. Reply addresses are masked.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from helpdesk.core.words.message import base_address
from helpdesk.mail.read.masking import masked
from helpdesk.mail.read.parse import parse
from helpdesk.report.shapes import fields_of
from helpdesk.store import traces

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Sequence
    from datetime import datetime

    from helpdesk.core.words.message import Message
    from helpdesk.store.engine import Connection

_UNREAD = 2_000  # mails not worked yet whose heads are read: a longer queue is searched from its newest end


@dataclass(frozen=True, slots=True)
class Trace:
    """One mail and its fate. `number` is that of the row: of the spool for mail that came in, else of the outbox."""

    at: datetime
    direction: str  # in | out
    number: int | None
    sender: str
    to: tuple[str, ...]
    subject: str
    message_id: str
    outcome: str
    case: int | None
    because: str
    server: str  # what was answered: by the smarthost, or by us at the door


def trace(connection: Connection, text: str, *, mailboxes: Sequence[str], limit: int) -> list[Trace]:
    """Everything that has the text in an address, its subject or its Message-ID: oldest first, the newest `limit`."""
    wanted = text.strip()
    received = {each.number: each for each in map(_received, traces.received(connection, wanted, limit=limit))}
    received |= {each.number: each for each in _unread(traces.unread(connection, limit=_UNREAD), wanted.lower())}
    found = [
        *received.values(),
        *(_sent(row, mailboxes) for row in traces.sent(connection, wanted, limit=limit)),
        *map(_refused, reversed(traces.refused(connection, wanted, limit=limit))),
    ]
    return sorted(found, key=lambda each: (each.at, each.number or 0))[-limit:]


def newest(connection: Connection, *, mailboxes: Collection[str] | None, limit: int) -> list[Trace]:
    """The last that came in, the newest first, at these mailboxes or, for None, at all."""
    return [*map(_received, traces.newest(connection, mailboxes=mailboxes, limit=limit))]


def _received(row: Any) -> Trace:
    authors = (row.author or row.mail_from).split()
    because = f"the same mail as {row.copy_of}" if row.copy_of else (row.error or "")
    return Trace(
        at=row.received_at,
        direction="in",
        number=row.id,
        sender=authors[0] if authors else "",
        to=_recipients(row),
        subject=row.subject or "",
        message_id=row.message_id or "",
        outcome=row.outcome,
        case=row.case_id,
        because=because,
        server="",
    )


def _recipients(row: Any) -> tuple[str, ...]:
    return tuple(dict.fromkeys((*map(masked, row.rcpt_to), *([] if row.rcpt_to else [row.mailbox]))))


def _unread(rows: Sequence[Any], wanted: str) -> Iterator[Trace]:
    for row in rows:
        said = _head(row.raw or b"")
        who = [person.address for person in said.senders]
        told = "\n".join((*who, row.mail_from, row.mailbox, *row.rcpt_to, said.subject, said.message_id))
        if wanted in told.lower():
            yield Trace(
                at=row.received_at,
                direction="in",
                number=row.id,
                sender=who[0] if who else row.mail_from,
                to=_recipients(row),
                subject=masked(said.subject),
                message_id=said.message_id,
                outcome=row.outcome,
                case=None,
                because=row.error or "",
                server="",
            )


def _head(raw: bytes) -> Message:
    """What the fields of a mail say, without reading its body."""
    lines = raw.replace(b"\r\n", b"\n")
    return parse(lines.partition(b"\n\n")[0] + b"\n\n")


def _sent(row: Any, mailboxes: Sequence[str]) -> Trace:
    domain = row.message_id.rpartition("@")[2].rstrip(">")
    nearest = next((mailbox for mailbox in mailboxes if mailbox.rpartition("@")[2] == domain), "")
    ours = base_address(row.mail_from) if row.mail_from else nearest  # what belongs to no case has a null sender
    answered = row.state in {"sent", "bounced"}
    return Trace(
        at=row.sent_at or row.created_at,
        direction="out",
        number=row.id,
        sender=ours,
        to=(row.recipient,),
        subject=masked(row.subject or ""),
        message_id=row.message_id,
        outcome=row.state,
        case=row.case_id,
        because=row.kind if answered else f"{row.kind}: {row.detail}" if row.detail else row.kind,
        server=row.detail if answered else "",
    )


def _refused(row: Any) -> Trace:
    return Trace(
        at=row.at,
        direction="in",
        number=None,
        sender=row.mail_from,
        to=tuple(map(masked, row.rcpt_to)),
        subject="",
        message_id="",
        outcome="refused",
        case=None,
        because=f"refused at the door, from {row.remote or 'an unknown host'}",
        server=row.reply,
    )


def trace_shape(found: Trace) -> dict[str, Any]:
    """One mail, as `trace --json` prints it."""
    return {
        **fields_of(found, "at", "direction", "number"),
        "from": found.sender,
        **fields_of(found, "to", "subject", "message_id", "outcome"),
        "case": f"HD-{found.case}" if found.case else None,
        "because": found.because or None,
        "server": found.server or None,
    }
