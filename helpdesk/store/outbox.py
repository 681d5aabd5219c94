"""The outbox: mail composed, not yet sent. One row is one mail to one person, written once, ever (`key`).

    queued ── claim ──▶ sending ── before the final dot ──▶ handed_over ── reply ──▶ sent | queued again | failed
       ▲                   │                                    │
       └──── run out ──────┘                   run out: queued again, a possible copy, or uncertain

A claim is its owner's (`store.claims`) and is short; `lease` counts the claims, so that a worker that was frozen past
its own cannot finish what another has taken over. Right before the final dot the row becomes `handed_over`, in a
statement that fails for one who lost it. What is `sending` cannot have arrived, so it is anybody's as soon as its claim
has run out. What is `handed_over` may have: it waits until no reply can come any more and is then sent again under the
same Message-ID, which receivers can fold, and `copies` counts that. Only an acknowledgment becomes `uncertain` and is
not repeated, because a second one is worth less than none. A reply that is noted late still counts.

What goes first: `lane`, then age; what was deferred has turns of its own. The mails of one case to one recipient go in
their order: a later one waits while an earlier one is not over. It waits no longer once the far side has deferred the
earlier one `MAX_DEFERRALS` times, which is a few minutes, and what is urgent then waits for no deferred mail at all. A
far side that is not reached defers nothing: order is kept through its absence. What a backup had not sent is `held`.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache, lru_cache
from typing import TYPE_CHECKING, Any

import sqlalchemy as sa

from helpdesk.core.words.unseen import Handed
from helpdesk.errors import NotFound, Refused
from helpdesk.store.claims import FREED, held_by, run_out, taken, until
from helpdesk.store.dialect import insert_ignoring, skip_locked
from helpdesk.store.prepared import Prepared, PreparedLists, at_most, one_of
from helpdesk.store.tables import cases, outbox, outbox_raw

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Sequence
    from datetime import datetime, timedelta

    from helpdesk.store.owner import Owner

TABLE = outbox  # whose claims a `Keeper` renews
UNDELIVERED = ("failed", "uncertain")  # what waits for a person
NOTIFICATION = "notification"  # a call beyond mail: no mail, and sent by who sends nothing else
AT_MOST_ONCE = ("ack",)  # what answers a first mail by itself
MAX_DEFERRALS = 3  # how often the far side may defer a mail before the later ones of its case go without it

_URGENT, _AWAITED, _REST, _BEYOND_MAIL = range(4)
_LANES = {
    **dict.fromkeys(("ack", "breach", "escalation", "sign-in"), _URGENT),
    **dict.fromkeys(
        ("alert", "assigned", "customer-message", "ask", "out-of-scope", "relay", "resend-anonymised", "warning"),
        _AWAITED,
    ),
    NOTIFICATION: _BEYOND_MAIL,
}
_AT_ONCE = 200  # mails that are hastened in one transaction
_THREAD = 20  # Message-IDs of a thread
_STOPPED = "the desk stopped while sending"
_OUT_OF_HAND = {
    "sent": "was sent already",
    "handed_over": "is being handed over: the smarthost may have it, and its answer, or the end of the wait, decides",
}
# Numbers in the words of the partial indexes, so that both databases use them.
_NONE: sa.ColumnElement[int] = sa.literal_column("0", sa.Integer)
_FRESH = outbox.c.attempts == _NONE
_TRIED = outbox.c.attempts > _NONE
_UNREACHED = outbox.c.unreached > _NONE

# What is asked for with every mail: to build a statement takes longer than to run it.
_LATER = ("id", "claimed_by", "claimed_until", "sent_at")  # what a mail has none of when it is queued
_SAME_CLAIM = sa.and_(outbox.c.id == sa.bindparam("number"), outbox.c.lease == sa.bindparam("claim"))
_SENT = Prepared(sa.update(outbox).where(_SAME_CLAIM), sets=["state", "next_at", "sent_at", "detail", *FREED])
_ADD = Prepared(
    lambda dialect_name: insert_ignoring(dialect_name, outbox).returning(outbox.c.id),
    sets=[column.key for column in outbox.c if column.key not in _LATER],
)
_ADD_RAW = Prepared(sa.insert(outbox_raw), sets=["outbox_id", "raw"])
HAS_RAW = sa.exists().where(outbox_raw.c.outbox_id == outbox.c.id).correlate(outbox)  # its bytes are there
ERASED_UNSENT = "erased before it was sent"  # why it was dropped
_WITH_RAW = sa.select(outbox, outbox_raw.c.raw).select_from(outbox.outerjoin(outbox_raw))
_RAWS = PreparedLists(
    lambda numbers: sa.select(outbox_raw).where(outbox_raw.c.outbox_id.in_(numbers)), numbers=outbox_raw.c.outbox_id
)
_ACKNOWLEDGED = Prepared(
    sa.select(outbox.c.created_at, outbox.c.case_id).where(
        outbox.c.recipient == sa.bindparam("reader"),
        outbox.c.created_at > sa.bindparam("since"),
        one_of(outbox.c.kind, AT_MOST_ONCE),
    )
)
_ACKNOWLEDGED_EVERYWHERE = Prepared(
    sa.select(sa.func.count().label("number"))
    # The condition in the index's own words, so that both databases use it.
    .where(outbox.c.created_at > sa.bindparam("since"), sa.text("kind IN ('ack', 'out-of-scope')"))
    .select_from(outbox)
)
_MESSAGE_IDS = Prepared(
    sa.select(outbox.c.message_id)
    .where(outbox.c.case_id == sa.bindparam("number"), outbox.c.recipient == sa.bindparam("reader"))
    .order_by(outbox.c.id.desc())
    .limit(at_most(_THREAD))
)
_HANDED = PreparedLists(
    lambda numbers, readers: (
        sa.select(outbox.c.message_id, outbox.c.created_at, outbox.c.sent_at, outbox.c.state, outbox.c.shows)
        .where(outbox.c.case_id.in_(numbers), outbox.c.recipient.in_(readers), outbox.c.shows.is_not(None))
        .order_by(outbox.c.id)
    ),
    numbers=outbox.c.case_id,
    readers=outbox.c.recipient,
)


@dataclass(frozen=True, slots=True)
class Queued:
    """A mail to be sent."""

    key: str
    case: int | None
    kind: str
    recipient: str
    mail_from: str
    message_id: str
    raw: bytes
    enclosed: tuple[tuple[int, int], ...] = ()  # files to go along: (spool row, part of its MIME tree)
    subject: str = ""  # as people read it
    unwritable: str = ""  # why its recipient cannot be written to: it is never tried
    shows: tuple[int, ...] = ()  # rows of the spool whose words stand in it
    also: tuple[str, ...] = ()  # kinds of the less urgent mails that it stands for
    first: bool = False  # no mail of its case to its reader was there before


@dataclass(frozen=True, slots=True)
class Row:
    """A row of the outbox, as claimed or looked at."""

    id: int
    key: str
    case: int | None
    kind: str
    recipient: str
    mail_from: str
    message_id: str
    raw: bytes | None
    created_at: datetime
    state: str
    attempts: int
    next_at: datetime | None
    lease: int
    copies: int
    detail: str
    sent_at: datetime | None
    enclosed: tuple[tuple[int, int], ...]
    also: tuple[str, ...]

    @property
    def kinds(self) -> tuple[str, ...]:
        """All that it is, the most urgent first."""
        return (self.kind, *self.also)


def add(connection: sa.Connection, mails: Sequence[Queued], now: datetime, *, held: bool = False) -> None:
    """Queue mails in the transaction of the fact that causes them. A key that is there already is not doubled.

    `held` ones wait for `release`.
    """
    rows = [
        {
            "key": mail.key,
            "case_id": mail.case,
            "kind": mail.kind,
            "recipient": mail.recipient,
            "mail_from": mail.mail_from,
            "message_id": mail.message_id,
            "subject": mail.subject,
            "enclosed": [list(place) for place in mail.enclosed] or None,
            "shows": list(mail.shows) or None,
            "also": list(mail.also) or None,
            "created_at": now,
            "state": "failed" if mail.unwritable else "held" if held else "queued",
            "attempts": 0,
            "next_at": None if held or mail.unwritable else now,
            "lease": 0,
            "lane": _LANES.get(mail.kind, _REST),
            "unreached": 0,
            "copies": 0,
            "detail": mail.unwritable and f"cannot be written to: {mail.unwritable}",
        }
        for mail in mails
    ]
    if rows:
        added = [_ADD.rows(connection, **row) for row in rows]
        raws = [(new, mail.raw) for found, mail in zip(added, mails, strict=True) for new in found]
        _ADD_RAW.each(connection, [{"outbox_id": new.id, "raw": raw} for new, raw in raws])
        _bring_forward(connection, [*_following(mails)])


def _following(mails: Sequence[Queued]) -> Iterator[Queued]:
    """Those that come after another of their case to their reader."""
    begun: set[tuple[int | None, str]] = set()
    for mail in mails:
        place = mail.case, mail.recipient
        if not mail.first or place in begun:
            yield mail
        begun.add(place)


def _bring_forward(connection: sa.Connection, mails: Sequence[Queued]) -> None:
    """What an urgent mail has to wait for, because it is earlier to the same reader on the same case, is as urgent."""
    told = [
        {"on": mail.case, "reader": mail.recipient, "to": lane, "before": mail.key}
        for mail in mails
        if mail.case is not None and (lane := _LANES.get(mail.kind, _REST)) < _REST
    ]
    if told:
        _BRING_FORWARD.each(connection, told)


_ITSELF = outbox.alias("itself")
_EARLIER = sa.and_(
    outbox.c.case_id == sa.bindparam("on"),
    outbox.c.recipient == sa.bindparam("reader"),
    outbox.c.next_at.is_not(None),
    outbox.c.lane > sa.bindparam("to"),
    outbox.c.id < sa.select(_ITSELF.c.id).where(_ITSELF.c.key == sa.bindparam("before")).scalar_subquery(),
)
_BRING_FORWARD = Prepared(sa.update(outbox).where(_EARLIER).values(lane=sa.bindparam("to")))


def claim(
    connection: sa.Connection,
    owner: Owner,
    *,
    now: datetime,
    limit: int = 1,
    tried_first: bool = False,
    beyond_mail: bool = False,
) -> list[Row]:
    """Take mails whose time has come, nothing that anybody holds and nothing whose turn an earlier one has.

    What was never tried comes by lane and age. What was deferred comes by its time, after that or, with `tried_first`,
    before, so that neither keeps the other waiting for ever. `beyond_mail`: calls beyond mail, and no mail.
    """
    for tried in (True, False) if tried_first else (False, True):
        asked = {"now": now} if tried else {}
        while found := _taking(tried, limit, beyond_mail).rows(connection, **asked, owner=owner.name):
            raws = bytes_of(connection, [row.id for row in found])
            _drop_erased(connection, [row.id for row in found if row.id not in raws])
            if raws:
                return [_row(row, raws[row.id]) for row in sorted(found, key=lambda row: row.id) if row.id in raws]
    return []


def _drop_erased(connection: sa.Connection, numbers: Collection[int]) -> None:
    """Drop what was queued again at the moment when its bytes were erased.

    PostgreSQL waits for a row that is written, and then sees what lies beside it as it was before.
    """
    if numbers:
        values = {"state": "dropped", "next_at": None, "detail": ERASED_UNSENT, **FREED}
        connection.execute(sa.update(outbox).where(outbox.c.id.in_(list(numbers))).values(values))


def bytes_of(connection: sa.Connection, numbers: Collection[int]) -> dict[int, bytes]:
    """The bytes of these mails, as far as they were not erased."""
    found = _RAWS.rows(connection, {"numbers": numbers}) if numbers else []
    return {int(row.outbox_id): bytes(row.raw) for row in found}


def count_due(connection: sa.Connection, now: datetime, limit: int, *, beyond_mail: bool) -> int:
    """How many mails' time has come, up to a limit, held by anybody or nobody."""
    [found] = _counting(limit, beyond_mail).rows(connection, now=now)
    return min(int(found.fresh) + int(found.tried), limit)


