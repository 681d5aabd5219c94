"""Purge: what ended long ago loses its content and its people, case by case, and keeps its ledger.

Who wrote what goes; what happened and when stays, and so do plan, customer, severities and reasons: clocks, reports
and credit statements say afterwards what they said before. Quarantined mail is left to the operators.
"""

from __future__ import annotations

import contextlib
from collections import Counter
from itertools import takewhile
from typing import TYPE_CHECKING

from helpdesk.core.clocks.timeline import clocks
from helpdesk.core.words.case import ERASED
from helpdesk.errors import StaleCase
from helpdesk.privacy.erased import outsiders, purged
from helpdesk.store import cases as case_store
from helpdesk.store import erasure

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterator
    from datetime import datetime

    from helpdesk.unit import Rules, Unit, Units

_BATCH = 100


def purge(
    units: Units,
    *,
    before: datetime,
    by: str,
    now: datetime,
    dry_run: bool = False,
    watched: Callable[[int], None] = lambda _done: None,
    stopping: Callable[[], bool] = lambda: False,
) -> Counter[str]:
    """Erase what ended before then; returns how many of what: cases, people, mails, texts, sent, unsent, facts.

    `dry_run` does it all and undoes it, so that the counts are the true ones. `watched` hears how many cases are done;
    once `stopping` says so, the case at hand is the last, and the next purge goes on there.
    """
    counts: Counter[str] = Counter(dict.fromkeys(("cases", "people", "mails", "texts", "sent", "unsent", "facts"), 0))
    staff = frozenset(_staff(units.rules))
    done = 0
    for numbers in _batches(units, erasure.ended, before, stopping):
        for number in takewhile(lambda _: not stopping(), numbers):
            with (
                contextlib.suppress(StaleCase),
                units.write(now) as unit,
                _tried(unit, dry_run=dry_run),
            ):
                counts.update(_purge(unit, number, staff, before=before, by=by))
            done += 1
            watched(done)
    for what, find, erase in (
        ("mails", erasure.caseless_mails, erasure.erase_mails),
        ("sent", erasure.caseless_sent, erasure.erase_sent),
    ):
        for numbers in _batches(units, find, before, stopping):
            with units.write(now) as unit, _tried(unit, dry_run=dry_run):
                counts[what] += erase(unit.connection, numbers)
    if any(counts.values()):
        units.database.forget_log()
    return counts


def _batches(
    units: Units, find: Callable[..., list[int]], before: datetime, stopping: Callable[[], bool]
) -> Iterator[list[int]]:
    last = 0
    while not stopping():
        with units.database.read() as connection:
            numbers = find(connection, before=before, after=last, limit=_BATCH)
        if not numbers:
            return
        yield numbers
        last = numbers[-1]


@contextlib.contextmanager
def _tried(unit: Unit, *, dry_run: bool) -> Iterator[None]:
    """What is done inside is undone again when it was only to be counted."""
    attempt = unit.connection.begin_nested()
    yield
    if dry_run:
        attempt.rollback()
    else:
        attempt.commit()


def _purge(unit: Unit, number: int, staff: Collection[str], *, before: datetime, by: str) -> dict[str, int]:
    """Purge one case, unless something has happened to it meanwhile. Raises StaleCase."""
    case_store.hold(unit.connection, [number])
    if erasure.ended(unit.connection, before=before, after=number - 1, limit=1) != [number]:
        return {}
    wrote_or_got, agents = erasure.correspondents(unit.connection, number)
    case = case_store.load(unit.connection, number)
    people = outsiders(case, wrote_or_got, {*staff, *agents})
    erased = erasure.erase(unit.connection, number, also=(), instead=ERASED)
    erasure.forget(unit.connection, number, people)
    counts = {"people": len(people), **erased}
    events = purged(by, counts, unit.now)
    after = case_store.load(unit.connection, number).after(*events)
    # It is over: time alone changes nothing any more.
    kept = case_store.beside(after, clocks(after, unit.policy_of(after)))
    case_store.save(unit.connection, after, new=events, next_at=None, beside=kept)
    return {"cases": 1, **counts}


def _staff(rules: Rules) -> Iterator[str]:
    """Every address of ours: who works here, and what receives mail."""
    configuration = rules.configuration
    for team in configuration.teams.values():
        for agent in team.members:
            yield from agent.addresses
    yield from (person.address for person in configuration.operators)
    yield from (mailbox.address for mailbox in configuration.mailboxes)
    for customer in rules.customers.by_key.values():
        yield from customer.account_contacts
