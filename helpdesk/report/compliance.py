"""How the promises were kept: met, breached, running and exempt, and how long answers took in open time.

One line for each customer, policy, severity, target and month (UTC, of the case's receipt), and one for each target in
all. A clock counts as breached from its breach on, answered or not. The response of a clock is the open time it had
used when it was answered; the 90th percentile is the nearest rank, so that is always a time that really happened.
Beside them the ratings: of each person and case the last one, by customer, policy and month.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from datetime import UTC
from itertools import groupby
from statistics import median
from typing import TYPE_CHECKING, Any, NamedTuple

from helpdesk.core.clocks.measured import measured
from helpdesk.core.clocks.timeline import clocks
from helpdesk.core.words.calls import calls_in_words
from helpdesk.report.shapes import fields_of
from helpdesk.store import cases as case_store

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence
    from datetime import datetime

    from helpdesk.core.clocks.measured import MeasuredCase, MeasuredClock
    from helpdesk.core.words.case import Case
    from helpdesk.core.words.rating import Grade
    from helpdesk.offering.policy import Policy
    from helpdesk.store.cases import ReportedCase
    from helpdesk.unit import Unit

_BATCH = 500


def _unwatched(_done: int) -> None:
    """The progress that nobody is shown."""


class Line(NamedTuple):
    """What the clocks of one line have in common. `customer` is a key, "" for somebody unknown."""

    customer: str
    policy: str
    severity: str
    target: str  # the key of a promise
    month: str  # 2026-07


@dataclass(slots=True)
class Tally:
    """How the clocks of one line stand."""

    met: int = 0
    breached: int = 0
    running: int = 0  # paused ones too
    exempt: int = 0
    not_warranted: int = 0  # of all these
    responses: list[int] = field(default_factory=list)  # seconds of open time

    @property
    def clocks(self) -> int:
        """How many clocks there are in all."""
        return self.met + self.breached + self.running + self.exempt

    @property
    def median(self) -> int | None:
        """The middle response, of two the mean; whole seconds."""
        return int(median(self.responses)) if self.responses else None

    @property
    def percentile_90(self) -> int | None:
        """The response that nine in ten did not exceed; whole seconds."""
        if not self.responses:
            return None
        rank = -(-len(self.responses) * 9 // 10)  # rounded up: the nearest rank
        return sorted(self.responses)[rank - 1]

    def add(self, clock: MeasuredClock, state: str) -> None:
        """Count one clock."""
        if state == "running":
            self.running += 1
        elif state == "met":
            self.met += 1
        elif state == "breached":
            self.breached += 1
        else:
            self.exempt += 1
        self.not_warranted += not clock.warranted
        if clock.response is not None and state != "exempt":
            self.responses.append(clock.response)


class Group(NamedTuple):
    """What the ratings of one line have in common."""

    customer: str
    policy: str
    month: str


@dataclass(slots=True)
class Satisfaction:
    """How many said whether they were satisfied."""

    good: int = 0
    bad: int = 0

    @property
    def rated(self) -> int:
        """How many ratings there are."""
        return self.good + self.bad

    @property
    def share(self) -> float | None:
        """Of those who were, from 0 to 1; None where nobody has said."""
        return round(self.good / self.rated, 4) if self.rated else None

    def add(self, grade: Grade) -> None:
        """Count one rating."""
        if grade == "good":
            self.good += 1
        else:
            self.bad += 1


class Compliance:
    """Collects cases one by one; what it keeps grows with the lines and a number for each answer."""

    def __init__(self) -> None:
        self.cases = 0
        self.untargeted = 0  # first responses that nothing was promised for
        self.lines: dict[Line, Tally] = {}
        self.ranks: dict[tuple[str, str], int] = {}  # of the severities of each policy
        self.totals: dict[str, Tally] = {}
        self.names: dict[str, str] = {}  # of the promises, as people read them
        self.satisfaction: dict[Group, Satisfaction] = {}
        self.satisfied = Satisfaction()
        self.reasons: Counter[str] = Counter()  # why clocks were not warranted
        self.exemptions: Counter[str] = Counter()  # why clocks were exempt
        self.calls = 0
        self.needless = 0  # of these, what an agent says was not worth waking for

    def know(self, policy: Policy) -> None:
        """Place the severities of a policy version that cases are under."""
        self.ranks |= {(policy.key, level.key): level.rank for level in policy.severity.levels}

    def add(self, case: Case | ReportedCase, found: MeasuredCase, now: datetime) -> None:
        """Count the clocks of one case as they stand at `now`; what was dealt with before the desk began has none."""
        if not found.clocks:
            return
        self.cases += 1
        self.calls += found.calls
        self.needless += found.needless
        month = f"{case.opened_at.astimezone(UTC):%Y-%m}"
        for grade in found.grades:
            group = Group(case.customer, case.policy, month)
            self.satisfaction.setdefault(group, Satisfaction()).add(grade)
            self.satisfied.add(grade)
        for clock in found.clocks:
            state = clock.state(now)
            self.names[clock.target] = clock.name
            if state == "none":
                self.untargeted += 1
                continue
            line = Line(case.customer, case.policy, clock.severity, clock.target, month)
            self.lines.setdefault(line, Tally()).add(clock, state)
            self.totals.setdefault(clock.target, Tally()).add(clock, state)
            self.exemptions.update([clock.exempt] if clock.exempt else [])
            self.reasons.update([] if clock.warranted else clock.because)

    def sorted_lines(self) -> list[tuple[Line, Tally]]:
        """The lines in order of customer, policy, month and target, the worst severity first."""
        return sorted(self.lines.items(), key=lambda item: self._place(item[0]))

    def _place(self, line: Line) -> tuple[str, str, str, str, int]:
        rank = self.ranks.get((line.policy, line.severity), 0)
        return line.customer, line.policy, line.month, line.target, rank


def compliance_of(unit: Unit, numbers: Sequence[int], advance: Callable[[int], None] = _unwatched) -> Compliance:
    """Count these cases, each under its policy version, as they stand now; `advance` is told how many are done."""
    compliance, known = Compliance(), set[tuple[str, str]]()
    for case, found in measured_cases(unit, numbers, advance):
        if (case.policy, case.version) not in known:
            known.add((case.policy, case.version))
            compliance.know(unit.policy_version(case.policy, case.version))
        compliance.add(case, found, unit.now)
    return compliance


def measured_cases(
    unit: Unit, numbers: Sequence[int], advance: Callable[[int], None] = _unwatched
) -> Iterator[tuple[ReportedCase, MeasuredCase]]:
    """These cases with what is counted of each; `advance` is told how many are done."""
    for start in range(0, len(numbers), _BATCH):
        reported = case_store.reported(unit.connection, numbers[start : start + _BATCH])
        unread = _read(unit, [case.number for case in reported if case.counted is None])
        for case in reported:
            yield case, case.counted or unread[case.number]
        advance(len(reported))


def _read(unit: Unit, numbers: Sequence[int]) -> dict[int, MeasuredCase]:
    """The same from the events, of cases of before it was kept."""
    found = case_store.find(unit.connection, numbers).items()
    return {number: measured(case, clocks(case, unit.policy_of(case))) for number, case in found}


def compliance_shape(compliance: Compliance) -> dict[str, Any]:
    """What `report --json` prints. Durations are whole seconds of open time."""
    return {
        "cases": compliance.cases,
        "without_target": compliance.untargeted,
        "lines": [
            {**line._asdict(), "customer": line.customer or None, **_tally_shape(tally)}
            for line, tally in compliance.sorted_lines()
        ],
        "totals": {target: _tally_shape(tally) for target, tally in compliance.totals.items()},
        "satisfaction": {
            **_satisfaction_shape(compliance.satisfied),
            "lines": [
                {**group._asdict(), "customer": group.customer or None, **_satisfaction_shape(found)}
                for group, found in sorted(compliance.satisfaction.items())
            ],
        },
        "calls": {"calls": compliance.calls, "not_worth_waking": compliance.needless},
        "not_warranted": _counted(compliance.reasons),
        "exempt": _counted(compliance.exemptions),
    }


def _satisfaction_shape(found: Satisfaction) -> dict[str, Any]:
    return fields_of(found, "rated", "good", "bad", "share")


def _tally_shape(tally: Tally) -> dict[str, Any]:
    return {
        **fields_of(tally, "clocks", "met", "breached", "running", "exempt", "not_warranted"),
        "answered": len(tally.responses),
        "median": tally.median,
        "p90": tally.percentile_90,
    }


def _counted(reasons: Counter[str]) -> list[dict[str, Any]]:
    return [{"because": because, "clocks": number} for because, number in reasons.most_common()]


_COLUMNS = ("met", "breached", "running", "exempt", "warranted", "median", "90 %")


def compliance_text(compliance: Compliance) -> str:
    """A table for each customer, policy and month, the totals, and what was not owed; 80 columns for usual names."""
    if not compliance.lines:
        return "\n".join(["There are no promises in that time.", *_called(compliance), *_satisfied(compliance)])
    groups = groupby(compliance.sorted_lines(), key=lambda item: (item[0].customer, item[0].policy, item[0].month))
    rows: list[tuple[str, ...]] = [("", *_COLUMNS)]
    for (customer, policy, month), lines in groups:
        rows.append((f"{customer or '(unknown)'}, {policy}, {month}",))
        rows += [(f"  {compliance.names[line.target]} {line.severity}", *_cells(tally)) for line, tally in lines]
    rows.append(("all",))
    rows += [(f"  {compliance.names[target]}", *_cells(tally)) for target, tally in sorted(compliance.totals.items())]
    told = (*_counted_reasons("not warranted", compliance.reasons), *_counted_reasons("exempt", compliance.exemptions))
    return "\n".join([*_aligned(rows), *told, *_called(compliance), *_satisfied(compliance)])


def _called(compliance: Compliance) -> Iterator[str]:
    """`calls: 12, of which 3 were not worth waking for`."""
    if compliance.calls:
        yield f"calls: {calls_in_words(compliance.calls, compliance.needless)}"


def _satisfied(compliance: Compliance) -> Iterator[str]:
    """What customers said: `satisfied: 9 of 12 (75 %)`, then by customer, policy and month."""
    if not compliance.satisfied.rated:
        return
    yield f"satisfied: {_share(compliance.satisfied)}"
    for group, found in sorted(compliance.satisfaction.items()):
        yield f"  {group.customer or '(unknown)'}, {group.policy}, {group.month}: {_share(found)}"


def _share(found: Satisfaction) -> str:
    return f"{found.good} of {found.rated} ({found.good / found.rated:.0%})".replace("%", " %")


def _cells(tally: Tally) -> tuple[str, ...]:
    numbers = (tally.met, tally.breached, tally.running, tally.exempt, tally.clocks - tally.not_warranted)
    return (*(str(number) for number in numbers), _clockwise(tally.median), _clockwise(tally.percentile_90))


def _clockwise(seconds: int | None) -> str:
    """`27:05`, hours and minutes of open time."""
    return "-" if seconds is None else f"{seconds // 3600}:{seconds // 60 % 60:02d}"


def _aligned(rows: Sequence[tuple[str, ...]]) -> Iterator[str]:
    """Names to the left, numbers to the right; a row of one cell is a heading and may be as long as it likes."""
    whole = [row for row in rows if len(row) > 1]
    widths = [max(len(row[column]) for row in whole) for column in range(len(whole[0]))]
    for name, *numbers in rows:
        cells = (number.rjust(width) for number, width in zip(numbers, widths[1:], strict=False))
        yield "  ".join([name.ljust(widths[0]), *cells]).rstrip()


def _counted_reasons(what: str, reasons: Counter[str]) -> Iterator[str]:
    for because, number in reasons.most_common():
        yield f"{what}: {number}, {because}"
