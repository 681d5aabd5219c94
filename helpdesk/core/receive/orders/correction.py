"""An agent corrects what the desk found: severity, kind, application area, what the customer was asked for.

The policy's rules about kinds bind as they did when the case came in: a severity that the new kind does not allow is
lowered, on the record and by the clocks' own mechanism; a correction of the correction gives it back. What the plan
covers is looked at again. A severity that the agent sets in the same mail is the agent's, and is not touched.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from helpdesk.core.receive import details, scope
from helpdesk.core.words.case import DESK
from helpdesk.core.words.events import AreaSet, CaseFlagged, KindSet, LabelsChanged, SeveritySet
from helpdesk.offering.intake import missing, without_hint
from helpdesk.offering.policy import KIND_FIELD

if TYPE_CHECKING:
    from helpdesk.core.receive.orders.command import Command
    from helpdesk.core.receive.orders.execution import Execution
    from helpdesk.offering.severities import Kind, Matrix


def severity(execution: Execution, command: Command) -> None:
    """Obey `#severity`."""
    level = execution.terms.policy.level(command.argument)
    was = execution.terms.policy.level(execution.case.severity)
    execution.happened(
        SeveritySet(
            *execution.stamp,
            severity=level.key,
            rank=level.rank,
            was=was.key,
            reason=command.detail,
            initially=command.initially,
        )
    )
    execution.done.append(f"severity {level.name}, was {was.name}")


def tag(execution: Execution, command: Command) -> None:
    """Obey `#tag`."""
    off, there = command.argument == "off", execution.case.labels
    changed = tuple(name for name in command.tags if (name in there) == off)
    same = tuple(name for name in command.tags if name not in changed)
    if changed:
        added, removed = ((), changed) if off else (changed, ())
        execution.happened(LabelsChanged(*execution.stamp, added=added, removed=removed))
        execution.done.append(f"{'no longer tagged' if off else 'tagged'} {', '.join(changed)}")
    if same:
        execution.done.append(f"{'was not tagged' if off else 'was already tagged'} {', '.join(same)}")


def kind(execution: Execution, command: Command) -> None:
    """Obey `#kind`."""
    _set_kind(execution, command.argument)


def _set_kind(execution: Execution, key: str) -> None:
    case, policy = execution.case, execution.terms.policy
    was, becomes = case.bound_kind or case.kind, policy.desk_kind(key)
    # What the desk found applies to no promise: where one differs by it, an order that says the same is none.
    binds = case.bound_kind or ("kind", "") not in policy.varied
    if was == key and binds:
        execution.done.append(f"kind {key}, as it was")
        return
    lacks = tuple(missing(policy.intake, dict(case.intake), becomes))
    named = "" if key == becomes else key
    execution.happened(KindSet(*execution.stamp, kind=becomes, was=case.kind, missing=lacks, named=named))
    said = f"kind {key}, was {was}"
    execution.done.append(said if execution.orders.has("severity") else f"{said}; {_bind(execution, becomes)}")
    _look_at_coverage(execution)


def area(execution: Execution, command: Command) -> None:
    """Obey `#area`."""
    was = execution.case.area
    if was == command.argument:
        execution.done.append(f"area {was}, as it was")
        return
    execution.happened(AreaSet(*execution.stamp, area=command.argument, was=was))
    execution.done.append(f"area {command.argument}, was {was or 'none'}")
    _look_at_coverage(execution)


def detail(execution: Execution, command: Command) -> None:
    """Obey `#detail`: what an agent was told elsewhere, or takes a customer's words for, counts as if written."""
    case, terms, key = execution.case, execution.terms, command.argument
    was = dict(case.intake).get(key, "")
    execution.happened(details.answered(case, {key: command.detail}, terms, execution.stamp))
    label = next(without_hint(field.label) for field in terms.policy.intake if field.key == key)
    execution.done.append(f"{label}: {command.detail}{f', was {details.brief(was)}' if was else ''}")
    kind = terms.policy.kind_called(command.detail) if key == KIND_FIELD else ""
    if kind and not execution.orders.has("kind"):
        _set_kind(execution, kind)
    matrix = terms.policy.severity.matrix
    computing = [one for one in execution.orders.given("detail") if matrix and one.argument in matrix.fields]
    if matrix and computing and command is computing[-1] and not execution.orders.has("severity"):
        _compute_again(execution, matrix)


def _compute_again(execution: Execution, matrix: Matrix) -> None:
    """The severity that impact and urgency make, where an agent has set one of them."""
    case, policy = execution.case, execution.terms.policy
    computed = matrix.statement(dict(case.intake))
    if computed is None:
        unknown = [f"{field} is one of {', '.join(known)}" for field, _, known in matrix.unknown(dict(case.intake))]
        execution.done.append("; ".join([*unknown, "severity stays: it takes impact and urgency"]))
        return
    level, was = policy.severity_in(case.plan, computed.severity), policy.level(case.severity)
    if level != was:
        execution.happened(
            SeveritySet(*execution.stamp, severity=level.key, rank=level.rank, was=was.key, reason=computed.words)
        )
        execution.done.append(f"severity {level.name}, was {was.name} ({computed.words})")


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
    last = execution.case.last(SeveritySet)
    return last.lowered_from if last else ""


def _kind_before(execution: Execution) -> str:
    return execution.case.of_type(KindSet)[-1].was


def _look_at_coverage(execution: Execution) -> None:
    """What the plan does not cover is marked, and what it does is not (TKT-6, LGK-8)."""
    for event in tuple(scope.coverage(execution.case, execution.terms.policy, execution.stamp)):
        execution.happened(event)
        execution.done.append(f"{'marked' if isinstance(event, CaseFlagged) else 'no longer marked'}: {event.tag}")
