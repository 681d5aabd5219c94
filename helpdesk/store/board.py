"""The board, page by page: of the open cases those that are due first, then those on which nothing is due.

A page is read from an index, whatever is open: the part of each mailbox and rank by itself, then together. Where
a page ends is said by what its last row is sorted by, so that the next one takes up there though cases move meanwhile.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from itertools import product
from typing import TYPE_CHECKING, Any, NamedTuple

import sqlalchemy as sa

from helpdesk.store.prepared import Prepared, at_most
from helpdesk.store.tables import BROKEN, HANDED_OVER, LISTED, cases

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import datetime

_OTHERS = ("customer", "vendor")
_RANKS = (1, 2, 3, 4)
_ORDER = (cases.c.due_at, cases.c.opened_at, cases.c.id)
_WINDOW = 5000  # numbers of cases that are looked through for ended ones, of which no index knows the kind
_WINDOWS = 4  # on one page


@dataclass(frozen=True, slots=True)
class Reach:
    """The cases in some mailboxes or given to some teams, but for those in the mailboxes that `others` have by now."""

    mailboxes: frozenset[str]
    teams: frozenset[str]
    others: frozenset[str] = frozenset()  # teams

    @property
    def condition(self) -> sa.ColumnElement[bool]:
        """The condition for the cases that somebody's teams have."""
        here = sa.and_(_among(cases.c.mailbox, self.mailboxes), ~_among(cases.c.team, self.others))
        return sa.or_(_among(cases.c.team, self.teams), here)


def _among(column: sa.Column[str], values: frozenset[str]) -> sa.ColumnElement[bool]:
    return _plain(column).in_([sa.bindparam(None, value) for value in sorted(values)]) if values else sa.false()


@dataclass(frozen=True, slots=True)
class Kept:
    """Which cases of the board are kept; without anything, all. Each narrows what the others leave."""

    reach: Reach | None = None
    assignee: str | None = None  # "" for nobody
    customer: str = ""
    rank: int = 0
    turn: str = ""  # desk | others
    broken: bool = False  # a promise was
    over: bool = False  # resolved or closed, or in another case with nothing left to keep

    def turns(self) -> tuple[str, ...]:
        """Whose turn it is on them, where that matters."""
        return ("desk",) if self.turn == "desk" else _OTHERS

    def ranks(self) -> tuple[int, ...]:
        """The ranks that are asked for."""
        return (self.rank,) if self.rank else _RANKS

    def conditions(self) -> Iterator[sa.ColumnElement[bool]]:
        """The conditions for the cases that are asked for."""
        if self.reach is not None:
            yield self.reach.condition
        if self.assignee is not None:
            yield _plain(cases.c.assignee) == self.assignee
        if self.customer:
            yield _plain(cases.c.customer) == self.customer
        if self.rank:
            yield sa.func.coalesce(cases.c.rank, 0) == self.rank
        if self.turn:
            yield _plain(cases.c.turn).in_([sa.bindparam(None, turn) for turn in self.turns()])
        if self.over:
            yield cases.c.turn == ""
        if self.broken:
            yield sa.func.coalesce(cases.c.breached, sa.false())


def _plain(column: sa.Column[str]) -> sa.ColumnElement[str]:
    """Hidden from planners: one index gives a part in its order, and what else is asked leaves some of it out."""
    return sa.func.coalesce(column, "")


class BoardPlace(NamedTuple):
    """Where a case stands on the board. Aware UTC; `due_at` None: nothing is due on it."""

    due_at: datetime | None
    opened_at: datetime
    number: int


class _Part(NamedTuple):
    """A part of the board that one index gives in its order."""

    columns: tuple[str, ...]
    values: tuple[Any, ...]


def page(connection: sa.Connection, kept: Kept, *, size: int, after: BoardPlace | None = None) -> list[BoardPlace]:
    """The open cases from the first, or from the one behind that place, on."""
    parts = list(_parts(connection, kept))
    found: list[BoardPlace] = []
    for dated in (True, False):
        behind = after if after is not None and dated == (after.due_at is not None) else None
        if len(found) < size and not (dated and after is not None and after.due_at is None):
            rows = {row for part in parts for row in _rows(connection, kept, part, size, dated, behind)}
            found += sorted(rows, key=lambda row: (row.due_at or row.opened_at, row.opened_at, row.number))
    return found[:size]


