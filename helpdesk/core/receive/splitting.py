"""A customer's mail becomes a case of its own, by an agent's `#split [subject]`.

It is the mail that the agent answers; where they answer something else, the customer's newest. The new case begins when
that mail was received: its clocks run from there, its severity is judged from that mail alone, and it is with the
agent of the old case. Nobody acknowledges it a second time. What the agent writes below the order is its first answer;
an answer that the customer had on the old case since counts, too. On the old case the mail waits for no answer any
more; what was late there stays late.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from helpdesk.core.clocks.timeline import is_left_open
from helpdesk.core.receive import customer, entry
from helpdesk.core.staffing import relief
from helpdesk.core.words.case import DESK, Case, case_from
from helpdesk.core.words.decision import Arrival, Decision, Draft, Piece, Split
from helpdesk.core.words.drafts import AssignedMail, RelayMail
from helpdesk.core.words.events import (
    AcknowledgmentDecided,
    AgentAnswered,
    CaseAssigned,
    CaseOpened,
    CustomerWrote,
    EscalationRequested,
    Event,
    RankOneSuspected,
)

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import datetime

NOTHING = "#split on a case with a further mail of the customer's; the first one is the case itself"
FIRST = "#split in answer to the mail that is to become a case; the first one is the case itself"
ERASED = "#split of a mail that is still there; this one was erased"


def split_off(decision: Decision, arrival: Arrival, now: datetime) -> Decision:
    """Make a case of a customer's mail on another one, in the same transaction."""
    case, piece, order = decision.case, arrival.piece, decision.split
    if case is None or piece is None or order is None:
        raise ValueError("an order to split and what it is about were expected")
    came = _of_its_people(piece, case, order.subject)
    alone = customer.opened(came, piece.terms, now)
    events = tuple(_began(alone.events, case, arrival, order, now))
    new = case_from(piece.number, events)
    drafts = (
        *entry.to_agents(AssignedMail(split_from=case.ref), new, came, piece.terms),
        *_answers(new, arrival, order),
    )
    opened = Decision(new, events, drafts, outcome="opened", reply=order.text, moves=came.number)
    if new.assignee not in order.agent.addresses:
        opened = relief.relieve(opened, piece.terms, now, because="")
    return replace(decision, also=(*decision.also, (opened, piece.terms)))


def _of_its_people(piece: Piece, case: Case, subject: str) -> Arrival:
    """The mail as the one that opens a case: on copy stay those who were on the old case."""
    known = {person.address for person in case.people}
    message = piece.arrival.message
    to = tuple(person for person in message.to if person.address in known)
    cc = tuple(person for person in message.cc if person.address in known)
    return replace(piece.arrival, message=replace(message, subject=subject, to=to, cc=cc), linked_ref=case.ref)


def _began(events: tuple[Event, ...], case: Case, arrival: Arrival, order: Split, now: datetime) -> Iterator[Event]:
    """The ledger of the new case, from that of a case that the mail would have opened; `case` is the old one."""
    for event in events:
        if isinstance(event, CaseOpened):
            yield replace(event, split_from=case.ref)
        elif isinstance(event, AcknowledgmentDecided):
            because = f"it was split off {case.ref}, and nobody is acknowledged twice"
            yield AcknowledgmentDecided(now, now, DESK, sent=False, because=because)
        elif isinstance(event, CaseAssigned) and case.assignee:
            because = f"has {case.ref}, from which it was split off"
            yield replace(event, agent=case.assignee, because=because)
        elif not isinstance(event, EscalationRequested | RankOneSuspected):  # of these somebody has heard already
            yield event
    since = events[0].at
    word = next((said for said in case.of_type(CustomerWrote) if said.at == since), None)
    answers = (event for event in case.of_type(AgentAnswered) if event.at >= since)
    earlier = next((event for event in answers if word is None or not is_left_open(word, event)), None)
    if earlier:
        yield replace(earlier, recorded_at=now, on=case.ref)
    if order.text:
        message_id = arrival.message.message_id
        yield AgentAnswered(arrival.received_at, now, order.agent.address, message_id=message_id, key=arrival.key)


def _answers(case: Case, arrival: Arrival, order: Split) -> Iterator[Draft]:
    """The agent's text to the people of the new case, each alone."""
    if order.text:
        for person in case.readers:
            yield Draft(RelayMail(), person, arrival.key, order.text, order.agent.name, enclosures=order.enclosures)
