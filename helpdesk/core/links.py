"""Two cases that belong together, each of which names the other from then on."""

from __future__ import annotations

from typing import TYPE_CHECKING

from helpdesk.core.events import CaseLinked

if TYPE_CHECKING:
    from collections.abc import Mapping

    from helpdesk.core.case import Case
    from helpdesk.core.command import Command, Orders
    from helpdesk.core.decision import Neighbour
    from helpdesk.core.people import Agent
    from helpdesk.core.scribe import Scribe


def linkable(case: Case, named: Mapping[int, Neighbour], agent: Agent) -> dict[int, str]:
    """Which of the named cases can be linked: "" for those, else what was expected.

    Only cases of a team that the agent is in; others are as if they did not exist.
    """
    seen = {number for number, other in named.items() if other.terms.team.agent(agent.address)}
    here = {number for number in seen if named[number].case.number == case.number}
    return {number: "another case than this one" if number in here else "" for number in seen}


def link(scribe: Scribe, command: Command, _orders: Orders) -> None:
    """Obey `#link`."""
    other = scribe.arrival.named[command.case]
    if other.case.ref in scribe.case.links:
        scribe.done.append(f"was linked to {other.case.ref} already")
    else:
        scribe.happened(CaseLinked(*scribe.stamp, to=other.case.ref))
        scribe.done.append(f"linked to {other.case.ref}: {other.case.subject}")
    if scribe.case.ref not in other.case.links:
        scribe.happened_to(other, CaseLinked(*scribe.stamp, to=scribe.case.ref))