def _rows(
    connection: sa.Connection,
    kept: Kept,
    part: _Part,
    size: int,
    dated: bool,  # noqa: FBT001
    behind: BoardPlace | None,
) -> list[BoardPlace]:
    values = {f"part_{name}": value for name, value in zip(part.columns, part.values, strict=True)}
    if behind is not None:
        values |= {f"behind_{name}": value for name, value in behind._asdict().items() if name != "due_at" or dated}
    statement = _statement(kept, part.columns, size, dated, behind is not None)
    return [BoardPlace(*row) for row in statement.rows(connection, **values)]


@lru_cache(maxsize=512)
def _statement(kept: Kept, columns: tuple[str, ...], size: int, dated: bool, behind: bool) -> Prepared:  # noqa: FBT001
    query = sa.select(cases.c.due_at, cases.c.opened_at, cases.c.id)
    # In the indexes' own words, so that both databases use them.
    query = query.where(sa.text(_OF_INDEX.get(columns, LISTED)))
    query = query.where(*(cases.c[name] == sa.bindparam(f"part_{name}", type_=cases.c[name].type) for name in columns))
    query = query.where(cases.c.due_at.is_not(None) if dated else cases.c.due_at.is_(None), *kept.conditions())
    if behind:
        query = query.where(_behind(dated=dated))
    # A literal, because PostgreSQL's generic plan for a bound LIMIT reads the whole table.
    return Prepared(query.order_by(*_ORDER).limit(at_most(size)))


# What an index holds, where that is not all that is open.
_OF_INDEX: dict[tuple[str, ...], str] = {("team",): HANDED_OVER, ("mailbox",): BROKEN}


def _behind(*, dated: bool) -> sa.ColumnElement[bool]:
    names = {"due_at": "due_at", "opened_at": "opened_at", "id": "number"}
    order = [column for column in _ORDER if dated or column is not cases.c.due_at]
    place = [sa.bindparam(f"behind_{names[column.key]}", type_=column.type) for column in order]
    return sa.tuple_(*order) > sa.tuple_(*place)


def _parts(connection: sa.Connection, kept: Kept) -> Iterator[_Part]:
    """What together has all of them: by what leaves the fewest."""
    if kept.customer:
        yield _Part(("customer",), (kept.customer,))
        return
    reach = kept.reach
    for team in sorted(reach.teams) if reach is not None else ():
        yield _Part(("team",), (team,))
    for mailbox in sorted(reach.mailboxes) if reach is not None else _mailboxes(connection):
        yield from _parts_of(mailbox, kept)


def _parts_of(mailbox: str, kept: Kept) -> Iterator[_Part]:
    if kept.assignee is not None:
        yield _Part(("mailbox", "assignee"), (mailbox, kept.assignee))
    elif kept.broken:
        yield _Part(("mailbox",), (mailbox,))
    elif kept.turn:
        for turn, rank in product(kept.turns(), kept.ranks()):
            yield _Part(("mailbox", "turn", "rank"), (mailbox, turn, rank))
    else:
        for rank in kept.ranks():
            yield _Part(("mailbox", "rank"), (mailbox, rank))


_NEXT_MAILBOX = Prepared(
    sa.select(cases.c.mailbox)
    .where(sa.text(LISTED), cases.c.mailbox > sa.bindparam("after", type_=cases.c.mailbox.type))
    .order_by(cases.c.mailbox)
    .limit(at_most(1))
)


def _mailboxes(connection: sa.Connection) -> Iterator[str]:
    """Those that have open cases, also such as are configured no more, each by one look into an index."""
    mailbox = ""
    while rows := _NEXT_MAILBOX.rows(connection, after=mailbox):
        mailbox = str(rows[0].mailbox)
        yield mailbox


def ended(connection: sa.Connection, kept: Kept, *, size: int, before: int | None = None) -> tuple[list[int], int]:
    """The newest cases that are over, of those before that number; and before which number to go on, 0 at the end."""
    end = _last(connection) + 1
    end = min(before, end) if before is not None else end
    found: list[int] = []
    for _ in range(_WINDOWS):
        first = max(end - _WINDOW, 1)
        window = (cases.c.id >= first, cases.c.id < end, cases.c.turn == "", *kept.conditions())
        query = sa.select(cases.c.id).where(*window).order_by(cases.c.id.desc())
        found += connection.execute(query.limit(size - len(found))).scalars()
        end = found[-1] if len(found) == size else first
        if len(found) == size or end <= 1:
            break
    return found, end if end > 1 else 0


def _last(connection: sa.Connection) -> int:
    return int(connection.execute(sa.select(sa.func.coalesce(sa.func.max(cases.c.id), 0))).scalar_one())
