"""Calls at night: who is called anew, who is not, who is next when nobody answers, and when it ends."""

from __future__ import annotations

import itertools
from collections import Counter
from datetime import timedelta

import pytest

from helpdesk.config import load_configuration
from helpdesk.desk import load_rules
from helpdesk.errors import ConfigurationError
from tests.desk import ANN, BOB, KEY, LENA, OPS, TestDesk, wall
from tests.memory import in_memory
from tests.policies.offices import customer

RAY, MANAGER = "ray@gate.example", "am@desk.example"
OUTAGE = "LogicGate is down for all of us since midnight: no page loads, and nobody here can work."
NINE_TO_FIVE = 'hours = "mon-fri 09:00-17:00"\ntimezone = "America/Chicago"\n'
ALWAYS = 'hours = "24x7"\ntimezone = "America/Chicago"\n'
ROTATION = """
[[rotation]]
name = "on call"
timezone = "America/Chicago"
handover = "mon 09:00"
start = 2026-05-18
primary = ["ann@desk.example"]
secondary = ["bob@desk.example"]
"""


DESK = """
[desk]
name = "Front Desk"
customers = "customers.toml"
operators = ["ops@desk.example"]
[smtp_out]
url = "maildir:outgoing"
[[mailbox]]
address = "email@logicgate.example"
policy = "logicgate"
team = "first line"
[[team]]
name = "first line"
lead = "lena@desk.example"
{team}
[[agent]]
name = "Ann Berg"
email = "ann@desk.example"
teams = ["first line"]
{ann}
[[agent]]
name = "Bob Cole"
email = "bob@desk.example"
teams = ["first line"]
{bob}
"""


def office(folder, *, start="2026-05-20 02:00", team="", hours=NINE_TO_FIVE, ann="", bob="", **of_customer):
    """A LogicGate desk with Ann on call and Bob her second, both at their desks from nine to five."""
    text = DESK.format(team=team, ann=hours + ann, bob=hours + bob) + ROTATION
    (folder / "helpdesk.toml").write_text(text, encoding="utf-8")
    (folder / "customers.toml").write_text(customer("gate", "logicgate", **of_customer), encoding="utf-8")
    rules = load_rules(folder / "helpdesk.toml", environment={}, signing_key=KEY)
    desk = TestDesk(rules, in_memory(), start=start)
    desk.just_before(start)
    return desk


def outage(desk, subject="Everything is down"):
    desk.mail(RAY, subject, OUTAGE, to="email@logicgate.example")
    assert desk.case().rank == 1
    desk.at(local(desk))


def local(desk, minutes=0):
    """The wall clock in Chicago, so many minutes from now."""
    at = desk.now + timedelta(minutes=minutes, hours=-5)
    return at.strftime("%Y-%m-%d %H:%M")


def calls(desk, address, since=None):
    return [mail.at for mail in desk.sent_to(address, "escalation") if since is None or mail.at >= since]


# --- severe again


@pytest.mark.parametrize("turns", [1, 4, 8])
def test_a_case_that_was_lowered_and_is_raised_again_calls_at_that_instant_from_the_first_step_on(tmp_path, turns):
    desk = office(tmp_path)
    outage(desk)
    desk.at(local(desk, 15 * turns - 10))
    desk.reply(ANN, "#ack\n#severity sev2 only one tenant", to_kind="escalation")
    desk.at("2026-05-21 01:00")
    raised = desk.now
    desk.reply(ANN, "#severity sev1 all tenants now\n#note\nSomebody please.")
    desk.at("2026-05-21 01:16")

    assert calls(desk, ANN, raised)[:2] == [wall("2026-05-21 01:00"), wall("2026-05-21 01:15")]
    assert calls(desk, BOB, raised)[0] in {wall("2026-05-21 01:00"), wall("2026-05-21 01:15")}