@lru_cache  # asked for every second
def _counting(limit: int, beyond_mail: bool) -> Prepared:  # noqa: FBT001
    def count(which: sa.ColumnElement[bool]) -> sa.ScalarSelect[int]:
        due = sa.select(outbox.c.id).where(outbox.c.next_at.is_not(None), _of(beyond_mail), which)
        some = due.limit(at_most(limit)).subquery()
        return sa.select(sa.func.count()).select_from(some).scalar_subquery()

    tried = sa.and_(_TRIED, outbox.c.next_at <= sa.bindparam("now"))
    return Prepared(sa.select(count(_FRESH).label("fresh"), count(tried).label("tried")))


def any_beyond_mail(connection: sa.Connection) -> bool:
    """Whether any call beyond mail is not over."""
    return bool(_any_beyond_mail().rows(connection))


@cache  # asked for every second
def _any_beyond_mail() -> Prepared:
    query = sa.select(outbox.c.id).where(outbox.c.next_at.is_not(None), _of(True))
    return Prepared(query.limit(at_most(1)))


def _of(beyond_mail: bool) -> sa.ColumnElement[bool]:  # noqa: FBT001
    if beyond_mail:
        return outbox.c.kind == sa.literal_column(f"'{NOTIFICATION}'")  # in the words of their index
    return outbox.c.lane < sa.literal_column(str(_BEYOND_MAIL), sa.Integer)


