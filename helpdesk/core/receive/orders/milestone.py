"""How far an agent is, said by an order (`#started`, `#workaround`, `#planned`), and a date agreed with the customer.

What such an order meets or ends is a matter of the offering's promises. `#agreed` sets a date for those that the policy
leaves to be agreed and for those that have one already; where there is none, the date is a promise of its own.
"""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING

from helpdesk.core.clocks.circumstances import promised_now
from helpdesk.core.clocks.marks import marks_of
from helpdesk.core.clocks.timeline import clocks
from helpdesk.core.words.events import DateAgreed, MilestoneReached
from helpdesk.offering.policy import NoPromise
from helpdesk.offering.promises import AGREED

if TYPE_CHECKING:
    from collections.abc import Iterator

    from helpdesk.core.receive.orders.command import Command
    from helpdesk.core.receive.orders.execution import Execution


def reached(execution: Execution, command: Command) -> None:
    """Obey `#started`, `#workaround` and `#planned`."""
    due_on = command.until.astimezone(UTC).isoformat() if command.until else ""
    event = MilestoneReached(*execution.stamp, milestone=command.verb, says=command.detail, due_on=due_on)
    running = [
        clock.kind
        for clock in clocks(execution.case, execution.terms.policy)
        if clock.stopped_at is None and clock.due_at
    ]
    execution.happened(event)
    marks = marks_of(event)
    met = [kind.name for kind in running if any(mark in kind.met_by for mark in marks)]
    ended = [kind.name for kind in running if any(mark in kind.ends for mark in marks)]
    planned = f" for {execution.wall(command.until)}" if command.until else ""
    said = [f"{command.verb}{planned}: on the record"]
    said += [f"it meets the {' and the '.join(met)}"] if met else []
    said += [f"no {' and no '.join(ended)} is due any more"] if ended else []
    execution.done.append("; ".join(said))


def agreed(execution: Execution, command: Command) -> None:
    """Obey `#agreed`."""
    if command.until is None:
        raise ValueError("a moment was expected")
    earlier = execution.case.of_type(DateAgreed)
    keys = tuple(dict.fromkeys((*_left_open(execution), *(key for event in earlier for key in event.promises))))
    keys = keys or (AGREED.key,)
    execution.happened(DateAgreed(*execution.stamp, until=command.until.astimezone(UTC).isoformat(), promises=keys))
    names = " and ".join(execution.terms.policy.name_of(key) for key in keys)
    was = f", was {execution.wall(datetime.fromisoformat(earlier[-1].until))}" if earlier else ""
    execution.done.append(f"{names}: due {execution.wall(command.until)}{was}")


def _left_open(execution: Execution) -> Iterator[str]:
    """The promises of the case for which the policy says that a date is to be agreed."""
    case, policy = execution.case, execution.terms.policy
    for kind in policy.kinds:
        promise = promised_now(kind.key, case, policy)
        if isinstance(promise, NoPromise) and promise.said == "agreed":
            yield kind.key
