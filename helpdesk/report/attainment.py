"""How each customer's promises stand against the attainment goals of their policies, whole periods at a time."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from helpdesk.core.clocks.attainment import Attained, is_about
from helpdesk.core.clocks.credit import sla_events
from helpdesk.offering.credits import percent_words
from helpdesk.plural import plural
from helpdesk.report.statement import goal_shape
from helpdesk.store import cases as case_store

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from helpdesk.offering.credits import AttainmentGoal
    from helpdesk.offering.policy import Policy
    from helpdesk.openhours.accounting import AccountingPeriod
    from helpdesk.store.cases import Opened
    from helpdesk.unit import Unit

_LEAST = timedelta(seconds=1)


@dataclass(frozen=True, slots=True)
class CustomerAttainment:
    """How a goal stands in one period, for a customer, by key, or for all; `over` once no case can be added to it."""

    customer: str
    policy: str
    found: Attained
    over: bool


def attainment_of(unit: Unit, which: Opened) -> list[CustomerAttainment]:
    """Each goal in each period that touches what is reported, with all its cases, also those outside of that.

    The goals are those in force now; each clock is measured by the policy version of its case.
    """
    lines: list[CustomerAttainment] = []
    for key, policy in sorted(unit.rules.book.policies.items()):
        if policy.attainment:
            lines += _of_policy(unit, policy, replace(which, policy=key))
    return lines


def _of_policy(unit: Unit, policy: Policy, which: Opened) -> list[CustomerAttainment]:
    found: dict[tuple[str, AttainmentGoal, AccountingPeriod], Attained] = {}
    goals = (goal for goal in policy.attainment if goal.of == "customer" or which.customer is None)
    wanted = {goal: _whole_periods(goal, policy, which) for goal in goals}
    for case in case_store.stream(unit.connection, _widest(wanted.values(), which)):
        periods = {
            goal: policy.period(goal.per, case.opened_at)
            for goal, opened in wanted.items()
            if (opened.since is None or opened.since <= case.opened_at)
            and (opened.until is None or case.opened_at < opened.until)
        }
        for event in sla_events(case, unit.policy_of(case), unit.now):
            for goal, period in periods.items():
                if is_about(goal, event):
                    line = (case.customer if goal.of == "customer" else "", goal, period)
                    found[line] = found.get(line, Attained(goal, period)).and_then(event)
    zone = policy.accounts_zone
    lines = [
        CustomerAttainment(customer, policy.key, one, over=period.bounds(zone)[1] <= unit.now)
        for (customer, _, period), one in found.items()
        if one.counted or one.running
    ]
    return sorted(lines, key=lambda line: (line.customer, line.found.goal.key, line.found.period.first_month))


def _whole_periods(goal: AttainmentGoal, policy: Policy, which: Opened) -> Opened:
    """What is reported, as whole periods of a goal."""
    zone = policy.accounts_zone
    since = policy.period(goal.per, which.since).bounds(zone)[0] if which.since else None
    until = policy.period(goal.per, which.until - _LEAST).bounds(zone)[1] if which.until else None
    return replace(which, since=since, until=until)


def _widest(several: Iterable[Opened], which: Opened) -> Opened:
    since = [one.since for one in several if one.since]
    until = [one.until for one in several if one.until]
    return replace(which, since=min(since, default=None), until=max(until, default=None))


def attainment_shape(lines: Sequence[CustomerAttainment]) -> list[dict[str, Any]]:
    """What `report --json` says of the goals."""
    return [
        {"customer": line.customer or None, "policy": line.policy, "over": line.over, **goal_shape(line.found)}
        for line in lines
    ]


def attainment_text(lines: Sequence[CustomerAttainment]) -> Iterator[str]:
    """A line for each goal, customer and period; nothing where no policy has a goal."""
    if lines:
        yield "attainment:"
    for line in lines:
        yield f"  {_whose(line)}, {line.policy}, {line.found.period}, {_line(line)}"


def _whose(line: CustomerAttainment) -> str:
    return line.customer or ("(unknown)" if line.found.goal.of == "customer" else "all customers")


def _line(line: CustomerAttainment) -> str:
    found, more = line.found, line.found.with_one_more_miss
    said = f"{found.goal.name}: {'kept' if found.kept else 'missed'}{'' if line.over else ' so far'} ({found.in_words})"
    if found.running:
        said += f"; {plural(found.running, 'promise')} running"
    if line.over and not found.running:
        return said
    share = percent_words(more.share) if more.share is not None else "0"
    return f"{said}; one more miss: {share} %, {'still kept' if more.kept else 'missed'}"
