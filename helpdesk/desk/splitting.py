"""The mail of a customer that an agent wants to have as a case of its own, read again from the spool."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from helpdesk.core.clocks.timeline import is_split_off
from helpdesk.core.receive import splitting
from helpdesk.core.words import enclosure
from helpdesk.core.words.decision import Arrival, Piece
from helpdesk.core.words.events import CustomerWrote, SplitOff
from helpdesk.core.words.placement import Placement
from helpdesk.desk.addressing import addressed, customers_of
from helpdesk.mail.inside.sensitive import look_through, without_secrets
from helpdesk.mail.read.parse import parse
from helpdesk.store import cases as case_store
from helpdesk.store import outbox, spool

if TYPE_CHECKING:
    from collections.abc import Iterator

    from helpdesk.core.words.case import Case
    from helpdesk.core.words.message import Message
    from helpdesk.store.cases import StoredMessage
    from helpdesk.unit import Unit

_PASSED_ON = re.compile(r"\d+/mail/(\d+)/(?:assigned|customer-message)/")


@dataclass(frozen=True, slots=True)
class _Place:
    """A customer's mail, and the case in whose ledger it stands. `first`: it opened that case."""

    owner: Case
    first: bool
    mail: StoredMessage


def piece_of(unit: Unit, answer: Message, case: Case) -> tuple[Piece | None, str]:
    """The mail that `#split` in this answer means, with a number for its case; or why there is none."""
    ledgers = [case, *unit.find(case.merged).values()]
    places = list(_places(case_store.messages(unit.connection, case.number), ledgers))
    meant = _answered(unit, answer, ledgers)
    chosen = next((place for place in places if place.mail.spool_id == meant), None)
    if chosen is None:
        chosen = next((place for place in reversed(places) if not place.first), None)
    if chosen is None:
        return None, splitting.NOTHING
    if chosen.first:
        return None, splitting.FIRST
    raw = spool.bytes_of(unit.connection, [chosen.mail.spool_id or 0]).get(chosen.mail.spool_id or 0)
    if raw is None:
        return None, splitting.ERASED
    return _piece(unit, raw, chosen, case), ""


def _places(mails: list[StoredMessage], ledgers: list[Case]) -> Iterator[_Place]:
    """The customers' mails that no case of their own was made of, oldest first."""
    for mail in mails:
        for case in ledgers:
            wrote = case.of_type(CustomerWrote)
            said = next((event for event in wrote if _says(event, mail)), None)
            if said and not any(is_split_off(said, event) for event in case.of_type(SplitOff)):
                yield _Place(case, said is wrote[0], mail)


def _says(event: CustomerWrote, mail: StoredMessage) -> bool:
    same = (event.at, event.by, event.message_id) == (mail.at, mail.author, mail.message_id)
    return same and mail.role == "customer" and mail.spool_id is not None


def _answered(unit: Unit, answer: Message, ledgers: list[Case]) -> int:
    """The number of the customer's mail that was passed on in the mail that is answered; 0 where it is another."""
    numbers = [case.number for case in ledgers]
    for message_id in answer.in_reply_to:
        found = _PASSED_ON.match(outbox.key_of(unit.connection, message_id, numbers))
        if found:
            return int(found[1])
    return 0


def _piece(unit: Unit, raw: bytes, place: _Place, case: Case) -> Piece:
    configuration, mail = unit.rules.configuration, place.mail
    parsed = parse(raw)
    secrets = look_through(raw, parsed)
    message = without_secrets(parsed) if secrets else parsed
    message = enclosure.sorted_out(
        message, secrets=secrets, naming_staff=(), up_to=configuration.attachments, answers_us=False
    )
    home = configuration.mailbox(place.owner.mailbox) or configuration.mailbox(case.mailbox)
    mailbox = home or configuration.mailboxes[0]
    terms = unit.judging(unit.terms(mailbox, case=None, sender=mail.author))
    arrival = Arrival(
        message=message,
        sensitive=secrets,
        placement=Placement(None, "customer", f"split off {case.ref}", authenticated=True),
        received_at=mail.at,
        key=f"mail/{mail.spool_id}",
        addressee=addressed(unit.rules, message, mailbox, authenticated=False),
        customers=customers_of(unit.rules, message, ()),
        number=mail.spool_id or 0,
        mailboxes=configuration.received_at,
    )
    return Piece(arrival, terms, case_store.next_number(unit.connection), place.owner.number)
