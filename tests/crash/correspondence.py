"""Who writes to the desk: customers with something new, customers and agents who answer what the desk has mailed them.

They know of the desk only what the smarthost was given for them: the reply address that stood in it.
"""

from __future__ import annotations

import itertools
import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from tests.process import Letter, letter

if TYPE_CHECKING:
    from random import Random

    from tests.wire.smarthost import AcceptedMail

_OWN = re.compile(r"c(\d+)@client\.example$")
_OPENED_BY = re.compile(r"(?m)^From: +Customer \d+ <c(\d+)@client\.example>")
_FIELD = {name: re.compile(rf"(?im)^{name}:[ \t]*(.*)\r$") for name in ("Reply-To", "Auto-Submitted")}
_ORDERS = ("", "", "#wait 2d\r\n\r\n", "#note\r\n\r\n")


@dataclass(frozen=True)
class _Heard:
    """What somebody was mailed about a case, and where a reply goes."""

    about: int
    reply_to: str
    by: str


@dataclass
class Correspondence:
    """Everybody who writes; `chance` decides what."""

    chance: Random
    letters: dict[int, Letter] = field(default_factory=dict)
    _numbers: itertools.count[int] = field(default_factory=lambda: itertools.count(1))
    _customers: list[_Heard] = field(default_factory=list)
    _agents: list[_Heard] = field(default_factory=list)
    _read: int = 0

    def new(self, count: int) -> list[Letter]:
        """Customers write of something new."""
        return [self._keep(letter(number)) for number in itertools.islice(self._numbers, count)]

    def replies(self, count: int) -> list[Letter]:
        """One customer writes again and again, about one case."""
        if not self._customers:
            return []
        heard = self.chance.choice(self._customers)
        return [self._reply(heard, "appends", "It has come back, and is no better than before.") for _ in range(count)]

    def answers(self, count: int) -> list[Letter]:
        """Agents answer, some of them with orders."""
        made = []
        for _ in range(count if self._agents else 0):
            order = self.chance.choice(_ORDERS)
            sort = "note" if order.startswith("#note") else "answers"
            made.append(self._reply(self.chance.choice(self._agents), sort, f"{order}We found it, and look into it."))
        return made

    def hear(self, accepted: list[AcceptedMail]) -> None:
        """Read what the smarthost was given since the last time."""
        fresh, self._read = accepted[self._read :], len(accepted)
        for mail in fresh:
            text = mail.content.decode("utf-8", "replace")
            to = mail.rcpt_to[0]
            if (own := _OWN.match(to)) and _value(text, "Auto-Submitted") == "auto-replied":
                self._customers.append(_Heard(int(own[1]), _value(text, "Reply-To"), to))
            elif "A new case for you." in text and (opened := _OPENED_BY.search(text)):
                self._agents.append(_Heard(int(opened[1]), _value(text, "Reply-To"), to))

    def _reply(self, heard: _Heard, sort: str, body: str) -> Letter:
        number = next(self._numbers)
        lines = (
            f"From: <{heard.by}>",
            f"To: {heard.reply_to}",
            f"Subject: Re: Outage {heard.about}",
            f"Message-ID: <{number}@client.example>",
            "",
            f"{body} ({number})",
            "",
        )
        raw = "\r\n".join(lines).encode()
        return self._keep(Letter(number, raw, heard.by, heard.reply_to, sort, heard.about))

    def _keep(self, made: Letter) -> Letter:
        self.letters[made.number] = made
        return made


def _value(text: str, name: str) -> str:
    found = _FIELD[name].search(text)
    return found[1].strip() if found else ""
