"""Which exemptions of a case hold: what an agent has excluded and not taken back."""

from __future__ import annotations

from typing import TYPE_CHECKING

from helpdesk.core.words.events import CaseExempted, Event, ExclusionLifted, RequesterSet, SentAgain

if TYPE_CHECKING:
    from collections.abc import Iterable

PERSONAL_DATA = "personal-data"  # the key by which a policy exempts what was erased, until it is sent again (LAI-11)


def in_force(events: Iterable[Event]) -> tuple[CaseExempted, ...]:
    """The exemptions among these events, in their order, that nothing has ended since."""
    found: list[CaseExempted] = []
    for event in events:
        if isinstance(event, CaseExempted):
            found.append(event)
        elif isinstance(event, _ENDED_BY):
            found = [one for one in found if not _is_ended(one, event)]
    return tuple(found)


_ENDED_BY = (ExclusionLifted, SentAgain, RequesterSet)


def _is_ended(exempted: CaseExempted, event: Event) -> bool:
    of_nobody = exempted.until_requester  # a case of nobody, which somebody's ends
    if isinstance(event, RequesterSet):
        return of_nobody
    if isinstance(event, SentAgain):
        return exempted.key == PERSONAL_DATA
    return not of_nobody
