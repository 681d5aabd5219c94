"""Who hears of a step of the ladder: seats that are filled when it is taken, or an address."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from helpdesk.core.words.events import CalledAgain, PageAcknowledged
from helpdesk.person import Person

if TYPE_CHECKING:
    from datetime import datetime

    from helpdesk.core.words.case import Case
    from helpdesk.core.words.drafts import AudienceOf
    from helpdesk.core.words.terms import Terms
    from helpdesk.offering.policy import Audience


@dataclass(frozen=True, slots=True)
class Recipient:
    """Somebody who is told, and whether as one of ours or as a customer, who is told nothing of ours."""

    person: Person
    audience: AudienceOf = "agent"


def readers(audiences: tuple[Audience, ...], case: Case, terms: Terms, now: datetime) -> list[Recipient]:
    """Each once; where every seat is empty, the next that can act: the team, then the operators."""
    found = [reader for audience in audiences for reader in _seat(audience, case, terms, now)]
    fallback = [agent.person for agent in terms.team.agents] or list(terms.operators)
    return list(dict.fromkeys(found or _ours(fallback)))


def _seat(audience: Audience, case: Case, terms: Terms, now: datetime) -> list[Recipient]:
    if audience == "customer-escalation":
        contact = terms.customer.escalation_contact if terms.customer else ""
        return [Recipient(Person(contact), "customer")] if contact else []
    if audience == "customer":
        heard = case.answerable and not case.unconfirmed
        return [Recipient(person, "customer") for person in case.readers if person.address not in case.shared and heard]
    return _ours(_people(audience, case, terms, now))


def _people(audience: Audience, case: Case, terms: Terms, now: datetime) -> list[Person]:
    team = terms.team
    found: list[Person | None]
    match audience:
        case "assignee":
            agent = team.agent(case.assignee)
            found = [agent.person if agent else None]
        case "lead":
            found = [team.lead]
        case "team":
            found = [agent.person for agent in team.agents]
        case "operators":
            found = [*terms.operators]
        case "on-call" | "on-call-secondary":
            found = [_on_call(audience, case, terms, now)]
        case "account-contacts":
            found = [Person(address) for address in (terms.customer.account_contacts if terms.customer else ())]
        case _:
            seat = team.seat(audience)
            found = [*seat.taken_by(now)] if seat else [Person(audience)] if "@" in audience else [team.lead]
    return [person for person in found if person]


def _on_call(audience: Audience, case: Case, terms: Terms, now: datetime) -> Person | None:
    """Who has the seat: who is away is passed over; the next is the lead, or while no seat is taken who is on duty.

    Who was given the case goes first, and who gave it to them is called no more.
    """
    team = terms.team
    if team.rotation is None:
        return None
    seats = team.rotation.on_call(now)
    given = _given_on(case)
    gave = team.agent(given.by) if given else None
    holder = team.agent(given.whom) if given else None
    on_call = [
        seat for seat in (seats.primary, seats.secondary) if seat and not (gave and seat.address in gave.addresses)
    ]
    on_call = [*([holder.person] if holder else []), *on_call]
    taken = any(not _away(seat, terms, now) for seat in on_call)
    on_duty = [] if taken else [agent.person for agent in team.agents if agent.on_duty(now)]
    order = dict.fromkeys((*on_call, *on_duty, *([team.lead] if team.lead else [])))
    here = [person for person in order if not _away(person, terms, now)] or [*order]
    return here[0] if audience == "on-call" else here[1] if len(here) > 1 else team.lead


def _given_on(case: Case) -> CalledAgain | None:
    """The call that began with the case being given to who has it, while nobody has acknowledged it."""
    last = next(iter(reversed(case.of_type(CalledAgain, PageAcknowledged))), None)
    return last if isinstance(last, CalledAgain) and last.whom and last.whom == case.assignee else None


def _away(person: Person, terms: Terms, now: datetime) -> bool:
    agent = terms.team.agent(person.address)
    return agent is not None and agent.away(now)


def _ours(people: list[Person]) -> list[Recipient]:
    return [Recipient(person) for person in people]
