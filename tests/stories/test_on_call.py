"""Who is on call, who is called, and who is told at the hand-over: primary, then secondary (LGT-4, LGT-5)."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from typer.testing import CliRunner

from helpdesk.cli import app
from helpdesk.config import load_configuration
from helpdesk.core.clocks.calling import well_since
from helpdesk.core.staffing.vacancy import vacancies
from helpdesk.core.words.calls import calls
from helpdesk.core.words.events import to_facts
from helpdesk.core.words.people import Agent
from helpdesk.errors import ConfigurationError
from helpdesk.lab.mailer import Sheet, write
from helpdesk.openhours.rotation import Override, Rotation
from helpdesk.openhours.walltime import Handovers, WallTime, parse_handovers, period
from helpdesk.person import Person
from tests.desk import ANN, BOB, LENA, wall
from tests.policies.offices import customer, open_desk

RAY = "ray@gate.example"
ALERT = "CRITICAL: service unavailable\nHost: app-production\nState: DOWN\nSince: 08:58"
ROTATION = """
[[agent]]
name = "Bob Cole"
email = "bob@desk.example"
teams = ["first line"]

[[rotation]]
name = "on-call"
timezone = "America/Chicago"
handover = "mon 09:00"
start = 2026-05-11
primary = ["bob@desk.example", "ann@desk.example"]
secondary = ["ann@desk.example", "bob@desk.example"]
"""


def gate(folder, *, more=ROTATION, start="2026-05-20 02:00"):
    """A LogicGate desk, Wednesday 20 May 2026, two in the morning in Chicago: Ann is primary, Bob secondary."""
    desk = open_desk(
        folder,
        policy="logicgate",
        channels=("email", "monitoring"),
        customers=customer("gate", "logicgate"),
        start=start,
        more=more,
    )
    desk.just_before(start)
    return desk


@pytest.fixture
def desk(tmp_path):
    return gate(tmp_path)


def is_down(desk):
    desk.mail("alerts@watch.example", "PROBLEM: app-production is DOWN", ALERT, to="monitoring@logicgate.example")


def test_lgt_4_a_monitor_gets_no_acknowledgment(desk):
    """LGT-4: it is a machine, whether or not its mail says so; what was decided stands on the record."""
    is_down(desk)

    assert desk.sent_to("alerts@watch.example") == []
    (decided,) = desk.events("acknowledged")
    assert to_facts(decided) == {"sent": False, "because": "nothing automatic is answered automatically"}


def called(desk, address):
    return [mail.at for mail in desk.sent_to(address, "escalation") if "] CALL" in mail.subject]


def test_lgt_4_what_monitoring_finds_at_night_calls_the_primary_at_once(desk):
    """LGT-4, LGT-5: also in the middle of the night, and by a subject that a lock screen shows."""
    is_down(desk)
    desk.at("2026-05-20 02:01")

    assert called(desk, ANN) == [wall("2026-05-20 02:00")]
    assert called(desk, BOB) == []
    call = desk.last(ANN, "escalation")
    assert call.subject.startswith("[HD-1] CALL · Severity 1 · due Wed 20 May 03:00")
    assert '"#ack"' in call.text
    assert "> State: DOWN" in call.text, "at night there is nothing but the mail"


def test_lgt_5_without_an_acknowledgment_the_secondary_is_called_after_a_quarter_of_an_hour(desk):
    """LGT-5: and the primary again, until somebody has it."""
    is_down(desk)
    desk.at("2026-05-20 02:31")

    assert called(desk, ANN) == [wall("2026-05-20 02:00"), wall("2026-05-20 02:15"), wall("2026-05-20 02:30")]
    assert called(desk, BOB) == [wall("2026-05-20 02:15")]
    assert "Nobody has acknowledged HD-1 within 15 min" in " ".join(desk.last(BOB, "escalation").text.split())
    assert "still not acknowledged" in desk.last(ANN, "escalation").text


@pytest.mark.parametrize("words", ["#ack", "I have it.", "#note\nIt is the disk.", "#nocall", "#snooze 9:00"])
def test_lgt_5_who_was_called_hears_that_somebody_else_has_it(desk, words):
    """LGT-5: Bob got up at a quarter past two, and need not."""
    is_down(desk)
    desk.at("2026-05-20 02:16")
    desk.reply(ANN, words, to_kind="escalation", quote=True)

    (told,) = desk.sent_to(BOB, "echo")
    assert told.subject.startswith("[HD-1] Ann Berg: has it, nobody else is called")
    assert desk.sent_to(LENA, "echo") == [], "she was not called"
    desk.reply(BOB, "Thanks!", to_kind="echo", quote=True)
    assert len(desk.sent_to(ANN, "echo")) == 1


@pytest.mark.parametrize("words", ["#resolve", "#answer\nIt is the disk."])
def test_lgt_5_who_was_called_hears_of_an_answer_or_an_end_once_and_no_more(desk, words):
    is_down(desk)
    desk.at("2026-05-20 02:16")
    desk.reply(ANN, words, to_kind="escalation", quote=True)

    (told,) = desk.sent_to(BOB, "echo")
    assert "has it" not in told.subject


def test_lgt_5_who_says_it_a_second_time_tells_nobody(desk):
    is_down(desk)
    desk.at("2026-05-20 02:16")
    desk.reply(ANN, "#ack", to_kind="escalation")
    desk.reply(ANN, "#ack", to_kind="escalation")

    assert len(desk.sent_to(BOB, "echo")) == 1


@pytest.mark.parametrize(
    "words", ["Ann, please take it.", "Ann can you?", "@Ann", "I can't, please call Ann", "Ann: it is the disk"]
)
def test_lgt_5_who_only_calls_a_colleague_does_not_have_it(desk, words):
    """LGT-5: Bob sleeps on, believing that Ann is called; the desk took his word for it that he had it."""
    is_down(desk)
    desk.at("2026-05-20 02:16")
    desk.reply(BOB, words, to_kind="escalation", quote=True)
    desk.at("2026-05-20 02:31")

    assert "not acknowledged: your words are for somebody else" in " ".join(desk.last(BOB, "echo").text.split())
    assert called(desk, ANN)[-1] == wall("2026-05-20 02:30")


@pytest.mark.parametrize(
    "words",
    ["#note\nAnn, it is the disk.", "#ack\nAnn, it is the disk.", "On it.", "I do it with Ann and Lena, who know it"],
)
def test_lgt_5_who_says_more_has_it(desk, words):
    is_down(desk)
    desk.at("2026-05-20 02:16")
    desk.reply(BOB, words, to_kind="escalation", quote=True)
    desk.at("2026-05-20 02:55")

    assert called(desk, ANN)[-1] == wall("2026-05-20 02:15")


def test_lgt_5_a_word_to_a_colleague_beside_an_order_is_in_nobodys_way_where_a_monitor_is_alone(desk):
    """LGT-5: no customer reads it, so it was no reason to go on calling."""
    is_down(desk)
    desk.at("2026-05-20 02:06")
    desk.reply(ANN, "#ack\nBob, it is the disk.", to_kind="escalation", quote=True)
    desk.at("2026-05-20 02:55")

    assert called(desk, BOB) == []
    assert "acknowledged" in desk.last(ANN, "echo").text


def recovers(desk):
    text = "Monitor: app-production\nState: UP"
    desk.mail("alerts@watch.example", "RECOVERY: app-production is UP", text, to="monitoring@logicgate.example")


def test_lgt_5_nobody_is_called_on_for_what_has_recovered_and_whoever_was_called_hears_so(desk):
    """LGT-5: Ann was called and slept; Bob is not woken for what is over, and no clock stops for it."""
    is_down(desk)
    desk.at("2026-05-20 02:06")
    recovers(desk)
    desk.at("2026-05-20 02:50")

    assert called(desk, ANN) == [wall("2026-05-20 02:00")]
    assert called(desk, BOB) == []
    assert "Nobody is called about it any more" in desk.last(ANN, "customer-message").text
    assert (desk.case().status, desk.state()) == ("open", "running")


@pytest.mark.parametrize(
    ("again", "ann", "bob"),
    [
        pytest.param("02:20", ["02:00", "02:20", "02:35"], ["02:35"], id="anew, from the first seat on"),
        pytest.param("02:12", ["02:00", "02:12", "02:27", "02:42"], ["02:27"], id="soon after"),
    ],
)
def test_lgt_5_what_fails_again_calls_again(desk, again, ann, bob):
    is_down(desk)
    desk.at("2026-05-20 02:06")
    recovers(desk)
    desk.at(f"2026-05-20 {again}")
    is_down(desk)
    desk.at("2026-05-20 02:45")

    assert called(desk, ANN) == [wall(f"2026-05-20 {at}") for at in ann]
    assert called(desk, BOB) == [wall(f"2026-05-20 {at}") for at in bob]


def test_lgt_5_what_comes_and_goes_calls_once_in_a_quarter_of_an_hour_and_goes_on(desk):
    """Up for a minute, each three minutes: no call for each time, and no silence either."""
    is_down(desk)
    for minute in range(3, 40, 3):
        desk.at(f"2026-05-20 02:{minute:02}")
        recovers(desk)
        desk.at(f"2026-05-20 02:{minute + 1:02}")
        is_down(desk)
    desk.at("2026-05-20 02:59")

    calls = called(desk, ANN)
    assert 3 <= len(calls) <= 6
    assert called(desk, BOB)


def test_lgt_5_who_has_it_is_not_called_when_it_fails_again_and_reads_of_it(desk):
    is_down(desk)
    desk.reply(ANN, "#ack", to_kind="escalation")
    desk.at("2026-05-20 02:06")
    recovers(desk)
    desk.at("2026-05-20 02:20")
    is_down(desk)
    desk.at("2026-05-20 02:50")

    assert called(desk, ANN) == [wall("2026-05-20 02:00")]
    assert called(desk, BOB) == []
    assert "FAILS AGAIN" in desk.last(ANN, "customer-message").subject


def cannot_work(desk):
    text = "Severity: 1\n\nThe whole service is unavailable for all our users. Nothing works."
    desk.mail(RAY, "Service is completely down", text, to="email@logicgate.example")
    desk.at("2026-05-20 02:06")


@pytest.mark.parametrize(
    "words", ["It works again, sorry.", "It is up again. Thanks!", "Works now, thank you.", "False alarm, sorry."]
)
def test_lgt_5_nobody_is_called_on_for_what_the_customer_says_is_well(desk, words):
    """LGT-5: a minute's outage woke three people, hour after hour; the clock runs on, and Ann reads that it works."""
    cannot_work(desk)
    desk.reply(RAY, words, to_kind="ack", quote=True)
    desk.at("2026-05-20 02:10")
    desk.reply(RAY, "Thanks!", to_kind="ack", quote=True)
    desk.at("2026-05-20 02:55")

    assert called(desk, ANN) == [wall("2026-05-20 02:00")]
    assert called(desk, BOB) == []
    told = " ".join(desk.sent_to(ANN, "customer-message")[0].text.split())
    assert "Nobody is called about it any more, unless they write again." in told
    assert (desk.case().status, desk.state()) == ("open", "running")
    assert len(calls(desk.case())) == 1


