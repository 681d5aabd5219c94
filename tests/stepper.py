"""Open time by walking it minute by minute: the slow second opinion on `helpdesk.openhours.calendar`.

Written from the definitions alone, and it imports nothing of ours. It asks of every single minute "what does the clock
on the wall show, and is the desk open then?" and counts. What the definitions say:

* A window is [start, end) on the wall, every week. A special day closes [start, end) of its date; one that opens wins.
* While the clock repeats an hour, the desk keeps the state it had when the clock was turned back: the hand stands.
* A due time is the earliest instant by which that much open time has gone by.
* A business day is a date on a business weekday with at least one open minute. Weekdays that are open at least half as
  long as the longest are business weekdays, unless they are given. A special day may say otherwise of its date; of
  several, the one that begins last.
* What is received after the cut-off of its date counts from the first open minute of a later date.
* A due time of open time, or at the same time of a business day, that falls on a closing is that closing or, where ties
  go to the next, the first open minute after it.
* The same business day ends with its last open minute. Calendar days end when the wall shows the same time again.

    Stepper("mon-fri 07:00-21:00", "Europe/Berlin", [date(2026, 4, 3), date(2026, 4, 6)]).due(start, 8 * 3600)

Hours, special days and offsets in whole minutes only; instants may have seconds (fractions are floored).
"""

from __future__ import annotations

import re
from datetime import UTC, date, datetime, timedelta
from functools import lru_cache
from itertools import accumulate, chain, count, islice
from zoneinfo import ZoneInfo

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
MINUTE = timedelta(minutes=1)
MINUTES = 1440  # of a day
WEEK = 7 * MINUTES
PATIENCE = 5 * 366  # days walked before we say that it never opens
NAMES = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")


