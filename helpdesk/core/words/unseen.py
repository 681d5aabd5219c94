"""What of a case an agent had not seen when they wrote.

Unseen is a mail of the case that our side received after theirs, or less than `SETTLES` before it, or that no mail
which was handed over for them until then has shown. Who answers a mail has seen what it shows, however fast.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING

from helpdesk.core.words.events import UnseenWord

if TYPE_CHECKING:
    from collections.abc import Callable, Collection
    from datetime import datetime

    from helpdesk.person import Person

SETTLES = timedelta(minutes=2)  # what came, or was handed over, so shortly before a mail was written without it


@dataclass(frozen=True, slots=True)
class CaseMail:
    """A mail on the record of a case: its number in the spool, when it was received, who wrote it, and what.

    What was typed on a page came by no mail: its number is 0, and `typed` is the key of its arrival.
    """

    number: int
    message_id: str
    at: datetime
    author: Person
    text: str
    typed: str = ""

    @property
    def key(self) -> str:
        """The key of the arrival that it was."""
        return self.typed or f"mail/{self.number}"


@dataclass(frozen=True, slots=True)
class Handed:
    """A mail to an agent about a case: the numbers of the mails that it shows, and when the smarthost took it."""

    message_id: str
    created_at: datetime
    sent_at: datetime | None  # None while it has not, and where it came back
    shows: frozenset[int]


@dataclass(frozen=True, slots=True)
class Sight:
    """Of the mails of a case: those that an agent had not seen, and those seen that are newer than what they answer."""

    unseen: tuple[CaseMail, ...] = ()
    newer: tuple[CaseMail, ...] = ()


ALL_SEEN = Sight()


def sight(mails: Collection[CaseMail], handed: Collection[Handed], *, at: datetime, answers: str) -> Sight:
    """What an agent had seen whose mail was received at `at` and answers the mail of ours with that Message-ID."""
    until = at - SETTLES
    answered = next((one for one in handed if one.message_id == answers), None)
    at_hand = _is_in([answered] if answered else [])
    shown = _is_in([one for one in handed if one.sent_at is not None and one.sent_at <= until])
    unseen = [one for one in mails if not at_hand(one) and (one.at > until or not shown(one))]
    newer = [one for one in mails if answered and one not in unseen and one.at > answered.created_at]
    return Sight(tuple(unseen), tuple(newer))


def _is_in(handed: Collection[Handed]) -> Callable[[CaseMail], bool]:
    """Whether a mail stands in one of these. What was typed has no number but 0: it does in what was written since."""
    numbers: frozenset[int] = frozenset().union(*(one.shows for one in handed))
    typed = [one.created_at for one in handed if 0 in one.shows]
    return lambda mail: any(at >= mail.at for at in typed) if mail.typed else mail.number in numbers


def unseen_words(mails: Collection[CaseMail]) -> tuple[UnseenWord, ...]:
    """What an event says of words that its agent had not seen."""
    return tuple(UnseenWord(message_id=mail.message_id, at=mail.at.isoformat()) for mail in mails)
