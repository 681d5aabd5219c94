"""How available what an offering names was, in each period, to one customer or to all: from what operators declared."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any

from helpdesk.core.clocks.uptime import clock_time, uptime
from helpdesk.core.receive.maintenance import excuses
from helpdesk.core.words.people import promises_begin_on
from helpdesk.offering.credits import percent_words
from helpdesk.offering.declared import windows_between
from helpdesk.openhours.accounting import midnight
from helpdesk.operators.notice import was_given
from helpdesk.phrases import moment
from helpdesk.report.shapes import fields_of, instant
from helpdesk.store import declarations, outages

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence
    from datetime import datetime
    from zoneinfo import ZoneInfo

    from helpdesk.core.clocks.uptime import Uptime
    from helpdesk.core.words.people import Customer
    from helpdesk.offering.credits import Availability
    from helpdesk.offering.declared import MaintenanceWindow
    from helpdesk.offering.policy import Policy
    from helpdesk.openhours.accounting import AccountingPeriod
    from helpdesk.store.cases import Opened
    from helpdesk.unit import Unit

_DAY = timedelta(days=1)
_LEAST = timedelta(seconds=1)


def measured(
    unit: Unit, policy: Policy, terms: Availability, period: AccountingPeriod, customer: Customer | None = None
) -> Uptime:
    """How a period went, for as much of it as was promised to that customer; None: to everybody."""
    zone = policy.accounts_zone
    since, until = period.bounds(zone)
    # A piece that goes on beyond the period, or is joined by one that ends with it, is measured whole.
    near = outages.between(unit.connection, since - terms.at_least - _LEAST, until + terms.at_least, name=terms.what)
    found = [outage for outage in near if outage.concerns(policy.key)]
    first = min((outage.began_at for outage in found), default=since)
    last = max((outage.ended_at or unit.now for outage in found), default=until)
    planned = [
        (window.begins_at, window.ends_at)
        for window in _planned(unit, policy, first, last)
        if excuses(window, terms, customer, policy)
    ]
    return uptime(terms, period, _covered(customer, policy, since, until, zone), found, planned, now=unit.now)


def availability_for(policy: Policy, customer: Customer | None) -> tuple[Availability, ...]:
    """What is promised of availability to a customer, by their plan; None: to anybody."""
    if customer is None:
        return policy.availability
    plan = customer.plan or policy.plans[0].key
    return tuple(terms for terms in policy.availability if not terms.plans or plan in terms.plans)


def _planned(unit: Unit, policy: Policy, since: datetime, until: datetime) -> Iterator[MaintenanceWindow]:
    """The windows that were planned before they began, and told of in time where the policy says when that is."""
    for plan in declarations.planned_ahead(unit.connection, policy.key, since, until):
        if was_given(policy, plan, unit.now):
            yield plan.window
    yield from windows_between(policy, since, until)


def _covered(
    customer: Customer | None, policy: Policy, since: datetime, until: datetime, zone: ZoneInfo
) -> tuple[datetime, datetime]:
    """The part of a period in which something is promised to a customer."""
    begins = promises_begin_on(customer, policy) if customer else None
    ends = customer.entitled_to if customer else None
    return (
        max(since, midnight(begins, zone)) if begins else since,
        min(until, midnight(ends + _DAY, zone)) if ends else until,
    )


def availability_of(unit: Unit, which: Opened) -> list[tuple[Policy, Uptime]]:
    """What is promised of availability, in each period that is reported: from the first outage on, where none is."""
    found: list[tuple[Policy, Uptime]] = []
    customer = unit.rules.customers.by_key.get(which.customer or "")
    for _, policy in sorted(unit.rules.book.policies.items()):
        if which.customer and (customer is None or customer.policy != policy.key):
            continue
        for terms in availability_for(policy, customer):
            found += [
                (policy, measured(unit, policy, terms, one, customer)) for one in _periods(unit, policy, terms, which)
            ]
    return found


def _periods(unit: Unit, policy: Policy, terms: Availability, which: Opened) -> Iterator[AccountingPeriod]:
    since = which.since or outages.first(unit.connection, terms.what) or unit.now
    until = min(which.until - _LEAST, unit.now) if which.until else unit.now
    period = policy.period(terms.per, since)
    while period.bounds(policy.accounts_zone)[0] <= until:
        yield period
        period = period.following


def uptime_shape(found: Uptime) -> dict[str, Any]:
    """As JSON; durations are whole seconds."""
    return {
        "name": found.terms.key,
        "period": str(found.period),
        **fields_of(found, "measured", "down"),
        "percent": percent_words(found.share),
        "goal": percent_words(found.terms.goal) if found.terms.goal is not None else None,
        "kept": found.kept,
        "credit": percent_words(found.credit.percent) if found.terms.credits else None,
        "pieces": [{"from": instant(start), "to": instant(end)} for start, end in found.pieces],
    }


def availability_shape(lines: Iterable[tuple[Policy, Uptime]]) -> list[dict[str, Any]]:
    """What `report --json` says of it."""
    return [{"policy": policy.key, **uptime_shape(found)} for policy, found in lines]


def availability_text(lines: Sequence[tuple[Policy, Uptime]]) -> Iterator[str]:
    """A line for each period; nothing where no policy speaks of availability."""
    if lines:
        yield "availability:"
    for policy, found in lines:
        goal = ""
        if found.terms.goal is not None:
            left = f", with {clock_time(found.left)} left" if found.kept and found.left is not None else ""
            goal = f"; goal {percent_words(found.terms.goal)} %: {'kept' if found.kept else 'missed'}{left}"
        yield f"  {policy.key}, {found.period}, {found.in_words}{goal}"


def pieces_words(found: Uptime, zone: str) -> Iterator[str]:
    """Each piece that counts: from when, to when, how long."""
    for start, end in found.pieces:
        yield f"{found.terms.name}: {moment(start, zone)} to {moment(end, zone)}, {clock_time(end - start)}"
