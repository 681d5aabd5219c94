"""What a policy says of whole months, quarters and years, as words: its goals, and what is credited."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

from helpdesk.offering.credits import percent_words
from helpdesk.openhours.accounting import CALENDAR_YEAR
from helpdesk.phrases import date_words, span
from helpdesk.plural import plural

if TYPE_CHECKING:
    from collections.abc import Iterator

    from helpdesk.offering.policy import Policy


def accounts_words(policy: Policy) -> Iterator[tuple[str, list[str]]]:
    """Each title with its lines."""
    yield "Fiscal year", _fiscal_year_words(policy)
    yield "Attainment", list(_attainment_words(policy))
    yield "Availability", list(_availability_words(policy))
    yield "Credits", list(_credit_words(policy))


def _attainment_words(policy: Policy) -> Iterator[str]:
    for goal in policy.attainment:
        few = f"; of fewer than {goal.fewer_than}, {goal.forgiven} may be missed" if goal.fewer_than else ""
        named = [policy.name_of(target) for target in goal.targets]
        named += [policy.plan(plan).name for plan in goal.plans]
        named += [policy.level(severity).name for severity in goal.severities]
        named += ["of all customers together"] if goal.of == "offering" else []
        named += [] if goal.owed_only else ["also what is only measured"]
        about = f" ({', '.join(named)})" if named else ""
        yield f"{goal.name}: {goal.share.normalize():f} % of a {goal.per} in time{about}{few}"


def _availability_words(policy: Policy) -> Iterator[str]:
    for terms in policy.availability:
        goal = f" {percent_words(terms.goal)} % of a {terms.per}" if terms.goal is not None else f", by {terms.per}"
        short = f"; counted from {span(terms.at_least)} in one piece" if terms.at_least else ""
        planned = "" if terms.maintenance_counts else "; not in maintenance that was planned before"
        plans = f", {', '.join(policy.plan(plan).name for plan in terms.plans)}" if terms.plans else ""
        yield f"{terms.name} ({terms.what}{plans}){goal}{short}{planned}"
        yield from (f"  {band} of the {terms.per}'s fee" for band in terms.bands)
        if terms.each:
            most = f", at most {percent_words(terms.at_most)} %"
            yield f"  {percent_words(terms.for_each)} % of the {terms.per}'s fee for each {span(terms.each)} down{most}"


def _credit_words(policy: Policy) -> Iterator[str]:
    terms = policy.credits
    if terms is None:
        return
    fee = f"% of the {terms.per}'s fee"
    for band in terms.bands:
        share = f"{band.share.normalize():f} % of violations"
        floor = share if terms.by == "share" else plural(int(band.share), "violation")
        yield f"{'above' if band.above else 'from'} {floor}: {band.credit.normalize():f} {fee}"
    if terms.by == "each":
        yield f"{terms.each.normalize():f} {fee} for each violation, at most {terms.at_most.normalize():f} %"
    if terms.targets:
        yield f"counted: {', '.join(map(policy.name_of, terms.targets))}"
    if terms.unless:
        yield f"only where the goal {terms.unless} is missed"
    days = plural(terms.request_within, "business day" if terms.business_days else "day")
    yield f"to be asked for within {days} ({terms.calendar}) after the {terms.per}, once"


def _fiscal_year_words(policy: Policy) -> list[str]:
    """When the years begin in which it counts, where that is not the calendar's own way."""
    year = policy.fiscal_year
    if year == CALENDAR_YEAR:
        return []
    return [f"from {date_words(date(2026, year.month, year.day))}, called by the calendar year of its {year.named_by}"]
