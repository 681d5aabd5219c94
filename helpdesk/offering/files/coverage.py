"""Which kinds of moments a policy's worked examples show, and which they leave out.

An example proves one due time. Together they are to show every severity, plan and region, and the moments at which
calculations go wrong: in hours, over a weekend, over a holiday, on a Saturday, before opening on a working day, over
each change of the clocks. A kind that cannot come about in any of the policy's hours is not asked for.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, time, timedelta
from typing import TYPE_CHECKING

from helpdesk.errors import NotFound
from helpdesk.offering.customer_hours import read_place
from helpdesk.offering.policy import Promise

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from helpdesk.offering.policy import Policy
    from helpdesk.openhours.calendar import Calendar, Span

_WEEKEND = (5, 6)
_LONG = timedelta(days=1)  # closed for so long, a night is not a night but a weekend
_YEAR = 2026  # of which clock changes and holidays are looked at


@dataclass(frozen=True, slots=True)
class _Shown:
    """An example on the wall of the calendar that it runs in."""

    calendar: Calendar
    at: datetime  # local
    due_at: datetime  # local
    closed: tuple[Span, ...]


def missing(policy: Policy) -> Iterator[str]:
    """What no worked example shows, in words: "none on a Saturday"."""
    shown = list(_shown(policy))
    yield from _keys(policy)
    hours = [calendar for calendar in _used(policy) if not calendar.always]
    if not hours:
        return
    if not any(_in_hours(one) for one in shown):
        yield "none in hours"
    if not any(_spans_weekend(one) for one in shown):
        yield "none that spans a weekend"
    if any(calendar.special_days_in(_YEAR) for calendar in hours) and not any(_spans_holiday(one) for one in shown):
        yield "none that spans a holiday"
    if not any(one.at.weekday() == 5 for one in shown if not one.calendar.always):
        yield "none on a Saturday"
    if any(_opens_by_day(calendar) for calendar in hours) and not any(_before_opening(one) for one in shown):
        yield "none before opening on a working day"
    yield from _clock_changes(hours, shown)


def _shown(policy: Policy) -> Iterator[_Shown]:
    for example in policy.examples:
        try:
            promise = policy.promise_in(example)
        except NotFound:
            continue  # an error of its own, and it shows nothing
        if isinstance(promise, Promise) and example.due_at is not None:
            zone, calendar = promise.calendar.zone, promise.calendar
            closed = tuple(span for span in calendar.spans(example.at, example.due_at) if not span.open)
            yield _Shown(calendar, example.at.astimezone(zone), example.due_at.astimezone(zone), closed)


def _keys(policy: Policy) -> Iterator[str]:
    """Severities, plans and regions without an example."""
    for what, keys, given in (
        ("severity", [level.key for level in policy.severity.levels], {one.severity for one in policy.examples}),
        ("plan", [plan.key for plan in policy.plans], {one.plan for one in policy.examples}),
        ("region", [region.key for region in policy.regions], {read_place(one.region)[0] for one in policy.examples}),
    ):
        yield from (f"none of {what} {key}" for key in keys if key not in given)


def _used(policy: Policy) -> list[Calendar]:
    """The calendars in which something is promised."""
    promises = (
        policy.promise(target, plan=plan, severity=severity, region=region.key, channel=channel.key, given=given)
        for plan, target, severity in policy.goals
        for region in policy.regions
        for channel in policy.channels
        for given in policy.variations()
    )
    names = {promise.calendar.name for promise in promises if isinstance(promise, Promise)}
    return [calendar for name, calendar in policy.calendars.items() if name in names]


def _in_hours(one: _Shown) -> bool:
    return not one.calendar.always and one.calendar.is_open(one.at)


def _spans_weekend(one: _Shown) -> bool:
    return any(span.end - span.start >= _LONG and _touches_weekend(span, one.calendar) for span in one.closed)


def _touches_weekend(span: Span, calendar: Calendar) -> bool:
    first, last = (at.astimezone(calendar.zone).date() for at in (span.start, span.end))
    return any((first + timedelta(days=n)).weekday() in _WEEKEND for n in range((last - first).days + 1))


def _spans_holiday(one: _Shown) -> bool:
    return any(span.names for span in one.closed)


def _before_opening(one: _Shown) -> bool:
    """Closed on a business day on which the desk has not been open yet, and will be."""
    midnight = datetime.combine(one.at.date(), time(), tzinfo=one.calendar.zone)
    opening = one.calendar.next_open(one.at).astimezone(one.calendar.zone)
    return (
        not one.calendar.always
        and opening > one.at
        and opening.date() == one.at.date()
        and one.calendar.is_business_day(opening.date())
        and not one.calendar.elapsed(midnight, one.at)
    )


def _opens_by_day(calendar: Calendar) -> bool:
    """Whether some business day begins closed: not so where the desk is open through the night."""
    return any(
        window.start > 0 and window.weekday in calendar.business_weekdays and window.end - window.start < 2 * 86400
        for window in calendar.windows
    )


def _clock_changes(hours: Iterable[Calendar], shown: Iterable[_Shown]) -> Iterator[str]:
    """Each zone whose clocks change wants an example over either change."""
    for zone in dict.fromkeys(calendar.timezone for calendar in hours if _changes(calendar)):
        moved = [_moved(one) for one in shown if one.calendar.timezone == zone]
        if not any(by > timedelta() for by in moved):
            yield f"none over the change to summer time in {zone}"
        if not any(by < timedelta() for by in moved):
            yield f"none over the change to winter time in {zone}"


def _changes(calendar: Calendar) -> bool:
    offsets = {datetime(_YEAR, month, 15, tzinfo=calendar.zone).utcoffset() for month in range(1, 13)}
    return len(offsets) > 1


def _moved(one: _Shown) -> timedelta:
    return (one.due_at.utcoffset() or timedelta()) - (one.at.utcoffset() or timedelta())
