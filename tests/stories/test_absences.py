"""Somebody who is there hears: words to who is away, `#assign` to them, and agents who are gone (design law 18)."""

from __future__ import annotations

from datetime import UTC, date, datetime
from types import SimpleNamespace

import pytest

from helpdesk.core.staffing.assignment import least_busy
from helpdesk.core.words.people import Agent, Workload
from helpdesk.desk import load_rules
from helpdesk.openhours.walltime import parse_handovers, period
from helpdesk.shipped import shipped
from tests.desk import ANN, BOB, JO, KEY, LENA, OPS, STRANGER, TestDesk, wall, write_office
from tests.memory import in_memory

DAYS = 'timezone = "America/Chicago"\nhours = "mon-fri 08:00-17:00"\n'
NIGHTS = 'timezone = "America/Chicago"\nhours = "mon-sun 17:00-24:00"\n'
LEAVE = "absences = [{from = 2026-05-20, to = 2026-06-12}]\n"
LENA_AWAY = f'\n[[agent]]\nname = "Lena Ott"\nemail = "{LENA}"\ntimezone = "America/Chicago"\n{LEAVE}'
URGENT = "Priority: Urgent\n\nHalf of our rules do not fire."
CRITICAL = "Priority: Critical\n\nOur shop is down, nobody can order."
# The shipped policy promises nothing after the first answer.
FOLLOW_UP = '\n[targets.standard.follow_up]\ncritical = { within = "1h", calendar = "24x7" }\nurgent = "4h"\n'


def rules_of(folder, *, ann=DAYS, bob=DAYS, more="", promises=""):
    path = write_office(folder, more=more)
    text = path.read_text(encoding="utf-8")
    for address, said in ((ANN, ann), (BOB, bob)):
        text = text.replace(f'email = "{address}"\n', f'email = "{address}"\n{said}', 1)
    if promises:
        (folder / "policies").mkdir(exist_ok=True)
        shipped_one = (shipped("policies") / "logik.toml").read_text(encoding="utf-8")
        (folder / "policies" / "logik.toml").write_text(shipped_one + promises, encoding="utf-8")
        text = text.replace("[desk]\n", '[desk]\npolicies = "policies"\n', 1)
    path.write_text(text, encoding="utf-8")
    return load_rules(path, environment={}, signing_key=KEY)


def open_office(folder, *, start="2026-05-19 09:15", **duties):
    desk = TestDesk(rules_of(folder, **duties), in_memory(), start=start)
    desk.just_before(start)
    return desk


def answered(folder, **duties):
    """A case of Ann's, answered by her on Tuesday."""
    desk = open_office(folder, **duties)
    desk.mail(JO, "Bundle rules do not fire", URGENT)
    assert desk.case().assignee == ANN
    desk.at("2026-05-19 10:05")
    desk.reply(ANN, "Hello Jo, which rules are it?", quote=True)
    return desk


def told_since(desk, sent):
    return [(mail.kind, mail.to) for mail in desk.sent[sent:]]


# --- a customer's word


def test_a_word_to_somebody_on_leave_is_read_by_who_is_there(tmp_path):
    """The customer answered, and nobody saw it for three weeks."""
    desk = answered(tmp_path, ann=DAYS + LEAVE)
    sent = len(desk.sent)
    desk.at("2026-05-20 09:00")
    desk.reply(JO, "All of them, as far as I see.", to_kind="relay")

    assert desk.case().assignee == BOB
    assert sorted(told_since(desk, sent)) == [("assigned", BOB), ("echo", ANN)]
    case = desk.last(BOB, "assigned").text
    assert "This case is now yours." in case
    assert "Ann Berg, who had this case and is away until 2026-06-12" in " ".join(case.split())
    assert "> Hello Jo, which rules are it?" in case
    assert "> All of them, as far as I see." in case
    assert "given to Bob Cole, because you are away until 2026-06-12 and somebody wrote on it" in " ".join(
        desk.last(ANN, "echo").text.split()
    )

    desk.at("2026-05-21 09:00")
    desk.reply(JO, "Did you find anything out?", to_kind="relay")
    assert desk.kinds_to(BOB)[-1] == "customer-message"
    assert len(desk.events("assigned")) == 2


def off(first, last=None):
    """Day hours, and away on these days of May 2026."""
    return f"{DAYS}absences = [{{from = 2026-05-{first}, to = 2026-05-{last or first}}}]\n"