def test_lgt_5_what_the_customer_finds_down_again_calls_again(desk):
    cannot_work(desk)
    desk.reply(RAY, "It works again, sorry.", to_kind="ack", quote=True)
    desk.at("2026-05-20 02:40")
    desk.reply(RAY, "Down again! Nobody can work.", to_kind="ack", quote=True)
    desk.at("2026-05-20 02:56")

    assert called(desk, ANN)[:2] == [wall("2026-05-20 02:00"), wall("2026-05-20 02:40")]
    assert called(desk, BOB) == [wall("2026-05-20 02:55")]


@pytest.mark.parametrize("who", [RAY, "kim@gate.example", "mallory@elsewhere.example"])
def test_lgt_5_a_name_and_a_number_end_no_call(desk, who):
    """LGT-5: anybody can write them, and a call must not end by them."""
    cannot_work(desk)
    desk.mail(who, "Re: [HD-1] Service is completely down", "It works again, sorry.", to="email@logicgate.example")
    desk.at("2026-05-20 02:16")

    assert called(desk, BOB) == [wall("2026-05-20 02:15")]


@pytest.mark.parametrize(
    "words",
    ["It works for me, not for the others.", "Login works again, orders do not.", "Does it work again?", "Still down!"],
)
def test_lgt_5_what_says_anything_else_ends_no_call(desk, words):
    cannot_work(desk)
    desk.reply(RAY, words, to_kind="ack", quote=True)
    desk.at("2026-05-20 02:16")

    assert called(desk, BOB) == [wall("2026-05-20 02:15")]


