"""How a customer found it: one click in a closing mail, which is a mail to a signed address of its own purpose.

The grade is in the address, so that an empty mail is enough and no program's way with subjects can blur it. It counts
once a person and case, the last one; all of them stay on the record. It does nothing else: it opens nothing, closes
nothing, brings nobody in and answers nobody. Who wrote something beside it is read by the agent, and where they were
not content by the lead as well.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from helpdesk.core import redaction
from helpdesk.core.words.decision import Decision, Draft
from helpdesk.core.words.drafts import RatedMail
from helpdesk.core.words.events import CustomerRated
from helpdesk.core.words.rating import Grade, comment_in

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import datetime

    from helpdesk.core.words.case import Case
    from helpdesk.core.words.decision import Arrival
    from helpdesk.core.words.terms import Terms

_MOST = 2_000  # characters of a comment that the ledger keeps; the mail is there whole


def rated(case: Case, arrival: Arrival, grade: Grade, terms: Terms, now: datetime) -> Decision:
    """Decide what a rating does: it stands on the record."""
    comment = comment_in(arrival.message.reply, case.ref)
    event = CustomerRated(
        arrival.received_at,
        now,
        arrival.sender,
        grade=grade,
        comment=comment[:_MOST],
        message_id=arrival.message.message_id,
        because=arrival.placement.because,
    )
    events = (event, *redaction.flags(arrival, now))
    case = case.after(*events)
    drafts = tuple(_drafts(case, arrival, grade, comment, terms))
    return Decision(case, events, drafts, visibility="rating", reply=comment or arrival.message.reply)


def _drafts(case: Case, arrival: Arrival, grade: Grade, comment: str, terms: Terms) -> Iterator[Draft]:
    sender = arrival.message.sender
    if sender is None or not comment or (grade == "good" and arrival.thanks):
        return
    lead = [terms.team.lead] if terms.team.lead and grade == "bad" else []
    readers = {person.address: person for person in (*terms.keepers(case.assignee), *lead)}
    author = sender.name or sender.address
    for person in readers.values():
        yield Draft(RatedMail(grade=grade), person, arrival.key, comment, author)
