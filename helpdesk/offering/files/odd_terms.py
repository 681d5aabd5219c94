"""What runs as written and cannot be meant, of what a policy says of periods, maintenance and versions."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from helpdesk.offering.declared import windows_between
from helpdesk.openhours.intervals import clip, union

if TYPE_CHECKING:
    from collections.abc import Iterator

    from helpdesk.offering.credits import AttainmentGoal
    from helpdesk.offering.policy import Policy


def odd_terms(policy: Policy, year: int) -> Iterator[tuple[str, str]]:
    """Each key with what is odd about it; windows are those of a year."""
    for goal in policy.attainment:
        if not _counts_something(goal, policy):
            yield f"attainment.{goal.key}", "counts nothing: no such promise is owed"
    if policy.versions and all(field.key != "version" for field in policy.intake):
        text = "no field of [[intake]] asks for the version: only those that the customers' file names are known"
        yield "versions", text
    yield from _over_budget(policy, year)


def _counts_something(goal: AttainmentGoal, policy: Policy) -> bool:
    warranty = policy.warranty
    owed = (warranty.plans, warranty.severities) if goal.owed_only else ((), ())
    return any(
        _is_among(plan, goal.plans, owed[0])
        and _is_among(target, goal.targets)
        and _is_among(severity, goal.severities, owed[1])
        for plan, target, severity in policy.goals
    )


def _is_among(key: str, *lists: tuple[str, ...]) -> bool:
    return all(not named or key in named for named in lists)


def _over_budget(policy: Policy, year: int) -> Iterator[tuple[str, str]]:
    """The first period in which the file's own windows are more than there may be."""
    terms, zone = policy.maintenance_terms, policy.accounts_zone
    for period in policy.fiscal_year.read("year", str(year)).within(terms.per):
        since, until = period.bounds(zone)
        windows = union((one.begins_at, one.ends_at) for one in windows_between(policy, since, until))
        planned = sum((end - start for start, end in clip(windows, since, until)), timedelta())
        if terms.budget and planned > terms.budget:
            text = f"the windows of this file are {_hours(planned)} in {period}, there may be {_hours(terms.budget)}"
            yield "maintenance_terms.budget", text
            return


def _hours(amount: timedelta) -> str:
    return f"{amount / timedelta(hours=1):g} h"
