"""What an agent does to a case from a page: tried first, so that they see what it would do, then done, once a form.

Both go through `desk.order`, as a mail of theirs would. What is tried is worked in a transaction that is taken back, so
that the preview is what will be sent, to its last word.
"""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeVar

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

T = TypeVar("T")
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
    return rehearsed(visit, lambda unit: Trial(write(unit, number, agent, typed), tuple(unit.queued)))


def done(visit: Visit, number: int, typed: TypedMail, *, seen: int) -> TypedOrders | None:
    """Do it to a case; None, and nothing is done, where more than `seen` mails are on it by now.

    Raises NotFound, Refused, StaleCase.
    """
    agent = _acting(visit)

    def doing(unit: Unit) -> TypedOrders:
        unit.hold([number])  # else a mail that is worked just now is neither counted nor seen
        unseen = case_store.message_count(unit.connection, number) > seen
        result = write(unit, number, agent, typed)
        if unseen and not result.again and not result.mistakes:
            raise TakenBack
        return result

    try:
        return worked(visit, doing)
    except TakenBack:
        return None


def _acting(visit: Visit) -> Agent:
    """As whom the viewer acts. Raises Refused."""
    if visit.viewer.agent is None:
        raise Refused("Only agents and leads of its team act on a case.")
    return visit.viewer.agent


def worked(visit: Visit, work: Callable[[Unit], T]) -> T:
    """Do something in a transaction, again where another worker was at the same."""
    for _ in range(_TRIES - 1):
        try:
            return _once(visit, work)
        except Exception as problem:
            if not is_conflict(problem):
                raise
    return _once(visit, work)


def rehearsed(visit: Visit, work: Callable[[Unit], T]) -> T:
    """What comes of doing it, of which nothing is kept."""
    results: list[T] = []

    def trying(unit: Unit) -> None:
        results.append(work(unit))
        raise TakenBack

    with suppress(TakenBack):
        worked(visit, trying)
    return results[-1]


def _once(visit: Visit, work: Callable[[Unit], T]) -> T:
    with visit.views.units.write(visit.now, waits=True) as unit:
        return work(unit)