@lru_cache
def _taking(tried: bool, limit: int, beyond_mail: bool) -> Prepared:  # noqa: FBT001
    """Claims so many of what was never tried, or of what was by `now`, for `owner`."""
    return Prepared(lambda dialect_name: _claim_of(dialect_name, tried=tried, limit=limit, beyond_mail=beyond_mail))


def _claim_of(dialect_name: str, *, tried: bool, limit: int, beyond_mail: bool) -> sa.sql.dml.ReturningUpdate[Any]:
    fresh = (_FRESH, (outbox.c.lane, outbox.c.id))
    deferred = (sa.and_(_TRIED, outbox.c.next_at <= sa.bindparam("now")), (outbox.c.next_at, outbox.c.id))
    which, order = deferred if tried else fresh
    due = skip_locked(
        sa.select(outbox.c.id)
        .where(
            outbox.c.next_at.is_not(None), outbox.c.claimed_by.is_(None), _of(beyond_mail), which, ~_follows_another()
        )
        .order_by(*order)
        .limit(at_most(limit))
    )
    claimed = {"state": "sending", "lease": outbox.c.lease + 1, "attempts": outbox.c.attempts + 1}
    return (
        sa.update(outbox)
        .where(outbox.c.id.in_(due.scalar_subquery()))
        .values(**claimed, **taken(dialect_name))
        .returning(outbox)
    )


