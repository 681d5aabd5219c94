"""A policy as a person who knows the offering recognises it: the matrix, the hours, the holidays, the assumptions."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from helpdesk.core.policy import TARGET_KINDS, TARGET_NAMES, NoPromise

if TYPE_CHECKING:
    from collections.abc import Iterator

    from helpdesk.core.calendar import Calendar
    from helpdesk.core.policy import Policy, Region


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
        "assumptions": [{"key": assumption.key, "why": assumption.why} for assumption in policy.assumptions],
    }


def offering_text(policy: Policy, *, year: int | None = None) -> str:
    """The policy to read. `year` is the one whose holidays are listed, this year by default."""
    year = year or datetime.now(UTC).year
    sections = [
        [
            f"{policy.name}  (policy {policy.key}, version {policy.version})",
            *([f"after: {policy.source}"] if policy.source else []),
        ],
        *(_matrix(policy, region) for region in policy.regions),
        ["Severities", *(f"  {level.name}: {level.definition}" for level in policy.severity.levels)],
        ["Hours", *(line for calendar in policy.calendars.values() for line in _hours(calendar, year))],
        ["What customers are asked for", *(f"  {field.label}" for field in policy.intake)] if policy.intake else [],
        ["Areas covered", "  " + ", ".join(area.key for area in policy.severity.areas)]
        if policy.severity.areas
        else [],
        [
            "Warnings and escalation",
            *(f"  at {step.key}: {step.kind} to {', '.join(step.to)}" for step in policy.ladder),
        ],
        ["Assumed", *(f"  {assumption.key}: {assumption.why}" for assumption in policy.assumptions)],
    ]
    return "\n\n".join("\n".join(section) for section in sections if section)


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
