"""Who looks at the console, and what they may open and do there."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal, Protocol

if TYPE_CHECKING:
    from helpdesk.config import Configuration
    from helpdesk.core.words.people import Agent

# anybody: also who has to sign in first; reader: who may read, by the token too; staff: who is signed in.
Audience = Literal["anybody", "reader", "staff", "agent", "operator"]
SignedInBy = Literal["", "link", "proxy"]  # "": nobody is signed in


class TeamCase(Protocol):
    """What says whose a case is: the mailbox that it came to, and the team it was given to, if it was."""

    @property
    def mailbox(self) -> str: ...  # noqa: D102
    @property
    def team(self) -> str: ...  # noqa: D102


@dataclass(frozen=True, slots=True)
class Viewer:
    """One of us who is signed in; without an address somebody who only `reads`, such as by the token, or nobody known.

    `teams` are those whose cases they may open and act on: they answer there by mail, too. `mailboxes` are those whose
    mail these teams get. Operators and readers open every case; they act on none that is not of a team of theirs.
    """

    address: str = ""
    name: str = ""
    teams: frozenset[str] = frozenset()
    leads: frozenset[str] = frozenset()
    mailboxes: frozenset[str] = frozenset()
    operator: bool = False
    agent: Agent | None = None  # as whom they act on cases
    by: SignedInBy = ""
    reads: bool = False  # everything, and does nothing

    @property
    def signed_in(self) -> bool:
        """Whether it is known who that is."""
        return bool(self.address)

    @property
    def opens_all(self) -> bool:
        """Whether they may open every case."""
        return self.operator or self.reads

    @property
    def role(self) -> str:
        """What the page frame calls them."""
        if not self.signed_in:
            return "reader"
        if self.operator:
            return "operator"
        return "lead" if self.leads else "agent"

    def belongs_to(self, audience: Audience) -> bool:
        """Whether a page for that audience is for them."""
        return {
            "anybody": True,
            "reader": self.reads or self.signed_in,
            "staff": self.signed_in,
            "agent": bool(self.teams),
            "operator": self.operator,
        }[audience]

    def works_on(self, case: TeamCase) -> bool:
        """Whether they may act on a case: its mailbox's team or the team that it was given to is theirs."""
        return case.mailbox in self.mailboxes or case.team in self.teams

    def may_open(self, case: TeamCase) -> bool:
        """Whether they may read a case."""
        return self.opens_all or self.works_on(case)


READER = Viewer(reads=True)  # by the token, or on this host
NOBODY = Viewer()  # who has to sign in first


def viewer_of(configuration: Configuration, address: str, by: SignedInBy) -> Viewer | None:
    """The agent, lead or operator of an address; None for anybody else, such as who is not configured any more."""
    teams = {name: agent for name, team in configuration.teams.items() if (agent := team.agent(address))}
    agent = next(iter(teams.values()), None)
    own = agent.addresses if agent else (address,)
    operator = next((person for person in configuration.operators if person.address in own), None)
    if agent is None and operator is None:
        return None
    return Viewer(
        address=agent.address if agent else address,
        name=(agent.name if agent else "") or (operator.name if operator else "") or address,
        teams=frozenset(teams),
        leads=frozenset(
            name for name in teams if (lead := configuration.teams[name].lead) is not None and lead.address in own
        ),
        mailboxes=frozenset(mailbox.address for mailbox in configuration.mailboxes if mailbox.team in teams),
        operator=operator is not None,
        agent=agent,
        by=by,
    )