def _follows_another() -> sa.ColumnElement[bool]:
    """An earlier mail of the same case to the same reader is not over, and is worth waiting for."""
    earlier = outbox.alias("earlier")
    put_off = sa.and_(earlier.c.state == "queued", earlier.c.unreached == _NONE)
    enough = sa.or_(
        earlier.c.attempts >= sa.literal_column(str(MAX_DEFERRALS)),
        sa.and_(earlier.c.attempts > _NONE, outbox.c.lane == sa.literal_column(str(_URGENT))),
    )
    return (
        sa.select(earlier.c.id)
        .where(
            earlier.c.case_id == outbox.c.case_id,
            earlier.c.recipient == outbox.c.recipient,
            earlier.c.id < outbox.c.id,
            earlier.c.next_at.is_not(None),
            ~sa.and_(put_off, enough),
        )
        .correlate(outbox)
        .exists()
    )


def hand_over(connection: sa.Connection, owner: Owner, row: Row, *, lease: timedelta) -> bool:
    """The final dot is next: from here on a repetition may be a second copy. False for one who has lost the mail.

    Others leave it alone for `lease`.
    """
    return _handing_over(lease).change(connection, number=row.id, claim=row.lease, owner=owner.name) == 1


@lru_cache
def _handing_over(lease: timedelta) -> Prepared:
    unsettled = one_of(outbox.c.state, ("sending", "handed_over"))
    mine = sa.and_(_SAME_CLAIM, outbox.c.claimed_by == sa.bindparam("owner"), unsettled)
    handed = sa.update(outbox).where(mine).values(state="handed_over")
    return Prepared(lambda dialect_name: handed.values(claimed_until=until(dialect_name, lease)))


