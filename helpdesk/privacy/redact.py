"""Erase what a case holds, on an agent's or an operator's order, in one transaction with what follows from it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from helpdesk.core.words.case import ERASED
from helpdesk.privacy.erased import redacted
from helpdesk.store import cases as case_store
from helpdesk.store import erasure

if TYPE_CHECKING:
    from collections.abc import Collection

    from helpdesk.core.words.terms import Terms
    from helpdesk.person import Person
    from helpdesk.unit import Unit


def redact(
    unit: Unit, number: int, terms: Terms, *, by: str, agent: Person | None = None, also: Collection[int] = ()
) -> dict[str, int]:
    """Erase a case's content; returns how many of what. `also` are spool rows not on the case yet. Raises NotFound.

    `by` goes on the record; `agent` is told by mail what was erased.
    """
    erased = erasure.erase(unit.connection, number, also=also, instead=ERASED)
    case = case_store.load(unit.connection, number)
    decision = redacted(case, terms, by=by, erased=erased, agent=agent, now=unit.now)
    unit.record(decision, terms)
    for merged in terms.merged:  # the words of the one are the words of the other
        more = redact(unit, merged.case.number, merged.terms, by=by)
        erased = {what: erased[what] + more[what] for what in erased}
    return erased
