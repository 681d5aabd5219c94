"""Who is who: mailboxes, agents, teams, customers.

Addresses are bare and lower case throughout.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

from helpdesk.core.words.addresses import comparable
from helpdesk.languages import WRITTEN
from helpdesk.person import Person

if TYPE_CHECKING:
    from datetime import date, datetime

    from helpdesk.offering.policy import Calls, Policy
    from helpdesk.openhours.calendar import Calendar
    from helpdesk.openhours.rotation import Rotation
    from helpdesk.openhours.walltime import Period
    from helpdesk.wordings import Wordings


@dataclass(frozen=True, slots=True)
class Mailbox:
    """An address we receive at, bound to a policy, a team and a channel."""

    address: str
    policy: str
    team: str
    channel: str = "email"
    plan: str = ""  # for unknown senders; "" leaves it to the policy's default
    name: str = ""  # shown as the sender's name; "" shows the policy's
    groups: frozenset[str] = frozenset()  # groups and lists that stand in front of it
    forms: frozenset[str] = frozenset()  # whence forms write for others, whom their Reply-To names
    severity: str = ""  # that mail to it states, for registered contacts; "" leaves it to the policy's channel
    kind: str = ""  # of case that mail to it makes; "" leaves it to the policy's channel
    signature: Wordings = ()  # below every mail to customers; () is its name


@dataclass(frozen=True, slots=True)
class Agent:
    """Somebody who answers customers, from any of their addresses. `hours` None: on duty whenever not away.

    `timezone` is "" where they name none: they read the desk's, and their absences are written in UTC.
    """

    name: str
    address: str
    aliases: tuple[str, ...] = ()
    teams: tuple[str, ...] = ()
    timezone: str = ""
    hours: Calendar | None = None
    absences: tuple[Period, ...] = ()
    signature: Wordings = ()  # below what they answer; () is their name

    @property
    def addresses(self) -> tuple[str, ...]:
        """Every address this agent may write from."""
        return (self.address, *self.aliases)

    @property
    def name_or_address(self) -> str:
        """How the agent is called in a sentence."""
        return self.name or self.address

    @property
    def person(self) -> Person:
        """The agent as a recipient."""
        return Person(self.address, self.name)

    def away(self, at: datetime) -> bool:
        """Whether the agent is absent at an aware instant."""
        return any(absence.covers(at) for absence in self.absences)

    def on_duty(self, at: datetime) -> bool:
        """Whether an aware instant lies in the agent's hours, and the agent is not away."""
        return not self.away(at) and (self.hours is None or self.hours.is_open(at))

    def back_at(self, at: datetime) -> datetime:
        """The first instant from `at` on at which the agent is on duty. Aware UTC."""
        return self._gap(at)[0]

    def away_until(self, at: datetime) -> datetime | None:
        """When the absence ends that keeps the agent from being on duty again; None where none does. Aware UTC."""
        return self._gap(at)[1]

    def _gap(self, at: datetime) -> tuple[datetime, datetime | None]:
        """When the agent is back, and the end of the last absence before that: out of hours one may begin."""
        until = None
        while not self.on_duty(at):
            over = max((absence.ends_at for absence in self.absences if absence.covers(at)), default=None)
            until = over or until
            at = over or (self.hours.next_open(at) if self.hours else at)
        return at, until


@dataclass(frozen=True, slots=True)
class NamedSeat:
    """A seat of the ladder that the desk fills: a manager, or whoever of a rotation is on call."""

    name: str
    people: tuple[Person, ...] = ()
    rotation: Rotation | None = None

    @property
    def everybody(self) -> tuple[Person, ...]:
        """Everybody who sits there at some time."""
        return (*self.people, *(self.rotation.people if self.rotation else ()))

    def taken_by(self, at: datetime) -> tuple[Person, ...]:
        """Who sits there at an aware instant."""
        primary = self.rotation.on_call(at).primary if self.rotation else None
        return (primary,) if primary else self.people


