"""What stands beside open cases, read from their events anew: after an upgrade, or where it is in doubt."""

from __future__ import annotations

from typing import TYPE_CHECKING

from helpdesk.core.clocks.milestones import milestones_of
from helpdesk.core.clocks.timeline import clocks
from helpdesk.store import cases as case_store
from helpdesk.store import queue
from helpdesk.store.open_cases import keep_marks
from helpdesk.store.queue import Wanted

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import datetime

    from helpdesk.store.engine import Connection
    from helpdesk.unit.unit import Units

_BATCH = 200


def open_number(connection: Connection) -> int:
    """How many cases are to be read."""
    return queue.size(connection, Wanted(only_open=True))


def mark_open_cases(units: Units, now: datetime) -> Iterator[int]:
    """Read all open cases, a batch in a transaction, and keep what was found; gives how many each time.

    A case that changes meanwhile keeps what its own change found.
    """
    after = 0
    while True:
        with units.write(now) as unit:
            numbers = case_store.open_after(unit.connection, after, limit=_BATCH)
            found = case_store.find(unit.connection, numbers).values()
            marks = [(case, milestones_of(case, clocks(case, unit.policy_of(case)))) for case in found]
            keep_marks(unit.connection, [(case.number, len(case.events), kept) for case, kept in marks])
        if not numbers:
            return
        yield len(numbers)
        after = numbers[-1]
