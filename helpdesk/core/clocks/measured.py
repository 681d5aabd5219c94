"""What reports count of a case: each of its clocks, how often people were called, and how customers found it.

It follows from the case's events and the policy alone, so that it can be kept beside the case; `state` asks the time.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any, Literal

from helpdesk.core.words.calls import calls
from helpdesk.core.words.rating import ratings
from helpdesk.offering.policy import Promise

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from helpdesk.core.words.case import Case
    from helpdesk.core.words.clock import Clock
    from helpdesk.core.words.rating import Grade


@dataclass(frozen=True, slots=True)
class MeasuredClock:
    """One clock; `response` is the open time, in seconds, after which it was answered."""

    target: str
    name: str  # of the promise, as people read it
    severity: str
    late_at: datetime | None  # from when people are told that it is late, past or to come
    promised: bool
    stopped: bool
    exempt: str
    warranted: bool
    because: tuple[str, ...]
    response: int | None

    def state(self, now: datetime) -> Literal["running", "met", "breached", "exempt", "none"]:
        """As the clock itself says it; what is paused runs."""
        if self.exempt:
            return "exempt"
        if self.late_at is not None and (self.stopped or self.late_at <= now):
            return "breached"
        if not self.promised:
            return "none"
        return "met" if self.stopped else "running"


@dataclass(frozen=True, slots=True)
class MeasuredCase:
    """One case; of its calls, `needless` were not worth waking for."""

    clocks: tuple[MeasuredClock, ...]
    calls: int
    needless: int
    grades: tuple[Grade, ...]

    def shape(self) -> dict[str, Any]:
        """The figures as JSON, to be kept."""
        clocks = [[_kept(getattr(clock, name)) for name in MeasuredClock.__slots__] for clock in self.clocks]
        return {"clocks": clocks, "calls": [self.calls, self.needless], "grades": [*self.grades]}


def measured(case: Case, found: Sequence[Clock]) -> MeasuredCase:
    """As the clocks of the case give it."""
    made = calls(case)
    return MeasuredCase(
        tuple(_measured(case, clock) for clock in found),
        len(made),
        sum(not call.worth for call in made),
        tuple(one.grade for one in ratings(case)),
    )


def _measured(case: Case, clock: Clock) -> MeasuredClock:
    stopped_at = clock.stopped_at
    return MeasuredClock(
        target=clock.target,
        name=clock.kind.name,
        severity=clock.stretches[-1].severity if clock.stretches else case.severity,
        late_at=clock.told_late_from,
        promised=bool(clock.stretches) and isinstance(clock.promise, Promise),
        stopped=stopped_at is not None,
        exempt=clock.exempt,
        warranted=clock.warranted,
        because=tuple(clock.because),
        response=int(clock.used(stopped_at).total_seconds()) if stopped_at is not None else None,
    )


def from_shape(shape: Mapping[str, Any]) -> MeasuredCase:
    """The case whose `shape` was kept."""
    clocks = tuple(_clock(*values) for values in shape["clocks"])
    made, needless = shape["calls"]
    return MeasuredCase(clocks, made, needless, tuple(shape["grades"]))


def _clock(target: str, name: str, severity: str, late_at: str | None, *others: Any) -> MeasuredClock:
    promised, stopped, exempt, warranted, because, response = others
    late = datetime.fromisoformat(late_at) if late_at else None
    return MeasuredClock(target, name, severity, late, promised, stopped, exempt, warranted, tuple(because), response)


def _kept(value: Any) -> Any:
    if isinstance(value, datetime):
        return value.isoformat()
    return [*value] if isinstance(value, tuple) else value
