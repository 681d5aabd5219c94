"""Moving open cases to the version of their policy that is in force now.

A case keeps the version it was opened under until an operator moves it. What was consumed stays, a breach stays; only
the rest of each clock runs by the new version. Every move is an event.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from helpdesk.core.clocks.timeline import clocks
from helpdesk.core.words.case import DESK
from helpdesk.core.words.decision import Decision
from helpdesk.core.words.events import PolicyChanged
from helpdesk.offering.customer_hours import read_place
from helpdesk.store import cases as case_store
from helpdesk.unit import store_policies

if TYPE_CHECKING:
    from datetime import datetime

    from helpdesk.core.words.case import Case
    from helpdesk.core.words.clock import Clock
    from helpdesk.offering.policy import Policy
    from helpdesk.offering.promises import PromiseKind
    from helpdesk.unit import Unit, Units


@dataclass(frozen=True, slots=True)
class Moved:
    """What a move does to one running clock of a case. Instants aware UTC."""

    ref: str
    kind: PromiseKind
    was: str  # policy version
    now: str
    due_before: datetime | None
    due_after: datetime | None
    overdue: bool  # late at once under the new version, and not before


@dataclass(frozen=True, slots=True)
class Stuck:
    """A case that cannot be moved, and why."""

    ref: str
    why: str


def apply_policy(units: Units, key: str, *, now: datetime, dry_run: bool) -> tuple[list[Moved], list[Stuck]]:
    """Move every open case of a policy to the version in force, a transaction each. Raises NotFound."""
    policy = units.rules.book.policy(key)
    with units.write(now) as unit:
        store_policies(unit.connection, unit.rules.book, now)
        numbers = case_store.numbers_to_move(unit.connection, key, policy.version)
    moved: list[Moved] = []
    stuck: list[Stuck] = []
    for number in numbers:
        with units.write(now) as unit:
            case_store.hold(unit.connection, [number])
            case = case_store.load(unit.connection, number)
            problem = _misfit(case, policy)
            if problem:
                stuck.append(Stuck(case.ref, problem))
                continue
            moved += _move(unit, case, policy, dry_run=dry_run)
    return moved, stuck


def _misfit(case: Case, policy: Policy) -> str:
    """Why the new version cannot hold a case: it lacks the plan, region, channel or severity."""
    for what, key, known in (
        ("plan", case.plan, policy.plans),
        ("region", read_place(case.region)[0], policy.regions),
        ("channel", case.channel, policy.channels),
        ("severity", case.severity, policy.severity.levels),
    ):
        if key not in {entry.key for entry in known}:
            return f"the new version has no {what} {key!r}"
    return ""


def _move(unit: Unit, case: Case, policy: Policy, *, dry_run: bool) -> list[Moved]:
    old = unit.policy_of(case)
    event = PolicyChanged(unit.now, unit.now, DESK, was=case.policy_version, now=policy.version)
    after = case.after(event)
    new = replace(policy, earlier={**old.earlier, case.policy_version: old})
    mailbox = unit.rules.configuration.mailbox(case.mailbox)
    if not dry_run and mailbox is not None:
        terms = replace(unit.terms(mailbox, case=case), policy=new)
        unit.store(Decision(after, (event,)), terms)
    becomes = {clock.key: clock for clock in clocks(after, new)}
    running = [clock for clock in clocks(case, old) if clock.stopped_at is None and clock.key in becomes]
    return [_moved(case, policy, was, becomes[was.key], unit.now) for was in running]


def _moved(case: Case, policy: Policy, was: Clock, becomes: Clock, now: datetime) -> Moved:
    return Moved(
        ref=case.ref,
        kind=was.kind,
        was=case.policy_version,
        now=policy.version,
        due_before=was.due_at,
        due_after=becomes.due_at,
        overdue=becomes.state(now) == "breached" and was.state(now) != "breached",
    )
