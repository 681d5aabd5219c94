"""What a daemon knows of its own health without asking the database, each kind in a module of its own.

    parts      its threads: there, getting somewhere, failing
    door       whether mail that comes in is taken
    mailboxes  whether the folders are read
    way_out    whether mail gets to the smarthost
    wall       whether the clock was set
    disk       whether there is room

All of it is judged by a clock that is never set; only what people read is a time of day.
"""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

from helpdesk import log
from helpdesk.plural import plural
from helpdesk.watch.alerted import AlertedCauses
from helpdesk.watch.cause import HealthCause
from helpdesk.watch.disk import Disk
from helpdesk.watch.door import Door
from helpdesk.watch.mailboxes import MailboxWatch
from helpdesk.watch.parts import Parts
from helpdesk.watch.wall import Wall
from helpdesk.watch.way_out import Observed, WayOut

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from datetime import datetime

__all__ = ["Disk", "HealthCause", "Observed", "Watch", "since_boot"]


def since_boot() -> float:
    """A clock that is never set, and goes on while the host sleeps: to wake up is not to have been set."""
    return time.clock_gettime(time.CLOCK_BOOTTIME) if hasattr(time, "CLOCK_BOOTTIME") else time.monotonic()


class Watch:
    """Safe to use from every thread. `heartbeat` is why the newest one did not arrive, "" where it did."""

    def __init__(
        self,
        now: Callable[[], datetime],
        steady: Callable[[], float] = time.monotonic,
        *,
        since_boot: Callable[[], float] | None = None,
        disk: Disk | None = None,
    ) -> None:
        self.parts = Parts(now, steady)
        self.door = Door(now, steady)
        self.mailboxes = MailboxWatch(now, steady)
        self.way_out = WayOut(steady)
        self.wall = Wall(now, since_boot or steady)
        self.disk = disk
        self.heartbeat = ""
        self.reader: Callable[[], str] = str  # why the language model did not answer last, "" where it did
        self.alerted = AlertedCauses(self.causes, steady)

    def causes(self) -> Iterator[HealthCause]:
        """Every cause, those that fail the desk first."""
        yield from self.parts.causes()
        yield from self.door.causes()
        if self.disk is not None:
            yield from self.disk.causes()
        yield from self.mailboxes.causes()
        yield from self.way_out.causes()
        yield from self.wall.causes()
        lost, why = log.state()
        if lost:
            lines = plural(lost, "line is", "lines are")
            yield HealthCause("log.unwritable", "attention", f"the log cannot be written ({why}): {lines} missing")
        if unanswered := self.reader():
            yield HealthCause("reader.unheard", "attention", f"severities are found without it: {unanswered}")
        if self.heartbeat:
            yield HealthCause("heartbeat.unheard", "attention", f"the heartbeat did not arrive: {self.heartbeat}")