def sent(connection: sa.Connection, row: Row, *, now: datetime, detail: str) -> bool:
    """The far side has it."""
    values = {"state": "sent", "next_at": None, "sent_at": now, "detail": detail, **FREED}
    return _SENT.change(connection, number=row.id, claim=row.lease, **values) == 1


def retry(
    connection: sa.Connection, row: Row, *, at: datetime, detail: str, unreached: bool = False, copy: bool = False
) -> bool:
    """Try again at that instant. `unreached`: the far side was not there; `copy`: it may have the mail already."""
    values: dict[str, Any] = {"unreached": outbox.c.unreached + 1 if unreached else 0}
    if copy:
        values["copies"] = outbox.c.copies + 1
    return _move(connection, row, **_unless_erased(at), detail=detail, **values)


def not_tried(connection: sa.Connection, row: Row, *, at: datetime, detail: str) -> bool:
    """It came to nothing before the far side was asked: as good as new, and nobody has deferred it."""
    return _move(connection, row, **_unless_erased(at), attempts=outbox.c.attempts - 1, detail=detail)


def _unless_erased(at: datetime) -> dict[str, Any]:
    """Queued again, where its bytes are still there: they may be erased after the final dot."""
    return {
        "state": sa.case((HAS_RAW, "queued"), else_="dropped"),
        "next_at": sa.case((HAS_RAW, sa.literal(at, outbox.c.next_at.type)), else_=sa.null()),
    }


def hasten(connection: sa.Connection, now: datetime) -> None:
    """The far side is there again: what could not reach it is as good as new, in the order of what is new.

    So many at a time; the others follow when this is asked again.
    """
    away = sa.select(outbox.c.id).where(outbox.c.state == "queued", _UNREACHED).order_by(outbox.c.id).limit(_AT_ONCE)
    values = {"next_at": now, "attempts": 0, "unreached": 0}
    which = outbox.c.id.in_(skip_locked(away).scalar_subquery())
    connection.execute(sa.update(outbox).where(which).values(values))


def send_now(connection: sa.Connection, now: datetime) -> None:
    """Try at once all that waits for a later time: that time was read from a clock that was wrong."""
    waits = sa.and_(outbox.c.state == "queued", outbox.c.next_at > now)
    connection.execute(sa.update(outbox).where(waits).values(next_at=now))


def give_back_all(connection: sa.Connection, owner: Owner) -> None:
    """This owner ends: what it holds before the final dot is anybody's, and lost to it."""
    mine = sa.and_(outbox.c.claimed_by.is_not(None), held_by(outbox, owner), outbox.c.state == "sending")
    connection.execute(sa.update(outbox).where(mine).values(state="queued", **FREED))


