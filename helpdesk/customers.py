"""Who bought what: `customers.toml` into a directory that finds a customer by address or domain."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from datetime import date
from difflib import get_close_matches
from typing import TYPE_CHECKING

from helpdesk.core.clocks.credit import read_money
from helpdesk.core.words.addresses import comparable
from helpdesk.core.words.message import is_plain_address
from helpdesk.core.words.people import Contact, Customer
from helpdesk.errors import ConfigurationError, NotFound
from helpdesk.languages import languages
from helpdesk.openhours.walltime import is_zone
from helpdesk.placeholders import BLANK
from helpdesk.toml_reader import TrueOrFalse, fill_as_far_as_possible, read_toml, toml_table

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path

    from helpdesk.offering.policy import Policy

# Labels of letters, digits and hyphens, of any script, as RFC 5890 has them.
_DOMAIN = re.compile(r"[^\W_]([\w-]*[^\W_])?(\.[^\W_]([\w-]*[^\W_])?)*")


@toml_table
class ContactTable:
    """An entry of `contacts`."""

    email: str
    registered: TrueOrFalse = False
    products: list[str] = field(default_factory=list)


@toml_table
class CustomerTable:
    """`[[customer]]`."""

    key: str
    name: str
    policy: str
    plan: str = ""
    region: str = ""
    timezone: str = ""
    country: str = ""
    language: str = ""
    domains: list[str] = field(default_factory=list)
    contacts: list[ContactTable] = field(default_factory=list)
    escalation_contact: str = ""
    account_contacts: list[str] = field(default_factory=list)
    projects: list[str] = field(default_factory=list)
    products: list[str] = field(default_factory=list)
    addons: list[str] = field(default_factory=list)
    versions: dict[str, str] = field(default_factory=dict)
    signed: date | None = None
    entitled_from: date | None = None
    entitled_to: date | None = None
    quarterly_fee: str = ""
    paid_up: TrueOrFalse = True
    reader: TrueOrFalse = True


@toml_table
class CustomersFile:
    """The file."""

    customer: list[CustomerTable] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Directory:
    """Every customer, found by key, by a contact's address, or by the domain of an address."""

    by_key: Mapping[str, Customer] = field(default_factory=dict)
    by_address: Mapping[str, Customer] = field(default_factory=dict)
    by_domain: Mapping[str, Customer] = field(default_factory=dict)

    def find(self, address: str) -> Customer | None:
        """The customer that an address belongs to: a named contact before a whole domain."""
        told = comparable(address)
        return self.by_address.get(told) or self.by_domain.get(told.rpartition("@")[2])

    def customer(self, key: str) -> Customer:
        """The customer of that key. Raises NotFound that names the nearest."""
        if key not in self.by_key:
            raise NotFound(f"there is no customer {key!r}; {self._nearest(key)}")
        return self.by_key[key]

    def _nearest(self, written: str) -> str:
        called = {name.lower(): one.key for one in self.by_key.values() for name in (*one.domains, one.name, one.key)}
        near = get_close_matches(written.lower(), called, n=1, cutoff=0.0)
        return f"the nearest is {called[near[0]]!r}" if near else "there are none"


def load_customers(path: Path | None, policies: Mapping[str, Policy]) -> Directory:
    """Read the customers. Raises ConfigurationError with every problem; no file configured: nobody is known."""
    if path is None:
        return Directory()
    filled = fill_as_far_as_possible(CustomersFile, read_toml(path), str(path))
    entries = filled.table.customer
    problems = [*filled.problems, *filled.further(_problems(entries, policies))]
    if problems:
        raise ConfigurationError(problems)
    return directory([_customer(entry) for entry in entries])


def directory(customers: list[Customer]) -> Directory:
    """Index customers for finding."""
    return Directory(
        by_key={customer.key: customer for customer in customers},
        by_address={comparable(contact.address): customer for customer in customers for contact in customer.contacts},
        by_domain={comparable(domain): customer for customer in customers for domain in customer.domains},
    )


