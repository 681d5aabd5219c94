"""Old mail through the same pipe as new: accepted, worked, acknowledged as the policies say.

Its time of receipt is the newest trustworthy one: the topmost `Received`, which the last server wrote, else `Date`,
never later than now.
"""

from __future__ import annotations

from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import TYPE_CHECKING, Any

from helpdesk.core.errors import NotFound
from helpdesk.core.message import Envelope
from helpdesk.mail.parse import parse
from helpdesk.report.shapes import mail_shape
from helpdesk.store.spool import Accepted

if TYPE_CHECKING:
    from collections.abc import Iterator

    from helpdesk.archive import Found
    from helpdesk.core.message import Message
    from helpdesk.desk import Desk, Worked

_EARLIEST = datetime(1990, 1, 1, tzinfo=UTC)  # before that, a date is a mistake


def import_one(desk: Desk, found: Found, mailbox: str = "") -> Iterator[dict[str, Any]]:
    """Take one mail; yields its outcome at each mailbox it names, or `rejected` if it names none of ours.

    `mailbox` is where mail goes that names none. Raises NotFound for one that is not ours.
    """
    if mailbox and not desk.mailboxes_for([mailbox]):
        ours = ", ".join(box.address for box in desk.rules.configuration.mailboxes)
        raise NotFound(f"--mailbox: expected one of {ours}, not {mailbox!r}")
    message = parse(found.raw)
    recipients = _recipients(message)
    mailboxes = desk.mailboxes_for(recipients) or desk.mailboxes_for([mailbox] if mailbox else [])
    if not mailboxes:
        yield mail_shape(found.name, "rejected", None, message, desk.unknown(recipients))
        return
    at = received_at(message, desk.now())
    sender = message.sender.address if message.sender else ""
    mails = [Accepted(box, found.raw, Envelope(sender, tuple(recipients)), "import", at) for box in mailboxes]
    ids = desk.accept(mails)
    yield from _worked(desk, found, message, ids)


def _worked(desk: Desk, found: Found, message: Message, ids: list[int]) -> Iterator[dict[str, Any]]:
    worked: dict[int, Worked] = {}
    while batch := desk.work():
        worked |= {done.spool_id: done for done in batch}
    for number, became in desk.outcomes(ids).items():
        # Not worked now: it was known before, or three attempts failed.
        known = number not in worked and became.outcome not in {"quarantined", "waiting"}
        outcome, because = (
            ("duplicate", "the same mail was taken before") if known else (became.outcome, became.because)
        )
        yield mail_shape(found.name, outcome, became.case, message, because)


def _recipients(message: Message) -> list[str]:
    people = (*message.to, *message.cc)
    return [*message.delivered_to, *(person.address for person in people)]


def received_at(message: Message, now: datetime) -> datetime:
    """When our side's first server took the mail, as far as its headers can be trusted."""
    stamped = [at for line in message.header_all("Received")[:1] if (at := _stamp(line))]
    claims = [*stamped, *([message.date] if message.date else []), now]
    at = next(claim for claim in claims if claim >= _EARLIEST)
    return min(at, now).replace(microsecond=0)


def _stamp(received: str) -> datetime | None:
    """The time in a Received field: behind its last semicolon (RFC 5321 section 4.4)."""
    try:
        at = parsedate_to_datetime(received.rpartition(";")[2].strip())
    except (ValueError, TypeError, IndexError):
        return None
    return at.astimezone(UTC) if at.tzinfo else at.replace(tzinfo=UTC)