HALF = DAYS + "absences = [{from = 2026-05-20T12:00:00, to = 2026-05-20T17:00:00}]\n"
DUE_IN_4H = {"promises": FOLLOW_UP}
NEIGHBOURS = {
    "one day away, and nothing promised": ({"ann": off(20)}, "20 09:00", ANN, [ANN]),
    "two days away": ({"ann": off(20, 21)}, "20 09:00", BOB, [ANN, BOB]),
    "back tomorrow, and four hours promised": ({"ann": off(20), **DUE_IN_4H}, "20 09:00", BOB, [ANN, BOB]),
    "an afternoon, and time until tomorrow": ({"ann": HALF, **DUE_IN_4H}, "20 16:50", ANN, [ANN]),
    "an afternoon, and due before its end": ({"ann": HALF, **DUE_IN_4H}, "20 12:30", BOB, [ANN, BOB]),
    "before the afternoon that is off": ({"ann": HALF, **DUE_IN_4H}, "20 11:59", ANN, [ANN]),
    "gone home, and nothing promised": ({}, "20 20:00", ANN, [ANN]),
    "gone home, and due tomorrow": ({"bob": NIGHTS, **DUE_IN_4H}, "20 20:00", ANN, [ANN]),
    "gone home the evening before the leave": ({"ann": off(21, 29)}, "20 20:00", BOB, [ANN, BOB]),
    "the weekend before a week off": ({"ann": off(25, 29)}, "23 11:00", BOB, [ANN, BOB]),
    "the weekend before a day off": ({"ann": off(25)}, "23 11:00", ANN, [ANN]),
    "all away: the lead": ({"ann": off(20, 29), "bob": off(20, 29)}, "20 09:00", LENA, [ANN, LENA]),
    "the other away for a day only": ({"ann": off(20, 29), "bob": off(20)}, "20 09:00", LENA, [ANN, LENA]),
    "the lead away, too: the operators": (
        {"ann": off(20, 29), "bob": off(20, 29), "more": LENA_AWAY},
        "20 09:00",
        ANN,
        [ANN, OPS],
    ),
}


@pytest.mark.parametrize("neighbour", NEIGHBOURS)
def test_a_word_goes_to_who_is_there_before_it_is_due(tmp_path, neighbour):
    duties, at, assignee, told = NEIGHBOURS[neighbour]
    desk = answered(tmp_path, **duties)
    desk.at(f"2026-05-{at}")
    sent = len(desk.sent)
    desk.reply(JO, "All of them, as far as I see.", to_kind="relay")

    assert (desk.case().assignee, sorted({to for _, to in told_since(desk, sent)})) == (assignee, sorted(told))


def test_at_night_the_lead_hears_of_a_word_that_is_due_before_its_agent_is_back(tmp_path):
    """The agent keeps the case, and gets the word as well; whoever is at it has not gone home."""
    promises = FOLLOW_UP.replace('urgent = "4h"', 'urgent = { within = "4h", calendar = "24x7" }')
    desk = answered(tmp_path, promises=promises)
    desk.at("2026-05-19 20:00")
    sent = len(desk.sent)
    desk.reply(JO, "All of them, as far as I see.", to_kind="relay")
    assert desk.case().assignee == ANN
    assert sorted(told_since(desk, sent)) == [("customer-message", ANN), ("customer-message", LENA)]
    note = "Ann Berg, who has this case and is not on duty before it is due"
    assert note in " ".join(desk.last(LENA).text.split())

    desk.reply(ANN, "Thanks, I look into it now.", to_kind="customer-message")
    desk.at("2026-05-19 20:30")
    sent = len(desk.sent)
    desk.reply(JO, "Good. It is the rules of March.", to_kind="relay")
    assert told_since(desk, sent) == [("customer-message", ANN)]


def test_at_night_who_is_on_duty_has_what_is_due_before_its_agent_is_back(tmp_path):
    promises = FOLLOW_UP.replace('urgent = "4h"', 'urgent = { within = "4h", calendar = "24x7" }')
    desk = answered(tmp_path, bob=NIGHTS, promises=promises)
    desk.at("2026-05-19 20:00")
    desk.reply(JO, "All of them, as far as I see.", to_kind="relay")

    assert desk.case().assignee == BOB


