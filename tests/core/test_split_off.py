"""A customer's mail becomes a case of its own: whose it is, who is on it, and which answer it has had."""

from __future__ import annotations

from dataclasses import replace

import pytest

from helpdesk.core.receive.splitting import split_off
from helpdesk.core.words.decision import Decision, Piece, Split
from helpdesk.core.words.events import (
    AcknowledgmentDecided,
    AgentAnswered,
    CaseAssigned,
    CaseOpened,
    CustomerWrote,
    EscalationRequested,
    ParticipantAdded,
    RankOneSuspected,
    UnseenWord,
)
from helpdesk.core.words.placement import Placement
from helpdesk.person import Person
from tests.core.mill import ANN, BOB, JO, KIM, MAILBOX, arrival, on, opened, terms, utc

NOW = utc("22 12:00")
LEE = Person("lee@acme.example")
WORD = on(CustomerWrote, "22 11:00", JO.address, message_id="<1@acme.example>")
KIM_JOINS = on(ParticipantAdded, "22 10:10", address=KIM.address)


def split(*events, to=(), cc=(), text="", subject="The export", said="Please escalate: the export is down, too."):
    """The case that is made of the mail of eleven o'clock on Jo's case, which is Ann's."""
    old = opened(*events)
    came = arrival(JO, said, at="22 11:00", number=5)
    came = replace(came, message=replace(came.message, to=(Person(MAILBOX.address), *to), cc=cc))
    order = Split(subject, text, ANN)
    mail = arrival(
        ANN.person, text, "22 12:00", piece=Piece(came, terms(), 2, 1), placement=Placement(1, "agent", "test")
    )
    ((new, _),) = split_off(Decision(old, split=order), mail, NOW).also
    return new


def of(kind, decision):
    return [event for event in decision.events if isinstance(event, kind)]


def test_it_begins_when_its_mail_came_and_is_with_the_agent_of_the_old_one():
    new = split(WORD)
    (first,) = of(CaseOpened, new)
    assert (first.at, first.split_from, new.case.subject, new.case.links) == (WORD.at, "HD-1", "The export", ("HD-1",))
    assert (new.case.assignee, new.outcome, new.moves) == (ANN.address, "opened", 5)
    assert [event.sent for event in of(AcknowledgmentDecided, new)] == [False]
    assert "ack" not in [draft.kind for draft in new.drafts]
    assert not of((EscalationRequested, RankOneSuspected), new), "of these somebody has heard"


def test_of_a_case_that_nobody_has_it_is_given_as_any_other():
    new = split(on(CaseAssigned, "22 10:05", agent=""), WORD)
    assert new.case.assignee in {ANN.address, BOB.address}


@pytest.mark.parametrize("where", ["to", "cc"])
def test_on_copy_of_it_stay_those_who_were_on_the_old_case(where):
    new = split(KIM_JOINS, WORD, **{where: (KIM, LEE)})
    assert [person.address for person in new.case.participants] == [KIM.address]


def answered(at, *unseen):
    return on(AgentAnswered, at, key="mail/8", unseen=unseen)


UNSEEN = UnseenWord(message_id=WORD.message_id, at=WORD.at.isoformat())


@pytest.mark.parametrize(
    ("events", "counts"),
    [
        ((WORD,), None),
        ((answered("22 10:30"), WORD), None),  # to what was before it
        ((WORD, answered("22 11:00")), "22 11:00"),
        ((WORD, answered("22 11:30")), "22 11:30"),
        ((WORD, answered("22 11:30"), answered("22 11:40")), "22 11:30"),
        ((WORD, answered("22 11:30", UNSEEN)), None),  # the agent had not seen it
        ((WORD, answered("22 11:30", UNSEEN), answered("22 11:40")), "22 11:40"),
        ((on(CustomerWrote, "22 10:50", JO.address), answered("22 11:30")), "22 11:30"),
    ],
)
def test_an_answer_that_the_customer_has_had_since_counts(events, counts):
    answers = of(AgentAnswered, split(*events))
    assert [(event.at, event.on, event.recorded_at) for event in answers] == (
        [(utc(counts), "HD-1", NOW)] if counts else []
    )


def test_what_the_agent_writes_below_the_order_is_its_first_answer_to_each_alone():
    new = split(KIM_JOINS, WORD, cc=(KIM,), text="We look at it.")
    assert [(event.at, event.by) for event in of(AgentAnswered, new)] == [(NOW, ANN.address)]
    assert [(draft.to.address, draft.text) for draft in new.drafts if draft.kind == "relay"] == [
        (JO.address, "We look at it."),
        (KIM.address, "We look at it."),
    ]
    assert not [draft for draft in split(WORD).drafts if draft.kind == "relay"]


def test_where_somebody_else_splits_it_off_the_agent_of_the_old_case_hears():
    new = split(on(CaseAssigned, "22 10:05", agent=BOB.address), WORD)
    assert new.case.assignee == BOB.address
    assert [draft.to for draft in new.drafts if draft.kind == "assigned"] == [BOB.person]
