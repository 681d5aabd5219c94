"""The third door: what time alone has made due. Its cost follows what is due, not what is open.

Due cases are taken in batches, a transaction each; if anything in a batch fails, each case gets its own, so that one
broken case never silences the others. Step keys are unique, so a repetition after a crash sends nothing twice.
"""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

from helpdesk.core import tick as core_tick
from helpdesk.core.words.alert import AlertText, OperatorAlert
from helpdesk.core.words.case import Case
from helpdesk.core.words.events import ClockBreached, Event, StepTaken
from helpdesk.failpoints import failpoint
from helpdesk.log import logger
from helpdesk.operators import raise_alert
from helpdesk.store import cases as case_store
from helpdesk.store.conflicts import is_conflict

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from helpdesk.unit import Unit, Units

BATCH = 50
_SHOWN = 300  # characters of an error
_log = logger("tick")


def tick(units: Units, now: datetime) -> int:
    """Do what has become due by `now`; returns the number of cases that were changed."""
    done = 0
    left: set[int] = set()  # held by another process, or broken: they stay due for the next tick
    while True:
        with units.read(now) as unit:
            due = case_store.due(unit.connection, now=now, limit=BATCH, besides=left)
        if not due:
            return done
        failpoint("tick.scanned")
        ticked = _batch(units, due, now)
        left |= set(due) - ticked
        done += len(ticked)


def _batch(units: Units, numbers: Sequence[int], now: datetime) -> set[int]:
    """Tick these cases; returns those for which it worked."""
    try:
        return _together(units, numbers, now)
    except Exception:  # noqa: BLE001 - one by one finds out whose it is
        return {number for number in numbers if _alone(units, number, now)}


def _together(units: Units, numbers: Sequence[int], now: datetime) -> set[int]:
    """In one transaction, or in as few as leave others their turn at the one writer of an embedded database."""
    left, ticked = list(numbers), set[int]()
    while left:
        part, happened = set[int](), list[tuple[Case, Event]]()
        with units.write(now) as unit:
            left = case_store.hold_due(unit.connection, left, now=now)
            began = time.monotonic()
            while left and not (part and units.database.is_due(began)):
                number = left.pop(0)
                happened += _one(unit.another(), case_store.load(unit.connection, number))
                part.add(number)
            failpoint("tick.pre_commit")
        failpoint("tick.post_commit")
        for case, event in happened:
            _log.info(event.type, case=case.ref, target=_target(event), at=event.at.isoformat())
        ticked |= part
    return ticked


def _target(event: Event) -> str | None:
    """Of the clock that it is about, if it is about one."""
    return event.target if isinstance(event, ClockBreached | StepTaken) else None


def _alone(units: Units, number: int, now: datetime) -> bool:
    try:
        return bool(_together(units, [number], now))
    except Exception as problem:  # noqa: BLE001 - it stays due, and the next tick tries again
        if not is_conflict(problem):  # else another worker was faster and has decided what is due now
            _log.exception("a case could not be ticked", case=number)
            with units.write(now) as unit:
                raise_alert(unit, _stuck(number, problem))
        return False


def _stuck(number: int, problem: Exception) -> OperatorAlert:
    text = AlertText(
        headline=f"HD-{number} does not go on",
        what="Something is due on this case, and the desk cannot do it: no warning, call or reminder of it goes out "
        "until that is mended. It is tried again every second.",
        details=(("Case", f"HD-{number}"), ("Error", f"{type(problem).__name__}: {problem}"[:_SHOWN])),
        todo=f"Look at it with: helpdesk case show HD-{number}. The log has the whole error.",
    )
    return OperatorAlert(kind="case", key=f"case/{number}", text=text)


def _one(unit: Unit, case: Case) -> Sequence[tuple[Case, Event]]:
    """Decide and write what is due; returns what happened, to be told once it is on disk."""
    mailbox = unit.rules.configuration.mailbox(case.mailbox)
    if mailbox is None:
        # Its mailbox left the configuration: nobody is there to be told, until it comes back.
        case_store.put_off(unit.connection, case.number)
        return ()
    terms = unit.terms(mailbox, case=case)
    decision = core_tick.tick(case, terms, unit.now)
    unit.record(decision, terms)
    return [(case, event) for event in decision.events]
