"""Who is on call: a week each in turn, handed over at a time on the wall, with exceptions by date (LGT-5).

A week lasts from one hand-over to the next: seven days on the wall, 167 or 169 hours where the clock changes. The
first week begins at the first hand-over on or after `start`; before it the turns are counted backwards, so that
somebody is always on call.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from helpdesk.core.calendar import wall_instant

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import date, datetime

    from helpdesk.core.message import Person
    from helpdesk.core.walltime import WallTime

_DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Override:
    """Somebody else on these local dates, the first and the last included. None leaves a seat as it is."""

    first_on: date
    last_on: date
    primary: Person | None = None
    secondary: Person | None = None

    def covers(self, day: date) -> bool:
        """Whether it holds on that local date."""
        return self.first_on <= day <= self.last_on


@dataclass(frozen=True, slots=True)
class OnCall:
    """Who is on call, and until when that surely holds. Aware UTC."""

    primary: Person
    secondary: Person | None
    until: datetime


@dataclass(frozen=True, slots=True)
class Rotation:
    """A rotation. `primary` has at least one member; `secondary` may be empty."""

    name: str
    handover: WallTime
    start: date
    primary: tuple[Person, ...]
    secondary: tuple[Person, ...] = ()
    overrides: tuple[Override, ...] = ()

    @property
    def timezone(self) -> str:
        """The zone of hand-overs and of overrides."""
        return self.handover.timezone

    @property
    def people(self) -> tuple[Person, ...]:
        """Everybody who may come to be on call, each once."""
        seats = [seat for override in self.overrides for seat in (override.primary, override.secondary)]
        return tuple(dict.fromkeys(person for person in (*self.primary, *self.secondary, *seats) if person))

    def on_call(self, at: datetime) -> OnCall:
        """Who is on call at an aware instant. A later override goes before an earlier one."""
        turn = (self.handover.last_day(at) - self.handover.first_day(self.start)).days // 7
        primary = self.primary[turn % len(self.primary)]
        secondary = self.secondary[turn % len(self.secondary)] if self.secondary else None
        today = at.astimezone(ZoneInfo(self.timezone)).date()
        for override in self.overrides:
            if override.covers(today):
                primary, secondary = override.primary or primary, override.secondary or secondary
        # One person cannot be their own second.
        return OnCall(primary, None if secondary == primary else secondary, self._until(at))

    def _until(self, at: datetime) -> datetime:
        return min(edge for edge in (self.handover.next(at), *self._edges()) if edge > at)

    def _edges(self) -> Iterator[datetime]:
        for override in self.overrides:
            yield wall_instant(self.timezone, override.first_on, 0)
            yield wall_instant(self.timezone, override.last_on + _DAY, 0)
