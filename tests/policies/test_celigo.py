"""Celigo integrator.io, clause by clause. The credit statement has its own tests (CEL-12, CEL-13)."""

from __future__ import annotations

import pytest

from helpdesk.core.words.events import CaseExempted
from helpdesk.offering.files import load_policies
from helpdesk.offering.files.find import policy_files
from helpdesk.offering.files.lint import check_file
from tests.desk import ANN, wall
from tests.policies.offices import customer, open_desk

LA = "America/Los_Angeles"
CHANNELS = ("online", "chat", "phone", "email")
ERIN, PAM, REX, OLD = "erin@ess.example", "pam@pref.example", "rex@prem.example", "olga@old.example"


@pytest.fixture
def policy():
    return load_policies().policy("celigo")


@pytest.fixture
def desk(tmp_path):
    """Tuesday 19 May 2026, 10:00 Pacific; a customer on each plan, and one whose subscription has ended."""
    customers = (
        customer("ess", "celigo", plan="essential", region="emea")
        + customer("pref", "celigo", plan="preferred")
        + customer("prem", "celigo", plan="premier")
        + customer("old", "celigo", plan="premier", entitled_to="2026-03-31").replace('"2026-03-31"', "2026-03-31")
    )
    return open_desk(tmp_path, policy="celigo", channels=CHANNELS, customers=customers, start="2026-05-19 12:00")


def opened(desk, sender, *, channel="online", body="The import of orders fails with an error.", subject="Import fails"):
    return desk.case(desk.mail(sender, subject, body, to=f"{channel}@celigo.example").case)


def test_cel_1_only_an_active_subscription_is_served_with_warranty(desk):
    """CEL-1: an expired customer's case is taken, flagged and not warranted."""
    opened(desk, REX)
    opened(desk, OLD)

    assert desk.first_response(1).warranted
    assert not desk.first_response(2).warranted
    assert desk.first_response(2).because == ("not entitled: no active subscription",)
    assert "not entitled: no active subscription" in desk.case(2).tags


def acknowledged(desk, sender):
    return " ".join(desk.last(sender, "ack").text.split())


@pytest.mark.parametrize(
    ("sender", "channel", "because"),
    [
        (OLD, "online", ["we do not find an active Celigo integrator.io subscription of yours"]),
        (
            REX,
            "email",
            ["e-mail is not among the ways to reach us that come with your plan: the online portal, chat, telephone"],
        ),
        (
            ERIN,
            "phone",
            [
                "telephone is not among the ways to reach us that come with your plan: the online portal, chat",
                "answer times are not promised with the plan Essential",
            ],
        ),
        ("sue@nowhere.example", "online", ["we do not know the address that you write from as a customer's"]),
    ],
)
def test_cel_11_an_acknowledgment_promises_no_time_that_is_not_owed(desk, sender, channel, because):
    """CEL-1, CEL-6, CEL-11: the time is told as what it is, with every reason."""
    opened(desk, sender, channel=channel)
    said = acknowledged(desk, sender)

    assert "First answer:" not in said
    assert "We aim to answer: within" in said
    assert "It is not promised for this case, because:" in said
    for reason in because:
        assert reason in said


def test_cel_11_a_time_that_is_owed_is_promised_without_a_word_more(desk):
    """CEL-11"""
    opened(desk, REX)

    assert "First answer: within" in acknowledged(desk, REX)
    assert "aim" not in acknowledged(desk, REX)


def test_cel_11_what_is_owed_follows_the_severity(desk):
    """CEL-11: Low is not warranted, on any plan; the confirmation that a case is open again says so, too."""
    opened(desk, REX, body="Priority: Low\n\nPlease make the icon of the flow editor blue.", subject="Icon")
    assert "answer times are not promised for the severity Low" in acknowledged(desk, REX)

    desk.reply(ANN, "#resolve\nIt is blue now.", to_kind="assigned")
    desk.reply(REX, "It is still green, and the import fails now.", to_kind="closed")
    assert "Next answer: we aim at " in " ".join(desk.last(REX, "reopened").text.split())


