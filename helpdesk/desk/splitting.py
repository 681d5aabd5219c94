"""The mail of a customer that an agent wants to have as a case of its own, read again from the spool."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from helpdesk.core import enclosure, splitting
from helpdesk.core.decision import Arrival, Piece
from helpdesk.core.thread import Placement
from helpdesk.core.timeline import is_split_off
from helpdesk.desk.addressing import addressed, customers_of
from helpdesk.mail.parse import parse
from helpdesk.mail.sensitive import look_through, without_secrets
from helpdesk.store import cases as case_store
from helpdesk.store import outbox, spool

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import datetime

    import sqlalchemy as sa

    from helpdesk.core.case import Case, Event
    from helpdesk.core.message import Message
    from helpdesk.desk.record import Recorder
    from helpdesk.store.cases import StoredMessage

_PASSED_ON = re.compile(r"\d+/mail/(\d+)/(?:assigned|customer-message)/")


@dataclass(frozen=True, slots=True)
class _Place:
    """A customer's mail, and the case in whose ledger it stands. `first`: it opened that case."""

    owner: Case
    first: bool
    mail: StoredMessage


def piece_of(
    connection: sa.Connection, recorder: Recorder, answer: Message, case: Case, now: datetime
) -> tuple[Piece | None, str]:
    """The mail that `#split` in this answer means, with a number for its case; or why there is none."""
    ledgers = [case, *case_store.find(connection, case.merged).values()]
    places = list(_places(case_store.messages(connection, case.number), ledgers))
    meant = _answered(connection, answer, ledgers)
    chosen = next((place for place in places if place.mail.spool_id == meant), None)
    if chosen is None:
        chosen = next((place for place in reversed(places) if not place.first), None)
    if chosen is None:
        return None, splitting.NOTHING
    if chosen.first:
        return None, splitting.FIRST
    raw = spool.bytes_of(connection, [chosen.mail.spool_id or 0]).get(chosen.mail.spool_id or 0)
    if raw is None:
        return None, splitting.ERASED
    return _piece(connection, recorder, raw, chosen, case, now), ""


def _places(mails: list[StoredMessage], ledgers: list[Case]) -> Iterator[_Place]:
    """The customers' mails that no case of their own was made of, oldest first."""
    for mail in mails:
        for case in ledgers:
            wrote = case.of_type("customer_wrote")
            said = next((event for event in wrote if _says(event, mail)), None)
            if said and not any(is_split_off(said, event) for event in case.of_type("split_off")):
                yield _Place(case, said is wrote[0], mail)


def _says(event: Event, mail: StoredMessage) -> bool:
    same = (event.at, event.by, event.facts["message_id"]) == (mail.at, mail.author, mail.message_id)
    return same and mail.role == "customer" and mail.spool_id is not None


def _answered(connection: sa.Connection, answer: Message, ledgers: list[Case]) -> int:
    """The number of the customer's mail that was passed on in the mail that is answered; 0 where it is another."""
    numbers = [case.number for case in ledgers]
    for message_id in answer.in_reply_to:
        found = _PASSED_ON.match(outbox.key_of(connection, message_id, numbers))
        if found:
            return int(found[1])
    return 0


def _piece(
    connection: sa.Connection, recorder: Recorder, raw: bytes, place: _Place, case: Case, now: datetime
) -> Piece:
    configuration, mail = recorder.rules.configuration, place.mail
    parsed = parse(raw)
    secrets = look_through(raw, parsed)
    message = without_secrets(parsed) if secrets else parsed
    message = enclosure.sorted_out(
        message, secrets=secrets, naming_staff=(), up_to=configuration.attachments, answers_us=False
    )
    home = configuration.mailbox(place.owner.mailbox) or configuration.mailbox(case.mailbox)
    mailbox = home or configuration.mailboxes[0]
    terms = recorder.terms(connection, mailbox, case=None, sender=mail.author, now=now)
    terms = replace(terms, judge=recorder.judge(connection))
    arrival = Arrival(
        message=message,
        sensitive=secrets,
        placement=Placement(None, "customer", f"split off {case.ref}", authenticated=True),
        received_at=mail.at,
        key=f"mail/{mail.spool_id}",
        addressee=addressed(recorder.rules, message, mailbox, authenticated=False),
        customers=customers_of(recorder.rules, message, ()),
        number=mail.spool_id or 0,
        mailboxes=frozenset(one.address for one in configuration.mailboxes),
    )
    return Piece(arrival, terms, case_store.next_number(connection), place.owner.number)
