"""What happens to a case that went into another, because of what happens on that one."""

from __future__ import annotations

import pytest

from helpdesk.core.receive.merged_cases import follow, heard
from helpdesk.core.words.case import DESK
from helpdesk.core.words.decision import Decision, Draft
from helpdesk.core.words.drafts import AssignedMail, ClosedMail, ProgressMail, RelayMail
from helpdesk.core.words.events import (
    AgentAnswered,
    AgentNoted,
    CallNotNeeded,
    CaseAssigned,
    CaseClosed,
    CaseFlagged,
    CaseReopened,
    CaseResolved,
    CustomerWrote,
    MergedInto,
    MergedWrote,
    OrderConfirmed,
    OrderRefused,
    PageAcknowledged,
    ParticipantAdded,
    RankOneSuspected,
    StepTaken,
    WaitingSet,
)
from helpdesk.core.words.placement import Placement
from helpdesk.core.words.terms import RelatedCase
from helpdesk.person import Person
from tests.core.mill import ANN, BOB, JO, KIM, arrival, on, opened, terms, utc

UTE = Person("ute@acme.example", "Ute")
NOW = utc("22 12:00")
BY_AGENT = arrival(ANN.person, at="22 12:00", placement=Placement(1, "agent", "test", agent=ANN))
BY_CUSTOMER = arrival(JO, at="22 12:00")


def merged(*events, requester=UTE.address, **facts):
    """Ute's case, which went into Jo's."""
    into = on(MergedInto, "22 10:30", into="HD-1", shared=())
    return opened(*events, into, requester=requester, requester_name="Ute", **facts).numbered(2)


def followed(case, *events, came=BY_AGENT, drafts=(), before=None):
    """The merged case after this has happened on the other one, and the mails to its people."""
    before = before or opened()
    decision = Decision(before.after(*events), tuple(events), tuple(drafts))
    with_merged = terms(merged=(RelatedCase(case, terms()),))
    ((other, _),) = follow(before, decision, came, with_merged, NOW).also
    assert other.case.events == (*case.events, *other.events)
    assert all(event.on == "HD-1" and event.recorded_at == NOW for event in other.events)
    return other


ANSWERED, WAITS = on(AgentAnswered, "22 12:00"), on(WaitingSet, "22 12:00", seconds=0)
RESOLVED, CLOSED = on(CaseResolved, "22 12:00"), on(CaseClosed, "22 12:00")
REOPENED, ACKNOWLEDGED = on(CaseReopened, "22 12:00"), on(PageAcknowledged, "22 12:00")
NOT_NEEDED, CONFIRMED = on(CallNotNeeded, "22 12:00"), on(OrderConfirmed, "22 12:00", key="mail/9")
CALLED = on(StepTaken, "22 10:10", DESK, key="call", kind="escalation", to=(ANN.address,), acknowledge=True)
LOOKED = on(PageAcknowledged, "22 10:20")
SUSPECTED = on(RankOneSuspected, "22 10:15", DESK, severity="stopped", probability=0.3)
REFUSED = on(OrderRefused, "22 10:10", DESK, agent=ANN.address, lines=("#close",), key="mail/9")
OVER, WAITED = on(CaseResolved, "22 10:10"), on(WaitingSet, "22 10:10", seconds=0)