def test_lgt_5_what_a_monitor_says_of_its_own_thing_ends_no_call_of_a_persons_case(desk):
    is_down(desk)
    desk.at("2026-05-20 02:06")
    recovers(desk)

    assert well_since(desk.case()) == wall("2026-05-20 02:06")
    assert well_since(replace(desk.case(), monitor=False)) is None


def test_lgt_5_a_call_that_nobody_acknowledges_says_when_it_is_late(desk):
    """LGT-5: the lock screen at four in the morning."""
    is_down(desk)
    desk.at("2026-05-20 04:05")

    assert desk.last(ANN, "escalation").subject.startswith("[HD-1] CALL · Severity 1 · LATE since Wed 20 May 03:00")


@pytest.mark.parametrize("words", ["#ack", "#note\nI am looking into it.", "We are on it."])
def test_lgt_5_any_reply_acknowledges_and_nobody_else_is_called(desk, words):
    """LGT-5: an acknowledgment is a reply."""
    is_down(desk)
    desk.at("2026-05-20 02:10")
    desk.reply(ANN, words, to_kind="escalation")
    desk.at("2026-05-20 02:59")

    assert called(desk, ANN) == [wall("2026-05-20 02:00")]
    assert called(desk, BOB) == []
    acknowledged = desk.events("page_acknowledged")
    assert [(event.at, event.by) for event in acknowledged] == [(wall("2026-05-20 02:10"), ANN)]
    assert "acknowledged: nobody else is called" in desk.last(ANN, "echo").text


