"""Who is on call: a week each in turn, or shorter, handed over at times on the wall, with exceptions (LGT-5).

A turn lasts from one hand-over to the next: with one a week seven days on the wall, 167 or 169 hours where the clock
changes. The first begins at the first hand-over on or after `start`; before it the turns are counted backwards, so
that somebody is always on call.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import date, datetime

    from helpdesk.openhours.walltime import Handovers, Period
    from helpdesk.person import Person


@dataclass(frozen=True, slots=True)
class Override:
    """Somebody else for a while. None leaves a seat as it is."""

    period: Period
    primary: Person | None = None
    secondary: Person | None = None


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
    handover: Handovers
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
        turn = self.handover.turn(self.start, at)
        primary = self.primary[turn % len(self.primary)]
        secondary = self.secondary[turn % len(self.secondary)] if self.secondary else None
        for override in self.overrides:
            if override.period.covers(at):
                primary, secondary = override.primary or primary, override.secondary or secondary
        # One person cannot be their own second.
        return OnCall(primary, None if secondary == primary else secondary, self._until(at))

    def _until(self, at: datetime) -> datetime:
        return min(edge for edge in (self.handover.next(at), *self._edges()) if edge > at)

    def _edges(self) -> Iterator[datetime]:
        for override in self.overrides:
            yield from (override.period.begins_at, override.period.ends_at)
