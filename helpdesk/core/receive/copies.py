"""A copy that proves more than the mail which opened a case: the case has from then on what that mail would have had.

The sender is who they say, so the case is their customer's and is not marked for them any more, and whom they have on
copy joins it. Nothing is mailed for it: the mail was acknowledged when it came first.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from helpdesk.core.receive import copied
from helpdesk.core.receive.orders.requester import becomes
from helpdesk.core.words.case import DESK
from helpdesk.core.words.decision import Decision
from helpdesk.core.words.events import CaseFlagged, CaseUnflagged, Event, ParticipantAdded

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import datetime

    from helpdesk.core.words.case import Case
    from helpdesk.core.words.decision import Arrival
    from helpdesk.core.words.terms import Terms


def proven(case: Case, arrival: Arrival, terms: Terms, now: datetime) -> Decision:
    """What the proof makes of the case. `terms` are those of the mail's sender."""
    unproven = replace(arrival, placement=replace(arrival.placement, authenticated=False))
    doubts = {event.tag for event in copied.by_first_mail(unproven, terms, now) if isinstance(event, CaseFlagged)}
    events = [*_customer(case, arrival, terms, now), *_joining(case, arrival, terms, now)]
    events += [
        CaseUnflagged(now, now, DESK, tag=tag) for tag in case.tags if tag == "unverified" or (tag in doubts and events)
    ]
    return Decision(case.after(*events), tuple(events))


def _customer(case: Case, arrival: Arrival, terms: Terms, now: datetime) -> Iterator[Event]:
    sender = arrival.message.sender
    if sender and terms.customer and not case.customer and case.requester.address == sender.address:
        yield becomes(sender, case, arrival, terms, (now, now, DESK))


def _joining(case: Case, arrival: Arrival, terms: Terms, now: datetime) -> Iterator[Event]:
    known = {*(person.address for person in case.people), *case.removed}
    for event in copied.by_first_mail(arrival, terms, now):
        if isinstance(event, ParticipantAdded) and event.address not in known:
            yield replace(event, at=now)