@pytest.mark.parametrize(
    ("hours", "first", "minutes"),
    [
        pytest.param(NINE_TO_FIVE, "#ack", 5, id="the severity that it has already is no news"),
        pytest.param(ALWAYS, "#ack\n#severity sev2", 35, id="who is on duty and acknowledged it lately may raise it"),
        pytest.param(NINE_TO_FIVE, "#ack\n#severity sev2", 35, id="so may who is on call at night"),
    ],
)
def test_a_raise_by_who_has_it_in_hand_calls_nobody(tmp_path, hours, first, minutes):
    desk = office(tmp_path, hours=hours)
    outage(desk)
    desk.at("2026-05-20 02:05")
    desk.reply(ANN, first, to_kind="escalation")
    desk.at(local(desk, minutes))
    desk.reply(ANN, "#severity sev1 it is all of them\n#note\nI am at it.", to_kind="escalation")
    desk.at("2026-05-20 02:59")

    assert calls(desk, ANN) == [wall("2026-05-20 02:00")]
    assert calls(desk, BOB) == []


def test_the_lead_hears_no_word_at_night_for_which_somebody_is_called(tmp_path):
    desk = office(tmp_path)
    outage(desk)
    desk.at("2026-05-20 02:05")
    desk.reply(RAY, "It is still down.", to_kind="ack")

    assert desk.sent_to(LENA) == []


def test_a_call_says_what_it_is_for(tmp_path):
    desk = office(tmp_path)
    outage(desk)
    assert "HD-1 has just come in and needs" in desk.last(ANN, "escalation").text
    desk.at("2026-05-20 02:05")
    desk.reply(ANN, "#ack\n#severity sev2", to_kind="escalation")
    desk.at("2026-05-20 04:00")
    desk.reply(ANN, "#severity sev1 it is all of them", to_kind="escalation")
    desk.at("2026-05-20 04:00:01")
    assert "HD-1 is Severity 1 now and needs" in desk.last(ANN, "escalation").text
    desk.reply(ANN, "#resolve\nRestarted.", to_kind="assigned")
    desk.at("2026-05-20 23:00")
    desk.reply(RAY, "Down again! Nobody can work.", to_kind="closed")
    desk.at("2026-05-20 23:00:01")
    assert "The customer has written on HD-1 again" in desk.last(ANN, "escalation").text


def test_a_raise_after_an_answer_calls_too(tmp_path):
    """The first response is done; the outage is not."""
    desk = office(tmp_path, start="2026-05-20 10:00")
    outage(desk)
    agent = next(mail.to for mail in desk.sent if "assigned" in mail.kinds)
    desk.reply(agent, "#severity sev2 one tenant\n#answer\nWe look into it.", to_kind="assigned")
    desk.at("2026-05-21 01:00")
    desk.reply(agent, "#severity sev1 all tenants\n#note\nIt has spread.", to_kind="assigned")
    desk.at("2026-05-21 01:01")

    assert calls(desk, ANN)[-1] == wall("2026-05-21 01:00")


# --- the customer writes at night


def resolved(desk):
    outage(desk)
    agent = next(mail.to for mail in desk.sent if "assigned" in mail.kinds)
    desk.reply(agent, "#resolve\nWe restarted it; it works again.", to_kind="assigned")
    return agent


def test_a_worst_case_that_is_opened_again_at_night_calls_as_its_opening_did(tmp_path):
    desk = office(tmp_path, start="2026-05-20 14:00")
    resolved(desk)
    desk.at("2026-05-21 02:00")
    desk.reply(RAY, "It is down again! Nobody here can work.", to_kind="closed")
    desk.at("2026-05-21 02:30")

    night = wall("2026-05-21 02:00")
    assert calls(desk, ANN, night) == [wall(f"2026-05-21 02:{minute}") for minute in ("00", "15", "30")]
    assert calls(desk, BOB, night) == [wall("2026-05-21 02:15")]
    assert calls(desk, LENA, night) == [wall("2026-05-21 02:30")]