def test_cel_2_essential_hours_follow_the_customers_region(policy):
    """CEL-2: and the Australian row, as printed, is warned of."""
    asked = {"plan": "essential", "severity": "urgent", "channel": "online"}
    hours = {
        region: policy.promise("first_response", region=region, **asked).calendar
        for region in ("americas", "emea", "apac")
    }
    assert {name: calendar.timezone for name, calendar in hours.items()} == {
        "americas": LA,
        "emea": "UTC",
        "apac": "Australia/Sydney",
    }
    assert not hours["apac"].is_open(wall("2026-05-19 10:59", "Australia/Sydney"))
    assert hours["apac"].is_open(wall("2026-05-23 11:30", "Australia/Sydney"))  # a Saturday

    path = next(path for path in policy_files(None) if path.name == "celigo.toml")
    warnings = [finding for finding in check_file(path) if finding.level == "warning"]
    assert [finding.key for finding in warnings] == ["calendars.apac.hours"]


def test_cel_3_preferred_is_open_from_sunday_afternoon_to_friday_afternoon(policy):
    """CEL-3: one window across midnights."""
    calendar = policy.calendars["preferred"]

    assert not calendar.is_open(wall("2026-05-17 15:59", LA))
    assert calendar.is_open(wall("2026-05-17 16:00", LA))
    assert calendar.is_open(wall("2026-05-20 03:00", LA))
    assert calendar.is_open(wall("2026-05-22 16:59", LA))
    assert not calendar.is_open(wall("2026-05-22 17:00", LA))


@pytest.mark.parametrize(
    ("plan", "channel", "calendar"),
    [
        ("premier", "online", "24x7"),
        ("premier", "phone", "24x7"),
        ("preferred", "phone", "24x7"),
        ("preferred", "online", "preferred"),
        ("preferred", "email", "preferred"),
        ("essential", "phone", "americas"),
    ],
)
def test_cel_4_urgent_after_hours_is_for_the_telephone_and_the_better_plans(policy, plan, channel, calendar):
    """CEL-4"""
    for target in ("first_response", "follow_up"):
        promise = policy.promise(target, plan=plan, severity="urgent", region="americas", channel=channel)
        assert promise.calendar.name == calendar


def test_cel_5_us_holidays_close_all_but_premier(policy):
    """CEL-5: Memorial Day 2026, in each zone's own daylight."""
    for name, zone in (("americas", LA), ("emea", "UTC"), ("apac", "Australia/Sydney"), ("preferred", LA)):
        assert not policy.calendars[name].is_open(wall("2026-05-25 11:30", zone))
    assert policy.calendars["24x7"].is_open(wall("2026-05-25 11:30", LA))


def test_cel_6_e_mail_is_answered_and_not_warranted(desk):
    """CEL-6: it is among the channels of no plan."""
    opened(desk, REX, channel="email")
    opened(desk, ERIN, channel="phone")  # the telephone does not come with Essential

    clock = desk.first_response(1)
    assert clock.due_at is not None
    assert clock.because == ("e-mail is not a defined channel of Premier",)
    assert "telephone is not a defined channel of Essential" in desk.first_response(2).because
    desk.reply(ANN, "Which flow is it?", to_kind="assigned")


def test_cel_7_the_stated_urgency_is_kept_and_the_provider_decides(desk):
    """CEL-7"""
    case = opened(desk, REX, body="Urgency: Urgent\n\nA typo in a label of the flow editor.", subject="Typo")

    assert case.stated
    assert case.severity != "urgent"
    desk.reply(ANN, "#severity high", to_kind="assigned")
    assert desk.case().severity == "high"


@pytest.mark.parametrize(
    "body",
    [
        "Our sandbox is completely down, no flow runs there.",
        "In the test environment every import fails, everything has stopped.",
        "It would be great if you could add a dark mode to the flow editor.",
    ],
)
def test_cel_8_cosmetic_enhancement_and_anything_outside_production_is_low(desk, body):
    """CEL-8: whatever its tone."""
    assert opened(desk, REX, body=body, subject="Request").severity == "low"


MATRIX = {  # CEL-9, as printed: first response and follow-up of each plan
    "essential": {"urgent": ("4h", "1bd"), "high": ("1bd", "1bd"), "normal": ("3bd", "2bd"), "low": ("5bd", "2bd")},
    "preferred": {"urgent": ("2h", "1bd"), "high": ("8h", "1bd"), "normal": ("2bd", "2bd"), "low": ("2bd", "2bd")},
    "premier": {"urgent": ("1h", "12h"), "high": ("4h", "12h"), "normal": ("1bd", "2bd"), "low": ("1bd", "2bd")},
}
WORDS = {"1h": "1 hour", "2h": "2 hours", "4h": "4 hours", "8h": "8 hours", "12h": "12 hours"} | {
    f"{n}bd": f"{n} business day{'s' if n > 1 else ''}" for n in (1, 2, 3, 5)
}


