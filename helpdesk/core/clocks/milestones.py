"""When an open case is due and late, since when its customer waits, whose turn it is: what cases are listed by.

They follow from the case's events and the policy alone, never from the time, so that they can be kept beside the case.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from helpdesk.core.clocks.turn import turn_of

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from helpdesk.core.clocks.turn import Whose
    from helpdesk.core.words.case import Case
    from helpdesk.core.words.clock import Clock


@dataclass(frozen=True, slots=True)
class Milestones:
    """Of one case; without a turn it is listed nowhere: over, or in another case with nothing left to keep."""

    turn: Whose | Literal[""] = ""
    turn_since: datetime | None = None
    due_at: datetime | None = None  # of the running clock that is due first
    late_at: datetime | None = None  # from when people are told that it is late, past or to come
    waiting_since: datetime | None = None  # since when a customer has had no answer


def milestones_of(case: Case, found: Sequence[Clock]) -> Milestones:
    """As the clocks of the case give them."""
    running = [clock for clock in found if clock.stopped_at is None]
    if not case.active or (case.merged_into and not any(clock.stretches for clock in running)):
        return Milestones()
    turn = turn_of(case)
    return Milestones(
        turn=turn.whose,
        turn_since=turn.since,
        due_at=min((clock.due_at for clock in running if clock.due_at), default=None),
        late_at=min((clock.told_late_from for clock in running if clock.told_late_from), default=None),
        waiting_since=min(
            (clock.started_at for clock in running if clock.kind.answers and not clock.exempt), default=None
        ),
    )
