"""Who comes onto a case because a mail has them on To or Cc. They see what comes, not what was.

A person of the case who has proven it (by their reply token, or by answering a mail of ours) brings in whom they like.
The mail that opens a case proves nothing: its From may be made up, and the people on copy never asked for our
mail. So it brings in colleagues, that is addresses of the same customer, and others only where the mail is
authenticated (threats A10, L05). Who is left out stands on the case, so that its agent can add them.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from helpdesk.core.receive import entry, scope
from helpdesk.core.words.addresses import unwritable
from helpdesk.core.words.case import CANNOT_BE_WRITTEN_TO, DESK
from helpdesk.core.words.decision import Decision
from helpdesk.core.words.events import CaseFlagged, CaseUnflagged, Event, ParticipantAdded, ThirdPartyAsked
from helpdesk.core.words.message import base_address, is_one_of
from helpdesk.person import Person

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from datetime import datetime

    from helpdesk.core.words.case import Case
    from helpdesk.core.words.decision import Arrival
    from helpdesk.core.words.terms import Terms

MAX_PEOPLE = 50  # on copy of one case: an answer is a mail to each
_SHOWN = 5


def by_first_mail(arrival: Arrival, terms: Terms, now: datetime) -> Iterator[Event]:
    """Who joins a new case, and the note about who does not."""
    asked = list(_asked(arrival, terms, already={arrival.addressee.author.address, arrival.addressee.address}))
    joining = [
        one
        for one in asked
        if (arrival.placement.authenticated or terms.knows(one.address)) and not _is_alias(one, arrival)
    ][:MAX_PEOPLE]
    yield from _joined(joining, arrival, now)
    # Where none of our mailboxes stands there, To is an alias that leads to us: nobody on copy.
    addresses = {base_address(person.address) for person in (*arrival.message.to, *arrival.message.cc)}
    shown = (*arrival.message.to, *arrival.message.cc) if addresses & arrival.mailboxes else arrival.message.cc
    yield from _left_out([one for one in asked if one not in joining and one in shown], arrival, now)


def by_person_of_case(case: Case, arrival: Arrival, terms: Terms, now: datetime) -> Iterator[Event]:
    """Who joins a case because one of its people brings them in."""
    # Whom an agent took off the case only an agent brings back.
    already = {case.requester.address, *(person.address for person in case.participants), *case.removed}
    # Where they want to be answered now is one more address of theirs: the old one may be another's, too.
    wanted = next((one for one in arrival.message.reply_to if one.address != arrival.sender), None)
    asked = list(_asked(arrival, terms, already=already, besides=(wanted,) if wanted else ()))
    if not arrival.placement.verified:
        yield from _left_out(asked, arrival, now)
        return
    room = max(0, MAX_PEOPLE - len(case.participants))
    questioned = {event.address for event in case.of_type(ThirdPartyAsked)}  # an agent asked them, and them alone
    joining = [one for one in asked if not _is_alias(one, arrival) and one.address not in questioned][:room]
    joined = tuple(_joined(joining, arrival, now))
    yield from joined
    yield from unreachable(Person(""), joined, arrival, now)
    yield from _left_out([one for one in asked if one not in joining], arrival, now)


def answered_instead(address: str, arrival: Arrival, now: datetime) -> Iterator[Event]:
    """Who is answered in the place of the mail's author, and whom the mail names for it in vain."""
    instead = arrival.addressee
    if instead.person and instead.address == address:
        yield from _joined([instead.person], arrival, now)
    if instead.not_used:
        way_out = unwritable(instead.not_used) or f"#requester {instead.not_used}"
        yield entry.flagged(arrival, now, f"not answered at {instead.not_used}, which its Reply-To names ({way_out})")


def unreachable(sender: Person, joined: Iterable[Event], arrival: Arrival, now: datetime) -> Iterator[Event]:
    """The note about who is on the case and cannot be written to."""
    addresses = (event.address for event in joined if isinstance(event, ParticipantAdded))
    for address in filter(None, (sender.address, *addresses)):
        wrong = unwritable(address)
        if wrong:
            yield entry.flagged(arrival, now, f"{CANNOT_BE_WRITTEN_TO}{address} ({wrong})")


def _is_alias(person: Person, arrival: Arrival) -> bool:
    """Whether an address is in the domain of a mailbox of ours: an alias of the desk, more likely than a person.

    It is a person where a customer's row has it.
    """
    domain = person.address.rpartition("@")[2]
    own = any(domain == mailbox.rpartition("@")[2] for mailbox in arrival.mailboxes)
    return own and person.address not in arrival.customers


def _asked(arrival: Arrival, terms: Terms, *, already: set[str], besides: tuple[Person, ...] = ()) -> Iterator[Person]:
    """Everybody on To and Cc who is not there already, none of us, and no mailbox of ours."""
    known = {*already, *terms.ours, terms.mailbox.address, *arrival.mailboxes}
    for person in (*arrival.message.to, *arrival.message.cc, *besides):
        address = person.address
        if not address or is_one_of(address, known) or terms.team.agent(address):
            continue
        known.add(address)
        yield person


def _joined(people: list[Person], arrival: Arrival, now: datetime) -> Iterator[Event]:
    for person in people:
        yield ParticipantAdded(*entry.stamp(arrival, now), address=person.address, name=person.name)


def _left_out(people: list[Person], arrival: Arrival, now: datetime) -> Iterator[Event]:
    if people:
        named = ", ".join(person.address for person in people[:_SHOWN])
        more = f" and {len(people) - _SHOWN} more" if len(people) > _SHOWN else ""
        yield entry.flagged(arrival, now, f"on copy, not added: {named}{more} (#cc add ADDRESS adds them)")


# --- a copy of the mail that opened a case proves more than that did


def proven(case: Case, arrival: Arrival, terms: Terms, now: datetime) -> Decision:
    """What the proof makes of the case: from then on it has what that mail would have had; nothing is mailed for it.

    The sender is who they say, so the case is their customer's and is not marked for them any more, and whom they have
    on copy joins it. `terms` are theirs.
    """
    unproven = replace(arrival, placement=replace(arrival.placement, authenticated=False))
    doubts = {event.tag for event in by_first_mail(unproven, terms, now) if isinstance(event, CaseFlagged)}
    events = [*_customer(case, arrival, terms, now), *_joining(case, arrival, terms, now)]
    events += [
        CaseUnflagged(now, now, DESK, tag=tag) for tag in case.tags if tag == "unverified" or (tag in doubts and events)
    ]
    return Decision(case.after(*events), tuple(events))


def _customer(case: Case, arrival: Arrival, terms: Terms, now: datetime) -> Iterator[Event]:
    sender = arrival.message.sender
    if sender and terms.customer and not case.customer and case.requester.address == sender.address:
        yield scope.becomes(sender, case, arrival, terms, (now, now, DESK))


def _joining(case: Case, arrival: Arrival, terms: Terms, now: datetime) -> Iterator[Event]:
    known = {*(person.address for person in case.people), *case.removed}
    for event in by_first_mail(arrival, terms, now):
        if isinstance(event, ParticipantAdded) and event.address not in known:
            yield replace(event, at=now)
