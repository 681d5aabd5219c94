"""What applies to one case: the policy version it runs under, and the people and cases around it."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import timedelta
from typing import TYPE_CHECKING

from helpdesk.core.words.judge import Criteria
from helpdesk.core.words.people import channel_key, languages_between
from helpdesk.core.words.verdict import in_plan
from helpdesk.offering.declared import DeclaredState
from helpdesk.offering.intake import read as read_intake
from helpdesk.offering.severities import StatedSeverity

if TYPE_CHECKING:
    from collections.abc import Mapping

    from helpdesk.core.words.case import Case
    from helpdesk.core.words.judge import Judge
    from helpdesk.core.words.message import Message
    from helpdesk.core.words.people import Customer, Mailbox, Team, Workload
    from helpdesk.core.words.verdict import Verdict
    from helpdesk.offering.intake import Intake
    from helpdesk.offering.policy import Policy
    from helpdesk.person import Person


@dataclass(frozen=True, slots=True)
class Terms:
    """What applies to one case: the policy version it runs under, and the people around it."""

    desk: str  # the desk's name
    policy: Policy
    mailbox: Mailbox
    team: Team
    judge: Judge  # of severities
    operators: tuple[Person, ...] = ()
    ours: frozenset[str] = frozenset()  # every address of our own: mailboxes, agents, leads, operators
    customer: Customer | None = None
    declared: DeclaredState = field(default_factory=DeclaredState)  # what the operators have declared
    workloads: Mapping[str, Workload] = field(default_factory=dict)
    teams: Mapping[str, Team] = field(default_factory=dict)  # of the desk, by name
    merged: tuple[RelatedCase, ...] = ()  # the cases that went into this one
    second_answer_within: timedelta = timedelta(minutes=10)  # of somebody else's that was not seen: it comes back once

    @property
    def buyer(self) -> Customer | None:
        """The customer, where they bought this offering."""
        return self.customer if self.customer and self.customer.policy == self.policy.key else None

    @property
    def languages(self) -> tuple[str, ...]:
        """What the customer and we speak."""
        return languages_between(self.policy, self.customer)

    def keepers(self, assignee: str) -> tuple[Person, ...]:
        """Who is told what happens on a case: its assignee; without one the whole team, else the operators."""
        agent = self.team.agent(assignee)
        if agent:
            return (agent.person,)
        return tuple(agent.person for agent in self.team.agents) or self.operators

    def knows(self, address: str) -> bool:
        """Whether an address is of the customer whose mail it is: one that is not may be anybody's (threat L05)."""
        return self.customer is not None and self.customer.includes(address)

    def with_merged(self, case: Case) -> tuple[Case, ...]:
        """A case of these terms and those that went into it."""
        return (case, *(merged.case for merged in self.merged))

    def merged_case(self, number: int) -> RelatedCase:
        """The case of that number that went into this one. Raises ValueError."""
        for one in self.merged:
            if one.case.number == number:
                return one
        raise ValueError(f"HD-{number} is not merged into this case")

    def intake_of(self, message: Message) -> Intake:
        """What a mail answers of the offering's intake form."""
        return read_intake(message.reply, self.policy.intake, subject=message.subject)

    def judged(
        self,
        message: Message,
        fields: Mapping[str, str],
        *,
        others: str = "",
        to: Mailbox | None = None,
        plan: str = "",
    ) -> Verdict:
        """How bad a mail is. `fields` are known intake answers, `others` words in it that are not its author's.

        `to` is the mailbox to which it came, where that counts; `plan` is the one of its case.
        """
        products = self.customer.products if self.customer else ()
        stated = self.stated_by(to, message.sender.address if message.sender else "") if to else None
        under = Criteria(self.policy.severity, self.mailbox.channel, self.languages, products, stated)
        verdict = self.judge.judge(message, fields, under, others=others)
        return in_plan(verdict, plan, self.policy) if plan else verdict

    def stated_by(self, mailbox: Mailbox, sender: str) -> StatedSeverity | None:
        """The severity that a mailbox states, or else its channel; it binds for registered contacts of the customer."""
        severity = mailbox.severity or self.policy.channel(channel_key(mailbox, self.policy)).severity
        if not severity:
            return None
        return StatedSeverity(mailbox.address, severity, "mailbox", binds=self.registers(sender))

    def registers(self, sender: str) -> bool:
        """Whether that address is a registered contact of a customer who bought this offering."""
        return self.buyer is not None and self.buyer.registers(sender)


@dataclass(frozen=True, slots=True)
class RelatedCase:
    """Another case that a mail is about, and what applies to it."""

    case: Case
    terms: Terms
