"""When the desk is open, and what that makes of a promise.

A `Calendar` is a pure function of weekly windows, special days, a zone and the zone's rules. It promises:

* `elapsed(a, b)` is the open time in [a, b); `add(t, d)` is the earliest instant by which `d` of it has gone
  by. They read the same table, so they cannot disagree: round trip, order and addition hold exactly.
* Intervals are half open. Opening is open, closing is closed; a promise that is used up at a closing is due
  at that closing, and late only from the next opening on (`breached_at`).
* Windows are times on the wall, open time is elapsed seconds. A wall time stands for the first instant at
  which the clock on the wall has reached it: one that does not exist is the moment of the jump, one that
  exists twice is its first occurrence. While the clock repeats an hour, the desk keeps the state that it had
  when the clock was turned back.
* Special days are whole local dates, 23 or 25 hours long where the clock changes, and they cut whatever
  window reaches into them. Openings win over closures.
* What is received after the cut-off of its local date counts from the next date on which the desk opens
  (`counts_from`). A due time that falls on a closing is that closing, or the next opening where `ties` says so.

Instants go in aware and come out in UTC; both are floored to whole seconds. Nothing here reads a clock.

Calendars are compiled, not walked: every local year becomes sorted lists of integer UTC seconds, and one of business
days, on first use, and each question is a binary search or two over them. The lists are never changed after they are
published, so readers take no lock.
"""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from itertools import chain, pairwise
from threading import Lock
from typing import TYPE_CHECKING, Literal, NamedTuple
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from helpdesk.errors import NeverOpen
from helpdesk.openhours.intervals import clip, minus, union

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

BusinessDayMode = Literal["same_time", "close", "close_next"]
Ties = Literal["previous", "next"]

_DAY = 86_400
_WEEK = 7 * _DAY
_YEAR = 366 * _DAY
_GIVE_UP_OPENING = 3 * _YEAR
_GIVE_UP_TARGET = 40 * _YEAR
_FAR_YEARS = 60  # beyond this distance a table starts afresh: a mail dated 1 AD must not compile 2,000 years

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_EPOCH_ORDINAL = date(1970, 1, 1).toordinal()

_Interval = tuple[int, int]  # [start, end) in UTC epoch seconds, or in seconds of the week


@dataclass(frozen=True, slots=True)
class WeeklyOpening:
    """Open every week from `start` to `end`, in wall-clock seconds after the midnight that begins `weekday`.

    `weekday` 0 is Monday. `end` may lie up to seven days after `start`: 16:00 on Sunday to 17:00 on Friday is
    one window. ValueError where it is not so.
    """

    weekday: int
    start: int
    end: int

    def __post_init__(self) -> None:
        if not 0 <= self.weekday <= 6:
            raise ValueError(f"weekday {self.weekday}: expected 0 (Monday) to 6 (Sunday)")
        if not 0 <= self.start < _DAY:
            raise ValueError(f"window start {self.start}: expected seconds of a day, 0 to 86399")
        if not self.start < self.end <= self.start + _WEEK:
            raise ValueError(f"window end {self.end}: expected after its start and at most seven days later")


@dataclass(frozen=True, slots=True)
class SpecialDay:
    """A local date that differs from the week: closed in [start, end) of its wall clock, or open if `opens`.

    The default is the whole date, however long it is. `business` says whether it is a business day, None leaves that
    to its weekday. ValueError unless 0 <= start < end <= 86400.
    """

    on: date
    name: str
    start: int = 0
    end: int = _DAY
    opens: bool = False
    business: bool | None = None

    def __post_init__(self) -> None:
        if not 0 <= self.start < self.end <= _DAY:
            raise ValueError(f"{self.name} on {self.on}: expected seconds of that day, start before end")


@dataclass(frozen=True, slots=True)
class Span:
    """A stretch of open or of closed time; `names` are the special days that took open time out of it."""

    start: datetime
    end: datetime
    open: bool
    names: tuple[str, ...]


def _no_special_days(_year: int) -> Iterable[SpecialDay]:
    return ()


