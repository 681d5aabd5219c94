"""What a replay found, for people and programs."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any

from helpdesk.phrases import moment, span
from helpdesk.plural import plural
from helpdesk.report.shapes import as_json, fields_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    from helpdesk.lab.replay import ChangedOutcome, ClockOutcome, Replayed, Summary
    from helpdesk.offering.policy import Policy

_ZERO = timedelta()


def replayed_shape(replayed: Replayed) -> dict[str, Any]:
    """One case of `replay --json`. Durations are whole seconds; `due_by` and `late_by` are negative for less."""
    return {
        "case": replayed.ref,
        "subject": replayed.subject,
        "problem": replayed.problem or None,
        "clocks": [_difference_shape(difference) for difference in replayed.differences],
    }


def _difference_shape(difference: ChangedOutcome) -> dict[str, Any]:
    return {
        **fields_of(difference, "target", "severity", "started_at"),
        "before": _outcome_shape(difference.before),
        "after": _outcome_shape(difference.after),
        "due_by": as_json(difference.due_by),
        "late_by": as_json(difference.after.late_by - difference.before.late_by),
    }


def _outcome_shape(outcome: ClockOutcome) -> dict[str, Any]:
    return fields_of(outcome, "state", "due_at", "late_by", "warranted")


def summary_shape(summary: Summary) -> dict[str, Any]:
    """The counts of `replay --json`."""
    return {
        **fields_of(summary, "cases", "clocks", "cases_changed", "clocks_changed"),
        "outcomes": dict(summary.outcomes.most_common()),
        **fields_of(summary, "due_earlier", "due_later", "problems"),
    }


def replayed_lines(replayed: Replayed, policy: Policy) -> Iterator[str]:
    """One case, a line for each clock that differs; nothing where all stays."""
    if replayed.problem:
        yield f"{replayed.ref} cannot be replayed: {replayed.problem}"
    for difference in replayed.differences:
        what = f"{difference.severity} {difference.kind.name}".strip()
        yield f"{replayed.ref} {what}: {'; '.join(_changes(difference, policy))}"


def _changes(difference: ChangedOutcome, policy: Policy) -> Iterator[str]:
    before, after = difference.before, difference.after
    if difference.outcome:
        yield difference.outcome
    yield from _due(difference, policy.default_calendar.timezone)
    if before.late_by != after.late_by:
        yield f"late by {span(after.late_by)}, was {span(before.late_by)}"
    if before.warranted != after.warranted and "none" not in {before.state, after.state}:
        yield "warranted, was not" if after.warranted else "not warranted, was"


def _due(difference: ChangedOutcome, zone: str) -> Iterator[str]:
    moved, due_at = difference.due_by, difference.after.due_at
    if moved and due_at is not None:
        yield f"due {span(moved)} {'later' if moved > _ZERO else 'earlier'}, {moment(due_at, zone)}"


def summary_lines(summary: Summary, policy: Policy) -> Iterator[str]:
    """What changes under a policy, counted, in words."""
    yield (
        f"{plural(summary.cases, 'case')} with {plural(summary.clocks, 'clock')} "
        f"under {policy.name} {policy.version}: {plural(summary.clocks_changed, 'clock')} "
        f"of {plural(summary.cases_changed, 'case')} {'differs' if summary.clocks_changed == 1 else 'differ'}"
    )
    for outcome, number in summary.outcomes.most_common():
        yield f"  {outcome}: {number}"
    for what, number in (("due earlier", summary.due_earlier), ("due later", summary.due_later)):
        if number:
            yield f"  {what}: {number}"
    if summary.problems:
        yield f"  cannot be replayed: {summary.problems}"
