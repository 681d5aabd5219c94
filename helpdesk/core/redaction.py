"""What a case may not keep: a mail's secrets, and what a customer sends again without what was erased (LAI-11).

A mail comes here with its secrets masked already, and `Arrival.sensitive` names them. `privacy` erases.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from helpdesk.core.words.case import DESK, MASKED
from helpdesk.core.words.events import CaseFlagged, Event, SentAgain
from helpdesk.core.words.exempted import PERSONAL_DATA, in_force

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import datetime

    from helpdesk.core.words.case import Case
    from helpdesk.core.words.decision import Arrival

ERASED = "(erased)"  # stands in place of a subject


def flags(arrival: Arrival, now: datetime) -> Iterator[Event]:
    """What the mail held, by kind and place."""
    for told in arrival.sensitive:
        tag = f"{MASKED}{told} (#redact erases it)"
        yield CaseFlagged(arrival.received_at, now, DESK, tag=tag)


def sent_again(case: Case, arrival: Arrival, now: datetime) -> Iterator[Event]:
    """The customer's first mail without anything to mask, after the case was exempted for what was erased (LAI-11)."""
    if arrival.sensitive or all(one.key != PERSONAL_DATA for one in in_force(case.events)):
        return
    because = "without what was erased: the clocks begin anew"
    yield SentAgain(arrival.received_at, now, arrival.sender, because=because)
