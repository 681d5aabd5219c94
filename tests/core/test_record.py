"""What every decision adds: breaches, also those that a mail read late undoes or moves, and what a customer hears of progress."""

from __future__ import annotations

import pytest

from helpdesk.core.record import on_the_record, progress_mails
from helpdesk.core.words.case import DESK
from helpdesk.core.words.decision import Decision, Draft
from helpdesk.core.words.drafts import ProgressMail, RelayMail
from helpdesk.core.words.events import (
    AgentAnswered,
    AgentNoted,
    AnswerLost,
    CaseAssigned,
    CaseResolved,
    ClockBreached,
    ParticipantAdded,
    SeveritySet,
)
from tests.core.mill import ANN, BOB, JO, KIM, on, opened, terms, utc


def to(severity, at, rank):
    return on(SeveritySet, at, severity=severity, rank=rank, was="slow")


def recorded(case, *events, now):
    """What is added to these events of a mail."""
    decision = on_the_record(Decision(case.after(*events), tuple(events)), terms(), utc(now))
    assert decision.case.events == (*case.events, *decision.events)
    return decision.events[len(events) :]


def told(events):
    return [
        f"breached {event.at:%H:%M}" if isinstance(event, ClockBreached) else f"withdrawn: {event.because}"
        for event in events
    ]


@pytest.mark.parametrize(
    ("events", "now", "added"),
    [
        ((), "22 13:59", []),  # four hours after the opening
        ((), "22 14:00", []),  # on the dot is on time
        ((), "22 15:00", ["breached 14:00"]),
        ((on(AgentAnswered, "22 14:00"),), "22 15:00", []),
        ((on(AgentAnswered, "22 14:30"),), "22 15:00", ["breached 14:00"]),
        ((to("stopped", "22 11:00", 1),), "22 15:00", ["breached 12:00"]),
    ],
)
def test_a_breach_is_recorded_with_its_own_instant(events, now, added):
    assert told(recorded(opened(), *events, now=now)) == added


@pytest.mark.parametrize(
    ("events", "added"),
    [
        ((), []),  # it is on the record once
        ((on(AgentAnswered, "22 13:00"),), ["withdrawn: answered in time, and read late"]),
        ((on(AgentAnswered, "22 14:00"),), ["withdrawn: answered in time, and read late"]),  # on the dot
        ((on(AgentAnswered, "22 14:30"),), []),
        ((on(AgentNoted, "22 13:00"),), []),  # which is no answer
        ((to("plain", "22 13:00", 3),), ["withdrawn: changed in time, and read late"]),
        ((to("stopped", "22 11:00", 1),), ["withdrawn: changed in time, and read late", "breached 12:00"]),
        ((to("stopped", "22 14:30", 1),), []),  # what comes after it moves it no more
    ],
)
def test_what_came_in_time_and_was_read_late_takes_a_breach_back_or_moves_it(events, added):
    """An empty list: the same breach as before stands."""
    case = on_the_record(Decision(opened()), terms(), utc("22 14:01")).case
    assert told(recorded(case, *events, now="22 15:00")) == added


def test_a_breach_that_was_taken_back_happens_again_when_it_does():
    late = on_the_record(Decision(opened()), terms(), utc("22 14:01")).case
    read_late = on(AgentAnswered, "22 13:00")
    answered = on_the_record(Decision(late.after(read_late), (read_late,)), terms(), utc("22 14:02")).case
    lost = on(AnswerLost, "22 14:10", DESK, key="", left=False)
    assert told(recorded(answered, lost, now="22 14:10")) == ["breached 14:00"]


@pytest.mark.parametrize(
    ("monitor", "insists", "written_to"),
    [(False, False, [JO, KIM]), (True, False, [KIM]), (True, True, [JO, KIM])],
)
def test_nothing_is_mailed_to_a_monitor_unless_an_agent_insists(monitor, insists, written_to):
    case = opened(on(ParticipantAdded, "22 11:00", address=KIM.address, name=KIM.name), monitor=monitor)
    drafts = tuple(Draft(RelayMail(), person, "mail/1") for person in (JO, KIM))
    decision = on_the_record(Decision(case, (), drafts, insists=insists), terms(), utc("22 11:00"))
    assert [draft.to for draft in decision.drafts] == written_to


def test_without_a_case_there_is_nothing_to_record():
    assert on_the_record(Decision(None), terms(), utc("22 14:00")) == Decision(None)


# --- progress


PROGRESS = "[lifecycle]\nprogress_mails = true\n"
UNASSIGNED = opened(on(CaseAssigned, "22 10:00", agent=""))
TO_BOB = on(CaseAssigned, "22 11:00", agent=BOB.address)


@pytest.mark.parametrize(
    ("before", "events", "said"),
    [
        (opened(), (TO_BOB,), ProgressMail(owner_changed=True, owner="Bob")),
        (opened(), (on(CaseAssigned, "22 11:00", agent=""),), ProgressMail(owner_changed=True)),
        (opened(), (to("stopped", "22 11:00", 1),), ProgressMail(severity_was="Slow")),
        (opened(), (to("stopped", "22 11:00", 1), TO_BOB), ProgressMail("Slow", owner_changed=True, owner="Bob")),
        (UNASSIGNED, (TO_BOB,), None),  # that somebody has it is no change
        (UNASSIGNED, (to("stopped", "22 11:00", 1), TO_BOB), ProgressMail(severity_was="Slow")),
        (opened(), (on(CaseAssigned, "22 11:00", agent=ANN.address),), None),
        (opened(), (to("slow", "22 11:00", 2),), None),
        (opened(), (on(AgentNoted, "22 11:00"),), None),
        (opened(), (TO_BOB, on(CaseResolved, "22 11:00")), None),  # they hear that it is over
    ],
)
def test_everybody_on_a_case_hears_of_progress(before, events, said):
    before = before.after(on(ParticipantAdded, "22 10:30", address=KIM.address, name=KIM.name))
    drafts = list(progress_mails(before, before.after(*events), terms(PROGRESS), "mail/2"))
    assert [(draft.to, draft.content, draft.key) for draft in drafts] == [
        (person, said, "mail/2/progress") for person in (JO, KIM) if said
    ]


def test_nobody_hears_of_it_where_the_policy_does_not_want_it_nor_of_a_case_that_is_new():
    after = opened().after(TO_BOB)
    assert not list(progress_mails(opened(), after, terms(), "mail/2"))
    assert not list(progress_mails(None, after, terms(PROGRESS), "mail/2"))
    assert not list(progress_mails(opened(), None, terms(PROGRESS), "mail/2"))
