"""Steps with audiences, severities, hours and repetitions of their own: the ladder as far as a policy may say it."""

from __future__ import annotations

import pytest

from helpdesk.errors import ConfigurationError
from helpdesk.offering.files import PolicyText, read_policy
from helpdesk.offering.files.compare import differences
from helpdesk.offering.files.lint import check_file
from helpdesk.report.offering import offering_text
from helpdesk.report.offering_shape import offering_shape
from helpdesk.shipped import shipped
from tests.desk import ANN, LENA, OPS, wall
from tests.policies.offices import customer, open_desk

RAY, DUTY, MANAGER, PAGER = "ray@gate.example", "duty@gate.example", "am@desk.example", "pager@vendor.example"
OUTAGE = "The service is unavailable: nobody can sign in, and all work stops."
MILD = "The report shows an error."


def with_ladder(*steps, policy="logicgate"):
    """The text of a shipped policy with these steps in place of its own."""
    text = (shipped("policies") / f"{policy}.toml").read_text(encoding="utf-8")
    head, *sections = text.split("\n[")
    kept = [section for section in sections if not section.startswith("[ladder]]")]
    return "\n[".join([head, *kept]) + "".join(f"\n[[ladder]]\n{step}\n" for step in steps)


def climbing(folder, *steps, start="2026-05-20 02:00", **of_customer):
    """A LogicGate desk with this ladder, at two in the morning in Chicago: the desk opens at eight."""
    (folder / "policies").mkdir()
    (folder / "policies" / "logicgate.toml").write_text(with_ladder(*steps), encoding="utf-8")
    desk = open_desk(
        folder,
        policy="logicgate",
        customers=customer("gate", "logicgate", **of_customer),
        start=start,
        desk='policies = "policies"',
    )
    desk.just_before(start)
    return desk


def outage(desk):
    desk.mail(RAY, "Service unavailable", OUTAGE, to="email@logicgate.example")
    assert desk.case().rank == 1


def told(desk, address, kind="escalation"):
    return [mail.at for mail in desk.sent_to(address, kind)]


def test_quiet_hours_hold_back_what_is_not_called_urgent(tmp_path):
    """The lead hears at the opening of the region, the agent at once."""
    desk = climbing(
        tmp_path,
        'at = "due"\nsend = "breach"\nto = ["assignee"]\nhours = "always"',
        'at = "due"\nsend = "escalation"\nto = ["lead"]\nhours = "working"',
    )
    outage(desk)
    desk.at("2026-05-20 09:00")

    assert told(desk, ANN, "breach") == [wall("2026-05-20 03:00:01")]
    assert told(desk, LENA) == [wall("2026-05-20 08:00")]
    assert "late, because" not in desk.last(LENA, "escalation").text, "it waited on purpose"


def test_quiet_hours_are_the_regions_with_its_weekend_and_holidays(tmp_path):
    """Saturday before Memorial Day: the lead hears on Tuesday, once."""
    step = 'at = "50%"\nsend = "warning"\nto = ["lead"]\nhours = "working"\nrepeat = "30m"'
    desk = climbing(tmp_path, step, start="2026-05-23 10:00")
    outage(desk)
    desk.at("2026-05-26 08:29")
    assert told(desk, LENA, "warning") == [wall("2026-05-26 08:00")]
    desk.at("2026-05-26 09:01")

    assert told(desk, LENA, "warning") == [wall(f"2026-05-26 {at}") for at in ("08:00", "08:30", "09:00")]


def test_what_is_held_back_is_not_sent_at_all_once_it_is_answered(tmp_path):
    desk = climbing(tmp_path, 'at = "due"\nsend = "escalation"\nto = ["lead"]\nhours = "working"')
    outage(desk)
    desk.at("2026-05-20 06:00")
    desk.reply(ANN, "It is up again.", to_kind="assigned")
    desk.at("2026-05-21 09:00")

    assert told(desk, LENA) == []


