"""What of a mail could not be read: an agent must not take an encrypted mail for an empty one."""

from __future__ import annotations

from typing import TYPE_CHECKING

from helpdesk.core.words.case import DESK
from helpdesk.core.words.events import CaseFlagged, Event

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import datetime

    from helpdesk.core.words.decision import Arrival

# The beginnings of what `Message.damage` says of text that is missing; the rest of it was repaired.
_MISSING = ("encrypted", "signed (S/MIME, opaque)", "S/MIME", "more than", "text longer", "could not", "header block")


def notes(arrival: Arrival, now: datetime) -> Iterator[Event]:
    """A note on the case for each."""
    for told in arrival.message.damage:
        if told.startswith(_MISSING):
            yield CaseFlagged(arrival.received_at, now, DESK, tag=f"not all of a mail was read: {told}")
