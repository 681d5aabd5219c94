"""Two cases that belong together, each of which names the other from then on."""

from __future__ import annotations

from typing import TYPE_CHECKING

from helpdesk.core.words.events import CaseLinked

if TYPE_CHECKING:
    from collections.abc import Mapping

    from helpdesk.core.receive.orders.command import Command, Orders
    from helpdesk.core.receive.orders.execution import Execution
    from helpdesk.core.words.case import Case
    from helpdesk.core.words.people import Agent
    from helpdesk.core.words.terms import Neighbour


def linkable(case: Case, named: Mapping[int, Neighbour], agent: Agent) -> dict[int, str]:
    """Which of the named cases can be linked: "" for those, else what was expected.

    Only cases of a team that the agent is in; others are as if they did not exist.
    """
    seen = {number for number, other in named.items() if other.terms.team.agent(agent.address)}
    here = {number for number in seen if named[number].case.number == case.number}
    return {number: "another case than this one" if number in here else "" for number in seen}


def link(execution: Execution, command: Command, _orders: Orders) -> None:
    """Obey `#link`."""
    other = execution.arrival.named[command.case]
    if other.case.ref in execution.case.links:
        execution.done.append(f"was linked to {other.case.ref} already")
    else:
        execution.happened(CaseLinked(*execution.stamp, to=other.case.ref))
        execution.done.append(f"linked to {other.case.ref}: {other.case.subject}")
    if execution.case.ref not in other.case.links:
        execution.happened_to(other, CaseLinked(*execution.stamp, to=execution.case.ref))