def _lost(dialect_name: str, known: Collection[Any] | None = None) -> sa.Select[Any]:
    columns = (outbox.c.id, outbox.c.state, outbox.c.kind, (~HAS_RAW).label("erased"))
    return skip_locked(sa.select(*columns).where(run_out(outbox, dialect_name, known=known)))


_NO_ROW = (0,)  # no row has this number
_LOST = Prepared(_lost)
_LOST_BESIDES = PreparedLists(lambda known: lambda name: _lost(name, known), known=outbox.c.id)


def settle(connection: sa.Connection, owner: Owner, *, known: Collection[int] | None = None) -> int:
    """What a claim has run out on is anybody's again; returns how many mails that concerns.

    What was past its final dot may have arrived. It is sent again and counted as a possible copy, or, where that is
    worse than none, left uncertain. `known`: see `claims.run_out`.
    """
    if known is None:
        found = _LOST.rows(connection, owner=owner.name)
    else:
        found = _LOST_BESIDES.rows(connection, {"known": known or _NO_ROW}, owner=owner.name)
    dots = [row for row in found if row.state == "handed_over"]
    once = [row.id for row in dots if row.kind in AT_MOST_ONCE or row.erased]
    again = [row.id for row in dots if row.id not in once]
    _free(connection, [row.id for row in found if row.state != "handed_over"], state="queued")
    _free(connection, again, state="queued", copies=outbox.c.copies + 1, detail=_STOPPED)
    _free(connection, once, state="uncertain", next_at=None, detail=_STOPPED)
    return len(found)


def _free(connection: sa.Connection, ids: Collection[int], **values: Any) -> None:
    if ids:
        connection.execute(sa.update(outbox).where(outbox.c.id.in_(ids)).values(**values, **FREED))


def without_files(connection: sa.Connection, row: Row, *, now: datetime, detail: str) -> bool:
    """Try again at once, with the words alone: it was refused with its files."""
    return _move(connection, row, **_unless_erased(now), enclosed=None, detail=detail)


def leave_uncertain(connection: sa.Connection, row: Row, *, detail: str) -> bool:
    """The far side may have it; it is not sent again."""
    return _move(connection, row, state="uncertain", next_at=None, detail=detail)


def fail(connection: sa.Connection, row: Row, *, detail: str) -> bool:
    """It will not be sent; kept for people to look at and retry."""
    return _move(connection, row, state="failed", next_at=None, detail=detail)


def try_again(connection: sa.Connection, ids: Collection[int], *, at: datetime) -> None:
    """These were given up too early: they are tried on, those that still are."""
    mine = sa.and_(outbox.c.id.in_(sorted(ids)), outbox.c.state == "failed", HAS_RAW)
    connection.execute(sa.update(outbox).where(mine).values(state="queued", next_at=at, **FREED))


def retry_all(connection: sa.Connection, now: datetime) -> int:
    """Put all that had failed back to the front, where its bytes are still there; returns how many."""
    which = sa.and_(outbox.c.state == "failed", HAS_RAW)
    values = {"state": "queued", "next_at": now, "attempts": 0, "unreached": 0, "detail": "retried by hand", **FREED}
    return connection.execute(sa.update(outbox).where(which).values(values)).rowcount


def came_back(connection: sa.Connection, row: Row, *, permanent: bool, detail: str) -> None:
    """A delivery report is about this mail: `bounced` for good; a delay is only noted."""
    values = {"state": "bounced", "next_at": None} if permanent else {}
    maybe = outbox.c.state.in_(("uncertain", "sending", "handed_over"))
    mine = sa.and_(outbox.c.id == row.id, outbox.c.sent_at.is_not(None) | maybe)
    connection.execute(sa.update(outbox).where(mine).values(**values, detail=detail))


def _move(connection: sa.Connection, row: Row, **values: Any) -> bool:
    values = {**values, **FREED}
    mine = sa.and_(outbox.c.id == row.id, outbox.c.lease == row.lease)
    return connection.execute(sa.update(outbox).where(mine).values(values)).rowcount == 1


