"""The queue, page by page: what is owed first, the worst severity first, what comes due soonest, the newest.

A page is read from an index, whatever is open. The place behind a case is that of its own row as it was read: a page
that begins there takes up where the one before ended, and misses nothing that has not moved meanwhile.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import product
from typing import TYPE_CHECKING, Any

import sqlalchemy as sa

from helpdesk.errors import NotFound
from helpdesk.store import case_counts
from helpdesk.store.tables import cases

if TYPE_CHECKING:
    from collections.abc import Iterator

_ACTIVE = ("open", "waiting")
_OVER = ("merged", "resolved", "closed")
_RANKS = (1, 2, 3, 4)
_PAGE = 200


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which cases of the queue; without anything, all."""

    only_open: bool = False  # and what was merged, while something is promised on it
    only_breached: bool = False
    customer: str | None = None


@dataclass(frozen=True, slots=True)
class _Part:
    """A part of the queue that one index gives in its order: of one rank, with something due or without."""

    over: bool
    rank: int
    dated: bool


@dataclass(frozen=True, slots=True)
class Place:
    """Where a case stood when it was read: behind it the next page begins, whatever becomes of it meanwhile."""

    part: _Part
    number: int
    next_at: Any


_PARTS = tuple(_Part(over, rank, dated) for over, rank, dated in product((False, True), _RANKS, (True, False)))


def page(connection: sa.Connection, wanted: Wanted, *, size: int = _PAGE, after: Place | None = None) -> list[int]:
    """Case numbers in the order of the queue, from the one behind `after` on."""
    place = after
    found: list[int] = []
    for part in _PARTS[_PARTS.index(place.part) if place else 0 :]:
        query = _query(part, wanted, size - len(found), place if place and place.part == part else None)
        if query is not None:
            found += connection.execute(query).scalars()
        if len(found) == size:
            break
    return found


def numbers(connection: sa.Connection, wanted: Wanted = Wanted()) -> Iterator[int]:
    """All of them, read a page at a time."""
    found = page(connection, wanted)
    while found:
        yield from found
        found = page(connection, wanted, after=place_of(connection, found[-1]))


def size(connection: sa.Connection, wanted: Wanted) -> int:
    """How many there are, of all customers."""
    counted = case_counts.by_status(connection)
    statuses = _ACTIVE if wanted.only_open else (*_ACTIVE, *_OVER)
    kept = sum(
        number
        for (status, breached), number in counted.items()
        if status in statuses and (breached or not wanted.only_breached)
    )
    return kept + (_promised(connection, wanted) if wanted.only_open else 0)


def _promised(connection: sa.Connection, wanted: Wanted) -> int:
    """How many merged cases still have something to keep."""
    query = sa.select(sa.func.count()).where(cases.c.status == "merged", cases.c.next_at.is_not(None))
    if wanted.only_breached:
        query = query.where(cases.c.breached)
    return int(connection.execute(query).scalar_one())


def place_of(connection: sa.Connection, number: int) -> Place:
    """Where a case stands now. Raises NotFound."""
    query = sa.select(cases.c.status, cases.c.rank, cases.c.next_at).where(cases.c.id == number)
    row = connection.execute(query).first()
    if row is None:
        raise NotFound(f"there is no case HD-{number}")
    return Place(_Part(row.status not in _ACTIVE, row.rank, row.next_at is not None), number, row.next_at)


def _query(part: _Part, wanted: Wanted, limit: int, place: Place | None) -> sa.Select[Any] | None:
    """The first of a part, behind a place: of each status by itself, as the index has them, then together."""
    statuses = _statuses(part, wanted)
    breached = (True,) if wanted.only_breached else (False, True)
    each = [
        _of_one(part, wanted, status, breached=late, limit=limit, place=place)
        for status, late in product(statuses, breached)
    ]
    if not each:
        return None
    together = sa.union_all(*each).subquery()
    return sa.select(together.c.id).order_by(*_order(together.c, part)).limit(limit)


def _statuses(part: _Part, wanted: Wanted) -> tuple[str, ...]:
    if not part.over:
        return _ACTIVE
    if wanted.only_open:
        return ("merged",) if part.dated else ()
    return _OVER


def _of_one(
    part: _Part, wanted: Wanted, status: str, *, breached: bool, limit: int, place: Place | None
) -> sa.Select[Any]:
    rows = cases.c
    query = sa.select(rows.id, rows.next_at).where(
        rows.status == status,
        rows.breached == breached,
        rows.rank == part.rank,
        rows.next_at.is_not(None) if part.dated else rows.next_at.is_(None),
    )
    if wanted.customer is not None:
        query = query.where(rows.customer == wanted.customer)
    if place is not None:
        query = query.where(_behind(place))
    first = query.order_by(*_order(rows, part)).limit(limit).subquery()
    return sa.select(first)  # SQLite takes an order and a limit within a union in brackets only


def _behind(place: Place) -> sa.ColumnElement[bool]:
    older = cases.c.id < place.number
    if place.next_at is None:
        return older
    same = sa.and_(cases.c.next_at == place.next_at, older)
    return sa.and_(cases.c.next_at >= place.next_at, sa.or_(cases.c.next_at > place.next_at, same))


def _order(rows: Any, part: _Part) -> tuple[sa.ColumnElement[Any], ...]:
    # Where nothing is due the instant says nothing; it stands there so that PostgreSQL reads its index backwards.
    return (rows.next_at if part.dated else rows.next_at.desc(), rows.id.desc())
