"""An agent's mail that crosses one of the customer's, which the agent had not seen.

It does not settle that one: an answer stops the first response and no follow-up of the unseen word, and an order that
ends or pauses the case is not done, unless it insists (`#resolve!`). Else the customer would be told that all is well
in answer to a mail that nobody has read. What was unseen is written into the events, so that clocks read it there.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from helpdesk.core.clocks.timeline import is_left_open, is_split_off
from helpdesk.core.words.case import ERASED
from helpdesk.core.words.events import (
    AgentAnswered,
    AnswerArrived,
    CaseClosed,
    CaseResolved,
    CustomerWrote,
    KeptOpen,
    SplitOff,
)
from helpdesk.core.words.unseen import unseen_words

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import datetime

    from helpdesk.core.receive.orders.command import Verb
    from helpdesk.core.receive.orders.execution import Execution
    from helpdesk.core.words.case import Case
    from helpdesk.core.words.terms import Terms

_ENDS_OR_PAUSES: tuple[Verb, ...] = ("wait", "resolve", "close", "spam")
_SETTLE = (AgentAnswered, AnswerArrived, CaseResolved, CaseClosed)


def keep_open(execution: Execution) -> None:
    """Over a word that the agent had not seen, take back the orders that end the case or make it wait."""
    orders = execution.orders
    if any(command.insists for command in orders.given(*_ENDS_OR_PAUSES)):
        return
    waiting = owed(execution.case, execution.terms)
    execution.unseen = tuple(mail for mail in execution.arrival.sight.unseen if (mail.message_id, mail.at) in waiting)
    if orders.has("redact"):
        execution.unseen = tuple(replace(mail, text=ERASED) for mail in execution.unseen)
    held = orders.given(*_ENDS_OR_PAUSES)
    if not execution.unseen or not held:
        execution.newer = [
            mail for mail in execution.arrival.sight.newer if held and (mail.message_id, mail.at) in waiting
        ]
        return
    execution.kept_open = [command.line for command in held]
    execution.happened(
        KeptOpen(*execution.stamp, orders=tuple(execution.kept_open), unseen=unseen_words(execution.unseen))
    )
    verbs = ", ".join(f"#{command.verb}!" for command in held)
    execution.done.append(
        f"{', '.join(execution.kept_open)} is not done: you had not seen the mail below when you wrote. The case "
        f"is {execution.case.status}, and an answer to that mail is owed; {verbs} on the first line insists"
    )
    execution.orders = replace(orders, commands=orders.given_besides(*_ENDS_OR_PAUSES))


def say(execution: Execution) -> None:
    """Tell the agent of words that their answer does not count for, and of newer ones than the mail they answered."""
    answered = any(isinstance(event, AgentAnswered) for event in execution.events)
    if not (answered or execution.kept_open):
        execution.unseen = ()  # nothing of theirs would have settled it
    elif execution.unseen and answered and not execution.orders.has("redact"):  # which has an echo without the words
        execution.done.append(
            "your text went to the customer; it does not count as the answer to the mail below, which you had not seen"
        )
    for mail in execution.newer:
        who = mail.author.name_or_address
        execution.done.append(f"after the mail that you answered, {who} wrote once more, at {execution.wall(mail.at)}")


def owed(case: Case, terms: Terms) -> frozenset[tuple[str, datetime]]:
    """The customers' words after the opening that nobody has answered: Message-ID and receipt of each."""
    return frozenset(word for one in terms.with_merged(case) for word in _owed(one))


def _owed(case: Case) -> Iterator[tuple[str, datetime]]:
    waiting: list[CustomerWrote] = []
    opening = None if case.for_how == "copied" else case.first(CustomerWrote)
    for event in sorted(case.events, key=lambda event: event.at):
        if isinstance(event, CustomerWrote) and event is not opening:
            waiting.append(event)
        elif isinstance(event, _SETTLE):
            waiting = [word for word in waiting if is_left_open(word, event)]
        elif isinstance(event, SplitOff):
            waiting = [word for word in waiting if not is_split_off(word, event)]
    return ((word.message_id, word.at) for word in waiting)
