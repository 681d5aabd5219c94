"""An agent links a case to another, puts it into another, or makes another of a mail on it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from helpdesk.core.clocks.ladder import unacknowledged
from helpdesk.core.staffing.relief import said_away
from helpdesk.core.words.decision import Arrival, Draft, Split
from helpdesk.core.words.drafts import MergedMail
from helpdesk.core.words.enclosure import enclosures
from helpdesk.core.words.events import (
    CaseAssigned,
    CaseLinked,
    CaseMerged,
    CaseReopened,
    MergedInto,
    PageAcknowledged,
    SplitOff,
)
from helpdesk.core.words.subjects import bare_subject

if TYPE_CHECKING:
    from collections.abc import Mapping

    from helpdesk.core.receive.orders.command import Command
    from helpdesk.core.receive.orders.execution import Execution
    from helpdesk.core.words.case import Case
    from helpdesk.core.words.people import Agent
    from helpdesk.core.words.terms import RelatedCase, Terms


def linkable(case: Case, named: Mapping[int, RelatedCase], agent: Agent) -> dict[int, str]:
    """Which of the named cases can be linked: "" for those, else what was expected.

    Only cases of a team that the agent is in; others are as if they did not exist.
    """
    seen = {number for number, other in named.items() if other.terms.team.agent(agent.address)}
    here = {number for number in seen if named[number].case.number == case.number}
    return {number: "another case than this one" if number in here else "" for number in seen}


def link(execution: Execution, command: Command) -> None:
    """Obey `#link`."""
    other = execution.arrival.named[command.case]
    if other.case.ref in execution.case.links:
        execution.done.append(f"was linked to {other.case.ref} already")
    else:
        execution.happened(CaseLinked(*execution.stamp, to=other.case.ref))
        execution.done.append(f"linked to {other.case.ref}: {other.case.subject}")
    if execution.case.ref not in other.case.links:
        execution.happened_to(other, CaseLinked(*execution.stamp, to=execution.case.ref))


def mergeable(case: Case, terms: Terms, arrival: Arrival, agent: Agent) -> dict[int, str]:
    """Of the cases that a mail names: "" for one that this case can go into, else what was expected.

    Cases of a team that the agent is not in are as if they did not exist.
    """
    return {
        number: _problem(case, terms, number, other, arrival)
        for number, other in arrival.named.items()
        if other.terms.team.agent(agent.address)
    }


def _problem(case: Case, terms: Terms, number: int, other: RelatedCase, arrival: Arrival) -> str:
    if other.case.number == case.number:
        once_more = number in case.merged or arrival.through is not None
        return "" if once_more else "another case than this one"
    if other.terms.team.name != terms.team.name:
        return f"a case of the same team as this one, {terms.team.name}"
    if other.terms.policy.key != terms.policy.key:
        return f"a case of the same offering as this one, {terms.policy.name}"
    if not case.active:
        return f"#merge on a case that is open; {case.ref} is {case.status}, #reopen opens it again"
    if not other.case.active:
        return f"a case that is open; {other.case.ref} is {other.case.status}"
    return ""


def merge(execution: Execution, command: Command) -> None:
    """Obey `#merge`."""
    case, survivor = execution.case, execution.arrival.named[command.case]
    into = survivor.case
    if into.number == case.number:
        execution.done.append(f"HD-{command.case} and {case.ref} are one case already")
        return
    theirs = {person.address for person in into.readers}
    shared = tuple(sorted(person.address for person in case.readers if person.address in theirs))
    cases = tuple(f"HD-{number}" for number in (case.number, *case.merged))
    execution.happened_to(survivor, CaseMerged(*execution.stamp, came_from=case.ref, cases=cases))
    if into.status == "waiting":
        execution.happened_to(survivor, CaseReopened(*execution.stamp, because=f"{case.ref} was merged into it"))
    if case.status == "waiting":
        execution.happened(CaseReopened(*execution.stamp, because=f"it was merged into {into.ref}"))
    if into.assignee and into.assignee != case.assignee:
        execution.happened(CaseAssigned(*execution.stamp, agent=into.assignee, because=f"merged into {into.ref}"))
    execution.happened(MergedInto(*execution.stamp, into=into.ref, shared=shared))
    if unacknowledged(into):  # who puts two together has both at hand
        execution.happened_to(survivor, PageAcknowledged(*execution.stamp, because=f"{case.ref} was merged into it"))
    for person in survivor.terms.keepers(into.assignee):
        if person.address not in execution.agent.addresses:
            content = MergedMail(merged_ref=case.ref, merged_number=case.number)
            execution.drafted_for(survivor, Draft(content, person, execution.arrival.key, author=execution.name))
    execution.done.append(f"{case.ref} goes into {into.ref}: {into.subject}")
    keeper = survivor.terms.team.agent(into.assignee)
    if keeper and keeper.address not in execution.agent.addresses and (away := said_away(keeper, execution.now)):
        execution.done.append(f"{into.ref} is with {keeper.name_or_address}, who is {away}: #assign on it")
    execution.done.append(
        f"What you answer on {into.ref} goes to the people of both, to each alone, and stops the clocks of both. "
        f"Whoever writes to {case.ref} writes to {into.ref} from now on."
    )


def split(execution: Execution, command: Command) -> None:
    """Obey `#split`."""
    piece, case = execution.arrival.piece, execution.case
    if piece is None:
        raise ValueError("a mail of the customer's was expected")
    ref = f"HD-{piece.number}"
    subject = command.argument or bare_subject(piece.arrival.message.subject) or case.subject
    came = piece.arrival
    received_at, message_id = came.received_at.isoformat(), came.message.message_id
    event = SplitOff(*execution.stamp, into=ref, received_at=received_at, message_id=message_id)
    if piece.owner == case.number:
        execution.happened(event)
    else:
        owner = next(one for one in execution.terms.merged if one.case.number == piece.owner)
        execution.happened_to(owner, event)
    execution.happened(CaseLinked(*execution.stamp, to=ref))
    text = "" if execution.stays else execution.orders.text
    files = () if execution.stays else enclosures(execution.arrival.message, execution.arrival.number)
    execution.split = Split(subject, text, execution.agent, files)
    said = "; your text is its first answer" if text else ""
    execution.done.append(f"the mail of {piece.arrival.sender} is a case of its own now, {ref}: {subject}{said}")
