"""How the open cases stand: numbers of all of them, and the lines that a mail has room for, read from indexes.

Cases of before their milestones were kept are read whole, as long as there are any.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from helpdesk.core.clocks.overview import Overview, overview
from helpdesk.core.clocks.turn import TURNS
from helpdesk.store import cases as case_store
from helpdesk.store.open_cases import OpenCases

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator
    from datetime import datetime

    from helpdesk.core.clocks.turn import Whose
    from helpdesk.core.words.case import Case
    from helpdesk.offering.policy import Policy
    from helpdesk.store.board import Reach
    from helpdesk.unit import Unit

SHOWN = 20  # cases of a list: what does not fit is counted


@dataclass(frozen=True, slots=True)
class OpenCaseload:
    """`first` has the lines that begin each list, with agents by their names; the numbers are of all open cases."""

    first: Overview
    number: int
    by_severity: tuple[tuple[str, int], ...]  # the worst first; names may stand in several policies
    turns: tuple[tuple[Whose, int], ...]
    due_number: int
    late_number: int


def caseload(unit: Unit, reach: Reach, *, until: datetime) -> OpenCaseload:
    """The open cases in reach; what falls due before `until` is listed as due."""
    kept = OpenCases(unit.connection, reach, unit.now)
    unread = overview(_unread(unit, kept), unit.now)
    severities, turns = _counted(unit, kept, unread)
    listed = {*kept.late(SHOWN), *kept.due(until, SHOWN), *kept.longest_waiting(SHOWN), *kept.others_turn(SHOWN)}
    first = overview(_cases(unit, {*listed, *kept.in_order(SHOWN)}), unit.now)
    lines, named = (*first.lines, *unread.lines), unit.rules.configuration.agent_names
    return OpenCaseload(
        first=Overview.of(replace(line, assignee=named.get(line.assignee, line.assignee)) for line in lines),
        number=turns.total(),
        by_severity=tuple((name, number) for (_, name), number in sorted(severities.items())),
        turns=tuple((whose, turns[whose]) for whose in TURNS if turns[whose]),
        due_number=kept.due_number(until) + len(unread.due_by(until)),
        late_number=kept.late_number() + len(unread.late),
    )


def _counted(unit: Unit, kept: OpenCases, unread: Overview) -> tuple[Counter[tuple[int, str]], Counter[str]]:
    """How many of each severity, by rank and name, and of each turn."""
    severities = Counter((line.rank, line.severity) for line in unread.lines)
    turns = Counter[str](line.turn for line in unread.lines)
    for kind, number in kept.kinds():
        level = unit.policy_version(kind.policy, kind.version).level(kind.severity)
        severities[kind.rank, level.name] += number
        turns[kind.turn] += number
    return severities, turns


def _unread(unit: Unit, kept: OpenCases) -> Iterator[tuple[Case, Policy]]:
    numbers = kept.unread(after=0)
    while numbers:
        yield from _cases(unit, numbers)
        numbers = kept.unread(after=numbers[-1])


def _cases(unit: Unit, numbers: Collection[int]) -> Iterator[tuple[Case, Policy]]:
    for case in case_store.find(unit.connection, numbers).values():
        yield case, unit.policy_of(case)