def acknowledged(connection: sa.Connection, recipient: str, *, since: datetime) -> list[tuple[datetime, int | None]]:
    """When an address was acknowledged since then, and for which case."""
    rows = _ACKNOWLEDGED.rows(connection, reader=recipient, since=since)
    return [(row.created_at, row.case_id) for row in rows]


def acknowledged_everywhere(connection: sa.Connection, *, since: datetime) -> int:
    """How many acknowledgments were written since then."""
    (counted,) = _ACKNOWLEDGED_EVERYWHERE.rows(connection, since=since)
    return int(counted.number)


def earliest_due(connection: sa.Connection) -> datetime | None:
    """When the next mail is to be sent or tried again."""
    found: datetime | None = connection.execute(
        sa.select(outbox.c.next_at).where(outbox.c.next_at.is_not(None)).order_by(outbox.c.next_at).limit(1)
    ).scalar()
    return found


def copies(connection: sa.Connection) -> int:
    """How many mails were sent again, since ever, though they may have arrived."""
    query = sa.select(sa.func.coalesce(sa.func.sum(outbox.c.copies), 0)).where(outbox.c.copies > _NONE)
    return int(connection.execute(query).scalar_one())


def rows(connection: sa.Connection, *, states: Sequence[str] | None = None, case: int | None = None) -> list[Row]:
    """Rows in order of writing; without arguments, all."""
    query = _WITH_RAW.order_by(outbox.c.id)
    if states is not None:
        query = query.where(outbox.c.state.in_(states))
    if case is not None:
        query = query.where(outbox.c.case_id == case)
    return [_row(row, row.raw) for row in connection.execute(query)]


def undelivered(
    connection: sa.Connection, *, limit: int, about: sa.ColumnElement[bool] | None = None
) -> tuple[list[Row], int]:
    """What failed or may be lost, the newest first, at most `limit`; and how many in all.

    `about` are the cases whose mails are wanted; without it all mails are, also those about none.
    """
    left: sa.ColumnElement[bool] | sa.TextClause = sa.text(
        "state IN ('failed', 'uncertain')"
    )  # in the index's own words, so that both databases use it
    if about is not None:
        left = sa.and_(left, sa.exists().where(cases.c.id == outbox.c.case_id, about))
    number = connection.execute(sa.select(sa.func.count()).select_from(outbox).where(left)).scalar_one()
    query = _WITH_RAW.where(left).order_by(outbox.c.id.desc()).limit(limit)
    return [_row(row, row.raw) for row in connection.execute(query)], int(number)


def load(connection: sa.Connection, number: int, *, lock: bool = False) -> Row:
    """One row; `lock` keeps it as it is until the transaction ends. Raises NotFound."""
    query = _WITH_RAW.where(outbox.c.id == number)
    row = connection.execute(query.with_for_update(of=outbox) if lock else query).first()
    if row is None:
        raise NotFound(f"there is no mail {number} in the outbox")
    return _row(row, row.raw)


def retry_now(connection: sa.Connection, number: int, now: datetime, *, by: str = "hand") -> None:
    """Put a failed or waiting mail back to the front.

    Raises NotFound, also where its bytes were erased, and Refused where a second copy would be made of it.
    """
    if _in_hand(connection, number).raw is None:
        raise NotFound(f"the bytes of mail {number} were erased")
    values = {
        "state": "queued",
        "next_at": now,
        "attempts": 0,
        "unreached": 0,
        "copies": outbox.c.copies + sa.case((outbox.c.state == "uncertain", 1), else_=0),
        "detail": f"retried by {by}",
        **FREED,
    }
    connection.execute(sa.update(outbox).where(outbox.c.id == number).values(values))


