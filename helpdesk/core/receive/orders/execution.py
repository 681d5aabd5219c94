"""One agent's mail while its orders are carried out: each of them sees what the one before it did."""

from __future__ import annotations

import textwrap
from dataclasses import replace
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from helpdesk.core.words.addressee import unheard
from helpdesk.core.words.decision import Decision, DecisionBuilder, Draft
from helpdesk.core.words.drafts import EchoMail
from helpdesk.core.words.enclosure import enclosures
from helpdesk.openhours.relative_time import zone_of

if TYPE_CHECKING:
    from datetime import datetime

    from helpdesk.core.receive.orders.command import Orders
    from helpdesk.core.words.case import Case
    from helpdesk.core.words.decision import Arrival, Split
    from helpdesk.core.words.drafts import CaseContent, CommandForm
    from helpdesk.core.words.events import Event, Stamp
    from helpdesk.core.words.people import Agent
    from helpdesk.core.words.terms import RelatedCase, Terms
    from helpdesk.core.words.unseen import CaseMail

_WIDTH = 72  # columns of a mail's text


class Execution(DecisionBuilder):
    """One agent's mail on one case. `stays`: its text is for the team; `insists`: it is for a monitor, too."""

    def __init__(
        self,
        *,
        case: Case,
        arrival: Arrival,
        terms: Terms,
        now: datetime,
        agent: Agent,
        orders: Orders,
        stays: bool,
    ) -> None:
        super().__init__(case)
        self.was = case
        self.arrival = arrival
        self.terms = terms
        self.now = now
        self.agent = agent
        self.stays = stays
        self.orders = orders  # those that are done, and the text below them
        self.insists = orders.has("answer")
        self.done: list[str] = []  # what the agent is told, in words
        self.unseen: tuple[CaseMail, ...] = ()  # words of customers that the agent had not seen
        self.newer: list[CaseMail] = []  # and those that they had, and did not answer
        self.kept_open: list[str] = []  # the orders that are not done because of the unseen
        self.called_on = False  # whether somebody else is called now
        self.split: Split | None = None
        self.help: tuple[CommandForm, ...] = ()  # the list of commands, if it was asked for
        self.beside: dict[int, tuple[Decision, Terms]] = {}  # what the mail does to other cases

    @property
    def name(self) -> str:
        """How the agent is called."""
        return self.agent.name_or_address

    @property
    def unheard(self) -> bool:
        """Whether nobody reads what is written to the people of the case."""
        return not self.insists and unheard(self.case, self.terms)

    @property
    def stamp(self) -> Stamp:
        """Of what this mail does: when it was received, and by whom it is."""
        return self.arrival.received_at, self.now, self.agent.address

    def wall(self, at: datetime) -> str:
        """A moment as the agent who wrote has it on the wall."""
        policy = self.terms.policy
        served_in = policy.desk_timezone(self.case.region)
        local = at.astimezone(ZoneInfo(zone_of(self.agent.timezone, served_in)))
        return f"{local:%Y-%m-%d %H:%M} {local.tzname()}"

    def happened(self, *events: Event) -> None:
        """These are facts of the case from now on."""
        for event in events:
            super().happened(replace(event, at=self.case.not_before(type(event), event.at)))

    def happened_to(self, other: RelatedCase, event: Event) -> None:
        """Something is a fact of another case from now on."""
        decision, terms = self.beside.get(other.case.number, (Decision(other.case), other.terms))
        case = decision.case or other.case
        event = replace(event, at=case.not_before(type(event), event.at))
        decision = replace(decision, case=case.after(event), events=(*decision.events, event))
        self.beside[other.case.number] = decision, terms

    def drafted_for(self, other: RelatedCase, draft: Draft) -> None:
        """A mail about another case is to be written."""
        decision, terms = self.beside.get(other.case.number, (Decision(other.case), other.terms))
        self.beside[other.case.number] = replace(decision, drafts=(*decision.drafts, draft)), terms

    def to_customers(self, content: CaseContent, *, text: str) -> None:
        """Everybody on the customer's side is written to, each alone; the agent's files go along unless they stay."""
        files = () if self.stays or self.unheard else enclosures(self.arrival.message, self.arrival.number)
        for person in self.case.readers:
            self.drafts.append(Draft(content, person, self.arrival.key, text, self.agent.name, enclosures=files))

    def echo(self, *, left_out: str = "") -> None:
        """Tell the agent in one mail what was done that cannot be seen otherwise; `left_out` comes back to them."""
        if left_out:
            self.done.append("not sent to the customer: the lines below, taken for a signature or a quote")
        if self.done:
            echo = EchoMail(
                done=tuple(map(wrapped, self.done)),
                help=self.help,
                left_out=left_out,
                kept_open=tuple(self.kept_open),
                unseen=self.unseen,
            )
            shows, key = tuple(mail.number for mail in self.unseen), self.arrival.key
            self.drafts.append(Draft(echo, self.agent.person, key, author=self.agent.name, shows=shows))

    def done_with(self, *, reply: str, erase: bool) -> Decision:
        """All that the mail did, as a decision."""
        return self.decision(
            visibility="internal" if self.stays or self.split or self.unheard else "public",
            reply=reply,
            erase=erase,
            split=self.split,
            insists=self.insists,
            also=tuple(self.beside.values()),
        )


def wrapped(said: str) -> str:
    """What an agent is told, in the columns of a mail."""
    return textwrap.fill(said, _WIDTH, break_long_words=False, break_on_hyphens=False)
