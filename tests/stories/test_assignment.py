"""Each case goes to one agent: who is on duty and has the least, and somebody else while they are away (LGK-2, TKT-5)."""

from __future__ import annotations

import pytest

from helpdesk.config import load_configuration
from helpdesk.desk import load_rules
from helpdesk.errors import ConfigurationError
from tests.desk import ANN, BOB, JO, KEY, LENA, TestDesk, wall, write_office
from tests.memory import in_memory

URGENT = "Priority: Urgent\n\nHalf of our rules do not fire."
CHICAGO = 'timezone = "America/Chicago"\nhours = "mon-fri 07:00-15:00"\n'
MANILA = 'timezone = "Asia/Manila"\nhours = "mon-sat 20:00-06:00"\n'  # 07:00 to 17:00 in Chicago
AWAY = "absences = [{from = 2026-05-19, to = 2026-05-20}]\n"


def office(folder, *, ann="", bob=""):
    """The tests' office with more said of Ann and of Bob."""
    path = write_office(folder)
    text = path.read_text(encoding="utf-8")
    for address, more in ((ANN, ann), (BOB, bob)):
        text = text.replace(f'email = "{address}"\n', f'email = "{address}"\n{more}', 1)
    path.write_text(text, encoding="utf-8")
    return path


def staffed(folder, *, start, **duties):
    rules = load_rules(office(folder, **duties), environment={}, signing_key=KEY)
    desk = TestDesk(rules, in_memory(), start=start)
    desk.just_before(start)
    return desk


def given_to(desk, number):
    return desk.case(desk.mail(JO, f"Case {number}", URGENT).case).assignee


def test_lgk_2_only_who_is_on_duty_gets_cases_however_much_they_have(tmp_path):
    """LGK-2, TKT-5: at four in the afternoon Ann has gone home, and Bob's night in Manila goes on."""
    desk = staffed(tmp_path, start="2026-05-19 16:00", ann=CHICAGO, bob=MANILA)

    assert [given_to(desk, number) for number in range(3)] == [BOB, BOB, BOB]
    assert desk.events("assigned", number=3)[0].because == "on duty; least open cases (2)"


def test_lgk_2_the_least_open_load_and_ties_in_turn_among_those_on_duty(tmp_path):
    """LGK-2"""
    desk = staffed(tmp_path, start="2026-05-19 09:00", ann=CHICAGO, bob=MANILA)

    assert [given_to(desk, number) for number in range(4)] == [ANN, BOB, ANN, BOB]


def test_lgk_2_while_nobody_is_on_duty_a_case_still_has_an_agent_who_is_not_away(tmp_path):
    """LGK-2: at night each case goes directly to one agent all the same, and not to one on holiday."""
    desk = staffed(tmp_path, start="2026-05-19 22:00", ann=CHICAGO + AWAY, bob=CHICAGO)

    assert [given_to(desk, number) for number in range(2)] == [BOB, BOB]
    assert desk.events("assigned")[0].because.startswith("nobody is on duty; ")


def test_lgk_2_while_everybody_is_away_the_lead_has_what_cannot_wait(tmp_path):
    """LGK-2"""
    desk = staffed(tmp_path, start="2026-05-19 09:00", ann=AWAY, bob=AWAY)

    assert [given_to(desk, number) for number in range(2)] == [LENA, LENA]
    assert desk.kinds_to(LENA) == ["assigned", "assigned"]
    assert desk.kinds_to(ANN) == []


def test_lgk_2_while_everybody_is_away_what_can_wait_has_an_agent_who_is_back_in_time(tmp_path):
    """LGK-2: it is due the next day, when both are back."""
    desk = staffed(tmp_path, start="2026-05-20 16:00", ann=AWAY, bob=AWAY)

    assert desk.case(desk.mail(JO, "Slow", "Priority: Low\n\nA question.").case).assignee == ANN


def test_lgk_2_an_absence_is_whole_days_on_the_agents_own_wall(tmp_path):
    """LGK-2: it ends at midnight in Manila, which is eleven in the morning in Chicago."""
    desk = staffed(tmp_path, start="2026-05-20 10:59", ann=AWAY + 'timezone = "Asia/Manila"\n', bob=AWAY)
    agent = next(agent for agent in desk.rules.configuration.teams["first line"].agents if agent.address == ANN)

    assert agent.away(wall("2026-05-20 10:59"))
    assert not agent.away(wall("2026-05-20 11:00"))


def test_lgk_2_the_case_of_somebody_who_is_away_is_given_on_before_time_runs_out(tmp_path):
    """LGK-2: as the absence begins, at midnight UTC, with an event, and both are told."""
    desk = staffed(tmp_path, start="2026-05-18 17:30", ann=AWAY)
    assert given_to(desk, 1) == ANN
    desk.at("2026-05-19 08:00")

    assert desk.case().assignee == BOB
    event = desk.events("assigned")[-1]
    assert (event.at, event.by) == (wall("2026-05-18 19:00"), "desk")
    assert event.because == "Ann Berg is away until 2026-05-20; on duty; least open cases (0)"
    assert "This case is now yours." in desk.last(BOB, "assigned").text
    told = "given to Bob Cole, because you are away until 2026-05-20 and somebody waits for an answer"
    assert told in " ".join(desk.last(ANN).text.split())
    assert desk.kinds_to(BOB) == ["assigned", "warning"]
    assert "warning" not in desk.kinds_to(ANN)