def test_a_step_for_some_severities_passes_the_others_by(tmp_path):
    desk = climbing(
        tmp_path,
        'at = "50%"\nsend = "warning"\nto = ["lead"]\nonly = ["sev1", "sev2"]',
        'at = "50%"\nsend = "warning"\nto = ["assignee"]',
        start="2026-05-20 09:00",
    )
    desk.mail(RAY, "Report", MILD, to="email@logicgate.example")
    desk.at("2026-05-20 16:00")

    assert told(desk, LENA, "warning") == []
    assert told(desk, ANN, "warning") == [wall("2026-05-20 13:00")]


@pytest.mark.parametrize("words", ["#ack", "#note\nOn it."])
def test_what_repeats_stops_with_an_acknowledgment(tmp_path, words):
    desk = climbing(tmp_path, 'at = "due"\nsend = "escalation"\nto = ["assignee", "lead"]\nrepeat = "20m"')
    outage(desk)
    desk.at("2026-05-20 03:45")
    desk.reply(LENA, words, to_kind="escalation")
    desk.at("2026-05-20 06:00")

    repeated = [wall(f"2026-05-20 {at}") for at in ("03:00:01", "03:20", "03:40")]
    assert told(desk, LENA) == told(desk, ANN) == repeated
    keys = [event.key for event in desk.events("step_taken")]
    assert len(keys) == len(set(keys)), "exactly one mail a step and person"


def test_a_clock_is_warned_of_thrice_and_goes_up_after_the_breach_each_step_to_its_own(tmp_path):
    """LGT-5: 50, 75 and 90 % of eight open hours, over a night; then the breach, and an hour of open time later."""
    desk = climbing(
        tmp_path,
        'at = "50%"\nsend = "warning"\nto = ["assignee"]',
        'at = "75%"\nsend = "warning"\nto = ["assignee", "lead"]',
        f'at = "90%"\nsend = "warning"\nto = ["{PAGER}"]',
        'at = "due"\nsend = "breach"\nto = ["assignee", "lead"]',
        'at = "due + 1h"\nsend = "escalation"\nto = ["lead", "account-contacts"]',
        'at = "due + 4h"\nsend = "escalation"\nto = ["operators"]',
        start="2026-05-19 15:00",
        account_contacts=[MANAGER],
    )
    desk.mail(RAY, "Report", MILD, to="email@logicgate.example")
    desk.at("2026-05-21 17:00")

    on = "2026-05-20"
    assert told(desk, ANN, "warning") == [wall(f"{on} 10:00"), wall(f"{on} 12:00")]
    assert told(desk, LENA, "warning") == [wall(f"{on} 12:00")]
    assert told(desk, PAGER, "warning") == [wall(f"{on} 13:12")]
    assert told(desk, ANN, "breach") == told(desk, LENA, "breach") == [wall(f"{on} 14:00:01")]
    assert told(desk, LENA) == told(desk, MANAGER) == [wall(f"{on} 15:00")]
    assert told(desk, OPS) == [wall("2026-05-21 09:00")], "two hours on Wednesday, and the rest on Thursday"


def test_quiet_hours_hold_back_what_repeats_where_the_policy_says_nothing_of_hours(tmp_path):
    """A promise of office hours rings nobody at night: what is not called urgent keeps to the hours of its promise."""
    desk = climbing(
        tmp_path,
        'at = "due"\nsend = "escalation"\nto = ["lead"]\nrepeat = "2h"',
        f'at = "due"\nsend = "escalation"\nto = ["{PAGER}"]\nunless_acknowledged = "3h"',
        start="2026-05-19 16:00",
    )
    desk.mail(RAY, "Report", MILD, to="email@logicgate.example")
    desk.at("2026-05-21 10:30")

    assert told(desk, LENA) == [wall(f"2026-05-{at}") for at in ("20 15:00:01", "21 08:00", "21 09:00")]
    assert told(desk, PAGER) == [wall("2026-05-21 08:00")]


def test_repetitions_that_fell_into_a_downtime_are_not_made_up_for(tmp_path):
    desk = climbing(tmp_path, 'at = "due"\nsend = "escalation"\nto = ["lead"]\nrepeat = "20m"')
    outage(desk)
    desk.is_down_until("2026-05-20 05:10")
    desk.at("2026-05-20 05:21")

    assert told(desk, LENA) == [wall("2026-05-20 05:10"), wall("2026-05-20 05:20")]


