"""A customer's mail becomes a case of its own: `#split [subject]`.

It is the mail that the agent answers; where they answer something else, the customer's newest. The new case begins when
that mail was received: its clocks run from there, its severity is judged from that mail alone, and it is with the
agent of the old case. Nobody acknowledges it a second time. What the agent writes below the order is its first answer;
an answer that the customer had on the old case since counts, too. On the old case the mail waits for no answer any
more; what was late there stays late.
"""

from __future__ import annotations

import re
from dataclasses import replace
from typing import TYPE_CHECKING

from helpdesk.core.clocks.timeline import is_left_open
from helpdesk.core.words.case import DESK
from helpdesk.core.words.decision import Draft, Split
from helpdesk.core.words.drafts import RelayMail
from helpdesk.core.words.enclosure import enclosures
from helpdesk.core.words.events import (
    AcknowledgmentDecided,
    AgentAnswered,
    CaseAssigned,
    CaseLinked,
    CaseOpened,
    CustomerWrote,
    EscalationRequested,
    Event,
    RankOneSuspected,
    SplitOff,
)

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import datetime

    from helpdesk.core.receive.orders.command import Command, Orders
    from helpdesk.core.receive.orders.execution import Execution
    from helpdesk.core.words.case import Case
    from helpdesk.core.words.decision import Arrival, Piece

NOTHING = "#split on a case with a further mail of the customer's; the first one is the case itself"
FIRST = "#split in answer to the mail that is to become a case; the first one is the case itself"
ERASED = "#split of a mail that is still there; this one was erased"
_MARKS = re.compile(r"^\s*(?:(?:re|aw|fwd?|wg|tr|rv|sv)\s*:\s*)+|\s*\[HD-\d+\]\s*", re.IGNORECASE)


def split(execution: Execution, command: Command, orders: Orders) -> None:
    """Obey `#split`."""
    piece, case = execution.arrival.piece, execution.case
    if piece is None:
        raise ValueError("a mail of the customer's was expected")
    ref = f"HD-{piece.number}"
    subject = command.argument or _MARKS.sub("", piece.arrival.message.subject).strip() or case.subject
    came = piece.arrival
    received_at, message_id = came.received_at.isoformat(), came.message.message_id
    event = SplitOff(*execution.stamp, into=ref, received_at=received_at, message_id=message_id)
    if piece.owner == case.number:
        execution.happened(event)
    else:
        owner = next(one for one in execution.terms.merged if one.case.number == piece.owner)
        execution.happened_to(owner, event)
    execution.happened(CaseLinked(*execution.stamp, to=ref))
    text = "" if execution.stays else orders.text
    files = () if execution.stays else enclosures(execution.arrival.message, execution.arrival.number)
    execution.split = Split(subject, text, execution.agent, files)
    said = "; your text is its first answer" if text else ""
    execution.done.append(f"the mail of {piece.arrival.sender} is a case of its own now, {ref}: {subject}{said}")


def began(events: tuple[Event, ...], case: Case, arrival: Arrival, order: Split, now: datetime) -> Iterator[Event]:
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


def answers(case: Case, arrival: Arrival, order: Split) -> Iterator[Draft]:
    """The agent's text to the people of the new case, each alone."""
    if order.text:
        for person in case.readers:
            yield Draft(RelayMail(), person, arrival.key, order.text, order.agent.name, enclosures=order.enclosures)


def of_its_people(piece: Piece, case: Case, subject: str) -> Arrival:
    """The mail as the one that opens a case: on copy stay those who were on the old case."""
    known = {person.address for person in case.people}
    message = piece.arrival.message
    to = tuple(person for person in message.to if person.address in known)
    cc = tuple(person for person in message.cc if person.address in known)
    return replace(piece.arrival, message=replace(message, subject=subject, to=to, cc=cc), linked_ref=case.ref)
