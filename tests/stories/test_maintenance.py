"""Planned maintenance is spoken of to those whom it concerns, and announced to them, also where they named nobody."""

from __future__ import annotations

import pytest

from helpdesk.errors import NotFound
from helpdesk.offering.declared import MaintenanceWindow
from helpdesk.operators import coming
from helpdesk.operators.announce import announce, audience_of
from helpdesk.store import declarations
from helpdesk.unit import Unit
from tests.desk import wall
from tests.policies.offices import customer, open_desk

JO, UTE = "jo@acme.example", "ute@orion.example"
DOWN = "Since ten past two our production is down, nobody can work."
BOX = "email@logik.example"


def office(folder, *customers, start="2026-05-19 14:15"):
    return open_desk(folder, policy="logik", customers="".join(customers), start=start)


def plan(desk, sector, name="Index rebuild", begins="2026-05-19 14:00", ends="2026-05-19 18:00"):
    window = MaintenanceWindow(name, sector, wall(begins), wall(ends), "logik")
    with desk.database.write() as connection:
        return declarations.plan_maintenance(connection, window, by="ops", now=desk.now)


def told(desk, number):
    with desk.database.write() as connection:
        addresses = announce(Unit(connection, desk.rules, desk.now), number)
    desk.laboratory.deliver()
    return sorted(addresses)


@pytest.mark.parametrize(
    ("sector", "body", "speaks"),
    [
        # what is reported: that something is not there
        ("", DOWN, True),
        ("", "Das Portal ist seit 14 Uhr nicht erreichbar.", True),
        ("", "Le site est inaccessible, personne ne peut travailler.", True),
        ("", "All pages give error 500.", True),
        ("", "Nothing works any more.", True),
        ("", "Is the site down right now?", True),
        ("", "We cannot log in since ten past two.", True),
        ("", "Connection times out.", True),
        ("", "Wir können uns nicht anmelden.", True),
        ("", "Anna cannot log in, all others can.", False),
        ("", "The change log shows an error.", False),
        ("", "Prices in our live shop are wrong for every product, customers complain.", False),
        ("", "All quotes of yesterday have disappeared, this is critical!", False),
        ("", "The CSV export gives an error, we need it tonight.", False),
        ("", "The site was down this morning, it works again, thanks.", False),
        ("", "How do I add a field?", False),
        # where
        ("Production", DOWN, True),
        ("Production", "The configurator is down for all our users.", True),
        ("Production", "Our test environment is down.", False),
        ("Prod", "Staging is down, production works.", False),
        ("Test", DOWN, False),
        ("Test", "The configurator is down for all our users.", False),
        ("Test", "Our test environment is down.", True),
        ("Test", "On the test system everything works, but production is down.", False),
        ("Test system", "The sandbox does not start any more.", True),
        ("Test and production", DOWN, True),
        ("Pre-production", DOWN, False),
        # for whom
        ("Central", DOWN, True),
        ("EMEA", DOWN, False),
        ("EMEA, Central", DOWN, True),
        ("Production, EMEA", DOWN, False),
        ("Central, production", "Our test environment is down.", False),
        # of what
        ("Search", DOWN, False),
        ("Search", "The search is down, nobody can find anything.", True),
        ("Search and checkout", "Checkouts are down, no orders come in.", True),
    ],
)
def test_a_mail_is_told_of_the_maintenance_that_may_be_its_reason_and_of_no_other(tmp_path, sector, body, speaks):
    """LGK-11, TKT-9"""
    desk = office(tmp_path, customer("acme", "logik", region="central"))
    plan(desk, sector)
    desk.mail(JO, "A question to you", f"Hello,\n\n{body}\n\nJo", to=BOX)

    assert ("maintenance" in desk.case().tags) is speaks
    assert ("Index rebuild" in desk.last(JO, "ack").text) is speaks


def test_of_two_windows_at_a_time_a_mail_is_told_of_the_one_that_concerns_it(tmp_path):
    desk = office(tmp_path, customer("acme", "logik", region="central"))
    plan(desk, "Test", name="Test upgrade")
    plan(desk, "", name="Network works")
    desk.mail(JO, "Down", DOWN, to=BOX)

    assert "planned maintenance, Network works" in " ".join(desk.last(JO, "ack").text.split())


def test_it_is_announced_to_the_customers_of_its_region_and_of_its_product(tmp_path):
    """LGT-9"""
    desk = office(
        tmp_path,
        customer("acme", "logik", region="central", contacts=[{"email": JO}], products=["Quotes"]),
        customer("orion", "logik", region="emea", contacts=[{"email": UTE}], products=["Plans", "quotes"]),
        customer("vega", "logik", region="emea", contacts=[{"email": "vic@vega.example"}], products=["Plans"]),
    )
    assert told(desk, plan(desk, "Production, EMEA")) == [UTE, "vic@vega.example"]
    assert told(desk, plan(desk, "Quotes")) == [JO, UTE]
    assert told(desk, plan(desk, "Network")) == [JO, UTE, "vic@vega.example"]


def test_a_customer_who_named_nobody_is_told_where_somebody_of_theirs_wrote_last(tmp_path):
    desk = office(tmp_path, customer("acme", "logik"), customer("orion", "logik"))
    desk.mail("kim@acme.example", "Fields", "How do I add a field?", to=BOX)
    desk.mail(JO, "Rules", "How do I add a rule?", to=BOX)
    desk.reply("ann@desk.example", "Below the field.", to_kind="assigned")
    desk.mail(
        "nagios@acme.example",
        "** PROBLEM Service Alert: web1/HTTP is CRITICAL **",
        "***** Nagios *****\nNotification Type: PROBLEM\nState: CRITICAL",
        to=BOX,
    )
    desk.mail(
        JO, "Automatic reply: Rules", "I am out of the office.", to=BOX, headers={"Auto-Submitted": "auto-replied"}
    )
    number = plan(desk, "")
    with desk.database.read() as connection:
        planned = next(one for one in coming(Unit(connection, desk.rules, desk.now)) if one.number == number)
        assert [one.key for one in audience_of(Unit(connection, desk.rules, desk.now), planned.window).unreached] == [
            "orion"
        ]

    assert told(desk, number) == [JO]
    assert told(desk, number) == []
    desk.mail(UTE, "Templates", "How do I add a template?", to=BOX)
    assert told(desk, number) == [UTE], "who wrote since then"


def test_a_window_of_the_policy_is_announced_by_its_number_and_once(tmp_path):
    """LGK-10, LGK-11: the fortnightly upgrade of the test system, Thursday 28 May 2026."""
    desk = office(tmp_path, customer("acme", "logik", contacts=[{"email": JO}]))
    with desk.database.read() as connection:
        planned = coming(Unit(connection, desk.rules, desk.now))
    upgrade = next(one for one in planned if one.window.name == "Test upgrade")
    assert upgrade.recurring
    assert len({one.number for one in planned}) == len(planned)

    assert told(desk, upgrade.number) == [JO]
    assert "Test upgrade" in desk.last(JO, "maintenance").subject
    assert "Thu 28 May 2026, 20:00 CDT" in desk.last(JO, "maintenance").text
    assert told(desk, upgrade.number) == []
    with desk.database.read() as connection:
        again = coming(Unit(connection, desk.rules, desk.now))
    assert [one.window.name for one in again if one.announced_at] == ["Test upgrade"]


@pytest.mark.parametrize("number", [7, 2605180001, 9913320001, 999999999999])
def test_a_number_of_nothing_is_refused(tmp_path, number):
    with pytest.raises(NotFound):
        told(office(tmp_path), number)
