"""What an agent's mail does: orders first, all or none, then the text to the customer or into the team.

A reply without commands goes to the customer. With `#note` its text stays in the team. A mistake in any command
changes nothing, sends nothing to the customer, and comes back with the right form. Nothing that an agent wrote is
lost without a word: what is not passed on is said.
"""

from __future__ import annotations

import re
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from helpdesk.core.block import Mistake
from helpdesk.core.case import Event
from helpdesk.core.command import FORMS, Vocabulary, read_orders
from helpdesk.core.decision import Decision, Draft
from helpdesk.core.enclosure import enclosures, kept_back
from helpdesk.core.ladder import unacknowledged
from helpdesk.core.scope import incident_events

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime

    from helpdesk.core.case import Case
    from helpdesk.core.command import Command, Orders
    from helpdesk.core.decision import Arrival, Visibility
    from helpdesk.core.message import Person
    from helpdesk.core.people import Agent, Terms

# The facts that stand in every mail to an agent: where they stand, the text is ours and not the agent's.
# A mail program that quotes the HTML part leaves the colon out.
_OURS = re.compile(r"^\W*Case:?\s+HD-\d+\b", re.MULTILINE)


def agent_writes(case: Case, arrival: Arrival, terms: Terms, now: datetime) -> Decision:
    """Decide what an agent's verified reply does."""
    agent = arrival.placement.agent
    if agent is None:
        raise ValueError("an agent's mail was expected")
    orders = _orders(arrival, _vocabulary(terms))
    if orders.mistakes:
        return _refused(case, arrival, now, agent, orders)
    scribe = _Scribe(case, arrival, terms, now, agent)
    _speak(scribe, orders)
    for command in orders.commands:
        _OBEY[command.verb](scribe, command, orders)
    _acknowledge(scribe, orders)
    _say_what_stays(scribe, orders)
    scribe.echo()
    visibility: Visibility = "internal" if orders.has("note") else "public"
    return Decision(
        scribe.case,
        tuple(scribe.events),
        tuple(scribe.drafts),
        visibility=visibility,
        reply=orders.text,
        erase=orders.has("redact"),
    )


class _Scribe:
    """Writes down what one agent's mail does, so that each command sees what the one before it did."""

    def __init__(self, case: Case, arrival: Arrival, terms: Terms, now: datetime, agent: Agent) -> None:
        self.case = case
        self.arrival = arrival
        self.terms = terms
        self.now = now
        self.agent = agent
        self.events: list[Event] = []
        self.drafts: list[Draft] = []
        self.done: list[str] = []  # what the agent is told, in words

    @property
    def name(self) -> str:
        return self.agent.name or self.agent.address

    def happened(self, kind: Any, facts: dict[str, Any]) -> None:
        at = self.case.not_before(kind, self.arrival.received_at)
        event = Event(kind, at, self.now, self.agent.address, facts)
        self.case = self.case.after(event)
        self.events.append(event)

    def mail(self, kind: Any, to: Person, audience: Any, *, text: str = "", **facts: Any) -> None:
        self.drafts.append(Draft(kind, to, audience, self.arrival.key, text, self.agent.name, facts))

    def to_customers(self, kind: Any, *, text: str = "", internal: bool = False) -> None:
        """To everybody on the customer's side; the agent's files go along unless the mail is `internal`."""
        people = (self.case.requester, *self.case.participants)
        files = () if internal else enclosures(self.arrival.message, self.arrival.number)
        for person in people:
            if person.address:
                draft = Draft(kind, person, "customer", self.arrival.key, text, self.agent.name, enclosures=files)
                self.drafts.append(draft)

    def echo(self) -> None:
        """Tell the agent in one mail what was done that cannot be seen otherwise."""
        if self.done:
            self.mail("echo", self.agent.person, "agent", done=self.done, mistakes=[])


