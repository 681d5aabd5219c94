"""The cases that a transaction holds, so that several workers never decide about one at once.

A case is held before anything is decided about it, and read then: what was read before may have changed. Several are
held in the order of their numbers, so that no two workers wait for each other.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from helpdesk.store import cases as case_store

if TYPE_CHECKING:
    from collections.abc import Collection

    from helpdesk.core.words.case import Case
    from helpdesk.store.engine import Connection


class Holding:
    """The cases that this transaction holds."""

    def __init__(self, connection: Connection, *, waits: bool) -> None:
        """`waits`: for what another holds. Who has held some cases already had better not, see `take`."""
        self._connection = connection
        self._waits = waits
        self._held: set[int] = set()

    def take(self, numbers: Collection[int]) -> dict[int, Case]:
        """Hold these too, and read those anew that were not held yet. Raises StaleCase for one that another holds.

        One writer at a time, as on SQLite, holds everything from the beginning.
        """
        wanted = set(numbers) - self._held
        if self._connection.dialect.name == "sqlite" or not wanted:
            return {}
        held = case_store.hold(self._connection, wanted, waits=self._waits)
        self._held |= wanted  # a number without a case is not asked for again
        return case_store.find(self._connection, held)
