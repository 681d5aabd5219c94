"""Planned maintenance: recurring windows by RFC 5545 rules, and dated ones."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from functools import partial
from itertools import islice
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from dateutil.rrule import rrulestr

from helpdesk.offering.maintenance_terms import MaintenanceTerms, NoticePeriod
from helpdesk.offering.policy import Maintenance
from helpdesk.openhours.walltime import WEEKDAYS, is_zone
from helpdesk.openhours.within import parse_within
from helpdesk.plural import plural

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence

    from helpdesk.offering.files.problems import FileProblems
    from helpdesk.offering.files.schema import MaintenanceEntry, MaintenanceTermsTable
    from helpdesk.openhours.within import Within

_LOOKED_AT = 60  # windows of a rule: five years of months
_LONGEST = 24 * 366  # hours


def read_maintenance(entry: MaintenanceEntry, entries: Sequence[MaintenanceEntry]) -> Maintenance:
    """Read one entry; `entries` are all of the file. Raises ValueError that says everything that was expected."""
    wrong = list(_problems(entry, entries))
    if wrong:
        raise ValueError("; ".join(wrong))
    if entry.dated:
        words = plural(len(entry.dated), "dated window")
        return Maintenance(entry.name, entry.sector, _dated(entry.dated), words, entry.impact)
    (start, rule), length = recurrence(entry, entries), timedelta(hours=entry.hours)
    words = f"{rule}, from {start:%a %d %b %Y %H:%M} ({entry.timezone}), {plural(entry.hours, 'hour')}"
    windows = _recurring(start, rule, length, ZoneInfo(entry.timezone))
    return Maintenance(entry.name, entry.sector, windows, words, entry.impact)


def read_maintenance_terms(table: MaintenanceTermsTable, problems: FileProblems) -> MaintenanceTerms:
    """`[maintenance_terms]`."""

    def amount(place: str, text: str) -> Within | None:
        return problems.attempt(f"maintenance_terms.{place}", partial(parse_within, text), None)

    budget = amount("budget", table.budget) if table.budget else None
    if budget and not budget.counts_open_time:
        problems.add("maintenance_terms.budget", f'expected minutes or hours such as "8h", not {table.budget!r}')
    periods = (
        NoticePeriod(impact, None if text == "none" else amount(f"notice.{impact}", text))
        for impact, text in table.notice.items()
    )
    return MaintenanceTerms(tuple(periods), budget.open_time if budget else None, table.per)


def _problems(entry: MaintenanceEntry, entries: Sequence[MaintenanceEntry]) -> Iterator[str]:
    if entry.weekday and entry.weekday.lower() not in WEEKDAYS:
        yield f"weekday: expected a day such as friday, not {entry.weekday!r}"
    yield from _dated_problems(entry.dated) if entry.dated else _rule_problems(entry, entries)
    if entry.announce_by and (entry.announce_by.tzinfo is None or not entry.dated):
        yield "announce_by: expected a time with an offset, of an entry with dated windows"


def _dated_problems(windows: Sequence[Sequence[datetime]]) -> Iterator[str]:
    for window in windows:
        if len(window) != 2 or any(at.tzinfo is None for at in window) or window[0] >= window[1]:
            yield "dated: expected pairs of times with offsets, [[from, to], ...]"
            return


def _rule_problems(entry: MaintenanceEntry, entries: Sequence[MaintenanceEntry]) -> Iterator[str]:
    try:
        start, rule = recurrence(entry, entries)
    except ValueError as problem:
        yield str(problem)
    else:
        try:
            rrulestr(rule, dtstart=start)
        except ValueError as problem:
            yield f"expected a rule of RFC 5545 such as FREQ=WEEKLY;BYDAY=FR: {problem}"
    if not is_zone(entry.timezone):
        yield f'timezone: expected a zone of the IANA database ("Europe/Berlin"), not {entry.timezone!r}'
    if not 0 < entry.hours <= _LONGEST:
        yield f"hours: expected how long a window is, more than 0 and at most {_LONGEST}, not {entry.hours:g}"


def recurrence(entry: MaintenanceEntry, entries: Sequence[MaintenanceEntry]) -> tuple[datetime, str]:
    """First start (wall clock) and rule of an entry, or of the one it follows, shifted. Raises ValueError."""
    if entry.after:
        leader = next((other for other in entries if other.name == entry.after and other is not entry), None)
        if leader is None or leader.start is None:
            raise ValueError(f"after: expected the name of another entry with a start, not {entry.after!r}")
        start = _on_weekday(leader.start + timedelta(days=entry.after_days), entry.weekday)
        interval = next((part for part in leader.rule.split(";") if part.startswith("INTERVAL=")), "INTERVAL=1")
        return start, f"FREQ=WEEKLY;{interval}"
    if entry.start is None or not entry.rule:
        raise ValueError("expected start and rule, or after and after_days, or dated")
    return entry.start, entry.rule


def strays_to(entry: MaintenanceEntry) -> str:
    """The first weekday but the document's own on which a rule's windows begin; "" where there is none."""
    starts = islice(rrulestr(entry.rule, dtstart=entry.start), _LOOKED_AT)
    days = (WEEKDAYS[start.weekday()] for start in starts)
    return next((day for day in days if day != entry.weekday.lower()), "")


def lands_on(entry: MaintenanceEntry, entries: Sequence[MaintenanceEntry]) -> str:
    """The weekday on which an entry that follows another really falls, by counting days alone."""
    leader = next(other for other in entries if other.name == entry.after)
    start = leader.start or datetime.min  # noqa: DTZ901 - read_maintenance has refused an entry without start
    return WEEKDAYS[(start + timedelta(days=entry.after_days)).weekday()]


def _on_weekday(start: datetime, weekday: str) -> datetime:
    """The next such weekday from there on, the day itself included."""
    if weekday.lower() not in WEEKDAYS:
        return start
    return start + timedelta(days=(WEEKDAYS.index(weekday.lower()) - start.weekday()) % 7)


def _recurring(
    start: datetime, rule: str, length: timedelta, zone: ZoneInfo
) -> Callable[[datetime, datetime], Iterable[tuple[datetime, datetime]]]:
    """Windows on the wall clock of the zone: a window keeps its hours through a clock change."""
    starts = rrulestr(rule, dtstart=start, cache=True)  # every new case asks: nothing is counted twice

    def between(since: datetime, until: datetime) -> Iterator[tuple[datetime, datetime]]:
        wall_since, wall_until = (at.astimezone(zone).replace(tzinfo=None) for at in (since, until))
        for begins in starts.between(wall_since - length, wall_until, inc=True):
            window = (_instant(begins, zone), _instant(begins + length, zone))
            if window[0] < until and window[1] > since:
                yield window

    return between


def _dated(
    windows: Sequence[Sequence[datetime]],
) -> Callable[[datetime, datetime], Iterable[tuple[datetime, datetime]]]:
    pairs = [(window[0].astimezone(UTC), window[1].astimezone(UTC)) for window in windows]
    return lambda since, until: [(begins, ends) for begins, ends in pairs if begins < until and ends > since]


def _instant(wall: datetime, zone: ZoneInfo) -> datetime:
    return wall.replace(tzinfo=zone).astimezone(UTC)
