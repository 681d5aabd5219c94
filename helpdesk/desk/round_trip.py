"""The mail of `check --round-trip`: known by a token that we signed for its mailbox, and nothing comes of it.

A token is good once, and for an hour. A second mail with it is our own mail like any other, and opens nothing either.
"""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from helpdesk.mail.write.compose import OWN_ID
from helpdesk.store import round_trips

if TYPE_CHECKING:
    from helpdesk.core.words.message import Message
    from helpdesk.mail.proof.address import Signer
    from helpdesk.unit import Unit

_GOOD_FOR = timedelta(hours=1)


def token_of(message: Message, signer: Signer, mailbox: str) -> str:
    """The token that a mail to this mailbox bears, also where a relay wrote another Message-ID; "" for none of ours."""
    named = (message.message_id, message.header(OWN_ID))
    return next((one.strip().lower() for one in named if signer.round_trip_at(one, mailbox=mailbox)), "")


def fresh_token(unit: Unit, message: Message, mailbox: str) -> str:
    """The same, where this is the first mail with it and it was signed within the hour."""
    signer = unit.rules.signer
    token = token_of(message, signer, mailbox)
    at = signer.round_trip_at(token, mailbox=mailbox)
    if at is None or abs(unit.now.timestamp() - at) > _GOOD_FOR.total_seconds():
        return ""
    return "" if round_trips.outcomes(unit.connection, mailbox, token) else token
