"""The Threekit offering, clause by clause, as its customers meet it."""

from __future__ import annotations

import pytest

from tests.desk import ANN, BOB, FORUM, LOU, THREEKIT, VIC, wall

EASTERN = "America/New_York"


def due(desk, number=1):
    return desk.first_response(number).due_at


def opened_by(desk, sender, severity, words="Please help."):
    return desk.mail(sender, f"About {severity}", f"Case Priority: {severity}\n\n{words}", to=THREEKIT).case


@pytest.mark.parametrize(
    ("sender", "severity", "expected"),
    [
        (VIC, "Critical", "2026-05-22 20:30"),
        (VIC, "Urgent", "2026-05-27 16:30"),
        (VIC, "High", "2026-05-27 16:30"),
        (VIC, "Medium", "2026-05-27 16:30"),
        (LOU, "Critical", "2026-05-22 18:30"),
        (LOU, "Urgent", "2026-05-26 05:30"),
        (LOU, "High", "2026-05-26 16:30"),
        (LOU, "Medium", "2026-05-27 16:30"),
    ],
)
def test_standard_and_premier_over_memorial_day(desk, sender, severity, expected):
    """TKT-1, TKT-2: Friday 16:30 Eastern; the desk closes at 18:00, Monday is a holiday, Tuesday opens at 3:00."""
    desk.at("2026-05-22 16:30", EASTERN)
    opened_by(desk, sender, severity)

    assert desk.case().severity == severity.lower()
    assert due(desk) == wall(expected, EASTERN)


def test_the_desk_opens_at_three_in_the_morning(desk):
    """TKT-2"""
    desk.at("2026-05-19 02:00", EASTERN)
    opened_by(desk, LOU, "Urgent")

    assert due(desk) == wall("2026-05-19 07:00", EASTERN)


def test_critical_runs_around_the_clock(desk):
    """TKT-2"""
    desk.at("2026-05-24 01:00", EASTERN)
    opened_by(desk, VIC, "Critical")

    assert due(desk) == wall("2026-05-24 05:00", EASTERN)


@pytest.mark.parametrize(
    ("words", "severity"),
    [
        ("The player on our site does not load at all, nobody can buy, our shop is down.", "critical"),
        ("How do I rename a catalog item? Just a question.", "medium"),
    ],
)
def test_the_examples_of_the_severities_are_recognised(desk, words, severity):
    """TKT-3"""
    desk.mail(VIC, "Support needed", words, to=THREEKIT)

    assert desk.case().severity == severity


def test_a_mail_to_the_address_creates_a_case_by_itself(desk):
    """TKT-4"""
    became = desk.mail(VIC, to=THREEKIT)

    assert (became.outcome, became.case, desk.case().policy) == ("opened", 1, "threekit")
    assert desk.last(VIC, "ack").from_ == THREEKIT


def test_each_case_goes_to_one_agent_in_turn(desk):
    """TKT-5"""
    for number in range(3):
        desk.mail(VIC, f"Case {number}", to=THREEKIT)

    assert [desk.case(number).assignee for number in (1, 2, 3)] == [ANN, BOB, ANN]


CUSTOM = "Our custom integration with the ERP sends wrong prices, an error since yesterday."


def test_a_standard_customers_custom_integration_is_flagged_as_not_in_the_plan(desk):
    """TKT-6"""
    opened_by(desk, VIC, "High", CUSTOM)

    assert desk.case().area == "custom-integration"
    assert any(tag.startswith("not in plan") for tag in desk.case().tags)
    assert any("not in plan" in mail.text for mail in desk.sent_to(ANN, "assigned"))


def test_a_premier_customers_custom_integration_is_in_the_plan(desk):
    """TKT-6"""
    opened_by(desk, LOU, "High", CUSTOM)

    assert not any(tag.startswith("not in plan") for tag in desk.case().tags)


def test_a_forum_post_is_answered_and_carries_no_target(desk):
    """TKT-7"""
    desk.mail(VIC, "Question in the forum", "How do I do this?", to=FORUM)
    desk.at("2026-06-30 12:00")

    clock = desk.first_response()
    assert (clock.due_at, clock.state(desk.now)) == (None, "none")
    assert clock.because == ("forum posts carry no service level",)
    assert {mail.kind for mail in desk.sent} == {"ack", "assigned"}
    assert "within" not in desk.last(VIC, "ack").text
    desk.reply(ANN, "Like this.")
    assert desk.last(VIC, "relay").from_ == FORUM


def test_the_fields_of_the_intake_list_are_read_and_the_rest_is_asked_for(desk):
    """TKT-8"""
    body = "Case Priority: High\nApplication Area: Player\nLive site: https://shop.example\n\nThe colours are off."
    desk.mail(VIC, "Colours", body, to=THREEKIT)

    case = desk.case()
    assert (case.severity, case.area) == ("high", "player")
    assert dict(case.intake)["url"] == "https://shop.example"
    assert case.missing == ("issue_type", "steps", "first_noticed", "expected")
    assert "- Steps to reproduce" in desk.last(VIC, "ack").text
    assert "Live site" not in desk.last(VIC, "ack").text
