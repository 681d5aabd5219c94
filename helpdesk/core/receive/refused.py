"""An order in an agent's name that nothing proves: that agent is asked, and their yes has it obeyed.

The question goes to the agent's configured address only, with the lines of the order and the number of the case and
none of the mail's text. Its reply address is for this one order: a yes to it within a day, from an address of the
agent and by no program, obeys the order as it was, once, and sends nothing of either mail's text.
"""

from __future__ import annotations

import re
from dataclasses import replace
from typing import TYPE_CHECKING

from helpdesk.core.receive import agent as agents
from helpdesk.core.receive import entry
from helpdesk.core.receive.behalf import ASKED_AN_HOUR
from helpdesk.core.words.decision import Draft
from helpdesk.core.words.drafts import OrderRefusedMail
from helpdesk.core.words.events import OrderConfirmed, OrderRefused

if TYPE_CHECKING:
    from datetime import datetime

    from helpdesk.core.receive.orders.command import Verb
    from helpdesk.core.words.case import Case
    from helpdesk.core.words.decision import Arrival, CaseEffects, Decision
    from helpdesk.core.words.terms import Terms

# What these do is in the text, which is never sent.
_ABOUT_THE_TEXT: tuple[Verb, ...] = ("note", "answer", "ask", "snippet", "split", "new", "help")
# The whole line, with what people add to a yes: "ok, but that was not me" is none.
_YES = re.compile(
    r"\W*(?:yes|ja|oui|s[ií]|ok|okay)(?:\W+(?:"
    r"(?:it|that|this)(?: was|'s| is) (?:me|mine)|do it|go ahead|please|thanks|das war ich|bitte"
    r"|c'(?:était|est) moi|merci|(?:fui|era|soy) yo|por favor|gracias))*\W*",
    re.IGNORECASE,
)


def asked(case: Case, arrival: Arrival, terms: Terms, now: datetime) -> CaseEffects:
    """Ask an agent whether orders in their name are theirs; nothing where there are none that can be obeyed."""
    agent = arrival.placement.agent
    if agent is None or not arrival.placement.askable or arrival.asked >= ASKED_AN_HOUR:
        return (), ()
    orders = agents.orders_in(case, arrival, terms, agent)
    lines = tuple(command.line for command in orders.given_besides(*_ABOUT_THE_TEXT))
    if orders.mistakes or not lines:
        return (), ()
    event = OrderRefused(*entry.stamp(arrival, now), agent=agent.address, lines=lines, key=arrival.key)
    mail = Draft(OrderRefusedMail(lines=lines, order=arrival.key), agent.person, f"{arrival.key}/confirm")
    return (event,), (mail,)


def lines_of(case: Case, order: str) -> tuple[str, ...]:
    """The lines of an order that was refused."""
    return next((event.lines for event in case.of_type(OrderRefused) if event.key == order), ())


def agrees(text: str, lines: tuple[str, ...]) -> bool:
    """Whether the top of an answer to the question says yes, or says the order again."""
    first = text.strip().partition("\n")[0].strip()
    return bool(_YES.fullmatch(first.replace("\u2019", "'"))) or first.casefold() in {line.casefold() for line in lines}


def obeyed(case: Case, arrival: Arrival, terms: Terms, now: datetime) -> Decision:
    """Decide what an agent's yes does: what they had ordered, and nothing with either mail's text or files."""
    confirmed = OrderConfirmed(*entry.stamp(arrival, now), key=arrival.placement.confirms)
    bare = replace(arrival.message, text="", reply="", attachments=())
    placement = replace(arrival.placement, confirms="")
    decision = agents.writes(case.after(confirmed), replace(arrival, message=bare, placement=placement), terms, now)
    return replace(decision, events=(confirmed, *decision.events), visibility="internal")
