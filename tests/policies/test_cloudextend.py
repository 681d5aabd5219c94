"""CloudExtend, clause by clause."""

from __future__ import annotations

import pytest

from helpdesk.offering.files import load_policies
from helpdesk.offering.policy import NoPromise
from helpdesk.store import queue
from helpdesk.store.queue import Wanted
from tests.desk import ANN, wall
from tests.policies.offices import customer, open_desk

LA = "America/Los_Angeles"
CY = "cy@sheet.example"


@pytest.fixture
def policy():
    return load_policies().policy("cloudextend")


@pytest.fixture
def desk(tmp_path):
    """Friday before Memorial Day 2026, 15:00 Pacific."""
    customers = customer("sheet", "cloudextend")
    return open_desk(tmp_path, policy="cloudextend", customers=customers, start="2026-05-22 17:00")


def test_clx_1_three_to_five_pacific_from_monday_to_friday_and_never_after(policy):
    """CLX-1: not on US holidays."""
    calendar = policy.calendars["pacific"]
    open_at = {
        text: calendar.is_open(wall(text, LA))
        for text in ("2026-05-19 02:59", "2026-05-19 03:00", "2026-05-19 16:59", "2026-05-19 17:00", "2026-05-25 10:00")
    }

    assert list(open_at.values()) == [False, True, True, False, False]
    assert not calendar.is_open(wall("2026-07-03 10:00", LA))  # Independence Day is observed on Friday


def test_clx_2_one_target_whatever_the_severity_and_severities_order_the_queue(policy, desk):
    """CLX-2: a response within four hours, in support hours."""
    for severity in ("urgent", "high", "normal", "low"):
        promise = policy.promise(
            "first_response", plan="essential", severity=severity, region="pacific", channel="email"
        )
        assert str(promise.within) == "4 hours"
        asked = {"plan": "essential", "severity": severity, "region": "pacific", "channel": "email"}
        assert isinstance(policy.promise("follow_up", **asked), NoPromise)
    assert [level.rank for level in policy.severity.levels] == [1, 2, 3, 4]

    desk.mail(CY, "Excel export", "The export to Excel fails for all of us.", to="email@cloudextend.example")
    assert desk.first_response().due_at == wall("2026-05-26 05:00", LA)  # 2 h on Friday, 2 h on Tuesday
    desk.reply(ANN, "#severity low", to_kind="assigned")
    assert desk.first_response().due_at == wall("2026-05-26 05:00", LA)


def test_clx_2_the_queue_is_ordered_by_severity_though_all_have_the_same_time(desk):
    """CLX-2: the worst first, then what comes due soonest; what is over comes last."""
    for number, severity in enumerate(("low", "urgent", "normal", "urgent", "high"), start=1):
        desk.mail(CY, f"Case {number}", "The export fails.", to="email@cloudextend.example")
        desk.reply(ANN, f"#severity {severity}", to_kind="assigned")
        desk.at(f"2026-05-22 17:{number:02}")
    desk.mail(CY, "Case 6", "The export fails.", to="email@cloudextend.example")
    desk.reply(ANN, "#severity urgent\n#close\nDone.", to_kind="assigned")

    with desk.database.read() as connection:
        assert [*queue.numbers(connection)] == [2, 4, 5, 3, 1, 6]
        assert [*queue.numbers(connection, Wanted(only_open=True))] == [2, 4, 5, 3, 1]


@pytest.mark.parametrize("reason", ["no-subscription", "third-party", "modified"])
def test_clx_3_what_is_not_supported_is_excluded_by_an_agent_with_its_reason(desk, reason):
    """CLX-3: kinds are told apart, and the exceptions are in the file."""
    desk.mail(CY, "Question", "How do I export a sheet?", to="email@cloudextend.example")
    assert desk.case().kind == "question"

    desk.reply(ANN, f"#exclude {reason}", to_kind="assigned")
    assert desk.state() == "exempt"
    assert f"excluded: {reason}" in desk.case().tags


def test_clx_4_the_acknowledgment_asks_for_steps_and_links(desk):
    """CLX-4"""
    desk.mail(CY, "Export fails", "It fails.", to="email@cloudextend.example")

    asked = desk.last(CY, "ack").text
    assert "Steps to reproduce" in asked
    assert "Links to the records" in asked
    assert "Screenshots" not in asked
