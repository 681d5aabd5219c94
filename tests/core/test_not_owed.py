"""What a case is not owed, and what its agent is told of that: contracts, versions, contacts, areas, exclusions."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest

from helpdesk.core.receive.fact_scope import contact_doubts, unsupported
from helpdesk.core.receive.scope import (
    addon_keys,
    coverage,
    excluded_by_words,
    exclusion_keys,
    findings,
    is_coverage,
    out_of_support,
    plan_key,
    unclaimed,
    uncovered,
    unentitled,
)
from helpdesk.core.words.case import DESK
from helpdesk.core.words.events import CaseExempted, CaseFlagged, ExclusionProposed
from helpdesk.core.words.people import Contact, Customer
from helpdesk.offering.declared import DeclaredState, MaintenanceWindow
from helpdesk.offering.policy import Plan
from tests.core.mill import JO, arrival, offering, on, opened, terms, utc

NOW = utc("22 12:00")
FACTS = """
[[versions]]
version = "4"
product = "oats"
supported_until = 2026-06-30
extended = { long = 2027-06-30 }
exclusion = "old"
[[versions]]
version = "3"
product = "oats"
exclusion = "old"
[addons.long]
name = "Long-term support"
[addons.night]
name = "Night"
plans = ["bran"]
[[exclusion]]
key = "old"
why = "this release is out of support"
[[exclusion]]
key = "custom"
why = "it was changed"
words = ["modified", "rebuilt"]
"""


def acme(**facts):
    return Customer("acme", "Acme", "mill", **{"plan": "flour", **facts})


# --- versions


@pytest.mark.parametrize(
    ("contract", "given", "addons", "on", "said"),
    [
        ((), {"version": "4.2", "product": "oats"}, (), "2026-07-01", "the mail says version 4.2 of oats, supported until 2026-06-30"),
        ((), {"version": "4.2", "product": "oats"}, (), "2026-06-30", ""),  # the last day
        ((), {"version": "4.2", "product": "oats"}, ("long",), "2027-06-30", ""),
        ((), {"version": "4.2", "product": "oats"}, ("long",), "2027-07-01", "the mail says version 4.2 of oats, supported until 2027-06-30"),
        ((), {"version": "3.1", "product": "oats"}, (), "2026-01-01", "the mail says version 3.1 of oats, which is not supported"),
        ((), {"version": "5", "product": "oats"}, (), "2026-07-01", ""),  # nothing is said of it
        ((), {}, (), "2026-07-01", ""),
        ((("oats", "4"),), {}, (), "2026-07-01", "the contract says version 4 of oats, supported until 2026-06-30"),
        ((("oats", "4"), ("rye", "7")), {}, (), "2026-07-01", ""),  # which of them it is about, nobody knows
        ((("oats", "4"),), {"version": "5", "product": "oats"}, (), "2026-07-01", ""),  # what is said goes before it
    ],
)  # fmt: skip
def test_an_old_version_is_out_of_support(contract, given, addons, on, said):
    found = unsupported(offering(FACTS), acme(versions=contract), given, addons, date.fromisoformat(on))
    assert [why for _, why in found] == ([said] if said else [])


# --- contacts


@pytest.mark.parametrize(
    ("plan", "sender", "product", "said"),
    [
        ({"contacts": 2}, "jo@acme.example", "", ""),
        ({"contacts": 2}, "kim@acme.example", "", ""),
        ({"contacts": 2}, "lee@acme.example", "", "lee@acme.example is number 3, Flour has 2"),
        ({"contacts": 2}, "new@acme.example", "", "new@acme.example is not among those that Acme has named"),
        ({}, "new@acme.example", "", ""),
        ({"contacts_per_product": 1}, "new@acme.example", "", "new@acme.example is not among those that Acme has named"),
        ({"contacts_per_product": 1}, "kim@acme.example", "oats", ""),
        ({"contacts_per_product": 1}, "lee@acme.example", "Oats", "lee@acme.example is number 2 for Oats, Flour has 1"),
        ({"contacts_per_product": 1}, "jo@acme.example", "oats", "jo@acme.example is not named for oats"),
        ({"contacts_per_product": 1}, "lee@acme.example", "", ""),
        ({"contacts": 2, "contacts_per_product": 2}, "lee@acme.example", "oats", "lee@acme.example is number 3, Flour has 2"),
    ],
)  # fmt: skip
def test_an_agent_is_told_who_is_no_contact_that_was_bought(plan, sender, product, said):
    contacts = (
        Contact("jo@acme.example"),
        Contact("KIM@acme.example", products=("oats",)),
        Contact("lee@acme.example", products=("oats",)),
    )
    found = contact_doubts(acme(contacts=contacts), sender, Plan("flour", "Flour", **plan), product)
    assert list(found) == ([f"contacts: {said}"] if said else [])


def test_nobody_is_told_of_the_contacts_of_a_customer_whom_we_do_not_know():
    assert not list(contact_doubts(None, "jo@acme.example", Plan("flour", "Flour", contacts=1), ""))


# --- the contract


@pytest.mark.parametrize(
    ("facts", "at", "said"),
    [
        ({}, "22 11:00", ""),
        ({"entitled_from": date(2026, 5, 22)}, "22 00:00", ""),  # its first day, and the last moment before it
        ({"entitled_from": date(2026, 5, 22)}, "21 23:59", "no active subscription"),
        ({"entitled_to": date(2026, 5, 22)}, "22 23:59", ""),  # its last day, and the first moment after it
        ({"entitled_to": date(2026, 5, 22)}, "23 00:00", "no active subscription"),
        ({"entitled_from": date(2026, 5, 1), "entitled_to": date(2026, 5, 10)}, "22 11:00", "no active subscription"),
        ({"entitled_from": date(2026, 6, 1), "entitled_to": date(2026, 7, 1)}, "22 11:00", "no active subscription"),
        # by their wall, else by that of the hours in which they are served
        ({"entitled_to": date(2026, 5, 22), "region": "hill"}, "22 14:59", ""),
        ({"entitled_to": date(2026, 5, 22), "region": "hill"}, "22 15:00", "no active subscription"),
        ({"entitled_to": date(2026, 5, 22), "timezone": "America/New_York"}, "23 03:59", ""),
        ({"entitled_to": date(2026, 5, 22), "timezone": "America/New_York"}, "23 04:00", "no active subscription"),
    ],
)
def test_a_subscription_has_a_first_and_a_last_day(facts, at, said):
    found = unentitled(arrival(at=at), terms(customer=acme(**facts)))
    assert [doubt.said for doubt in found] == ([f"not entitled: {said}"] if said else [])


def test_who_has_bought_nothing_here_is_not_entitled():
    other = Customer("acme", "Acme", "another")
    assert [doubt.said for doubt in unentitled(arrival(), terms(customer=None))] == ["not entitled: unknown sender"]
    assert [doubt.said for doubt in unentitled(arrival(), terms(customer=other))] == ["not entitled: bought another"]


WARRANTY = """
[warranty]
only_registered = true
requires = ["serial"]
[[intake]]
key = "serial"
label = "Serial number"
kinds = ["defect"]
[[intake]]
key = "phone"
label = "Phone"
"""
UNREGISTERED, NAMELESS = "the sender is not a registered contact", "the mail does not name: Serial number"


@pytest.mark.parametrize(
    ("contact", "given", "kind", "said"),
    [
        (Contact(JO.address, registered=True), {"serial"}, "defect", []),
        (Contact(JO.address, registered=True), set(), "defect", [NAMELESS]),
        (Contact(JO.address, registered=True), set(), "enhancement", []),  # it is not asked for there
        (Contact(JO.address), {"serial"}, "defect", [UNREGISTERED]),
        (Contact("kim@acme.example", registered=True), set(), "defect", [UNREGISTERED, NAMELESS]),
        (None, {"serial"}, "defect", [UNREGISTERED]),
    ],
)
def test_a_warranty_is_for_who_is_registered_and_names_what_it_asks_for(contact, given, kind, said):
    customer = acme(contacts=(contact,)) if contact else None
    assert [doubt.said for doubt in unclaimed(JO, given, kind, terms(WARRANTY, customer=customer))] == said


def test_without_a_warranty_nobody_has_to_be_registered():
    assert not list(unclaimed(JO, set(), "defect", terms(customer=None)))


@pytest.mark.parametrize(
    ("customer", "plan", "addons"),
    [
        (acme(addons=("long", "night", "gone")), "flour", ("long",)),  # the other one is for another plan
        (acme(plan="bran", addons=("night", "long")), "bran", ("night", "long")),
        (Customer("acme", "Acme", "another", plan="bran", addons=("long",)), "flour", ()),
        (None, "flour", ()),
    ],
)
def test_what_is_bought_beside_a_plan_counts_where_the_offering_has_it_for_that_plan(customer, plan, addons):
    bought = terms(FACTS, customer=customer)
    assert (plan_key(bought), addon_keys(bought)) == (plan, addons)


# --- areas


@pytest.mark.parametrize(
    ("kind", "area", "marks"),
    [
        ("defect", "wheel", ()),
        ("defect", "sails", ("not in plan: sails",)),
        ("enhancement", "sails", ("not in plan: sails",)),
        ("defect", "", ("no covered area recognised",)),
        ("enhancement", "", ()),
    ],
)
def test_a_case_is_marked_that_the_plan_does_not_cover(kind, area, marks):
    assert uncovered(kind, area, offering().plan("flour"), offering()) == marks
    assert all(map(is_coverage, marks))


def test_an_offering_that_names_no_areas_covers_all():
    plain = terms()
    without = replace(plain.policy, severity=replace(plain.policy.severity, areas=()))
    assert uncovered("defect", "", without.plan("flour"), without) == ()


@pytest.mark.parametrize(
    ("tags", "kind", "area", "changes"),
    [
        (("no covered area recognised", "maintenance"), "defect", "wheel", ["- no covered area recognised"]),
        (("not in plan: sails",), "defect", "sails", []),
        (("not in plan: sails",), "defect", "wheel", ["- not in plan: sails"]),
        (("no covered area recognised",), "defect", "sails", ["- no covered area recognised", "+ not in plan: sails"]),
        (("maintenance",), "defect", "sails", ["+ not in plan: sails"]),
        (("maintenance",), "enhancement", "", []),
    ],
)
def test_the_marks_follow_what_a_case_turns_out_to_be_about(tags, kind, area, changes):
    case = replace(opened(tags=tags), kind=kind, area=area)
    found = coverage(case, offering(), (NOW, NOW, DESK))
    assert [f"{'+' if isinstance(one, CaseFlagged) else '-'} {one.tag}" for one in found] == changes


# --- exclusions, and what the operators declared


@pytest.mark.parametrize(
    ("text", "decided", "proposed"),
    [
        ("We have modified it.", (), [("custom", ("modified",))]),
        ("Modified, then rebuilt.", (), [("custom", ("modified", "rebuilt"))]),
        ("It is unmodified.", (), []),
        ("We have modified it.", ("custom",), []),  # once a case
        ("We have modified it.", ("old",), [("custom", ("modified",))]),
    ],
)
def test_words_propose_an_exclusion_once(text, decided, proposed):
    found = list(excluded_by_words(arrival(text=text), terms(FACTS), NOW, decided=decided))
    assert [(one.key, one.words) for one in found if isinstance(one, ExclusionProposed)] == proposed
    assert len([one for one in found if isinstance(one, CaseFlagged)]) == len(proposed)


def test_an_old_version_is_proposed_once():
    said = {"version": "3", "product": "oats"}
    first = list(out_of_support(arrival(), said, terms(FACTS), NOW))
    assert [one.key for one in first if isinstance(one, ExclusionProposed)] == ["old"]
    assert not list(out_of_support(arrival(), said, terms(FACTS), NOW, decided={"old"}))


def test_what_was_proposed_or_decided_on_is_known_of_a_case():
    proposed = on(ExclusionProposed, "22 10:10", DESK, key="old")
    decided = on(CaseExempted, "22 10:20", key="custom", because="it was changed")
    assert exclusion_keys(opened(proposed, decided).events) == {"old", "custom"}


def test_the_end_of_maintenance_is_told_on_the_wall_of_the_first_region():
    window = MaintenanceWindow("Cleaning", "", utc("22 09:00"), utc("22 18:00"), "mill")
    one = terms(customer=acme(region="hill"), declared=DeclaredState(windows=(window,)))
    mail = arrival(text="The wheel is down, nobody can work.")
    found = findings(JO, mail, one.judged(mail.message, {}), {}, one, NOW)
    assert [(event.tag, event.zone) for event in found] == [("maintenance", "UTC")]
