"""What the facts of a contract say of a mail: versions out of support, and contacts beyond those that were bought.

An old version proposes its exclusion to the agent, and binds nothing. Of who is no named contact, or one too many, the
agent is told; their case is one like any other.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from helpdesk.core.words.addresses import comparable
from helpdesk.offering.intake_words import folded
from helpdesk.offering.versions import version_of

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Mapping
    from datetime import date

    from helpdesk.core.words.people import Contact, Customer
    from helpdesk.offering.policy import Plan, Policy
    from helpdesk.offering.versions import ProductVersion


def unsupported(
    policy: Policy, customer: Customer | None, given: Mapping[str, str], addons: Collection[str], on: date
) -> Iterator[tuple[ProductVersion, str]]:
    """The entries by which a case is out of support, with the reason: by what was said in it, else by the contract.

    By the contract only where all that they have is: which of several a mail is about, nobody knows.
    """
    stated, product = given.get("version", ""), given.get("product", "")
    theirs = {} if customer is None or stated else dict(customer.versions)
    asked = {product: stated} if stated else theirs
    entries = [(version_of(policy.versions, version, of), version, of) for of, version in asked.items()]
    over = [
        (entry, _reason(entry, version, of, entry.until(addons), said=bool(stated)))
        for entry, version, of in entries
        if entry and not _is_supported(entry.until(addons), on)
    ]
    if len(over) == len(entries):
        yield from over


def _is_supported(until: date | None, on: date) -> bool:
    return until is not None and on <= until


def _reason(entry: ProductVersion, version: str, product: str, until: date | None, *, said: bool) -> str:
    name = product or entry.product
    what = f"version {version}{f' of {name}' if name else ''}"
    source = "the mail says" if said else "the contract says"
    return f"{source} {what}, supported until {until}" if until else f"{source} {what}, which is not supported"


def contact_doubts(customer: Customer | None, sender: str, plan: Plan, product: str) -> Iterator[str]:
    """What the agent is told of who wrote: no named contact, one too many, or none for that product."""
    if customer is None or not (plan.contacts or plan.contacts_per_product):
        return
    place = next((n for n, one in enumerate(customer.contacts, start=1) if _is(one, sender)), 0)
    if not place:
        yield f"contacts: {sender} is not among those that {customer.name} has named"
    elif plan.contacts and place > plan.contacts:
        yield f"contacts: {sender} is number {place}, {plan.name} has {plan.contacts}"
    elif plan.contacts_per_product and product:
        yield from _doubts_of_product(customer, customer.contacts[place - 1], plan, product)


def _doubts_of_product(customer: Customer, contact: Contact, plan: Plan, product: str) -> Iterator[str]:
    named = [one for one in customer.contacts if any(folded(name) == folded(product) for name in one.products)]
    if contact not in named:
        yield f"contacts: {contact.address} is not named for {product}"
    elif named.index(contact) >= plan.contacts_per_product:
        place, most = named.index(contact) + 1, plan.contacts_per_product
        yield f"contacts: {contact.address} is number {place} for {product}, {plan.name} has {most}"


def _is(contact: Contact, address: str) -> bool:
    return comparable(contact.address) == comparable(address)