def test_lgt_5_a_reply_of_the_secondary_stops_the_calls_to_the_primary(desk):
    """LGT-5"""
    is_down(desk)
    desk.at("2026-05-20 02:16")
    desk.reply(BOB, "#ack", to_kind="escalation")
    desk.at("2026-05-20 02:59")

    assert called(desk, ANN) == [wall("2026-05-20 02:00"), wall("2026-05-20 02:15")]


def test_lgt_5_an_acknowledgment_without_an_answer_does_not_hush_the_breach(desk):
    """LGT-5: whoever had it did not answer in time: the primary is told, then the secondary."""
    is_down(desk)
    desk.at("2026-05-20 02:10")
    desk.reply(ANN, "#ack", to_kind="escalation")
    desk.at("2026-05-20 03:20")

    assert [mail.at for mail in desk.sent_to(BOB, "escalation")] == [wall("2026-05-20 03:15")]
    assert desk.kinds_to(ANN)[-1] == "escalation", "the agent's breach and the primary's call are one mail"
    assert desk.last(ANN, "escalation").subject.startswith("[HD-1] ESCALATED")


def test_lgt_5_a_stranger_acknowledges_nothing(desk):
    """LGT-5: only somebody who may act for the team."""
    is_down(desk)
    desk.at("2026-05-20 02:05")
    desk.reply("mallory@elsewhere.example", "#ack", holder=ANN, to_kind="escalation")
    desk.at("2026-05-20 02:16")

    assert desk.events("page_acknowledged") == []
    assert called(desk, BOB) == [wall("2026-05-20 02:15")]


def test_lgt_5_a_milder_severity_calls_nobody_at_night(desk):
    """LGT-4: only Severity 1 is worked outside business hours."""
    desk.mail(RAY, "Report", "The report shows an error.", to="email@logicgate.example")
    desk.at("2026-05-20 07:59")

    assert desk.case().rank > 1
    assert called(desk, ANN) == []
    assert called(desk, BOB) == []


def test_lgt_5_a_severity_raised_in_the_night_calls_from_then_on(desk):
    """LGT-5: at once, and not with the hours of the milder one on its back."""
    desk.mail(RAY, "Report", "The report shows an error.", to="email@logicgate.example")
    desk.at("2026-05-20 02:40")
    desk.reply(desk.case().assignee, "#severity sev1 nobody can sign in", to_kind="assigned")
    desk.at("2026-05-20 02:56")

    assert called(desk, ANN) == [wall("2026-05-20 02:40"), wall("2026-05-20 02:55")]
    assert called(desk, BOB) == [wall("2026-05-20 02:55")]
    assert "comes" not in desk.sent_to(ANN, "escalation")[0].text


def test_lgt_5_calls_missed_while_the_desk_was_down_are_one_mail_a_person(desk):
    """LGT-5: a call that comes late says so, and its repetitions are not made up for."""
    subject = "PROBLEM: app-production is DOWN"
    sheet = Sheet("alerts@watch.example", "monitoring@logicgate.example", subject, ALERT, "", {})
    raw = write(sheet, at=desk.now, message_id="<1@watch.example>")
    desk.laboratory.now = wall("2026-05-20 02:50")
    desk.lies_in_the_mailbox_since(raw, wall("2026-05-20 02:00"))

    assert called(desk, ANN) == [wall("2026-05-20 02:50")]
    assert called(desk, BOB) == [wall("2026-05-20 02:50")]
    assert "This call comes 35 min late." in desk.last(BOB, "escalation").text
    desk.at("2026-05-20 02:59")
    assert len(called(desk, ANN)) == 1


