"""What of a mail could not be read: an agent must not take an encrypted mail for an empty one."""

from __future__ import annotations

from typing import TYPE_CHECKING

from helpdesk.core.words.case import DESK
from helpdesk.core.words.events import CaseFlagged, Event
from helpdesk.core.words.message import UnreadableText

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import datetime

    from helpdesk.core.words.decision import Arrival


def notes(arrival: Arrival, now: datetime) -> Iterator[Event]:
    """A note on the case for each."""
    for damage in arrival.message.damage:
        if isinstance(damage, UnreadableText):
            yield CaseFlagged(arrival.received_at, now, DESK, tag=f"not all of a mail was read: {damage}")
