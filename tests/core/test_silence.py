"""What time alone does to a case: a wait and a snooze are over, a silent customer is reminded, and given up in the end."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from helpdesk.core.tick import next_at, tick, with_calls
from helpdesk.core.words.case import DESK
from helpdesk.core.words.decision import Decision
from helpdesk.core.words.drafts import ClosedMail, CustomerReminderMail, SnoozeOverMail, WaitOverMail
from helpdesk.core.words.events import (
    AgentAnswered,
    AgentNoted,
    AnsweredElsewhere,
    CaseAssigned,
    CaseClosed,
    CaseExempted,
    CaseMerged,
    CaseReopened,
    CaseResolved,
    CaseSnoozed,
    CustomerReminded,
    CustomerWrote,
    DowngradeProposed,
    MergedInto,
    OutsiderWrote,
    ParticipantAdded,
    RankOneSuspected,
    SeveritySet,
    SnoozeOver,
    StepTaken,
    WaitingSet,
)
from helpdesk.core.words.people import Team
from helpdesk.openhours.walltime import Period
from tests.core.mill import ANN, BOB, JO, KIM, LENA, on, opened, terms, utc

WAITS = '[lifecycle]\nremind_after = "2h"\nclose_after = "3h"\ndowngrade_after = "1h"\ndowngrade_to = "plain"\n'
TURNS = (
    '[lifecycle]\nturn_remind_after = "2h"\nturn_close_after = "3h"\ndowngrade_after = "1h"\ndowngrade_to = "plain"\n'
)
ANY = '[lifecycle]\nremind_after = "2h"\nclose_after = "3h"\nturn_remind_after = "1h"\nturn_close_after = "1h"\n'
SHOWN = {
    CustomerReminded: "reminded",
    CaseClosed: "closed",
    CaseReopened: "open again",
    DowngradeProposed: "may be milder",
    SeveritySet: "is milder",
    SnoozeOver: "snooze over",
}


def answered(at="22 11:00"):
    return on(AgentAnswered, at, message_id="<answer@desk>", key="mail/2")


def waits(at="22 11:00", seconds=0, **facts):
    return on(WaitingSet, at, seconds=seconds, **facts)


def lived(case, more, until="25 18:00", **others):
    """What happens by itself until then, when and what, and the mails that it wrote."""
    applies, told, drafts = terms(more, **others), [], []
    for _ in range(30):
        due = next_at(case, applies)
        if due is None or due > utc(until):
            return told, drafts
        decision = tick(case, applies, due)
        told += [f"{due:%d %H:%M} {SHOWN[type(one)]}" for one in decision.events if type(one) in SHOWN]
        drafts += decision.drafts
        case = decision.case
    raise AssertionError("time does not advance")


REMINDED, CLOSED = "22 13:00 reminded", "22 16:00 closed"
WHOLE = ["22 12:00 may be milder", REMINDED, CLOSED]


@pytest.mark.parametrize(
    ("events", "severity", "happens"),
    [
        ((waits(),), "slow", WHOLE),
        ((waits(),), "stopped", WHOLE),
        ((waits(),), "plain", [REMINDED, CLOSED]),  # no milder than it is
        ((waits(whom="vendor", reason="parts"),), "slow", []),
        ((waits(seconds=3600),), "slow", ["22 12:00 open again"]),  # the agent's own affair
        ((waits(seconds=3600, whom="vendor", reason="parts"),), "slow", ["22 12:00 open again"]),
        ((waits(), on(SeveritySet, "22 11:30", severity="slow", rank=2, was="stopped")), "slow", [REMINDED, CLOSED]),
        ((on(SeveritySet, "22 10:30", severity="slow", rank=2, was="stopped"), waits()), "slow", WHOLE),
        ((waits(), on(DowngradeProposed, "22 11:30", DESK, to="plain")), "slow", [REMINDED, CLOSED]),
        ((on(SeveritySet, "22 11:00", severity="slow", rank=2, was="stopped"), waits()), "slow", WHOLE),  # by one mail
        # somebody may have answered for them; one of us has not
        ((waits(), on(OutsiderWrote, "22 11:30", KIM.address)), "slow", []),
        ((waits(), on(OutsiderWrote, "22 11:00", KIM.address)), "slow", []),
        ((waits(), on(AnsweredElsewhere, "22 11:30", KIM.address, case="HD-2")), "slow", []),
        ((waits(), on(OutsiderWrote, "22 11:30", BOB.address, staff=True)), "slow", WHOLE),
        ((on(OutsiderWrote, "22 10:30", KIM.address), waits()), "slow", WHOLE),
        ((on(CustomerReminded, "22 11:00", DESK), waits()), "slow", WHOLE),  # of a silence before this one
        ((), "slow", []),
        ((on(CaseResolved, "22 11:00"),), "slow", []),
    ],
)
def test_a_customer_who_is_waited_for(events, severity, happens):
    case = opened(answered("22 10:30"), *events, severity=severity)
    assert lived(case, WAITS)[0] == happens


def test_the_severity_of_a_silent_customers_case_sinks_where_the_policy_says_so():
    automatic = WAITS + "downgrade_automatically = true\n"
    assert lived(opened(answered(), waits()), automatic)[0] == ["22 12:00 is milder", REMINDED, CLOSED]


@pytest.mark.parametrize(
    ("severity", "to", "sinks"),
    [
        ("stopped", "slow", ["22 12:00 is milder"]),
        ("stopped", "plain", ["22 12:00 is milder"]),
        ("stopped", "stopped", []),
        ("slow", "stopped", []),
        ("slow", "slow", []),
        ("slow", "plain", ["22 12:00 is milder"]),
        ("plain", "slow", []),
    ],
)
def test_a_case_sinks_to_what_is_milder_and_time_goes_on_where_nothing_is(severity, to, sinks):
    automatic = f"{WAITS}downgrade_automatically = true\n".replace('"plain"', f'"{to}"')
    assert lived(opened(answered(), waits(), severity=severity), automatic)[0] == [*sinks, REMINDED, CLOSED]


@pytest.mark.parametrize(
    ("events", "facts", "happens"),
    [
        ((answered(),), {}, [REMINDED, CLOSED]),  # nobody said that we wait: no milder severity
        ((answered(),), {"severity": "plain"}, [REMINDED, CLOSED]),
        ((answered(),), {"severity": "stopped"}, []),  # the worst stays with us
        ((), {}, []),  # it is our turn
        ((answered(), on(CustomerWrote, "22 11:30", JO.address)), {}, []),
        ((answered(), waits()), {}, ["22 12:00 may be milder"]),  # of waits this policy says no more
        ((answered(), on(CaseResolved, "22 11:10")), {}, []),
        ((answered(), on(CaseResolved, "22 11:10"), answered("22 11:20")), {}, []),  # a word after the end
        ((answered(),), {"plan": "bran"}, [REMINDED, CLOSED]),  # nothing is promised there
        ((answered(),), {"monitor": True}, []),  # nobody reads it
        ((answered(),), {"requester": ""}, []),
        ((answered(), on(CaseMerged, "22 11:10", came_from="HD-2", cases=("HD-2",))), {}, []),
        ((answered(), on(MergedInto, "22 11:10", into="HD-2", shared=())), {}, []),
        ((answered(), on(OutsiderWrote, "22 11:30", KIM.address)), {}, []),
    ],
)
def test_a_customer_whose_turn_it_is(events, facts, happens):
    assert lived(opened(*events, **facts), TURNS)[0] == happens


RESOLUTION = '[targets.flour.resolution]\nslow = "2bd"\n'


@pytest.mark.parametrize(
    ("events", "happens"),
    [
        ((answered(),), []),  # we still owe an end
        ((answered(), on(CaseExempted, "22 11:10", key="custom", because="it was changed")), [REMINDED, CLOSED]),
    ],
)
def test_nobody_is_reminded_while_we_owe_them_something(events, happens):
    exclusion = '[[exclusion]]\nkey = "custom"\nwhy = "it was changed"\n'
    assert lived(opened(*events), RESOLUTION + exclusion + TURNS, until="22 17:00")[0] == happens


def test_what_was_said_before_the_desk_began_reminds_nobody():
    assert lived(opened(answered(), past=True), TURNS)[0] == []
    wrote_here = on(CustomerWrote, "22 10:30", JO.address)
    assert lived(opened(wrote_here, answered(), past=True), TURNS)[0] == [REMINDED, CLOSED]


@pytest.mark.parametrize(
    ("events", "more", "closes"),
    [
        ((answered(), waits()), ANY, "22 16:00"),
        ((answered(),), ANY, "22 13:00"),
        ((answered(), waits()), '[lifecycle]\nremind_after = "2h"\n', None),
    ],
)
def test_the_last_reminder_says_by_when_an_answer_is_awaited(events, more, closes):
    drafts = [one.content for one in lived(opened(*events), more)[1] if isinstance(one.content, CustomerReminderMail)]
    assert [one.closes_at for one in drafts] == [closes and utc(closes)]
    assert [one.waited for one in drafts] == [len(events) == 2]


def test_each_of_several_reminders_counts_from_the_one_before_and_only_the_last_says_the_end():
    twice = '[lifecycle]\nremind_after = "1h"\nclose_after = "1h"\nreminders = 2\n'
    told, drafts = lived(opened(answered("22 10:30"), waits()), twice)
    assert told == ["22 12:00 reminded", "22 13:00 reminded", "22 14:00 closed"]
    assert [one.content.closes_at for one in drafts if one.kind == "reminder"] == [None, utc("22 14:00")]
    told, drafts = lived(
        opened(answered("22 11:00")), twice.replace("remind_a", "turn_remind_a").replace("close_a", "turn_close_a")
    )
    assert told == ["22 12:00 reminded", "22 13:00 reminded", "22 14:00 closed"]
    assert [one.content.closes_at for one in drafts if one.kind == "reminder"] == [None, utc("22 14:00")]


def test_who_is_given_up_is_told_that_it_is_for_their_silence():
    drafts = [one for one in lived(opened(answered(), waits()), WAITS)[1] if one.kind == "closed"]
    assert [(one.content, one.to) for one in drafts] == [(ClosedMail(unanswered=True), JO)]


@pytest.mark.parametrize(
    ("came", "repeats"), [("22 10:45", True), ("22 11:00", True), ("22 11:01", False)]
)  # fmt: skip
def test_a_reminder_repeats_the_answer_to_those_who_got_it(came, repeats):
    """Who was put on copy by the answer itself has it, too."""
    case = opened(answered(), waits(), on(ParticipantAdded, came, address=KIM.address, name=KIM.name))
    reminders = {one.to: one.content for one in lived(case, WAITS)[1] if isinstance(one.content, CustomerReminderMail)}
    assert reminders[JO].repeats == "<answer@desk>"
    assert reminders[KIM].repeats == ("<answer@desk>" if repeats else "")


def test_without_an_answer_there_is_nothing_to_repeat():
    reminders = [
        one.content for one in lived(opened(waits()), WAITS)[1] if isinstance(one.content, CustomerReminderMail)
    ]
    assert [one.repeats for one in reminders] == [""]


# --- waits and snoozes


@pytest.mark.parametrize(
    ("facts", "told"),
    [({}, "customer"), ({"whom": "vendor", "reason": "parts"}, "vendor")],
)
def test_the_agent_hears_that_a_wait_is_over(facts, told):
    drafts = lived(opened(answered(), waits(seconds=3600, **facts)), "")[1]
    assert [(one.content, one.to.address) for one in drafts] == [(WaitOverMail(waited_for=told), ANN.address)]


def test_of_a_merged_case_nobody_hears_it_twice():
    merged = opened(answered(), on(MergedInto, "22 11:00", into="HD-2", shared=()), waits(seconds=3600))
    assert lived(merged, "") == (["22 12:00 open again"], [])


GIVEN = on(CaseAssigned, "22 11:30", agent=ANN.address)


@pytest.mark.parametrize(
    ("events", "agents", "reminded"),
    [
        ((), (ANN, BOB), BOB),  # who asked, though Ann has the case
        ((GIVEN,), (ANN, BOB), ANN),  # whoever it was given to since
        ((), (ANN,), ANN),  # who asked has left the team
    ],
)
def test_who_asked_is_reminded_at_the_moment_of_their_choice(events, agents, reminded):
    snoozed = on(CaseSnoozed, "22 11:00", BOB.address, until="2026-05-22T12:00:00+00:00")
    case = opened(answered(), snoozed, *events)
    one = replace(terms(), team=Team("millers", agents, LENA))
    assert not tick(case, one, utc("22 12:00") - timedelta(seconds=1)).events
    decision = tick(case, one, utc("22 12:00"))
    assert [type(event) for event in decision.events] == [SnoozeOver]
    assert [(draft.content, draft.to.address) for draft in decision.drafts] == [
        (SnoozeOverMail(delayed=timedelta()), reminded.address)
    ]
    late = tick(case, one, utc("22 13:00")).drafts
    assert [draft.content for draft in late] == [SnoozeOverMail(delayed=timedelta(hours=1))]


def test_a_case_whose_agent_is_away_is_given_on_as_its_time_runs_out():
    away = replace(ANN, absences=(Period(utc("22 09:00"), utc("29 09:00")),))
    ladder = '[[ladder]]\nat = "50%"\nsend = "warning"\nto = ["assignee"]\n'
    one = replace(terms(ladder), team=Team("millers", (away, BOB), LENA))
    assert not tick(opened(), one, utc("22 11:59")).events
    decision = tick(opened(), one, utc("22 12:00"))
    assert decision.case.assignee == BOB.address
    assert BOB.address in {draft.to.address for draft in decision.drafts}


# --- calls


CALLS = '[[ladder]]\nat = "opened"\nsend = "escalation"\nto = ["assignee"]\nonly = ["stopped"]\n'


@pytest.mark.parametrize(
    ("severity", "more", "called"),
    [("stopped", CALLS, ["escalation"]), ("slow", CALLS, []), ("stopped", "", [])],
)
def test_whoever_a_mail_calls_is_called_by_the_same_act(severity, more, called):
    case = opened(severity=severity)
    decision = with_calls(Decision(case), terms(more), utc("22 10:00"))
    assert [draft.kind for draft in decision.drafts] == called


def test_a_suspicion_that_nobody_has_looked_at_is_told_once_more():
    suspected = on(RankOneSuspected, "22 10:30", DESK, severity="stopped", probability=0.3)
    case = opened(suspected)
    assert not tick(case, terms(), utc("22 12:29")).drafts
    decision = tick(case, terms(), utc("22 12:30"))  # when it would be due, were it of rank 1
    assert [event.target for event in decision.events if isinstance(event, StepTaken)] == ["suspicion"]
    assert {draft.to.address for draft in decision.drafts} >= {ANN.address}
    assert not tick(decision.case, terms(), utc("22 12:31")).drafts
    looked = on(AgentNoted, "22 11:00")
    assert not tick(opened(suspected, looked), terms(), utc("22 12:30")).drafts


def test_a_mail_without_a_case_calls_nobody():
    assert with_calls(Decision(None), terms(CALLS), utc("22 10:00")) == Decision(None)
