"""Steps before the due time and at elapsed time since the opening, by plan, in turn, to named seats and the customer."""

from __future__ import annotations

import pytest

from helpdesk.errors import ConfigurationError
from helpdesk.offering.files import PolicyText, read_policy
from helpdesk.report.offering import offering_text
from helpdesk.unit.rules import load_rules
from tests.desk import ANN, KEY, LENA, wall
from tests.policies.offices import customer, open_desk

JO = "jo@acme.example"
FERRY = """
key = "ferry"
name = "Ferry"
levels = ["manager", "Duty Manager"]
[plans.deck]
name = "Deck"
escalation = false
[plans.cabin]
name = "Cabin"
[regions.sea]
calendar = "24x7"
[calendars.day]
timezone = "UTC"
hours = "mon-fri 09:00-17:00"
[severities.adrift]
rank = 1
name = "Adrift"
definition = "No engine."
[severities.late]
rank = 2
name = "Late"
definition = "Behind its time."
[targets.deck.first_response]
adrift = "4h"
late = "8h"
[targets.cabin.first_response]
adrift = "4h"
late = "8h"
[classifier]
default = "late"
stated = "initial"
[[intake]]
key = "priority"
label = "Priority"
[promises.plan]
starts = "received"
met_by = ["#planned"]
[targets.cabin.plan]
adrift = "12h"
late = "12h"
"""
LEVELS = """
[[level]]
name = "Manager"
to = ["max@desk.example"]
[[level]]
name = "duty manager"
rotation = "managers"
[[rotation]]
name = "managers"
timezone = "UTC"
handover = "mon 09:00"
start = 2026-01-05
primary = ["lena@desk.example"]
"""


def ferry(*steps):
    return FERRY + "".join(f"[[ladder]]\n{step}\n" for step in steps)


def sailing(folder, *steps, plan="cabin", more=LEVELS):
    """A desk around the clock on Tuesday 26 May 2026, a case of rank 2 at 10:00 UTC."""
    (folder / "policies").mkdir()
    (folder / "policies" / "ferry.toml").write_text(ferry(*steps), encoding="utf-8")
    desk = open_desk(
        folder,
        policy="ferry",
        customers=customer("acme", "ferry", plan=plan),
        start="2026-05-26 05:00",
        desk='policies = "policies"',
        more=more,
    )
    desk.mail(JO, "Fog", "Priority: Late\n\nThe boat is behind its time.", to="email@ferry.example")
    return desk


def heard(desk, address, kind="escalation"):
    return [f"{mail.at:%H:%M}" for mail in desk.sent_to(address, kind)]


def until(desk, utc):
    desk.at(f"2026-05-26 {utc}", "UTC")


def test_a_step_comes_so_long_before_it_is_due(tmp_path):
    desk = sailing(tmp_path, 'at = "1h before due"\nsend = "warning"\nto = ["assignee"]\nof = ["first_response"]')
    until(desk, "18:00")
    assert heard(desk, ANN, "warning") == ["17:00"]


def test_a_step_counts_elapsed_time_from_the_opening_while_nobody_has_answered(tmp_path):
    desk = sailing(tmp_path, 'at = "opened + 15m"\nsend = "escalation"\nto = ["lead"]\nhours = "always"')
    until(desk, "10:30")
    assert heard(desk, LENA) == ["10:15"]
    assert "has been open for 15 min without an answer" in desk.last(LENA, "escalation").text


def test_and_not_once_somebody_has(tmp_path):
    desk = sailing(tmp_path, 'at = "opened + 15m"\nsend = "escalation"\nto = ["lead"]\nhours = "always"')
    until(desk, "10:10")
    desk.reply(ANN, "We look.", to_kind="assigned")
    until(desk, "11:00")
    assert heard(desk, LENA) == []