def test_lgt_5_who_is_on_call_at_that_moment_is_called(tmp_path):
    """LGT-5: an override takes the seat for its dates, and gives it back."""
    override = 'overrides = [{from = 2026-05-20, to = 2026-05-20, primary = "lena@desk.example"}]'
    desk = gate(tmp_path, more=ROTATION + override)
    is_down(desk)
    desk.at("2026-05-20 02:01")

    assert len(called(desk, LENA)) == 1
    assert called(desk, ANN) == []
    desk.reply(LENA, "#answer\nWe are on it.", to_kind="escalation")
    assert desk.state() == "met"


def test_lgt_5_without_a_rotation_nobody_is_called_and_the_ladder_is_as_it_was(tmp_path):
    """LGT-5: a desk that has none."""
    desk = gate(tmp_path, more="")
    is_down(desk)
    desk.at("2026-05-20 03:00:01")

    assert [mail.kind for mail in desk.sent] == ["assigned", "warning", "warning", "breach", "escalation"]


def test_lgt_5_at_the_hand_over_both_are_told_what_is_open_once(tmp_path):
    """LGT-5: Monday at nine, in the zone of the rotation, also after a restart."""
    desk = gate(tmp_path, start="2026-05-22 10:00")
    desk.mail(RAY, "Report", "The report shows an error.", to="email@logicgate.example")
    desk.at("2026-05-25 10:00")

    mail = desk.last(BOB, "digest")
    assert (mail.at, len(desk.sent_to(BOB, "digest"))) == (wall("2026-05-25 09:00"), 1)
    assert mail.subject == "[Acme Support] on call to Mon 1 Jun 09:00 · 1 open"
    assert "Your seat: primary" in mail.text
    assert "Secondary: Ann Berg" in mail.text
    assert "HD-1" in mail.text
    assert "Your seat: secondary" in desk.last(ANN, "digest").text
    restarted = type(desk)(desk.rules, desk.database, start="2026-05-25 10:00")
    assert restarted.laboratory.desk.go_round() == 0


@pytest.mark.parametrize("words", ["Got it, thanks!", "Wer ist am Freitag dran?", "#ack", ""])
def test_what_an_agent_answers_to_the_mail_at_a_hand_over_comes_back_and_is_no_case(tmp_path, words):
    desk = gate(tmp_path, start="2026-05-22 10:00")
    desk.at("2026-05-25 10:00")
    worked = desk.reply(BOB, words, to_kind="digest")
    assert (worked.outcome, worked.case) == ("ignored", None)
    mail = desk.last(BOB, "echo")
    assert f"- {words or '(no text)'} - an answer to a mail about a case" in mail.text
    assert "send it again" not in mail.text
    for _ in range(4):
        desk.reply(BOB, words, to_kind="digest")
    assert len(desk.sent_to(BOB, "echo")) == 3  # who goes on may be a machine
    assert desk.reply(BOB, "Thanks.", to_kind="echo").outcome == "ignored"


def test_what_an_agent_opens_for_a_customer_by_answering_that_mail_is_a_case(tmp_path):
    desk = gate(tmp_path, start="2026-05-22 10:00")
    desk.at("2026-05-25 10:00")
    worked = desk.reply(BOB, "#new ray@gate.example A call\n\nThe report shows an error.", to_kind="digest")
    assert worked.outcome == "opened"


def test_lgt_5_the_mail_at_a_hand_over_says_who_is_away(tmp_path):
    """LGT-5: who is second is called first."""
    absent = (
        'email = "bob@desk.example"\ntimezone = "America/Chicago"\nabsences = [{from = 2026-05-25, to = 2026-06-05}]'
    )
    more = ROTATION.replace('email = "bob@desk.example"', absent, 1)
    desk = gate(tmp_path, more=more.replace('"mon 09:00"', '"mon 09:00, fri 17:00"'), start="2026-05-25 08:00")
    for at, said in (
        ("2026-05-25 09:00", "Primary: Bob Cole, away until 2026-06-05 Secondary: Ann Berg"),
        ("2026-05-29 17:00", "Primary: Ann Berg Secondary: Bob Cole, away until 2026-06-05"),
    ):
        desk.at(at)
        assert said in " ".join(desk.last(ANN, "digest").text.split())
    assert len(desk.sent_to(ANN, "digest")) == 2


