"""A mail of ours came back: it is on the record of its case, and who keeps the case hears of it once an address.

Only what is proven to be ours comes here (`Arrival.returned`). It moves no clock, reopens nothing and answers nobody.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from helpdesk.core.case import DESK, Event
from helpdesk.core.decision import Draft

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import datetime

    from helpdesk.core.case import Case
    from helpdesk.core.decision import Arrival
    from helpdesk.core.people import Terms


def happened(arrival: Arrival, now: datetime) -> Iterator[Event]:
    """The events, if this mail is a report about a mail of ours."""
    back = arrival.returned
    if back is None:
        return
    facts: dict[str, Any] = {
        "recipient": back.recipient,
        "kind": back.kind,
        "reason": back.reason,
        "status": back.status,
    }
    facts |= {"named": list(back.named)} if back.named else {}
    yield Event("bounced", arrival.received_at, now, DESK, facts)
    if back.reason == "permanent" and not back.staff:
        yield Event("flagged", arrival.received_at, now, DESK, {"tag": f"undeliverable: {back.recipient}"})


def mails(case: Case, arrival: Arrival, terms: Terms) -> Iterator[Draft]:
    """To who keeps the case, if a customer's mail came back; of our own people's the operators hear (threat L08)."""
    back = arrival.returned
    if back is None or back.staff or back.reason == "complaint":
        return
    told = {"recipient": back.recipient, "reason": back.reason, "status": back.status, "kind": back.kind}
    facts = {"bounced": {**told, "named": back.named}}
    for person in terms.keepers(case.assignee):
        key = f"bounce/{back.reason}/{back.recipient}"
        yield Draft("alert", person, "agent", key, facts=facts, template="bounced")
