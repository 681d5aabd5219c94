"""What the offering leaves out: proposed by words, bound by an agent, taken back by an agent.

Words of a mail exempt nothing (design law 20). Where the policy's words for an exclusion, or the operators' for a
known incident, stand in a mail, the agent is shown the order that would bind it, and the promises run. `#exclude KEY`
and `#incident KEY` take them away from then on, and the people of the case hear why; `#exclude off` takes that back as
if it had never been, and dismisses what is proposed.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from helpdesk.core.words.addressee import nobody
from helpdesk.core.words.case import DESK
from helpdesk.core.words.decision import Draft
from helpdesk.core.words.drafts import OutOfScopeMail
from helpdesk.core.words.events import (
    CaseExempted,
    CaseFlagged,
    CaseUnflagged,
    Event,
    ExclusionLifted,
    ExclusionProposed,
    Stamp,
)
from helpdesk.core.words.exempted import in_force
from helpdesk.offering.policy import OFF

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator
    from datetime import datetime

    from helpdesk.core.receive.orders.command import Command, Orders
    from helpdesk.core.receive.orders.execution import Execution
    from helpdesk.core.words.decision import Arrival
    from helpdesk.core.words.terms import Terms
    from helpdesk.offering.declared import Incident
    from helpdesk.offering.policy import Policy

_PROPOSED = "exclusion proposed: "  # begins the tag of one that nobody has decided on
_EXCLUDED = "excluded: "  # and that of one in force


# --- proposed


def proposed(arrival: Arrival, terms: Terms, now: datetime, *, decided: Collection[str] = ()) -> Iterator[Event]:
    """An event and a tag for each exclusion whose words stand in a mail, once a case: not for keys in `decided`."""
    text = f"{arrival.message.subject}\n{arrival.message.reply}".lower()
    for entry in terms.policy.exclusions:
        said = [word for word in entry.words if _stands_in(word, text)]
        if said and entry.key not in decided:
            order = f"#exclude {entry.key}"
            yield from _proposal(entry.key, order, entry.why, said, at=arrival.received_at, now=now)


def keys(events: Iterable[Event]) -> frozenset[str]:
    """The keys that were proposed or decided on."""
    return frozenset(one.key for one in events if isinstance(one, ExclusionProposed | CaseExempted))


def incident_proposed(incident: Incident, policy: Policy, *, at: datetime, now: datetime) -> Iterator[Event]:
    """A mail says the words of a known incident (LAI-6): it is linked, and the agent decides whether it is that."""
    yield _linked(incident, (at, now, DESK))
    if policy.known_incidents_exempt:
        order = f"#incident {incident.key}"
        yield from _proposal(f"incident {incident.key}", order, _known(incident), incident.words, at=at, now=now)


def _proposal(key: str, order: str, why: str, said: Collection[str], *, at: datetime, now: datetime) -> Iterator[Event]:
    words = ", ".join(f'"{word}"' for word in said)
    yield ExclusionProposed(at, now, DESK, key=key, because=why, words=tuple(said))
    tag = f"{_PROPOSED}{key}, the mail says {words} ({order} binds, #exclude {OFF} dismisses; its promises run)"
    yield CaseFlagged(at, now, DESK, tag=tag)


def _stands_in(words: str, text: str) -> bool:
    return re.search(rf"(?<!\w){re.escape(words.lower())}(?!\w)", text) is not None


# --- bound, and taken back


def exclude(execution: Execution, command: Command, _orders: Orders) -> None:
    """Obey `#exclude` (CEL-10, CEL-11, LAI-12, CLX-3)."""
    if command.argument == OFF:
        _take_back(execution)
        return
    entry = next(entry for entry in execution.terms.policy.exclusions if entry.key == command.argument)
    because = f"{entry.why}: {command.detail}" if command.detail else entry.why
    exempted = CaseExempted(*execution.stamp, key=entry.key, because=because, out_of_scope=entry.out_of_scope)
    if any(_says_the_same(one, exempted) for one in in_force(execution.case.events)):
        execution.done.append(f"was excluded already: {because}")
        return
    execution.happened(exempted)
    _dismiss(execution)
    execution.happened(CaseFlagged(*execution.stamp, tag=f"{_EXCLUDED}{entry.key}"))
    told = _tell(execution, OutOfScopeMail(because=because, out_of_scope=entry.out_of_scope))
    execution.done.append(f"excluded: {because}; {told}")


def _says_the_same(one: CaseExempted, other: CaseExempted) -> bool:
    return (one.key, one.because, one.out_of_scope) == (other.key, other.because, other.out_of_scope)


def incident(execution: Execution, command: Command, _orders: Orders) -> None:
    """Obey `#incident`: the case is about a known one, and exempt where the policy exempts those (LAI-6)."""
    known = next(entry for entry in execution.terms.declared.incidents if entry.key == command.argument)
    execution.happened(_linked(known, execution.stamp))
    done = f"linked to incident {known.key}: {known.title}"
    because = f"known incident {known.key}: {known.title}"
    there = any(one.because == because for one in in_force(execution.case.events))
    if execution.terms.policy.known_incidents_exempt and not there:
        execution.happened(CaseExempted(*execution.stamp, key="incident", because=because, out_of_scope=False))
        _dismiss(execution)
        content = OutOfScopeMail(because=_known(known))
        done += f"; its promises do not apply, and {_tell(execution, content, about=known.key)}"
    execution.done.append(done)


def _linked(known: Incident, stamp: Stamp) -> CaseFlagged:
    return CaseFlagged(*stamp, tag=f"incident {known.key}", say=_known(known), name=known.title)


def _known(known: Incident) -> str:
    return f"a known problem, {known.title}"


def _take_back(execution: Execution) -> None:
    """As if it had never been: the clocks, what is late and the ladder follow from the events that are left."""
    ended = [one for one in in_force(execution.case.events) if not one.until_requester]
    waiting = [tag for tag in execution.case.tags if tag.startswith(_PROPOSED)]
    if not ended and not waiting:
        execution.done.append("nothing was excluded, and nothing is proposed")
        return
    execution.happened(ExclusionLifted(*execution.stamp, keys=tuple(one.key for one in ended)))
    _dismiss(execution, _PROPOSED, _EXCLUDED)
    if not ended:
        execution.done.append("dismissed: what was proposed; the promises run as before")
        return
    why = "; ".join(one.because for one in ended)
    told = _tell(execution, OutOfScopeMail(lifted=True))
    execution.done.append(f"no longer excluded ({why}): the promises run as if it had never been; {told}")


def _dismiss(execution: Execution, *beginnings: str) -> None:
    for tag in execution.case.tags:
        if tag.startswith(beginnings or (_PROPOSED,)):
            execution.happened(CaseUnflagged(*execution.stamp, tag=tag))


def _tell(execution: Execution, content: OutOfScopeMail, *, about: str = OFF) -> str:
    """Write to the people of the case; says whether they hear it."""
    key = f"{execution.arrival.key}/exclude/{about}"
    execution.drafts += [Draft(content, person, key) for person in execution.case.readers]
    if execution.unheard or nobody(execution.case):
        return "nobody is told: there is nobody to write to"
    return "the customer is told"