def test_who_has_answered_for_somebody_away_has_their_case_with_the_next_word(tmp_path):
    """Cy has less to do, and does not know the case."""
    desk = open_office(tmp_path, ann=DAYS + LEAVE, more=CY)
    for number in range(3):
        desk.mail(JO, f"Case {number}", URGENT)
        desk.reply(desk.case(number + 1).assignee, "We look into it.", to_kind="assigned")
    desk.reply("cy@desk.example", "#resolve\nIt is done.", to_kind="assigned")
    desk.reply(ANN, "#assign bob", to_kind="assigned")
    desk.reply(BOB, "Jo, it is being mended.", to_kind="assigned")
    desk.reply(BOB, "#assign ann", to_kind="assigned")
    desk.at("2026-05-20 09:00")
    number = desk.reply(JO, "And now?", to_kind="relay").case

    assert number == 1
    assert desk.case(number).assignee == BOB
    because = "Ann Berg is away until 2026-06-12; on duty, and has written on it; least open cases (1)"
    assert desk.events("assigned", number=number)[-1].because == because


def test_a_word_that_ends_a_wait_is_heard(tmp_path):
    desk = answered(tmp_path, ann=DAYS + LEAVE)
    desk.reply(ANN, "#wait\nWhich version is it?", to_kind="assigned")
    desk.at("2026-05-21 09:00")
    desk.reply(JO, "Version 7.", to_kind="relay")
    assert (desk.case().status, desk.case().assignee) == ("open", BOB)


def test_a_word_that_opens_a_case_again_is_heard(tmp_path):
    ended = answered(tmp_path, ann=DAYS + LEAVE)
    ended.reply(ANN, "#resolve\nIt is done.", to_kind="assigned")
    ended.at("2026-05-21 09:00")
    ended.reply(JO, "It fails again, with another rule.", to_kind="closed")
    assert (ended.case().status, ended.case().assignee) == ("open", BOB)


LEAVES = "absences = [{from = 2026-05-19T12:00:00, to = 2026-06-12}]\n"


@pytest.mark.parametrize(
    ("last_word", "assignee", "told"),
    [
        ("customer", BOB, [("assigned", BOB), ("echo", ANN)]),
        ("agent", ANN, []),  # it is the customer's turn: their next word finds somebody
        ("wait", ANN, []),
    ],
)
def test_what_waits_for_somebody_whose_absence_begins_is_given_on(tmp_path, last_word, assignee, told):
    """The customer wrote an hour before the leave, and nothing was promised: it would have lain for three weeks."""
    desk = answered(tmp_path, ann=DAYS + LEAVES)
    desk.at("2026-05-19 11:00")
    desk.reply(JO, "All of them, as far as I see.", to_kind="relay")
    if last_word != "customer":
        order = "#wait\n" if last_word == "wait" else ""
        desk.reply(ANN, f"{order}I see. Which version is it?", to_kind="customer-message")
    assert desk.case().assignee == ANN
    sent = len(desk.sent)
    desk.at("2026-05-19 13:00")

    assert (desk.case().assignee, sorted(told_since(desk, sent))) == (assignee, told)
    assert desk.laboratory.desk.go_round() == 0
    assert len(desk.events("assigned")) == (2 if told else 1)


def test_an_absence_that_is_entered_late_gives_on_what_waits(tmp_path):
    """Ann has called in sick."""
    desk = answered(tmp_path)
    desk.at("2026-05-19 11:00")
    desk.reply(JO, "All of them, as far as I see.", to_kind="relay")
    sick = rules_of(tmp_path, ann=f"{DAYS}absences = [{{from = 2026-05-19, to = 2026-05-22}}]\n")
    desk.laboratory.desk.exchange(sick)
    desk.at("2026-05-19 11:05")

    assert desk.case().assignee == BOB


def test_the_end_of_a_wait_is_told_to_who_is_there(tmp_path):
    desk = answered(tmp_path, ann=DAYS + LEAVE)
    desk.reply(ANN, "#wait 2d\nWhich version is it?", to_kind="assigned")
    desk.at("2026-05-21 11:00")

    assert desk.case().assignee == BOB
    assert set(desk.kinds_to(BOB)) == {"assigned", "reminder"}


def test_thanks_are_read_by_somebody_and_what_is_over_stays_its_agents(tmp_path):
    desk = answered(tmp_path, ann=DAYS + LEAVE)
    desk.reply(ANN, "#resolve\nIt is done.", to_kind="assigned")
    desk.at("2026-05-20 09:00")
    desk.reply(JO, "Thanks Ann, it works now!", to_kind="closed")

    assert desk.case().assignee == ANN
    assert [to for kind, to in desk.told() if kind == "customer-message"] == [ANN, BOB]


