"""What a new case is not owed: by who wrote it, what the plan covers, and what the offering leaves out.

Nothing here refuses a mail, or takes a promise away. A case is flagged, an exclusion is proposed, or its promises are
measured without warranty; the reason is always on the record.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from helpdesk.core.receive import entry
from helpdesk.core.receive.fact_scope import contact_doubts, unsupported
from helpdesk.core.receive.maintenance import window_of
from helpdesk.core.words.case import DESK
from helpdesk.core.words.events import (
    CaseExempted,
    CaseFlagged,
    CaseUnflagged,
    Event,
    ExclusionProposed,
    FormerRequester,
    RequesterSet,
    Stamp,
)
from helpdesk.core.words.people import promises_begin_on
from helpdesk.offering.policy import OFF, Doubt

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator, Mapping
    from datetime import date, datetime

    from helpdesk.core.words.case import Case
    from helpdesk.core.words.decision import Arrival
    from helpdesk.core.words.people import Customer
    from helpdesk.core.words.terms import Terms
    from helpdesk.core.words.verdict import Verdict
    from helpdesk.offering.declared import Incident
    from helpdesk.offering.policy import Plan, Policy
    from helpdesk.person import Person

_NOT_ENTITLED = "not entitled: "


def unentitled(arrival: Arrival, terms: Terms) -> Iterator[Doubt]:
    """Why the sender has not bought this offering (LGK-1, CEL-1)."""
    customer = terms.customer
    if customer is None:
        yield Doubt("sender", "", f"{_NOT_ENTITLED}unknown sender")
    elif customer.policy != terms.policy.key:
        yield Doubt("offering", terms.policy.name, f"{_NOT_ENTITLED}bought {customer.policy}")
    else:
        yield from _unsubscribed(customer, arrival.received_at.astimezone(_wall_of(customer, terms)).date(), terms)


def _unsubscribed(customer: Customer, on: date, terms: Terms) -> Iterator[Doubt]:
    begins = promises_begin_on(customer, terms.policy)
    if not _subscribed(customer, on):
        yield Doubt("subscription", terms.policy.name, f"{_NOT_ENTITLED}no active subscription")
    elif begins and on < begins:
        yield Doubt("beginning", begins.isoformat(), f"{_NOT_ENTITLED}promises begin on {begins}")


def is_entitlement(tag: str) -> bool:
    """Whether a mark is one of `unentitled`."""
    return tag.startswith(_NOT_ENTITLED)


def _subscribed(customer: Customer, on: date) -> bool:
    begun = customer.entitled_from is None or customer.entitled_from <= on
    return begun and (customer.entitled_to is None or on <= customer.entitled_to)


def _wall_of(customer: Customer, terms: Terms) -> ZoneInfo:
    """By whose wall the days of a contract begin and end: the customer's, else that of the hours they are served in."""
    policy = terms.policy
    return ZoneInfo(customer.timezone or policy.desk_timezone(region_key(terms)))


def unclaimed(sender: Person, given: Collection[str], kind: str, terms: Terms) -> Iterator[Doubt]:
    """What the policy asks of those who claim its warranty, and a case of that kind lacks (LAI-5).

    `given` are the keys of the intake fields that the customer has answered.
    """
    warranty, customer = terms.policy.warranty, terms.customer
    if warranty.only_registered and not (customer and customer.registers(sender.address)):
        yield Doubt("contact", "", "the sender is not a registered contact")
    for field in terms.policy.intake:
        if field.key in warranty.requires and field.concerns(kind) and field.key not in given:
            yield Doubt("field", field.label, f"the mail does not name: {field.label}")


def plan_key(terms: Terms) -> str:
    """The plan that a new case runs under: the customer's, if they bought this offering, else the mailbox's."""
    return (terms.buyer.plan if terms.buyer else "") or terms.mailbox.plan or terms.policy.plans[0].key


def addon_keys(terms: Terms) -> tuple[str, ...]:
    """What the customer bought beside the plan, of this offering and for that plan."""
    customer, plan = terms.buyer, plan_key(terms)
    if customer is None:
        return ()
    known = {addon.key for addon in terms.policy.addons if not addon.plans or plan in addon.plans}
    return tuple(key for key in customer.addons if key in known)


def region_key(terms: Terms) -> str:
    """The region that a new case is served from: the customer's, if they bought this offering, else the first."""
    theirs = terms.buyer
    if theirs is None:
        return terms.policy.regions[0].key
    return terms.policy.region_for(theirs.region, country=theirs.country, timezone=theirs.timezone)


def findings(
    sender: Person, arrival: Arrival, verdict: Verdict, given: Mapping[str, str], terms: Terms, now: datetime
) -> Iterator[Event]:
    """Events for what the plan does not cover, and for what the offering may leave out.

    `given` are the answers to what customers are asked for.
    """
    plan = terms.policy.plan(plan_key(terms))
    for tag in uncovered(verdict.kind, verdict.area or "", plan, terms.policy):
        yield entry.flagged(arrival, now, tag)
    yield from _declared(arrival, verdict, terms, now)
    yield from excluded_by_words(arrival, terms, now)
    yield from out_of_support(arrival, given, terms, now)
    for doubt in contact_doubts(terms.buyer, sender.address, plan, given.get("product", "")):
        yield entry.flagged(arrival, now, doubt)


_NOT_IN_PLAN, _NO_AREA = "not in plan: ", "no covered area recognised"


