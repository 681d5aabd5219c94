"""A mail of ours does not arrive: the smarthost refuses it, it is given up, or a delivery report brings it back.

It is on the record of its case, and who keeps the case hears. An answer that reaches nobody is no answer: the case is
open, and it is the desk's turn again. Where it never left us its clock runs on as if it had not been written; where it
went and came back, that clock stays what it was and a follow-up runs, if the policy promises one (design law 14). An
`assigned` that its agent does not get is given to somebody else of the team. Nobody is answered, and what came back
from one of us is told to the operators, so that it never escalates a second time (threat L08).
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from helpdesk.core import assignment
from helpdesk.core.case import DESK, Event
from helpdesk.core.decision import Draft

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import datetime

    from helpdesk.core.case import Case
    from helpdesk.core.decision import Returned
    from helpdesk.core.people import Agent, Terms


def happened(case: Case, back: Returned, terms: Terms, *, at: datetime, now: datetime) -> tuple[Event, ...]:
    """What is a fact of the case from `at` on."""
    facts: dict[str, Any] = {
        "recipient": back.recipient,
        "kind": back.kind,
        "reason": back.reason,
        "status": back.status,
        "server": back.server,
    }
    facts |= {"named": list(back.named)} if back.named else {}
    events = [Event("bounced", at, now, DESK, facts)]
    if back.reason == "permanent" and not back.staff:
        events.append(Event("flagged", at, now, DESK, {"tag": f"undeliverable: {back.recipient}"}))
    if _is_lost(case, back):
        lost = {"key": back.answer, "left": back.left, "because": back.server or back.status}
        events.append(Event("answer_lost", at, now, DESK, lost))
        if case.status != "open":
            opened_at, because = case.not_before("reopened", at), "the answer reached nobody"
            events.append(Event("reopened", opened_at, now, DESK, {"because": because}))
    holder = terms.team.agent(case.assignee)
    another = _another(case, back, holder, terms, now)
    if holder and another:
        because = f"the mail that gives it to {holder.name or holder.address} does not arrive"
        events.append(Event("assigned", at, now, DESK, {"agent": another.address, "because": because}))
    return tuple(events)


def mails(events: tuple[Event, ...], case: Case, back: Returned, terms: Terms) -> Iterator[Draft]:
    """To whom the case is given, or to who keeps it; `case` is as the events leave it."""
    lost = any(event.type == "answer_lost" for event in events)
    if any(event.type == "assigned" for event in events):
        another = terms.team.agent(case.assignee)
        if another:
            key = f"undelivered/{back.row}"
            yield Draft("assigned", another.person, "agent", key, facts={"handed_over": True})
    again = not lost and back.answer in {event.facts["key"] for event in case.of_type("answer_lost")}
    if back.staff or back.reason == "complaint" or again:
        return
    told = {
        "recipient": back.recipient,
        "reason": back.reason,
        "status": back.status,
        "kind": back.kind,
        "named": back.named,
        "server": back.server,
        "for_good": back.for_good,
        "lost": lost,
        "reopened": any(event.type == "reopened" for event in events),
    }
    key = f"lost/{back.answer}/{back.row}" if lost else f"bounce/{back.reason}/{back.recipient}"
    for person in terms.keepers(case.assignee):
        yield Draft("alert", person, "agent", key, facts={"bounced": told}, template="bounced")


def arrived(
    case: Case, answer: str, recipient: str, terms: Terms, now: datetime
) -> tuple[tuple[Event, ...], Draft | None]:
    """What follows where an answer that was lost is sent after all: on an operator's order, say."""
    lost = [event.facts["key"] for event in case.of_type("answer_lost")]
    there = {event.facts["key"] for event in case.of_type("answer_arrived")}
    if not answer or answer not in lost or answer in there:
        return (), None
    event = Event("answer_arrived", now, now, DESK, {"key": answer, "recipient": recipient})
    agent = terms.team.agent(case.assignee)
    done = [f"your answer has gone to {recipient} after all: it counts from now on"]
    facts = {"done": done, "mistakes": []}
    return (event,), Draft("echo", agent.person, "agent", f"arrived/{answer}", facts=facts) if agent else None


def _is_lost(case: Case, back: Returned) -> bool:
    """Whether the last word of an agent's has reached nobody. What was said since counts for itself."""
    answers = case.of_type("agent_answered")
    lost = {event.facts["key"] for event in case.of_type("answer_lost")}
    newest = answers[-1].facts.get("key") if answers else None
    return back.lost and back.answer not in lost and newest == back.answer


def _another(case: Case, back: Returned, holder: Agent | None, terms: Terms, now: datetime) -> Agent | None:
    """Somebody else for a case whose agent does not hear that it is theirs; nobody to whom that has happened."""
    if back.kind != "assigned" or not back.for_good or holder is None or back.recipient not in holder.addresses:
        return None
    tried = {event.facts["recipient"] for event in case.of_type("bounced") if event.facts["kind"] == "assigned"}
    tried |= {back.recipient}
    return assignment.another(terms, now, besides=tried)
