"""A case's later life in amounts of any kind: several reminders, hours, elapsed time, and severities of what comes back."""

from __future__ import annotations

import pytest

from helpdesk.errors import ConfigurationError
from helpdesk.offering.files import PolicyText, read_policy
from helpdesk.report.offering import offering_text
from tests.desk import ANN, wall
from tests.policies.offices import customer, open_desk

JO = "jo@acme.example"
MILL = """
key = "mill"
name = "Mill"
[plans.flour]
name = "Flour"
[regions.river]
calendar = "day"
[calendars.day]
timezone = "UTC"
hours = "mon-fri 09:00-17:00"
[severities.stopped]
rank = 1
name = "Stopped"
definition = "No flour."
[severities.slow]
rank = 2
name = "Slow"
definition = "Little flour."
[severities.plain]
rank = 3
name = "Plain"
definition = "Coarse flour."
[targets.flour.first_response]
stopped = "4h"
slow = "8h"
plain = "2bd"
[classifier]
default = "slow"
stated = "initial"
[[intake]]
key = "priority"
label = "Priority"
[lifecycle]
"""


def milling(folder, lifecycle):
    """A case of rank 2 that waits for its customer since Friday 22 May 2026, 16:00 UTC; Monday is a working day."""
    (folder / "policies").mkdir()
    (folder / "policies" / "mill.toml").write_text(MILL + lifecycle, encoding="utf-8")
    desk = open_desk(
        folder,
        policy="mill",
        customers=customer("acme", "mill"),
        start="2026-05-22 10:00",
        desk='policies = "policies"',
    )
    desk.mail(JO, "Wheel", "Priority: Slow\n\nThe wheel is slow.", to="email@mill.example")
    return desk


def waiting(folder, lifecycle):
    desk = milling(folder, lifecycle)
    desk.at("2026-05-22 16:00", "UTC")
    desk.reply(ANN, "#wait\nWhich wheel?", to_kind="assigned")
    return desk


def happened(desk, kind):
    return [f"{event.at:%d %H:%M}" for event in desk.events(kind)]


@pytest.mark.parametrize(
    ("remind", "close", "reminded", "closed"),
    [
        ('remind_after = "2h"', 'close_after = "3h"', ["25 10:00"], ["25 13:00"]),
        ('remind_after = "1bd"', 'close_after = "72h elapsed"', ["25 16:00"], ["28 16:00"]),
        ('remind_after = "30m elapsed"', 'close_after = "1cd"', ["22 16:30"], ["23 16:30"]),
        ("remind_after_days = 1", 'close_after = "1w"', ["25 16:00"], ["01 16:00"]),
        (
            'remind_after = "1bd"\nreminders = 3',
            'close_after = "1bd"',
            ["25 16:00", "26 16:00", "27 16:00"],
            ["28 16:00"],
        ),
        (
            'remind_after = "24h elapsed"\nreminders = 2',
            'close_after = "24h elapsed"',
            ["23 16:00", "24 16:00"],
            ["25 16:00"],
        ),
    ],
)
def test_a_customer_is_reminded_and_given_up_after_any_amount(tmp_path, remind, close, reminded, closed):
    desk = waiting(tmp_path, f"{remind}\n{close}")
    desk.at("2026-06-02 09:00", "UTC")
    assert (happened(desk, "reminded"), happened(desk, "closed")) == (reminded, closed)


def test_only_the_last_reminder_says_when_it_is_closed(tmp_path):
    desk = waiting(tmp_path, 'remind_after = "1bd"\nreminders = 2\nclose_after = "1bd"')
    desk.at("2026-06-02 09:00", "UTC")
    first, last = desk.sent_to(JO, "reminder")
    assert "we then close the case" not in " ".join(first.text.split())
    assert "we then close the case" in " ".join(last.text.split())


def test_an_answer_begins_the_attempts_anew(tmp_path):
    desk = waiting(tmp_path, 'remind_after = "1bd"\nreminders = 2\nclose_after = "1bd"')
    desk.at("2026-05-26 10:00", "UTC")
    desk.reply(JO, "The big one.")
    desk.at("2026-05-26 11:00", "UTC")
    desk.reply(ANN, "#wait\nAnd since when?", to_kind="assigned")
    desk.at("2026-06-02 09:00", "UTC")
    assert happened(desk, "reminded") == ["25 16:00", "27 11:00", "28 11:00"]
    assert happened(desk, "closed") == ["29 11:00"]


