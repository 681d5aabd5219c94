"""LogicGate, clause by clause, as far as the policy itself goes; on-call and notices are the desk's."""

from __future__ import annotations

from datetime import date

import pytest

from helpdesk.offering.files import PolicyText, load_policies, read_policy
from helpdesk.offering.files.find import policy_files
from helpdesk.offering.files.lint import check_file
from helpdesk.shipped import shipped
from tests.desk import ANN, wall
from tests.policies.offices import customer, open_desk

RAY = "ray@gate.example"
GOALS = {"sev1": (60, 60), "sev2": (240, 480), "sev3": (480, 960), "sev4": (960, 1920)}  # minutes, LGT-1


@pytest.fixture
def policy():
    return load_policies().policy("logicgate")


@pytest.fixture
def desk(tmp_path):
    """Tuesday 19 May 2026, 09:00 in Chicago."""
    return open_desk(
        tmp_path,
        policy="logicgate",
        channels=("email", "monitoring"),
        customers=customer("gate", "logicgate"),
        start="2026-05-19 09:00",
    )


def asked(severity):
    return {"plan": "standard", "severity": severity, "region": "central", "channel": "email"}


def test_lgt_1_the_goals_that_the_document_lacks_are_listed_as_assumed(policy):
    """LGT-1"""
    path = next(path for path in policy_files(None) if path.name == "logicgate.toml")
    assumed = {finding.key: finding.text for finding in check_file(path) if finding.level == "assumption"}

    assert "60 and 60 business minutes" in assumed["targets.standard"]


@pytest.mark.parametrize("severity", GOALS)
def test_lgt_2_first_reply_and_response_goals_in_business_minutes(policy, severity):
    """LGT-2: first response and follow-up, in the same hours."""
    first, further = (policy.promise(target, **asked(severity)) for target in ("first_response", "follow_up"))

    assert [int(goal.within.open_time.total_seconds()) // 60 for goal in (first, further)] == list(GOALS[severity])
    assert first.calendar is further.calendar


@pytest.mark.parametrize(
    ("year", "closed"),
    [
        (2026, ["01-01", "05-25", "06-19", "07-04", "09-07", "11-26", "11-27", "12-24", "12-25"]),
        (2027, ["01-01", "05-31", "06-19", "07-04", "09-06", "11-25", "11-26", "12-24", "12-25"]),
        (2028, ["01-01", "05-29", "06-19", "07-04", "09-04", "11-23", "11-24", "12-24", "12-25"]),
    ],
)
def test_lgt_3_exactly_the_named_days_are_closed_on_their_own_dates(policy, year, closed):
    """LGT-3: no observed substitutes, no others."""
    days = sorted(day.on for day in policy.calendars["central"].special_days_in(year))

    assert days == [date.fromisoformat(f"{year}-{day}") for day in closed]


def test_lgt_4_only_severity_1_is_worked_around_the_clock(policy):
    """LGT-4"""
    assert {severity: policy.promise("first_response", **asked(severity)).calendar.name for severity in GOALS} == {
        "sev1": "24x7",
        "sev2": "central",
        "sev3": "central",
        "sev4": "central",
    }


def test_lgt_4_what_monitoring_reports_opens_a_severity_1_and_is_not_answered(desk):
    """LGT-4: the potential incident starts the response at once."""
    alert = "CRITICAL: service unavailable\nHost: app-production\nState: DOWN\nSince: 08:58"
    desk.mail("alerts@watch.example", "PROBLEM: app-production is DOWN", alert, to="monitoring@logicgate.example")

    assert desk.case().rank == 1
    assert desk.first_response().due_at == wall("2026-05-19 10:00")
    assert desk.kinds_to(ANN) == ["assigned"]


def test_lgt_4_a_monitor_that_says_it_is_automatic_is_heard_here_and_its_recovery_joins(desk):
    """LGT-4: on a monitoring address; it calls nobody a second time, and ends nothing."""
    automatic = {"Auto-Submitted": "auto-generated", "Precedence": "bulk"}
    alert, box = "Host: app-production\nState: {}", "monitoring@logicgate.example"
    for state, subject in (
        ("DOWN", "PROBLEM: {} is DOWN"),
        ("DOWN", "PROBLEM: {} is DOWN"),
        ("UP", "RECOVERY: {} is UP"),
    ):
        text = f"Notification Type: {subject.split(':')[0]}\n{alert.format(state)}"
        desk.mail("alerts@watch.example", subject.format("app-production"), text, to=box, headers=automatic)

    assert desk.case_numbers() == [1]
    assert [event.state for event in desk.events("monitored")] == ["problem", "problem", "recovered"]
    assert (desk.case().rank, desk.case().status, desk.state()) == (1, "open", "running")
    assert desk.kinds_to(ANN) == ["assigned", "customer-message"]


@pytest.mark.parametrize(
    "body",
    [
        "How do I configure a new workflow? Please help urgently.",
        "We need a training for twenty new users as soon as possible.",
        "Could you add an export of dashboards? It is critical for us.",
    ],
)
def test_lgt_6_configuration_help_training_and_wishes_are_never_severity_1(desk, body):
    """LGT-6"""
    desk.mail(RAY, "Request", body, to="email@logicgate.example")

    assert desk.case().rank > 1


def test_lgt_7_the_words_of_an_escalation_stand_in_the_file(policy):
    """LGT-7: its place in the policy; the mail to the account contacts is the desk's."""
    assert "please escalate" in policy.escalation_words


def test_lgt_8_on_resolution_a_mail_confirms_it_and_a_reply_reopens(desk):
    """LGT-8: and the log is updated."""
    desk.mail(RAY, "Report", "The report shows an error.", to="email@logicgate.example")
    desk.reply(ANN, "#resolve\nThe report is repaired.", to_kind="assigned")

    confirmation = desk.last(RAY, "closed")
    assert "resolved" in confirmation.text
    assert desk.case().status == "resolved"
    desk.reply(RAY, "It still fails.", to_kind="closed")
    assert desk.case().status == "open"
    assert [event.type for event in desk.case().events][-1] in {"reopened", "customer_wrote"}


def test_lgt_10_mail_of_the_security_monitoring_makes_no_case_and_stays_in_the_log(desk, tmp_path):
    """LGT-10: its address is a line of the file."""
    folder = tmp_path / "policies"
    folder.mkdir()
    text = (shipped("policies") / "logicgate.toml").read_text(encoding="utf-8")
    text = text.replace("not_support = []", 'not_support = ["mdr.example", "soc@watch.example"]')
    (folder / "logicgate.toml").write_text(text, encoding="utf-8")
    assert read_policy(PolicyText("logicgate.toml", text)).not_support == ("mdr.example", "soc@watch.example")
    guarded = open_desk(
        tmp_path, policy="logicgate", start="2026-05-19 09:00", desk='policies = "policies"', customers=""
    )

    for sender in ("alert@mdr.example", "soc@watch.example"):
        worked = guarded.mail(sender, "Suspicious sign-in", "Seen at 08:00.", to="email@logicgate.example")
        assert (worked.outcome, worked.case) == ("ignored", None)
    assert guarded.case_numbers() == []
    assert guarded.sent == []