def _vocabulary(terms: Terms) -> Vocabulary:
    return Vocabulary(
        tuple(level.key for level in terms.policy.severity.levels),
        tuple((agent.name or agent.address.partition("@")[0], agent.address) for agent in terms.team.members),
        tuple(exclusion.key for exclusion in terms.policy.exclusions),
        tuple(incident.key for incident in terms.standing.incidents if incident.concerns(terms.policy.key)),
    )


def _orders(arrival: Arrival, vocabulary: Vocabulary) -> Orders:
    """Commands stand above any quote; the text is all that the agent wrote, also below a quote or between its lines."""
    orders = read_orders(arrival.orders_text, vocabulary)
    text = arrival.message.reply
    ours = _OURS.search(orders.text)
    if ours:
        unmarked = Mistake(ours[0].strip(), "your own words only, or the mail that you answer below a quote mark")
        return replace(orders, mistakes=(*orders.mistakes, unmarked))
    if _OURS.search(text):
        return orders  # below the block at the top nothing can be told from the quote
    said = read_orders(text, vocabulary)
    above, everywhere = _lines(orders), _lines(said)
    if everywhere[: len(above)] != above:
        return orders
    misplaced = tuple(Mistake(line, "commands at the very top, above any quote") for line in everywhere[len(above) :])
    return replace(orders, mistakes=(*orders.mistakes, *misplaced), text=said.text)


def _lines(orders: Orders) -> list[str]:
    return [command.line for command in orders.commands] + [mistake.line for mistake in orders.mistakes]


def _refused(case: Case, arrival: Arrival, now: datetime, agent: Agent, orders: Orders) -> Decision:
    mistakes = [{"line": mistake.line, "expected": mistake.expected} for mistake in orders.mistakes]
    event = Event("command_refused", arrival.received_at, now, agent.address, {"mistakes": mistakes})
    understood = [command.line for command in orders.commands]
    facts = {"done": [], "understood": understood, "mistakes": mistakes}
    draft = Draft("echo", agent.person, "agent", arrival.key, text=orders.text, facts=facts)
    return Decision(case.after(event), (event,), (draft,), visibility="internal", reply=orders.text)


def _speak(scribe: _Scribe, orders: Orders) -> None:
    """The text: to the customer, or with `#note` into the team."""
    if not orders.text and (orders.commands or not enclosures(scribe.arrival.message, 0)):
        return  # a file alone is an answer, too
    facts = {"message_id": scribe.arrival.message.message_id}
    if orders.has("note"):
        scribe.happened("agent_noted", facts)
        scribe.done.append("noted, in the team only")
        return
    scribe.happened("agent_answered", facts)
    if not (orders.has("close") or orders.has("resolve")):  # the closing mail carries the text itself
        scribe.to_customers("relay", text=orders.text)


def _acknowledge(scribe: _Scribe, orders: Orders) -> None:
    """Any mail of an agent says that somebody has it (LGT-5)."""
    if orders.has("ack") or unacknowledged(scribe.case):
        scribe.happened("page_acknowledged", {"because": "#ack" if orders.has("ack") else "an agent wrote"})
        scribe.done.append("acknowledged: nobody else is called")


def _say_what_stays(scribe: _Scribe, orders: Orders) -> None:
    """An agent who believes to have answered must hear that they have not."""
    message = scribe.arrival.message
    files = [f"{part.name or part.type} ({part.kept})" for part in kept_back(message)]
    if not any(draft.enclosures for draft in scribe.drafts):
        files += [part.name or part.type for part in message.attachments if not part.kept]
    if files:
        scribe.done.append(f"kept on the case and not sent to the customer: {', '.join(files)}")
    if not orders.commands and not orders.text and not enclosures(message, 0):
        scribe.done.append("nothing: no text of yours was found in your mail, and the customer got none")


def _severity(scribe: _Scribe, command: Command, _orders: Orders) -> None:
    level = scribe.terms.policy.level(command.argument)
    was = scribe.terms.policy.level(scribe.case.severity)
    facts = {"severity": level.key, "rank": level.rank, "was": was.key, "reason": command.detail}
    facts["initially"] = command.initially
    scribe.happened("severity_set", facts)
    scribe.done.append(f"severity {level.name}, was {was.name}")


