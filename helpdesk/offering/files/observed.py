"""The working day on which a named day is kept that falls on a weekend.

`nearest` is the American way: a Saturday's day is kept on Friday, a Sunday's on Monday. `next` is the British way: on
the next working day. A day that is closed already is passed over, so that two holidays never fall together: with
Christmas Eve closed, a Christmas Day on a Saturday is kept on Thursday.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING, Literal

from helpdesk.openhours.calendar import SpecialDay

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from datetime import date

Way = Literal["nearest", "next"]
_SATURDAY = 5


@dataclass(frozen=True, slots=True, order=True)
class ObservedDay:
    """A named day that is kept on another day where it falls on a weekend."""

    on: date
    name: str
    way: Way


def substitutes(kept: Iterable[ObservedDay], closed: Iterable[date]) -> Iterator[SpecialDay]:
    """The days on which these are kept instead, in order; `closed` are all that are closed anyway."""
    taken = set(closed)
    for day in sorted(kept):
        if day.on.weekday() >= _SATURDAY:
            instead = _moved(day, taken)
            taken.add(instead)
            yield SpecialDay(instead, f"{day.name} (observed)")


def _moved(day: ObservedDay, taken: set[date]) -> date:
    back = day.way == "nearest" and day.on.weekday() == _SATURDAY
    step = timedelta(days=-1 if back else 1)
    instead = day.on + step
    while instead.weekday() >= _SATURDAY or instead in taken:
        instead += step
    return instead
