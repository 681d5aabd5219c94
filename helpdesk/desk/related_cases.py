"""The cases that one mail is about: one that was merged stands for the one that goes on in its place."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from helpdesk.core.words.case import number_of, survivor_of
from helpdesk.errors import StaleCase

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping

    from helpdesk.core.words.case import Case
    from helpdesk.unit import Unit

_TRIES = 3


@dataclass(frozen=True, slots=True)
class CasesAbout:
    """The case that a mail is worked on, the merged case it was written to, if so, and the cases that it names.

    `named` has for each number the case that goes on in its place; those that do not exist are missing.
    """

    case: Case | None
    through: int | None
    named: Mapping[int, Case]


def gather(unit: Unit, placed: Case | None, named: Collection[int]) -> CasesAbout:
    """Find and hold them. Raises StaleCase where others merge faster than we read, or hold one of them."""
    if placed is None:
        return CasesAbout(None, None, {})
    wanted = {placed.number, *named}
    found = {placed.number: placed} | unit.find([*named])
    for _ in range(_TRIES):
        found = _with_survivors(unit, found)
        survivors = {number: survivor_of(number, found) for number in wanted if number in found}
        numbers = {*survivors.values(), *found[survivors[placed.number]].merged}
        found |= unit.hold(numbers)
        if all(not found[number].merged_into for number in survivors.values()):
            case = found[survivors[placed.number]]
            through = placed.number if case.number != placed.number else None
            return CasesAbout(
                case, through, {number: found[survivors[number]] for number in named if number in survivors}
            )
    raise StaleCase(f"{placed.ref} was merged again and again while it was read")


def _with_survivors(unit: Unit, cases: Mapping[int, Case]) -> dict[int, Case]:
    """These cases, and whatever they were merged into."""
    found = dict(cases)
    while missing := {number_of(case.merged_into) for case in found.values() if case.merged_into} - found.keys():
        found |= unit.find(missing)
    return found


def after_merging(unit: Unit, cases: Mapping[int, Case]) -> dict[int, int]:
    """For each of these cases the number of the one that goes on in its place."""
    found = _with_survivors(unit, cases)
    return {number: survivor_of(number, found) for number in cases}
