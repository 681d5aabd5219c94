"""Whether a mailbox is silent for longer than is usual for it.

Each hour of the week is known by the share of the last eight weeks in which mail came in it, on the wall clock of the
offering. A silence weighs as much as its hours: one in the middle of Tuesday much, a night or a weekend next to
nothing, a holiday nothing. It is longer than usual when chance would hardly make it (one in a thousand) and it weighs
more than two and a half times the second longest of those weeks: people write in bursts, and one of the weeks may have
had an outage. So a mailbox that hardly gets mail, or that is new, is never called silent.

Over generated years (mails in bursts of one to five, one mail a day to a thousand) this is wrong less than once a year
from five mails a day on, and finds a mailbox dead that gets thirty a day after a day and a half, at ten after three.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from itertools import accumulate, pairwise
from math import log
from statistics import median
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from helpdesk.store.spool import WEEKS

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import date

    from helpdesk.store.spool import Arrivals

_FEWEST_WEEKS = 4  # a younger mailbox has no habits yet
_FEWEST_HOURS = 20  # with mail in them
_LONGEST = 4  # weeks of silence that are weighed
_IMPROBABLE = 7.0  # e ** -7: once in a thousand
_LONGER = 2.5

_HOUR = timedelta(hours=1)
_WEEK = 7 * 24  # hours
_EPOCH = datetime(2001, 1, 1, tzinfo=UTC).replace(tzinfo=None)  # a Monday; on any wall


@dataclass(frozen=True, slots=True)
class Silence:
    """Nothing has come since `since` (aware UTC), and in such a stretch so many mails usually do."""

    since: datetime
    usually: int


def silence(arrivals: Arrivals, now: datetime, *, zone: str, holiday: Callable[[date], bool]) -> Silence | None:
    """The silence of a mailbox at `now`, if it is longer than usual. `holiday` says so of a date on that wall."""
    habits = _Habits(arrivals, zone, holiday)
    silent = range(habits.last + 1, min(_wall_hour(now, zone), habits.last + 1 + _LONGEST * _WEEK))
    if habits.weeks < _FEWEST_WEEKS or len(habits.hours) < _FEWEST_HOURS or not silent:
        return None
    if habits.weight(silent) <= max(_IMPROBABLE, _LONGER * habits.second_longest()):
        return None
    return Silence(arrivals.last_at, habits.usually(silent))


class _Habits:
    """The last weeks of a mailbox, by hours on the wall that are counted from a Monday."""

    def __init__(self, arrivals: Arrivals, zone: str, holiday: Callable[[date], bool]) -> None:
        self.last = _wall_hour(arrivals.last_at, zone)
        self.weeks = min(WEEKS, (self.last + 1 - _wall_hour(arrivals.first_at, zone)) // _WEEK)
        self._begin = self.last + 1 - self.weeks * _WEEK
        counted: Counter[int] = Counter()
        for at, number in arrivals.hourly.items():
            hour = _wall_hour(at, zone)
            if self._begin <= hour <= self.last:
                counted[hour] += number
        self.hours = counted
        with_mail = Counter(hour % _WEEK for hour in counted)
        self._slots = [-log(1 - with_mail[slot] / (self.weeks + 1)) for slot in range(_WEEK)]
        self._holiday = holiday

    def weight(self, silent: range) -> float:
        """How improbable it is that nothing comes in these hours: the logarithm, without its sign."""
        return sum(map(self._weight_of, silent))

    def _weight_of(self, hour: int) -> float:
        return 0.0 if self._holiday((_EPOCH + hour * _HOUR).date()) else self._slots[hour % _WEEK]

    def second_longest(self) -> float:
        """The weight of the second longest silence of these weeks."""
        sums = [0.0, *accumulate(map(self._weight_of, range(self._begin, self.last + 1)))]
        between = pairwise(hour - self._begin for hour in sorted(self.hours))
        return sorted(sums[until] - sums[since + 1] for since, until in between)[-2]

    def usually(self, silent: range) -> int:
        """How many mails come in the same hours of the week, in the median week."""
        often = Counter(hour % _WEEK for hour in silent if not self._holiday((_EPOCH + hour * _HOUR).date()))
        sums = [0] * self.weeks
        for hour, number in self.hours.items():
            sums[(hour - self._begin) // _WEEK] += number * often[hour % _WEEK]
        return round(median(sums))


def _wall_hour(at: datetime, zone: str) -> int:
    return (at.astimezone(ZoneInfo(zone)).replace(tzinfo=None) - _EPOCH) // _HOUR