def test_any_address_may_stand_on_the_ladder_and_account_contacts_are_the_customers_own(tmp_path):
    desk = climbing(
        tmp_path,
        f'at = "due"\nsend = "escalation"\nto = ["account-contacts", "{PAGER}"]',
        account_contacts=[MANAGER],
    )
    outage(desk)
    desk.at("2026-05-20 04:00")

    assert told(desk, MANAGER) == told(desk, PAGER) == [wall("2026-05-20 03:00:01")]
    assert "what you reply is shown to the agent" in " ".join(desk.last(MANAGER, "escalation").text.split())
    desk.reply(MANAGER, "I call them.", to_kind="escalation")
    assert "I call them." in desk.last(ANN, "customer-message").text


@pytest.mark.parametrize("words", ["#ack", "I call them."])
def test_whoever_is_told_may_acknowledge_by_a_reply_and_orders_nothing_else(tmp_path, words):
    """LGT-5: an address outside of the team, too: `#ack` or any reply."""
    desk = climbing(tmp_path, f'at = "due"\nsend = "escalation"\nto = ["{PAGER}", "lead"]\nrepeat = "20m"')
    outage(desk)
    desk.at("2026-05-20 03:25")
    desk.reply(PAGER, f"{words}\n\n#severity sev4", to_kind="escalation")
    desk.at("2026-05-20 06:00")

    assert told(desk, LENA) == told(desk, PAGER) == [wall("2026-05-20 03:00:01"), wall("2026-05-20 03:20")]
    assert [event.by for event in desk.events("page_acknowledged")] == [PAGER]
    assert "acknowledged: nobody else is called" in desk.last(PAGER, "echo").text
    assert words in desk.last(ANN, "customer-message").text
    assert desk.case().rank == 1


def test_somebody_elses_reply_acknowledges_nothing(tmp_path):
    """LGT-5: the address of the reply is for one reader."""
    desk = climbing(tmp_path, f'at = "due"\nsend = "escalation"\nto = ["{PAGER}"]\nrepeat = "20m"')
    outage(desk)
    desk.at("2026-05-20 03:05")
    desk.reply(MANAGER, "#ack", holder=PAGER, to_kind="escalation")
    desk.reply(RAY, "#ack", holder=PAGER, to_kind="escalation")
    desk.at("2026-05-20 03:25")

    assert desk.events("page_acknowledged") == []
    assert len(told(desk, PAGER)) == 2


def test_lai_10_the_customers_escalation_contact_is_told_and_may_answer(tmp_path):
    """LAI-10: as a customer, who reads nothing of ours."""
    step = 'at = "due"\nsend = "escalation"\nto = ["customer-escalation", "lead"]'
    desk = climbing(tmp_path, step, escalation_contact=DUTY)
    outage(desk)
    desk.at("2026-05-20 04:00")

    mail = desk.last(DUTY, "escalation")
    assert mail.subject == "[HD-1] needs somebody on your side: Service unavailable"
    assert "We write to you because you are the contact" in " ".join(mail.text.split())
    for ours in ("desk.example", "Ann Berg", "#assign", "breach", OUTAGE[:20]):
        assert ours not in mail.text
    desk.reply(DUTY, "We have switched the proxy off.", to_kind="escalation")
    assert desk.case_numbers() == [1]
    assert "switched the proxy off" in desk.last(ANN, "customer-message").text


def test_lai_10_without_an_escalation_contact_the_team_hears_of_it(tmp_path):
    """LAI-10: a step never goes to nobody."""
    desk = climbing(tmp_path, 'at = "due"\nsend = "escalation"\nto = ["customer-escalation"]')
    outage(desk)
    desk.at("2026-05-20 04:00")

    assert told(desk, ANN) == [wall("2026-05-20 03:00:01")]


