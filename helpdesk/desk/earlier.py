"""What a customer wrote before the desk began: a mail that answers it opens a case with it on the record.

It starts no clock and brings nobody in, for it is no event. A Message-ID is no secret, so the sender must have written
that mail, or have been sent it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from helpdesk.mail.inside.sensitive import look_through, without_secrets
from helpdesk.mail.read.parse import parse
from helpdesk.store import cases as case_store
from helpdesk.store import history

if TYPE_CHECKING:
    from helpdesk.core.words.message import Message
    from helpdesk.core.words.people import Mailbox, Team
    from helpdesk.unit import Unit


def put_on_record(unit: Unit, case: int, message: Message, mailbox: Mailbox, team: Team) -> None:
    """Show on a case that was just opened what its first mail answers."""
    sender = message.sender.address if message.sender else ""
    for number, received_at, raw in history.named(unit.connection, mailbox.address, message.ancestors):
        earlier = parse(raw)
        if look_through(raw, earlier):
            earlier = without_secrets(earlier)
        if sender not in {person.address for person in (*earlier.senders, *earlier.to, *earlier.cc)}:
            continue
        case_store.add_message(
            unit.connection,
            case,
            earlier,
            spool_id=number,
            at=received_at,
            role="agent" if earlier.sender and team.agent(earlier.sender.address) else "customer",
            visibility="public",
            reply=earlier.reply,
        )
        history.place_on(unit.connection, number, case)