def test_the_severity_sinks_after_an_hour_without_the_customer(tmp_path):
    desk = waiting(tmp_path, 'downgrade_after = "1h"\ndowngrade_to = "plain"\ndowngrade_automatically = true')
    desk.at("2026-05-22 16:59", "UTC")
    assert desk.case().severity == "slow"
    desk.at("2026-05-26 10:00", "UTC")
    assert (desk.case().severity, happened(desk, "severity_set")) == ("plain", ["22 17:00"])


def test_what_is_opened_again_has_its_own_severity_and_what_follows_too(tmp_path):
    desk = milling(tmp_path, 'reopen_within = "72h elapsed"\nreopened_as = "plain"\nfollow_up_severity = "plain"')
    desk.at("2026-05-22 12:00", "UTC")
    desk.reply(ANN, "#resolve\nIt turns again.", to_kind="assigned")
    desk.at("2026-05-22 13:00", "UTC")
    desk.reply(JO, "It is slow again.")
    assert (desk.case(1).status, desk.case(1).severity) == ("open", "plain")
    desk.at("2026-05-22 14:00", "UTC")
    desk.reply(ANN, "#resolve\nAnd again.", to_kind="customer-message")
    desk.at("2026-05-25 14:00", "UTC")
    desk.reply(JO, "Once more.")
    assert desk.case_numbers() == [1]
    desk.at("2026-05-25 15:00", "UTC")
    desk.reply(ANN, "#resolve\nOnce more.", to_kind="customer-message")
    desk.at("2026-05-28 15:01", "UTC")
    desk.reply(JO, "Priority: Slow\n\nNow it is slow.")
    assert desk.case_numbers() == [1, 2]
    assert (desk.case(2).severity, desk.case(2).rank) == ("plain", 3)
    assert "it follows HD-1" in str(desk.case(2).events)


def test_without_these_keys_both_are_as_their_mail_says(tmp_path):
    desk = milling(tmp_path, "reopen_within_days = 3")
    desk.at("2026-05-22 12:00", "UTC")
    desk.reply(ANN, "#resolve\nIt turns again.", to_kind="assigned")
    desk.at("2026-05-22 13:00", "UTC")
    desk.reply(JO, "It is slow again.")
    assert desk.case(1).severity == "slow"


@pytest.mark.parametrize(
    ("lifecycle", "problem"),
    [
        (
            'remind_after_days = 1\nremind_after = "1h"',
            "lifecycle.remind_after: expected this or remind_after_days, not both",
        ),
        ('reopen_within = "3d"', "lifecycle.reopen_within: expected minutes, hours"),
        ('reopen_within = "2bd elapsed"', "lifecycle.reopen_within: expected minutes or hours"),
        ('close_after = "1h"', "lifecycle.close_after_days: expected remind_after_days"),
        ('remind_after = "1h"\nreminders = 0', "lifecycle.reminders: expected a number from 1 to 12"),
        ("reminders = 2", "lifecycle.reminders: expected remind_after or turn_remind_after"),
        ('reopened_as = "idle"', "lifecycle.reopened_as: expected one of plain, slow, stopped"),
        ('follow_up_severity = "idle"', "lifecycle.follow_up_severity: expected one of"),
        ('downgrade_after = "1h"', "lifecycle.downgrade_after_days: expected downgrade_to"),
    ],
)
def test_what_cannot_be_is_said(lifecycle, problem):
    with pytest.raises(ConfigurationError) as caught:
        read_policy(PolicyText("mill.toml", MILL + lifecycle))
    assert any(problem in one for one in caught.value.problems), caught.value.problems


def test_policy_show_says_it():
    life = (
        'remind_after = "1bd"\nreminders = 3\nclose_after = "72h elapsed"\nreopen_within = "36h elapsed"\n'
        'reopened_as = "plain"\nfollow_up_severity = "plain"\n'
    )
    text = offering_text(read_policy(PolicyText("mill.toml", MILL + life)), now=wall("2026-05-20 09:00"))
    for said in (
        "a customer who is waited for is reminded after 1 business day, 3 times, as far apart",
        "and the case is closed 3 days after that",
        "a reply reopens a closed case within 36 elapsed hours, later it opens a linked one of Plain",
        "what its customer opens again is Plain",
    ):
        assert said in text