def test_whoever_acknowledged_lately_gets_the_mail_beside_the_assignee_and_nobody_is_called(tmp_path):
    desk = office(tmp_path)
    outage(desk)
    desk.at("2026-05-20 02:16")
    assert desk.case().assignee == ANN
    desk.reply(BOB, "#ack", to_kind="escalation")
    before = len(calls(desk, ANN)), len(calls(desk, BOB))
    desk.at("2026-05-20 02:40")
    desk.reply(RAY, "Still down. Do you see it?", to_kind="ack")
    desk.at("2026-05-20 02:59")

    assert (len(calls(desk, ANN)), len(calls(desk, BOB))) == before
    assert {mail.to for mail in desk.sent if mail.kind == "customer-message"} == {ANN, BOB}


def test_an_acknowledgment_of_two_hours_ago_is_none_any_more(tmp_path):
    desk = office(tmp_path)
    outage(desk)
    desk.at("2026-05-20 02:01")
    desk.reply(ANN, "#ack", to_kind="escalation")
    desk.at("2026-05-20 05:00")
    desk.reply(RAY, "Nothing has changed here.", to_kind="ack")
    desk.at("2026-05-20 05:01")

    assert calls(desk, ANN)[-1] == wall("2026-05-20 05:00")


def test_a_customer_who_writes_again_and_again_is_one_call_in_a_quarter_of_an_hour_and_delays_nobody(tmp_path):
    """Each word would begin the call anew, and the secondary would never be called."""
    desk = office(tmp_path)
    outage(desk)
    for minute in range(3, 60, 4):
        desk.at(f"2026-05-20 02:{minute:02}")
        desk.reply(RAY, f"Hello? Minute {minute}.", to_kind="ack")
    desk.at("2026-05-20 02:59")

    assert calls(desk, BOB)[0] == wall("2026-05-20 02:15")
    assert calls(desk, LENA)[0] == wall("2026-05-20 02:30")
    again = desk.events("called_again")
    assert all(later.at - earlier.at >= timedelta(minutes=15) for earlier, later in itertools.pairwise(again))


def test_a_word_in_the_assignees_hours_goes_to_the_assignee(tmp_path):
    desk = office(tmp_path, start="2026-05-20 10:00")
    outage(desk)
    agent = next(mail.to for mail in desk.sent if "assigned" in mail.kinds)
    desk.reply(agent, "#severity sev3 it is slow, not down\n#answer\nWe look into it.", to_kind="assigned")
    before = len(calls(desk, ANN))
    desk.at("2026-05-20 11:00")
    desk.reply(RAY, "Thank you. Is there any news? The page is slow.", to_kind="relay")
    desk.at("2026-05-20 11:10")

    assert len(calls(desk, ANN)) == before
    assert desk.last(agent, "customer-message")


# --- calls end


def test_a_call_that_nobody_answers_goes_on_to_all_seats_then_hourly_and_ends(tmp_path):
    desk = office(tmp_path, account_contacts=[MANAGER], escalation_contact="duty@gate.example")
    outage(desk)
    desk.at("2026-05-22 02:00")

    opened = wall("2026-05-20 02:00")
    first = {address: calls(desk, address)[0] - opened for address in (ANN, BOB, LENA, MANAGER, OPS)}
    assert first == {
        ANN: timedelta(),
        BOB: timedelta(minutes=15),
        LENA: timedelta(minutes=30),
        MANAGER: timedelta(minutes=45),
        OPS: timedelta(hours=1),
    }
    taken = desk.events("step_taken")
    called = Counter(address for event in taken if event.acknowledge for address in event.to)
    assert len(calls(desk, ANN)) <= 4 + 12 + 1
    assert called[ANN] <= 4 + 12 + 1
    assert max(calls(desk, ANN)) <= opened + timedelta(hours=13)
    assert desk.sent_to("duty@gate.example") == []