def test_lgt_5_oncall_says_who_and_until_when(tmp_path):
    """LGT-5: `helpdesk oncall --at`."""
    gate(tmp_path)
    asked = ["oncall", "--config", str(tmp_path / "helpdesk.toml"), "--at", "2026-05-20T02:00:00-05:00"]
    answer = CliRunner().invoke(app, [*asked, "--json"])

    assert json.loads(answer.stdout) == [
        {
            "rotation": "on-call",
            "at": "2026-05-20T07:00:00+00:00",
            "primary": ANN,
            "secondary": BOB,
            "until": "2026-05-25T14:00:00+00:00",
            "away": [],
        }
    ]
    assert "Mon 25 May 2026, 09:00 CDT" in CliRunner().invoke(app, asked).stdout


@pytest.mark.parametrize(
    ("old", "new", "problem"),
    [
        ('handover = "mon 09:00"', 'handover = "someday"', "rotation.1.handover: expected a day and a time"),
        ('"America/Chicago"', '"Mars/Olympus"', "rotation.1.timezone: expected a zone of the IANA database"),
        ("primary = [", "primary = []\nprimry = [", "rotation.1.primry: no such key"),
        ('["bob@desk.example", "ann', '["zed@desk.example", "ann', "rotation.1.primary: expected the address of an"),
        (
            "[[rotation]]",
            '[[team]]\nname = "b"\nrotation = "x"\n[[rotation]]',
            "team.2.rotation: expected the name of a",
        ),
    ],
)
def test_lgt_5_a_rotation_that_is_written_wrong_is_said_by_file_and_key(tmp_path, old, new, problem):
    gate(tmp_path)
    path = tmp_path / "helpdesk.toml"
    path.write_text(path.read_text(encoding="utf-8").replace(old, new, 1), encoding="utf-8")

    with pytest.raises(ConfigurationError) as wrong:
        load_configuration(path, environment={})
    assert any(said.startswith(f"{path}: {problem}") for said in wrong.value.problems)


@pytest.mark.parametrize(
    ("entry", "problem"),
    [
        ('{from = 2026-05-03, to = 2026-05-01, primary = "ann@desk.example"}', "overrides.1.to: expected a date on or"),
        ("{from = 2026-05-01, to = 2026-05-03}", "overrides.1: expected primary, secondary or both"),
        ('{from = 2026-05-01, primary = "ann@desk.example"}', "overrides.1.to: expected this key, which is missing"),
        ('{from = 2026-05-01, to = 2026-05-03, primary = "x@y.example"}', "overrides.1.primary: expected the address"),
    ],
)
def test_lgt_5_an_override_that_is_written_wrong_is_said_by_file_and_key(tmp_path, entry, problem):
    with pytest.raises(ConfigurationError, match="rotation.1." + problem.replace(".", r"\.")):
        gate(tmp_path, more=f"{ROTATION}overrides = [{entry}]")


@pytest.mark.parametrize(
    ("absences", "overrides", "found"),
    [
        (  # the second absence is of the same week, and the third of hers again three weeks later
            [(date(2026, 1, 8), date(2026, 1, 9)), (date(2026, 1, 28), date(2026, 1, 28))],
            [],
            [
                "Ann is first on call and away from 2026-01-08 00:00 to 2026-01-10 00:00",
                "Ann is first on call and away from 2026-01-28 00:00 to 2026-01-29 00:00",
            ],
        ),
        (  # half a day that goes over the hand-over
            [(datetime.fromisoformat("2026-01-12T06:00"), datetime.fromisoformat("2026-01-12T12:00"))],
            [],
            ["Ann is first on call and away from 2026-01-12 06:00 to 2026-01-12 09:00"],
        ),
        ([(date(2026, 1, 8), date(2026, 1, 9))], [(date(2026, 1, 8), date(2026, 1, 9))], []),
        (  # it covers the first of the two days
            [(date(2026, 1, 8), date(2026, 1, 9))],
            [(date(2026, 1, 8), date(2026, 1, 8))],
            ["Ann is first on call and away from 2026-01-09 00:00 to 2026-01-10 00:00"],
        ),
        ([(date(2025, 12, 1), date(2025, 12, 31))], [], []),  # over
        (  # second while Cy is first
            [(date(2026, 1, 22), date(2026, 1, 22))],
            [],
            ["Ann is second on call and away from 2026-01-22 00:00 to 2026-01-23 00:00"],
        ),
    ],
)
def test_lgt_5_who_is_on_call_while_absent_is_found_before_the_night_comes(absences, overrides, found):
    """LGT-5: `helpdesk check` warns of each week, of the second as of the first; an override is the answer."""
    zone = "America/Chicago"
    ann = Agent("Ann", PEOPLE[0].address, timezone=zone, absences=tuple(period(*one, zone) for one in absences))
    others = tuple(Override(period(*one, zone), primary=PEOPLE[1]) for one in overrides)
    turns = replace(rotation(overrides=others), secondary=PEOPLE[1:] + PEOPLE[:1])

    assert [*map(str, vacancies(turns, [ann], wall("2026-01-01 12:00")))] == [f"{one} ({zone})" for one in found]


