"""The Logik.io offering, clause by clause, as its customers meet it."""

from __future__ import annotations

import pytest

from tests.desk import ANN, BOB, JO, STRANGER, UTE, wall


def due(desk, number=1):
    return desk.first_response(number).due_at


def opened_by(desk, sender, severity, **how):
    """A case with that stated priority; returns its number."""
    return desk.mail(sender, f"About {severity}", f"Case Priority: {severity}\n\nPlease help.", **how).case


# LGK-1


def test_a_licence_holder_is_known_by_the_domain_of_their_address(desk):
    """LGK-1"""
    desk.mail(JO)

    assert desk.case().customer == "acme"
    assert desk.first_response().warranted
    assert not [tag for tag in desk.case().tags if "not entitled" in tag]


def test_a_partner_is_known_by_their_very_address(desk):
    """LGK-1: partners write for a licence holder, from elsewhere."""
    desk.mail("partner@integrator.example")
    desk.mail("colleague@integrator.example")

    assert (desk.case(1).customer, desk.case(1).plan, desk.case(1).region) == ("orion", "premier", "emea")
    assert desk.case(2).customer == ""


def test_an_unknown_sender_gets_the_default_plan_and_the_case_says_so(desk):
    """LGK-1"""
    number = opened_by(desk, STRANGER, "Urgent")

    case = desk.case(number)
    assert (case.customer, case.plan, case.region) == ("", "standard", "central")
    assert "not entitled: unknown sender" in case.tags
    assert "not entitled: unknown sender" in " ".join(desk.last(case.assignee, "assigned").text.split())
    assert desk.first_response(number).warranted is False
    assert due(desk, number) == wall("2026-05-19 11:15")


def test_a_customer_of_another_offering_is_answered_and_flagged(desk):
    """LGK-1"""
    opened_by(desk, "lou@lumen.example", "Urgent")

    assert (desk.case().plan, desk.case().customer) == ("standard", "lumen")
    assert "not entitled: bought threekit" in desk.case().tags


def test_a_customer_whose_licence_has_run_out_is_answered_and_flagged(desk):
    """LGK-1"""
    opened_by(desk, "li@lapsed.example", "Urgent")

    assert "not entitled: no active subscription" in desk.case().tags
    assert desk.last("li@lapsed.example", "ack")


# LGK-2


def test_each_case_goes_to_one_agent_the_one_with_the_fewest_open_cases(desk):
    """LGK-2: Ann, Bob, Ann, Bob; when Ann closes hers, the next are hers."""
    for number in range(4):
        desk.mail(JO, f"Case {number}")
    assert [desk.case(number).assignee for number in (1, 2, 3, 4)] == [ANN, BOB, ANN, BOB]

    desk.reply(ANN, "#close\nDone.")
    desk.mail(JO, "Case 5")
    assert desk.case(5).assignee == ANN


def test_a_tie_goes_to_who_has_waited_longest(desk):
    """LGK-2: both are free; Ann had the last one."""
    desk.mail(JO, "one")
    desk.reply(ANN, "#close\nDone.")
    desk.at("2026-05-19 10:00")
    desk.mail(JO, "two")

    assert desk.case(2).assignee == BOB


def test_exactly_one_agent_is_mailed(desk):
    """LGK-2"""
    desk.mail(JO)

    assert [mail.to for mail in desk.sent if mail.kind == "assigned"] == [ANN]


# LGK-3, LGK-4, LGK-6


@pytest.mark.parametrize(
    ("severity", "expected"),
    [
        ("Critical", "2026-05-22 17:40"),
        ("Urgent", "2026-05-26 07:40"),
        ("Medium", "2026-05-26 13:40"),
        ("Low", "2026-05-26 16:40"),
    ],
)
def test_standard_in_the_central_region_over_memorial_day(desk, severity, expected):
    """LGK-3, LGK-6: Friday 16:40; an hour and twenty minutes are left of the week."""
    desk.at("2026-05-22 16:40")
    opened_by(desk, JO, severity)

    assert desk.case().severity == severity.lower()
    assert due(desk) == wall(expected)


@pytest.mark.parametrize(
    ("severity", "expected"),
    [
        ("Critical", "2026-05-22 18:40"),
        ("Urgent", "2026-05-26 08:40"),
        ("Medium", "2026-05-26 16:40"),
        ("Low", "2026-05-27 16:40"),
    ],
)
def test_premier_in_the_emea_region_over_whit_monday(desk, severity, expected):
    """LGK-4, LGK-5: Friday 16:40 in Berlin, open until 21:00; Whit Monday is closed."""
    desk.at("2026-05-22 16:40", "Europe/Berlin")
    opened_by(desk, UTE, severity)

    if severity == "Urgent":
        expected = "2026-05-22 20:40"
    assert due(desk) == wall(expected, "Europe/Berlin")


