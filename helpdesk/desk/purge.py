"""Purge: what ended long ago loses its content and its people, case by case, and keeps its ledger.

Who wrote what goes; what happened and when stays, and so do plan, customer, severities and reasons: clocks, reports
and credit statements say afterwards what they said before. Quarantined mail is left to the operators.
"""

from __future__ import annotations

import contextlib
from collections import Counter
from typing import TYPE_CHECKING

from helpdesk.core import redaction
from helpdesk.core.errors import StaleCase
from helpdesk.store import cases as case_store
from helpdesk.store import erasure

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterator
    from datetime import datetime

    import sqlalchemy as sa

    from helpdesk.desk.rules import Rules
    from helpdesk.store.engine import Database

_BATCH = 100
_STRETCH = 2000  # rows without a case that are looked at in one transaction


def purge(
    database: Database,
    rules: Rules,
    *,
    before: datetime,
    by: str,
    now: datetime,
    dry_run: bool = False,
    watched: Callable[[int], None] = lambda _done: None,
) -> Counter[str]:
    """Erase what ended before then; returns how many of what: cases, people, mails, texts, sent, unsent, facts.

    `dry_run` does it all and undoes it, so that the counts are the true ones. `watched` hears how many cases are done.
    """
    counts: Counter[str] = Counter(dict.fromkeys(("cases", "people", "mails", "texts", "sent", "unsent", "facts"), 0))
    staff = frozenset(_staff(rules))
    for done, number in enumerate(_ended(database, before), start=1):
        with contextlib.suppress(StaleCase), database.write() as connection, _tried(connection, dry_run=dry_run):
            counts.update(_purge(connection, number, staff, before=before, by=by, now=now))
        watched(done)
    for ids in _stretches(database):
        with database.write() as connection, _tried(connection, dry_run=dry_run):
            counts.update(erasure.erase_caseless(connection, before=before, ids=ids))
    return counts


def _ended(database: Database, before: datetime) -> Iterator[int]:
    last = 0
    while True:
        with database.read() as connection:
            numbers = erasure.ended(connection, before=before, after=last, limit=_BATCH)
        yield from numbers
        if not numbers:
            return
        last = numbers[-1]


def _stretches(database: Database) -> list[range]:
    with database.read() as connection:
        return list(erasure.stretches(connection, size=_STRETCH))


@contextlib.contextmanager
def _tried(connection: sa.Connection, *, dry_run: bool) -> Iterator[None]:
    """What is done inside is undone again when it was only to be counted."""
    attempt = connection.begin_nested()
    yield
    if dry_run:
        attempt.rollback()
    else:
        attempt.commit()


def _purge(
    connection: sa.Connection, number: int, staff: Collection[str], *, before: datetime, by: str, now: datetime
) -> dict[str, int]:
    """Purge one case, unless something has happened to it meanwhile. Raises StaleCase."""
    if erasure.ended(connection, before=before, after=number - 1, limit=1) != [number]:
        return {}
    wrote_or_got, agents = erasure.correspondents(connection, number)
    case = case_store.load(connection, number)
    people = redaction.outsiders(case, wrote_or_got, {*staff, *agents})
    erased = erasure.erase(connection, number, also=(), instead=redaction.ERASED)
    erasure.forget(connection, number, people)
    counts = {"people": len(people), **erased}
    events = redaction.purged(by, counts, now)
    after = case_store.load(connection, number).after(*events)
    case_store.save(connection, after, new=events, next_at=None)  # it is over: time alone changes nothing any more
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