def test_cel_9_the_matrix_is_the_documents(policy):
    """CEL-9"""
    for plan, severities in MATRIX.items():
        for severity, (first, follow_up) in severities.items():
            asked = {"plan": plan, "severity": severity, "region": "americas", "channel": "online"}
            assert str(policy.promise("first_response", **asked).within) == WORDS[first]
            assert str(policy.promise("follow_up", **asked).within) == WORDS[follow_up]


def test_cel_9_a_case_has_two_clocks_and_a_round_of_follow_up_for_each_turn(desk):
    """CEL-9: follow-up runs from the customer's word to the next answer, once the first response is done."""
    opened(desk, REX)
    desk.reply(ANN, "#severity urgent\nWhich flow is it?", to_kind="assigned")
    desk.at("2026-05-19 13:00")
    desk.reply(REX, "The order flow.", to_kind="relay")
    assert [clock.target for clock in desk.clocks()] == ["first_response", "follow_up"]
    assert desk.clocks()[1].due_at == wall("2026-05-20 01:00")

    desk.at("2026-05-19 14:00")
    desk.reply(ANN, "Thank you, found it.", to_kind="customer-message")
    desk.reply(REX, "And the stock flow?", to_kind="relay")
    assert [clock.state(desk.now) for clock in desk.clocks()] == ["met", "met", "running"]


def test_cel_10_an_agent_excludes_foreign_code_by_mail_with_the_reason_on_record(desk):
    """CEL-10: the case is answered on, and no longer measured against the agreement."""
    opened(desk, REX)
    desk.reply(
        ANN, "#exclude custom-code a Lambda of theirs\nThis comes from your Lambda function.", to_kind="assigned"
    )

    case = desk.case()
    assert "excluded: custom-code" in case.tags
    assert case.of_type(CaseExempted)[0].because.endswith(": a Lambda of theirs")
    assert "This comes from your Lambda function." in desk.last(REX, "relay").text
    desk.at("2026-05-20 12:00")
    desk.reply(REX, "Please look again.", to_kind="relay")
    assert desk.clocks()[-1].state(desk.now) == "exempt"


def test_cel_10_an_exclusion_after_the_breach_leaves_the_breach_and_takes_the_warranty(desk):
    """CEL-11: a breach never vanishes; one that is not the provider's fault is not answered for."""
    opened(desk, REX, body="Production is down: no flow runs, orders are lost, there is no way round it.")
    desk.at("2026-05-19 15:00")
    assert desk.state() == "breached"
    desk.reply(ANN, "#exclude customer-network", to_kind="assigned")

    assert desk.state() == "breached"
    assert not desk.first_response().warranted


@pytest.mark.parametrize(
    ("plan", "severity", "channel", "warranted"),
    [
        ("premier", "urgent", "online", True),
        ("preferred", "normal", "phone", True),
        ("preferred", "high", "chat", True),
        ("premier", "low", "online", False),
        ("essential", "urgent", "online", False),
        ("premier", "urgent", "email", False),
    ],
)
def test_cel_11_the_warranty_covers_two_plans_three_severities_and_defined_channels(
    policy, plan, severity, channel, warranted
):
    """CEL-11: each target knows whether it is warranted, and why not."""
    for target in ("first_response", "follow_up"):
        promise = policy.promise(target, plan=plan, severity=severity, region="americas", channel=channel)
        assert promise.warranted is warranted
        assert bool(promise.because) is not warranted


def test_cel_14_the_acknowledgment_asks_for_what_the_customer_owes(desk):
    """CEL-14: steps, expected and actual results, links; screenshots are welcome and not asked for."""
    opened(desk, REX, body="Steps to reproduce: run the order flow\nExpected: orders\nActual: an error")

    asked = desk.last(REX, "ack").text
    assert "Links to the records" in asked
    assert "Steps to reproduce" not in asked
    assert "Screenshots" not in asked


def test_cel_14_credentials_in_a_mail_are_masked_for_the_agent_and_can_be_erased(desk):
    """CEL-14: they belong into the secure tool; what LAI-11 does with secrets holds for every offering."""
    case = opened(desk, REX, body="The import fails.\n\nOur password is Canary-4711! for the connection.")

    assert any(tag.startswith("masked: password in the text") for tag in case.tags)
    assert "Canary-4711" not in desk.last(ANN, "assigned").raw.decode()
    desk.reply(ANN, "#redact", to_kind="assigned")
    assert desk.case().subject == "(erased)"
    assert "we have erased it" in " ".join(desk.last(REX, "resend-anonymised").text.split())