def test_the_weekend_and_good_friday_do_not_count_in_emea(desk):
    """LGK-5"""
    desk.at("2026-04-02 20:00", "Europe/Berlin")
    opened_by(desk, UTE, "Urgent")

    assert due(desk) == wall("2026-04-07 10:00", "Europe/Berlin")


def test_critical_runs_through_the_night_and_the_holiday(desk):
    """LGK-6"""
    desk.at("2026-05-25 02:00")
    opened_by(desk, JO, "Critical")
    desk.at("2026-05-25 03:01")

    assert desk.state() == "breached"
    assert [mail.at for mail in desk.sent if mail.kind == "breach"] == [wall("2026-05-25 03:00:01")]


def test_due_times_are_told_to_the_customer_in_their_own_zone(desk):
    desk.at("2026-05-19 10:00", "Europe/Berlin")
    opened_by(desk, UTE, "Urgent")

    assert "within 4 hours, by Tue 19 May 2026, 14:00 CEST" in " ".join(desk.last(UTE, "ack").text.split())


# LGK-7


@pytest.mark.parametrize(
    ("words", "severity"),
    [
        ("Our whole checkout is down, nobody can place an order, we are losing sales.", "critical"),
        ("Just a question: where do I find the documentation of the import?", "low"),
    ],
)
def test_without_a_stated_priority_the_words_decide_and_the_case_says_why(desk, words, severity):
    """LGK-7"""
    desk.mail(JO, "Support needed", words)

    assert desk.case().severity == severity
    assert desk.events("assessed")[0].reasons


# LGK-8


@pytest.mark.parametrize(
    ("words", "area"),
    [
        ("The managed table shows old prices.", "table"),
        ("The matrix loader refuses our file.", "matrix-loader"),
        ("Our blueprint does not open.", "blueprint"),
        ("The Salesforce managed package fails to install.", "salesforce"),
        ("The endpoint of the API answers 500.", "api"),
    ],
)
def test_the_area_is_recognised_from_the_words(desk, words, area):
    """LGK-8"""
    desk.mail(JO, "Something is broken", words)

    assert desk.case().area == area
    assert "no covered area recognised" not in desk.case().tags


def test_a_defect_outside_every_area_is_flagged_and_not_refused(desk):
    """LGK-8"""
    desk.mail(JO, "Printer broken", "Our office printer is broken and shows an error since yesterday.")

    assert "no covered area recognised" in desk.case().tags
    assert desk.kinds_to(JO) == ["ack"]
    assert desk.first_response().due_at is not None


# LGK-9

WHOLE = """\
Case Priority: Urgent
Issue Type: Error
Application Area: Rules
URL and click-path: https://shop.example/admin > Rules
Steps to reproduce: open a rule, save it
First noticed: this morning
Expected behavior: it is saved
"""


def test_what_the_customer_wrote_is_read_and_nothing_is_asked_for_again(desk):
    """LGK-9"""
    desk.mail(JO, "Saving fails", WHOLE)

    given = dict(desk.case().intake)
    assert given["priority"] == "Urgent"
    assert given["area"] == "Rules"
    assert given["first_noticed"] == "this morning"
    assert desk.case().missing == ()
    assert "It helps us" not in desk.last(JO, "ack").text


def test_the_acknowledgment_asks_for_exactly_what_is_missing(desk):
    """LGK-9"""
    desk.mail(
        JO, "Saving fails", "Case Priority: Urgent\nIssue Type: Error\nFirst noticed: this morning\n\nSaving fails."
    )

    ack = desk.last(JO, "ack").text
    assert desk.case().missing == ("area", "url", "steps", "expected")
    assert "- Steps to reproduce" in ack
    assert "- Expected behavior" in ack
    assert "Case priority" not in ack
    assert "first noticed" not in ack


def test_the_fields_are_read_from_a_table_as_well(desk):
    """LGK-9"""
    raw = (
        "From: jo@acme.example\r\nTo: support@logik.example\r\nSubject: Saving fails\r\nMIME-Version: 1.0\r\n"
        "Content-Type: text/html; charset=utf-8\r\n\r\n<table><tr><td>Case Priority</td><td>Critical</td></tr>"
        "<tr><td>Steps to reproduce</td><td>open a rule</td></tr></table>\r\n"
    )
    desk.receive(raw.encode())

    assert desk.case().severity == "critical"
    assert dict(desk.case().intake)["steps"] == "open a rule"
