"""For whom an agent's mail that belongs to no case opens one."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from helpdesk.core.words.people import Agent
    from helpdesk.person import Person

How = Literal["forwarded", "told", "copied", "nobody"]  # `core.receive.behalf` says what each is


@dataclass(frozen=True, slots=True)
class Behalf:
    """For whom an agent's mail opens a case, how, and what it says besides.

    `note` is what the agent wrote above a mail that they pass on, `dated` that mail's own time; `wrong` says what of an
    order was not understood. `asked`: how many confirmations the agent was sent within the last hour.
    """

    how: How
    agent: Agent
    requester: Person
    note: str = ""
    dated: str = ""
    wrong: str = ""
    proven: bool = False
    asked: int = 0

    @property
    def unconfirmed(self) -> bool:
        """Whether it names somebody whom nothing may be written to yet."""
        return not self.proven and self.how != "nobody"
