"""How often people were called about a case, and whether they say that it was worth waking for.

A call goes on until somebody has looked, or who made the case, a monitor or a customer, says that all is well again:
what is repeated meanwhile, or goes on to the next seat, is the same call.
What is asked to be acknowledged is a call, and so is a suspicion of rank 1, at any time of day.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from helpdesk.core.words.case import DESK
from helpdesk.core.words.events import (
    AgentAnswered,
    AgentNoted,
    CallNotNeeded,
    CaseClosed,
    CaseRedacted,
    CaseResolved,
    CustomerThanked,
    MonitorReported,
    PageAcknowledged,
    RankOneSuspected,
    SeveritySet,
    StepTaken,
)

if TYPE_CHECKING:
    from datetime import datetime

    from helpdesk.core.words.case import Case
    from helpdesk.core.words.events import Event

LOOKED = (
    AgentAnswered,
    AgentNoted,
    SeveritySet,
    PageAcknowledged,
    CaseResolved,
    CaseClosed,
    CaseRedacted,  # who erases a case has read it
)


@dataclass(frozen=True, slots=True)
class Call:
    """People were called at that instant (aware UTC). `suspected`: by what a mail says of a case of a lower rank."""

    at: datetime
    suspected: bool
    worth: bool = True


def calls(case: Case) -> tuple[Call, ...]:
    """Every call about a case, in order."""
    return _counted(case)[0]


def call_under_way(case: Case) -> Call | None:
    """The call that nobody has looked at yet."""
    found, under_way = _counted(case)
    return found[-1] if under_way else None


def _counted(case: Case) -> tuple[tuple[Call, ...], bool]:
    """Every call about a case, and whether the last one goes on."""
    found: list[Call] = []
    under_way = False
    for event in case.events:
        if isinstance(event, CallNotNeeded) and found:
            found[-1] = replace(found[-1], worth=False)
        elif (isinstance(event, LOOKED) and event.by != DESK) or _is_all_clear(event, case):
            under_way = False
        elif _calls(event) and not under_way:
            found.append(Call(event.at, suspected=isinstance(event, RankOneSuspected)))
            under_way = True
    return tuple(found), under_way


def _is_all_clear(event: Event, case: Case) -> bool:
    if isinstance(event, CustomerThanked):
        return event.ends_calls
    return case.monitor and isinstance(event, MonitorReported) and event.state == "recovered"


def _calls(event: Event) -> bool:
    return isinstance(event, RankOneSuspected) or bool(isinstance(event, StepTaken) and event.acknowledge and event.to)


def why_no_call(case: Case) -> str:
    """Why there is no call that an agent may call needless; "" where there is one."""
    made = calls(case)
    if not made:
        return "nobody was called about this one"
    return "" if made[-1].worth else "this was said of the last one already"


def calls_in_words(number: int, needless: int) -> str:
    """How many there were, as reports say it."""
    if not needless:
        return str(number)
    return f"{number}, of which {needless} {'was' if needless == 1 else 'were'} not worth waking for"
