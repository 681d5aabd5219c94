"""Whom a planned window concerns, by what an operator wrote of it."""

from __future__ import annotations

import pytest

from helpdesk.core.receive.maintenance import concerned, excuses, window_of
from helpdesk.core.words.people import Customer
from helpdesk.offering.credits import Availability
from helpdesk.offering.declared import DeclaredState, MaintenanceWindow
from tests.core.mill import arrival, offering, terms, utc

ACME = Customer("acme", "Acme", "mill", plan="flour", region="hill", products=("Oats", "Rye"))
VEGA = Customer("vega", "Vega", "mill", projects=("Harvest",))  # its region is the first
OTHER = Customer("other", "Other", "another", products=("Oats",))


def window(sector):
    return MaintenanceWindow("Cleaning", sector, utc("22 09:00"), utc("22 18:00"), "mill")


def explains(sector, text, customer=ACME):
    one = terms(customer=customer, declared=DeclaredState(windows=(window(sector),)))
    mail = arrival(text=text)
    found = window_of(mail, one.judged(mail.message, {}), one)
    return found is not None


DOWN = "Since ten the service is down, nobody can work."


@pytest.mark.parametrize(
    ("sector", "text", "customer", "speaks"),
    [
        ("", DOWN, ACME, True),
        ("", "Prices are wrong.", ACME, False),  # nothing is reported to be down
        ("Hilltop", DOWN, ACME, True),
        ("Hilltop", DOWN, VEGA, False),
        ("River", DOWN, ACME, False),
        ("River", DOWN, VEGA, True),
        ("River", DOWN, None, False),
        ("River", f"{DOWN} All of the river site.", None, True),
        ("River", f"{DOWN} All of the hilltop site.", None, False),
        ("Production", "Our production is down, nobody can work.", ACME, True),
        ("Test", "Our production is down, nobody can work.", ACME, False),
        ("Test", "On the test system everything is down.", ACME, True),
        ("Test", "On the demo system everything is down.", ACME, True),  # another one that is no production
        ("Test and production", "Our production is down, nobody can work.", ACME, True),
        ("Production", "On the test system everything is down.", ACME, False),
        ("Test", "On the test system everything works, but production is down.", ACME, False),
        ("Training", "Since ten our training is down, nobody can log in.", ACME, True),  # as it is called there
        ("Oats", DOWN, ACME, False),  # they have more than that
        ("Oats, Rye", DOWN, ACME, True),
        ("Oats", f"{DOWN} It is the oats again.", ACME, True),
        ("Oats", f"{DOWN} The bloats.", ACME, False),  # no word of it
        ("Oats", f"{DOWN} All oatsmen.", ACME, True),  # the beginning of one
        ("Rye", f"{DOWN} The ryegrass, too.", ACME, False),  # too short for that
        ("Wheel", "The gear is down, nobody can work.", ACME, True),  # a word of the area
        ("Wheel", "The sails are down, nobody can work.", ACME, False),
    ],
)
def test_a_mail_is_told_of_the_window_that_may_be_its_reason(sector, text, customer, speaks):
    assert explains(sector, text, customer) is speaks


@pytest.mark.parametrize(
    ("sector", "told"),
    [
        ("", [ACME, VEGA]),
        ("Hilltop", [ACME]),
        ("River", [VEGA]),
        ("Rye", [ACME]),
        ("Harvest", [VEGA]),
        ("Barley", [ACME, VEGA]),  # nobody has it: who knows whom it concerns
        ("Hilltop, Harvest", [ACME]),
    ],
)
def test_a_window_is_announced_to_those_whom_it_concerns(sector, told):
    assert concerned([ACME, VEGA, OTHER], window(sector), offering()) == told


@pytest.mark.parametrize(
    ("sector", "customer", "excused"),
    [
        ("", ACME, True),
        ("Production", ACME, True),
        ("Test", ACME, False),
        ("Test and production", ACME, True),
        ("Hilltop", ACME, True),
        ("Hilltop", VEGA, False),
        ("River", None, False),
        ("Shop", ACME, True),
        ("Editor", ACME, False),
    ],
)
def test_what_is_promised_to_be_available_may_be_down_where_that_was_planned(sector, customer, excused):
    shop = Availability("shop", "the shop", "Shop")
    assert excuses(window(sector), shop, customer, offering()) is excused
