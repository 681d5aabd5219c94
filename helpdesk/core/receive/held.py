"""Mail of programs that nobody here knows, and what is not wanted: held, which is neither a case nor lost.

Somebody who is known is never held, whatever their mail carries, nor is what answers a mail of ours, what comes by a
list of ours, or what a form writes that the operator has named. Of strangers, bulk is held (newsletters), and what a
program says that it has written by itself.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from helpdesk.core.words.case import DESK
from helpdesk.core.words.events import CaseFlagged, Event
from helpdesk.core.words.message import base_address

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator
    from datetime import datetime

    from helpdesk.core.words.decision import Arrival
    from helpdesk.core.words.message import Transport
    from helpdesk.core.words.terms import Terms


def why_held(arrival: Arrival, terms: Terms) -> str:
    """Why a mail that would open a case is held; "" where it opens one."""
    known = terms.customer is not None or arrival.sender in terms.ours or arrival.sender in terms.mailbox.forms
    by_hand = arrival.released_by and not arrival.history
    if known or by_hand or arrival.placement.answers_us or terms.mailbox.channel == "monitoring":
        return ""
    return arrival.unwanted or of_strangers(arrival.message.transport)


def doubts(arrival: Arrival, now: datetime) -> Iterator[Event]:
    """That a mail which opened a case would have been held, were its sender nobody."""
    if arrival.unwanted:
        yield CaseFlagged(arrival.received_at, now, DESK, tag=arrival.unwanted)


def of_strangers(transport: Transport) -> str:
    """Why a mail is held whose sender nobody knows and which answers nothing of ours; "" where it is not."""
    if transport.generated:
        return f"a program of somebody unknown wrote it ({transport.unanswered})"
    if transport.bulk and not transport.ours:
        return f"bulk of somebody unknown, by no list of ours ({transport.unanswered})"
    return ""


def is_of(lists: Iterable[str], addresses: Collection[str]) -> bool:
    """Whether a list that names itself so is one of these addresses; an identifier has a dot in place of the `@`."""
    ours = {address.lower() for address in addresses} | {address.lower().replace("@", ".") for address in addresses}
    return any((base_address(name) if "@" in name else name) in ours for name in lists)
