"""Telling customers of planned maintenance: one mail a contact, ever, and only to whom it concerns.

A customer who named nobody is told at the address from which a person of theirs wrote last.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from helpdesk.core.receive.maintenance import concerned
from helpdesk.core.words.addresses import unwritable
from helpdesk.core.words.people import written_to_in
from helpdesk.errors import Refused
from helpdesk.operators.planned import load_planned
from helpdesk.person import Person
from helpdesk.store import cases, declarations, desk_mails, outbox, undeliverable

if TYPE_CHECKING:
    from collections.abc import Iterable

    from helpdesk.core.words.people import Customer
    from helpdesk.offering.declared import MaintenanceWindow
    from helpdesk.unit import Unit


@dataclass(frozen=True, slots=True)
class AnnouncementAudience:
    """Whom a window is announced to, and the customers whom nobody knows how to reach."""

    people: tuple[tuple[Customer, Person], ...]
    unreached: tuple[Customer, ...]


def announce(unit: Unit, number: int) -> list[str]:
    """Queue the notices of a window for those who have none yet; returns their addresses.

    Raises NotFound, and Refused when it is over.
    """
    window = load_planned(unit, number).window
    if window.ends_at <= unit.now:
        raise Refused(f"maintenance {number} is over")
    policy = unit.rules.book.policy(window.policy)
    mailbox = next((box for box in unit.rules.configuration.mailboxes if box.policy == policy.key), None)
    if mailbox is None:
        raise Refused(f"no mailbox is bound to the policy {policy.key}: there is no address to write from")
    zone = policy.default_calendar.timezone
    queued = [
        unit.rules.letters.notice(
            person,
            mailbox=mailbox,
            window=window,
            number=number,
            zone=customer.timezone or zone,
            now=unit.now,
            language=written_to_in(policy, customer),
        )
        for customer, person in audience_of(unit, window).people
    ]
    fresh = [mail for mail in queued if not desk_mails.is_written(unit.connection, mail.key)]
    outbox.add(unit.connection, fresh, unit.now)
    declarations.announced(unit.connection, number, unit.now)
    return list(dict.fromkeys(mail.recipient for mail in fresh))


def audience_of(unit: Unit, window: MaintenanceWindow) -> AnnouncementAudience:
    """Everybody whom the customers that a window concerns have named, else who wrote last."""
    policy = unit.rules.book.policy(window.policy)
    customers = concerned(unit.rules.customers.by_key.values(), window, policy)
    people = {customer.key: _addresses_of(customer) or _latest(unit, customer) for customer in customers}
    return AnnouncementAudience(
        tuple((customer, Person(address)) for customer in customers for address in people[customer.key]),
        tuple(customer for customer in customers if not people[customer.key]),
    )


def _addresses_of(customer: Customer) -> tuple[str, ...]:
    named = dict.fromkeys((*(contact.address for contact in customer.contacts), customer.escalation_contact))
    return tuple(address for address in named if address)


def _latest(unit: Unit, customer: Customer) -> tuple[str, ...]:
    """The last person of theirs who wrote to us and can be written to; empty where nobody did."""
    lost = undeliverable.marked(unit.connection)
    authors: Iterable[str] = cases.latest_authors(unit.connection, customer.key)
    return next(
        (
            (address,)
            for address in authors
            if unit.rules.customers.find(address) == customer and address not in lost and not unwritable(address)
        ),
        (),
    )