def _customer(entry: CustomerTable) -> Customer:
    return Customer(
        key=entry.key,
        name=entry.name,
        policy=entry.policy,
        plan=entry.plan,
        region=entry.region,
        timezone=entry.timezone,
        country=entry.country,
        language=entry.language,
        domains=tuple(domain.lower() for domain in entry.domains),
        contacts=tuple(
            Contact(contact.email.lower(), contact.registered, tuple(contact.products)) for contact in entry.contacts
        ),
        escalation_contact=entry.escalation_contact.lower(),
        account_contacts=tuple(address.lower() for address in entry.account_contacts),
        projects=tuple(entry.projects),
        products=tuple(entry.products),
        addons=tuple(entry.addons),
        versions=tuple(entry.versions.items()),
        signed=entry.signed,
        entitled_from=entry.entitled_from,
        entitled_to=entry.entitled_to,
        quarterly_fee=entry.quarterly_fee,
        paid_up=entry.paid_up,
        reader=entry.reader,
    )


def _problems(entries: list[CustomerTable], policies: Mapping[str, Policy]) -> Iterator[str]:
    taken: dict[str, int] = {}
    for number, entry in enumerate(entries, start=1):
        place = f"customer.{number}"
        yield from _offering_problems(place, entry, policies)
        yield from _fee_problems(place, entry.quarterly_fee)
        yield from _people_problems(place, entry)
        yield from _date_problems(place, entry)
        if entry.timezone and not is_zone(entry.timezone):
            yield f'{place}.timezone: expected a zone of the IANA database ("Europe/Berlin"), not {entry.timezone!r}'
        if entry.language and entry.language not in languages():
            yield f"{place}.language: expected one of {', '.join(sorted(languages()))}, not {entry.language!r}"
        for claim in (f"key {entry.key}", *entry.domains, *(contact.email for contact in entry.contacts)):
            owner = taken.setdefault(comparable(claim), number)
            if owner != number:
                yield f"{place}: expected {claim!r} with one customer only, customer.{owner} has it too"


def _people_problems(place: str, entry: CustomerTable) -> Iterator[str]:
    for domain in entry.domains:
        if not _DOMAIN.fullmatch(domain):
            yield f"{place}.domains: expected a plain domain such as acme.example, not {domain!r}"
    named = [(f"contacts.{number}.email", contact.email) for number, contact in enumerate(entry.contacts, start=1)]
    named += [("account_contacts", address) for address in entry.account_contacts]
    if entry.escalation_contact:
        named.append(("escalation_contact", entry.escalation_contact))
    for key, address in named:
        if not is_plain_address(address):
            yield f"{place}.{key}: expected a bare address such as it@acme.example, not {address!r}"


def _date_problems(place: str, entry: CustomerTable) -> Iterator[str]:
    since, to = entry.entitled_from, entry.entitled_to
    if since and to and to < since:
        yield f"{place}.entitled_to: expected a date on or after entitled_from ({since}), not {to}"


def _fee_problems(place: str, fee: str) -> Iterator[str]:
    try:
        if fee:
            read_money(fee)
    except ValueError as problem:
        yield f"{place}.quarterly_fee: {problem}"


def _offering_problems(place: str, entry: CustomerTable, policies: Mapping[str, Policy]) -> Iterator[str]:
    policy = policies.get(entry.policy)
    if policy is None:
        if BLANK not in policies:
            yield f"{place}.policy: expected one of {', '.join(sorted(policies))}, not {entry.policy!r}"
        return
    for what, key, known in (("plan", entry.plan, policy.plans), ("region", entry.region, policy.regions)):
        keys = [item.key for item in known]
        if key and key not in keys and BLANK not in keys:
            yield f"{place}.{what}: expected one of {', '.join(keys)}, not {key!r}"
    for calendar, hours in policy.customer_hours.items():
        if entry.country and hours.countries and entry.country not in hours.countries:
            there = f"{', '.join(hours.countries)} (calendar {calendar} of {policy.key}, customer_countries)"
            yield f"{place}.country: expected one of {there}, not {entry.country!r}"
    yield from _addon_problems(place, entry, policy)


def _addon_problems(place: str, entry: CustomerTable, policy: Policy) -> Iterator[str]:
    known = {addon.key: addon for addon in policy.addons}
    extending = {key: version for version in policy.versions for key in version.extended if key not in known}
    plan = entry.plan or next((plan.key for plan in policy.plans), "")
    for key in entry.addons:
        if key not in known and key not in extending:
            names = ", ".join((*known, *extending)) or "no add-ons at all"
            yield f"{place}.addons: expected one of {names}, not {key!r}"
        elif key in known and known[key].plans and plan not in known[key].plans:
            plans = ", ".join(known[key].plans)
            yield f"{place}.addons: expected one that goes with plan {plan}: {key} goes with {plans}"