@pytest.mark.parametrize(
    ("before", "events", "came", "happens"),
    [
        ((), (ANSWERED,), BY_AGENT, [AgentAnswered]),
        ((), (on(AgentNoted, "22 12:00"),), BY_AGENT, []),
        ((), (on(CaseAssigned, "22 12:00", agent=BOB.address),), BY_AGENT, [CaseAssigned]),
        ((), (ANSWERED, WAITS), BY_AGENT, [AgentAnswered, WaitingSet]),
        # an end, and its taking back, once
        ((), (RESOLVED,), BY_AGENT, [CaseResolved]),
        ((OVER,), (RESOLVED,), BY_AGENT, []),
        ((OVER,), (CLOSED,), BY_AGENT, [CaseClosed]),
        ((OVER,), (REOPENED,), BY_AGENT, [CaseReopened]),
        ((), (REOPENED,), BY_AGENT, []),
        # calls: who looks at the one has looked at the other
        ((CALLED,), (ACKNOWLEDGED,), BY_AGENT, [PageAcknowledged]),
        ((), (ACKNOWLEDGED,), BY_AGENT, []),
        ((CALLED, LOOKED), (ACKNOWLEDGED,), BY_AGENT, []),
        ((CALLED,), (on(AgentNoted, "22 12:00"),), BY_AGENT, [PageAcknowledged]),
        ((CALLED,), (on(CustomerWrote, "22 12:00", JO.address),), BY_CUSTOMER, []),
        ((SUSPECTED,), (on(AgentNoted, "22 12:00"),), BY_AGENT, [PageAcknowledged]),
        ((SUSPECTED,), (on(CustomerWrote, "22 12:00", JO.address),), BY_CUSTOMER, []),
        ((CALLED, LOOKED), (NOT_NEEDED,), BY_AGENT, [CallNotNeeded]),
        ((), (NOT_NEEDED,), BY_AGENT, []),  # there was no call about this one
        # orders that nothing had proven
        ((REFUSED,), (CONFIRMED,), BY_AGENT, [OrderConfirmed]),
        ((), (CONFIRMED,), BY_AGENT, []),
        # neither waits alone
        ((WAITED,), (on(CustomerWrote, "22 12:00", JO.address),), BY_CUSTOMER, [CaseReopened]),
        ((), (on(CustomerWrote, "22 12:00", JO.address),), BY_CUSTOMER, []),
        ((OVER,), (on(CustomerWrote, "22 12:00", JO.address),), BY_CUSTOMER, []),
        ((WAITED,), (WAITS,), BY_AGENT, [WaitingSet]),
    ],
)
def test_what_is_done_on_the_one_happens_to_the_other(before, events, came, happens):
    assert [type(event) for event in followed(merged(*before), *events, came=came).events] == happens


def test_of_nobody_who_could_be_written_to_nothing_is_answered():
    assert not followed(merged(requester=""), ANSWERED).events


@pytest.mark.parametrize(
    ("people", "kinds"),
    [
        ({}, [("relay", UTE.address), ("closed", UTE.address)]),
        ({"requester": JO.address}, []),  # who is on both gets each mail once
        ({"requester": ""}, []),
    ],
)
def test_the_people_of_both_are_told_of_answers_and_ends_alone(people, kinds):
    progress, given = Draft(ProgressMail(), JO, "mail/1"), Draft(AssignedMail(), ANN.person, "mail/1")
    drafts = (Draft(RelayMail(), JO, "mail/1", "We are on it."), Draft(ClosedMail(), JO, "mail/1"), progress, given)
    other = followed(merged(**people), ANSWERED, RESOLVED, drafts=drafts)
    assert [(draft.kind, draft.to.address) for draft in other.drafts] == kinds


def test_who_is_on_several_of_them_is_told_once():
    cases = (merged(), merged().numbered(3))
    with_merged = terms(merged=tuple(RelatedCase(case, terms()) for case in cases))
    decision = Decision(opened().after(ANSWERED), (ANSWERED,), (Draft(RelayMail(), JO, "mail/1", "Yes."),))
    also = follow(opened(), decision, BY_AGENT, with_merged, NOW).also
    assert [[draft.to for draft in other.drafts] for other, _ in also] == [[UTE], []]


def test_nothing_follows_a_case_into_which_none_went_nor_one_that_is_new():
    decision = Decision(opened().after(ANSWERED), (ANSWERED,))
    assert follow(opened(), decision, BY_AGENT, terms(), NOW) == decision
    with_merged = terms(merged=(RelatedCase(merged(), terms()),))
    assert follow(None, decision, BY_AGENT, with_merged, NOW) == decision
    assert follow(opened().numbered(7), decision, BY_AGENT, with_merged, NOW) == decision
    assert follow(opened(), Decision(None), BY_AGENT, with_merged, NOW) == Decision(None)


@pytest.mark.parametrize(
    ("before", "kinds", "status"),
    [
        ((), [MergedWrote, CaseFlagged], "open"),
        ((OVER,), [MergedWrote, CaseFlagged, CaseReopened], "open"),
        ((on(CaseClosed, "22 10:10"),), [MergedWrote, CaseFlagged, CaseReopened], "open"),
        ((WAITED,), [MergedWrote, CaseFlagged], "open"),
    ],
)
def test_the_word_of_a_merged_cases_customer_opens_the_one_that_goes_on(before, kinds, status):
    flag, joins = on(CaseFlagged, "22 12:00", DESK, tag="masked"), on(ParticipantAdded, "22 12:00", address=KIM.address)
    case, events = heard(opened(*before), Decision(None, (flag, joins)), BY_CUSTOMER, merged(), NOW)
    assert ([type(event) for event in events], case.status) == (kinds, status)
    assert case.participants == ()
