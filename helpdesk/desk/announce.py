"""Telling customers of planned maintenance: one mail a contact, ever."""

from __future__ import annotations

from typing import TYPE_CHECKING

from helpdesk.core.errors import Refused
from helpdesk.core.message import Person
from helpdesk.store import declarations, outbox

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import datetime

    from helpdesk.core.people import Customer
    from helpdesk.desk.rules import Rules
    from helpdesk.store.engine import Database


def announce(database: Database, rules: Rules, number: int, now: datetime) -> list[str]:
    """Queue the notices of a declared window; returns the addresses. Raises NotFound, Refused when it is over."""
    with database.write() as connection:
        planned = declarations.load_planned(connection, number)
        window = planned.window
        if window.ends_at <= now:
            raise Refused(f"maintenance {number} is over")
        policy = rules.book.policy(window.policy)
        mailbox = next((box for box in rules.configuration.mailboxes if box.policy == policy.key), None)
        if mailbox is None:
            raise Refused(f"no mailbox is bound to the policy {policy.key}: there is no address to write from")
        zone = policy.calendars[policy.regions[0].calendar].timezone
        customers = [customer for customer in rules.customers.by_key.values() if customer.policy == policy.key]
        queued = [
            rules.letters.notice(
                person, mailbox=mailbox, window=window, number=number, zone=customer.timezone or zone, now=now
            )
            for customer in customers
            for person in _contacts(customer)
        ]
        outbox.add(connection, queued, now)
        declarations.announced(connection, number, now)
    return [mail.recipient for mail in queued]


def _contacts(customer: Customer) -> Iterator[Person]:
    named = dict.fromkeys((*(contact.address for contact in customer.contacts), customer.escalation_contact))
    yield from (Person(address) for address in named if address)