EXPERTS = (
    'at = "opened + 15m"\nsend = "escalation"\nto = ["lead", "one@desk.example", "two@desk.example"]\n'
    'repeat = "15m"\nin_turn = true\nuntil = ["#planned"]\nhours = "always"'
)


def test_each_quarter_of_an_hour_another_expert_is_called_until_there_is_a_plan(tmp_path):
    desk = sailing(tmp_path, EXPERTS)
    until(desk, "10:20")
    desk.reply(ANN, "We look.", to_kind="assigned")
    until(desk, "10:50")
    desk.reply(LENA, "#ack", to_kind="escalation")
    until(desk, "11:20")
    called = {address: heard(desk, address) for address in (LENA, "one@desk.example", "two@desk.example")}
    assert called == {LENA: ["10:15", "11:00"], "one@desk.example": ["10:30", "11:15"], "two@desk.example": ["10:45"]}
    assert "has been open for 1 h, and there is no #planned yet" in desk.last(LENA, "escalation").text
    assert "#ack" not in desk.last(LENA, "escalation").text.partition("The case is with")[0]
    desk.reply(ANN, "#planned 2026-05-27 12:00\nThe pump is exchanged tomorrow.", to_kind="assigned")
    until(desk, "20:00")
    assert heard(desk, "two@desk.example") == ["10:45"]


@pytest.mark.parametrize(("plan", "expected"), [("cabin", ["12:00"]), ("deck", [])])
def test_a_step_may_be_of_some_plans(tmp_path, plan, expected):
    desk = sailing(
        tmp_path, 'at = "25%"\nsend = "warning"\nto = ["lead"]\nplans = ["cabin"]\nof = ["first_response"]', plan=plan
    )
    until(desk, "14:00")
    assert heard(desk, LENA, "warning") == expected


def test_named_seats_are_taken_by_whom_the_desk_names(tmp_path):
    desk = sailing(
        tmp_path,
        'at = "opened + 1h"\nsend = "escalation"\nto = ["manager"]\nhours = "always"',
        'at = "opened + 2h"\nsend = "escalation"\nto = ["Duty Manager"]\nhours = "always"',
    )
    until(desk, "13:00")
    assert (heard(desk, "max@desk.example"), heard(desk, LENA)) == (["11:00"], ["12:00"])
    desk.reply("max@desk.example", "I have it.", to_kind="escalation")
    assert desk.case().events[-1].by == "max@desk.example"


def test_the_customer_may_be_told(tmp_path):
    desk = sailing(tmp_path, 'at = "due"\nsend = "escalation"\nto = ["customer"]\nof = ["first_response"]')
    until(desk, "18:30")
    mail = desk.last(JO, "escalation")
    assert f"{mail.at:%H:%M}" == "18:00"
    assert "more people here look after it now." in " ".join(mail.text.split())
    assert "escalation contact" not in mail.text


def test_who_has_no_escalation_in_the_plan_is_told_so_once(tmp_path):
    desk = sailing(tmp_path, plan="deck")
    until(desk, "11:00")
    desk.reply(JO, "I want to speak to your manager.")
    until(desk, "12:00")
    desk.reply(JO, "Please escalate this to your manager.")
    (mail,) = desk.sent_to(JO, "progress")
    assert "Escalation does not come with the plan Deck" in " ".join(mail.text.split())
    assert desk.events("escalation-requested") == []
    assert heard(desk, LENA) == []
    assert "escalation is not in plan: Deck" in desk.case().tags


def test_who_has_it_is_passed_on_as_before(tmp_path):
    desk = sailing(tmp_path, plan="cabin")
    until(desk, "11:00")
    desk.reply(JO, "I want to speak to your manager.")
    assert "passed on your wish" in desk.last(JO, "progress").text
    assert heard(desk, LENA) == ["11:00"]


