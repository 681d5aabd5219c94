"""How a customer found it: one click in a closing mail, which is a mail to a signed address of its own purpose.

The grade is in the address, so that an empty mail is enough and no program's way with subjects can blur it. It counts
once a person and case, the last one; all of them stay on the record. It does nothing else: it opens nothing, closes
nothing, brings nobody in and answers nobody. Who wrote something beside it is read by the agent, and where they were
not content by the lead as well.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from helpdesk.core import redaction
from helpdesk.core.words.decision import Decision, Draft
from helpdesk.core.words.drafts import RatedMail
from helpdesk.core.words.events import CaseReopened, CustomerRated

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import datetime

    from helpdesk.core.words.case import Case
    from helpdesk.core.words.decision import Arrival
    from helpdesk.core.words.people import Terms
    from helpdesk.person import Person

Grade = Literal["good", "bad"]
GRADES: tuple[Grade, ...] = ("good", "bad")
# What the links fill in, by language; English for the others.
_PREFILLED: dict[str, dict[Grade, str]] = {
    "en": {"good": "I was satisfied with {ref}.", "bad": "I was not satisfied with {ref}."},
    "de": {"good": "Ich war mit {ref} zufrieden.", "bad": "Ich war mit {ref} nicht zufrieden."},
}
_MOST = 2_000  # characters of a comment that the ledger keeps; the mail is there whole


@dataclass(frozen=True, slots=True)
class Rating:
    """What one person says of one case."""

    by: str
    grade: Grade
    at: datetime
    comment: str = ""


def prefilled(grade: Grade, ref: str, language: str) -> str:
    """The sentence that a link writes into the mail."""
    return _PREFILLED.get(language, _PREFILLED["en"])[grade].format(ref=ref)


def comment_in(reply: str, ref: str) -> str:
    """What somebody wrote beside the sentence that was there."""
    for sentences in _PREFILLED.values():
        for sentence in sentences.values():
            words = r"\s+".join(map(re.escape, sentence.format(ref=ref).removesuffix(".").split()))
            reply = re.sub(rf"{words}\.?", "", reply, flags=re.IGNORECASE)
    return reply.strip()


def ratings(case: Case) -> tuple[Rating, ...]:
    """What counts: the last rating of each person, in order of their first."""
    last = {event.by: Rating(event.by, event.grade, event.at, event.comment) for event in case.of_type(CustomerRated)}
    return tuple(last.values())


def is_asked(case: Case, person: Person, terms: Terms) -> bool:
    """Whether a closing mail asks this person: where the policy wants it, and until they have said it."""
    reopened = max((event.at for event in case.of_type(CaseReopened)), default=case.opened_at)
    told = any(rating.by == person.address and rating.at >= reopened for rating in ratings(case))
    return terms.policy.lifecycle.ask_rating and not told


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
