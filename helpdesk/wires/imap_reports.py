"""What the IMAP poller tells the people who run it, and when it tries again.

A mailbox that cannot be read is an *outage*. It is told once when it begins (`Interrupted`: for the log), once
more when it has lasted so long that a person should look (`Failing`: for an alert), and once when it is over
(`Recovered`); between them whenever its reason changes (`Persisting`: for who asks how it stands). Everything else is
about one mail or one folder. No text here holds a secret or words of a mail.
"""

from __future__ import annotations

import random
import time
from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING, Literal

from helpdesk import plain_text
from helpdesk.errors import Unavailable

if TYPE_CHECKING:
    from collections.abc import Callable

Cause = Literal[
    "connection",  # no TCP or TLS connection, or it broke
    "credentials",  # our own password file or token server failed
    "login",  # the server refused the credentials
    "silent",  # the server said nothing, or too little, in time
    "closed",  # the server closed the connection
    "refused",  # the server said NO or BAD
    "protocol",  # the server said what no IMAP server says
    "desk",  # the mails were fetched, but the desk could not take them
]


class MailboxUnavailable(Unavailable):
    """The mailbox cannot be read now; nothing was lost. `cause` says which side to look at."""

    def __init__(self, cause: Cause, detail: str) -> None:
        self.cause: Cause = cause
        self.detail = detail
        super().__init__(f"{cause}: {detail}")


class CommandRefused(MailboxUnavailable):
    """The server answered NO or BAD; the connection can still be used."""


class AnswerTooBig(MailboxUnavailable):
    """The server began to send more than was asked for; the connection cannot be used any more."""


def printable(error: BaseException, *, secret: str = "") -> str:
    """Return what the server or the system said, fit for one line of a log and without the secret."""
    said = error.args[0] if error.args else ""
    text = said.decode("utf-8", "replace") if isinstance(said, bytes) else str(error)
    for form in {secret, secret.replace("\\", "\\\\").replace('"', '\\"')} - {""}:  # some servers say it back
        text = text.replace(form, "***")
    return plain_text.printable(text)[:200]


@dataclass(frozen=True, slots=True)
class Interrupted:
    """An outage began. The poller tries again by itself: this is for the log."""

    mailbox: str
    cause: Cause
    detail: str


@dataclass(frozen=True, slots=True)
class Persisting:
    """The outage goes on, for another reason than the one that was reported last."""

    mailbox: str
    cause: Cause
    detail: str


@dataclass(frozen=True, slots=True)
class Failing:
    """The mailbox has not been readable for so long (`lasted`) that a person should look. Once an outage."""

    mailbox: str
    cause: Cause  # of the latest attempt
    detail: str
    lasted: timedelta
    attempts: int


@dataclass(frozen=True, slots=True)
class Recovered:
    """The outage is over; `alerted` says whether `Failing` had been reported."""

    mailbox: str
    lasted: timedelta
    alerted: bool


@dataclass(frozen=True, slots=True)
class Oversized:
    """A mail over the size limit was taken without its end; all of it still lies on the server."""

    mailbox: str
    uid: int
    size: int  # octets, as the server counts them
    kept: int  # octets taken


@dataclass(frozen=True, slots=True)
class Unfetchable:
    """The server lists this mail but, asked three times, does not give it. It stays where it is."""

    mailbox: str
    folder: str
    uid: int


@dataclass(frozen=True, slots=True)
class NotPutAway:
    """Mail that was taken could not be moved or flagged. It is not taken twice, but people see it lie there."""

    mailbox: str
    detail: str


@dataclass(frozen=True, slots=True)
class Renumbered:
    """UIDVALIDITY changed (RFC 3501 section 2.3.1.1): every mail that lies there is looked at anew."""

    mailbox: str
    folder: str
    old: int
    new: int


@dataclass(frozen=True, slots=True)
class TakenByOthers:
    """Somebody else takes mail of this folder as well: so many mails were gone, or taken already, on the last day."""

    mailbox: str
    folder: str
    mails: int


@dataclass(frozen=True, slots=True)
class AloneAgain:
    """For a day nobody else has taken mail of this folder."""

    mailbox: str
    folder: str


Report = (
    Interrupted
    | Persisting
    | Failing
    | Recovered
    | Oversized
    | Unfetchable
    | NotPutAway
    | Renumbered
    | TakenByOthers
    | AloneAgain
)


@dataclass(frozen=True, slots=True)
class Backoff:
    """How long to wait after a failure: doubled each time up to `longest`, and jittered (threats I07, I11)."""

    first: timedelta = timedelta(seconds=5)
    longest: timedelta = timedelta(minutes=1)
    # A refused login is not tried as often: providers lock accounts that knock too fast.
    first_login: timedelta = timedelta(seconds=30)
    longest_login: timedelta = timedelta(minutes=2)
    # One successful poll does not make a good connection: a server that lets us in and hangs up at IDLE would
    # be knocked at all the time.
    steady: timedelta = timedelta(minutes=1)
    alert_after: timedelta = timedelta(minutes=15)

    def pause(self, cause: Cause, *, failures: int, jitter: float) -> float:
        """Return the seconds to wait after the n-th failure in a row; `jitter` lies in [0, 1)."""
        doubled: int = 2 ** min(failures - 1, 10)
        if cause in {"login", "credentials"}:
            return min(self.longest_login, self.first_login * doubled).total_seconds() * (1 + jitter / 2)
        return min(self.longest, self.first * doubled).total_seconds() * (1 - jitter / 2)


class Outage:
    """Counts the failures of one mailbox, says how long to wait after each, and reports what is new about them."""

    def __init__(
        self,
        mailbox: str,
        report: Callable[[Report], object],
        *,
        retry: Backoff,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._mailbox = mailbox
        self._report = report
        self._retry = retry
        self._clock = clock
        self._began: float | None = None
        self._attempts = 0  # in this outage
        self._failures = 0  # since a connection last held
        self._alerted = False
        self._reported: tuple[Cause, str] | None = None  # the reason that was reported last

    def failed(self, cause: Cause, detail: str) -> float:
        """Count a failure; return the seconds to wait before the next attempt."""
        if self._began is None:
            self._began = self._clock()
            self._report(Interrupted(self._mailbox, cause, detail))
        elif self._reported != (cause, detail):
            self._report(Persisting(self._mailbox, cause, detail))
        self._reported = cause, detail
        self._attempts += 1
        self._failures += 1
        lasted = self._lasted()
        if not self._alerted and lasted >= self._retry.alert_after:
            self._alerted = True
            self._report(Failing(self._mailbox, cause, detail, lasted, self._attempts))
        return self._retry.pause(cause, failures=self._failures, jitter=random.random())  # noqa: S311 - no secret

    def over(self) -> None:
        """Note that the mailbox was read. The pauses stay long until a connection has held, too."""
        if self._began is not None:
            self._report(Recovered(self._mailbox, self._lasted(), self._alerted))
        self._began, self._attempts, self._alerted = None, 0, False

    def held(self, age: timedelta) -> None:
        """Note that a connection of this age still works; once it is steady, the next failure is a first one."""
        if age >= self._retry.steady:
            self._failures = 0

    def _lasted(self) -> timedelta:
        return timedelta(seconds=self._clock() - (self._began or 0.0))
