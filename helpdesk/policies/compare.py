"""What a new version of a policy changes, and for whom."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import product
from typing import TYPE_CHECKING

from helpdesk.core.policy import TARGET_KINDS, TARGET_NAMES, NoPromise

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator

    from helpdesk.core.calendar import Calendar, SpecialDay
    from helpdesk.core.policy import Policy, Promise, TargetKind


@dataclass(frozen=True, slots=True)
class Difference:
    """One change. `who` names the customers it is about, `was` and `now` are in words, "" for not there."""

    what: str
    who: str
    was: str
    now: str


def differences(old: Policy, new: Policy, *, years: Collection[int]) -> list[Difference]:
    """Every change of what is promised, in which hours, on which days of these years, and of who is told when."""
    return [
        *_keys(old, new),
        *_promises(old, new),
        *_hours(old, new),
        *_days(old, new, years),
        *_steps(old, new),
        *_readings(old, new),
    ]


def _keys(old: Policy, new: Policy) -> Iterator[Difference]:
    for what, before, after in (
        ("plan", old.plans, new.plans),
        ("region", old.regions, new.regions),
        ("channel", old.channels, new.channels),
        ("severity", old.severity.levels, new.severity.levels),
    ):
        names_before = {entry.key: entry.name for entry in before}
        names_after = {entry.key: entry.name for entry in after}
        for key in dict.fromkeys((*names_before, *names_after)):
            if names_before.get(key) != names_after.get(key):
                yield Difference(f"{what} {key}", "all", names_before.get(key, ""), names_after.get(key, ""))


def _promises(old: Policy, new: Policy) -> Iterator[Difference]:
    """What is promised to each plan, severity, region and channel that both versions have."""
    plans, severities, regions, channels = (
        [entry.key for entry in before if entry.key in {other.key for other in after}]
        for before, after in (
            (old.plans, new.plans),
            (old.severity.levels, new.severity.levels),
            (old.regions, new.regions),
            (old.channels, new.channels),
        )
    )
    for target, plan, severity, region, channel in product(TARGET_KINDS, plans, severities, regions, channels):
        was, now = (_said(policy, target, plan, severity, region, channel) for policy in (old, new))
        if was != now:
            who = f"plan {plan}, region {region}, channel {channel}"
            yield Difference(f"{TARGET_NAMES[target]} of {severity}", who, was, now)


def _said(policy: Policy, target: TargetKind, plan: str, severity: str, region: str, channel: str) -> str:
    promise = policy.promise(target, plan=plan, severity=severity, region=region, channel=channel)
    return "none" if isinstance(promise, NoPromise) else _promise_words(promise)


def _promise_words(promise: Promise) -> str:
    warranty = "" if promise.warranted else f", not warranted: {'; '.join(promise.because)}"
    return f"{promise.within} of {promise.calendar.name}{warranty}"


def _hours(old: Policy, new: Policy) -> Iterator[Difference]:
    for name in dict.fromkeys((*old.calendars, *new.calendars)):
        was, now = (_hours_words(policy.calendars.get(name)) for policy in (old, new))
        if was != now:
            yield Difference(f"hours of {name}", _users(new, name), was, now)


def _hours_words(calendar: Calendar | None) -> str:
    if calendar is None:
        return ""
    windows = ", ".join(f"{window.weekday}:{window.start}-{window.end}" for window in calendar.windows)
    return f"{windows} {calendar.timezone}"


def _users(policy: Policy, calendar: str) -> str:
    regions = [f"region {region.key}" for region in policy.regions if region.calendar == calendar]
    plans = [f"plan {plan.key}" for plan in policy.plans if plan.calendar == calendar]
    return ", ".join([*regions, *plans]) or "targets that name it"


def _days(old: Policy, new: Policy, years: Collection[int]) -> Iterator[Difference]:
    for name in old.calendars.keys() & new.calendars.keys():
        for year in years:
            before, after = (_by_date(policy.calendars[name].special_days_in(year)) for policy in (old, new))
            for day in sorted(before.keys() | after.keys()):
                if before.get(day) != after.get(day):
                    was, now = before.get(day, ""), after.get(day, "")
                    yield Difference(f"{day} in {name}", _users(new, name), was, now)


def _by_date(days: tuple[SpecialDay, ...]) -> dict[str, str]:
    words: dict[str, str] = {}
    for day in days:
        said = f"{'open' if day.opens else 'closed'} {day.start // 60}-{day.end // 60} min ({day.name})"
        key = day.on.isoformat()
        words[key] = f"{words[key]}, {said}" if key in words else said
    return words


def _steps(old: Policy, new: Policy) -> Iterator[Difference]:
    before, after = _ladder(old), _ladder(new)
    for key in dict.fromkeys((*before, *after)):
        if before.get(key) != after.get(key):
            yield Difference(f"step at {key}", "all", before.get(key, ""), after.get(key, ""))


def _ladder(policy: Policy) -> dict[str, str]:
    """Who is told at each instant of the ladder."""
    said: dict[str, str] = {}
    for step in policy.ladder:
        words = f"{step.kind} to {', '.join(step.to)}"
        said[step.key] = f"{said[step.key]}; {words}" if step.key in said else words
    return said


def _readings(old: Policy, new: Policy) -> Iterator[Difference]:
    before = {assumption.key: assumption.why for assumption in old.assumptions}
    after = {assumption.key: assumption.why for assumption in new.assumptions}
    for key in dict.fromkeys((*before, *after)):
        if before.get(key) != after.get(key):
            yield Difference(f"assumption {key}", "all", before.get(key, ""), after.get(key, ""))
    if old.on_severity_change != new.on_severity_change:
        yield Difference("on_severity_change", "all", old.on_severity_change, new.on_severity_change)
