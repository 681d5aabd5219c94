"""How the open cases stand at one instant, for a person who looks once a day."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from helpdesk.core.clocks.milestones import milestones_of
from helpdesk.core.clocks.timeline import clocks

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import datetime

    from helpdesk.core.clocks.turn import Whose
    from helpdesk.core.words.case import Case
    from helpdesk.offering.policy import Policy


@dataclass(frozen=True, slots=True)
class OverviewLine:
    """One open case. Instants aware UTC; `due_at` is the clock's that is due first, None where none runs."""

    ref: str
    mailbox: str
    severity: str  # its name
    rank: int
    status: str
    subject: str
    assignee: str
    opened_at: datetime
    target: str = ""
    due_at: datetime | None = None
    late_since: datetime | None = None
    waiting_since: datetime | None = None  # since when a customer has had no answer
    turn: Whose = "desk"
    turn_since: datetime | None = None


@dataclass(frozen=True, slots=True)
class Overview:
    """Open cases, the worst and the first due on top."""

    lines: tuple[OverviewLine, ...]

    @classmethod
    def of(cls, lines: Iterable[OverviewLine]) -> Overview:
        """An overview of these lines: the worst severity first, then what is due first."""
        return cls(
            tuple(sorted(lines, key=lambda line: (line.rank, line.due_at is None, line.due_at or line.opened_at)))
        )

    @property
    def late(self) -> tuple[OverviewLine, ...]:
        """Those whose promise is broken and that still wait, the latest first."""
        late = [(line.late_since, line) for line in self.lines if line.late_since]
        return tuple(line for _, line in sorted(late, key=lambda pair: pair[0]))

    @property
    def waiting(self) -> tuple[OverviewLine, ...]:
        """Those whose customer has no answer, the longest waiting first."""
        waiting = [(line.waiting_since, line) for line in self.lines if line.waiting_since]
        return tuple(line for _, line in sorted(waiting, key=lambda pair: pair[0]))

    def turn_of(self, *whose: Whose) -> tuple[OverviewLine, ...]:
        """Those on which it is their turn, the longest first."""
        theirs = [(line.turn_since, line) for line in self.lines if line.turn in whose and line.turn_since]
        return tuple(line for _, line in sorted(theirs, key=lambda pair: pair[0]))

    def due_by(self, end: datetime) -> tuple[OverviewLine, ...]:
        """Those that are not late and fall due before `end`, in order."""
        due = [(line.due_at, line) for line in self.lines if line.due_at and not line.late_since]
        return tuple(line for at, line in sorted(due, key=lambda pair: pair[0]) if at < end)


def overview(cases: Iterable[tuple[Case, Policy]], now: datetime) -> Overview:
    """The open ones among these cases as they stand at `now` (aware UTC)."""
    lines = (_line(case, policy, now) for case, policy in cases)
    return Overview.of(line for line in lines if line)


def _line(case: Case, policy: Policy, now: datetime) -> OverviewLine | None:
    found = clocks(case, policy)
    marks = milestones_of(case, found)
    if not marks.turn:
        return None
    running = [clock for clock in found if clock.stopped_at is None]
    due = min((clock for clock in running if clock.due_at), key=lambda clock: clock.due_at or now, default=None)
    late = [at for clock in running if (at := clock.breached_at(now))]
    return OverviewLine(
        ref=case.ref,
        mailbox=case.mailbox,
        severity=policy.level(case.severity).name,
        rank=case.rank,
        status=case.status,
        subject=case.subject,
        assignee=case.assignee,
        opened_at=case.opened_at,
        target=due.kind.name if due else "",
        due_at=due.due_at if due else None,
        late_since=min(late, default=None),
        waiting_since=marks.waiting_since,
        turn=marks.turn,
        turn_since=marks.turn_since,
    )
