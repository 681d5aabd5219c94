"""What stands beside cases, read from their events anew: after an upgrade, or where it is in doubt."""

from __future__ import annotations

from typing import TYPE_CHECKING

from helpdesk.core.clocks.timeline import clocks
from helpdesk.store import cases as case_store

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import datetime

    from helpdesk.unit.unit import Units

_BATCH = 200


def read_again(units: Units, now: datetime) -> Iterator[int]:
    """Read all cases, a batch in a transaction, and keep what was found; gives how many each time.

    A case that changes meanwhile keeps what its own change found.
    """
    after = 0
    while True:
        with units.write(now) as unit:
            numbers = case_store.numbers_after(unit.connection, after, limit=_BATCH)
            found = case_store.find(unit.connection, numbers).values()
            kept = [(case, case_store.beside(case, clocks(case, unit.policy_of(case)))) for case in found]
            case_store.keep_beside(unit.connection, kept)
        if not numbers:
            return
        yield len(numbers)
        after = numbers[-1]
