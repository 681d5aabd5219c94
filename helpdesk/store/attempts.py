"""Waiting mail, claimed to be worked: whose it is (`store.claims`), how often it was tried, and when it may be again.

A batch costs no attempt, also where its worker dies: any of its mails may have been the killer, or none, so each of
them is tried alone next. What is tried alone counts, in the transaction that claims it and before anything reads its
bytes, and the next attempt is a minute later, the last ten: whatever kills workers at random does not find the same
mail three times, and what was the matter with the machine has passed. A mail that failed or killed its worker so often
is set aside.

Only its owner settles a mail, and only by the claim it has: a worker that was frozen past its lease can neither finish
nor fail what another has taken over.
"""

from __future__ import annotations

from bisect import bisect_right
from dataclasses import replace
from datetime import timedelta
from functools import lru_cache
from itertools import accumulate
from typing import TYPE_CHECKING, Any

import sqlalchemy as sa

from helpdesk.store import claims, order
from helpdesk.store.claims import FREED, taken
from helpdesk.store.dialect import skip_locked
from helpdesk.store.order import DUE, WAITING
from helpdesk.store.prepared import Prepared, PreparedLists, at_most
from helpdesk.store.spool import Spooled, find
from helpdesk.store.tables import spool, spool_raw

if TYPE_CHECKING:
    from collections.abc import Collection
    from datetime import datetime

    from helpdesk.store.owner import Owner

PAUSES = (timedelta(minutes=1), timedelta(minutes=10))  # after the first attempt, after the second
MAX_ATTEMPTS = len(PAUSES) + 1
_BREATH = timedelta(seconds=1)  # between attempts that are forgiven again and again
_HEAVY = 4 * 2**20  # octets of a batch; a mail alone may be larger
_LOOKED_AT = 8  # mails to be tried alone, of which one is taken
_NUMBERS: sa.BindParameter[Any] = sa.bindparam("numbers", expanding=True)
_HOLD = PreparedLists(
    lambda numbers: skip_locked(
        sa.select(spool.c.id, spool.c.attempts, spool.c.claimed_by).where(spool.c.id.in_(numbers), WAITING)
    ),
    numbers=spool.c.id,
)
_SIZES = PreparedLists(
    lambda numbers: sa.select(spool_raw.c.spool_id, sa.func.length(spool_raw.c.raw).label("size")).where(
        spool_raw.c.spool_id.in_(numbers)
    ),
    numbers=spool_raw.c.spool_id,
)
_TRIED = sa.text("spool.attempts > 0")  # in the words of its index


_ANY = Prepared(sa.select(spool.c.id).where(WAITING).limit(at_most(1)))


def any_waiting(connection: sa.Connection) -> bool:
    """Whether any mail waits, in anybody's hands or due later: asked every second, most often in vain."""
    return bool(_ANY.rows(connection))


def claim(
    connection: sa.Connection, owner: Owner, *, now: datetime, limit: int, alone_first: bool = True
) -> list[Spooled]:
    """Take what is to be worked next: a batch of mails that were never tried, or a single one that was.

    `alone_first`: which of both, where there are both. The caller alternates, so that neither waits for the other.
    """
    claimed = order.claims(connection, owner)
    if alone_first:
        return _one_tried(connection, owner, claimed, now) or _batch(connection, owner, claimed, now, limit)
    return _batch(connection, owner, claimed, now, limit) or _one_tried(connection, owner, claimed, now)


def claim_at_once(connection: sa.Connection, owner: Owner, number: int, now: datetime) -> Spooled | None:
    """Take that very mail, to be tried alone, without the pause after an attempt; None where it is not to be had."""
    dead = order.claims(connection, owner).dead
    query = sa.select(spool.c.id, spool.c.attempts).where(spool.c.id == number, WAITING, _is_free(dead))
    row = connection.execute(skip_locked(query)).first()
    return None if row is None else _take(connection, owner, [row.id], **_attempt_after(row.attempts, now))[0]


def _batch(connection: sa.Connection, owner: Owner, claimed: order.Claims, now: datetime, limit: int) -> list[Spooled]:
    return _take(connection, owner, _light(connection, order.next_up(connection, claimed, now=now, limit=limit)))


def _light(connection: sa.Connection, numbers: list[int]) -> list[int]:
    """The first of them that are together no larger than `_HEAVY`: all are in memory at once, several times over."""
    if len(numbers) < 2:
        return numbers
    sizes = {row.spool_id: row.size for row in _SIZES.rows(connection, {"numbers": numbers})}
    sums = list(accumulate(sizes.get(number, 0) for number in numbers))
    return numbers[: max(1, bisect_right(sums, _HEAVY))]


def _one_tried(connection: sa.Connection, owner: Owner, claimed: order.Claims, now: datetime) -> list[Spooled]:
    dead = claimed.dead or _NONE
    for statement in (*([_OF_THE_DEAD] if claimed.dead else []), _TRIED_BEFORE):
        for row in statement.rows(connection, {"dead": dead}, now=now):
            if order.is_first(connection, claimed, row.id):
                return _take(connection, owner, [row.id], **_attempt_after(row.attempts, now))
    return []