class Stepper:
    """A desk's hours, walked.

    `hours`: text as in a policy, or windows with `weekday`, `start`, `end` (or such triples) in seconds.
    `special_days`: dates, or things with `on`, `start`, `end`, `opens`; or a function that gives them for a year.
    """

    def __init__(self, hours, zone, special_days=(), *, business_weekdays=None, cut_off=None, ties="previous"):
        self.cut_off, self.ties = cut_off, ties
        self.zone = zone
        self.week = week_of_minutes(hours)
        self.special_days = special_days if callable(special_days) else tuple(special_days)
        self.always = all(self.week) and not self.special_days and cut_off is None
        self.business_weekdays = usual_weekdays(self.week) if business_weekdays is None else business_weekdays
        self._specials = {}
        self._days = {}

    def is_open(self, at):
        minute = _seconds(at) // 60
        return bool(self._open_minutes(minute // MINUTES)[minute % MINUTES])

    def elapsed(self, start, end):
        """Open seconds in [start, end), for start <= end."""
        at, finish = _seconds(start), _seconds(end)
        total = 0
        for minute, is_open in self._walk(at):
            if minute * 60 >= finish:
                return total
            if is_open:
                total += min(minute * 60 + 60, finish) - max(minute * 60, at)
        raise AssertionError

    def due(self, start, open_seconds):
        """The earliest instant with that many open seconds since `start`."""
        at, left = _seconds(start), open_seconds
        if not left:
            return _instant(at)
        for minute, is_open in self._walk(at):
            if is_open:
                begin = max(minute * 60, at)
                if begin + left <= minute * 60 + 60:
                    return _instant(begin + left)
                left -= minute * 60 + 60 - begin
        raise AssertionError

    def next_open(self, at):
        """`at` itself or the first open minute after it."""
        begin = _seconds(at)
        return _instant(next(max(minute * 60, begin) for minute, is_open in self._walk(begin) if is_open))

    def promise_due(self, received, *, seconds=0, business_days=0, mode="same_time", by=None, calendar_days=0):
        """When a promise falls due that counts from a receipt; without any amount, the same business day."""
        if calendar_days:
            return self._calendar_days_due(received, calendar_days)
        start = self.counts_from(received)
        if not seconds:
            return self.business_days_due(start, business_days, mode, by)
        due = self.due(start, seconds)
        return due if self.ties == "previous" else self.next_open(due)

    def counts_from(self, received):
        """The receipt, or the first open minute of a later date where it came after the cut-off."""
        at = _seconds(received)
        day, time_of_day = divmod(self._reading(at), 86400)
        if self.cut_off is None or time_of_day <= self.cut_off:
            return received
        return _instant(next(minute * 60 for minute, is_open in self._walk(at) if is_open and self._date(minute) > day))

    def business_days_due(self, start, n, mode="same_time", by=None):
        """When n business days are over; `mode` is same_time, close or close_next, and none are that day itself."""
        if self.always:
            midnight = (self._reading(_seconds(start)) // 86400 + 1) * 86400
            return (
                start.astimezone(UTC).replace(microsecond=0) + timedelta(days=n)
                if n
                else self._showing(start, midnight)
            )
        begin = self._first_business_second(_seconds(start))
        reading = self._reading(begin)
        last_date = self._business_date(begin, n) if n else reading // 86400
        if by is None and (mode == "close_next" or not n):
            return _instant(self._last_open_end(begin, (last_date + 1) * 86400))
        due = self._last_open_end(begin, last_date * 86400 + reading % 86400) if n else begin
        if n and self.ties == "next":
            due = _seconds(self.next_open(_instant(due)))
        date_of_due = self._reading(due - 1 if n and self.ties == "previous" else due) // 86400
        if by is not None:
            return _instant(self._reached_by(begin, date_of_due, by))
        if mode == "close":
            due = self._last_open_end(begin, (date_of_due + 1) * 86400)
        return _instant(due)

    def _reached_by(self, begin, day, by):
        """That time of the day, or of the next business day where nothing was open until then."""
        due = self._last_open_end(begin, day * 86400 + by)
        if due > begin:
            return due
        return self._last_open_end(
            begin, self._business_date(_seconds(self._showing(_instant(begin), day * 86400)), 1, day) * 86400 + by
        )

    def _calendar_days_due(self, start, n):
        return self._showing(start, self._reading(_seconds(start)) + n * 86400)

    def _showing(self, start, reading):
        """The first instant from `start` on at which the wall shows that reading or later."""
        seconds = (self._second_showing(minute, reading) for minute in count(_seconds(start) // 60))
        return _instant(next(second for second in seconds if second is not None))

    # Dates and readings of the wall count from 1970-01-01 in the desk's zone.

    def _first_business_second(self, at):
        for minute, is_open in self._walk(at):
            if is_open and self._is_business(self._date(minute)):
                return max(minute * 60, at)
        raise AssertionError

    def _business_date(self, begin, n, after=None):
        """The n-th business date after that of `begin`, or after another."""
        seen, latest = 0, self._date(begin // 60) if after is None else after
        for minute, is_open in self._walk(begin):
            if is_open and (day := self._date(minute)) > latest and self._is_business(day):
                seen, latest = seen + 1, day
                if seen == n:
                    return day
        raise AssertionError

    def _last_open_end(self, begin, reading):
        """The end of the last open time after `begin` and before the wall shows `reading`."""
        latest = begin
        for minute, is_open in self._walk(begin):
            reached = self._second_showing(minute, reading)
            end = minute * 60 + 60 if reached is None else reached
            if is_open and end > minute * 60:
                latest = end
            if reached is not None:
                return latest
        raise AssertionError

    def _second_showing(self, minute, reading):
        """The first second of that minute at which the wall shows `reading` or later."""
        shown = standing_hand(self.zone, minute // MINUTES)[minute % MINUTES] * 60
        return minute * 60 + max(0, reading - shown) if shown + 59 >= reading else None

    def _is_business(self, day):
        """Whether that date counts if it has an open minute."""
        on = date(1970, 1, 1) + timedelta(days=day)
        given = self.special_days(on.year) if callable(self.special_days) else self.special_days
        ruled = [special for special in given if getattr(special, "on", None) == on]
        ruled = [getattr(one, "business", None) for one in sorted(ruled, key=lambda one: one.start)]
        ruled = [business for business in ruled if business is not None]
        return ruled[-1] if ruled else on.weekday() in self.business_weekdays

    def _date(self, minute):
        return standing_hand(self.zone, minute // MINUTES)[minute % MINUTES] // MINUTES

    def _reading(self, second):
        minute = second // 60
        shown = standing_hand(self.zone, minute // MINUTES)[minute % MINUTES]
        repeated = shown != running_hand(self.zone, minute // MINUTES)[minute % MINUTES]
        return shown * 60 + (59 if repeated else second % 60)

    def _walk(self, second):
        """(minute, open?) for every minute from that second on, until we lose patience."""
        first = second // 60
        days = (self._open_minutes(day) for day in count(first // MINUTES))
        states = islice(chain.from_iterable(days), first % MINUTES, None)
        yield from zip(range(first, first + PATIENCE * MINUTES), states, strict=False)
        raise LookupError("this desk does not open in five years")

    def _open_minutes(self, day):
        if day not in self._days:
            shown = standing_hand(self.zone, day)
            if any(self._special(on) for on in range(shown[0] // MINUTES, shown[-1] // MINUTES + 1)):
                self._days[day] = bytes(map(self._open_at_reading, shown))
            else:
                self._days[day] = bytes([self.week[(minute + 3 * MINUTES) % WEEK] for minute in shown])
        return self._days[day]

    def _open_at_reading(self, minute):
        """Whether the desk is open when the wall shows that minute."""
        day, of_day = divmod(minute, MINUTES)
        now = [opens for start, end, opens in self._special(day) if start <= of_day < end]
        if now:
            return 1 if any(now) else 0
        return self.week[(minute + 3 * MINUTES) % WEEK]

    def _special(self, day):
        """(start, end, opens) in minutes of that date."""
        if day not in self._specials:
            on = date(1970, 1, 1) + timedelta(days=day)
            given = self.special_days(on.year) if callable(self.special_days) else self.special_days
            self._specials[day] = [minutes for special in given if (minutes := _special(special, on))]
        return self._specials[day]


def _special(special, on):
    if isinstance(special, date):
        return (0, MINUTES, False) if special == on else None
    return (_minutes(special.start), _minutes(special.end), special.opens) if special.on == on else None


@lru_cache(maxsize=100_000)
def running_hand(zone, day):
    """What the wall shows at every minute of a UTC day, as minutes since 1970-01-01 of that wall."""
    local, begin = ZoneInfo(zone), EPOCH + timedelta(days=day)

    def offset(minute):
        return (begin + minute * MINUTE).astimezone(local).utcoffset() // MINUTE

    hourly = {offset(minute) for minute in range(0, MINUTES + 1, 60)}
    offsets = [offset(minute) for minute in range(MINUTES)] if len(hourly) > 1 else list(hourly) * MINUTES
    return [day * MINUTES + minute + offset for minute, offset in enumerate(offsets)]


@lru_cache(maxsize=100_000)
def standing_hand(zone, day):
    """The same, but where the clock is turned back the hand waits until the time comes round again."""
    return list(accumulate(running_hand(zone, day), max, initial=max(running_hand(zone, day - 1))))[1:]


def _seconds(at):
    return (at - EPOCH) // timedelta(seconds=1)


def _instant(seconds):
    return EPOCH + timedelta(seconds=seconds)


def _minutes(seconds):
    assert seconds % 60 == 0, "the stepper steps in minutes"
    return seconds // 60


# Hours: every minute of a week from Monday on, 1 where the desk is open.


def week_of_minutes(hours):
    week = bytearray(WEEK)
    for weekday, start, end in read_hours(hours) if isinstance(hours, str) else map(_triple, hours):
        for minute in range(start, end):
            week[(weekday * MINUTES + minute) % WEEK] = 1
    return bytes(week)


def usual_weekdays(week):
    open_on = [sum(week[day * MINUTES : (day + 1) * MINUTES]) for day in range(7)]
    return frozenset(day for day in range(7) if open_on[day] >= max(open_on) / 2)


def _triple(window):
    weekday, start, end = window if isinstance(window, tuple) else (window.weekday, window.start, window.end)
    return weekday, _minutes(start), _minutes(end)


def read_hours(text):
    """Hours text to (weekday, start, end) in minutes, by reading word after word; only good text is understood."""
    if "24x7" in text:
        return [(day, 0, MINUTES) for day in range(7)]
    words = re.findall(r"[a-z]+|\d+:\d+|-", text.lower())
    windows, days, fresh = [], [], True
    while words:
        word = words.pop(0)
        if word[0].isalpha():
            first = NAMES.index(word[:3])
            days, fresh = ([] if fresh else days), False
            if words[0][0].isdigit() and words[2][0].isalpha():
                windows.append(_span(first, words[0], words[2], words[3]))
                del words[:4]
                fresh = True
            elif words[0] == "-":
                last = NAMES.index(words[1][:3])
                days += [day % 7 for day in range(first, last + (8 if last < first else 1))]
                del words[:2]
            else:
                days.append(first)
        else:
            start, end = _clock(word), _clock(words[1])
            windows += [(day, start, end if end > start else end + MINUTES) for day in days]
            del words[:2]
            fresh = True
    return windows


def _span(first, opening, last, closing):
    start, end = _clock(opening), (NAMES.index(last[:3]) - first) * MINUTES + _clock(closing)
    return first, start, end if end > start else end + WEEK


def _clock(text):
    hour, minute = text.split(":")
    return int(hour) * 60 + int(minute)