# --- the rotation itself

PEOPLE = tuple(Person(f"{name}@desk.example") for name in ("ann", "bob", "cy"))


def rotation(zone="America/Chicago", handover="mon 09:00", **more):
    return Rotation("on-call", parse_handovers(handover, zone), date(2026, 1, 5), PEOPLE, PEOPLE[1:], **more)


def test_a_week_each_in_turn_from_the_first_hand_over_on():
    turns = [rotation().on_call(wall(day)).primary.address[:3] for day in ("2026-01-05 09:00", "2026-01-12 08:59:59")]
    later = [rotation().on_call(wall(day)).primary.address[:3] for day in ("2026-01-12 09:00", "2026-01-26 09:00")]

    assert (turns, later) == (["ann", "ann"], ["bob", "ann"])


def test_the_hand_over_stays_at_nine_on_the_wall_when_the_clock_changes():
    """The week of the change has 167 hours, and 169 in autumn."""
    spring = rotation().on_call(wall("2026-03-04 12:00")).until
    autumn = rotation().on_call(wall("2026-10-28 12:00")).until

    assert spring.astimezone(ZoneInfo("America/Chicago")).isoformat() == "2026-03-09T09:00:00-05:00"
    assert autumn.astimezone(ZoneInfo("America/Chicago")).isoformat() == "2026-11-02T09:00:00-06:00"


def test_nobody_is_their_own_secondary():
    override = Override(period(date(2026, 1, 6), date(2026, 1, 6), "America/Chicago"), primary=PEOPLE[1])
    seats = rotation(overrides=(override,)).on_call(wall("2026-01-06 12:00"))

    assert (seats.primary, seats.secondary) == (PEOPLE[1], None)
    assert seats.until == wall("2026-01-07 00:00")


ZONES = st.sampled_from(
    ["America/Chicago", "Europe/Berlin", "Australia/Lord_Howe", "America/Havana", "Asia/Beirut", "UTC"]
)
INSTANTS = st.integers(1_704_067_200, 1_830_297_600).map(lambda seconds: datetime.fromtimestamp(seconds, UTC))


@settings(max_examples=150, deadline=None)
@given(ZONES, st.integers(0, 6), st.integers(0, 1439), INSTANTS, st.booleans())
def test_somebody_is_on_call_at_every_instant_and_the_same_until_it_ends(zone, weekday, minute, at, overridden):
    override = Override(period(at.date(), at.date() + timedelta(days=2), zone), secondary=PEOPLE[0])
    handover = Handovers((WallTime(zone, minute * 60, weekday),))
    turns = Rotation("r", handover, date(2026, 1, 1), PEOPLE, PEOPLE, (override,) if overridden else ())
    seats = turns.on_call(at)

    assert at < seats.until <= at + timedelta(days=7, hours=2)
    last = turns.on_call(seats.until - timedelta(seconds=1))
    assert (last.primary, last.secondary, last.until) == (seats.primary, seats.secondary, seats.until)
    handed_over_at = handover.next(at)
    now, then = (turns.primary.index(turns.on_call(when).primary) for when in (at, handed_over_at))
    assert then == (now + 1) % len(PEOPLE)
    assert handover.last(handed_over_at) == handed_over_at
    assert handover.last(handed_over_at - timedelta(seconds=1)) <= at