def _to_be_tried(which: sa.ColumnElement[bool] | sa.TextClause, dead: Collection[Any]) -> sa.Select[Any]:
    return skip_locked(
        sa.select(spool.c.id, spool.c.attempts)
        .where(WAITING, which, spool.c.attempts < MAX_ATTEMPTS, _is_free(dead), DUE)
        .order_by(spool.c.received_at, spool.c.id)
        .limit(at_most(_LOOKED_AT))
    )


def _is_free(dead: Collection[Any]) -> sa.ColumnElement[bool]:
    return sa.or_(spool.c.claimed_by.is_(None), spool.c.id.in_(dead))


_NONE = (0,)  # no mail has this number
_OF_THE_DEAD = PreparedLists(lambda dead: _to_be_tried(spool.c.id.in_(dead), dead), dead=spool.c.id)
_TRIED_BEFORE = PreparedLists(lambda dead: _to_be_tried(_TRIED, dead), dead=spool.c.id)
_WORN_OUT = PreparedLists(
    lambda dead: sa.select(spool.c.id).where(WAITING, _TRIED, spool.c.attempts >= MAX_ATTEMPTS, _is_free(dead)),
    dead=spool.c.id,
)


def _take(connection: sa.Connection, owner: Owner, numbers: Collection[int], **values: Any) -> list[Spooled]:
    if not numbers:
        return []
    asked = {"numbers": list(numbers), "owner": owner.name, **values}
    connection.execute(_taking(connection.dialect.name), asked)
    return find(connection, numbers)


@lru_cache  # asked for with every batch
def _taking(dialect_name: str) -> sa.Update:
    return sa.update(spool).where(spool.c.id.in_(_NUMBERS)).values(**taken(dialect_name))


def _attempt_after(attempts: int, now: datetime) -> dict[str, Any]:
    """What is written when a mail is tried alone, which makes it this attempt, whatever becomes of the worker."""
    pause = PAUSES[attempts] if attempts < len(PAUSES) else None
    return {"attempts": attempts + 1, "next_at": pause and now + pause}


def begin(connection: sa.Connection, mail: Spooled, now: datetime) -> Spooled | None:
    """A mail of a batch is tried alone from here on; None where it is another's by now, or done."""
    values = _attempt_after(mail.attempts, now)
    return replace(mail, attempts=mail.attempts + 1) if _settle(connection, mail, **values) else None


def hold(connection: sa.Connection, mails: Collection[Spooled]) -> list[Spooled]:
    """Those of these mails that are still their owner's by this claim, held until the commit."""
    held = _HOLD.rows(connection, {"numbers": [mail.id for mail in mails]}) if mails else []
    rows = {(row.id, row.attempts, row.claimed_by) for row in held}
    return [mail for mail in mails if (mail.id, mail.attempts, mail.owner) in rows]


def renew(connection: sa.Connection, owner: Owner, numbers: Collection[int]) -> None:
    """The claims on these last: their owner is alive and works them."""
    claims.renew(connection, spool, owner, numbers)


def release(connection: sa.Connection, mail: Spooled, *, error: str) -> None:
    """This attempt failed: the mail waits for the next."""
    _settle(connection, mail, **FREED, error=error)


def forgive(connection: sa.Connection, mail: Spooled, now: datetime) -> int:
    """The attempt failed for a reason that was not the mail's, and does not count; returns how often it was so."""
    again = sa.case((spool.c.forgiven > 0, sa.literal(now + _BREATH, spool.c.next_at.type)), else_=sa.null())
    values = {**FREED, "attempts": max(mail.attempts - 1, 0), "forgiven": spool.c.forgiven + 1, "next_at": again}
    statement = sa.update(spool).where(_is_mine(mail)).values(values).returning(spool.c.forgiven)
    return int(connection.execute(statement).scalar() or 0)


def give_back(connection: sa.Connection, mail: Spooled) -> None:
    """Let a mail be tried again: this attempt does not count."""
    _settle(connection, mail, **FREED, attempts=max(mail.attempts - 1, 0), next_at=None)


def quarantine(connection: sa.Connection, mail: Spooled, *, error: str, now: datetime) -> bool:
    """Set the mail aside, bytes kept; says whether it was still its owner's to set aside."""
    values = {"state": "quarantined", "outcome": "quarantined", "done_at": now, "error": error, "next_at": None}
    return _settle(connection, mail, **FREED, **values)


def _settle(connection: sa.Connection, mail: Spooled, **values: Any) -> bool:
    return connection.execute(sa.update(spool).where(_is_mine(mail)).values(values)).rowcount == 1


def _is_mine(mail: Spooled) -> sa.ColumnElement[bool]:
    claim = sa.and_(spool.c.claimed_by.is_not_distinct_from(mail.owner), spool.c.attempts == mail.attempts)
    return sa.and_(spool.c.id == mail.id, WAITING, claim)


def worn_out(connection: sa.Connection, owner: Owner) -> list[Spooled]:
    """Mails that killed their worker too often, in nobody's hands."""
    dead = order.claims(connection, owner).dead
    return find(connection, [row.id for row in _WORN_OUT.rows(connection, {"dead": dead or _NONE})])


def earliest_due(connection: sa.Connection) -> datetime | None:
    """When the next mail that waits for another attempt is to be tried."""
    query = sa.select(sa.func.min(spool.c.next_at, type_=spool.c.next_at.type)).where(WAITING)
    found: datetime | None = connection.execute(query).scalar()
    return found
