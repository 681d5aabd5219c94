"""A policy as a person who knows the offering recognises it: the matrix, the hours, the holidays, the assumptions."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any

from helpdesk.core.policy import TARGET_KINDS, TARGET_NAMES, NoPromise
from helpdesk.phrases import moment, span

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import datetime

    from helpdesk.core.calendar import Calendar
    from helpdesk.core.intake import Field
    from helpdesk.core.policy import Channel, Exclusion, Policy, Region, Step


def offering_shape(policy: Policy) -> dict[str, Any]:
    """The policy as JSON."""
    return {
        "key": policy.key,
        "name": policy.name,
        "version": policy.version,
        "plans": [{"key": plan.key, "name": plan.name} for plan in policy.plans],
        "regions": [{"key": region.key, "name": region.name, "calendar": region.calendar} for region in policy.regions],
        "channels": [
            {"key": channel.key, "targets": channel.targets, "warranted": channel.warranted}
            for channel in policy.channels
        ],
        "severities": [
            {"key": level.key, "rank": level.rank, "name": level.name, "definition": level.definition}
            for level in policy.severity.levels
        ],
        "targets": [
            {
                "plan": plan,
                "target": target,
                "severity": severity,
                "within": str(goal.within),
                "calendar": goal.calendar or None,
            }
            for (plan, target, severity), goal in policy.goals.items()
        ],
        "calendars": {name: {"timezone": calendar.timezone} for name, calendar in policy.calendars.items()},
        "intake": [{"key": field.key, "label": field.label, "required": field.required} for field in policy.intake],
        "ladder": [_step_shape(step) for step in policy.ladder],
        "assumptions": [{"key": assumption.key, "why": assumption.why} for assumption in policy.assumptions],
    }


def offering_text(policy: Policy, *, now: datetime) -> str:
    """The policy to read: holidays of the year of `now`, maintenance of the four weeks after it."""
    sections = [
        [
            f"{policy.name}  (policy {policy.key}, version {policy.version})",
            *([f"after: {policy.source}"] if policy.source else []),
        ],
        *(_matrix(policy, region) for region in policy.regions),
        ["Severities", *(f"  {level.name}: {level.definition}" for level in policy.severity.levels)],
        ["Severity is set by", *_severity_rules(policy)],
        ["Hours", *(line for calendar in policy.calendars.values() for line in _hours(calendar, now.year))],
        _titled("Channels", [_channel(channel) for channel in policy.channels]),
        _titled("Warranty", _warranty(policy)),
        _titled("Plans", _plans(policy)),
        _titled("Left out", [_exclusion(exclusion) for exclusion in policy.exclusions]),
        _titled("What customers are asked for", [_field(field) for field in policy.intake]),
        _titled("Areas covered", [", ".join(area.key for area in policy.severity.areas)]),
        _titled("Maintenance", list(_maintenance(policy, now))),
        _titled("Warnings and escalation", [_step(step) for step in policy.ladder]),
        _titled("Life of a case", list(_lifecycle(policy))),
        _titled("Credits", list(_credits(policy))),
        _titled("Languages", [", ".join(policy.languages)]),
        _titled("Assumed", [f"{assumption.key}: {assumption.why}" for assumption in policy.assumptions]),
    ]
    return "\n\n".join("\n".join(section) for section in sections if section)


def _titled(title: str, lines: list[str]) -> list[str]:
    said = [f"  {line}" for line in lines if line]
    return [title, *said] if said else []


def _step(step: Step) -> str:
    repeated = f", every {span(step.repeat)} until acknowledged" if step.repeat else ""
    return f"{_when(step)}: {step.kind} to {', '.join(step.to)}{repeated}"


def _when(step: Step) -> str:
    at = "due" if step.share == 1 else "opened" if step.share == 0 else f"{round(step.share * 100)}%"
    parts = (
        f"at {at}{f' + {span(step.after)}' if step.after else ''}",
        f"for {', '.join(step.only)}" if step.only else "",
        "in working hours" if step.hours == "working" else "",
        f"unless acknowledged within {span(step.unless_acknowledged)}" if step.unless_acknowledged else "",
    )
    return ", ".join(part for part in parts if part)


def _step_shape(step: Step) -> dict[str, Any]:
    return {
        "at": step.key,
        "send": step.kind,
        "to": list(step.to),
        "only": list(step.only),
        "hours": step.hours or None,
        "repeat": int(step.repeat.total_seconds()) if step.repeat else None,
        "unless_acknowledged": int(step.unless_acknowledged.total_seconds()) if step.unless_acknowledged else None,
    }


def _severity_rules(policy: Policy) -> list[str]:
    stated = {
        "initial": "what the customer states is the initial severity",
        "evidence": "what the customer states is evidence, the desk decides",
        "ignored": "what the customer states is kept and not looked at",
    }
    default = policy.level(policy.severity.default).name
    never = [f"{kind} is never {policy.severity.levels[0].name}" for kind in policy.severity.never_rank_1]
    caps = [f"{cap.name} (at most {policy.level(cap.at_most).name})" for cap in policy.severity.caps]
    return [f"  {line}" for line in (stated[policy.severity.stated], f"otherwise {default}", *caps, *never)]


def _channel(channel: Channel) -> str:
    if not channel.targets:
        return f"{channel.name}: no targets, {channel.because}"
    if not channel.warranted:
        return f"{channel.name}: not warranted, {channel.because}"
    return channel.name


def _warranty(policy: Policy) -> list[str]:
    warranty = policy.warranty
    named = (("plans", warranty.plans), ("severities", warranty.severities), ("channels", warranty.channels))
    lines = [f"only {what} {', '.join(keys)}" for what, keys in named if keys]
    lines += ["only registered contacts"] if warranty.only_registered else []
    return lines + ([f"only with {', '.join(warranty.requires)}"] if warranty.requires else [])


def _plans(policy: Policy) -> list[str]:
    return [
        f"{plan.name}: "
        + "; ".join(
            part
            for part in (
                f"by {', '.join(plan.channels)}" if plan.channels else "",
                f"without {', '.join(plan.excludes)}" if plan.excludes else "",
            )
            if part
        )
        for plan in policy.plans
        if plan.channels or plan.excludes
    ]


def _exclusion(exclusion: Exclusion) -> str:
    return f"{exclusion.key}: {exclusion.why}" + (" (out of scope)" if exclusion.out_of_scope else "")


def _field(field: Field) -> str:
    return field.label if field.required else f"{field.label} (if known)"


def _maintenance(policy: Policy, now: datetime) -> Iterator[str]:
    zone = desk_timezone(policy)
    for window in policy.maintenance:
        yield f"{window.name}{f', {window.sector}' if window.sector else ''}: {window.rule}"
        for begins, ends in window.between(now, now + timedelta(weeks=4)):
            yield f"  {moment(begins, zone)} to {moment(ends, zone)}"


def _lifecycle(policy: Policy) -> Iterator[str]:
    life = policy.lifecycle
    if life.remind_after:
        yield f"a customer who is waited for is reminded after {life.remind_after.days} days"
    if life.close_after:
        yield f"and the case is closed {life.close_after.days} days after that"
    if life.downgrade_after:
        how = "downgraded" if life.downgrade_automatically else "proposed to be downgraded"
        to = policy.level(life.downgrade_to).name if life.downgrade_to else "the next severity"
        yield f"without information that is owed, {how} to {to} after {life.downgrade_after.days} days"
    if life.reopen_within:
        yield f"a reply reopens a closed case within {life.reopen_within.days} days, later it opens a linked one"
    if life.progress_mails:
        yield "the customer is told when the severity or the agent changes"
    if life.ask_rating:
        yield "closing mails ask whether the customer was satisfied"


def _credits(policy: Policy) -> Iterator[str]:
    if policy.credits is None:
        return
    for band in policy.credits.bands:
        share = f"{'above' if band.above else 'from'} {band.share.normalize():f} % of violations"
        yield f"{share}: {band.credit.normalize():f} % of the quarter's fee"
    days = policy.credits.request_within
    yield f"to be asked for within {days} business days ({policy.credits.calendar}) after the quarter, once"


def desk_timezone(policy: Policy) -> str:
    """The zone of the default region's hours."""
    return policy.calendars[policy.regions[0].calendar].timezone


