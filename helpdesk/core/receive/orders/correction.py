"""An agent corrects what the desk found: the kind of a case, its application area.

The policy's rules about kinds bind as they did when the case came in: a severity that the new kind does not allow is
lowered, on the record and by the clocks' own mechanism; a correction of the correction gives it back. What the plan
covers is looked at again. A severity that the agent sets in the same mail is the agent's, and is not touched.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, cast

from helpdesk.core.receive import scope
from helpdesk.core.words.case import DESK
from helpdesk.core.words.events import AreaSet, CaseFlagged, KindSet, SeveritySet
from helpdesk.offering.intake import missing

if TYPE_CHECKING:
    from helpdesk.core.receive.orders.command import Command, Orders
    from helpdesk.core.receive.orders.execution import Execution
    from helpdesk.offering.severities import Kind


def kind(execution: Execution, command: Command, orders: Orders) -> None:
    """Obey `#kind`."""
    was, becomes = execution.case.kind, cast("Kind", command.argument)
    if was == becomes:
        execution.done.append(f"kind {becomes}, as it was")
        return
    lacks = tuple(missing(execution.terms.policy.intake, dict(execution.case.intake), becomes))
    execution.happened(KindSet(*execution.stamp, kind=becomes, was=was, missing=lacks))
    said = f"kind {becomes}, was {was}"
    execution.done.append(said if orders.has("severity") else f"{said}; {_bind(execution, becomes)}")
    _look_at_coverage(execution)


def area(execution: Execution, command: Command, _orders: Orders) -> None:
    """Obey `#area`."""
    was = execution.case.area
    if was == command.argument:
        execution.done.append(f"area {was}, as it was")
        return
    execution.happened(AreaSet(*execution.stamp, area=command.argument, was=was))
    execution.done.append(f"area {command.argument}, was {was or 'none'}")
    _look_at_coverage(execution)


def _bind(execution: Execution, becomes: Kind) -> str:
    """Let the policy's rules about kinds bind the severity (LGT-6); says what came of it."""
    terms, case = execution.terms.policy.severity, execution.case
    was = terms.level(case.severity)
    before = terms.level(_before_its_kind(execution) or case.severity)
    degree, reasons = execution.terms.judge.bind_kind(terms.degree(before.key), kind=becomes, terms=terms)
    level = execution.terms.policy.severity_in(case.plan, terms.at_degree(degree).key)
    if level == was:
        return f"severity stays {was.name}"
    because = (
        "; ".join(f"{reason.rule}: {reason.effect}" for reason in reasons) or f"it is no {_kind_before(execution)}"
    )
    execution.happened(
        SeveritySet(
            execution.arrival.received_at,
            execution.now,
            DESK,
            severity=level.key,
            rank=level.rank,
            was=was.key,
            reason=because,
            kind=becomes,
            lowered_from=before.key if reasons else "",
        )
    )
    return f"severity {level.name}, was {was.name} ({because})"


def _before_its_kind(execution: Execution) -> str:
    """The severity that a kind has lowered, if nobody has set one since."""
    last = next(reversed(execution.case.of_type(SeveritySet)), None)
    return last.lowered_from if last else ""


def _kind_before(execution: Execution) -> str:
    return execution.case.of_type(KindSet)[-1].was


def _look_at_coverage(execution: Execution) -> None:
    """What the plan does not cover is marked, and what it does is not (TKT-6, LGK-8)."""
    for event in tuple(scope.coverage(execution.case, execution.terms.policy, execution.stamp)):
        execution.happened(event)
        execution.done.append(f"{'marked' if isinstance(event, CaseFlagged) else 'no longer marked'}: {event.tag}")
