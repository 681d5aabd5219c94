"""The cases that one mail is about, held until the commit, so that several workers never decide at once.

A case is held before anything is decided about it, and read then: what was read before may have changed. Several are
held in the order of their numbers, so that no two workers wait for each other. A mail to a case that was merged is
about the one that goes on in its place.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from helpdesk.core.case import number_of
from helpdesk.core.decision import Neighbour
from helpdesk.core.errors import StaleCase
from helpdesk.core.merging import survivor_of
from helpdesk.store import cases as case_store

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping
    from datetime import datetime

    import sqlalchemy as sa

    from helpdesk.core.case import Case
    from helpdesk.desk.record import Recorder

_TRIES = 3


@dataclass(frozen=True, slots=True)
class CasesAbout:
    """The case that a mail is worked on, the merged case it was written to, if so, and the cases that it names.

    `named` has for each number the case that goes on in its place; those that do not exist are missing.
    """

    case: Case | None
    through: int | None
    named: Mapping[int, Case]


class Holding:
    """The cases that this transaction holds."""

    def __init__(self, connection: sa.Connection, *, waits: bool) -> None:
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


def gather(connection: sa.Connection, holding: Holding, placed: Case | None, named: Collection[int]) -> CasesAbout:
    """Find and hold them. Raises StaleCase where others merge faster than we read, or hold one of them."""
    if placed is None:
        return CasesAbout(None, None, {})
    wanted = {placed.number, *named}
    found = {placed.number: placed} | case_store.find(connection, [*named])
    for _ in range(_TRIES):
        found = _with_survivors(connection, found)
        survivors = {number: survivor_of(number, found) for number in wanted if number in found}
        numbers = {*survivors.values(), *found[survivors[placed.number]].merged}
        found |= holding.take(numbers)
        if all(not found[number].merged_into for number in survivors.values()):
            case = found[survivors[placed.number]]
            through = placed.number if case.number != placed.number else None
            return CasesAbout(
                case, through, {number: found[survivors[number]] for number in named if number in survivors}
            )
    raise StaleCase(f"{placed.ref} was merged again and again while it was read")


def _with_survivors(connection: sa.Connection, cases: Mapping[int, Case]) -> dict[int, Case]:
    """These cases, and whatever they were merged into."""
    found = dict(cases)
    while missing := {number_of(case.merged_into) for case in found.values() if case.merged_into} - found.keys():
        found |= case_store.find(connection, missing)
    return found


def after_merging(connection: sa.Connection, cases: Mapping[int, Case]) -> dict[int, int]:
    """For each of these cases the number of the one that goes on in its place."""
    found = _with_survivors(connection, cases)
    return {number: survivor_of(number, found) for number in cases}


def neighbours(
    connection: sa.Connection, recorder: Recorder, cases: Mapping[int, Case], now: datetime
) -> dict[int, Neighbour]:
    """These cases with what applies to each, as far as their mailboxes are still configured."""
    mailboxes = {number: recorder.rules.configuration.mailbox(case.mailbox) for number, case in cases.items()}
    return {
        number: Neighbour(case, recorder.terms(connection, mailbox, case=case, now=now))
        for number, case in cases.items()
        if (mailbox := mailboxes[number]) is not None
    }
