"""A customer asks for escalation: those who look after their account are told, and no clock moves (LGT-7).

Asked for by writing to a mailbox of the channel `escalation`, or in a mail that surely says so (`appeal`); the customer
hears that it was passed on, in the acknowledgment or in a mail of its own, once a day. What may be meant as one is
shown to the agent: `#escalate` passes it on, `#escalate off` dismisses it.
"""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from helpdesk.core.receive import acknowledgment, entry, scope
from helpdesk.core.receive.appeal import appeal
from helpdesk.core.words.audience import readers
from helpdesk.core.words.decision import Draft
from helpdesk.core.words.drafts import EscalationAskedMail, PassedOnMail
from helpdesk.core.words.events import CaseFlagged, EscalationRequested, Event
from helpdesk.core.words.subjects import says_the_same
from helpdesk.offering.policy import OFF

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from datetime import datetime

    from helpdesk.core.words.case import Case
    from helpdesk.core.words.decision import Arrival
    from helpdesk.core.words.terms import Terms
    from helpdesk.person import Person

MAY_ASK = "may ask for escalation: "  # begins the tag of what an agent is to decide on
_NOT_IN_PLAN = "escalation is not in plan: "  # begins the tag of who asked for what was not bought
_ONCE = timedelta(days=1)  # in which one mail says that it was passed on


def requested(arrival: Arrival, terms: Terms, now: datetime, *, case: Case | None = None) -> Iterator[Event]:
    """The event, if this mail asks for escalation, or a tag that it may; `case` is the one that it is written on.

    Where the plan has none, a tag that says so: nobody is told but the customer.
    """
    said = appeal(_new_words(arrival, case), named=terms.policy.escalation_words)
    if not arrival.to_escalation and said is None:
        return
    plan = terms.policy.plan(case.plan if case else scope.plan_key(terms))
    if not plan.escalation:
        if arrival.to_escalation or (said and said.sure):
            yield entry.flagged(arrival, now, f"{_NOT_IN_PLAN}{plan.name}")
        return
    if arrival.to_escalation or said is None:
        yield EscalationRequested(*entry.stamp(arrival, now), because="written to the escalation address")
        return
    if said.sure:
        yield EscalationRequested(*entry.stamp(arrival, now), because=f"the mail says: {said.words}")
        return
    tag = f'{MAY_ASK}the mail says "{said.words}" (#escalate passes it on, #escalate {OFF} dismisses)'
    yield entry.flagged(arrival, now, tag)


def _new_words(arrival: Arrival, case: Case | None) -> str:
    """What is said now: a subject that the case has had from the start says nothing anew."""
    subject = arrival.message.subject
    known = case is not None and says_the_same(subject, case.subject)
    return arrival.message.reply if known else f"{subject}\n\n{arrival.message.reply}"


# --- who hears of it


def who_hears(case: Case, terms: Terms, now: datetime) -> list[Person]:
    """The customer's account contacts; without any the team's lead; without one the team."""
    named = terms.customer.account_contacts if terms.customer else ()
    return [reader.person for reader in readers(("account-contacts",) if named else ("lead",), case, terms, now)]


def mails(before: Case | None, case: Case, events: Sequence[Event], arrival: Arrival, terms: Terms) -> Iterator[Draft]:
    """To those who look after the account; inside a case to its customer as well. `before`: the case without it."""
    asked = next((event for event in events if isinstance(event, EscalationRequested)), None)
    if asked is None:
        yield from _declined(before, case, events, arrival, terms)
        return
    sender = arrival.message.sender
    author = sender.name_or_address if sender else "unknown sender"
    names = f"; it names {arrival.linked_ref}" if arrival.linked_ref else ""
    content = EscalationAskedMail(asked=f"{asked.because}{names}", sender=arrival.sender)
    key, text, shows = f"{arrival.key}/asked", arrival.message.reply, (arrival.number,)
    for person in who_hears(case, terms, asked.recorded_at):
        yield Draft(content, person, key, text, author, shows=shows)
    to = _customer(case, arrival)
    if before is not None and to and not told_lately(before, asked) and _may_answer(to, arrival, terms):
        yield Draft(PassedOnMail(), to, key)


def _declined(
    before: Case | None, case: Case, events: Sequence[Event], arrival: Arrival, terms: Terms
) -> Iterator[Draft]:
    """To the customer, once a case: it does not come with their plan."""
    tags = [event.tag for event in events if isinstance(event, CaseFlagged) and event.tag.startswith(_NOT_IN_PLAN)]
    to = _customer(case, arrival)
    if tags and to and (before is None or tags[0] not in before.tags) and _may_answer(to, arrival, terms):
        yield Draft(PassedOnMail(declined=tags[0].removeprefix(_NOT_IN_PLAN)), to, f"{arrival.key}/declined")


def _customer(case: Case, arrival: Arrival) -> Person | None:
    sender = arrival.message.sender
    return case.addressee if sender is None or sender.address == case.requester.address else sender


def told_lately(case: Case, asked: EscalationRequested) -> bool:
    """Whether the customer has heard of another one that it was passed on."""
    return any(asked.at - earlier.at < _ONCE for earlier in case.of_type(EscalationRequested))


def _may_answer(to: Person, arrival: Arrival, terms: Terms) -> bool:
    believed = arrival.placement.verified or terms.customer is not None
    return believed and not acknowledgment.nobody_to_answer(to.address, arrival, terms.mailbox.channel)
