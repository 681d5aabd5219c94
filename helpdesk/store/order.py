"""Which of the waiting mails are worked next. However many wait, a few rows are read.

What has just come goes before what has lain: of mail that was received within `FRESH` the newest first, for it may be
the outage that all the others are about too. What has lain is taken in the order in which it was received, which is as
near to what is due soonest as can be told before it is read; a quarter of every batch is for it, so nothing starves.

Mails of one thread, and of one author, are worked in the order in which they were received: one that is picked brings
along those that have to be worked before, and is left where another worker has one of them just now. Of an author of
whom a heap waits (`HEAP`: a monitor's storm, a year's mail of one machine) only threads are kept in order, else the one
mail that matters would wait for all of them. A mail that failed alone keeps nobody waiting.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from functools import lru_cache
from typing import TYPE_CHECKING, Any

import sqlalchemy as sa

from helpdesk.store.claims import run_out
from helpdesk.store.dialect import skip_locked
from helpdesk.store.prepared import Prepared, PreparedLists, at_most
from helpdesk.store.tables import spool

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping, Sequence
    from datetime import datetime

    from helpdesk.store.owner import Owner

FRESH = timedelta(minutes=10)
HEAP = 100
_DEEPEST = 50  # mails that wait for one another, across authors and threads; the first of them is picked one day
_ROUNDS = 4  # times that others are looked for, where all that were picked have to wait for another worker

# In the words of the partial indexes, so that both databases use them.
WAITING = sa.text("spool.state = 'waiting'")
_CLAIMED = sa.text("spool.claimed_by >= ''")  # SQLite looks no NULL up in an index
DUE = sa.or_(spool.c.next_at.is_(None), spool.c.next_at <= sa.bindparam("now", type_=spool.c.next_at.type))
_COLUMNS = (
    *(spool.c.id, spool.c.received_at, spool.c.author_key, spool.c.thread_key),
    *(spool.c.attempts, spool.c.claimed_by, spool.c.next_at),
)


_CLAIMS = Prepared(lambda name: sa.select(spool.c.id, run_out(spool, name).label("over")).where(WAITING, _CLAIMED))


@dataclass(frozen=True, slots=True)
class Claims:
    """The mails that are claimed just now, and those whose worker is gone."""

    living: frozenset[int]
    dead: frozenset[int]


def claims(connection: sa.Connection, owner: Owner) -> Claims:
    """The mails that are claimed just now, and those whose worker is gone, as an owner sees them."""
    rows = _CLAIMS.rows(connection, owner=owner.name)
    return Claims(frozenset(row.id for row in rows if not row.over), frozenset(row.id for row in rows if row.over))


def next_up(connection: sa.Connection, claimed: Claims, *, now: datetime, limit: int) -> list[int]:
    """The numbers of mails that were never tried and are to be worked now, together; held until the commit."""
    passed: set[str] = set()
    for _ in range(_ROUNDS):
        picked = _picked(connection, now, limit, besides=passed)
        batch = _Batch(connection, claimed, now, limit)
        batch.add(picked)
        found = batch.held()
        if found or not picked:
            return found
        passed |= {row.author_key for row in picked if row.author_key}
    return []


def is_first(connection: sa.Connection, claimed: Claims, number: int) -> bool:
    """Whether no other worker is at a mail that has to be worked before this one."""
    row = connection.execute(sa.select(*_COLUMNS).where(spool.c.id == number)).one()
    return not any(one.id in claimed.living for one in _before(connection, [row])[number])


def _picked(connection: sa.Connection, now: datetime, limit: int, *, besides: Collection[str]) -> list[Any]:
    """Those that we should like best, the dearest first."""
    newest = _newest(limit - limit // 4).rows(connection, {"besides": besides or _NOBODY}, now=now, since=now - FRESH)
    known = {row.id for row in newest}
    oldest = _oldest(limit).rows(connection, {"besides": besides or _NOBODY}, now=now)
    return [*newest, *(row for row in oldest if row.id not in known)][:limit]


_NOBODY = ("",)  # no author has this key


@lru_cache  # asked for with every batch, and each second that there is none
def _newest(limit: int) -> PreparedLists:
    since = spool.c.received_at >= sa.bindparam("since", type_=spool.c.received_at.type)
    order = spool.c.received_at.desc(), spool.c.id.desc()
    return PreparedLists(
        lambda besides: _ready_besides(besides).where(since).order_by(*order).limit(at_most(limit)),
        besides=spool.c.author_key,
    )


@lru_cache
def _oldest(limit: int) -> PreparedLists:
    order = spool.c.received_at, spool.c.id
    return PreparedLists(
        lambda besides: _ready_besides(besides).order_by(*order).limit(at_most(limit)), besides=spool.c.author_key
    )


def _ready_besides(besides: Sequence[sa.BindParameter[Any]]) -> sa.Select[Any]:
    others = sa.or_(spool.c.author_key.is_(None), spool.c.author_key.not_in(besides))
    return sa.select(*_COLUMNS).where(WAITING, _IS_READY, others)


_IS_READY = sa.and_(spool.c.attempts == 0, spool.c.claimed_by.is_(None), DUE)


_HOLD = PreparedLists(
    lambda numbers: skip_locked(sa.select(spool.c.id).where(spool.c.id.in_(numbers), WAITING, _IS_READY)),
    numbers=spool.c.id,
)


class _Batch:
    """Mails that are worked together, each behind all that have to be worked before it."""

    def __init__(self, connection: sa.Connection, claimed: Claims, now: datetime, limit: int) -> None:
        self._connection = connection
        self._claimed = claimed
        self._now = now
        self._limit = limit
        self._first: dict[int, list[Any]] = {}  # by the number of a mail those that have to be worked before it
        self._chosen: dict[int, Any] = {}

    def add(self, picked: Sequence[Any]) -> None:
        """These mails and what has to be worked before them, as far as there is room and none has to wait."""
        self._look_up(picked)
        for row in picked:
            if len(self._chosen) < self._limit:
                self._bring(row, depth=0)

    def held(self) -> list[int]:
        """What was chosen, in the order of its receipt, without what another worker is about to take."""
        numbers = list(self._chosen)
        rows = _HOLD.rows(self._connection, {"numbers": numbers}, now=self._now) if numbers else []
        held = {row.id for row in rows}
        kept: dict[int, Any] = {}
        for number, row in self._chosen.items():
            if number in held and all(one.id in kept for one in self._first[number]):
                kept[number] = row
        return sorted(kept, key=lambda number: (kept[number].received_at, number))

    def _bring(self, row: Any, *, depth: int) -> bool:
        """Choose a mail behind all that go before; says whether it was chosen."""
        if row.id in self._chosen:
            return True
        if not self._may_be_taken(row) or depth > _DEEPEST:
            return False
        if row.id not in self._first:
            self._look_up([row])
        first = self._first[row.id]
        self._look_up([one for one in first[: self._limit] if one.id not in self._first])
        if not all(self._bring(one, depth=depth + 1) for one in first) or len(self._chosen) >= self._limit:
            return False
        self._chosen[row.id] = row
        return True

    def _may_be_taken(self, row: Any) -> bool:
        return row.attempts == 0 and row.claimed_by is None and (row.next_at is None or row.next_at <= self._now)

    def _look_up(self, rows: Sequence[Any]) -> None:
        for number, earlier in _before(self._connection, rows).items():
            self._first[number] = sorted(filter(self._counts, earlier), key=lambda one: (one.received_at, one.id))

    def _counts(self, row: Any) -> bool:
        """Whether a mail keeps later ones waiting: not if it failed alone and is in nobody's hands."""
        return row.attempts == 0 or row.id in self._claimed.living


