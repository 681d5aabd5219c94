"""Whether a permanent refusal is about us or about one recipient (threat O05). Pure.

Quota, rate, content and relaying are refused with 5xx like an address that does not exist, and their words differ from
server to server. What tells them apart needs none: where in the dialogue the refusal came, what RFC 3463 says of its
status, and whether recipients of two domains got the same one within an hour. What is about us is tried again like any
outage; what is about one recipient is over, and its author hears.
"""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from datetime import datetime

WITHIN = timedelta(hours=1)
_REMEMBERED = 10_000  # refusals; the oldest are forgotten

# RFC 3463 and its registry, without the class: of this mail, to any recipient; of its size, form or conversion.
_OF_THE_MAIL = ("2.3", "3.4", "6.")
# Of the address that it goes to: two that do not exist are two mistakes, not one of ours.
_OF_THE_RECIPIENT = frozenset({"1.1", "1.2", "1.3", "1.4", "1.5", "1.6", "1.9", "1.10", "2.0", "2.1", "2.2", "2.4"})
# Of our address, our login, our network's name or our signature.
_OF_US = frozenset({"1.7", "1.8", "4.5", "7.8", "7.9", "7.11", "7.14", *(f"7.{number}" for number in range(20, 30))})


@dataclass(frozen=True, slots=True)
class Refusal:
    """A reply of the class 5: the stage of the dialogue in which it came, and its RFC 3463 status, "" without one."""

    stage: str
    code: int
    status: str = ""

    @property
    def detail(self) -> str:
        """The status without its class, which the code says already."""
        return self.status.partition(".")[2]

    @property
    def about_the_mail(self) -> bool:
        """Whether another time changes nothing, for its size or its form."""
        return self.code == 552 if not self.status else self.detail.startswith(_OF_THE_MAIL)

    @property
    def about_us(self) -> bool:
        """Whether this one alone shows that it is not about the recipient, whom MAIL does not even name."""
        if self.about_the_mail:
            return False
        return self.stage == "MAIL" or self.detail in _OF_US

    @property
    def kind(self) -> str:
        """What makes two refusals the same one; "" for those that are only ever about one recipient or mail."""
        if self.about_the_mail or self.detail in _OF_THE_RECIPIENT:
            return ""
        return self.status or str(self.code)


@dataclass(frozen=True, slots=True)
class _Seen:
    at: datetime
    kind: str
    domain: str
    number: int


class Refusals:
    """Those of the last hour. Not safe for threads by itself."""

    def __init__(self) -> None:
        self._seen: deque[_Seen] = deque(maxlen=_REMEMBERED)

    def is_about_us(self, refusal: Refusal, recipient: str, number: int, *, now: datetime) -> bool:
        """Note a refusal of mail `number`, and say whether recipients of another domain had the same."""
        while self._seen and self._seen[0].at <= now - WITHIN:
            self._seen.popleft()
        if not refusal.kind:
            return False
        domain = recipient.rpartition("@")[2].lower()
        self._seen.append(_Seen(now, refusal.kind, domain, number))
        return any(seen.kind == refusal.kind and seen.domain != domain for seen in self._seen)

    def like(self, refusal: Refusal) -> set[int]:
        """The mails of the last hour that were refused in the same way."""
        return {seen.number for seen in self._seen if refusal.kind and seen.kind == refusal.kind}
