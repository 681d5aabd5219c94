"""What an agent does to a case from a page: tried first, so that they see what it would do, then done, once a form.

Both go through `desk.order`, as a mail of theirs would. What is tried is worked in a transaction that is taken back, so
that the preview is what will be sent, to its last word.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from helpdesk.desk.order import TypedMail, TypedOrders, write
from helpdesk.errors import Refused
from helpdesk.store import cases as case_store
from helpdesk.store.conflicts import is_conflict

if TYPE_CHECKING:
    from collections.abc import Callable

    from helpdesk.core.words.people import Agent
    from helpdesk.store.outbox import Queued
    from helpdesk.unit import Unit
    from helpdesk.web.visit import Visit

_TRIES = 3  # where other workers are at the same case


@dataclass(frozen=True, slots=True)
class Trial:
    """What would become of it, and the mails that would be written."""

    orders: TypedOrders
    mails: tuple[Queued, ...]


class TakenBack(Exception):
    """Ends a transaction that is not to be kept."""


def tried(visit: Visit, number: int, typed: TypedMail) -> Trial:
    """What that would do to a case, of which nothing is kept. Raises NotFound, Refused, StaleCase."""
    agent = _acting(visit)
    trials: list[Trial] = []

    def trying(unit: Unit) -> None:
        trials.append(Trial(write(unit, number, agent, typed), tuple(unit.queued)))
        raise TakenBack

    try:
        worked(visit, trying)
    except TakenBack:
        return trials[-1]
    raise AssertionError("what is tried is never kept")


def done(visit: Visit, number: int, typed: TypedMail, *, seen: int) -> TypedOrders | None:
    """Do it to a case; None, and nothing is done, where more than `seen` mails are on it by now.

    Raises NotFound, Refused, StaleCase.
    """
    agent = _acting(visit)
    results: list[TypedOrders] = []

    def doing(unit: Unit) -> None:
        unit.hold([number])  # else a mail that is worked just now is neither counted nor seen
        unseen = case_store.message_count(unit.connection, number) > seen
        result = write(unit, number, agent, typed)
        if unseen and not result.again and not result.mistakes:
            raise TakenBack
        results.append(result)

    try:
        worked(visit, doing)
    except TakenBack:
        return None
    return results[-1]


def _acting(visit: Visit) -> Agent:
    """As whom the viewer acts. Raises Refused."""
    if visit.viewer.agent is None:
        raise Refused("Only agents and leads of its team act on a case.")
    return visit.viewer.agent


def worked(visit: Visit, work: Callable[[Unit], None]) -> None:
    """Do something in a transaction, again where another worker was at the same."""
    for last in (*[False] * (_TRIES - 1), True):
        try:
            with visit.views.units.write(visit.now, waits=True) as unit:
                work(unit)
        except Exception as problem:
            if last or not is_conflict(problem):
                raise
        else:
            return