def _assign(scribe: _Scribe, command: Command, _orders: Orders) -> None:
    agent = scribe.terms.team.agent(command.argument)
    if agent is None:
        raise ValueError(f"{command.argument} is no agent of the team")
    scribe.happened("assigned", {"agent": agent.address, "because": f"by {scribe.name}"})
    scribe.done.append(f"assigned to {agent.name or agent.address}")
    if agent.address != scribe.agent.address:
        scribe.mail("assigned", agent.person, "agent", handed_over=True)


def _wait(scribe: _Scribe, command: Command, _orders: Orders) -> None:
    seconds = int(command.span.total_seconds()) if command.span else 0
    if not scribe.case.active:
        scribe.happened("reopened", {"because": f"by {scribe.name}"})
    scribe.happened("waiting_set", {"seconds": seconds})
    until = scribe.arrival.received_at + command.span if command.span else None
    scribe.done.append(f"waiting for the customer{f' until {until:%Y-%m-%d %H:%M} UTC' if until else ''}")


def _resolve(scribe: _Scribe, _command: Command, orders: Orders) -> None:
    scribe.happened("resolved", {})
    _confirm(scribe, orders, "resolved")


def _close(scribe: _Scribe, _command: Command, orders: Orders) -> None:
    scribe.happened("closed", {})
    _confirm(scribe, orders, "closed")


def _confirm(scribe: _Scribe, orders: Orders, done: str) -> None:
    """On resolution a mail confirms it (LGT-8)."""
    internal = orders.has("note")
    scribe.to_customers("closed", text="" if internal else orders.text, internal=internal)
    scribe.done.append(f"{done}, and the customer is told")


def _reopen(scribe: _Scribe, _command: Command, _orders: Orders) -> None:
    if scribe.case.status == "open":
        scribe.done.append("was open already")
        return
    scribe.happened("reopened", {"because": f"by {scribe.name}"})
    scribe.done.append("open again")


def _exclude(scribe: _Scribe, command: Command, _orders: Orders) -> None:
    """The promises of the case do not apply from now on (CEL-10, CEL-11)."""
    why = next(entry.why for entry in scribe.terms.policy.exclusions if entry.key == command.argument)
    because = f"{why}: {command.detail}" if command.detail else why
    scribe.happened("exempted", {"key": command.argument, "because": because, "out_of_scope": False})
    scribe.happened("flagged", {"tag": f"excluded: {command.argument}"})
    scribe.done.append(f"excluded: {because}")


def _incident(scribe: _Scribe, command: Command, _orders: Orders) -> None:
    """The case is about a known incident (LAI-6)."""
    policy = scribe.terms.policy
    incident = next(entry for entry in scribe.terms.standing.incidents if entry.key == command.argument)
    at, by = scribe.arrival.received_at, scribe.agent.address
    for event in incident_events(incident, policy, at=at, now=scribe.now, by=by):
        scribe.happened(event.type, dict(event.facts))
    scribe.done.append(f"linked to incident {incident.key}: {incident.title}")


def _help(scribe: _Scribe, _command: Command, _orders: Orders) -> None:
    scribe.done.append("commands:\n" + "\n".join(FORMS.values()))


def _note(_scribe: _Scribe, _command: Command, _orders: Orders) -> None:
    """Nothing to do by itself: `_speak` has read `#note`, `_acknowledge` `#ack`, `agent_writes` `#redact`."""


_OBEY: dict[str, Callable[[_Scribe, Command, Orders], None]] = {
    "note": _note,
    "severity": _severity,
    "assign": _assign,
    "wait": _wait,
    "resolve": _resolve,
    "close": _close,
    "reopen": _reopen,
    "exclude": _exclude,
    "incident": _incident,
    "ack": _note,
    "redact": _note,
    "help": _help,
}
