"""Whose case it is: `#requester jo@acme.example`.

The answers to come go to the new requester, the text of the very mail with the order first, and nothing that was. The
old one, and whom their mail named for the answers, get no more. Customer, plan and region follow the new one; each
clock goes on with what was used, as after a change of severity that keeps it.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from helpdesk.core.receive import behalf, scope
from helpdesk.core.words.events import CaseFlagged, CaseUnflagged, FormerRequester, RequesterSet, Stamp

if TYPE_CHECKING:
    from helpdesk.core.receive.orders.command import Command, Orders
    from helpdesk.core.receive.orders.execution import Execution
    from helpdesk.core.words.case import Case
    from helpdesk.core.words.decision import Arrival
    from helpdesk.core.words.terms import Terms
    from helpdesk.person import Person


def requester(execution: Execution, command: Command, _orders: Orders) -> None:
    """Obey `#requester`."""
    (person,) = command.people
    case = execution.case
    if person.address == case.addressee.address == case.requester.address:
        execution.done.append(f"{person.shown} is the requester already")
        return
    written_to = {one.address: one.shown for one in (case.requester, case.addressee)}
    before = [shown for address, shown in written_to.items() if address != person.address]
    terms = replace(execution.terms, customer=execution.arrival.customers.get(person.address))
    execution.happened(becomes(person, case, execution.arrival, terms, execution.stamp))
    execution.terms = terms
    _mark(execution, [doubt.said for doubt in scope.unentitled(execution.arrival, terms)])
    get = "gets" if len(before) == 1 else "get"
    execution.done.append(
        f"{person.shown} is the requester now, and no more {' or '.join(before)}, who {get} no more mail"
    )
    execution.done.append(f"{person.address} gets the answers from now on, and nothing of before")
    execution.done.append(_terms_in_words(terms, execution))


def becomes(person: Person, case: Case, arrival: Arrival, terms: Terms, stamp: Stamp) -> RequesterSet:
    """That a case becomes that person's; `terms` are theirs."""
    unentitled = [doubt.said for doubt in scope.unentitled(arrival, terms)]
    unclaimed = [doubt.said for doubt in scope.unclaimed(person, dict(case.intake), case.kind, terms)]
    return RequesterSet(
        *stamp,
        address=person.address,
        name=person.name,
        customer=terms.customer.key if terms.customer else "",
        plan=scope.plan_key(terms),
        region=scope.region_key(terms),
        unwarranted=(*unentitled, *unclaimed),
        was=FormerRequester(
            address=case.requester.address,
            answers_to=case.answers_to,
            customer=case.customer,
            plan=case.plan,
            region=case.region,
            unwarranted=list(case.unwarranted),
        ),
    )


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
