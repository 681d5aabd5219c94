"""A mail of ours does not arrive: what that is to its case, who hears, and who gets it then."""

from __future__ import annotations

from dataclasses import replace

import pytest

from helpdesk.core.receive.undelivered import arrived_after_all, came_back
from helpdesk.core.words.case import DESK
from helpdesk.core.words.decision import Returned
from helpdesk.core.words.events import (
    AgentAnswered,
    AnswerArrived,
    AnswerLost,
    CaseAssigned,
    CaseFlagged,
    CaseReopened,
    CaseResolved,
    MailBounced,
    WaitingSet,
)
from tests.core.mill import ANN, BOB, JO, LENA, on, opened, terms, utc

ANSWERED = on(AgentAnswered, "22 11:00", key="mail/2")
LOST = on(AnswerLost, "22 11:10", DESK, key="mail/2", left=True)
RELAY = Returned(1, JO.address, "relay", "permanent", "5.1.1", False, row=7, answer="mail/2", lost=True)
TO_ANN = Returned(1, ANN.address, "assigned", "permanent", "5.1.1", True, row=8, gives=True)


def happens(back, *events, case=None, one=None):
    """What that is to the case, and who hears: what its events are called, and kinds of mails with their readers."""
    at = utc("22 12:00")
    case = opened(*events) if case is None else case
    found, drafts = came_back(case, back, one or terms(), at=at, now=at)
    names = {AnswerLost: "lost", CaseReopened: "open", CaseFlagged: "flagged", MailBounced: "bounced"}
    told = [f"to {event.agent}" if isinstance(event, CaseAssigned) else names[type(event)] for event in found]
    assert told.pop(0) == "bounced"
    return told, [(draft.kind, draft.to.address) for draft in drafts]


TOLD = [("alert", ANN.address)]


@pytest.mark.parametrize(
    ("change", "events", "what", "hears"),
    [
        ({}, (ANSWERED,), ["flagged", "lost"], TOLD),
        ({}, (ANSWERED, on(WaitingSet, "22 11:00", seconds=0)), ["flagged", "lost", "open"], TOLD),
        ({}, (ANSWERED, on(CaseResolved, "22 11:00")), ["flagged", "lost", "open"], TOLD),
        ({"reason": "temporary"}, (ANSWERED,), ["lost"], TOLD),
        ({"lost": False}, (ANSWERED,), ["flagged"], TOLD),  # others have it
        ({"answer": "mail/1"}, (ANSWERED,), ["flagged"], TOLD),  # what was said since counts for itself
        ({"answer": ""}, (), ["flagged"], TOLD),
        ({}, (ANSWERED, LOST), ["flagged"], []),  # a second report
        ({"answer": "mail/3", "lost": False}, (ANSWERED, LOST), ["flagged"], TOLD),  # of another mail
        ({"reason": "complaint", "lost": False}, (ANSWERED,), [], []),
        ({"staff": True, "lost": False, "answer": ""}, (ANSWERED,), [], []),
    ],
)
def test_an_answer_that_reaches_nobody_is_none(change, events, what, hears):
    assert happens(replace(RELAY, **change), *events) == (what, hears)


@pytest.mark.parametrize(
    ("server", "status", "because"), [("550 no such user", "5.1.1", "550 no such user"), ("", "5.1.1", "5.1.1")]
)
def test_the_record_says_why_it_was_lost(server, status, because):
    at = utc("22 12:00")
    back = replace(RELAY, server=server, status=status)
    events, _ = came_back(opened(ANSWERED), back, terms(), at=at, now=at)
    assert [event.because for event in events if isinstance(event, AnswerLost)] == [because]


NOT_TO_BOB = on(MailBounced, "22 11:00", DESK, recipient=BOB.address, kind="assigned", reason="permanent", status="")
OTHER_MAIL = on(MailBounced, "22 11:00", DESK, recipient=BOB.address, kind="relay", reason="permanent", status="")


@pytest.mark.parametrize(
    ("change", "events", "given"),
    [
        ({}, (), BOB),
        ({"gives": False}, (), None),
        ({"for_good": False}, (), None),
        ({"recipient": "lena@desk.example"}, (), None),  # it is not hers
        ({}, (on(CaseAssigned, "22 11:00", agent=BOB.address),), None),  # any more
        ({}, (on(CaseAssigned, "22 11:00", agent=""),), None),
        ({}, (NOT_TO_BOB,), LENA),  # he has not heard of it either
        ({}, (OTHER_MAIL,), BOB),
    ],
)
def test_a_case_whose_agent_does_not_hear_of_it_is_given_to_another(change, events, given):
    """And to nobody to whom that has happened."""
    what, hears = happens(replace(TO_ANN, **change), *events)
    assert what == ([f"to {given.address}"] if given else [])
    assert hears == ([("assigned", given.address)] if given else [])


@pytest.mark.parametrize(
    ("events", "answer", "counts"),
    [
        ((ANSWERED, LOST), "mail/2", True),
        ((ANSWERED,), "mail/2", False),  # it was never lost
        ((ANSWERED, LOST), "mail/3", False),
        ((ANSWERED, LOST), "", False),
        ((ANSWERED, LOST, on(AnswerArrived, "22 11:30", DESK, key="mail/2")), "mail/2", False),  # again
    ],
)
def test_an_answer_that_is_sent_after_all_counts_from_then_on(events, answer, counts):
    decision = arrived_after_all(opened(*events), answer, JO.address, terms(), utc("22 12:00"))
    assert [type(event) for event in decision.events] == ([AnswerArrived] if counts else [])
    assert [draft.to for draft in decision.drafts] == ([ANN.person] if counts else [])