def test_an_answer_from_an_unknown_address_is_heard(tmp_path):
    desk = answered(tmp_path, ann=DAYS + LEAVE)
    desk.at("2026-05-20 09:00")
    desk.reply(STRANGER, "It is the rules of March.", holder=JO, to_kind="relay")

    assert desk.case().assignee == BOB
    assert "not verified" in desk.last(BOB, "assigned").text


def test_what_may_be_the_answer_from_another_address_is_heard_while_we_wait_for_it(tmp_path):
    desk = open_office(tmp_path, ann=DAYS + LEAVE)
    desk.mail(JO, "Bundle rules do not fire", URGENT)
    desk.reply(ANN, "#wait\nHello Jo, which rules are it?")
    desk.at("2026-05-21 09:00")
    desk.mail(STRANGER, "Re: [HD-1] Bundle rules do not fire", "The rules of March. Jo, from home.")

    assert (desk.case(1).assignee, desk.case(1).status) == (BOB, "waiting")
    told = desk.last(BOB, "customer-message")
    assert "NOT VERIFIED" in told.subject
    assert "The rules of March" in told.text


# --- #assign


@pytest.mark.parametrize(
    ("absence", "at", "said"),
    [
        ("{from = 2026-05-18, to = 2026-06-12}", "2026-05-19 09:30", "away until 2026-06-12;"),
        (
            "{from = 2026-05-19T09:00:00, to = 2026-05-19T13:30:00}",
            "2026-05-19 09:30",
            "away until 2026-05-19 13:30 CDT;",
        ),
        (  # one after the other, with a weekend between
            "{from = 2026-05-20, to = 2026-05-22}, {from = 2026-05-25, to = 2026-05-29}",
            "2026-05-20 09:30",
            "away until 2026-05-29;",
        ),
        ("{from = 2026-05-25, to = 2026-05-29}", "2026-05-23 12:00", "away until 2026-05-29;"),
    ],
)
def test_assign_to_somebody_away_assigns_nobody_and_says_until_when(tmp_path, absence, at, said):
    """A text beside it goes out as ever, and a sign of exclamation insists."""
    desk = open_office(tmp_path, start=at, bob=f"{DAYS}absences = [{absence}]\n")
    desk.mail(JO, "Bundle rules do not fire", URGENT)
    desk.reply(ANN, "#assign bob\nHello Jo, we look into it.", to_kind="assigned")

    assert desk.sent_to(JO, "relay")
    assert desk.case().assignee == ANN
    assert f"not assigned: Bob Cole is {said}" in " ".join(desk.last(ANN, "echo").text.split())
    desk.reply(ANN, "#assign! bob", to_kind="assigned")
    assert desk.case().assignee == BOB
    assert desk.kinds_to(BOB)[-1] == "assigned"


def test_assign_to_somebody_who_is_still_there_is_done(tmp_path):
    desk = open_office(tmp_path, bob=DAYS + LEAVE)
    desk.mail(JO, "Bundle rules do not fire", URGENT)
    desk.reply(ANN, "#assign bob", to_kind="assigned")

    assert desk.case().assignee == BOB


def test_who_gives_a_case_to_themselves_is_there(tmp_path):
    desk = open_office(tmp_path, start="2026-05-20 09:30", bob=DAYS + LEAVE)
    desk.mail(JO, "Bundle rules do not fire", URGENT)
    desk.reply(ANN, "#assign! bob", to_kind="assigned")
    desk.reply(ANN, "#assign ann", to_kind="assigned")
    desk.reply(BOB, "#assign bob", to_kind="assigned")

    assert desk.case().assignee == BOB


# --- fair shares


def test_who_comes_back_takes_turns_and_does_not_get_every_new_case(tmp_path):
    desk = open_office(
        tmp_path, start="2026-05-11 09:00", bob=f"{DAYS}absences = [{{from = 2026-05-11, to = 2026-05-15}}]\n"
    )
    for number in range(4):
        desk.mail(JO, f"Case {number}", "Priority: Low\n\nA question.")
    back = []
    for minute in range(4):
        desk.just_before(f"2026-05-18 09:0{minute}")
        back.append(desk.case(desk.mail(JO, f"Back {minute}", "Priority: Low\n\nA question.").case).assignee)

    assert back == [BOB, ANN, BOB, ANN]


