"""What if: the recorded events of past cases under another version of their policy.

Only what people did is replayed: mails received, answers, severities set, waits, ends and exemptions. What the desk
itself concluded (breaches, steps, moves to other versions) is left out and follows anew from the other policy. Plan,
region, channel and severity are found by their keys; a case with a key that the other policy lacks is reported, and
the rest goes on. Nothing is written, and one batch of cases is in memory at a time.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from datetime import timedelta
from typing import TYPE_CHECKING

from helpdesk.core.clocks.credit import late_by
from helpdesk.core.clocks.timeline import clocks
from helpdesk.core.words.case import case_from
from helpdesk.core.words.events import BreachWithdrawn, ClockBreached, PolicyChanged, StepTaken
from helpdesk.errors import NeverOpen, NotFound
from helpdesk.store import cases as case_store

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import datetime

    from helpdesk.core.words.case import Case
    from helpdesk.core.words.clock import Clock, ClockState
    from helpdesk.offering.policy import Policy
    from helpdesk.offering.promises import PromiseKind
    from helpdesk.store.cases import Opened
    from helpdesk.unit import Unit

_CONCLUDED = (ClockBreached, BreachWithdrawn, StepTaken, PolicyChanged)
_ZERO = timedelta()


@dataclass(frozen=True, slots=True)
class ClockOutcome:
    """How one clock stands. `due_at` aware UTC; `late_by` open time; `state` "none": nothing is promised."""

    state: ClockState
    due_at: datetime | None = None
    late_by: timedelta = _ZERO
    warranted: bool = False


NOTHING = ClockOutcome("none")


@dataclass(frozen=True, slots=True)
class ChangedOutcome:
    """One clock whose outcome the other policy changes."""

    kind: PromiseKind
    severity: str
    started_at: datetime
    before: ClockOutcome
    after: ClockOutcome

    @property
    def target(self) -> str:
        """The key of the promise."""
        return self.kind.key

    @property
    def due_by(self) -> timedelta | None:
        """How much later it is due, negative for earlier; None where it is due under one policy only."""
        if self.before.due_at is None or self.after.due_at is None:
            return None
        return self.after.due_at - self.before.due_at

    @property
    def outcome(self) -> str:
        """`met -> breached`; "" where the state stays."""
        return f"{self.before.state} -> {self.after.state}" if self.before.state != self.after.state else ""


@dataclass(frozen=True, slots=True)
class Replayed:
    """One case under the other policy. `problem`: why it cannot be measured there, "" when it can."""

    ref: str
    subject: str
    clocks: int
    differences: tuple[ChangedOutcome, ...] = ()
    problem: str = ""


@dataclass(slots=True)
class Summary:
    """What a replay came to."""

    cases: int = 0
    clocks: int = 0
    cases_changed: int = 0
    clocks_changed: int = 0
    due_earlier: int = 0
    due_later: int = 0
    problems: int = 0
    outcomes: Counter[str] = field(default_factory=Counter)  # "met -> breached": how many

    def add(self, replayed: Replayed) -> None:
        """Count one case."""
        self.cases += 1
        self.clocks += replayed.clocks
        self.problems += bool(replayed.problem)
        self.cases_changed += bool(replayed.differences)
        for difference in replayed.differences:
            self._add(difference)

    def _add(self, difference: ChangedOutcome) -> None:
        moved = difference.due_by or _ZERO
        self.clocks_changed += 1
        self.due_earlier += moved < _ZERO
        self.due_later += moved > _ZERO
        self.outcomes.update([difference.outcome] if difference.outcome else [])


def replay(unit: Unit, which: Opened, policy: Policy) -> Iterator[Replayed]:
    """Replay these cases, in order of their numbers, as they stand at `now`. Raises NotFound for a lost version."""
    for case in case_store.stream(unit.connection, which):
        yield replay_case(case, unit.policy_of(case), policy, unit.now)


def replay_case(case: Case, was: Policy, becomes: Policy, now: datetime) -> Replayed:
    """Compare one case under the policy that it ran under and another one."""
    before = clocks(case, was)
    try:
        after = clocks(_as_people_made_it(case), becomes)
    except (NotFound, NeverOpen) as problem:
        return Replayed(case.ref, case.subject, len(before), problem=str(problem))
    differences = _differences(before, after, now)
    return Replayed(case.ref, case.subject, len(before), tuple(differences))


def _as_people_made_it(case: Case) -> Case:
    return case_from(case.number, (event for event in case.events if not isinstance(event, _CONCLUDED)))


_Place = tuple[str, "datetime | None"]


def _differences(before: tuple[Clock, ...], after: tuple[Clock, ...], now: datetime) -> Iterator[ChangedOutcome]:
    """The clocks that differ. One that is promised nothing under either policy is the same under both."""
    old, new = _by_place(before), _by_place(after)
    for place in dict.fromkeys((*old, *new)):
        was, becomes = old.get(place), new.get(place)
        outcomes = _outcome(was, now), _outcome(becomes, now)
        clock = was or becomes
        if clock is not None and outcomes[0] != outcomes[1]:
            yield ChangedOutcome(clock.kind, _severity(clock), clock.started_at, *outcomes)


def _by_place(found: tuple[Clock, ...]) -> dict[_Place, Clock]:
    # By what stopped it, which no policy changes; what starts a clock can be the first severity with a promise.
    return {(clock.target, clock.stopped_at): clock for clock in found}


def _outcome(clock: Clock | None, now: datetime) -> ClockOutcome:
    if clock is None or clock.state(now) == "none":
        return NOTHING
    return ClockOutcome(clock.state(now), clock.due_at, late_by(clock, now), clock.warranted)


def _severity(clock: Clock) -> str:
    return clock.stretches[-1].severity if clock.stretches else ""
