"""What an operator wrote that can be read and will hurt all the same: one line each, and nothing is tried."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING

from helpdesk.config import is_url
from helpdesk.core.staffing.vacancy import led_from_afar, vacancies
from helpdesk.data_file import data_file
from helpdesk.plural import plural
from helpdesk.store.private_file import BESIDE, exposed, unreadable

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import datetime

    from helpdesk.config import Configuration
    from helpdesk.core.words.people import Customer
    from helpdesk.offering.policy import Policy
    from helpdesk.unit import Rules


def odd_settings(rules: Rules, now: datetime) -> Iterator[str]:
    """What works and is not as the policies ask for."""
    for customer in rules.customers.by_key.values():
        policy = rules.book.policies.get(customer.policy)
        if policy and policy.escalation_contact and not customer.escalation_contact:
            yield f"customer {customer.key}: {policy.name} asks for an escalation_contact, there is none"
        if policy:
            yield from _too_many_contacts(customer, policy)
        yield from _odd_domains(customer, rules.configuration)
    for mailbox in rules.configuration.mailboxes:
        calls = any(step.pages for step in rules.book.policy(mailbox.policy).ladder)
        if calls and rules.configuration.teams[mailbox.team].rotation is None:
            yield f"mailbox {mailbox.address}: {mailbox.policy} calls who is on call, {mailbox.team} has no rotation"
    listens = rules.configuration.file.smtp_in.listen
    for entry in rules.configuration.file.mailbox:
        if not entry.imap and not listens:
            yield f"mailbox {entry.address}: no mail comes in there: give it [mailbox.imap], or set [smtp_in] listen"
    if not rules.configuration.operators:
        yield "desk.operators: there are none, so nobody hears what ails the desk itself"
    yield from _unheard(rules.configuration)
    public_url = rules.configuration.file.desk.public_url
    if public_url and not is_url(public_url):
        yield f"desk.public_url: {public_url!r} is no URL such as https://desk.example, no link in a mail leads there"
    yield from _open_to_others(rules.configuration)
    yield from rules.letters.templates.unused()
    yield from rules.letters.templates.left_out()
    yield from rules.letters.templates.in_other_languages(_further_languages(rules))
    yield from _called_while_away(rules, now)


def _unheard(configuration: Configuration) -> Iterator[str]:
    """Places where nobody hears: our own mail to a mailbox of ours opens no case."""
    file = configuration.file
    people = [("desk.operators", address) for address in file.desk.operators]
    people += [(f"team.{n}.lead", entry.lead) for n, entry in enumerate(file.team, start=1)]
    people += [(f"level.{n}.to", address) for n, entry in enumerate(file.level, start=1) for address in entry.to]
    for place, address in people:
        if address.lower() in configuration.mailbox_addresses:
            yield f"{place}: {address} is a mailbox of the desk, nobody hears of what is sent there; name a person"


def _odd_domains(customer: Customer, configuration: Configuration) -> Iterator[str]:
    """Domains that make a customer's people of others."""
    # No mistake where a desk serves its own house, and a bad one anywhere else.
    ours = {mailbox.address.rpartition("@")[2] for mailbox in configuration.mailboxes}
    for domain in sorted(ours.intersection(customer.domains)):
        yield f"customer {customer.key}: {domain} is the domain of a mailbox of ours, all of it is this customer"
    for domain in sorted(_anybodys().intersection(customer.domains)):
        yield f"customer {customer.key}: anybody has an address at {domain}; name the contacts' own instead"


@cache
def _anybodys() -> frozenset[str]:
    return frozenset(data_file(__package__, "anybodys.toml")["domains"])


def _further_languages(rules: Rules) -> set[str]:
    """In which languages customers are written to, without the one that is first for all of them."""
    policies = rules.book.policies
    used = [policies[box.policy] for box in rules.configuration.mailboxes if box.policy in policies]
    own = set()
    for customer in rules.customers.by_key.values():
        policy = policies.get(customer.policy)
        used += [policy] if policy else []
        own.add(customer.language)
    first = {policy.languages[0] for policy in used}
    spoken = {language for policy in used for language in policy.languages} | own
    return spoken - first if len(first) == 1 else spoken


def _open_to_others(configuration: Configuration) -> Iterator[str]:
    """Files with mail or a key in them that others on this host may open, or the desk itself may not."""
    database, secret = configuration.database_file, configuration.place(configuration.file.desk.secret_file)
    made = [database.with_name(database.name + ending) for ending in ("", *BESIDE)] if database else []
    made += [secret, *sorted(secret.parent.glob(f"{secret.name}.oauth2-*"))] if secret else []
    yield from filter(None, map(exposed, made))
    # A group is left to the operator: root may own these, and the desk's group read them.
    yield from filter(None, (exposed(place, "o") for place in configuration.secret_files))
    if database:
        yield from filter(None, (unreadable(place, database) for place in configuration.secret_files))


def _too_many_contacts(customer: Customer, policy: Policy) -> Iterator[str]:
    """More people than a plan lets write."""
    plan = policy.plan(customer.plan) if customer.plan else policy.plans[0]
    named = [("", plan.contacts, len(customer.contacts))]
    products = {product for contact in customer.contacts for product in contact.products}
    for product in sorted(products):
        number = sum(product in contact.products for contact in customer.contacts)
        named.append((f" for {product}", plan.contacts_per_product, number))
    for what, most, number in named:
        if most and number > most:
            yield f"customer {customer.key}: {plural(number, 'contact')}{what}, {plan.name} has {most}"


def _called_while_away(rules: Rules, now: datetime) -> Iterator[str]:
    """The turns on call, and the weeks of leads, that fall into an absence."""
    teams = rules.configuration.teams.values()
    agents = list(dict.fromkeys(agent for team in teams for agent in (*team.agents, *team.beside)))
    for rotation in rules.configuration.rotations:
        for vacancy in vacancies(rotation, agents, now):
            yield f"rotation {rotation.name}: {vacancy}; overrides say who else"
    for team in teams:
        for vacancy in led_from_afar(team, agents, now):
            yield f"team {team.name}: {vacancy}"


def unheard_escalations(rules: Rules) -> Iterator[tuple[str, str]]:
    """The mailboxes for whose customers nobody in particular hears that they ask for escalation (LGT-7)."""
    for mailbox in rules.configuration.mailboxes:
        customers = [one for one in rules.customers.by_key.values() if one.policy == mailbox.policy]
        named = bool(customers) and all(one.account_contacts for one in customers)
        if rules.configuration.teams[mailbox.team].lead is None and not named and mailbox.channel != "ignore":
            text = (
                f"who asks {mailbox.policy} for escalation is heard by nobody but the agents: {mailbox.team} has no "
                "lead, and not every customer has account_contacts"
            )
            yield f"mailbox {mailbox.address}", text
