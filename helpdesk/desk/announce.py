"""Telling customers of planned maintenance: one mail a contact, ever."""

from __future__ import annotations

from typing import TYPE_CHECKING

from helpdesk.core.errors import Refused
from helpdesk.core.message import Person
from helpdesk.store import bulletins, declarations, outbox

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import datetime

    import sqlalchemy as sa

    from helpdesk.core.people import Customer
    from helpdesk.desk.rules import Rules


def announce(connection: sa.Connection, rules: Rules, number: int, now: datetime) -> list[str]:
    """Queue the notices of a declared window for those who have none yet; returns their addresses.

    Raises NotFound, and Refused when it is over.
    """
    window = declarations.load_planned(connection, number).window
    if window.ends_at <= now:
        raise Refused(f"maintenance {number} is over")
    policy = rules.book.policy(window.policy)
    mailbox = next((box for box in rules.configuration.mailboxes if box.policy == policy.key), None)
    if mailbox is None:
        raise Refused(f"no mailbox is bound to the policy {policy.key}: there is no address to write from")
    zone = policy.calendars[policy.regions[0].calendar].timezone
    queued = [
        rules.letters.notice(
            person,
            mailbox=mailbox,
            window=window,
            number=number,
            zone=customer.timezone or zone,
            now=now,
            language=policy.languages[0],
        )
        for customer, person in contacts_of(rules, policy.key)
    ]
    fresh = [mail for mail in queued if not bulletins.is_written(connection, mail.key)]
    outbox.add(connection, fresh, now)
    declarations.announced(connection, number, now)
    return list(dict.fromkeys(mail.recipient for mail in fresh))


def contacts_of(rules: Rules, policy: str) -> list[tuple[Customer, Person]]:
    """Everybody whom the customers of an offering have named."""
    return [
        (customer, person)
        for customer in rules.customers.by_key.values()
        if customer.policy == policy
        for person in _contacts(customer)
    ]


def _contacts(customer: Customer) -> Iterator[Person]:
    named = dict.fromkeys((*(contact.address for contact in customer.contacts), customer.escalation_contact))
    yield from (Person(address) for address in named if address)
