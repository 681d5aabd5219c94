"""An agent says what becomes of a case: it waits, sleeps, is resolved, closed, open again, or is spam.

A case that is snoozed is one that its agent wants to hear of again at a moment of their choice: one mail then, and no
clock stops. Unlike `#wait` it waits for nobody: the status stays, the ladder goes on. A mail of the customer ends it,
and so does the end of the case. The agent who asked is reminded, or who was given the case since.
"""

from __future__ import annotations

from datetime import UTC
from typing import TYPE_CHECKING

from helpdesk.core.clocks.timeline import clocks
from helpdesk.core.words.addressee import nobody
from helpdesk.core.words.drafts import ClosedMail
from helpdesk.core.words.events import (
    AgentAnswered,
    CaseClosed,
    CaseFlagged,
    CaseReopened,
    CaseResolved,
    CaseSnoozed,
    WaitingSet,
)

if TYPE_CHECKING:
    from helpdesk.core.receive.orders.command import Command
    from helpdesk.core.receive.orders.execution import Execution
    from helpdesk.core.words.case import Case


def wait(execution: Execution, command: Command) -> None:
    """Obey `#wait`."""
    seconds = int(command.span.total_seconds()) if command.span else 0
    if not execution.case.active:
        execution.happened(CaseReopened(*execution.stamp, because=f"by {execution.name}"))
    whom, reason = ("vendor", command.detail) if command.vendor else ("", None)
    execution.happened(WaitingSet(*execution.stamp, seconds=seconds, whom=whom, reason=reason))
    until = execution.arrival.received_at + command.span if command.span else None
    said = f"waiting for {'a third party' if command.vendor else 'the customer'}"
    said += f" until {execution.wall(until)}" if until else ""
    said += f": {command.detail}" if command.detail else ""
    pauses = execution.terms.policy.is_paused_by("vendor" if command.vendor else "customer")
    execution.done.append(said if pauses else f"{said}; no clock stops")


def resolve(execution: Execution, _command: Command) -> None:
    """Obey `#resolve`."""
    _end(execution, CaseResolved(*execution.stamp), over=("resolved", "closed"))


def close(execution: Execution, _command: Command) -> None:
    """Obey `#close`."""
    _end(execution, CaseClosed(*execution.stamp), over=("closed",))


def _end(execution: Execution, end: CaseResolved | CaseClosed, *, over: tuple[str, ...]) -> None:
    """On resolution a mail confirms it (LGT-8), once; a last answer goes out all the same."""
    text = "" if execution.stays else execution.orders.text
    if execution.case.status in over and not text:
        execution.done.append(f"was {execution.case.status} already; nobody is told again")
        return
    execution.happened(end)
    execution.to_customers(ClosedMail(), text=text)
    told = "the customer is told"
    if execution.unheard or nobody(execution.case):
        why = "a monitor reads no mail" if execution.unheard else "nobody on this case can be written to"
        told = f"nobody is told: {why}"
    execution.done.append(f"{end.type}, and {told}")


def spam(execution: Execution, _command: Command) -> None:
    """Obey `#spam`: it ends, and nobody outside is told: who sends spam must not learn that somebody reads it."""
    if execution.case.status == "closed":
        execution.done.append("was closed already")
        return
    execution.happened(CaseFlagged(*execution.stamp, tag="spam"))
    execution.happened(CaseClosed(*execution.stamp, because="spam"))
    execution.done.append("closed as spam, and nobody outside is told")


def reopen(execution: Execution, _command: Command) -> None:
    """Obey `#reopen`."""
    if execution.case.status == "open":
        execution.done.append("was open already")
        return
    execution.happened(CaseReopened(*execution.stamp, because=f"by {execution.name}"))
    execution.done.append("open again")


def why_no_spam(case: Case) -> str:
    """Why a case cannot be called spam; "" where it can."""
    if case.unconfirmed:
        return ""  # somebody may have written it in an agent's name
    if case.customer:
        return f"this one is of a customer, {case.customer}"
    if case.of_type(AgentAnswered):
        return "this one was answered"
    return "a promise on this one was broken" if case.breaches else ""


def snooze(execution: Execution, command: Command) -> None:
    """Obey `#snooze`."""
    if command.until is None:
        raise ValueError("a moment was expected")
    execution.happened(CaseSnoozed(*execution.stamp, until=command.until.astimezone(UTC).isoformat()))
    policy = execution.terms.policy
    said = f"you are reminded {execution.wall(command.until)}; no clock stops"
    due = sorted(
        (clock.due_at, clock.kind.name)
        for clock in clocks(execution.case, policy)
        if clock.stopped_at is None and clock.due_at and clock.due_at < command.until
    )
    before = ", ".join(f"{target} {execution.wall(at)}" for at, target in due)
    execution.done.append(f"{said}; due before that: {before}" if before else said)
