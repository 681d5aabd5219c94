"""How much of a period something was available, from what operators declared, and what is credited for the rest.

Outages that overlap or touch are one piece. What was planned before it began is cut out of them, and of what is left a
piece that is shorter than the policy says does not count; that is measured before the end of a period cuts it in two.
Time is elapsed time, whatever the hours of the desk.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from fractions import Fraction
from typing import TYPE_CHECKING

from helpdesk.core.clocks.credit import CreditPart
from helpdesk.offering.credits import percent_words
from helpdesk.openhours.intervals import clip, minus, union
from helpdesk.plural import plural

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from helpdesk.offering.credits import Availability, UptimeBand
    from helpdesk.offering.declared import Downtime
    from helpdesk.openhours.accounting import AccountingPeriod

TimeSpan = tuple[datetime, datetime]  # [from, to), aware UTC
_NOTHING = timedelta()
_SECOND = timedelta(seconds=1)
_NO_CREDIT = Decimal(0)


@dataclass(frozen=True, slots=True)
class Uptime:
    """How a period went: the pieces that count, of the time that is measured."""

    terms: Availability
    period: AccountingPeriod
    measured: timedelta
    pieces: tuple[TimeSpan, ...]

    @property
    def down(self) -> timedelta:
        """How long it was down in all."""
        return sum((end - start for start, end in self.pieces), _NOTHING)

    @property
    def share(self) -> Fraction:
        """Of the measured time, that in which it was available; all, where nothing is measured."""
        return 1 - Fraction(self.down // _SECOND, self.measured // _SECOND) if self.measured else Fraction(1)

    @property
    def kept(self) -> bool:
        """Whether the goal is reached; without one it always is."""
        return self.terms.goal is None or self.share * 100 >= Fraction(self.terms.goal)

    @property
    def left(self) -> timedelta | None:
        """How much longer it may be down before the goal is missed; None without a goal."""
        if self.terms.goal is None:
            return None
        allowed = Fraction(100 - self.terms.goal) / 100 * (self.measured // _SECOND)
        return max(timedelta(seconds=int(allowed)) - self.down, _NOTHING)

    @property
    def credit(self) -> CreditPart:
        """What is credited of the period's fee, and how that comes about."""
        percent = min(self._percent(), self.terms.at_most)
        return CreditPart(self.period, percent, f"{self.in_words}: {percent_words(percent)} %")

    def _percent(self) -> Decimal:
        if self.terms.each:
            return self.terms.for_each * (self.down // self.terms.each)
        reached = [band.credit for band in self.terms.bands if _reaches(band, self.share)]
        return reached[-1] if reached else _NO_CREDIT

    @property
    def in_words(self) -> str:
        """`the service 99.43 % available, down 4:05:00 in 2 pieces`."""
        # Rounded down: what is short of a band must not look as if it reached it.
        share = Decimal(int(self.share * 100_000)) / 1000
        pieces = f", down {clock_time(self.down)} in {plural(len(self.pieces), 'piece')}" if self.pieces else ""
        return f"{self.terms.name} {percent_words(share)} % available{pieces}"


def _reaches(band: UptimeBand, share: Fraction) -> bool:
    ceiling = Fraction(band.share) / 100
    return share < ceiling if band.below else share <= ceiling


def clock_time(amount: timedelta) -> str:
    """`27:05:30`: evidence is exact to the second."""
    minutes, seconds = divmod(amount // _SECOND, 60)
    return f"{minutes // 60}:{minutes % 60:02d}:{seconds:02d}"


def uptime(
    terms: Availability,
    period: AccountingPeriod,
    measured: TimeSpan,
    outages: Iterable[Downtime],
    planned: Iterable[TimeSpan],
    *,
    now: datetime,
) -> Uptime:
    """How a period went for somebody to whom something is promised in `measured`, a part of it or all."""
    pieces = down(terms, outages, planned, now=now)
    since, until = measured
    return Uptime(terms, period, max(until - since, _NOTHING), tuple(clip(pieces, since, until)))


def down(
    terms: Availability, outages: Iterable[Downtime], planned: Iterable[TimeSpan], *, now: datetime
) -> Sequence[TimeSpan]:
    """The pieces that count, whole; what is still down is so until `now`."""
    whole = union((outage.began_at, outage.ended_at or now) for outage in outages if outage.name == terms.what)
    left = whole if terms.maintenance_counts else minus(whole, union(planned))
    return [piece for piece in left if piece[1] - piece[0] >= terms.at_least]
