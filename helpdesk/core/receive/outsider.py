"""What happens when somebody writes who is not believed on a case, or when a program does.

Neither is obeyed, and no clock hears them. Somebody whom we had told of a case says by writing that they have it. A
stranger who names a case gets one of their own, which that case is shown where it waits for an answer. Of a program's
mail only a delivery report does something (`undelivered`).
"""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING

from helpdesk.core.clocks import ladder
from helpdesk.core.clocks.turn import turn_of
from helpdesk.core.receive import customer, entry, merged_cases, refused, undelivered
from helpdesk.core.receive.behalf import ASKED_AN_HOUR
from helpdesk.core.staffing import assignment, relief
from helpdesk.core.words.case import DESK, Case
from helpdesk.core.words.decision import Arrival, Decision, DecisionBuilder, Draft, Outcome
from helpdesk.core.words.drafts import CustomerMessageMail, EchoMail, ThirdPartyMail
from helpdesk.core.words.events import (
    AnsweredElsewhere,
    CaseLinked,
    OutsiderWrote,
    PageAcknowledged,
    RobotWrote,
    ThirdPartyWrote,
)

if TYPE_CHECKING:
    from datetime import datetime

    from helpdesk.core.words.message import Message
    from helpdesk.core.words.people import Agent
    from helpdesk.core.words.terms import Terms


_HOUR = timedelta(hours=1)


def writes(case: Case, arrival: Arrival, terms: Terms, now: datetime) -> Decision:
    """Decide what the mail of somebody on a case does who is not believed there: its agent is shown it."""
    if arrival.placement.asked:
        return answers_question(case, arrival, terms, now)
    staff = arrival.placement.informed or arrival.placement.agent is not None
    wrote = replace(entry.came(OutsiderWrote, arrival, now), staff=staff)
    made = DecisionBuilder(case)
    made.happened(wrote, *entry.masked(arrival, now))
    sender = arrival.message.sender
    heard = arrival.placement.informed and arrival.sender in ladder.called(case)
    if heard:
        made.happened(PageAcknowledged(*entry.stamp(arrival, now), because="somebody who was told wrote"))
    asked = refused.asked(made.case, arrival, terms, now)
    _, questions = asked
    writer = None if questions else _writer(case, arrival, terms)
    shown = CustomerMessageMail(of_ours=writer is not None)
    made.drafts += entry.to_agents(shown, made.case, arrival, terms, also=[writer])
    if heard and sender is not None:
        made.drafts.append(Draft(EchoMail(done=("acknowledged: nobody else is called",)), sender, arrival.key))
    made.add(asked)
    return made.decision(visibility="unverified", reply=arrival.message.reply)


def _writer(case: Case, arrival: Arrival, terms: Terms) -> Agent | None:
    """The agent in whose name it is, and who believes to have answered: a few times, as a From may be made up."""
    agent = arrival.placement.agent if arrival.placement.askable else None
    lately = arrival.received_at - _HOUR
    before = [one for one in case.of_type(OutsiderWrote) if one.staff and one.by == arrival.sender and one.at > lately]
    return terms.team.agent(agent.address) if agent and len(before) < ASKED_AN_HOUR else None


def answers_question(case: Case, arrival: Arrival, terms: Terms, now: datetime) -> Decision:
    """Decide what the answer of somebody whom an agent asked does: a note for who has the case, and who is there."""
    events = (entry.came(ThirdPartyWrote, arrival, now), *entry.masked(arrival, now))
    after = case.after(*events)
    drafts = entry.to_agents(ThirdPartyMail(), after, arrival, terms, also=[assignment.in_place(case, terms, now)])
    return Decision(after, events, tuple(drafts), visibility="internal", reply=arrival.message.reply)


def answered_elsewhere(case: Case, became: str, arrival: Arrival, terms: Terms, now: datetime) -> Decision:
    """Decide what it means for a case that somebody unverified named it and got a case of their own, `became`.

    Where it is the customer's turn it may be their answer, from another address: who waits for it sees it.
    """
    if not case.active or turn_of(case).whose != "customer":
        return Decision(case)
    event = replace(entry.came(AnsweredElsewhere, arrival, now), case=became)
    events = (event, CaseLinked(arrival.received_at, now, DESK, to=became))
    after = case.after(*events)
    content = CustomerMessageMail(unverified=True, outsider=True, became=became)
    drafts = entry.to_agents(content, after, arrival, terms)
    decision = relief.relieve(
        Decision(after, events, tuple(drafts)), terms, now, because="somebody may have answered it from another address"
    )
    return merged_cases.follow(case, decision, arrival, terms, now)


# --- no person wrote it


def robot_writes(case: Case | None, arrival: Arrival, terms: Terms, now: datetime) -> Decision:
    """Decide what a mail does that no person wrote: it is on the record of its case, and nobody answers it."""
    robot = arrival.message.robot
    because = robot.why if robot else ""
    if case is None:
        if terms.mailbox.channel == "monitoring" and robot and robot.kind != "own-mail":
            return customer.opened(arrival, terms, now)
        return Decision(None, outcome=robot_outcome(arrival.message), because=because)
    made = DecisionBuilder(case)
    made.happened(replace(entry.came(RobotWrote, arrival, now), because=because))
    if arrival.returned is not None:
        made.add(undelivered.came_back(case, arrival.returned, terms, at=arrival.received_at, now=now))
    return made.decision(outcome=robot_outcome(arrival.message), visibility="robot", because=because)


def robot_outcome(message: Message) -> Outcome:
    """What becomes of a mail that no person wrote, where it makes no case."""
    kind = message.robot.kind if message.robot else ""
    return "loop" if kind == "own-mail" else "bounce" if kind.startswith("bounce") else "robot"
