"""A due time explained: what was counted and what not, span by span, on the calendar's own wall clock.

Every line carries its own sum, so that a reader can check it with a finger and no calculator.
"""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

from helpdesk.core.clocks.circumstances import promised_now
from helpdesk.core.clocks.timeline import clocks
from helpdesk.offering.policy import NoPromise, Promise
from helpdesk.openhours.week import DAYS, clock_words
from helpdesk.phrases import moment, span
from helpdesk.report.shapes import as_json, clock_shape, fields_of, instant

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from datetime import datetime

    from helpdesk.core.words.case import Case
    from helpdesk.core.words.clock import Clock, Stretch
    from helpdesk.offering.policy import Policy
    from helpdesk.openhours.calendar import Calendar


def case_clocks_text(case: Case, policy: Policy, now: datetime) -> str:
    """Every clock of a case, explained."""
    head = f"{case.ref} {case.subject}\n{policy.name} {policy.plan(case.plan).name}, version {case.policy_version}\n"
    if case.merged_into:
        head += f"merged into {case.merged_into}, whose answers stop these clocks\n"
    elif case.merged:
        head += f"merged with {', '.join(f'HD-{number}' for number in case.merged)}, which keep clocks of their own\n"
    found = clocks(case, policy)
    told = [*("\n".join(clock_lines(clock, now)) + "\n" for clock in found), *not_measured(case, policy, found)]
    return "\n".join([head, *told])


def not_measured(case: Case, policy: Policy, found: Sequence[Clock]) -> Iterator[str]:
    """What is said of this case and has no clock: best effort, and what is still to be agreed."""
    for kind in policy.kinds:
        promise = promised_now(kind.key, case, policy)
        if isinstance(promise, NoPromise) and promise.said and all(clock.target != kind.key for clock in found):
            yield f"{kind.name}: {'; '.join(promise.because)}\n"


def case_clocks_shape(case: Case, policy: Policy, now: datetime) -> dict[str, Any]:
    """The same as JSON: each clock with its stretches, each stretch with its spans."""
    return {
        **fields_of(case, "ref", "policy", "policy_version"),
        "clocks": [
            {**clock_shape(clock, now), "stretches": [_stretch_shape(stretch, now) for stretch in clock.stretches]}
            for clock in clocks(case, policy)
        ],
    }


def _stretch_shape(stretch: Stretch, now: datetime) -> dict[str, Any]:
    until = stretch.end or stretch.due_at or now
    return {
        "from": instant(stretch.start),
        "to": instant(stretch.end),
        **fields_of(stretch, "why", "severity", "applies"),
        "calendar": stretch.calendar.name,
        "timezone": stretch.calendar.timezone,
        "promised": as_json(stretch.budget),
        "used_before": as_json(stretch.consumed),
        **fields_of(stretch, "counted", "counts_from"),
        "spans": [
            {
                "from": instant(piece.start),
                "to": instant(piece.end),
                "open": piece.open,
                "seconds": as_json(piece.end - piece.start),
                "holidays": list(piece.names),
            }
            for piece in (stretch.calendar.spans(stretch.counts_from, until) if stretch.counted else ())
        ],
    }


def clock_lines(clock: Clock, now: datetime) -> Iterator[str]:
    """One clock: its stretches, then what came of it."""
    promise = clock.promise
    if not isinstance(promise, Promise) and not clock.stretches:
        yield f"{clock.kind.name}: no target, because {'; '.join(promise.because)}"
        return
    yield f"{clock.kind.name}: {clock.state(now)}"
    for stretch in clock.stretches:
        yield from _stretch_lines(stretch, now)
    yield from _verdict_lines(clock, now)


def _stretch_lines(stretch: Stretch, now: datetime) -> Iterator[str]:
    calendar = stretch.calendar
    begins = moment(stretch.start, calendar.timezone)
    hours = f"{span(stretch.budget)} of {calendar.name} ({calendar.timezone})"
    applies = f" ({', '.join(stretch.applies)})" if stretch.applies else ""
    yield f"  {begins}: {stretch.why}; {stretch.severity}, {hours}{applies}"
    if stretch.consumed:
        yield f"    {span(stretch.consumed)} used before"
    if not stretch.counted:
        yield f"    not counted {_until(stretch.end, calendar)}"
        return
    # A running clock is shown up to its due time, so that the reader sees why it is due then, and no further: the
    # nights since then explain nothing.
    until = stretch.end or stretch.due_at or now
    late = received_late(stretch.counts_from, stretch.start, calendar)
    for line in (*late, *counted_spans(calendar, stretch.counts_from, until, stretch.consumed)):
        yield f"    {line}"


def _until(end: datetime | None, calendar: Calendar) -> str:
    return f"until {moment(end, calendar.timezone)}" if end else "from then on"


def _verdict_lines(clock: Clock, now: datetime) -> Iterator[str]:
    last = clock.stretches[-1]
    zone = last.calendar.timezone
    due_at, breached_at = clock.due_at, clock.breached_at(now)
    if clock.exempt:
        yield f"  exempt: {clock.exempt}"
        return
    if due_at is not None:
        yield f"  due {moment(due_at, zone)}"
    if clock.stopped_at is not None:
        how = "met" if clock.kind.own and not clock.kind.owes_word else "answered"
        yield f"  {how} {moment(clock.stopped_at, zone)}, after {span(clock.used(now))} of {span(last.budget)}"
    if breached_at is not None:
        so_far = "" if clock.stopped_at else f"; {span(clock.used(now))} used by {moment(now, zone)}"
        yield f"  late from {moment(breached_at, zone)}{so_far}"
    elif clock.stopped_at is None and due_at is not None:
        yield f"  {span(last.budget - clock.used(now))} left at {moment(now, zone)}"


def counted_spans(calendar: Calendar, start: datetime, end: datetime, used: timedelta) -> Iterator[str]:
    """One line a span: from, to, counted or why not, and the sum so far."""
    zone = ZoneInfo(calendar.timezone)
    for piece in calendar.spans(start, end):
        length = piece.end - piece.start
        when = _from_to(piece.start.astimezone(zone), piece.end.astimezone(zone))
        if piece.open:
            used += length
            yield f"{when}  counted  {span(length):>14}  sum {span(used)}"
        else:
            yield f"{when}  closed   {'':>14}  {_why_closed(piece, zone)}".rstrip()


def received_late(begins: datetime, received: datetime, calendar: Calendar) -> Iterator[str]:
    """What comes after the cut-off counts from the next day."""
    if begins > received and calendar.cut_off is not None:
        zone = ZoneInfo(calendar.timezone)
        when = _from_to(received.astimezone(zone), begins.astimezone(zone))
        yield f"{when}  not counted: received after {clock_words(calendar.cut_off)}"


def _from_to(start: datetime, end: datetime) -> str:
    return f"{_wall(start)} - {_wall(end)}"


def _wall(local: datetime) -> str:
    return f"{DAYS[local.weekday()]} {local:%Y-%m-%d %H:%M}" + (f":{local:%S}" if local.second else "")


def _why_closed(piece: Any, zone: ZoneInfo) -> str:
    start, end = piece.start.astimezone(zone), piece.end.astimezone(zone)
    days = {(start + timedelta(days=n)).weekday() for n in range((end.date() - start.date()).days + 1)}
    long_enough = piece.end - piece.start > timedelta(days=1)
    weekend = ["weekend"] if long_enough and {5, 6} <= days else []
    return ", ".join([*weekend, *piece.names])