def test_somebody_in_two_seats_gets_one_mail(tmp_path):
    desk = climbing(tmp_path, f'at = "due"\nsend = "escalation"\nto = ["lead", "{LENA}", "team", "assignee"]')
    outage(desk)
    desk.at("2026-05-20 04:00")

    assert told(desk, LENA) == told(desk, ANN) == [wall("2026-05-20 03:00:01")]


@pytest.mark.parametrize(
    ("step", "problem"),
    [
        ('at = "0%"\nsend = "warning"\nto = ["lead"]', 'ladder.1.at: expected "opened", a share such as'),
        ('at = "due"\nsend = "breach"\nto = ["boss"]', "ladder.1.to: expected one of assignee, team, lead"),
        ('at = "due"\nsend = "breach"\nto = ["lead"]\nonly = ["p1"]', "ladder.1.only: expected one of sev1"),
        ('at = "due"\nsend = "breach"\nto = ["lead"]\nrepeat = "soon"', "ladder.1.repeat: expected"),
        ('at = "due"\nsend = "breach"\nto = ["lead"]\nrepeat = "1bd"', "ladder.1.repeat: expected"),
        ('at = "due"\nsend = "breach"\nto = ["lead"]\nhours = "night"', "ladder.1.hours: expected"),
        ('at = "due"\nsend = "breach"\nto = ["lead"]\nunless_acknowledged = "1d"', "ladder.1.unless_acknowledged: exp"),
    ],
)
def test_a_step_that_is_written_wrong_is_said_by_file_and_key(step, problem):
    with pytest.raises(ConfigurationError) as wrong:
        read_policy(PolicyText("gate.toml", with_ladder(step)))
    assert [said for said in wrong.value.problems if said.startswith(f"gate.toml: {problem}")]


@pytest.mark.parametrize(
    ("steps", "key", "words"),
    [
        (
            ('at = "due"\nsend = "escalation"\nto = ["lead"]\nunless_acknowledged = "15m"',),
            "ladder.1.unless_acknowledged",
            "nobody is asked to acknowledge at due",
        ),
        (
            (
                'at = "opened"\nsend = "escalation"\nto = ["on-call"]',
                'at = "opened"\nsend = "escalation"\nto = ["on-call-secondary"]\nonly = ["sev1"]\nunless_acknowledged = "2h"',
            ),
            "ladder.2.unless_acknowledged",
            "not before the first response of Severity 1 is due",
        ),
    ],
)
def test_a_step_that_comes_for_nothing_is_warned_of(tmp_path, steps, key, words):
    path = tmp_path / "logicgate.toml"
    path.write_text(with_ladder(*steps), encoding="utf-8")

    assert (key, words) in [(found.key, found.text) for found in check_file(path) if found.level == "warning"]


def test_policy_show_says_for_whom_when_and_how_often():
    step = 'at = "due + 1h"\nsend = "escalation"\nto = ["on-call"]\nonly = ["sev1"]\nhours = "working"\nrepeat = "30m"'
    policy = read_policy(PolicyText("gate.toml", with_ladder(step)))
    line = "at due + 1 h, for sev1, in working hours: escalation to on-call, every 30 min until acknowledged"

    assert line in offering_text(policy, now=wall("2026-05-20 09:00"))
    assert offering_shape(policy, now=wall("2026-05-20 09:00"))["ladder"] == [
        {
            "at": "due + 1h for sev1 in working hours every 30m",
            "send": "escalation",
            "to": ["on-call"],
            "only": ["sev1"],
            "of": [],
            "plans": [],
            "until": [],
            "in_turn": False,
            "hours": "working",
            "repeat": 1800,
            "unless_acknowledged": None,
        }
    ]


def test_policy_diff_says_who_is_told_when_from_now_on():
    """Two steps at one instant are one line."""
    lead = 'at = "due"\nsend = "escalation"\nto = ["lead"]'
    agent = 'at = "due"\nsend = "breach"\nto = ["assignee"]'
    old, new = (read_policy(PolicyText("gate.toml", with_ladder(*steps))) for steps in ([agent], [agent, lead]))

    assert [(found.what, found.was, found.now) for found in differences(old, new, years=(2026,))] == [
        ("step at due", "breach to assignee", "breach to assignee; escalation to lead")
    ]
