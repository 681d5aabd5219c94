"""A mail as it is entered on a case: that it came, notes on what it held, and how its agents are shown it."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, TypeVar

from helpdesk.core.clocks import calling, ladder
from helpdesk.core.words import enclosure
from helpdesk.core.words.case import DESK, MASKED, Case
from helpdesk.core.words.decision import Arrival, Draft
from helpdesk.core.words.drafts import AssignedMail, ShownMail
from helpdesk.core.words.events import CaseFlagged, Event, MailEvent, MonitorReported, Stamp
from helpdesk.core.words.message import UnreadableText
from helpdesk.core.words.subjects import new_subject

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from datetime import datetime

    from helpdesk.core.words.people import Agent
    from helpdesk.core.words.terms import Terms

_Mail = TypeVar("_Mail", bound=MailEvent)


def called(case: Case, terms: Terms) -> tuple[Agent, ...]:
    """Who was called, has not said that they have it, and need not come where all is well again."""
    if not calling.is_under_way(case):
        return ()
    asked = (terms.team.agent(address) for address in sorted(ladder.called(case)))
    return tuple(agent for agent in asked if agent is not None)


def stamp(arrival: Arrival, now: datetime) -> Stamp:
    """Of what the sender of a mail does."""
    return arrival.received_at, now, arrival.sender


def came(kind: type[_Mail], arrival: Arrival, now: datetime) -> _Mail:
    """That this mail came, as an event of that kind."""
    message, because = arrival.message, arrival.placement.because
    return kind(*stamp(arrival, now), message_id=message.message_id, subject=message.subject, because=because)


def flagged(arrival: Arrival, now: datetime, tag: str) -> CaseFlagged:
    """A note that stands on the case because of this mail."""
    return CaseFlagged(arrival.received_at, now, DESK, tag=tag)


def masked(arrival: Arrival, now: datetime) -> Iterator[Event]:
    """What the mail held that is not repeated, by kind and place (LAI-11)."""
    return (flagged(arrival, now, f"{MASKED}{told} (#redact erases it)") for told in arrival.sensitive)


def not_read(arrival: Arrival, now: datetime) -> Iterator[Event]:
    """What of the mail could not be read: an agent must not take an encrypted mail for an empty one."""
    missing = (damage for damage in arrival.message.damage if isinstance(damage, UnreadableText))
    return (flagged(arrival, now, f"not all of a mail was read: {damage}") for damage in missing)


def to_agents(
    content: ShownMail,
    case: Case,
    arrival: Arrival,
    terms: Terms,
    *,
    also: Sequence[Agent | None] = (),
    written_on: Case | None = None,
) -> list[Draft]:
    """A mail to those who keep the case, and to whom else has it at hand; `written_on` is one that went into it."""
    named = written_on or case
    sender, placement = arrival.message.sender, arrival.placement
    opens, outside = isinstance(content, AssignedMail), placement.role == "outsider"
    unverified = (outside and not placement.informed) or "unverified" in case.tags
    content = replace(
        content,
        trust=placement.because,
        unverified=content.unverified or unverified,
        outsider=content.outsider or (outside and not opens),
        sender=sender.address if sender else "",
        attached=tuple(enclosure.described(arrival.message)),
        folded=arrival.folded,
        new_subject=new_subject(arrival.message.subject, of_case=named.subject, ref=named.ref),
    )
    text = arrival.message.text if opens else arrival.message.reply
    wrote = sender or arrival.addressee.author
    author = wrote.name_or_address or "unknown sender"
    files = enclosure.enclosures(arrival.message, arrival.number)
    return [
        Draft(content, person, arrival.key, text, author, files, shows=(arrival.number,))
        for person in dict.fromkeys((*terms.keepers(case.assignee), *(agent.person for agent in also if agent)))
    ]


def reported(arrival: Arrival, now: datetime, *, rank: int) -> Iterator[Event]:
    """What the mail says of the thing, if it is a monitor's; `rank` is how bad it looks, 1 to 4."""
    watched, message = arrival.placement.watched, arrival.message
    if watched is not None:
        yield MonitorReported(
            *stamp(arrival, now),
            message_id=message.message_id,
            subject=message.subject,
            state=watched.state,
            rank=rank,
        )
