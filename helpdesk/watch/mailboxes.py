"""The mailboxes that are read: which cannot be, why, and which never were.

Operators are told of an outage once and of its end once (`desk.conditions`); of a single mail, when it is met.
"""

from __future__ import annotations

import threading
from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING

from helpdesk.core.words.alert import AlertText, OperatorAlert
from helpdesk.log import logger
from helpdesk.operators import MailboxReading
from helpdesk.phrases import span
from helpdesk.plural import plural
from helpdesk.watch.cause import HealthCause
from helpdesk.wires.imap_reports import (
    AloneAgain,
    Failing,
    Interrupted,
    NotPutAway,
    Oversized,
    Persisting,
    Recovered,
    Renumbered,
    TakenByOthers,
    Unfetchable,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from datetime import datetime

    from helpdesk.desk import Desk
    from helpdesk.wires.imap_reports import Report

_log = logger("mailbox")
# For the log alone: what has an end is told by `desk.conditions`.
_QUIET = (Interrupted, Persisting, Renumbered, Failing, Recovered, TakenByOthers, AloneAgain)
_FIRST = timedelta(minutes=5)  # for a mailbox to be read to its end for the first time
_STALE = timedelta(minutes=30)  # without being read to its end again, and without a mail from it


class MailboxWatch:
    """Safe to use from every thread."""

    def __init__(self, now: Callable[[], datetime], steady: Callable[[], float]) -> None:
        self._now, self._steady = now, steady
        self._lock = threading.Lock()
        self._failing: dict[str, str] = {}
        self._outages: dict[str, Failing] = {}  # those that a person should look at
        self._others: dict[str, int | None] = {}  # how many mails others took of it; None: nobody does
        self._since: dict[str, Callable[[], timedelta | None]] = {}  # how long ago it was read to its end
        self._moved: dict[str, float] = {}  # when it began to be read, or mail came of it

    def expect(self, mailbox: str, since_read: Callable[[], timedelta | None]) -> None:
        """It is going to be read; `since_read` says how long ago that was, None: never yet."""
        with self._lock:
            self._since[mailbox], self._moved[mailbox] = since_read, self._steady()

    def brought(self, mailbox: str) -> None:
        """Mail has just come of it: a long one takes its time to be read to its end."""
        with self._lock:
            self._moved[mailbox] = self._steady()

    @property
    def failing(self) -> dict[str, str]:
        """Those that cannot be read, and why: the newest reason."""
        with self._lock:
            return dict(self._failing)

    def causes(self) -> Iterator[HealthCause]:
        """Those that cannot be read, or are not."""
        for mailbox, why in sorted(self.failing.items()):
            yield HealthCause(
                "mailbox.unreadable", "attention", f"the mailbox {mailbox} cannot be read: {why}", mailbox
            )
        with self._lock:
            others = sorted(self._others.items())
        for mailbox, number in others:
            if number is not None:
                text = (
                    f"somebody else takes mail out of the mailbox {mailbox}, {plural(number, 'mail')} on the last day"
                )
                yield HealthCause("mailbox.shared", "attention", text, mailbox)
        with self._lock:
            looked = [(mailbox, since, self._moved[mailbox]) for mailbox, since in sorted(self._since.items())]
        for mailbox, since, moved in looked:
            idle, read = timedelta(seconds=self._steady() - moved), since()
            if read is None and idle > _FIRST:
                text = f"the mailbox {mailbox} was never read since the start"
                yield HealthCause("mailbox.unread", "attention", text, mailbox)
            elif read is not None and min(read, idle) > _STALE:
                text = f"the mailbox {mailbox} was last read {span(min(read, idle))} ago"
                yield HealthCause("mailbox.unread", "attention", text, mailbox)

    def reading(self, mailbox: str, *, read: bool) -> MailboxReading:
        """How it stands with a mailbox; `read`: it was read to its end since the start."""
        with self._lock:
            outage, failing = self._outages.get(mailbox), mailbox in self._failing
            known, others = mailbox in self._others, self._others.get(mailbox)
        shared = others is not None if known else None
        if outage is not None:
            return MailboxReading(mailbox, fails=True, details=_details(outage), shared=shared, others=others or 0)
        return MailboxReading(mailbox, fails=False if read and not failing else None, shared=shared, others=others or 0)

    def heard(self, desk: Desk, report: Report) -> None:
        """What a poller has to say: always into the log, and to the operators where a person should act."""
        _log.warning(type(report).__name__.lower(), **_facts(report))
        with self._lock:
            self._note(report)
        if not isinstance(report, _QUIET):
            kind = f"mailbox/{report.mailbox}/{type(report).__name__.lower()}"
            key = f"{kind}/{_mark(report, self._now())}"
            desk.alert(OperatorAlert(kind=kind, key=key, mailbox=report.mailbox, text=_text(report)))

    def _note(self, report: Report) -> None:
        match report:
            case Interrupted(mailbox, cause, detail) | Persisting(mailbox, cause, detail):
                self._failing[mailbox] = f"{cause}: {detail}"
                if outage := self._outages.get(mailbox):
                    self._outages[mailbox] = replace(outage, cause=cause, detail=detail)
            case Failing():
                self._failing[report.mailbox] = f"{report.cause}: {report.detail}"
                self._outages[report.mailbox] = report
            case Recovered():
                self._failing.pop(report.mailbox, None)
                self._outages.pop(report.mailbox, None)
            case TakenByOthers():
                self._others[report.mailbox] = report.mails
            case AloneAgain():
                self._others[report.mailbox] = None


def _facts(report: Report) -> dict[str, str]:
    return {name: str(getattr(report, name)) for name in report.__slots__}


def _mark(report: Report, now: datetime) -> str:
    """What tells it from others of its kind."""
    return str(report.uid) if isinstance(report, Oversized | Unfetchable) else f"{now:%Y%m%dT%H%M%S}"


def _text(report: Report) -> AlertText:
    headline, todo = _WORDS[type(report)]
    what = f"The mailbox {report.mailbox} {headline}."
    return AlertText(headline=f"{report.mailbox} {headline}", what=what, details=_details(report), todo=todo)


def _details(report: Report) -> tuple[tuple[str, str], ...]:
    return tuple((name.replace("_", " ").capitalize(), value) for name, value in _facts(report).items())


_WORDS: dict[type, tuple[str, str]] = {
    Oversized: (
        "holds a mail over the size limit",
        "Its beginning became a case; all of it lies on the server.",
    ),
    Unfetchable: ("lists a mail that it does not give", "Look at that mail with a mail program."),
    NotPutAway: (
        "keeps mail that was taken",
        "Check that the folder for processed mail can be written. Nothing is taken twice.",
    ),
}
