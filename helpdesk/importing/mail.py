"""Old mail through the same pipe as new: accepted, worked, acknowledged as the policies say.

Its time of receipt is the newest trustworthy one: the topmost `Received`, which the last server wrote, else `Date`,
never later than now.

An SQLite file is worked by one process: beside a running daemon the mail is only accepted here, and the daemon's
worker is waited for. Without one it is worked here, and room is made every few seconds for a daemon that starts.
"""

from __future__ import annotations

import time
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import TYPE_CHECKING, Any

from helpdesk.core.words.message import Envelope
from helpdesk.errors import NotFound
from helpdesk.mail.read.parse import parse
from helpdesk.report.shapes import mail_shape
from helpdesk.store.claims import Occupied, WorkLock
from helpdesk.store.spool import Accepted

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from helpdesk.archive import ArchivedMail
    from helpdesk.core.words.message import Message
    from helpdesk.desk import Desk
    from helpdesk.store.spool import Became

_AT_A_TIME = 5.0  # seconds that a daemon which starts is kept waiting
_ROOM = 0.2  # seconds in which it comes in, and between looks at what it has worked
_PATIENCE = 60.0  # seconds for a mail that another process has in hand, or that the database does not let us work
_EARLIEST = datetime(1990, 1, 1, tzinfo=UTC)  # before that, a date is a mistake


class Hands:
    """Who works what is imported: this process where it may, else the daemon that runs."""

    def __init__(self, desk: Desk, *, makes_room: bool = True) -> None:
        self._desk = desk
        self._makes_room = makes_room
        self._lock = WorkLock(desk.database)
        self._since = time.monotonic()

    def are_ours(self) -> bool:
        """Whether nobody else works the database, so that it is worked here."""
        try:
            self._lock.take()
        except Occupied:
            return False
        return True

    def work(self, ids: Sequence[int], parsed: Mapping[bytes, Message]) -> dict[int, Became]:
        """See to it that these mails are worked, and no others; at worst they wait for the daemon's next attempt.

        Returns what became of each. `parsed`: by its bytes, what was parsed already.
        """
        ends = time.monotonic() + _PATIENCE
        became = self._desk.outcomes(ids)
        while waiting := [number for number, one in became.items() if one.outcome == "waiting"]:
            if self.are_ours():
                self._desk.work_at_once(waiting, parsed)
            became = self._desk.outcomes(ids)
            if not any(one.outcome == "waiting" for one in became.values()) or time.monotonic() > ends:
                break
            time.sleep(_ROOM)
        self.make_room()
        return became

    def make_room(self) -> None:
        """Every few seconds, let a daemon in that has just been started."""
        if self._makes_room and time.monotonic() - self._since > _AT_A_TIME:
            self.leave()
            time.sleep(_ROOM)
            self._since = time.monotonic()

    def leave(self) -> None:
        """Let the desk's other writers go on."""
        self._lock.leave()


def import_one(
    desk: Desk, found: ArchivedMail, mailbox: str = "", *, hands: Hands | None = None
) -> Iterator[dict[str, Any]]:
    """Take one mail; yields its outcome at each mailbox it names, or `rejected` if it names none of ours.

    `mailbox` is where mail goes that names none; `hands` work many mails. Raises NotFound for one that is not ours.
    """
    expect_mailbox(desk, mailbox)
    message = parse(found.raw)
    recipients = recipients_of(message)
    mailboxes = desk.mailboxes_for(recipients) or desk.mailboxes_for([mailbox] if mailbox else [])
    if not mailboxes:
        yield mail_shape(found.name, "rejected", None, message, desk.unknown(recipients))
        return
    at = received_at(message, desk.now())
    sender = message.sender.address if message.sender else ""
    envelope = Envelope(sender, tuple(recipients))
    mails = [Accepted(box, found.raw, envelope, "import", at) for box in mailboxes]
    ids = desk.accept(mails)
    whose = hands or Hands(desk)
    try:
        outcomes = whose.work(ids, {found.raw: message})
    finally:
        if hands is None:
            whose.leave()
    for became in outcomes.values():
        because = "the same mail was taken before" if became.outcome == "duplicate" else became.because
        yield mail_shape(found.name, became.outcome, became.case, message, because)


def expect_mailbox(desk: Desk, mailbox: str) -> None:
    """Raises NotFound where one is named that is not ours."""
    if mailbox and not desk.mailboxes_for([mailbox]):
        ours = ", ".join(box.address for box in desk.rules.configuration.mailboxes)
        raise NotFound(f"--mailbox: expected one of {ours}, not {mailbox!r}")


def recipients_of(message: Message) -> list[str]:
    """Whom a mail names, as far as its header says."""
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
        return at.astimezone(UTC) if at.tzinfo else at.replace(tzinfo=UTC)
    except (ValueError, TypeError, IndexError, OverflowError):  # the first day of all in a zone ahead of UTC, say
        return None
