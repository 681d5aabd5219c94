"""How promises were kept in a time, looked at from several sides: by week, severity, team and customer.

A clock counts on each side as `helpdesk report` counts it. Weeks begin on Monday and are UTC, of the case's receipt.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from typing import TYPE_CHECKING, NamedTuple

from helpdesk.report.compliance import Satisfaction, Tally, measured_cases

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from helpdesk.core.clocks.measured import MeasuredCase
    from helpdesk.store.cases import ReportedCase
    from helpdesk.unit import Unit

MOST = 50_000  # cases that are counted while somebody waits
_WEEK = timedelta(days=7)


class RankedLevel(NamedTuple):
    """A severity, placed by its rank: names may stand in several policies."""

    rank: int
    name: str


@dataclass(frozen=True, slots=True)
class CasePlace:
    """Whose a case is, and how its policy calls severities, by key."""

    team: str
    levels: Mapping[str, RankedLevel]


@dataclass(slots=True)
class Trends:
    """What was counted. Customers are keys, "" for somebody unknown; promises are called as people read them."""

    weeks: dict[date, Tally] = field(default_factory=dict)  # by their Mondays
    severities: dict[RankedLevel, Tally] = field(default_factory=dict)
    teams: dict[str, Tally] = field(default_factory=dict)
    customers: dict[str, Tally] = field(default_factory=dict)
    promises: dict[str, Tally] = field(default_factory=dict)
    opened: Counter[date] = field(default_factory=Counter)  # cases, by the Mondays of their weeks
    ratings: dict[date, Satisfaction] = field(default_factory=dict)
    satisfied: Satisfaction = field(default_factory=Satisfaction)

    def add(self, case: ReportedCase, found: MeasuredCase, place: CasePlace, now: datetime) -> None:
        """Count a case and its clocks as they stand at `now`; what was dealt with before the desk began has none."""
        if not found.clocks:
            return
        week = week_of(case)
        self.opened[week] += 1
        for grade in found.grades:
            self.ratings.setdefault(week, Satisfaction()).add(grade)
            self.satisfied.add(grade)
        sides = [self.weeks.setdefault(week, Tally())]
        sides += [self.teams.setdefault(place.team, Tally()), self.customers.setdefault(case.customer, Tally())]
        for clock in found.clocks:
            state = clock.state(now)
            if state == "none":
                continue
            level = place.levels.get(clock.severity) or RankedLevel(0, clock.severity)
            by_clock = (self.severities.setdefault(level, Tally()), self.promises.setdefault(clock.name, Tally()))
            for tally in (*sides, *by_clock):
                tally.add(clock, state)


def week_of(case: ReportedCase) -> date:
    """The Monday of the week in which a case came."""
    day = case.opened_at.astimezone(UTC).date()
    return day - timedelta(days=day.weekday())


def trends_of(
    unit: Unit, numbers: Sequence[int], *, weeks: Sequence[date], counts: Callable[[ReportedCase], bool]
) -> Trends:
    """Count those of these cases that are to count; `weeks` are there even where nothing came in them."""
    trends = Trends(weeks={week: Tally() for week in weeks})
    known: dict[tuple[str, str, str, str], CasePlace] = {}
    for case, found in measured_cases(unit, numbers):
        if counts(case):
            key = (case.policy, case.version, case.mailbox, case.team)
            place = known.get(key) or known.setdefault(key, _place(unit, case))
            trends.add(case, found, place, unit.now)
    return trends


def _place(unit: Unit, case: ReportedCase) -> CasePlace:
    configuration, policy = unit.rules.configuration, unit.policy_version(case.policy, case.version)
    mailbox = configuration.mailbox(case.mailbox)
    team = configuration.teams.get(case.team)
    name = team.name if team else mailbox.team if mailbox else case.team
    levels = {level.key: RankedLevel(level.rank, level.name) for level in policy.severity.levels}
    return CasePlace(name, levels)


def weeks_between(first: date, last: date) -> list[date]:
    """The Mondays of the weeks that touch these days."""
    monday = first - timedelta(days=first.weekday())
    return [monday + number * _WEEK for number in range((last - monday).days // 7 + 1)]