@dataclass(frozen=True)  # without slots: its members are looked up a dozen times a mail, and found once
class Team:
    """The agents behind a mailbox, who hears of their breaches, and who is on call for them."""

    name: str
    agents: tuple[Agent, ...]
    lead: Person | None = None
    rotation: Rotation | None = None
    calls: Calls | None = None  # how calls go on; None leaves it to the policy
    beside: tuple[Agent, ...] = ()  # agents of other teams who lead this one, or stand in its rotation
    seats: tuple[NamedSeat, ...] = ()  # those of the ladder that have a name of their own

    @cached_property
    def members(self) -> tuple[Agent, ...]:
        """Everybody who may answer: the agents, and without cases by turn the lead and who comes to be on call."""
        agents = (*self.agents, *self.beside)
        known = {address for agent in agents for address in agent.addresses}
        others = [*([self.lead] if self.lead else []), *(self.rotation.people if self.rotation else ())]
        others += [person for seat in self.seats for person in seat.everybody]
        further = {other.address: Agent(other.name, other.address) for other in others if other.address not in known}
        return (*agents, *further.values())

    def seat(self, name: str) -> NamedSeat | None:
        """The seat of that name."""
        return next((seat for seat in self.seats if seat.name.lower() == name.lower()), None)

    def agent(self, address: str) -> Agent | None:
        """The member who writes from that address."""
        return self._by_address.get(address)

    @property
    def lead_agent(self) -> Agent | None:
        """The lead as a member."""
        return self.agent(self.lead.address) if self.lead else None

    @cached_property
    def _by_address(self) -> dict[str, Agent]:
        """Of two members with one address the first."""
        return {address: agent for agent in reversed(self.members) for address in agent.addresses}


@dataclass(frozen=True, slots=True)
class Contact:
    """A person at a customer; `registered` ones may claim what the policy keeps for registered contacts."""

    address: str
    registered: bool = False
    products: tuple[str, ...] = ()  # for which they write, where the plan counts them by product


@dataclass(frozen=True, slots=True)
class Customer:
    """Who bought what."""

    key: str
    name: str
    policy: str
    plan: str = ""
    region: str = ""
    timezone: str = ""
    country: str = ""  # "ES" or "DE-BY": whose holidays the hours are closed on that follow the customer
    language: str = ""  # ISO 639-1: what they are written to in, and write where a mail does not tell
    domains: tuple[str, ...] = ()
    contacts: tuple[Contact, ...] = ()
    escalation_contact: str = ""
    account_contacts: tuple[str, ...] = ()
    projects: tuple[str, ...] = ()
    products: tuple[str, ...] = ()
    addons: tuple[str, ...] = ()  # keys of what they bought beside the plan
    versions: tuple[tuple[str, str], ...] = ()  # what they run of which product, by the contract
    signed: date | None = None  # the contract; None: on the day from which they are entitled
    entitled_from: date | None = None
    entitled_to: date | None = None
    quarterly_fee: str = ""
    paid_up: bool = True
    reader: bool = True  # whether a desk's language model may read their mails

    def registers(self, address: str) -> bool:
        """Whether that address is a registered contact."""
        told = comparable(address)
        return any(comparable(contact.address) == told and contact.registered for contact in self.contacts)

    def includes(self, address: str) -> bool:
        """Whether that address is one of the customer's contacts, or of their domains."""
        told = comparable(address)
        ours = (*self.domains, *(contact.address for contact in self.contacts))
        return any(comparable(one) in {told, told.rpartition("@")[2]} for one in ours)


def channel_key(mailbox: Mailbox, policy: Policy) -> str:
    """The channel that mail to a mailbox counts under: the mailbox's, where the policy has it, else e-mail."""
    return mailbox.channel if mailbox.channel in {channel.key for channel in policy.channels} else "email"


def promises_begin_on(customer: Customer, policy: Policy) -> date | None:
    """The first day on which something is owed; None: from ever on.

    That of the first full period after signing, where the policy has it so.
    """
    signed, kind = customer.signed or customer.entitled_from, policy.warranty.first_full
    if signed is None or not kind:
        return customer.entitled_from
    period = policy.fiscal_year.containing(kind, signed)
    first = signed if period.first_on == signed else period.following.first_on
    return max(first, customer.entitled_from or first)


@dataclass(frozen=True, slots=True)
class Workload:
    """How busy an agent is: open cases, and when the last one was given to them."""

    open_cases: int = 0
    last_assigned_at: datetime | None = None


def written_to_in(policy: Policy, customer: Customer | None, found: str = "") -> str:
    """The language of mail to a customer: their row's, else the one `found` where we speak it, else our first."""
    own = customer.language if customer else ""
    if own in {*policy.languages, *WRITTEN}:
        return own
    return found if found in policy.languages else policy.languages[0]


def languages_between(policy: Policy, customer: Customer | None) -> tuple[str, ...]:
    """What they and we speak; first what their mail is read as where it does not tell (LAI-13)."""
    own, spoken = customer.language if customer else "", policy.languages
    if not own:
        return spoken
    return tuple(dict.fromkeys((own, *spoken) if own in spoken else (*spoken, own)))