def _matrix(policy: Policy, region: Region) -> list[str]:
    """Severities down, plans across: what the document prints."""
    lines = []
    for target in TARGET_KINDS:
        if not any(kind == target for _, kind, _ in policy.goals):
            continue
        title = f"{TARGET_NAMES[target].capitalize()}, region {region.name}"
        rows = [
            [level.name, *(_cell(policy, target, plan.key, level.key, region.key) for plan in policy.plans)]
            for level in policy.severity.levels
        ]
        lines += [title, *_aligned([["", *(plan.name for plan in policy.plans)], *rows])]
    return lines


def _cell(policy: Policy, target: Any, plan: str, severity: str, region: str) -> str:
    promise = policy.promise(target, plan=plan, severity=severity, region=region, channel="email")
    if isinstance(promise, NoPromise):
        return "-"
    return f"{promise.within} ({promise.calendar.name})"


def _aligned(rows: list[list[str]]) -> Iterator[str]:
    widths = [max(len(row[column]) for row in rows) for column in range(len(rows[0]))]
    for row in rows:
        yield "  " + "  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip()


def _hours(calendar: Calendar, year: int) -> Iterator[str]:
    yield f"  {calendar.name}: {_week(calendar)} ({calendar.timezone})"
    days = calendar.special_days_in(year)
    for day in days:
        part = "" if (day.start, day.end) == (0, 86400) else f" {_clock(day.start)}-{_clock(day.end)}"
        yield f"    {day.on:%a %d %b %Y}  {'open' if day.opens else 'closed'}{part}  {day.name}"


_DAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")


def _week(calendar: Calendar) -> str:
    if calendar.always:
        return "around the clock"
    by_hours: dict[str, list[int]] = {}
    for window in sorted(calendar.windows, key=lambda window: (window.weekday, window.start)):
        if window.end - window.start > 86400:
            last = _DAYS[(window.weekday + window.end // 86400) % 7]
            return f"{_DAYS[window.weekday]} {_clock(window.start)} to {last} {_clock(window.end % 86400)}"
        by_hours.setdefault(f"{_clock(window.start)}-{_clock(window.end % 86400 or 86400)}", []).append(window.weekday)
    return ", ".join(f"{_days(weekdays)} {hours}" for hours, weekdays in by_hours.items())


def _days(weekdays: list[int]) -> str:
    if len(weekdays) > 2 and weekdays == list(range(weekdays[0], weekdays[-1] + 1)):
        return f"{_DAYS[weekdays[0]]}-{_DAYS[weekdays[-1]]}"
    return ", ".join(_DAYS[day] for day in weekdays)


def _clock(seconds: int) -> str:
    return f"{seconds // 3600:02}:{seconds % 3600 // 60:02}"
