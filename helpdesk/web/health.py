"""Whether the desk does its work: a verdict over facts that anybody can check.

    failing     a restart or a repair is due: the database does not answer, a part stands still, accepted mail is
                not worked                                                                                  503
    attention   the desk works, and a person should look: a mailbox cannot be read, mail waits long to be
                sent, mail was set aside                                                                     200
    ok          nothing to do                                                                                200

One refused mail is no reason to restart a desk, which is why it is `attention` and not `failing`.
"""

from __future__ import annotations

import platform
from dataclasses import dataclass
from datetime import timedelta
from importlib import metadata
from typing import TYPE_CHECKING, Any, Literal

from helpdesk.core.counted import counted
from helpdesk.report.shapes import instant

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from datetime import datetime

    from helpdesk.store.backlog import Backlog, Waiting

Status = Literal["ok", "attention", "failing"]

# How long a part may go without coming through its loop. The sender waits for a smarthost's verdict, which may take
# ten minutes (RFC 5321 section 4.5.3.2.6), and has retries of the connection around it.
PARTS: Mapping[str, timedelta] = {
    "worker": timedelta(minutes=5),
    "sender": timedelta(minutes=25),
    "metronome": timedelta(minutes=5),
}
UNWORKED = timedelta(minutes=10)
UNSENT = timedelta(hours=1)


@dataclass(frozen=True, slots=True)
class Facts:
    """What there is to judge. `backlog` None: the database does not answer."""

    now: datetime
    started_at: datetime
    progress: Mapping[str, datetime]
    failing: Mapping[str, str]
    backlog: Backlog | None


def status(facts: Facts) -> Status:
    """The verdict."""
    if any(_failing(facts)):
        return "failing"
    return "attention" if any(_attention(facts)) else "ok"


def _failing(facts: Facts) -> Iterator[str]:
    if facts.backlog is None:
        yield "the database does not answer"
    elif _longer(facts.backlog.unworked, facts.now, UNWORKED):
        yield f"accepted mail has waited for more than {_minutes(UNWORKED)} to be worked"
    for part, patience in PARTS.items():
        if facts.now - facts.progress.get(part, facts.started_at) > patience:
            yield f"the {part} has got nowhere for more than {_minutes(patience)}"


def _attention(facts: Facts) -> Iterator[str]:
    for mailbox, why in sorted(facts.failing.items()):
        yield f"the mailbox {mailbox} cannot be read: {why}"
    if facts.backlog is None:
        return
    if _longer(facts.backlog.unsent, facts.now, UNSENT):
        yield f"mail has waited for more than {_minutes(UNSENT)} to be sent: helpdesk outbox list"
    if facts.backlog.quarantined:
        yield f"mail was set aside ({facts.backlog.quarantined}): helpdesk quarantine list"


def _longer(waiting: Waiting, now: datetime, patience: timedelta) -> bool:
    return waiting.oldest_at is not None and now - waiting.oldest_at > patience


def _minutes(patience: timedelta) -> str:
    return counted(patience // timedelta(minutes=1), "minute")


def shape(facts: Facts) -> dict[str, Any]:
    """The verdict and the facts as JSON."""
    known = facts.backlog
    return {
        "status": status(facts),
        "problems": [*_failing(facts), *_attention(facts)],
        "at": instant(facts.now),
        "started_at": instant(facts.started_at),
        "version": metadata.version("helpdesk"),
        "python": platform.python_version(),
        "database": known is not None,
        "parts": {part: instant(facts.progress.get(part)) for part in PARTS},
        "unworked": _waiting_shape(known.unworked) if known else None,
        "unsent": _waiting_shape(known.unsent) if known else None,
        "quarantined": known.quarantined if known else None,
        "failing_mailboxes": dict(sorted(facts.failing.items())),
    }


def _waiting_shape(waiting: Waiting) -> dict[str, Any]:
    return {"number": waiting.number, "oldest_at": instant(waiting.oldest_at)}
