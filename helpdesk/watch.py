"""What the desk knows of its own health: when each part last got somewhere, and which mailboxes cannot be read.

Operators are told of an outage once and of its end once (`desk.conditions`); of a single mail, when it is met.
"""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING, Any

import structlog

from helpdesk.desk.conditions import Reading
from helpdesk.wires.imap_reports import (
    Failing,
    Interrupted,
    NotPutAway,
    Oversized,
    Recovered,
    Renumbered,
    Unfetchable,
)

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime

    from helpdesk.desk import Desk
    from helpdesk.wires.imap_reports import Report

_log = structlog.get_logger("mailbox")
_QUIET = (Interrupted, Renumbered, Failing, Recovered)  # for the log; the last two are told by `desk.conditions`


class Watch:
    """Safe to use from every thread."""

    def __init__(self, now: Callable[[], datetime]) -> None:
        self._now = now
        self._lock = threading.Lock()
        self._progress: dict[str, datetime] = {}
        self._failing: dict[str, str] = {}
        self._outages: dict[str, Failing] = {}  # those that a person should look at

    def progressed(self, part: str) -> None:
        """A part of the daemon has just come through its loop."""
        with self._lock:
            self._progress[part] = self._now()

    @property
    def progress(self) -> dict[str, datetime]:
        """When each part last came through its loop."""
        with self._lock:
            return dict(self._progress)

    @property
    def failing(self) -> dict[str, str]:
        """The mailboxes that cannot be read, and why."""
        with self._lock:
            return dict(self._failing)

    def reading(self, mailbox: str, *, read: bool) -> Reading:
        """How it stands with a mailbox; `read`: it was read to its end since the start."""
        with self._lock:
            outage, failing = self._outages.get(mailbox), mailbox in self._failing
        if outage is not None:
            return Reading(mailbox, fails=True, details=tuple(_details(outage)))
        return Reading(mailbox, fails=False if read and not failing else None)

    def mailbox(self, desk: Desk, report: Report) -> None:
        """What a poller has to say: always into the log, and to the operators where a person should act."""
        _log.warning(type(report).__name__.lower(), **_facts(report))
        with self._lock:
            if isinstance(report, Interrupted | Failing):
                self._failing[report.mailbox] = f"{report.cause}: {report.detail}"
            elif isinstance(report, Recovered):
                self._failing.pop(report.mailbox, None)
                self._outages.pop(report.mailbox, None)
            if isinstance(report, Failing):
                self._outages[report.mailbox] = report
        if not isinstance(report, _QUIET):
            desk.alert(key=f"mailbox/{_key(report, self._now())}", mailbox=report.mailbox, facts=_letter(report))


def _facts(report: Report) -> dict[str, Any]:
    return {name: str(getattr(report, name)) for name in report.__slots__}


def _key(report: Report, now: datetime) -> str:
    kind = type(report).__name__.lower()
    if isinstance(report, Oversized | Unfetchable):
        return f"{report.mailbox}/{kind}/{report.uid}"
    return f"{report.mailbox}/{kind}/{now:%Y%m%dT%H%M%S}"


def _letter(report: Report) -> dict[str, Any]:
    headline, todo = _WORDS[type(report)]
    return {
        "headline": f"{report.mailbox} {headline}",
        "what": f"The mailbox {report.mailbox} {headline}.",
        "details": _details(report),
        "todo": todo,
    }


def _details(report: Report) -> list[tuple[str, str]]:
    return [(name.replace("_", " ").capitalize(), value) for name, value in _facts(report).items()]


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
