"""One mail that comes twice, over an address and an alias, a group or a server that writes on it, is worked once.

The exact copy is known at the door (`store.spool`); this one is known when it is read. It is `duplicate`, and `trace`
shows whose. What is folded does nothing, but for one thing: where it proves its sender and the first did not, the case
that the first has opened is what it would have been (`core.receive.participants`), and what was not obeyed for want of
proof is not taken for the first.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from helpdesk.core.receive.agent import confirm
from helpdesk.core.receive.participants import proven
from helpdesk.core.words.decision import Arrival
from helpdesk.core.words.placement import Placement
from helpdesk.desk.addressing import addressed, customers_of
from helpdesk.desk.own import attributed
from helpdesk.mail.read.copies import are_copies
from helpdesk.mail.read.parse import parse
from helpdesk.store import cases as case_store
from helpdesk.store import copies, spool
from helpdesk.unit import sender_proof

if TYPE_CHECKING:
    from helpdesk.core.words.message import Message
    from helpdesk.core.words.people import Mailbox
    from helpdesk.store.copies import Original
    from helpdesk.store.spool import Spooled
    from helpdesk.unit import Rules, Unit


def folded(unit: Unit, mail: Spooled, message: Message, mailbox: Mailbox) -> Original | None:
    """The mail that this one is a copy of, after it was folded into it; None where it is to be worked."""
    if not message.message_id or message.robot or mail.released_by:
        return None
    copies.alone(unit.connection, mail.mailbox, message.message_id)
    found = _first(unit, mail, message)
    if found is None:
        return None
    first, was_proven = found
    if _proves(unit.rules, mail, message) and not was_proven:
        if first.visibility == "unverified":
            return None
        if first.outcome == "opened" and first.case is not None:
            _raise(unit, mail, message, mailbox=mailbox, number=first.case)
    copies.fold(unit.connection, mail, message, first, now=unit.now)
    return first


def _first(unit: Unit, mail: Spooled, message: Message) -> tuple[Original, bool] | None:
    """The mail that this one is a copy of, and whether that one proved its sender."""
    for first in copies.before(unit.connection, mail, message.message_id):
        earlier = spool.load(unit.connection, first.id)
        read = attributed(unit.rules, earlier, parse(earlier.raw))
        if are_copies((read, earlier.raw), (message, mail.raw)):
            return first, _proves(unit.rules, earlier, read)
    return None


def _proves(rules: Rules, mail: Spooled, message: Message) -> bool:
    return sender_proof(rules.configuration, mail, message).result == "pass"


def _raise(unit: Unit, mail: Spooled, message: Message, *, mailbox: Mailbox, number: int) -> None:
    case = unit.hold([number]).get(number) or case_store.load(unit.connection, number)
    if case.merged_into or not case.active:
        return
    sender = message.sender.address if message.sender else ""
    arrival = Arrival(
        message=message,
        placement=Placement(number, "customer", "a copy of the mail that opened it", authenticated=True),
        received_at=mail.received_at,
        key=f"mail/{mail.id}",
        addressee=addressed(unit.rules, message, mailbox, authenticated=True),
        customers=customers_of(unit.rules, message, ()),
        mailboxes=unit.rules.configuration.received_at,
    )
    terms = unit.terms(mailbox, case=case)
    if case.unconfirmed:
        decision = confirm(case, arrival, terms, unit.now)
    else:
        decision = proven(case, arrival, unit.terms(mailbox, case=None, sender=sender), unit.now)
    if decision.events:
        stored = unit.store(decision, unit.terms_after(decision, terms))
        unit.write(stored, decision.drafts, terms)
