"""Whether the desk does its work: a verdict over facts that anybody can check, each under a name that stays.

    failing     a restart or a repair is due: the database does not answer, a part stands still, is not there or
                fails again and again, accepted mail is not worked, mail that comes in is not taken, none
                gets out                                                                                     503
    attention   the desk works, and a person should look: a mailbox cannot be read, one mail waits long to be
                sent, mail was set aside, the clock was set, ...                                             200
    ok          nothing to do                                                                                200

One refused mail is no reason to repair a desk, which is why it is `attention` and not `failing`.
"""

from __future__ import annotations

import platform
from dataclasses import dataclass
from datetime import timedelta
from importlib import metadata
from typing import TYPE_CHECKING, Any, Literal

from helpdesk.plural import plural
from helpdesk.report.shapes import instant
from helpdesk.store.backlog import UNINDEXED
from helpdesk.watch import HealthCause

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from datetime import datetime

    from helpdesk.store.backlog import Backlog, Waiting

Status = Literal["ok", "attention", "failing"]

UNWORKED = timedelta(minutes=10)
UNDONE = timedelta(minutes=5)
UNSENT = timedelta(hours=1)  # one mail
NOTHING_SENT = timedelta(minutes=30)  # while any waits
ALERT_UNSENT = timedelta(minutes=5)


@dataclass(frozen=True, slots=True)
class Facts:
    """What there is to judge. `causes` is what the daemon knows by itself; `backlog` None: the database is silent."""

    now: datetime
    started_at: datetime
    progress: Mapping[str, datetime]
    ages: Mapping[str, timedelta]
    failing: Mapping[str, str]
    causes: Sequence[HealthCause]
    since_sent: timedelta
    door: tuple[int, int]  # mails taken and turned away since the start
    backlog: Backlog | None
    unwritable: str = ""  # why the database can take nothing, where that can be seen from outside


def status(facts: Facts) -> Status:
    """The health of the desk in one word."""
    found = {cause.status for cause in causes(facts)}
    return "failing" if "failing" in found else "attention" if found else "ok"


def causes(facts: Facts) -> list[HealthCause]:
    """Every cause, those that fail the desk first."""
    found = [*_stored(facts), *facts.causes]
    return sorted(found, key=lambda cause: cause.status != "failing")


def _stored(facts: Facts) -> Iterator[HealthCause]:
    """What the database knows, or does not."""
    known, now = facts.backlog, facts.now
    if facts.unwritable:
        yield HealthCause("database.unwritable", "failing", f"the database cannot be written: {facts.unwritable}")
    if known is None:
        yield HealthCause("database.silent", "failing", "the database does not answer")
        return
    if _longer(known.unworked, now, UNWORKED):
        text = f"accepted mail has waited for more than {_minutes(UNWORKED)} to be worked"
        yield HealthCause("spool.unworked", "failing", text)
    if known.due.oldest_at and now - max(known.due.oldest_at, facts.started_at) > UNDONE:
        told = plural(known.due.number, "case")
        text = f"what is due on {told} has not been done for more than {_minutes(UNDONE)}: see the log"
        yield HealthCause("cases.stuck", "failing", text)
    if _longer(known.unsent, now, UNSENT):
        text = f"mail has waited for more than {_minutes(UNSENT)} to be sent: helpdesk outbox list"
        yield HealthCause("outbox.unsent", "attention", text)
    if _longer(known.unsent, now, NOTHING_SENT) and facts.since_sent > NOTHING_SENT:
        text = f"nothing was sent for more than {_minutes(NOTHING_SENT)}, and {plural(known.unsent.number, 'mail')} "
        yield HealthCause("outbox.silent", "failing", f"{text}{'waits' if known.unsent.number == 1 else 'wait'}")
    if _longer(known.alerts, now, ALERT_UNSENT):
        text = f"an alert to the operators has waited for more than {_minutes(ALERT_UNSENT)} to be sent"
        yield HealthCause("alerts.unsent", "attention", text)
    if known.lost_alerts:
        text = f"alerts to the operators could not be sent within a day ({known.lost_alerts}): helpdesk outbox list"
        yield HealthCause("alerts.lost", "attention", text)
    if known.quarantined:
        text = f"mail was set aside ({known.quarantined}): helpdesk quarantine list"
        yield HealthCause("spool.quarantined", "attention", text)
    yield from _unindexed(known)


def _unindexed(known: Backlog) -> Iterator[HealthCause]:
    if known.unindexed >= UNINDEXED:
        text = f"{plural(known.unindexed, 'mail')} or more cannot be found by a search yet: they are being read"
        yield HealthCause("search.behind", "attention", text)


def _longer(waiting: Waiting, now: datetime, patience: timedelta) -> bool:
    return waiting.oldest_at is not None and now - waiting.oldest_at > patience


def _minutes(patience: timedelta) -> str:
    return plural(patience // timedelta(minutes=1), "minute")


def shape(facts: Facts) -> dict[str, Any]:
    """The verdict and the facts as JSON."""
    known, found = facts.backlog, causes(facts)
    return {
        "status": status(facts),
        "problems": [cause.text for cause in found],
        "causes": [_cause_shape(cause) for cause in found],
        "at": instant(facts.now),
        "started_at": instant(facts.started_at),
        "version": metadata.version("helpdesk"),
        "python": platform.python_version(),
        "database": known is not None,
        "parts": {part: instant(facts.progress.get(part)) for part in facts.ages},
        "unworked": _waiting_shape(known.unworked) if known else None,
        "unsent": _waiting_shape(known.unsent) if known else None,
        "quarantined": known.quarantined if known else None,
        "mails_taken": facts.door[0],
        "mails_turned_away": facts.door[1],
        "failing_mailboxes": dict(sorted(facts.failing.items())),
    }


def _cause_shape(cause: HealthCause) -> dict[str, str | None]:
    return {"cause": cause.name, "status": cause.status, "of": cause.of or None, "text": cause.text}


def _waiting_shape(waiting: Waiting) -> dict[str, Any]:
    return {"number": waiting.number, "oldest_at": instant(waiting.oldest_at)}
