"""Whether a new case is acknowledged: once, unless that could feed a loop, a flood, or somebody who never wrote.

Nothing automatic is answered (RFC 3834 section 2). An address that nobody knows may be a victim's, and one that answers
every acknowledgment with a new mail is a machine that does not say so, be it slow: both get few and then none, while
their cases are opened all the same (threats L03, L05). An agent's answer shows that a person is there. Where a known
customer's mail is authenticated, nobody else can have sent it, and many people file ten cases on a day, some of them
with the words of a form: only what comes with the same words at once is a machine's.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from helpdesk.core.words.addresses import unwritable
from helpdesk.core.words.case import DESK, Case
from helpdesk.core.words.decision import Draft
from helpdesk.core.words.drafts import AckMail, KnownProblem
from helpdesk.core.words.events import AcknowledgmentDecided, CaseFlagged, EscalationRequested
from helpdesk.plural import plural

if TYPE_CHECKING:
    from collections.abc import Sequence

    from helpdesk.core.words.decision import Arrival
    from helpdesk.core.words.terms import Terms
    from helpdesk.offering.policy import Doubt

A_DAY = 5  # to one address
A_DAY_PROVEN = 50  # to one of a customer whose mail is authenticated
TO_A_STRANGER_AN_HOUR = 3
TO_A_STRANGER = 4  # within `MEMORY`: two desks that answer one another stop there
UNANSWERED_STRANGER = 4  # within `LONG_MEMORY`, for cases that no agent has answered: so do two slow ones
UNANSWERED = 8  # the same for a customer
UNANSWERED_PROVEN = 80  # and for one whose mail is authenticated
ALIKE = 3  # of cases that were opened with the same words within `LONG_MEMORY`, and that no agent has answered
AT_ONCE = timedelta(minutes=1)  # after an acknowledgment: a program's answer to it; people with a form take longer
EVERYWHERE_A_MINUTE = 60
MEMORY = timedelta(days=3)
LONG_MEMORY = timedelta(days=60)
EVERYBODY = "everybody"  # `alarm` of a flood


def decided(arrival: Arrival, terms: Terms, now: datetime) -> AcknowledgmentDecided:
    """Every case has its acknowledgment decision on the record: sent, or withheld and why.

    `alarm`: the operators are to be told; `EVERYBODY` where it is about no address in particular.
    `unwritable`: its reader cannot be written to, so that it stands in the outbox with the reason.
    """
    to = arrival.addressee.address
    known = terms.knows(to)
    proven = arrival.placement.authenticated and terms.knows(arrival.sender)
    quiet = nobody_to_answer(to, arrival, terms.mailbox.channel)
    excess = "" if quiet else _too_many(arrival, known=known, proven=known and proven)
    flood = "" if quiet or excess else _flooded(arrival, known=known)
    because = quiet or excess or flood
    wrong = unwritable(to) if not because else ""
    if wrong:
        because = f"no mail can be written to {to}: {wrong}"
    alarm = EVERYBODY if flood else bool(excess)
    return AcknowledgmentDecided(now, now, DESK, sent=not because, because=because, unwritable=bool(wrong), alarm=alarm)


def nobody_to_answer(to: str, arrival: Arrival, channel: str) -> str:
    """Why this mail may not be answered automatically at that address; "" where it may."""
    if not to:
        return "there is nobody to answer"
    if arrival.released_by:
        return f"{arrival.released_by} let it in by hand"
    # Few monitors say that they are one.
    a_monitor = arrival.placement.watched is not None or channel == "monitoring"
    if arrival.message.robot or arrival.null_sender or a_monitor:
        return "nothing automatic is answered automatically"
    if arrival.message.transport.unanswered:
        return f"nothing may answer it automatically: {arrival.message.transport.unanswered}"
    if arrival.answered.complained:
        return "this address called our mail spam"
    return ""


def _too_many(arrival: Arrival, *, known: bool, proven: bool) -> str:
    answered = arrival.answered
    unanswered, day = (UNANSWERED if known else UNANSWERED_STRANGER), A_DAY
    if proven:
        unanswered, day = UNANSWERED_PROVEN, A_DAY_PROVEN
    at_once = answered.newest is not None and arrival.received_at - answered.newest < AT_ONCE
    if answered.alike >= ALIKE and (at_once or not proven):
        return f"{plural(answered.alike, 'case')} of this address began with the same words, and no agent answered"
    if not known and answered.hour >= TO_A_STRANGER_AN_HOUR:
        return f"{plural(answered.hour, 'acknowledgment')} went to this unknown address within an hour"
    if not known and answered.memory >= TO_A_STRANGER:
        return f"{plural(answered.memory, 'acknowledgment')} went to this unknown address within three days"
    if answered.unanswered >= unanswered:
        cases = plural(answered.unanswered, "case")
        return f"this address was acknowledged for {cases} within {LONG_MEMORY.days} days that no agent has answered"
    if answered.day >= day:
        return f"{plural(answered.day, 'acknowledgment')} went to this address within a day"
    return ""


def _flooded(arrival: Arrival, *, known: bool) -> str:
    """Why nobody unknown is acknowledged for now; "" where they are."""
    answered = arrival.answered
    # A big outage brings many customers at once: they are known, and limited one by one above.
    if not known and answered.everywhere >= EVERYWHERE_A_MINUTE:
        return f"{plural(answered.everywhere, 'acknowledgment')} went out within a minute, and this address is unknown"
    return ""


def letter(case: Case, arrival: Arrival, terms: Terms, doubts: Sequence[Doubt]) -> Draft:
    """The acknowledgment itself; `doubts` say what is not owed."""
    content = AckMail(
        # An address that we do not know may be forged: it gets none of the mail's own words back (threat L05).
        known=terms.knows(case.addressee.address),
        declared=tuple(_problem(event) for event in case.of_type(CaseFlagged) if event.say),
        escalated=bool(case.of_type(EscalationRequested)),
        follows=arrival.linked_ref if arrival.placement.linked is None else "",
        doubts=tuple(doubts),
    )
    return Draft(content, case.addressee, arrival.key)


def _problem(flagged: CaseFlagged) -> KnownProblem:
    return KnownProblem(flagged.name or flagged.say, datetime.fromisoformat(flagged.until) if flagged.until else None)