def test_a_team_and_a_policy_may_say_how_calls_go_on(tmp_path):
    desk = office(tmp_path, team='calls = {lead = "5m", hourly_after = "20m", at_most = 1}\n')
    outage(desk)
    desk.at("2026-05-20 02:59")

    assert calls(desk, LENA)[0] == wall("2026-05-20 02:05")
    assert calls(desk, ANN) == [wall(f"2026-05-20 02:{minute}") for minute in ("00", "15", "20")]


@pytest.mark.parametrize(
    ("calls_", "problem"),
    [
        ('{lead = "soon"}', "team.1.calls: lead: expected"),
        ("{at_most = 1000}", "team.1.calls: at_most: expected a number from 0 to 48"),
    ],
)
def test_calls_that_are_written_wrong_are_said_by_file_and_key(tmp_path, calls_, problem):
    from tests.desk import write_office  # noqa: PLC0415

    path = write_office(tmp_path)
    text = path.read_text(encoding="utf-8").replace("[[team]]\n", f"[[team]]\ncalls = {calls_}\n")
    path.write_text(text, encoding="utf-8")
    with pytest.raises(ConfigurationError) as wrong:
        load_configuration(path)
    assert any(problem in told for told in wrong.value.problems), wrong.value.problems


# --- who is away


def test_who_is_on_call_and_away_is_passed_over_at_once(tmp_path):
    desk = office(tmp_path, ann="absences = [{from = 2026-05-18, to = 2026-06-12}]\n")
    outage(desk)
    desk.at("2026-05-20 02:20")

    assert calls(desk, ANN) == []
    assert calls(desk, BOB)[0] == wall("2026-05-20 02:00")
    assert calls(desk, LENA)[0] == wall("2026-05-20 02:15")


NIGHT = "absences = [{from = 2026-05-19T20:00:00, to = 2026-05-20T06:00:00}]\n"
EVENING = NIGHT.replace("2026-05-20T06:00:00", "2026-05-20T01:00:00")
CY = "cy@desk.example"
CY_TOO = f'[[agent]]\nname = "Cy Dorn"\nemail = "{CY}"\nteams = ["first line"]\n'


@pytest.mark.parametrize(
    ("ann", "bob", "first"),
    [
        (NIGHT, "", BOB),
        (EVENING, "", ANN),  # she is back for an hour
        (NIGHT, NIGHT, LENA),
        (NIGHT, NIGHT + CY_TOO + NINE_TO_FIVE, LENA),
        (NIGHT, NIGHT + CY_TOO, CY),  # in no turn, and there
        (NIGHT, CY_TOO, BOB),
    ],
)
def test_a_call_goes_to_who_is_there(tmp_path, ann, bob, first):
    """Absences may be hours; while no seat is taken, somebody on duty has it, else the lead."""
    desk = office(tmp_path, ann=ann, bob=bob)
    outage(desk)

    called = [person for person in (ANN, BOB, CY, LENA) if calls(desk, person)]
    assert called == [first]


# --- what is open at the hand-over

KIT = "kit@desk.example"
SECOND = """
[[team]]
name = "second line"
rotation = "second"

[[agent]]
name = "Kit Ray"
email = "kit@desk.example"
teams = ["second line"]

[[rotation]]
name = "second"
timezone = "America/Chicago"
handover = "mon 09:00"
start = 2026-05-11
primary = ["kit@desk.example"]
"""


def test_the_mail_at_a_hand_over_lists_a_case_where_an_agent_gave_it_and_nowhere_else(tmp_path):
    """Of a team without a mailbox, too; where there is no such team any more its mailbox's has the case again."""
    desk = office(tmp_path, start="2026-05-22 10:00", team='rotation = "on call"', bob=SECOND)
    for subject in ("Stays", "Moves"):
        desk.mail(RAY, subject, "The report shows an error.", to="email@logicgate.example")
    desk.reply(desk.case(2).assignee, "#team second line", to_kind="assigned")
    desk.at("2026-05-25 09:00")

    seen = {who: desk.last(who, "digest").text for who in (ANN, BOB, KIT)}
    assert {who: ("Stays" in text, "Moves" in text) for who, text in seen.items()} == {
        ANN: (True, False),
        BOB: (True, False),
        KIT: (False, True),
    }


