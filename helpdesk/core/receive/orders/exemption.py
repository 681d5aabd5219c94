"""An agent binds, or takes back, what the offering leaves out, and passes a customer's request for escalation on.

Words of a mail exempt nothing (design law 20); they are proposed (`scope`). `#exclude KEY` and `#incident KEY` take the
promises away from then on, and the people of the case hear why; `#exclude off` takes that back as if it had never been,
and dismisses what is proposed.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from helpdesk.core.receive import escalation, scope
from helpdesk.core.words.addressee import nobody
from helpdesk.core.words.decision import Draft
from helpdesk.core.words.drafts import EscalationAskedMail, OutOfScopeMail, PassedOnMail
from helpdesk.core.words.events import CaseExempted, CaseFlagged, CaseUnflagged, EscalationRequested, ExclusionLifted
from helpdesk.core.words.exempted import in_force
from helpdesk.offering.policy import OFF

if TYPE_CHECKING:
    from helpdesk.core.receive.orders.command import Command
    from helpdesk.core.receive.orders.execution import Execution

_EXCLUDED = "excluded: "  # and that of one in force


def exclude(execution: Execution, command: Command) -> None:
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


def incident(execution: Execution, command: Command) -> None:
    """Obey `#incident`: the case is about a known one, and exempt where the policy exempts those (LAI-6)."""
    known = next(entry for entry in execution.terms.declared.incidents if entry.key == command.argument)
    execution.happened(scope.linked(known, execution.stamp))
    done = f"linked to incident {known.key}: {known.title}"
    because = f"known incident {known.key}: {known.title}"
    there = any(one.because == because for one in in_force(execution.case.events))
    if execution.terms.policy.known_incidents_exempt and not there:
        execution.happened(CaseExempted(*execution.stamp, key="incident", because=because, out_of_scope=False))
        _dismiss(execution)
        content = OutOfScopeMail(problem=known.title)
        done += f"; its promises do not apply, and {_tell(execution, content, about=known.key)}"
    execution.done.append(done)


def _take_back(execution: Execution) -> None:
    """As if it had never been: the clocks, what is late and the ladder follow from the events that are left."""
    ended = [one for one in in_force(execution.case.events) if not one.until_requester]
    waiting = [tag for tag in execution.case.tags if tag.startswith(scope.PROPOSED)]
    if not ended and not waiting:
        execution.done.append("nothing was excluded, and nothing is proposed")
        return
    execution.happened(ExclusionLifted(*execution.stamp, keys=tuple(one.key for one in ended)))
    _dismiss(execution, scope.PROPOSED, _EXCLUDED)
    if not ended:
        execution.done.append("dismissed: what was proposed; the promises run as before")
        return
    why = "; ".join(one.because for one in ended)
    told = _tell(execution, OutOfScopeMail(lifted=True))
    execution.done.append(f"no longer excluded ({why}): the promises run as if it had never been; {told}")


def _dismiss(execution: Execution, *beginnings: str) -> None:
    for tag in execution.case.tags:
        if tag.startswith(beginnings or (scope.PROPOSED,)):
            execution.happened(CaseUnflagged(*execution.stamp, tag=tag))


def _tell(execution: Execution, content: OutOfScopeMail, *, about: str = OFF) -> str:
    """Write to the people of the case; says whether they hear it."""
    key = f"{execution.arrival.key}/exclude/{about}"
    execution.drafts += [Draft(content, person, key) for person in execution.case.readers]
    if execution.unheard or nobody(execution.case):
        return "nobody is told: there is nobody to write to"
    return "the customer is told"


def escalate(execution: Execution, command: Command) -> None:
    """Obey `#escalate`: what a customer may have meant is passed on, or dismissed."""
    proposed = [tag for tag in execution.case.tags if tag.startswith(escalation.MAY_ASK)]
    for tag in proposed:
        execution.happened(CaseUnflagged(*execution.stamp, tag=tag))
    if command.argument == OFF:
        execution.done.append("dismissed: nobody is told" if proposed else "nothing was to be dismissed")
        return
    because = f"{execution.name} passes it on{f': {command.detail}' if command.detail else ''}"
    before = execution.case
    asked = EscalationRequested(*execution.stamp, because=because)
    execution.happened(asked)
    people = escalation.who_hears(execution.case, execution.terms, execution.now)
    content = EscalationAskedMail(asked=because, sender=execution.agent.address)
    key = f"{execution.arrival.key}/asked"
    author = execution.case.requester.shown
    execution.drafts += [Draft(content, person, key, author=author) for person in people]
    if not escalation.told_lately(before, asked):
        execution.drafts += [Draft(PassedOnMail(), to, key) for to in execution.case.readers]
    execution.done.append(f"passed on to {', '.join(person.address for person in people)}")
