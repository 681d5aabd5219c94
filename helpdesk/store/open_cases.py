"""The open cases as lists need them: how many of each kind, and the first of each list, from indexes alone.

What is late or due follows from instants that stand beside each case (`core.clocks.milestones`). A case of before these
were kept has `UNREAD` for its turn, and is counted nowhere here: `unread` gives those.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import product
from typing import TYPE_CHECKING, Any, NamedTuple

import sqlalchemy as sa

from helpdesk.store.tables import HANDED_OVER, LISTED, OTHERS_TURN, UNREAD, cases

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import datetime

    from helpdesk.store.board import Reach

_RANKS = (1, 2, 3, 4)
# In the indexes' own words, so that both databases use them.
_LISTED = sa.text(LISTED)
_OTHERS = sa.text(OTHERS_TURN)
_UNREAD = sa.text(f"turn = '{UNREAD}'")
_OPEN = ("open", "waiting", "merged")
_BATCH = 200


class Kind(NamedTuple):
    """What open cases have in common."""

    policy: str
    version: str  # of the policy
    severity: str
    rank: int
    turn: str


@dataclass(frozen=True, slots=True)
class OpenCases:
    """Which open cases: those in reach. Instants are aware UTC; `now` decides what is late."""

    connection: sa.Connection
    reach: Reach
    now: datetime

    def kinds(self) -> list[tuple[Kind, int]]:
        """How many open cases there are of each kind."""
        kind = (cases.c.policy, cases.c.policy_version, cases.c.severity, cases.c.rank, cases.c.turn)
        query = sa.select(*kind, sa.func.count()).where(_LISTED, self._ours, cases.c.turn != UNREAD).group_by(*kind)
        return [(Kind(*of), int(number)) for *of, number in self.connection.execute(query)]

    def late(self, limit: int) -> list[int]:
        """The first of those that are late."""
        return self._first(self._late, limit, cases.c.late_at)

    def late_number(self) -> int:
        """How many are late."""
        return self._number(self._late)

    def due(self, end: datetime, limit: int) -> list[int]:
        """The first of those that fall due before then and are not late."""
        return self._first(self._due(end), limit, cases.c.due_at)

    def due_number(self, end: datetime) -> int:
        """How many fall due before then."""
        return self._number(self._due(end))

    def longest_waiting(self, limit: int) -> list[int]:
        """Those whose customers have waited longest."""
        return self._first(cases.c.waiting_since.is_not(None), limit, cases.c.waiting_since)

    def others_turn(self, limit: int) -> list[int]:
        """Those on which it has been the customer's turn, or a third party's, for longest."""
        return self._first(sa.and_(_OTHERS, cases.c.turn_since.is_not(None)), limit, cases.c.turn_since)

    def in_order(self, limit: int) -> list[int]:
        """The numbers of `limit` cases: the worst severity first, then what is due first."""
        found: list[int] = []
        if not (self.reach.mailboxes or self.reach.teams):
            return found
        for rank, dated in product(_RANKS, (True, False)):
            if len(found) < limit:
                found += self.connection.execute(self._of_rank(rank, limit - len(found), dated=dated)).scalars()
        return found

    def unread(self, after: int) -> list[int]:
        """Some of the cases, behind that number, of which nothing is kept."""
        # Hidden from the planner, which would look through all open cases of a mailbox for the few.
        ours = sa.case((self._ours, 1), else_=0) == 1
        unread = sa.and_(_UNREAD, ours, cases.c.id > after)
        query = (
            sa.select(cases.c.id)
            .where(unread, sa.func.coalesce(cases.c.status, "").in_(_OPEN))
            .order_by(cases.c.id)
            .limit(_BATCH)
        )
        return [int(number) for number in self.connection.execute(query).scalars()]

    @property
    def _ours(self) -> sa.ColumnElement[bool]:
        return self.reach.condition

    @property
    def _late(self) -> sa.ColumnElement[bool]:
        return sa.and_(cases.c.late_at.is_not(None), cases.c.late_at <= self.now)

    def _due(self, end: datetime) -> sa.ColumnElement[bool]:
        in_time = sa.or_(cases.c.late_at.is_(None), cases.c.late_at > self.now)
        return sa.and_(cases.c.due_at.is_not(None), cases.c.due_at < end, in_time)

    def _number(self, which: sa.ColumnElement[bool]) -> int:
        query = sa.select(sa.func.count()).select_from(cases).where(which, self._ours)
        return int(self.connection.execute(query).scalar_one())

    def _first(self, which: sa.ColumnElement[bool], limit: int, since: sa.Column[Any]) -> list[int]:
        query = sa.select(cases.c.id).where(which, self._ours).order_by(since, cases.c.rank, cases.c.id).limit(limit)
        return [int(number) for number in self.connection.execute(query).scalars()]

    def _of_rank(self, rank: int, limit: int, *, dated: bool) -> sa.Select[Any]:
        """The first of a rank: of each mailbox and team by itself, as the indexes have them, then together."""
        of_rank = sa.and_(_LISTED, cases.c.turn != UNREAD, cases.c.rank == rank)
        of_rank = sa.and_(of_rank, cases.c.due_at.is_not(None) if dated else cases.c.due_at.is_(None))
        columns = sa.select(cases.c.id, cases.c.due_at, cases.c.opened_at)
        each = [
            columns.where(of_rank, part).order_by(cases.c.due_at, cases.c.opened_at).limit(limit).subquery()
            for part in self._parts()
        ]
        together = sa.union_all(*map(sa.select, each)).subquery().c
        return sa.select(together.id).order_by(together.due_at, together.opened_at, together.id).limit(limit)

    def _parts(self) -> Iterator[sa.ColumnElement[bool]]:
        """Those of a mailbox that no team was given, and those that one was."""
        given = sorted(self.reach.teams | self.reach.others)
        for mailbox in sorted(self.reach.mailboxes):
            of_mailbox = cases.c.mailbox == mailbox
            yield sa.and_(of_mailbox, cases.c.team.not_in(given)) if given else of_mailbox
        for team in sorted(self.reach.teams):
            yield sa.and_(sa.text(HANDED_OVER), cases.c.team == team)


def mailboxes(connection: sa.Connection) -> list[str]:
    """Those that have open cases, also such as are configured no more."""
    query = sa.select(cases.c.mailbox).where(_LISTED).distinct().order_by(cases.c.mailbox)
    return list(connection.execute(query).scalars())
