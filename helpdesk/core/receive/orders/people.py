"""An agent says who has a case, who is on it, and whose it is.

With `#requester jo@acme.example` the answers to come go to the new requester, the text of the very mail with the order
first, and nothing that was. The old one, and whom their mail named for the answers, get no more. Customer, plan and
region follow the new one; each clock goes on with what was used, as after a change of severity that keeps it.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from helpdesk.core.clocks import calling
from helpdesk.core.receive import behalf, scope
from helpdesk.core.staffing import assignment
from helpdesk.core.staffing.relief import cannot_wait, said_away
from helpdesk.core.words.decision import Draft
from helpdesk.core.words.drafts import AssignedMail
from helpdesk.core.words.events import (
    CalledAgain,
    CaseAssigned,
    CaseFlagged,
    CaseUnflagged,
    ParticipantAdded,
    ParticipantRemoved,
    TeamSet,
)

if TYPE_CHECKING:
    from helpdesk.core.receive.orders.command import Command
    from helpdesk.core.receive.orders.execution import Execution
    from helpdesk.core.words.people import Agent
    from helpdesk.core.words.terms import Terms


def assign(execution: Execution, command: Command) -> None:
    """Obey `#assign`."""
    agent = execution.terms.team.agent(command.argument)
    if agent is None:
        raise ValueError(f"{command.argument} is no agent of the team")
    name = agent.name_or_address
    # Who gives a case to themselves has come back, whatever the configuration says.
    away = "" if agent.address == execution.agent.address else said_away(agent, execution.now)
    if agent.address == execution.case.assignee:
        execution.done.append(f"was with {name} already{f', who is {away}' if away else ''}")
        return
    if away and not command.insists:
        execution.done.append(f"not assigned: {name} is {away}; #assign! {agent.address} gives it to them anyway")
        return
    execution.happened(CaseAssigned(*execution.stamp, agent=agent.address, because=f"by {execution.name}"))
    said = f", {away}: what cannot wait goes to who is there" if away else _told_in_time(execution, agent)
    execution.done.append(f"assigned to {name}{said}")
    if agent.address != execution.agent.address:
        content, name = AssignedMail(handed_over=True), execution.agent.name
        execution.drafts.append(Draft(content, agent.person, execution.arrival.key, author=name))


def _told_in_time(execution: Execution, agent: Agent) -> str:
    """Call who is given a case that is due before they are back, where such cases are called for; in words."""
    case, terms = execution.case, execution.terms
    if agent.address == execution.agent.address or not cannot_wait(agent, case, terms, execution.now):
        return ""
    late = "who is not on duty before it is due"
    if not calling.is_called_for(case, terms):
        return f", {late}"
    if execution.orders.has("ack", "nocall"):
        return f", {late}; nobody is called, as you have acknowledged it"
    execution.called_on = True
    because = f"given to {agent.name_or_address}, {late}"
    execution.happened(CalledAgain(*execution.stamp, because=because, anew=True, whom=agent.address))
    return f", {late}, and is called"


def team(execution: Execution, command: Command) -> None:
    """Obey `#team`: the other team's agents take turns for it as for a new case, and whoever has it gets all of it."""
    was, name = execution.terms.team.name, command.argument
    if was == name:
        execution.done.append(f"was with {name} already")
        return
    execution.terms = replace(execution.terms, team=execution.terms.teams[name])
    execution.happened(TeamSet(*execution.stamp, team=name, was=was))
    for event in assignment.assign(execution.terms, execution.now):
        execution.happened(event)
    agent = execution.terms.team.agent(execution.case.assignee)
    execution.done.append(f"given to {name}: {agent.name_or_address if agent else 'nobody is in it'}")
    for person in execution.terms.keepers(execution.case.assignee):
        if person.address not in execution.agent.addresses:
            content = AssignedMail(handed_over=True)
            execution.drafts.append(Draft(content, person, execution.arrival.key, author=execution.name))


def cc(execution: Execution, command: Command) -> None:
    """Obey `#cc`: who is added sees what comes, never what was; who is removed can write to it and is not believed."""
    for person in command.people:
        there = person.address in {known.address for known in (execution.case.requester, *execution.case.participants)}
        if command.argument == "remove" and not there:
            execution.done.append(f"{person.address} was off the case already")
        elif command.argument == "remove":
            execution.happened(ParticipantRemoved(*execution.stamp, address=person.address))
            execution.done.append(f"{person.address} gets no more answers")
        elif there:
            execution.done.append(f"{person.address} was on the case already")
        else:
            execution.happened(ParticipantAdded(*execution.stamp, address=person.address, name=person.name))
            execution.done.append(f"{person.address} gets the answers from now on, and nothing of before")


def requester(execution: Execution, command: Command) -> None:
    """Obey `#requester`."""
    (person,) = command.people
    case = execution.case
    if person.address == case.addressee.address == case.requester.address:
        execution.done.append(f"{person.shown} is the requester already")
        return
    written_to = {one.address: one.shown for one in (case.requester, case.addressee)}
    before = [shown for address, shown in written_to.items() if address != person.address]
    terms = replace(execution.terms, customer=execution.arrival.customers.get(person.address))
    execution.happened(scope.becomes(person, case, execution.arrival, terms, execution.stamp))
    execution.terms = terms
    _mark(execution, [doubt.said for doubt in scope.unentitled(execution.arrival, terms)])
    get = "gets" if len(before) == 1 else "get"
    execution.done.append(
        f"{person.shown} is the requester now, and no more {' or '.join(before)}, who {get} no more mail"
    )
    execution.done.append(f"{person.address} gets the answers from now on, and nothing of before")
    execution.done.append(_terms_in_words(terms, execution))


def _mark(execution: Execution, unentitled: list[str]) -> None:
    """What is said of whom the case is not owed to, and what their plan does not cover, is said of the new one."""
    case, policy = execution.case, execution.terms.policy
    holds = (*unentitled, *scope.uncovered(case.kind, case.area, policy.plan(case.plan), policy))
    for tag in case.tags:
        if tag not in holds and (scope.is_coverage(tag) or scope.is_entitlement(tag) or behalf.is_for_nobody(tag)):
            execution.happened(CaseUnflagged(*execution.stamp, tag=tag))
    for tag in holds:
        if tag not in case.tags:
            execution.happened(CaseFlagged(*execution.stamp, tag=tag))


def _terms_in_words(terms: Terms, execution: Execution) -> str:
    plan = terms.policy.plan(execution.case.plan).name
    whose = terms.customer.name if terms.customer else "nobody we know"
    return f"customer {whose}, plan {plan}; each clock goes on with what was used"
