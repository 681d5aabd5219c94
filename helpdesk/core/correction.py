"""An agent corrects what the desk found: the kind of a case, its application area.

The policy's rules about kinds bind as they did when the case came in: a severity that the new kind does not allow is
lowered, on the record and by the clocks' own mechanism; a correction of the correction gives it back. What the plan
covers is looked at again. A severity that the agent sets in the same mail is the agent's, and is not touched.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, cast

from helpdesk.core import scope
from helpdesk.core.case import DESK
from helpdesk.core.events import AreaSet, CaseFlagged, KindSet, SeveritySet
from helpdesk.core.intake import missing

if TYPE_CHECKING:
    from helpdesk.core.case import Kind
    from helpdesk.core.command import Command, Orders
    from helpdesk.core.scribe import Scribe


def kind(scribe: Scribe, command: Command, orders: Orders) -> None:
    """Obey `#kind`."""
    was, becomes = scribe.case.kind, cast("Kind", command.argument)
    if was == becomes:
        scribe.done.append(f"kind {becomes}, as it was")
        return
    lacks = tuple(missing(scribe.terms.policy.intake, dict(scribe.case.intake), becomes))
    scribe.happened(KindSet(*scribe.stamp, kind=becomes, was=was, missing=lacks))
    said = f"kind {becomes}, was {was}"
    scribe.done.append(said if orders.has("severity") else f"{said}; {_bind(scribe, becomes)}")
    _look_at_coverage(scribe)


def area(scribe: Scribe, command: Command, _orders: Orders) -> None:
    """Obey `#area`."""
    was = scribe.case.area
    if was == command.argument:
        scribe.done.append(f"area {was}, as it was")
        return
    scribe.happened(AreaSet(*scribe.stamp, area=command.argument, was=was))
    scribe.done.append(f"area {command.argument}, was {was or 'none'}")
    _look_at_coverage(scribe)


def _bind(scribe: Scribe, becomes: Kind) -> str:
    """Let the policy's rules about kinds bind the severity (LGT-6); says what came of it."""
    terms, case = scribe.terms.policy.severity, scribe.case
    was = terms.level(case.severity)
    before = terms.level(_before_its_kind(scribe) or case.severity)
    rank, reasons = scribe.terms.judge.bind_kind(before.rank, kind=becomes, terms=terms)
    level = before if rank == before.rank else terms.at_rank(rank)
    if level == was:
        return f"severity stays {was.name}"
    because = "; ".join(f"{reason.rule}: {reason.effect}" for reason in reasons) or f"it is no {_kind_before(scribe)}"
    scribe.happened(
        SeveritySet(
            scribe.arrival.received_at,
            scribe.now,
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


def _before_its_kind(scribe: Scribe) -> str:
    """The severity that a kind has lowered, if nobody has set one since."""
    last = next(reversed(scribe.case.of_type(SeveritySet)), None)
    return last.lowered_from if last else ""


def _kind_before(scribe: Scribe) -> str:
    return scribe.case.of_type(KindSet)[-1].was


def _look_at_coverage(scribe: Scribe) -> None:
    """What the plan does not cover is marked, and what it does is not (TKT-6, LGK-8)."""
    for event in tuple(scope.coverage(scribe.case, scribe.terms.policy, scribe.stamp)):
        scribe.happened(event)
        scribe.done.append(f"{'marked' if isinstance(event, CaseFlagged) else 'no longer marked'}: {event.tag}")