def test_a_share_is_fair_for_as_long_as_the_absence_lasted(tmp_path):
    last = [datetime(2026, 5, day, tzinfo=UTC) for day in (17, 19)]
    loads = SimpleNamespace(workloads={ANN: Workload(9, last[0]), BOB: Workload(0, last[1])})
    week = period(date(2026, 5, 11), date(2026, 5, 17), "UTC")
    agents = [Agent("Ann", ANN), Agent("Bob", BOB, absences=(week,))]
    for day, who in ((20, ANN), (24, ANN), (25, BOB)):
        assert least_busy(agents, loads, datetime(2026, 5, day, 12, tzinfo=UTC)).address == who


# --- gone from the configuration


CY = '\n[[agent]]\nname = "Cy Dorn"\nemail = "cy@desk.example"\nteams = ["first line"]\n'


def cy_is_gone(folder):
    """Two of six cases were Cy's, who is not in the configuration any more; the desk, and these cases."""
    desk = open_office(folder, more=CY)
    for number in range(6):
        desk.mail(JO, f"Case {number}", URGENT)
    gone = [number for number in desk.case_numbers() if desk.case(number).assignee == "cy@desk.example"]
    desk.laboratory.desk.exchange(rules_of(folder))
    assert desk.laboratory.desk.hand_on() == len(gone) == 2
    return desk, gone


def test_who_is_gone_leaves_no_orphan_and_the_lead_gets_one_mail(tmp_path):
    desk, gone = cy_is_gone(tmp_path)
    sent = len(desk.sent)
    desk.at("2026-05-19 09:16")

    assert sorted(desk.case(number).assignee for number in gone) == [ANN, BOB]
    because = "cy@desk.example is no agent of first line any more; least open cases (2)"
    assert desk.events("assigned", number=gone[0])[-1].because == because
    assert sorted(told_since(desk, sent)) == [("assigned", ANN), ("assigned", BOB), ("digest", LENA)]
    digest = desk.last(LENA, "digest")
    assert digest.subject == "[Acme Support] 2 cases given to others, an agent of first…"
    assert f"HD-{gone[0]} Urgent, of cy@desk.example, now of " in " ".join(digest.text.split())
    assert desk.laboratory.desk.hand_on() == 0


def test_a_case_of_who_is_gone_that_opens_again_is_somebodys(tmp_path):
    desk = answered(tmp_path)
    desk.reply(ANN, "#resolve\nIt is done.", to_kind="assigned")
    path = tmp_path / "helpdesk.toml"
    path.write_text(path.read_text().replace(ANN, "dora@desk.example"), encoding="utf-8")
    desk.laboratory.desk.exchange(load_rules(path, environment={}, signing_key=KEY))
    assert desk.laboratory.desk.hand_on() == 0
    sent = len(desk.sent)
    desk.reply(JO, "It fails again.", to_kind="closed")

    assert desk.case().assignee in {"dora@desk.example", BOB}
    assert [kind for kind, to in told_since(desk, sent) if to != JO] == ["assigned"]


# --- times instead of days


def test_absences_and_hand_overs_can_be_hours_on_the_wall():
    half = period(
        datetime.fromisoformat("2026-03-29T01:00"), datetime.fromisoformat("2026-03-29T04:00"), "Europe/Berlin"
    )  # two hours: the clock jumps
    assert (half.begins_at, half.ends_at) == (
        datetime(2026, 3, 29, 0, tzinfo=UTC),
        datetime(2026, 3, 29, 2, tzinfo=UTC),
    )
    turns = parse_handovers("daily 08:00, daily 20:00", "America/Chicago")
    start = wall("2026-05-18 08:00").date()
    assert [turns.turn(start, wall(f"2026-05-{at}")) for at in ("18 07:59", "18 08:00", "18 20:00", "19 08:00")] == [
        -1,
        0,
        1,
        2,
    ]
    weekend = parse_handovers("mon 09:00, fri 17:00", "America/Chicago")
    assert [weekend.turn(start, wall(f"2026-05-{at}")) for at in ("18 09:00", "22 17:00", "25 09:00")] == [0, 1, 2]
    assert weekend.next(wall("2026-05-19 12:00")) == wall("2026-05-22 17:00")
    with pytest.raises(ValueError, match="at different times"):
        parse_handovers("daily 09:00, mon 09:00", "America/Chicago")