@pytest.mark.parametrize(
    "words", ["It works again, false alarm. Sorry for the noise!", "Das war ein Fehlalarm, es läuft wieder."]
)
def test_an_all_clear_at_night_wakes_nobody(tmp_path, words):
    desk = office(tmp_path)
    outage(desk)
    desk.at("2026-05-20 02:05")
    desk.reply(ANN, "#answer\nHello Ray, we look.", to_kind="escalation")
    desk.at("2026-05-20 04:00")
    desk.reply(RAY, words, to_kind="relay", quote=True)
    desk.at("2026-05-20 05:00")

    assert [len(calls(desk, who)) for who in (ANN, BOB, LENA)] == [1, 0, 0]
    assert "works now" in desk.last(ANN, "customer-message").subject


# --- given on


@pytest.mark.parametrize(
    "order",
    ["#assign bob", "#assign! bob", "#tag vip\n#assign bob", "#note\n#assign bob\nHe knows it."],
)
def test_who_is_given_a_case_at_night_that_is_due_before_they_are_there_is_called(tmp_path, order):
    desk = office(tmp_path)
    outage(desk)
    desk.at("2026-05-20 02:05")
    desk.reply(ANN, order, to_kind="escalation")
    assert "who is not on duty before it is due, and is called" in " ".join(desk.last(ANN, "echo").text.split())
    assert "HD-1 was given to you" in desk.last(BOB, "escalation").text
    desk.at("2026-05-20 02:21")

    assert calls(desk, BOB) == [wall("2026-05-20 02:05"), wall("2026-05-20 02:20")]
    assert calls(desk, ANN) == [wall("2026-05-20 02:00")], "who gave it on is not woken again"
    assert calls(desk, LENA) == [wall("2026-05-20 02:20")], "the next is she"

    desk.reply(BOB, "#ack", to_kind="escalation")
    desk.at("2026-05-20 02:59")
    assert len(calls(desk, BOB) + calls(desk, LENA)) == 3


@pytest.mark.parametrize(
    ("hours", "order", "said"),
    [
        (NINE_TO_FIVE, "#ack\n#assign bob", "nobody is called, as you have acknowledged it"),
        (NINE_TO_FIVE, "#assign ann", "was with Ann Berg already"),
        (NINE_TO_FIVE, "#assign bob\n#answer\nHello Ray, we look.", "assigned to Bob Cole"),
        (NINE_TO_FIVE, "#assign bob\n#severity sev4", "acknowledged"),
        (ALWAYS, "#assign bob", "assigned to Bob Cole"),
    ],
)
def test_who_need_not_be_woken_is_not(tmp_path, hours, order, said):
    desk = office(tmp_path, hours=hours)
    outage(desk)
    desk.at("2026-05-20 02:05")
    desk.reply(ANN, order, to_kind="escalation")
    desk.at("2026-05-20 02:29")

    assert said in " ".join(desk.last(ANN, "echo").text.split())
    assert (calls(desk, BOB), calls(desk, LENA)) == ([], [])


def test_who_puts_two_cases_together_has_both(tmp_path):
    desk = office(tmp_path)
    outage(desk)
    desk.at("2026-05-20 02:03")
    desk.mail("sue@gate.example", "Nothing works", OUTAGE, to="email@logicgate.example")
    (mail,) = [one for one in desk.sent_to(ANN, "escalation") if "HD-2" in one.subject]
    desk.receive(desk.reply_to(mail, ANN, "#merge HD-1"))
    desk.at("2026-05-20 02:59")

    assert (len(calls(desk, ANN)), calls(desk, BOB), calls(desk, LENA)) == (2, [], [])
