"""From which probability of rank 1 people are called: the policy's value, moved by what the calls were worth.

Computed from the ledger alone, week by week, so that anybody can do it again. A week with a rank 1 that agents set and
nobody was called about lowers it; a week with a call that was not worth waking for raises it, where most of the last
calls were none. It never rises past a case of rank 1 that is kept, and stays between two bounds.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

LOWEST, HIGHEST = 0.2, 0.5
A_WEEK = 0.02  # at most so much at the end of each
ENOUGH = 30  # calls: fewer say nothing, and so many of the last are looked at
_WEEK = timedelta(days=7)


@dataclass(frozen=True, slots=True)
class CountedCall:
    """People were called because of the threshold, at that instant (aware UTC), and whether it was worth it."""

    at: datetime
    worth: bool


@dataclass(frozen=True, slots=True)
class CallRecord:
    """What is known of the calls under one policy, in the order of time; instants aware UTC.

    `missed` are the cases of rank 1 that nobody was called about and a lower threshold could have found; `kept` what
    the model gives rank 1 in those that no model may lose.
    """

    calls: tuple[CountedCall, ...] = ()
    missed: tuple[datetime, ...] = ()
    kept: tuple[float, ...] = ()


@dataclass(frozen=True, slots=True)
class CallThreshold:
    """Where the threshold stands, and why in words."""

    value: float
    why: str
    calls: int  # that were counted


def week_of(at: datetime) -> datetime:
    """The beginning of its week: Monday, 00:00 UTC."""
    day = at.astimezone(UTC).replace(hour=0, minute=0, second=0, microsecond=0)
    return day - timedelta(days=day.weekday())


def call_threshold(own: float, record: CallRecord, now: datetime) -> CallThreshold:
    """The threshold of a policy whose own is `own`, after the weeks that are over by `now`."""
    if not LOWEST <= own <= HIGHEST:
        why = f"the policy's own, which does not move outside of {LOWEST * 100:.0f} to {HIGHEST * 100:.0f} %"
        return CallThreshold(own, why, len(record.calls))
    value, why = own, f"the policy's own; {len(record.calls)} of the {ENOUGH} calls that may move it"
    for end in _ends_of_weeks(record.calls, now):
        counted = [call for call in record.calls if call.at < end]
        if len(counted) >= ENOUGH:
            value, why = _after_week(value, why, counted[-ENOUGH:], record, end)
    return CallThreshold(value, why, len(record.calls))


def _ends_of_weeks(calls: Sequence[CountedCall], now: datetime) -> Iterator[datetime]:
    if len(calls) >= ENOUGH:
        end = week_of(calls[ENOUGH - 1].at) + _WEEK
        while end <= now:
            yield end
            end += _WEEK


def _after_week(
    value: float, why: str, recent: Sequence[CountedCall], record: CallRecord, end: datetime
) -> tuple[float, str]:
    begin = end - _WEEK
    missed = sum(begin <= at < end for at in record.missed)
    if missed:
        why = f"lowered on {end:%Y-%m-%d}: {missed} of the first rank had not been called"
        return max(LOWEST, round(value - A_WEEK, 4)), why
    needless = sum(not call.worth for call in recent)
    if needless * 2 <= len(recent):
        return value, f"{needless} of the last {ENOUGH} calls were not worth waking for"
    said = f"{needless} of the last {ENOUGH} calls were not worth waking for"
    if all(call.worth for call in recent if call.at >= begin):
        return value, why  # nothing new was said
    higher = min(HIGHEST, round(value + A_WEEK, 4))
    if any(value < likely <= higher for likely in record.kept):
        return value, f"{said}, but a higher one would lose a case of the first rank that is kept"
    return higher, f"raised by {end:%Y-%m-%d}: {said}"
