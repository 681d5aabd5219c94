"""Whom a mail's answers go to, and whose customers the people are that it names: the configuration beside the mail."""

from __future__ import annotations

from typing import TYPE_CHECKING

from helpdesk.core.words.addressee import Addressee, addressee

if TYPE_CHECKING:
    from collections.abc import Iterable

    from helpdesk.core.words.message import Message
    from helpdesk.core.words.people import Customer, Mailbox
    from helpdesk.unit import Rules


def addressed(rules: Rules, message: Message, mailbox: Mailbox, *, authenticated: bool) -> Addressee:
    """Whom the answers to a mail to that mailbox go to."""
    configuration = rules.configuration
    return addressee(
        message,
        ours=configuration.addresses | configuration.groups,
        mailboxes=configuration.received_at,
        customer=rules.customers.find(message.sender.address) if message.sender else None,
        forms=mailbox.forms,
        authenticated=authenticated,
    )


def customers_of(rules: Rules, message: Message, named: Iterable[str]) -> dict[str, Customer]:
    """The customers of those whom a mail names: on To, Cc and Reply-To, and in its orders."""
    people = (*message.to, *message.cc, *message.reply_to)
    addresses = dict.fromkeys((*(person.address for person in people), *named))
    found = ((address, rules.customers.find(address)) for address in addresses)
    return {address: customer for address, customer in found if customer}
