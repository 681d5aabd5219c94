"""Who hears of a case, and when, where nobody does anything about it, and where somebody does: ladder and calls by the hour."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

import pytest

from helpdesk.core.clocks.calling import acknowledger, again, is_under_way
from helpdesk.core.clocks.ladder import called, climb, may_call, outstanding, passed, unacknowledged
from helpdesk.core.clocks.timeline import clocks
from helpdesk.core.words.case import DESK, case_from
from helpdesk.core.words.events import (
    AgentAnswered,
    CalledAgain,
    CaseExempted,
    CaseReopened,
    CaseResolved,
    CustomerThanked,
    CustomerWrote,
    MonitorReported,
    PageAcknowledged,
    SeveritySet,
)
from helpdesk.core.words.people import Customer
from helpdesk.offering.policy import Calls
from helpdesk.openhours.calendar import Calendar, parse_hours
from helpdesk.openhours.rotation import Rotation
from helpdesk.openhours.walltime import Period, parse_handovers
from helpdesk.person import Person
from tests.core.mill import ANN, BOB, JO, TEAM, opened, terms, utc

LADDER = """
[[ladder]]
at = "opened"
send = "escalation"
to = ["on-call"]
only = ["stopped"]
hours = "always"
repeat = "20m"
[[ladder]]
at = "50%"
send = "warning"
to = ["assignee"]
[[ladder]]
at = "due"
send = "breach"
to = ["assignee"]
[[ladder]]
at = "due + 1h"
send = "escalation"
to = ["lead"]
"""
ON_CALL = Rotation("on call", parse_handovers("mon 09:00", "UTC"), date(2026, 5, 4), (ANN.person,), (BOB.person,))
CALLED = replace(TEAM, rotation=ON_CALL, calls=Calls(at_most=2))
MIA, OPS = "mia@desk.example", Person("ops@desk.example")
KEY_ACCOUNT = Customer("acme", "Acme", "mill", plan="flour", domains=("acme.example",), account_contacts=(MIA,))
NIGHT = "22 02:00"


def under(more=LADDER, team=CALLED, **others):
    return replace(terms(more), team=team, operators=(OPS,), **others)


def name(address):
    return address.partition("@")[0]


def heard(case, known, *then, until="22 23:00"):
    """Each mail that time alone brings about, as `minute what: to whom`, while that happens which happens `then`."""
    told, coming = [], list(then)
    while True:
        steps = outstanding(case, known, clocks(case, known.policy))
        at = steps[0].at if steps else utc("31 00:00")
        if coming and coming[0].at <= at:
            case = case_from(1, (*case.events, coming.pop(0)))
        elif at > utc(until):
            return told
        else:
            events, drafts = climb(case, known, clocks(case, known.policy), at)
            told += [f"{at:%d %H:%M} {_kind(draft)}: {name(draft.to.address)}" for draft in drafts]
            case = case_from(1, (*case.events, *events))


def _kind(draft):
    return type(draft.content).__name__.removesuffix("Mail").lower()


def ack(at, by=ANN.address):
    return PageAcknowledged(utc(at), utc(at), by)


def answer(at):
    return AgentAnswered(utc(at), utc(at), ANN.address)


def done(at):
    return CaseResolved(utc(at), utc(at), ANN.address)


def excluded(at):
    return CaseExempted(utc(at), utc(at), ANN.address, key="sails", because="a sail of their own")


def well(at):
    return CustomerThanked(utc(at), utc(at), JO.address, confirms=True, ends_calls=True)


def again_open(at):
    return CaseReopened(utc(at), utc(at), JO.address)


def word(at):
    return CustomerWrote(utc(at), utc(at), JO.address)


def wrote(at, *, anew):
    return CalledAgain(utc(at), utc(at), DESK, because="the customer wrote", anew=anew)


def severity(at, key, by=BOB.address):
    rank = {"stopped": 1, "slow": 2, "plain": 3}[key]
    return SeveritySet(utc(at), utc(at), by, severity=key, rank=rank, was="slow")


def lines(text):
    return [line.strip() for line in text.strip().splitlines()]


NOBODY_ANSWERS = """
22 02:00 call: ann
22 02:15 call: bob
22 02:20 call: ann
22 02:30 call: lena
22 02:40 call: ann
22 02:45 call: mia
22 03:00 call: ann
22 03:00 call: bob
22 03:00 call: lena
22 03:00 call: mia
22 03:00 call: ops
22 04:00 call: ann
22 04:00 call: bob
22 04:00 call: lena
22 04:00 call: mia
"""
BY_DAY = """
22 10:00 warning: ann
22 11:00 breach: ann
22 12:00 escalation: lena
"""


def test_a_call_that_nobody_answers_goes_on_seat_by_seat_then_hourly_and_ends():
    case = opened(at=NIGHT, severity="stopped")
    assert sorted(heard(case, under(customer=KEY_ACCOUNT), until="22 09:00")) == lines(NOBODY_ANSWERS)


AT_NIGHT = Calendar(name="night", timezone="UTC", windows=parse_hours("mon-fri 00:00-08:00"))
DAYTIME = Calendar(name="day", timezone="UTC", windows=parse_hours("mon-fri 09:00-17:00"))
AWAY = Period(utc("20 00:00"), utc("25 00:00"))


def with_bob(**others):
    """The team with a Bob who is second on call, or somebody else is."""
    return replace(CALLED, agents=(ANN, replace(BOB, **others)))


ALONE = replace(CALLED, rotation=replace(ON_CALL, secondary=()))
HAS_IT = [ack("22 02:10", BOB.address), severity("22 02:30", "slow"), severity("22 03:00", "stopped")]


@pytest.mark.parametrize(
    ("team", "then", "until", "expected"),
    [
        pytest.param(TEAM, [], "22 23:00", BY_DAY, id="without a rotation nobody is called"),
        pytest.param(CALLED, [ack("22 02:10")], "22 23:00", "22 02:00 call: ann" + BY_DAY, id="ack"),
        pytest.param(CALLED, [ack("22 02:00")], "22 23:00", BY_DAY, id="ack in that second"),
        pytest.param(CALLED, [answer("22 02:10")], "22 23:00", "22 02:00 call: ann", id="answer"),
        pytest.param(CALLED, [done("22 02:10")], "22 23:00", "22 02:00 call: ann", id="resolved"),
        pytest.param(CALLED, [excluded("22 02:10")], "22 23:00", "22 02:00 call: ann", id="excluded"),
        pytest.param(CALLED, [well("22 02:10")], "22 23:00", "22 02:00 call: ann" + BY_DAY, id="all is well"),
        pytest.param(
            CALLED,
            [well("22 02:10"), word("22 02:12")],
            "22 02:15",
            "22 02:00 call: ann\n22 02:15 call: bob",
            id="and yet not",
        ),
        pytest.param(
            CALLED,
            [severity("22 02:10", "slow")],
            "22 11:00",
            "22 02:00 call: ann\n22 11:00 warning: ann",
            id="lowered",
        ),
        pytest.param(
            ALONE,
            [],
            "22 02:20",
            "22 02:00 call: ann\n22 02:15 call: lena\n22 02:20 call: ann",
            id="the lead sits in for a second",
        ),
        pytest.param(
            replace(CALLED, lead=None),
            [],
            "22 02:40",
            "22 02:00 call: ann\n22 02:15 call: bob\n22 02:20 call: ann\n22 02:40 call: ann",
            id="nobody leads",
        ),
        pytest.param(CALLED, HAS_IT, "22 09:00", "22 02:00 call: ann", id="who has it raises it"),
        pytest.param(with_bob(hours=AT_NIGHT), HAS_IT, "22 09:00", "22 02:00 call: ann", id="who is on duty raises it"),
        pytest.param(with_bob(hours=DAYTIME), HAS_IT, "22 09:00", "22 02:00 call: ann", id="who is second raises it"),
        pytest.param(
            with_bob(absences=(AWAY,)), HAS_IT, "22 03:00", "22 02:00 call: ann\n22 03:00 call: ann", id="away"
        ),
        pytest.param(
            replace(ALONE, agents=(ANN, replace(BOB, hours=DAYTIME))),
            HAS_IT,
            "22 03:00",
            "22 02:00 call: ann\n22 03:00 call: ann",
            id="neither on duty nor on call",
        ),
        pytest.param(
            CALLED, [*HAS_IT[:2], severity("22 03:10", "stopped")], "22 09:00", "22 02:00 call: ann", id="an hour after"
        ),
        pytest.param(
            CALLED,
            [*HAS_IT[:2], severity("22 03:11", "stopped")],
            "22 03:11",
            "22 02:00 call: ann\n22 03:11 call: ann",
            id="later than that",
        ),
        pytest.param(
            CALLED,
            [*HAS_IT[:2], severity("22 03:00", "stopped", DESK)],
            "22 03:00",
            "22 02:00 call: ann\n22 03:00 call: ann",
            id="a mail raises it",
        ),
        pytest.param(
            CALLED,
            [*HAS_IT[:2], severity("22 03:00", "stopped", ANN.address)],
            "22 03:00",
            "22 02:00 call: ann\n22 03:00 call: ann",
            id="a colleague of who has it",
        ),
        pytest.param(
            CALLED,
            [answer("22 02:10"), *HAS_IT[1:]],
            "22 03:15",
            "22 02:00 call: ann\n22 03:00 call: ann\n22 03:15 call: bob",
            id="raised after an answer",
        ),
        pytest.param(
            CALLED,
            [ack("22 02:10"), wrote("22 02:30", anew=True)],
            "22 02:50",
            "22 02:00 call: ann\n22 02:30 call: ann\n22 02:45 call: bob\n22 02:50 call: ann",
            id="called anew",
        ),
        pytest.param(
            CALLED,
            [wrote("22 02:10", anew=False)],
            "22 02:30",
            "22 02:00 call: ann\n22 02:10 call: ann\n22 02:15 call: bob\n22 02:30 call: ann\n22 02:30 call: lena",
            id="called again meanwhile",
        ),
    ],
)
def test_a_case_of_the_night_is_told_to(team, then, until, expected):
    case = opened(at=NIGHT, severity="stopped")
    assert sorted(heard(case, under(team=team), *then, until=until)) == lines(expected)


NEWS = {"because": "the customer wrote"}
STOPPED_AT_NIGHT = [ack("22 02:10", BOB.address)]


@pytest.mark.parametrize(
    ("case", "team", "at", "anew"),
    [
        pytest.param(opened(severity="slow", at=NIGHT), CALLED, "22 04:00", None, id="a milder case"),
        pytest.param(opened(severity="stopped", at=NIGHT), TEAM, "22 04:00", None, id="nobody is ever on call"),
        pytest.param(opened(severity="stopped", at=NIGHT), CALLED, "22 04:00", None, id="its agent is there"),
        pytest.param(opened(severity="stopped", at=NIGHT), "away", "22 04:00", True, id="its agent is away"),
        pytest.param(
            opened(wrote("22 03:45", anew=True), severity="stopped", at=NIGHT),
            "away",
            "22 04:00",
            True,
            id="a quarter of an hour ago",
        ),
        pytest.param(
            opened(wrote("22 03:46", anew=True), severity="stopped", at=NIGHT),
            "away",
            "22 04:00",
            None,
            id="less than that",
        ),
        pytest.param(
            opened(ack("22 03:00", BOB.address), severity="stopped", at=NIGHT),
            "away",
            "22 04:00",
            None,
            id="acknowledged an hour ago",
        ),
        pytest.param(
            opened(ack("22 02:59", BOB.address), severity="stopped", at=NIGHT),
            "away",
            "22 04:00",
            True,
            id="longer ago",
        ),
        pytest.param(
            opened(ack("22 03:30"), severity="stopped", at=NIGHT), "away", "22 04:00", True, id="by who is away now"
        ),
        pytest.param(
            opened(ack("22 03:30", JO.address), severity="stopped", at=NIGHT),
            "away",
            "22 04:00",
            True,
            id="by nobody of ours",
        ),
        pytest.param(
            opened(
                ack("22 03:30", BOB.address),
                severity("22 03:40", "slow"),
                severity("22 03:50", "stopped"),
                severity="stopped",
                at=NIGHT,
            ),
            "away",
            "22 04:00",
            True,
            id="raised since",
        ),
        pytest.param(
            opened(
                severity("22 03:20", "slow"),
                ack("22 03:30", BOB.address),
                severity("22 03:40", "stopped"),
                severity("22 03:40", "stopped"),
                severity="stopped",
                at=NIGHT,
            ),
            "away",
            "22 04:00",
            True,
            id="raised since it was milder",
        ),
        pytest.param(
            opened(ack("22 03:30", BOB.address), severity("22 03:40", "stopped"), severity="stopped", at=NIGHT),
            "away",
            "22 04:00",
            None,
            id="said again",
        ),
        pytest.param(
            opened(ack("22 03:30", BOB.address), again_open("22 03:40"), severity="stopped", at=NIGHT),
            "away",
            "22 04:00",
            True,
            id="opened again since",
        ),
    ],
)
def test_a_customers_word_calls_where_its_agent_is_not_there_and_nobody_has_it(case, team, at, anew):
    known = under(team=replace(CALLED, agents=(replace(ANN, absences=(AWAY,)), BOB)) if team == "away" else team)
    found = again(case, utc(at), known, utc(at), **NEWS)
    assert [event.anew for event in found] == ([] if anew is None else [anew])


def test_who_opens_a_case_again_wakes_people_although_somebody_had_it():
    known = under(team=replace(CALLED, agents=(replace(ANN, absences=(AWAY,)), BOB)))
    case = opened(ack("22 03:30", BOB.address), severity="stopped", at=NIGHT)
    assert acknowledger(case, known, utc("22 04:00")) == BOB
    assert [event.anew for event in again(case, utc("22 04:00"), known, utc("22 04:00"), reopened=True, **NEWS)] == [
        True
    ]


def monitor(at, state):
    return MonitorReported(utc(at), utc(at), "nagios@acme.example", state=state, rank=1)


@pytest.mark.parametrize(
    ("then", "monitored", "under_way"),
    [
        ([], False, True),
        ([ack("22 02:10")], False, False),
        ([answer("22 02:10")], False, False),
        ([well("22 02:10")], False, False),
        ([well("22 02:10"), word("22 02:20")], False, True),  # it is not well after all
        ([monitor("22 02:10", "recovered")], False, True),  # what it watches is not what a person told
        ([monitor("22 02:10", "recovered")], True, False),
        ([monitor("22 02:10", "recovered"), monitor("22 02:11", "notice")], True, False),
        ([monitor("22 02:10", "recovered"), monitor("22 02:11", "problem")], True, True),
        ([well("22 02:10")], True, True),  # a monitor does not thank
    ],
)
def test_a_call_is_under_way_until_somebody_has_it_or_all_is_well(then, monitored, under_way):
    case = replace(opened(at=NIGHT, severity="stopped"), monitor=monitored)
    events, _ = climb(case, under(), clocks(case, under().policy), utc("22 02:00"))
    case = replace(case_from(1, (*case.events, *events, *then)), monitor=monitored)
    assert is_under_way(case) is under_way
    assert unacknowledged(case) is not any(isinstance(event, PageAcknowledged) for event in then)
    assert called(case) == (frozenset({ANN.address}) if unacknowledged(case) else frozenset())


def test_after_a_night_without_the_desk_each_person_gets_one_mail_of_the_highest_step():
    case, now = opened(at=NIGHT, severity="stopped"), utc("22 12:30")
    events, drafts = climb(case, under(), clocks(case, under().policy), now)
    told = {name(draft.to.address): draft for draft in drafts}
    assert {who: _kind(draft) for who, draft in told.items()} == {
        "ann": "call",
        "bob": "call",
        "lena": "escalation",
        "ops": "call",
    }
    assert {"50%", "due"} < set(told["lena"].content.missed)
    assert told["lena"].content.delayed == timedelta(minutes=30)
    assert {"50%", "due"} < {event.step for event in events if event.collapsed}
    kept = passed(case, under(), clocks(case, under().policy), now)
    assert [event.key for event in kept[:-1]] == [event.key for event in events]
    assert not any(event.to for event in kept[:-1])
    assert "first response 50%" in kept[-1].tag
    assert passed(case, under(), clocks(case, under().policy), utc("22 01:59")) == ()


@pytest.mark.parametrize(("level", "expected"), [("stopped", True), ("slow", False)])
def test_only_the_worst_may_call(level, expected):
    assert may_call(opened(severity=level), under()) is expected
