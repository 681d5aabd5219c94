"""What was said before the desk began, or on another desk: a case that is over, and without promises.

Nothing is written to anybody because of it. Who wrote and who was written to are people of it, so that a mail of theirs
which answers it opens a case that follows it.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import chain
from typing import TYPE_CHECKING

from helpdesk.core.receive import scope
from helpdesk.core.words.case import DESK, open_case
from helpdesk.core.words.events import (
    AgentAnswered,
    AgentNoted,
    CaseClosed,
    CaseOpened,
    CaseResolved,
    CustomerWrote,
    Event,
    ParticipantAdded,
    SeveritySet,
    WaitingSet,
)
from helpdesk.core.words.people import channel_key

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Sequence
    from datetime import datetime

    from helpdesk.core.words.case import Case, Status
    from helpdesk.core.words.message import Message
    from helpdesk.core.words.terms import Terms
    from helpdesk.person import Person

BECAUSE = "it lay there before the desk began"
_MOST = 50  # people of one case


@dataclass(frozen=True, slots=True)
class PastMail:
    """A mail of then, as it is shown. `author` None: From names nobody or several."""

    number: int  # in the spool
    at: datetime
    message: Message
    author: Person | None
    by_us: bool
    internal: bool = False  # words for the team

    @property
    def key(self) -> str:
        """What its event names the mail by."""
        return f"mail/{self.number}"


def requester_of(mails: Sequence[PastMail], ours: Collection[str]) -> Person | None:
    """Whose case it is: the first customer's who wrote, else whom we wrote to first; None among ourselves."""
    outside = chain(
        (mail.author for mail in mails if mail.author and not mail.by_us),
        (person for mail in mails if not mail.internal for person in mail.message.to if person.address not in ours),
    )
    return next(outside, None)


def opened(
    mails: Sequence[PastMail],
    requester: Person,
    terms: Terms,
    now: datetime,
    *,
    subject: str = "",
    tags: Sequence[str] = (),
    severity: str = "",
) -> Case:
    """The case that these mails were, oldest first, as far as it was told there; it is not over yet."""
    first = mails[0]
    opening = CaseOpened(
        first.at,
        now,
        requester.address,
        mailbox=terms.mailbox.address,
        policy=terms.policy.key,
        policy_version=terms.policy.version,
        plan=scope.plan_key(terms),
        region=scope.region_key(terms),
        channel=channel_key(terms.mailbox, terms.policy),
        customer=terms.customer.key if terms.customer else "",
        requester=requester.address,
        requester_name=requester.name,
        subject=subject or first.message.subject,
        language="en",
        intake={},
        missing=(),
        tags=tuple(tags),
        because=BECAUSE,
        past=True,
    )
    level = terms.policy.severity_in(opening.plan, severity or terms.policy.severity.default)
    rated = SeveritySet(first.at, now, DESK, severity=level.key, rank=level.rank, was="", reason=BECAUSE)
    case = open_case(opening).after(rated)
    return case.after(*said(case, mails, terms.ours, now))


def said(case: Case, mails: Sequence[PastMail], ours: Collection[str], now: datetime) -> list[Event]:
    """What these mails add to a case of then."""
    taken_at = case.events[0].recorded_at
    events: list[Event] = [_event_of(mail, min(mail.at, taken_at), now) for mail in mails]
    known = {case.requester.address, *(person.address for person in case.participants), *ours}
    joined = {person.address: person for mail in mails for person in people_of(mail) if person.address not in known}
    last = max(event.at for event in events)
    room = _MOST - len(case.people)
    events += [
        ParticipantAdded(last, now, DESK, address=person.address, name=person.name)
        for person in list(joined.values())[: max(room, 0)]
    ]
    return events


def ended(case: Case, status: Status, now: datetime, *, at: datetime | None = None) -> Case:
    """The case as it was left, since its last word or since then; what is open is the desk's from now on."""
    at = min(max(at or case.opened_at, *(event.at for event in case.events)), case.events[0].recorded_at)
    made = {
        "open": (),
        "waiting": (WaitingSet(at, now, DESK, seconds=0),),
        "resolved": (CaseResolved(at, now, DESK, because=BECAUSE),),
        "closed": (CaseClosed(at, now, DESK, because=BECAUSE),),
    }
    return case.after(*made[status])


def _event_of(mail: PastMail, at: datetime, now: datetime) -> Event:
    by, message_id = mail.author.address if mail.author else DESK, mail.message.message_id
    if mail.internal:
        return AgentNoted(at, now, by, message_id=message_id, key=mail.key)
    if mail.by_us:
        return AgentAnswered(at, now, by, message_id=message_id, key=mail.key)
    return CustomerWrote(at, now, by, message_id=message_id, subject=mail.message.subject, because=BECAUSE)


def people_of(mail: PastMail) -> Iterator[Person]:
    """Who wrote it and to whom; of words for the team nobody."""
    if not mail.internal:
        yield from (person for person in (mail.author, *mail.message.to, *mail.message.cc) if person)
