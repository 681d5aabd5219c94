"""Mail of somebody who is not believed on a case, of a monitor, and of a program: what the record says, and who hears."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest

from helpdesk.core.receive import monitor, outsider, receive
from helpdesk.core.words.case import DESK
from helpdesk.core.words.drafts import CustomerMessageMail
from helpdesk.core.words.events import (
    AgentAnswered,
    AgentNoted,
    AnsweredElsewhere,
    CalledAgain,
    CaseLinked,
    CaseResolved,
    MonitorReported,
    OutsiderWrote,
    PageAcknowledged,
    RankOneSuspected,
    RobotWrote,
    StepTaken,
    ThirdPartyWrote,
    WaitingSet,
)
from helpdesk.core.words.message import Robot
from helpdesk.core.words.people import Mailbox, Team
from helpdesk.core.words.placement import Placement
from helpdesk.core.words.watched import Watched
from helpdesk.openhours.rotation import Rotation
from helpdesk.openhours.walltime import Period, parse_handovers
from tests.core.mill import ANN, BOB, LENA, STRANGER, TEAM, arrival, on, opened, terms, utc

NOW = utc("22 12:00")
CALLED = on(StepTaken, "22 10:10", DESK, key="call", kind="escalation", to=(LENA.address,), acknowledge=True)
CALLED_ANN = replace(CALLED, to=(ANN.address,))


def kinds(events):
    return [type(event) for event in events]


def wrote(*events, sender=STRANGER, at="22 12:00", **placed):
    came = arrival(sender, "We look at it.", at, placement=Placement(1, "outsider", "test", **placed))
    return outsider.writes(opened(*events), came, terms(), NOW)


@pytest.mark.parametrize(
    ("sender", "placed", "staff"),
    [
        (STRANGER, {}, False),
        (LENA, {"informed": True}, True),
        (BOB.person, {"agent": BOB}, True),
    ],
)
def test_whoever_is_not_believed_is_shown_to_the_agent_and_obeyed_by_nobody(sender, placed, staff):
    decision = wrote(sender=sender, **placed)
    assert [(type(event), event.staff) for event in decision.events] == [(OutsiderWrote, staff)]
    assert [draft.to for draft in decision.drafts] == [ANN.person]
    assert decision.visibility == "unverified"


@pytest.mark.parametrize(
    ("events", "sender", "placed", "acknowledged"),
    [
        ((CALLED,), LENA, {"informed": True}, True),
        ((CALLED,), LENA, {}, False),  # who is not believed to be her
        ((), LENA, {"informed": True}, False),  # she was not called
        ((CALLED_ANN,), LENA, {"informed": True}, False),
        ((CALLED, on(PageAcknowledged, "22 10:20")), LENA, {"informed": True}, False),
    ],
)
def test_somebody_who_was_called_says_by_writing_that_they_have_it(events, sender, placed, acknowledged):
    decision = wrote(*events, sender=sender, **placed)
    assert (PageAcknowledged in kinds(decision.events)) is acknowledged
    echoes = [draft.content.done for draft in decision.drafts if draft.to == sender]
    assert echoes == ([("acknowledged: nobody else is called",)] if acknowledged else [])


def before(at, by=BOB.address, *, staff=True):
    return on(OutsiderWrote, at, by, staff=staff)


@pytest.mark.parametrize(
    ("events", "askable", "told"),
    [
        ((), True, True),
        ((), False, False),
        ((before("22 11:10"), before("22 11:20")), True, True),
        ((before("22 11:10"), before("22 11:20"), before("22 11:30")), True, False),  # a From may be made up
        ((before("22 11:00"), before("22 11:00"), before("22 11:00")), True, True),  # an hour ago
        ((before("22 11:10"), before("22 11:20"), before("22 11:30", ANN.address)), True, True),  # of somebody else
        ((before("22 11:10"), before("22 11:20"), before("22 11:30", staff=False)), True, True),
    ],
)
def test_an_agent_in_whose_name_it_is_hears_that_it_was_not_obeyed_a_few_times_an_hour(events, askable, told):
    decision = wrote(*events, sender=BOB.person, agent=BOB, askable=askable)
    assert (BOB.person in [draft.to for draft in decision.drafts]) is told
    shown = next(draft.content for draft in decision.drafts if draft.to == ANN.person)
    assert shown.of_ours is told


def test_the_answer_of_somebody_whom_an_agent_asked_is_a_note():
    decision = wrote(asked=True)
    assert (kinds(decision.events), decision.visibility) == ([ThirdPartyWrote], "internal")
    assert (decision.case.status, decision.reply) == ("open", "We look at it.")
    assert [draft.to for draft in decision.drafts] == [ANN.person]


@pytest.mark.parametrize(
    ("events", "shown"),
    [
        ((on(AgentAnswered, "22 11:00"),), True),
        ((on(AgentAnswered, "22 11:00"), on(WaitingSet, "22 11:00", seconds=0)), True),
        ((), False),  # it is the desk's turn
        ((on(WaitingSet, "22 11:00", seconds=0, whom="vendor", reason="parts"),), False),
        ((on(AgentAnswered, "22 11:00"), on(CaseResolved, "22 11:00")), False),
    ],
)
def test_a_case_that_waits_for_an_answer_is_shown_one_from_another_address(events, shown):
    came = arrival(STRANGER, at="22 12:00", placement=Placement(None, "customer", "test", linked=1))
    decision = outsider.answered_elsewhere(opened(*events), "HD-2", came, terms(), NOW)
    assert kinds(decision.events) == ([AnsweredElsewhere, CaseLinked] if shown else [])
    mails = [draft.content for draft in decision.drafts if isinstance(draft.content, CustomerMessageMail)]
    assert [(one.became, one.unverified, one.outsider) for one in mails] == ([("HD-2", True, True)] if shown else [])


# --- monitors


def reported(at, state, rank=3):
    return on(MonitorReported, at, "nagios@acme.example", state=state, rank=rank)


DEAD, SLOW = "Production is down. Nobody can work.", "web1 slow"  # of ranks 1 and 2
PROBLEM, WELL, NOTICE = (
    reported("22 10:00", "problem"),
    reported("22 10:30", "recovered"),
    reported("22 10:40", "notice"),
)


AWAY = replace(ANN, absences=(Period(utc("22 09:00"), utc("29 09:00")),))
ON_CALL = Rotation("r", parse_handovers("mon 09:00", "UTC"), date(2026, 1, 5), (BOB.person,))
MONITORED = Placement(1, "customer", "test", watched=Watched("problem", ("web1",)))


def tells(state, *events, text=SLOW, more="", monitor_made=True, **facts):
    placement = Placement(1, "customer", "test", watched=Watched(state, ("web1",)))
    came = arrival(text=text, at="22 12:00", placement=placement)
    case = opened(*events, monitor=monitor_made, **{"severity": "plain", **facts})
    return monitor.writes(case, came, state, terms(more), NOW)


@pytest.mark.parametrize(
    ("events", "state", "text", "news"),
    [
        ((PROBLEM,), "problem", "Again.", []),  # it repeats itself
        ((PROBLEM,), "problem", SLOW, ["worse"]),
        ((reported("22 10:00", "problem", 2),), "problem", SLOW, []),
        ((reported("22 10:00", "problem", 1), PROBLEM), "problem", SLOW, []),  # no worse than it said once
        ((PROBLEM,), "recovered", SLOW, ["recovered"]),
        ((PROBLEM, WELL), "recovered", SLOW, []),
        ((PROBLEM, WELL), "problem", "Again.", ["again"]),
        (
            (reported("22 10:00", "problem", 2), reported("22 10:30", "recovered", 1), PROBLEM),
            "problem",
            DEAD,
            ["worse"],
        ),
        ((PROBLEM,), "notice", DEAD, []),
        ((PROBLEM, NOTICE), "problem", "Again.", []),
        ((PROBLEM, WELL, NOTICE), "recovered", SLOW, []),
        ((), "problem", SLOW, []),
        ((), "recovered", SLOW, ["recovered"]),
        ((PROBLEM, on(CaseResolved, "22 11:00")), "recovered", SLOW, []),  # on the record only
    ],
)
def test_of_a_monitor_only_what_is_new_is_told(events, state, text, news):
    decision = tells(state, *events, text=text)
    assert [(event.state, event.at) for event in decision.events if isinstance(event, MonitorReported)] == [
        (state, NOW)
    ]
    assert [draft.content.news for draft in decision.drafts if draft.kind == "customer-message"] == news
    assert decision.case.status == ("resolved" if len(events) == 2 and isinstance(events[1], CaseResolved) else "open")


@pytest.mark.parametrize(
    ("events", "text", "suspected"),
    [
        ((PROBLEM,), DEAD, True),  # worse
        ((PROBLEM, WELL), DEAD, True),  # again
        ((PROBLEM, WELL), "Again.", False),
        ((reported("22 10:00", "problem", 1),), DEAD, False),  # as before
    ],
)
def test_somebody_is_told_that_a_milder_case_may_be_the_worst(events, text, suspected):
    decision = tells("problem", *events, text=text)
    assert (RankOneSuspected in kinds(decision.events)) is suspected


@pytest.mark.parametrize(
    ("events", "monitor_made", "uncalled"),
    [
        ((PROBLEM, CALLED_ANN), True, True),
        ((PROBLEM, CALLED_ANN, on(PageAcknowledged, "22 10:20")), True, False),
        ((PROBLEM, CALLED_ANN), False, False),  # a person's case: their word ends the call
        ((PROBLEM,), True, False),
    ],
)
def test_nobody_is_called_on_for_what_has_recovered(events, monitor_made, uncalled):
    (mail,) = [
        one.content for one in tells("recovered", *events, monitor_made=monitor_made).drafts if one.to == ANN.person
    ]
    assert (mail.news, mail.uncalled) == ("recovered", uncalled)


@pytest.mark.parametrize(
    ("more", "events", "status"),
    [
        ("[lifecycle]\nresolve_recovered = true\n", (PROBLEM,), "resolved"),
        ("", (PROBLEM,), "open"),
        ("[lifecycle]\nresolve_recovered = true\n", (PROBLEM, on(AgentAnswered, "22 11:00")), "open"),
        ("[lifecycle]\nresolve_recovered = true\n", (PROBLEM, on(AgentNoted, "22 11:00")), "open"),
        ("[lifecycle]\nresolve_recovered = true\n", (PROBLEM, WELL), "open"),  # it was told before
    ],
)
def test_a_policy_may_end_what_recovered_before_anybody_wrote(more, events, status):
    assert tells("recovered", *events, more=more).case.status == status


@pytest.mark.parametrize(
    ("events", "agent", "again"),
    [
        ((PROBLEM, WELL), AWAY, True),
        ((PROBLEM,), AWAY, False),  # it repeats itself
        ((PROBLEM, WELL), ANN, False),  # who has it is there
    ],
)
def test_whoever_was_called_is_called_anew_when_it_fails_again(events, agent, again):
    calls = '[[ladder]]\nat = "opened"\nsend = "escalation"\nto = ["on-call"]\nonly = ["stopped"]\nrepeat = "15m"\n'
    one = replace(terms(calls), team=Team(TEAM.name, (agent, BOB), LENA, ON_CALL))
    came = arrival(text=SLOW, at="22 12:00", placement=MONITORED)
    case = opened(*events, monitor=True, severity="stopped")
    assert (CalledAgain in kinds(monitor.writes(case, came, "problem", one, NOW).events)) is again


def test_a_problem_after_the_end_is_a_case_of_its_own():
    decision = tells("problem", PROBLEM, on(CaseResolved, "22 11:00"))
    assert (decision.outcome, decision.case.number, decision.case.links) == ("opened", 0, ("HD-1",))


# --- programs


@pytest.mark.parametrize(
    ("channel", "kind", "outcome"),
    [
        ("email", "auto-reply", "robot"),
        ("email", "vacation", "robot"),
        ("email", "bounce-permanent", "bounce"),
        ("email", "own-mail", "loop"),
        ("monitoring", "auto-reply", "opened"),  # there programs are who writes
        ("monitoring", "own-mail", "loop"),
    ],
)
def test_a_programs_mail_opens_a_case_only_where_programs_write(channel, kind, outcome):
    box = Mailbox("support@mill.example", "mill", TEAM.name, channel)
    came = arrival(placement=Placement(None, "customer", "test"))
    came = replace(came, message=replace(came.message, robot=Robot(kind, "a field says so")))
    decision = receive(None, came, replace(terms(), mailbox=box), utc("22 11:00"))
    assert (decision.outcome, decision.case is not None) == (outcome, outcome == "opened")


def test_a_programs_mail_on_a_case_is_on_its_record_and_nobody_is_mailed():
    came = arrival(placement=Placement(1, "customer", "test"))
    came = replace(came, message=replace(came.message, robot=Robot("vacation", "a field says so")))
    decision = receive(opened(), came, terms(), utc("22 11:00"))
    assert (kinds(decision.events), decision.drafts, decision.case.status) == ([RobotWrote], (), "open")