CRITICAL = "Priority: Critical\n\nOur shop is down, nobody can order."


def test_lgk_2_a_case_that_is_due_before_its_agent_is_back_is_given_to_who_is_on_duty(tmp_path):
    """LGK-2: Ann goes home at three, when Bob's night in Manila begins; half of the hour is over at twenty past."""
    desk = staffed(tmp_path, start="2026-05-19 14:50", ann=CHICAGO, bob=MANILA.replace("20:00-06:00", "04:00-08:00"))
    desk.mail(JO, "Shop is down", CRITICAL)
    assert desk.case().assignee == ANN
    desk.at("2026-05-19 15:30")

    event = desk.events("assigned")[-1]
    assert (desk.case().assignee, event.at) == (BOB, wall("2026-05-19 15:20"))
    assert event.because == "Ann Berg is not on duty before it is due; on duty; least open cases (0)"
    assert "This case is now yours." in desk.last(BOB, "assigned").text
    assert desk.last(ANN).subject.startswith("[HD-1] done: given to Bob Cole, because you are")


@pytest.mark.parametrize(
    ("ann", "bob"),
    [
        (CHICAGO.replace("15:00", "16:00"), MANILA),  # back in time: she is still there
        (CHICAGO, CHICAGO),  # nobody else is there either
    ],
)
def test_lgk_2_a_case_stays_with_who_can_act_in_time_or_while_nobody_can(tmp_path, ann, bob):
    """LGK-2"""
    desk = staffed(tmp_path, start="2026-05-19 14:50", ann=ann, bob=bob)
    desk.mail(JO, "Shop is down", CRITICAL)
    holder = desk.case().assignee
    desk.at("2026-05-19 15:40")

    assert desk.case().assignee == holder
    assert len(desk.events("assigned")) == 1


def test_lgk_2_who_is_back_before_it_is_due_keeps_the_case_overnight(tmp_path):
    """LGK-2: half of two hours is over at half past five, when Bob works; the rest ends at half past seven, Ann's time."""
    bob = MANILA.replace("20:00-06:00", "06:00-09:00")  # from five in the afternoon
    desk = staffed(tmp_path, start="2026-05-19 16:30", ann=CHICAGO, bob=bob)
    assert given_to(desk, 1) == ANN
    desk.at("2026-05-20 07:20")

    assert desk.sent_to(ANN, "warning")[0].at == wall("2026-05-19 17:30")
    assert desk.case().assignee == ANN


def test_lgk_2_nothing_is_given_on_while_nothing_runs_out(tmp_path):
    """LGK-2: somebody who is away for a day keeps what has time."""
    desk = staffed(tmp_path, start="2026-05-19 09:00", bob=AWAY)
    desk.mail(JO, "Slow", "Priority: Low\n\nA question.")
    desk.at("2026-05-19 10:00")

    assert desk.case().assignee == ANN
    assert len(desk.events("assigned")) == 1


def test_lgk_2_with_nobody_else_there_the_lead_has_the_case_before_time_runs_out(tmp_path):
    """LGK-2"""
    desk = staffed(tmp_path, start="2026-05-18 17:30", ann=AWAY, bob=AWAY)
    given_to(desk, 1)
    desk.at("2026-05-19 09:00")

    because = "Ann Berg is away until 2026-05-20; nobody else is there; least open cases (0)"
    assert desk.facts("assigned")[-1] == {"agent": LENA, "because": because}
    assert desk.kinds_to(LENA) == ["assigned", "warning", "warning", "escalation"]
    assert f"The case is with {LENA}." in " ".join(desk.last(LENA, "escalation").text.split())


@pytest.mark.parametrize(
    ("ann", "problem"),
    [
        ('hours = "mon-fri 09:00-17:00"\n', r"agent.1.timezone: expected a zone of the IANA database"),
        ('timezone = "America/Chicago"\nhours = "9 to 5"\n', r"agent.1.hours: .*expected days and times"),
        ("absences = [{from = 2026-05-08, to = 2026-05-01}]\n", r"agent.1.absences.1.to: expected a date on or after"),
        ("absences = [{from = 2026-05-08, until = 2026-05-09}]\n", r"agent.1.absences.1.until: no such key"),
    ],
)
def test_duties_that_are_written_wrong_are_said_by_file_and_key(tmp_path, ann, problem):
    with pytest.raises(ConfigurationError, match=problem):
        load_configuration(office(tmp_path, ann=ann), environment={})