def release(connection: sa.Connection, now: datetime, *, by: str = "hand") -> int:
    """Send what a restored backup or an import held back; returns how many."""
    values = {"state": "queued", "next_at": now, "detail": f"released by {by}"}
    held = sa.and_(outbox.c.state == "held", HAS_RAW)
    return connection.execute(sa.update(outbox).where(held).values(values)).rowcount


def drop(connection: sa.Connection, number: int, *, by: str = "") -> None:
    """Never send it; the row stays as a record. Raises NotFound, and Refused where it may be out already."""
    _in_hand(connection, number)
    values = {"state": "dropped", "next_at": None, **({"detail": f"dropped by {by}"} if by else {}), **FREED}
    connection.execute(sa.update(outbox).where(outbox.c.id == number).values(values))


def _in_hand(connection: sa.Connection, number: int) -> Row:
    """A mail that people may decide about, kept from the senders until they have. Raises NotFound and Refused."""
    row = load(connection, number, lock=True)
    if row.state in _OUT_OF_HAND:
        raise Refused(f"mail {number} {_OUT_OF_HAND[row.state]}")
    return row


def key_of(connection: sa.Connection, message_id: str, numbers: Collection[int]) -> str:
    """The key of the mail about one of these cases that has this Message-ID; "" without one."""
    query = sa.select(outbox.c.key).where(outbox.c.case_id.in_(list(numbers)), outbox.c.message_id == message_id)
    return str(connection.execute(query).scalar() or "")


@lru_cache
def _raws_to(limit: int) -> PreparedLists:
    return PreparedLists(
        lambda numbers, readers, named: (
            sa.select(outbox.c.kind, outbox_raw.c.raw)
            .join(outbox_raw)
            .where(outbox.c.case_id.in_(numbers), outbox.c.recipient.in_(readers))
            .order_by(sa.case((outbox.c.message_id.in_(named), 1), else_=0).desc(), outbox.c.id.desc())
            .limit(at_most(limit))
        ),
        numbers=outbox.c.case_id,
        readers=outbox.c.recipient,
        named=outbox.c.message_id,
    )


def raws_to(
    connection: sa.Connection,
    numbers: Collection[int],
    recipients: Collection[str],
    *,
    named: Collection[str],
    limit: int,
) -> list[tuple[str, bytes]]:
    """What we wrote to a person on these cases, with its kind: these Message-IDs first, then the newest."""
    if not numbers or not recipients:
        return []
    lists = {"numbers": numbers, "readers": recipients, "named": named or ("",)}
    return [(str(row.kind), bytes(row.raw)) for row in _raws_to(limit).rows(connection, lists)]


def message_ids_to(connection: sa.Connection, case: int, recipient: str) -> list[str]:
    """Message-IDs of what we wrote to a person on a case, oldest first."""
    found = _MESSAGE_IDS.rows(connection, number=case, reader=recipient)
    return [str(row.message_id) for row in reversed(found)]


def handed(connection: sa.Connection, numbers: Collection[int], recipients: Collection[str]) -> list[Handed]:
    """What we wrote to a person on these cases that shows mails of them."""
    lists = {"numbers": numbers, "readers": recipients}
    found = _HANDED.rows(connection, lists) if numbers and recipients else []
    return [
        Handed(row.message_id, row.created_at, row.sent_at if row.state == "sent" else None, frozenset(row.shows))
        for row in found
    ]


def _row(row: Any, raw: bytes | None) -> Row:
    return Row(
        id=row.id,
        key=row.key,
        case=row.case_id,
        kind=row.kind,
        recipient=row.recipient,
        mail_from=row.mail_from,
        message_id=row.message_id,
        raw=raw,
        created_at=row.created_at,
        state=row.state,
        attempts=row.attempts,
        next_at=row.next_at,
        lease=row.lease,
        copies=row.copies,
        detail=row.detail,
        sent_at=row.sent_at,
        enclosed=tuple((int(mail), int(part)) for mail, part in row.enclosed or ()),
        also=tuple(row.also or ()),
    )
