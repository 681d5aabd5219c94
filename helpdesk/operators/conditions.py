"""What may be wrong with the desk itself: mail that is not sent, a disk that fills, a mailbox that cannot be read.

Operators are told of each once, and once of its end.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING

from helpdesk.core.words.alert import AlertText
from helpdesk.operators.notice import tell_missed
from helpdesk.operators.open_alerts import OpenAlerts
from helpdesk.phrases import span
from helpdesk.store.backlog import backlog

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator
    from datetime import datetime

    from helpdesk.unit import Units

UNSENT = timedelta(minutes=30)  # how long the oldest mail may wait
DISK_LOW = 1 << 30  # octets
DISK_WELL = 3 << 29  # half as much again: a disk at the edge does not tell us every minute


@dataclass(frozen=True, slots=True)
class Condition:
    """One thing that may be wrong. `ails` None: neither clearly so nor clearly over."""

    name: str
    ails: bool | None
    headline: str
    what: str
    details: tuple[tuple[str, str], ...]
    todo: str
    over: str
    then: str = ""  # what is to be said of it, once it is over


@dataclass(frozen=True, slots=True)
class MailboxReading:
    """How it stands with reading one mailbox. `fails` None: it has failed for a moment, or was not yet read at all.

    `shared`: somebody else takes mail out of it too, `others` mails so far; None: it was not watched for long enough.
    """

    mailbox: str
    fails: bool | None
    details: tuple[tuple[str, str], ...] = ()
    shared: bool | None = None
    others: int = 0


def no_mailboxes() -> tuple[MailboxReading, ...]:
    """The mailboxes of a desk that reads none."""
    return ()


class Conditions:
    """Looks at one desk.

    `free_space` says how many octets are left where the desk keeps its mail, `readings` how it stands with the
    mailboxes that are read, `others` what else the daemon knows of itself.
    """

    def __init__(
        self,
        units: Units,
        now: Callable[[], datetime],
        free_space: Callable[[], int],
        readings: Callable[[], Iterable[MailboxReading]] = no_mailboxes,
        others: Callable[[], Iterable[Condition]] = tuple,
    ) -> None:
        self._units, self._now = units, now
        self._others = others
        self._free_space = free_space
        self._readings = readings
        self._open_alerts = OpenAlerts(units, now)

    def look(self) -> None:
        """Tell what has begun or ended since the last look."""
        for condition in self._conditions(self._now()):
            if condition.ails and not self._open_alerts.known_to_anybody(condition.name):
                self._open_alerts.begin(condition.name, _begun(condition))
            elif condition.ails is False:
                self._open_alerts.end(condition.name, _over(condition))
        if any(policy.maintenance_terms.notice for policy in self._units.rules.book.policies.values()):
            self._announcements()

    def _announcements(self) -> None:
        """Tell of planned windows whose customers should have been told."""
        digest = self._units.rules.configuration.digest
        with self._units.write(self._now()) as unit:
            tell_missed(unit, digest.timezone if digest else "UTC")

    def _conditions(self, now: datetime) -> Iterator[Condition]:
        for reading in self._readings():
            yield _mailbox(reading)
            yield _shared(reading)
        yield from self._others()
        yield _disk(self._free_space())
        with self._units.database.read() as connection:
            unsent = backlog(connection, now).unsent
        waits = now - unsent.oldest_at if unsent.oldest_at else timedelta()
        yield _outbox(waits, unsent.number)


def _mailbox(reading: MailboxReading) -> Condition:
    return Condition(
        name=f"mailbox/{reading.mailbox}",
        ails=reading.fails,
        headline=f"{reading.mailbox} cannot be read",
        what=f"The mailbox {reading.mailbox} cannot be read. Nothing is lost: the mail waits there, and clocks count "
        "from when the server received it.",
        details=reading.details,
        todo="Check the server, the account and its password.",
        over=f"{reading.mailbox} can be read again",
        then="What waited there has been taken.",
    )


def _shared(reading: MailboxReading) -> Condition:
    return Condition(
        name=f"others/{reading.mailbox}",
        ails=reading.shared,
        headline=f"somebody else takes mail out of {reading.mailbox}",
        what=f"Mail that the desk found in {reading.mailbox} was gone, or taken by a desk, before it could be put "
        "away. Most likely a second desk with a database of its own reads the same mailbox, and each has a part of it; "
        "a mail program with a rule that moves mail does the same.",
        details=(("Mails", str(reading.others)),),
        todo="Let one desk read the mailbox; several daemons of one desk share one PostgreSQL.",
        over=f"nobody else takes mail out of {reading.mailbox}",
        then="For a day, nothing was taken by anybody else.",
    )


def _outbox(waits: timedelta, number: int) -> Condition:
    return Condition(
        name="outbox",
        ails=waits > UNSENT,
        headline="mail is not being sent",
        what=f"The oldest mail has waited for {span(waits)} to be sent. It is kept and tried again.",
        details=(("Waiting", str(number)), ("Oldest", span(waits))),
        todo="Look at it with: helpdesk outbox list",
        over="mail is being sent again",
    )


def _disk(free: int) -> Condition:
    return Condition(
        name="disk",
        ails=True if free < DISK_LOW else False if free >= DISK_WELL else None,
        headline="the disk is nearly full",
        what="There is little room left where the desk keeps its mail. Without any, mail is refused for a while.",
        details=(("Free", f"{free / 2**20:.0f} MiB"),),
        todo="Make room, or give the desk a larger disk.",
        over="the disk has room again",
    )


def _begun(condition: Condition) -> AlertText:
    return AlertText(headline=condition.headline, what=condition.what, details=condition.details, todo=condition.todo)


def _over(condition: Condition) -> AlertText:
    what = f"This is over: {condition.headline}. {condition.then}".strip()
    return AlertText(headline=condition.over, what=what, todo="Nothing to do.")