def uncovered(kind: str, area: str, plan: Plan, policy: Policy) -> tuple[str, ...]:
    """How a case is marked that the plan, or the offering, does not cover; `area` is "" where none was recognised."""
    if area in plan.excludes:
        return (f"{_NOT_IN_PLAN}{area}",)  # TKT-6
    return (_NO_AREA,) if not area and policy.severity.areas and kind == "defect" else ()  # LGK-8


def coverage(case: Case, policy: Policy, stamp: Stamp) -> Iterator[CaseFlagged | CaseUnflagged]:
    """What is no longer marked as not covered, and what is from now on, of a case whose kind or area has changed."""
    holds = uncovered(case.kind, case.area, policy.plan(case.plan), policy)
    yield from (CaseUnflagged(*stamp, tag=tag) for tag in case.tags if is_coverage(tag) and tag not in holds)
    yield from (CaseFlagged(*stamp, tag=tag) for tag in holds if tag not in case.tags)


def is_coverage(tag: str) -> bool:
    """Whether a mark is one of `uncovered`."""
    return tag == _NO_AREA or tag.startswith(_NOT_IN_PLAN)


def _declared(arrival: Arrival, verdict: Verdict, terms: Terms, now: datetime) -> Iterator[Event]:
    """What the operators have said already: a known incident (LAI-6), planned maintenance (LGK-11, TKT-9)."""
    policy, stamp = terms.policy, (arrival.received_at, now, DESK)
    incident = terms.declared.incident(policy.key, arrival.message.said)
    if incident:
        yield from _incident(incident, policy, stamp)
    window = window_of(arrival, verdict, terms)
    if window:
        zone = policy.calendars[policy.regions[0].calendar].timezone
        yield CaseFlagged(
            *stamp,
            tag="maintenance",
            say=f"planned maintenance, {window.name}",
            name=window.name,
            until=window.ends_at.isoformat(),
            zone=zone,
        )


# --- what words of a mail propose to leave out

PROPOSED = "exclusion proposed: "  # begins the tag of one that nobody has decided on


def excluded_by_words(
    arrival: Arrival, terms: Terms, now: datetime, *, decided: Collection[str] = ()
) -> Iterator[Event]:
    """An event and a tag for each exclusion whose words stand in a mail, once a case: not for keys in `decided`."""
    text = arrival.message.said.lower()
    for one in terms.policy.exclusions:
        said = [word for word in one.words if _stands_in(word, text)]
        if said and one.key not in decided:
            order = f"#exclude {one.key}"
            yield from _proposal(one.key, order, one.why, said, (arrival.received_at, now, DESK))


def out_of_support(
    arrival: Arrival, given: Mapping[str, str], terms: Terms, now: datetime, *, decided: Collection[str] = ()
) -> Iterator[Event]:
    """An event and a tag where the version that a mail, or the contract, names is out of support."""
    policy, stamp = terms.policy, (arrival.received_at, now, DESK)
    on = arrival.received_at.astimezone(policy.accounts_zone).date()
    for version, why in unsupported(policy, terms.buyer, given, addon_keys(terms), on):
        if version.exclusion not in decided:
            yield ExclusionProposed(*stamp, key=version.exclusion, because=why)
            yield CaseFlagged(*stamp, tag=_proposed(version.exclusion, why, f"#exclude {version.exclusion}"))


def exclusion_keys(events: Iterable[Event]) -> frozenset[str]:
    """The keys that were proposed or decided on."""
    return frozenset(one.key for one in events if isinstance(one, ExclusionProposed | CaseExempted))


def _incident(incident: Incident, policy: Policy, stamp: Stamp) -> Iterator[Event]:
    """A mail says the words of a known incident (LAI-6): it is linked, and the agent decides whether it is that."""
    yield linked(incident, stamp)
    if policy.known_incidents_exempt:
        order = f"#incident {incident.key}"
        yield from _proposal(f"incident {incident.key}", order, known_problem(incident), incident.words, stamp)


def _proposal(key: str, order: str, why: str, said: Collection[str], stamp: Stamp) -> Iterator[Event]:
    words = ", ".join(f'"{word}"' for word in said)
    yield ExclusionProposed(*stamp, key=key, because=why, words=tuple(said))
    yield CaseFlagged(*stamp, tag=_proposed(key, f"the mail says {words}", order))


def _proposed(key: str, why: str, order: str) -> str:
    return f"{PROPOSED}{key}, {why} ({order} binds, #exclude {OFF} dismisses; its promises run)"


def _stands_in(words: str, text: str) -> bool:
    return re.search(rf"(?<!\w){re.escape(words.lower())}(?!\w)", text) is not None


def linked(known: Incident, stamp: Stamp) -> CaseFlagged:
    """That a case is about a known incident."""
    return CaseFlagged(*stamp, tag=f"incident {known.key}", say=known_problem(known), name=known.title)


def known_problem(known: Incident) -> str:
    """What a customer is told of an incident."""
    return f"a known problem, {known.title}"


# --- whose it becomes


def becomes(person: Person, case: Case, arrival: Arrival, terms: Terms, stamp: Stamp) -> RequesterSet:
    """That a case becomes that person's; `terms` are theirs."""
    doubts = (*unentitled(arrival, terms), *unclaimed(person, dict(case.intake), case.kind, terms))
    return RequesterSet(
        *stamp,
        address=person.address,
        name=person.name,
        customer=terms.customer.key if terms.customer else "",
        plan=plan_key(terms),
        region=region_key(terms),
        addons=addon_keys(terms),
        unwarranted=tuple(doubt.said for doubt in doubts),
        was=FormerRequester(
            address=case.requester.address,
            answers_to=case.answers_to,
            customer=case.customer,
            plan=case.plan,
            region=case.region,
            unwarranted=list(case.unwarranted),
        ),
    )
