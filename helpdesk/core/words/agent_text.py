"""What an agent wrote in a mail, apart from what the mail quotes, and what of it is not for a customer."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

COLLEAGUE = "a word to a colleague"
Leaves = Literal["never", "if-meant"]  # the second below a first line `#answer`


@dataclass(frozen=True, slots=True)
class Inside:
    """A line that is not for a customer, what is in it, whether it leaves all the same, and what goes instead then."""

    line: str
    what: str
    leaves: Leaves = "never"
    instead: str = ""


@dataclass(frozen=True, slots=True)
class AgentText:
    """An agent's own words.

    `head` stands above any quote: its first lines may be orders, unless it begins with words of the mail that is
    answered (`echoed`). `rest` stands below or between. `repeated` are those lines that are words of that mail, too.
    `left_out` is what was taken for a signature or a quote and is neither learnt nor proven; `inside` is what must not
    reach a customer. `encrypted` says how the mail is, so that more may be written in it than can be read; "" if not.
    `by_program` are lines that a mail program put there ("Sent from my ..."): beside orders they are no text.
    `typed`: it came by no mail, and nothing in `rest` is an order.
    """

    head: str = ""
    rest: str = ""
    echoed: bool = False
    repeated: frozenset[str] = frozenset()
    left_out: str = ""
    inside: tuple[Inside, ...] = ()
    encrypted: str = ""
    by_program: frozenset[str] = frozenset()
    typed: bool = False

    @property
    def text(self) -> str:
        """The whole text, orders and all."""
        return "\n\n".join(filter(None, (self.head, self.rest)))


NOTHING = AgentText()