def _before(connection: sa.Connection, picked: Sequence[Any]) -> dict[int, list[Any]]:
    """For each of these, the waiting mails of its author and thread that were received before it."""
    if not picked:
        return {}
    values: dict[str, Any] = {}
    for place, row in enumerate(picked):
        values |= {f"id{place}": row.id, f"at{place}": row.received_at}
        values |= {f"author{place}": row.author_key, f"thread{place}": row.thread_key}
    found: dict[tuple[int, str], dict[int, Any]] = {}
    for row in _those_before(len(picked)).rows(connection, **values):
        found.setdefault((row.place, row.shared), {})[row.id] = row
    return {row.id: list(_of(found, place).values()) for place, row in enumerate(picked)}


def _of(found: Mapping[tuple[int, str], dict[int, Any]], place: int) -> dict[int, Any]:
    by_author = found.get((place, "author"), {})
    return found.get((place, "thread"), {}) | (by_author if len(by_author) <= HEAP else {})


@lru_cache  # asked for with every batch
def _those_before(count: int) -> Prepared:
    return Prepared(
        sa.union_all(
            *(_sharing(place, "author", spool.c.author_key) for place in range(count)),
            *(_sharing(place, "thread", spool.c.thread_key) for place in range(count)),
        )
    )


def _sharing(place: int, what: str, key: sa.Column[str]) -> sa.Select[Any]:
    at, number = (
        sa.bindparam(f"at{place}", type_=spool.c.received_at.type),
        sa.bindparam(f"id{place}", type_=sa.BigInteger),
    )
    earlier = sa.or_(spool.c.received_at < at, sa.and_(spool.c.received_at == at, spool.c.id < number))
    rows = (
        sa.select(*_COLUMNS)
        .where(WAITING, key == sa.bindparam(f"{what}{place}", type_=key.type), spool.c.received_at <= at, earlier)
        .order_by(spool.c.received_at, spool.c.id)
        .limit(at_most(HEAP + 1))
        .subquery()
    )
    return sa.select(sa.literal_column(str(place)).label("place"), sa.literal_column(f"'{what}'").label("shared"), rows)
