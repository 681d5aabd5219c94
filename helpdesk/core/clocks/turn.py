"""Whose turn it is on a case: the desk's, its customer's, a third party's, or nobody's once it is over.

A turn is no status and stops no clock; only a wait that an agent sets pauses one. After an agent's answer it is the
customer's turn, after the customer's word the desk's. A wait says whose turn it is for as long as it lasts.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Literal, get_args

from helpdesk.core.clocks.marks import ANSWERS
from helpdesk.core.clocks.timeline import heard_events, is_split_off, unseen_in, waited_for
from helpdesk.core.words.events import (
    AnswerLost,
    CaseClosed,
    CaseRedacted,
    CaseReopened,
    CaseResolved,
    CustomerThanked,
    CustomerWrote,
    MergedWrote,
    SplitOff,
    WaitingSet,
)

if TYPE_CHECKING:
    from datetime import datetime

    from helpdesk.core.words.case import Case
    from helpdesk.core.words.events import Event

Whose = Literal["desk", "customer", "vendor", "nobody"]
TURNS: tuple[Whose, ...] = get_args(Whose)
TURN_NAMES: dict[Whose, str] = {
    "desk": "the desk's",
    "customer": "the customer's",
    "vendor": "a third party's",
    "nobody": "nobody's",
}
_WORDS_TO_US = (CustomerWrote, MergedWrote, AnswerLost, CaseReopened)


@dataclass(frozen=True, slots=True)
class Turn:
    """Whose it is and since when; `asked_at` is the last word to them, from which their silence counts. Aware UTC."""

    whose: Whose
    since: datetime
    asked_at: datetime


def turn_of(case: Case) -> Turn:
    """Whose turn it is, by what happened in the order in which it did."""
    begun: Whose = "customer" if case.for_how == "copied" else "desk"
    turn = Turn(begun, case.opened_at, case.opened_at)
    events = heard_events(case)
    split = [event for event in events if isinstance(event, SplitOff)]
    for event in events:
        if not any(is_split_off(event, one) for one in split):
            turn = _next(turn, event, monitor=case.monitor)
    return turn


def _next(turn: Turn, event: Event, *, monitor: bool) -> Turn:
    whose = _whose(turn, event, monitor=monitor)
    if whose is None:
        return turn
    since = turn.since if whose == turn.whose else event.at
    return replace(turn, whose=whose, since=since, asked_at=event.at)


def _whose(turn: Turn, event: Event, *, monitor: bool) -> Whose | None:
    """Whose turn it is after that event; None where it says nothing of it."""
    if isinstance(event, _WORDS_TO_US):
        return "desk"
    if isinstance(event, WaitingSet):
        return waited_for(event)
    if isinstance(event, CaseResolved | CaseClosed):
        return "nobody"
    if isinstance(event, CustomerThanked) and turn.whose == "customer":
        # Who says that it works leaves the rest to us; who only says thanks may still have something to do.
        return "desk" if event.confirms else "customer"
    answers = isinstance(event, ANSWERS) and not unseen_in(event)  # else a newer word of theirs is still owed one
    if answers and turn.whose in {"desk", "customer"} and not monitor:
        return "customer"
    return "customer" if isinstance(event, CaseRedacted) and turn.whose == "desk" and not monitor else None