@pytest.mark.parametrize(
    ("step", "problem"),
    [
        ('at = "opened - 1h"\nsend = "warning"\nto = ["lead"]', 'ladder.1.at: expected "opened"'),
        ('at = "2d before due"\nsend = "warning"\nto = ["lead"]', "ladder.1.at: expected minutes"),
        ('at = "1h before opened"\nsend = "warning"\nto = ["lead"]', 'ladder.1.at: expected "opened"'),
        ('at = "due"\nsend = "breach"\nto = ["managr"]', "'managr'; did you mean manager?"),
        ('at = "due"\nsend = "breach"\nto = ["asignee"]', "'asignee'; did you mean assignee?"),
        (
            'at = "due"\nsend = "breach"\nto = ["lead"]\nplans = ["bridge"]',
            "ladder.1.plans: expected one of cabin, deck",
        ),
        ('at = "due"\nsend = "breach"\nto = ["lead"]\nuntil = ["#plan"]', "ladder.1.until: expected one of"),
        (
            'at = "due"\nsend = "breach"\nto = ["lead"]\nuntil = ["answer"]\nunless_acknowledged = "1h"',
            "ladder.1.until: expected without unless_acknowledged",
        ),
        (
            'at = "due"\nsend = "breach"\nto = ["lead", "team"]\nin_turn = true',
            "ladder.1.in_turn: expected with repeat",
        ),
        ('at = "due"\nsend = "breach"\nto = ["lead"]\nin_turn = true\nrepeat = "1h"', "ladder.1.in_turn: expected"),
    ],
)
def test_what_no_step_can_be_is_said(step, problem):
    with pytest.raises(ConfigurationError) as caught:
        read_policy(PolicyText("ferry.toml", ferry(step)))
    assert any(problem in one for one in caught.value.problems), caught.value.problems


@pytest.mark.parametrize(
    ("levels", "problem"),
    [
        ("", "level: expected one named 'manager' for team first line, to which policy ferry escalates"),
        ('[[level]]\nname = "manger"\nto = ["x@desk.example"]', "escalates; the nearest is 'manger'"),
        ('[[level]]\nname = "manager"', "level.1.to: expected addresses, or the name of a rotation"),
        ('[[level]]\nname = "manager"\nto = ["max"]', "level.1.to: expected a bare address"),
        ('[[level]]\nname = "manager"\nrotation = "night"', "level.1.rotation: expected the name of a [[rotation]]"),
        ('[[level]]\nname = "manager"\nto = ["x@desk.example"]\nteam = "deck"', "level.1.team: expected the name of a"),
        (
            '[[level]]\nname = "a"\nto = ["x@d.example"]\n[[level]]\nname = "A"\nto = ["x@d.example"]',
            "level.1.name: expected",
        ),
    ],
)
def test_seats_that_nobody_takes_are_errors_of_the_configuration(tmp_path, levels, problem):
    step = 'at = "due"\nsend = "breach"\nto = ["manager"]'
    sailing(tmp_path, step, more=LEVELS)
    configuration = tmp_path / "helpdesk.toml"
    configuration.write_text(configuration.read_text(encoding="utf-8").replace(LEVELS, levels), encoding="utf-8")
    with pytest.raises(ConfigurationError) as caught:
        load_rules(configuration, environment={}, signing_key=KEY)
    assert any(problem in one for one in caught.value.problems), caught.value.problems


def test_policy_show_says_it():
    steps = (
        'at = "1h before due"\nsend = "warning"\nto = ["assignee"]\nplans = ["cabin"]',
        'at = "opened + 15m"\nsend = "escalation"\nto = ["lead", "team"]\nrepeat = "15m"\nin_turn = true\nuntil = ["#planned"]',
    )
    text = offering_text(read_policy(PolicyText("ferry.toml", ferry(*steps))), now=wall("2026-05-20 09:00"))
    assert "1 h before due, for plans cabin: warning to assignee" in text
    assert "at opened + 15 min: escalation to lead, team, each in turn, every 15 min until #planned" in text
    assert "Deck: without escalation" in text