class Calendar:
    """When a desk is open.

    `special_days(year)` yields the special days whose date lies in that local year; it is called when the
    year is first needed, and once. `business_weekdays` (0 is Monday) defaults to the weekdays that are open
    at least half as long as the longest. `cut_off` is in wall-clock seconds after midnight. ValueError for a zone
    that is not known, for a special day outside the year asked for, and for an instant outside the years 3 to 9996.

    `always` is true for a calendar that is open all week and was given no `special_days` and no `cut_off`: it has no
    local time at all, and a business day of it is 24 hours.
    """

    __slots__ = (
        "_all_day",
        "_business",
        "_clock",
        "_lock",
        "_provider",
        "_rulings",
        "_special",
        "_table",
        "_windows_on",
        "always",
        "business_weekdays",
        "cut_off",
        "name",
        "ties",
        "timezone",
        "windows",
        "zone",
    )

    def __init__(
        self,
        *,
        name: str,
        timezone: str,
        windows: Iterable[WeeklyOpening],
        special_days: Callable[[int], Iterable[SpecialDay]] = _no_special_days,
        business_weekdays: frozenset[int] | None = None,
        cut_off: int | None = None,
        ties: Ties = "previous",
    ) -> None:
        self.name = name
        self.timezone = timezone
        self.zone = _zone(timezone)
        self.windows = tuple(windows)
        self.cut_off = cut_off
        self.ties = ties
        week = _week(self.windows)
        self.always = week == [(0, _WEEK)] and special_days is _no_special_days and cut_off is None
        self.business_weekdays = _usual_weekdays(week) if business_weekdays is None else business_weekdays
        self._windows_on = tuple(tuple(w for w in self.windows if w.weekday == day) for day in range(7))
        self._clock = _WallClock(self.zone)
        self._provider = special_days
        self._special: dict[int, tuple[SpecialDay, ...]] = {}
        self._rulings: dict[int, dict[date, bool]] = {}
        self._business: dict[int, list[int]] = {}
        self._all_day: Calendar | None = None
        self._table = _NOTHING_COMPILED
        self._lock = Lock()

    def __repr__(self) -> str:
        return f"<Calendar {self.name} {self.timezone}>"

    # What others ask. -------------------------------------------------------------------------------------

    def is_open(self, at: datetime) -> bool:
        """Whether the desk is open at that second."""
        instant = _seconds(at)
        if self.always:
            return True
        table = self._covering(instant, instant)
        i = bisect_right(table.starts, instant) - 1
        return i >= 0 and instant < table.ends[i]

    def next_open(self, at: datetime) -> datetime:
        """Return `at` when the desk is open, else the next opening; NeverOpen after three years without."""
        return _instant(self._next_open(_seconds(at)))

    def add(self, start: datetime, open_time: timedelta) -> datetime:
        """Return the earliest instant by which `open_time` has gone by since `start`.

        That is `start` for none at all. A fraction of a second of open time counts as a whole one.
        ValueError if it is negative, NeverOpen if the instant is more than forty years away.
        """
        begin = _seconds(start)
        needed = _whole_seconds(open_time)
        if needed < 0:
            raise ValueError(f"open time {open_time}: expected zero or more")
        return _instant(self._add(begin, needed) if needed else begin)

    def due(self, start: datetime, open_time: timedelta) -> datetime:
        """Return `add(start, open_time)`, or the next opening where that is a closing and `ties` says so."""
        due = self.add(start, open_time)
        return due if self.ties == "previous" or not open_time else self.next_open(due)

    def counts_from(self, received: datetime) -> datetime:
        """Return `received`, or the first open second of a later local date where it came after the cut-off."""
        if self.cut_off is None:
            return received
        day, time_of_day = divmod(self._clock.reading(_seconds(received)), _DAY)
        if time_of_day <= self.cut_off:
            return received
        return _instant(self._next_open(self._clock.instant((day + 1) * _DAY)))

    def elapsed(self, start: datetime, end: datetime) -> timedelta:
        """Open time in [start, end); negative when `end` comes before `start`."""
        return timedelta(seconds=self._elapsed(_seconds(start), _seconds(end)))

    def add_business_days(
        self, start: datetime, days: int, *, mode: BusinessDayMode = "same_time", by: int | None = None
    ) -> datetime:
        """Return when `days` business days after `start` are over.

        A business day is a local date that has open time, on a weekday of `business_weekdays` where no special day
        says otherwise. The count starts at `start` if the desk is open then, on a business day, else at the next such
        opening.

        `same_time`: the same wall time on the last of those days, within that day's hours.
        `close`: the closing of the day that `same_time` falls on.
        `close_next`: the closing of the last of those days, the starting day not counted.
        `by`: as `close`, but by that time of day, in seconds after midnight.

        No days at all are over with the closing of the business day on which the count starts. A tie between a closing
        and the next opening is the one that `ties` says. In an `always` calendar every mode is `days` times 24 hours,
        and none the end of the local date. ValueError for a negative number; NeverOpen after three years without a
        business day, or when the last is forty years away.
        """
        if days < 0:
            raise ValueError(f"expected no business day or more, not {days}")
        if self.always:
            return self.add(start, timedelta(days=days)) if days else self._midnight_after(start)
        begin, reading = self._business_start(_seconds(start))
        # In a repeated hour a reading stands still: else a later arrival could be due earlier.
        first_day, time_of_day = divmod(reading, _DAY)
        last_day = self._business_day(first_day, days) if days else first_day
        if by is not None:
            day = self._day_of_same_time(begin, last_day, time_of_day) if days else last_day
            return _instant(self._reached_by(begin, day, by))
        if mode == "close_next" or not days:
            return _instant(self._closing(begin, last_day))
        if mode == "close":
            return _instant(self._closing(begin, self._day_of_same_time(begin, last_day, time_of_day)))
        return _instant(self._same_time(begin, last_day, time_of_day))

    def is_business_day(self, on: date) -> bool:
        """Whether that local date is a business day."""
        return _day_of(on) in self._business_days_in(on.year)

    def add_calendar_days(self, start: datetime, days: int) -> datetime:
        """Return the same wall time so many local dates later, whether the desk is open or not.

        NeverOpen when that is more than forty years away.
        """
        if days * _DAY > _GIVE_UP_TARGET:
            raise NeverOpen(f"calendar {self.name}: expected days of forty years at most, not {days}")
        return _instant(self._clock.instant(self._clock.reading(_seconds(start)) + days * _DAY))

    @property
    def all_day(self) -> Calendar:
        """A calendar of the same zone that never closes, in which calendar days pass."""
        if self._all_day is None:
            windows = (WeeklyOpening(0, 0, _WEEK),)
            self._all_day = Calendar(name=f"{self.name}, all day", timezone=self.timezone, windows=windows)
        return self._all_day

    def spans(self, start: datetime, end: datetime) -> Iterator[Span]:
        """Tile [start, end) with open and closed spans in turn; nothing when `end` is not after `start`."""
        begin, finish = _seconds(start), _seconds(end)
        if begin >= finish:
            return iter(())
        if self.always:
            return iter((Span(_instant(begin), _instant(finish), open=True, names=()),))
        return self._spans(begin, finish)

    def breached_at(self, due: datetime) -> datetime:
        """Return the first instant at which more than the promise has been used.

        That is `due` when the desk is open there, else the next opening: nobody is late overnight.
        """
        return self.next_open(due)

    def special_days_in(self, year: int) -> tuple[SpecialDay, ...]:
        """Return the special days of a local year, by date and time of day."""
        with self._lock:
            return self._special_days(year)

    # The same in whole seconds. ---------------------------------------------------------------------------

    def _next_open(self, at: int) -> int:
        if self.always:
            return at
        table = self._covering(at, at)
        while (i := bisect_right(table.ends, at)) == len(table.ends) and table.until - at <= _GIVE_UP_OPENING:
            table = self._grow(at, table.until)
        opening = max(at, table.starts[i]) if i < len(table.ends) else None
        # Checked though it was found: the answer must not hang on what others have had compiled.
        if opening is None or opening - at > _GIVE_UP_OPENING:
            raise NeverOpen(f"calendar {self.name} does not open within three years of {_instant(at)}")
        return opening

    def _add(self, begin: int, needed: int) -> int:
        """Return the earliest instant with `needed` open seconds since `begin`, where `needed` > 0."""
        due = begin + needed if self.always else self._used_up_at(begin, needed)
        if due - begin > _GIVE_UP_TARGET:
            raise NeverOpen(self._too_far(begin))
        return due

    def _used_up_at(self, begin: int, needed: int) -> int:
        table = self._table
        if not table.since <= begin < table.until:  # as `_covering`, without a call: every due time comes here
            table = self._grow(begin, begin)
        used = table.used_before(begin) + needed
        while not table.used or table.used[-1] < used:
            if table.until - begin > _GIVE_UP_TARGET:
                raise NeverOpen(self._too_far(begin))
            table = self._grow(begin, table.until)
            used = table.used_before(begin) + needed  # it may begin in another year now
        i = bisect_left(table.used, used)
        return table.ends[i] - (table.used[i] - used)

    def _elapsed(self, begin: int, end: int) -> int:
        if self.always:
            return end - begin
        table = self._covering(min(begin, end), max(begin, end))
        return table.used_before(end) - table.used_before(begin)

    def _settled(self, begin: int, at: int) -> int:
        """Return the earliest instant with the open time of [begin, at): `at`, or the closing before it."""
        return self._add(begin, self._elapsed(begin, at))

    def _spans(self, begin: int, finish: int) -> Iterator[Span]:
        table = self._covering(begin, finish)
        first, last = bisect_right(table.ends, begin), bisect_left(table.starts, finish)
        edges = list(chain.from_iterable(zip(table.starts[first:last], table.ends[first:last], strict=True)))
        is_open = bool(edges) and edges[0] <= begin
        inner = [edge for edge in edges if begin < edge < finish]
        for start, end in pairwise((begin, *inner, finish)):
            names = () if is_open else self._reasons(start, end)
            yield Span(_instant(start), _instant(end), open=is_open, names=names)
            is_open = not is_open

    # Business days, as days since 1970-01-01 in the calendar's zone. --------------------------------------

    def _same_time(self, begin: int, day: int, time_of_day: int) -> int:
        due = self._settled(begin, self._clock.instant(day * _DAY + time_of_day))
        return due if self.ties == "previous" else self._next_open(due)

    def _day_of_same_time(self, begin: int, day: int, time_of_day: int) -> int:
        due = self._same_time(begin, day, time_of_day)
        # Due at midnight is the end of a day, not a new one; but at an opening where ties go there.
        return self._clock.reading(due - (self.ties == "previous")) // _DAY

    def _closing(self, begin: int, day: int) -> int:
        return self._settled(begin, self._clock.instant((day + 1) * _DAY))

    def _reached_by(self, begin: int, day: int, time_of_day: int) -> int:
        """Return that time of the day, within its hours; of the next business day where it is over already."""
        at = self._clock.instant(day * _DAY + time_of_day)
        if self._elapsed(begin, at) <= 0:
            at = self._clock.instant(self._business_day(day, 1) * _DAY + time_of_day)
        return self._settled(begin, at)

    def _midnight_after(self, start: datetime) -> datetime:
        day = self._clock.reading(_seconds(start)) // _DAY
        return _instant(self._clock.instant((day + 1) * _DAY))

    def _business_start(self, at: int) -> tuple[int, int]:
        """Return the first open second from `at` on that lies on a business day, and what the wall shows then."""
        opening = self._next_open(at)
        reading = self._clock.reading(opening)
        if not self._may_be_business(reading // _DAY):
            opening = self._next_open(self._clock.instant(self._business_day(reading // _DAY, 1) * _DAY))
            reading = self._clock.reading(opening)
        return opening, reading

    def _business_day(self, day: int, count: int) -> int:
        """Return the `count`th business day after `day`; NeverOpen after three years without, or after forty."""
        previous, year = day, _date_of(day).year
        while True:
            days = self._business_days_in(year)
            at = bisect_right(days, previous)
            passed = len(days) - at
            found = days[min(at + count, len(days)) - 1] if passed else _day_of(date(year, 12, 31))
            opening = days[at] if passed else found
            if (opening - previous) * _DAY > _GIVE_UP_OPENING or (found - day) * _DAY > _GIVE_UP_TARGET:
                raise NeverOpen(f"calendar {self.name}: no business day for three years, or the last in forty")
            if count <= passed:
                return found
            previous, year, count = found if passed else previous, year + 1, count - passed

    def _business_days_in(self, year: int) -> list[int]:
        """Return the business days of a local year, in order."""
        if year not in self._business:
            first, after = _day_of(date(year, 1, 1)), _day_of(date(year + 1, 1, 1))
            midnights = [self._clock.instant(day * _DAY) for day in range(first, after + 1)]
            table = self._covering(midnights[0], midnights[-1] - 1)
            opened = [later > used for used, later in pairwise(map(table.used_before, midnights))]
            self._business[year] = [
                day for day, is_open in enumerate(opened, start=first) if is_open and self._may_be_business(day)
            ]
        return self._business[year]

    def _may_be_business(self, day: int) -> bool:
        """Whether it is a business day if it has open time: as a special day says, else by its weekday."""
        on = _date_of(day)
        if on.year not in self._rulings:
            special = self.special_days_in(on.year)
            self._rulings[on.year] = {one.on: one.business for one in special if one.business is not None}
        return self._rulings[on.year].get(on, _weekday(day) in self.business_weekdays)

    # Why it is closed. ------------------------------------------------------------------------------------

    def _reasons(self, start: int, end: int) -> tuple[str, ...]:
        """Return the names of the special days that took open time out of [start, end), in order."""
        days = (day for year in self._years(start, end - 1) for day in self.special_days_in(year))
        return tuple(dict.fromkeys(day.name for day in days if not day.opens and self._cuts(day, start, end)))

    def _cuts(self, closure: SpecialDay, start: int, end: int) -> bool:
        """Whether the week alone would be open somewhere in that closure within [start, end)."""
        cut_start, cut_end = self._of_date(closure)
        cut_start, cut_end = max(cut_start, start), min(cut_end, end)
        day = _day_of(closure.on)
        return cut_start < cut_end and any(s < cut_end and cut_start < e for s, e in self._placed(day, day + 1))

    # Compiling. -------------------------------------------------------------------------------------------

    def _covering(self, first: int, last: int) -> _OpenTimes:
        table = self._table
        if table.since <= first and last < table.until:
            return table
        return self._grow(first, last)

    def _grow(self, first: int, last: int) -> _OpenTimes:
        """Publish and return a table that holds the instants `first` to `last`, both of them included."""
        years = self._years(first, last)
        with self._lock:
            table = self._table
            if not table.is_near(years):
                table = self._compile(years[0])
            while years[0] < table.years[0]:
                table = self._compile(table.years[0] - 1).followed_by(table)
            while years[-1] > table.years[-1]:
                table = table.followed_by(self._compile(table.years[-1] + 1))
            self._table = table
        return table

    def _compile(self, year: int) -> _OpenTimes:
        """Compile one local year: the week, less the closures, plus the openings."""
        first, after = _day_of(date(year, 1, 1)), _day_of(date(year + 1, 1, 1))
        since, until = self._clock.instant(first * _DAY), self._clock.instant(after * _DAY)
        special = self._special_days(year)
        closures = union(self._of_date(day) for day in special if not day.opens)
        openings = (self._of_date(day) for day in special if day.opens)
        open_ = union([*minus(union(self._placed(first, after)), closures), *openings])
        return _OpenTimes.of(clip(open_, since, until), since=since, until=until, year=year)

    def _placed(self, first_day: int, after_day: int) -> Iterator[_Interval]:
        """Yield the weekly windows that may be open on the days [first_day, after_day).

        A window may last a week, so those that began in the seven days before reach in.
        """
        instant = self._clock.instant
        for day in range(first_day - 7, after_day):
            for window in self._windows_on[_weekday(day)]:
                yield instant(day * _DAY + window.start), instant(day * _DAY + window.end)

    def _of_date(self, special: SpecialDay) -> _Interval:
        midnight = _day_of(special.on) * _DAY
        return self._clock.instant(midnight + special.start), self._clock.instant(midnight + special.end)

    def _special_days(self, year: int) -> tuple[SpecialDay, ...]:
        """Ask for a year's special days, once; the caller holds the lock."""
        if year not in self._special:
            days = tuple(sorted(self._provider(year), key=lambda day: (day.on, day.start)))
            for day in days:
                if day.on.year != year:
                    # New Year's Day observed on 31 December belongs to the year before: lost if let pass.
                    raise ValueError(f"calendar {self.name}: {day.name} on {day.on} was given for {year}")
            self._special[year] = days
        return self._special[year]

    def _years(self, first: int, last: int) -> range:
        """Return the local years of the instants from `first` to `last`."""
        if first < _FIRST_INSTANT or last >= _LAST_INSTANT:
            raise ValueError(f"calendar {self.name}: expected instants in the years 3 to 9996")
        days = (self._clock.reading(at) // _DAY for at in (first, last))
        begin, end = (_date_of(day).year for day in days)
        return range(begin, end + 1)

    def _too_far(self, begin: int) -> str:
        return f"calendar {self.name} does not have that much open time within forty years of {_instant(begin)}"


class _OpenTimes(NamedTuple):
    """The open intervals of some whole local years that follow each other, as sorted UTC epoch seconds.

    `used[i]` is the open time from `since` to `ends[i]`. Neighbours never touch, so `used` and both other
    lists rise strictly. The lists are not changed once the table is built.
    """

    since: int
    until: int
    years: range
    starts: list[int]
    ends: list[int]
    used: list[int]

    @classmethod
    def of(cls, intervals: Iterable[_Interval], *, since: int, until: int, year: int) -> _OpenTimes:
        starts: list[int] = []
        ends: list[int] = []
        used: list[int] = []
        total = 0
        for start, end in intervals:
            total += end - start
            starts.append(start)
            ends.append(end)
            used.append(total)
        return cls(since, until, range(year, year + 1), starts, ends, used)

    def used_before(self, at: int) -> int:
        """Return the open seconds in [since, at)."""
        i = bisect_right(self.starts, at) - 1
        if i < 0:
            return 0
        left = self.ends[i] - at
        return self.used[i] - left if left > 0 else self.used[i]

    def is_near(self, years: range) -> bool:
        return bool(self.years) and (
            years.start - self.years.stop < _FAR_YEARS and self.years.start - years.stop < _FAR_YEARS
        )

    def followed_by(self, later: _OpenTimes) -> _OpenTimes:
        """Join two tables at New Year; an interval that is open across it becomes one again."""
        total = self.used[-1] if self.used else 0
        open_across = bool(self.ends and later.starts) and self.ends[-1] == later.starts[0]
        before, after = (-1, 1) if open_across else (len(self.ends), 0)
        return _OpenTimes(
            self.since,
            later.until,
            range(self.years.start, later.years.stop),
            self.starts + later.starts[after:],
            self.ends[:before] + later.ends,
            self.used[:before] + [total + used for used in later.used],
        )


_NOTHING_COMPILED = _OpenTimes(since=0, until=0, years=range(0), starts=[], ends=[], used=[])


class _WallClock:
    """A zone's clock on the wall, as a hand that jumps forward and stands still but never runs back.

    Readings are seconds since 1970-01-01 00:00 as that wall shows it; instants are UTC epoch seconds.
    """

    __slots__ = ("_epoch", "_zone")

    def __init__(self, zone: ZoneInfo) -> None:
        self._zone = zone
        self._epoch = datetime(1970, 1, 1, tzinfo=zone)

    def instant(self, reading: int) -> int:
        """Return the first instant at which the wall shows `reading` or later."""
        local = self._epoch + timedelta(seconds=reading)  # with one zone throughout this is wall arithmetic
        # PEP 495: fold=0 reads a time that is missing, or exists twice, with the offset before the change.
        before, after = _offset(local), _offset(local.replace(fold=1))
        if before >= after:
            return reading - before
        return self._turned_at(reading - after, reading - before)

    def reading(self, at: int) -> int:
        """Return what the wall shows; in a repeated hour, the last second before it was turned back."""
        local = self._local(at)
        if not local.fold:
            return at + _offset(local)
        before = _offset(local.replace(fold=0))
        shown_first = at + _offset(local) - before
        return self._turned_at(shown_first, at) - 1 + before

    def _turned_at(self, earlier: int, later: int) -> int:
        """Return the instant in (earlier, later] from which another offset holds."""
        before = _offset(self._local(earlier))
        instants = range(earlier + 1, later + 1)
        return instants[bisect_left(instants, True, key=lambda at: _offset(self._local(at)) != before)]

    def _local(self, at: int) -> datetime:
        return _instant(at).astimezone(self._zone)


def _offset(local: datetime) -> int:
    offset = local.utcoffset()
    assert offset is not None  # noqa: S101 - only datetimes with a zone come here
    return offset.days * _DAY + offset.seconds


def _zone(name: str) -> ZoneInfo:
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        raise ValueError(f"timezone {name!r}: expected a name of the tz database such as Europe/Berlin") from None


def wall_instant(timezone: str, day: date, seconds: int) -> datetime:
    """Return the first instant at which that zone's wall shows `seconds` after the midnight that begins `day`.

    Aware UTC; by the rules above where the clock changes. ValueError for a zone that is not known, and for a date
    outside the years 3 to 9996.
    """
    return _instant(_WallClock(_zone(timezone)).instant(_day_of(within_reach(day)) * _DAY + seconds))


def within_reach(day: date) -> date:
    """The same date. ValueError outside the years 3 to 9996, near the ends of what can be computed with."""
    if day.year not in _YEARS:
        raise ValueError(f"expected a date in the years {_YEARS[0]} to {_YEARS[-1]}, not {day}")
    return day


# Instants and days as numbers. ---------------------------------------------------------------------------


def _seconds(at: datetime) -> int:
    """Return an instant as whole UTC epoch seconds, floored; ValueError for one without a zone."""
    try:
        since = at - _EPOCH
    except TypeError:
        raise ValueError(f"{at!r}: expected an aware datetime") from None
    return since.days * _DAY + since.seconds


_YEARS = range(3, 9997)  # Python counts the years 1 to 9999; zones need room
_FIRST_INSTANT = _seconds(datetime(_YEARS.start, 1, 1, tzinfo=UTC))
_LAST_INSTANT = _seconds(datetime(_YEARS.stop, 1, 1, tzinfo=UTC))


def _instant(seconds: int) -> datetime:
    return _EPOCH + timedelta(seconds=seconds)


def _whole_seconds(duration: timedelta) -> int:
    """Return a duration in seconds, rounded up: a promise is never due early."""
    return duration.days * _DAY + duration.seconds + (duration.microseconds > 0)


def _day_of(on: date) -> int:
    return on.toordinal() - _EPOCH_ORDINAL


def _date_of(day: int) -> date:
    return date.fromordinal(day + _EPOCH_ORDINAL)


def _weekday(day: int) -> int:
    return (day + 3) % 7  # 1970-01-01 was a Thursday


# Sets of instants as sorted lists of intervals that do not touch. ----------------------------------------


def _week(windows: Iterable[WeeklyOpening]) -> list[_Interval]:
    """Return the open seconds of a week from Monday on; what runs over its end comes in at its start."""
    placed = [(w.weekday * _DAY + w.start, w.weekday * _DAY + w.end) for w in windows]
    return list(clip(union(placed + [(start - _WEEK, end - _WEEK) for start, end in placed]), 0, _WEEK))


def _usual_weekdays(week: list[_Interval]) -> frozenset[int]:
    """Return the weekdays open at least half as long as the longest, so Sunday 16:00 to 24:00 is none."""
    open_on = [sum(e - s for s, e in clip(week, day * _DAY, (day + 1) * _DAY)) for day in range(7)]
    return frozenset(day for day in range(7) if open_on[day] * 2 >= max(open_on))


# Hours as people write them. -----------------------------------------------------------------------------

_WEEKDAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
_ON = rf"(?:{'|'.join(_WEEKDAYS)})(?:[a-z]*day)?"
_AT = r"\d{1,2}:\d\d"
_SPAN = re.compile(rf"({_ON}) ({_AT})-({_ON}) ({_AT})")
_DAILY = re.compile(rf"({_ON}(?:[-,]{_ON})*) ({_AT}-{_AT}(?:,{_AT}-{_AT})*)")


def parse_hours(text: str) -> tuple[WeeklyOpening, ...]:
    """Read weekly hours.

    `mon-fri 07:00-18:00`, `mon-fri 09:00-12:00, 13:00-17:00`, `sat,sun 10:00-14:00`, `mon-sun 22:00-06:00`
    (overnight), `sun 16:00 - fri 17:00` (one span), `24x7`, and several of them with commas between.
    ValueError says what was expected.
    """
    plain = re.sub(r"\s*([-,])\s*", r"\1", text.lower().replace("\N{EN DASH}", "-").replace(";", ","))
    plain = " ".join(plain.split())
    if plain in ("24x7", "24/7"):
        return (WeeklyOpening(0, 0, _WEEK),)
    parts = re.split(r"(?<=\d),(?=[a-z])", plain)
    try:
        return tuple(window for part in parts for window in _parse_part(part))
    except ValueError as wrong:
        raise ValueError(f"hours {text!r}: {wrong}") from None


def _parse_part(part: str) -> Iterator[WeeklyOpening]:
    if span := _SPAN.fullmatch(part):
        yield _parse_span(*span.groups())
    elif daily := _DAILY.fullmatch(part):
        for weekday in _parse_days(daily[1]):
            for hours in daily[2].split(","):
                yield _parse_daily(weekday, hours)
    else:
        raise ValueError(
            f"{part!r} is not hours; expected days and times such as 'mon-fri 09:00-17:00', "
            "'sun 16:00 - fri 17:00' or '24x7'"
        )


def _parse_span(first_day: str, opening: str, last_day: str, closing: str) -> WeeklyOpening:
    weekday, start = _parse_day(first_day), _parse_opening(opening)
    end = (_parse_day(last_day) - weekday) * _DAY + _parse_closing(closing)
    return WeeklyOpening(weekday, start, end if end > start else end + _WEEK)


def _parse_days(text: str) -> Iterator[int]:
    for part in text.split(","):
        first, *rest = (_parse_day(name) for name in part.split("-"))
        if len(rest) > 1:
            raise ValueError(f"{part!r} is not days; expected a range such as 'mon-fri'")
        last = rest[0] if rest else first
        yield from ((first + n) % 7 for n in range((last - first) % 7 + 1))


def _parse_daily(weekday: int, hours: str) -> WeeklyOpening:
    opening, closing = hours.split("-")
    start, end = _parse_opening(opening), _parse_closing(closing)
    if start == end:
        raise ValueError(f"{hours!r} has no length; expected '00:00-24:00' for a whole day")
    return WeeklyOpening(weekday, start, end if start < end else end + _DAY)


def _parse_day(name: str) -> int:
    return _WEEKDAYS.index(name[:3])


def _parse_opening(text: str) -> int:
    start = _parse_time(text)
    if start == _DAY:
        raise ValueError("'24:00' is the end of a day; expected '00:00' of the next for an opening")
    return start


def _parse_closing(text: str) -> int:
    if text == "23:59":  # half-open intervals have no last minute to leave out (zammad#3180)
        raise ValueError("'23:59' leaves a minute closed every night; expected '24:00'")
    return _parse_time(text)


def _parse_time(text: str) -> int:
    hour, minute = (int(part) for part in text.split(":"))
    if minute > 59 or hour * 60 + minute > 24 * 60:
        raise ValueError(f"{text!r} is not a time of day; expected '00:00' to '24:00'")
    return (hour * 60 + minute) * 60
