"""A customer asks for escalation: their account contacts are told, it is on the record, and no clock moves (LGT-7).

Asked for with the words that the policy names, or by writing to a mailbox of the channel `escalation`.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from helpdesk.core.case import Event
from helpdesk.core.decision import Draft
from helpdesk.core.message import Person

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from datetime import datetime

    from helpdesk.core.decision import Arrival
    from helpdesk.core.people import Terms


def requested(arrival: Arrival, terms: Terms, now: datetime) -> Iterator[Event]:
    """The event, if this mail asks for escalation."""
    how = _how(arrival, terms)
    if how:
        yield Event("escalation_requested", arrival.received_at, now, arrival.sender, {"because": how})


def _how(arrival: Arrival, terms: Terms) -> str:
    if arrival.to_escalation:
        return "written to the escalation address"
    text = f"{arrival.message.subject}\n{arrival.message.reply}".lower()
    for words in terms.policy.escalation_words:
        if re.search(rf"(?<!\w){re.escape(words.lower())}(?!\w)", text):
            return f"the mail says: {words}"
    return ""


def mails(events: Sequence[Event], arrival: Arrival, terms: Terms) -> Iterator[Draft]:
    """To the customer's account contacts; without any, to the team's lead."""
    if not events:
        return
    named = terms.customer.account_contacts if terms.customer else ()
    people = [Person(address) for address in named] or ([terms.team.lead] if terms.team.lead else [])
    facts = {"asked": events[0].facts["because"], "sender": arrival.sender}
    sender = arrival.message.sender
    author = (sender.name or sender.address) if sender else "unknown sender"
    for person in people:
        key = f"{arrival.key}/asked"
        yield Draft("escalation", person, "agent", key, arrival.message.reply, author, facts, "escalation-asked")
