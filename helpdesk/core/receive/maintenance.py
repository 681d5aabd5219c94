"""Whom planned maintenance concerns: by its sector, and by what a mail reports.

A sector is what an operator wrote: an environment (Production, Test), a region of the policy, an area, a product or a
project, and also several of them. A window without one concerns everybody. A mail is told of a window only if it
reports that something is not available there (LGK-11): wrong prices are no sign of maintenance, and an outage in
production is none of an upgrade of the test system.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable

    from helpdesk.core.words.decision import Arrival
    from helpdesk.core.words.people import Customer
    from helpdesk.core.words.terms import Terms
    from helpdesk.core.words.verdict import Verdict
    from helpdesk.offering.credits import Availability
    from helpdesk.offering.declared import MaintenanceWindow
    from helpdesk.offering.policy import Policy

_OTHER = re.compile(
    r"\b(?:(?:pre|non)[- ]?prod\w*|test\w*|preview|stag(?:e|ing)|sandbox\w*|uat|qa|dev\w*|demo|integration|training)\b"
)
_PRODUCTION = re.compile(r"\b(?:prod\w*|prd|live)\b")
_GENERAL = re.compile(
    r"\b(?:environments?|systems?|regions?|clusters?|customers?|customer's|services?|servers?|sites?|instances?|"
    r"tenants?|the|our|all|only|of|in)\b"
)
_BETWEEN = re.compile(r"[,;/&+()]|\b(?:and|or|und|et|y)\b")
_SHORT = 4  # letters: a shorter word is no beginning of another


@dataclass(frozen=True, slots=True)
class Sector:
    """What is affected, read: everything that is said must fit, and of each kind one."""

    production: bool  # production systems
    other: tuple[str, ...]  # other environments, as they are called
    regions: frozenset[str]  # of the policy, by key
    things: tuple[str, ...]  # areas, products, projects


def read_sector(text: str, policy: Policy) -> Sector:
    """Read which environments an operator's words name."""
    left = text.lower()
    other = tuple(_OTHER.findall(left))
    left = _OTHER.sub(" ", left)
    production = bool(_PRODUCTION.search(left))
    left = _PRODUCTION.sub(" ", left)
    regions = set()
    for region in policy.regions:
        called = re.compile("|".join(rf"\b{re.escape(name.lower())}\b" for name in (region.key, region.name)))
        if called.search(left):
            regions.add(region.key)
            left = called.sub(" ", left)
    things = (" ".join(part.split()) for part in _BETWEEN.split(_GENERAL.sub(" ", left)))
    return Sector(production, other, frozenset(regions), tuple(thing for thing in things if thing))


def window_of(arrival: Arrival, verdict: Verdict, terms: Terms) -> MaintenanceWindow | None:
    """The window that a new case may be due to."""
    if not verdict.unavailable:
        return None
    windows = terms.declared.windows_at(terms.policy, arrival.received_at)
    return next((window for window in windows if _explains(window, arrival, verdict, terms)), None)


def _explains(window: MaintenanceWindow, arrival: Arrival, verdict: Verdict, terms: Terms) -> bool:
    sector, text = read_sector(window.sector, terms.policy), arrival.message.said.lower()
    return (
        _fits_environment(sector, verdict, text)
        and _fits_region(sector, terms.customer, terms.policy, text)
        and _fits_thing(sector, verdict, terms, text)
    )


def _fits_environment(sector: Sector, verdict: Verdict, text: str) -> bool:
    if not sector.production and not sector.other:
        return True
    unsaid, elsewhere = not verdict.environment, verdict.environment == "non-production"
    named = unsaid and any(re.search(rf"\b{re.escape(name)}\b", text) for name in sector.other)
    # What a mail says nothing of is a production system.
    return (sector.production and not elsewhere) or bool(sector.other and (elsewhere or named))


def _fits_region(sector: Sector, customer: Customer | None, policy: Policy, text: str) -> bool:
    named = (region.name.lower() for region in policy.regions if region.key in sector.regions)
    return (
        not sector.regions
        or (customer is not None and _region(customer, policy) in sector.regions)
        or any(_names(name, text) for name in named)
    )


def _region(customer: Customer, policy: Policy) -> str:
    return customer.region or policy.regions[0].key


def _fits_thing(sector: Sector, verdict: Verdict, terms: Terms, text: str) -> bool:
    area = next((area for area in terms.policy.severity.areas if area.key == verdict.area), None)
    about = (area.key, *area.words) if area else ()
    theirs = terms.customer.products if terms.customer else ()
    return (
        not sector.things
        or any(_names(thing, text) for thing in sector.things)
        or _is_among(about, sector)
        or bool(theirs and all(_is_among((product,), sector) for product in theirs))
    )


def _is_among(names: Iterable[str], sector: Sector) -> bool:
    return any(name.lower() in sector.things for name in names)


def _names(thing: str, text: str) -> bool:
    """Whether a text names it, also as the beginning of a word: Europe, European."""
    end = "" if len(thing) >= _SHORT else r"(?!\w)"
    return re.search(rf"(?<!\w){re.escape(thing)}{end}", text) is not None


def excuses(window: MaintenanceWindow, terms: Availability, customer: Customer | None, policy: Policy) -> bool:
    """Whether what is promised to be available may be down in a window: in production, there, and as it is called."""
    sector, called = read_sector(window.sector, policy), f"{terms.what} {terms.name}".lower()
    return (
        (sector.production or not sector.other)
        and (not sector.regions or (customer is not None and _region(customer, policy) in sector.regions))
        and (not sector.things or any(_names(thing, called) for thing in sector.things))
    )


def concerned(customers: Iterable[Customer], window: MaintenanceWindow, policy: Policy) -> list[Customer]:
    """The customers of an offering to whom a window is announced: those of its region, and of its product or project.

    Where none of them has what it names, nobody knows whom it concerns: all of them are told.
    """
    sector = read_sector(window.sector, policy)
    there = [
        customer
        for customer in customers
        if customer.policy == policy.key and (not sector.regions or _region(customer, policy) in sector.regions)
    ]
    having = [one for one in there if _is_among((*one.products, *one.projects), sector)]
    return having or there
