"""What ails the desk itself: mail that is not sent, a disk that fills. Operators are told once, and once of its end.

What was told is known from the outbox, so that a restart in between tells nobody twice.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING, Any

import structlog

from helpdesk.phrases import span
from helpdesk.store import bulletins
from helpdesk.store.backlog import backlog

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from datetime import datetime

    from helpdesk.desk import Desk

UNSENT = timedelta(minutes=30)  # how long the oldest mail may wait
DISK_LOW = 1 << 30  # octets
DISK_WELL = 3 << 29  # half as much again: a disk at the edge does not tell us every minute
_log = structlog.get_logger("conditions")


@dataclass(frozen=True, slots=True)
class Condition:
    """One thing that may ail. `ails` None: neither clearly so nor clearly over."""

    name: str
    ails: bool | None
    headline: str
    what: str
    details: list[tuple[str, str]]
    todo: str
    over: str


class Conditions:
    """Looks at one desk. `free_space` says how many octets are left where the desk keeps its mail."""

    def __init__(self, desk: Desk, free_space: Callable[[], int]) -> None:
        self._desk = desk
        self._free_space = free_space
        self._told: dict[str, str] = {}  # by condition: the key under which its beginning was told, "" when over

    def look(self) -> None:
        """Tell what has begun or ended since the last look."""
        now = self._desk.now()
        for condition in self._conditions(now):
            told = self._told_of(condition.name)
            if condition.ails and not told:
                self._tell(condition, f"condition/{condition.name}/{now:%Y%m%dT%H%M%S}", _begun(condition))
            elif condition.ails is False and told:
                self._tell(condition, f"{told}/over", _over(condition))

    def _conditions(self, now: datetime) -> Iterator[Condition]:
        with self._desk.database.read() as connection:
            unsent = backlog(connection).unsent
        waits = now - unsent.oldest_at if unsent.oldest_at else timedelta()
        yield _outbox(waits, unsent.number)
        yield _disk(self._free_space())

    def _told_of(self, name: str) -> str:
        if name not in self._told:
            prefix = f"alert/condition/{name}/"
            with self._desk.database.read() as connection:
                key = bulletins.newest_alert(connection, prefix)
            began, _, rest = key.removeprefix(prefix).partition("/")
            self._told[name] = f"condition/{name}/{began}" if key and not rest.startswith("over/") else ""
        return self._told[name]

    def _tell(self, condition: Condition, key: str, facts: dict[str, Any]) -> None:
        _log.warning("told the operators", condition=condition.name, ails=condition.ails)
        self._desk.alert(key=key, mailbox="", facts=facts)
        self._told[condition.name] = key if condition.ails else ""


def _outbox(waits: timedelta, number: int) -> Condition:
    return Condition(
        name="outbox",
        ails=waits > UNSENT,
        headline="mail is not being sent",
        what=f"The oldest mail has waited for {span(waits)} to be sent. It is kept and tried again.",
        details=[("Waiting", str(number)), ("Oldest", span(waits))],
        todo="Look at it with: helpdesk outbox list",
        over="mail is being sent again",
    )


def _disk(free: int) -> Condition:
    return Condition(
        name="disk",
        ails=True if free < DISK_LOW else False if free >= DISK_WELL else None,
        headline="the disk is nearly full",
        what="There is little room left where the desk keeps its mail. Without any, mail is refused for a while.",
        details=[("Free", f"{free / 2**20:.0f} MiB")],
        todo="Make room, or give the desk a larger disk.",
        over="the disk has room again",
    )


def _begun(condition: Condition) -> dict[str, Any]:
    return {
        "headline": condition.headline,
        "what": condition.what,
        "details": condition.details,
        "todo": condition.todo,
    }


def _over(condition: Condition) -> dict[str, Any]:
    what = f"This is over: {condition.headline}."
    return {"headline": condition.over, "what": what, "details": [], "todo": "Nothing to do."}
