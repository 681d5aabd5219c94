"""Cases and their ledger. `event` is the truth; the columns of `cases` are an index of it for finding.

A case is read as the fold of its events. Saving appends the new events behind the ones that were read; if somebody
else appended in between, nothing is written and StaleCase is raised.
"""

from __future__ import annotations

from array import array
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING, Any

import sqlalchemy as sa

from helpdesk.core.clocks.measured import MeasuredCase, from_shape, measured
from helpdesk.core.clocks.milestones import Milestones, milestones_of
from helpdesk.core.words.case import Case, case_from
from helpdesk.core.words.decision import CaseBeside
from helpdesk.core.words.events import (
    AgentAnswered,
    CaseAssigned,
    ClockBreached,
    Event,
    MonitorReported,
    from_facts,
    to_facts,
)
from helpdesk.core.words.people import Workload
from helpdesk.errors import NotFound, StaleCase
from helpdesk.store import case_counts
from helpdesk.store.dialect import insert_ignoring, locked, skip_locked, wait_at_most
from helpdesk.store.prepared import Prepared, PreparedLists, at_most, one_of
from helpdesk.store.tables import LISTED, cases, event, message, policy_version, spool

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
    from datetime import datetime

    from helpdesk.core.words.clock import Clock
    from helpdesk.core.words.message import Message

_PATIENCE = 5  # seconds: nobody holds a case for that long but who is frozen
_AUTHORS = 50  # the newest mails of a customer that are looked at
_ACTIVE = ("open", "waiting")
_OTHERS = 6  # open cases of the same people that are told of beside one
_OWING = (*_ACTIVE, "merged")  # a merged case keeps its promises, but it is answered in another one

# What is asked for with every mail: to build a statement takes longer than to run it.
_INDEXED = [column.key for column in cases.c if column.key != "id"]
_INSERT = Prepared(sa.insert(cases).returning(cases.c.id), sets=_INDEXED)
_INSERT_KEPT = Prepared(sa.insert(cases).returning(cases.c.id), sets=["id", *_INDEXED])
_SAVED = Prepared(locked(sa.select(cases).where(cases.c.id == sa.bindparam("number")), referable=True))
_BRIEF = Prepared(
    sa.select(cases.c.mailbox, cases.c.policy, cases.c.severity, cases.c.opened_at).where(
        cases.c.id == sa.bindparam("number")
    )
)


def _open_of(column: sa.Column[str]) -> Prepared:
    """The newest open cases of one customer, or requester, besides one."""
    value: sa.BindParameter[str] = sa.bindparam("value")
    newest = cases.c.id.desc()
    found = (
        sa.select(cases.c.id, cases.c.requester, cases.c.subject, cases.c.mailbox, cases.c.team)
        # The condition in the index's own words, so that both databases use it.
        .where(sa.text(LISTED), one_of(cases.c.status, _ACTIVE), cases.c.id != sa.bindparam("besides"))
        .limit(at_most(_OTHERS))
    )

    def told(dialect: str) -> Any:
        if dialect != "postgresql":
            return found.where(column == value).order_by(newest)
        # In the order of the index, by what no equality makes constant: else it may take the newest of all cases, and
        # read on until six are theirs.
        return found.where(column.between(value, value)).order_by(column.desc(), newest)

    return Prepared(told)


_OPEN_OF = {column.key: _open_of(column) for column in (cases.c.customer, cases.c.requester)}
_APPEND = Prepared(sa.insert(event), sets=event.c.keys())
_REPORTED = PreparedLists(
    lambda numbers: (
        sa.select(
            *(cases.c.id, cases.c.customer, cases.c.policy, cases.c.policy_version),
            *(cases.c.opened_at, cases.c.measured, cases.c.mailbox, cases.c.team),
        )
        .where(cases.c.id.in_(numbers))
        .order_by(cases.c.id)
    ),
    numbers=cases.c.id,
)
_LEDGERS = PreparedLists(
    lambda numbers: sa.select(event).where(event.c.case_id.in_(numbers)).order_by(event.c.case_id, event.c.seq),
    numbers=event.c.case_id,
)
_HAS_EVENT = Prepared(
    sa.select(event.c.seq)
    .where(event.c.case_id == sa.bindparam("number"), event.c.type == sa.bindparam("type"))
    .limit(at_most(1))
)
_ANSWERED = PreparedLists(
    lambda numbers: sa.select(event.c.case_id).where(event.c.case_id.in_(numbers), event.c.type == AgentAnswered.type),
    numbers=event.c.case_id,
)
_ADD_MESSAGE = Prepared(sa.insert(message), sets=[column.key for column in message.c if column.key != "id"])
_MESSAGES = PreparedLists(
    lambda numbers: sa.select(message).where(message.c.case_id.in_(numbers)).order_by(message.c.at, message.c.id),
    numbers=message.c.case_id,
)
_FIRST_WORDS = PreparedLists(
    lambda numbers: sa.select(message.c.reply).where(
        message.c.id.in_(
            sa.select(sa.func.min(message.c.id))
            .where(message.c.case_id.in_(numbers))
            .group_by(message.c.case_id)
            .scalar_subquery()
        )
    ),
    numbers=message.c.case_id,
)
_WITH_AGENTS_MAIL = PreparedLists(
    lambda numbers: sa.select(message.c.case_id).where(
        message.c.case_id.in_(numbers),
        message.c.role == "agent",
        message.c.message_id == sa.bindparam("message_id"),
        message.c.spool_id != sa.bindparam("besides"),
    ),
    numbers=message.c.case_id,
)
_WITH_MAILS = PreparedLists(
    lambda message_ids: (
        sa.select(message.c.message_id, message.c.case_id)
        .where(message.c.message_id.in_(message_ids), message.c.visibility == "public")
        .order_by(message.c.id)
    ),
    message_ids=message.c.message_id,
)


@dataclass(frozen=True, slots=True)
class Opened:
    """Which cases: opened in [since, until), of one customer, under one policy. None asks for all."""

    since: datetime | None = None
    until: datetime | None = None
    customer: str | None = None
    policy: str | None = None


@dataclass(frozen=True, slots=True)
class Beside:
    """What follows from a case's events and is kept beside it, so that lists and reports need not read them."""

    marks: Milestones
    counted: MeasuredCase

    @property
    def row(self) -> dict[str, Any]:
        """The columns that hold it."""
        marks = {name: getattr(self.marks, name) for name in Milestones.__slots__}
        return {**marks, "measured": self.counted.shape()}


def beside(case: Case, found: Sequence[Clock]) -> Beside:
    """As these clocks of the case give it."""
    return Beside(milestones_of(case, found), measured(case, found))


@dataclass(frozen=True, slots=True)
class ReportedCase:
    """What a report counts of one case; `counted` None: it was not read since that is kept."""

    number: int
    customer: str
    policy: str
    version: str
    opened_at: datetime
    mailbox: str
    team: str  # whose it is, "" where its mailbox's
    counted: MeasuredCase | None


@dataclass(frozen=True, slots=True)
class BriefCase:
    """What a case is told apart by where it is counted, and since when it is there."""

    mailbox: str
    policy: str
    severity: str
    opened_at: datetime


@dataclass(frozen=True, slots=True)
class ListedCase:
    """A case in a list, without its ledger. `team`: whom it was given to, "" where it is its mailbox's."""

    number: int
    subject: str
    status: str
    opened_at: datetime
    mailbox: str
    team: str


@dataclass(frozen=True, slots=True)
class StoredMessage:
    """One mail of a case as people read it."""

    at: datetime
    author: str
    author_name: str
    role: str
    visibility: str
    message_id: str
    subject: str
    text: str
    reply: str
    attachments: tuple[Mapping[str, Any], ...]
    spool_id: int | None


@dataclass(frozen=True, slots=True)
class MailLocation:
    """Where a mail of a case lies, and what was thought of it."""

    spool_id: int
    role: str
    visibility: str
    message_id: str


def insert(connection: sa.Connection, case: Case, next_at: datetime | None, beside: Beside) -> int:
    """Store a new case with its ledger; returns its number."""
    row = {**_index(case), **beside.row, "next_at": next_at, "events": len(case.events)}
    if case.number:  # one that was kept for it
        (inserted,) = _INSERT_KEPT.rows(connection, **row, id=case.number)
    else:
        (inserted,) = _INSERT.rows(connection, **row)
    number = int(inserted.id)
    _append(connection, number, case.events, first=1)
    return number


def next_number(connection: sa.Connection) -> int:
    """A number for a case that is to be inserted in this transaction; nobody else gets it."""
    if connection.dialect.name == "sqlite":  # one writer at a time
        return last_number(connection) + 1
    sequence = sa.func.pg_get_serial_sequence(cases.name, cases.c.id.name)
    return int(connection.execute(sa.select(sa.func.nextval(sequence))).scalar_one())


def last_number(connection: sa.Connection) -> int:
    """The highest number of a case, 0 where there is none."""
    return int(connection.execute(sa.select(sa.func.coalesce(sa.func.max(cases.c.id), 0))).scalar_one())


def move_message(connection: sa.Connection, spool_id: int, *, to: int) -> None:
    """A mail goes from its case to another one, with its bytes."""
    connection.execute(sa.update(message).where(message.c.spool_id == spool_id).values(case_id=to))
    connection.execute(sa.update(spool).where(spool.c.id == spool_id).values(case_id=to))


def save(
    connection: sa.Connection, case: Case, *, new: Sequence[Event], next_at: datetime | None, beside: Beside
) -> None:
    """Append events to a case's ledger. Raises StaleCase if it grew since it was read."""
    before = len(case.events) - len(new)
    row = {**_index(case), **beside.row, "next_at": next_at, "events": len(case.events)}
    if not _change(connection, case.number, before, row):
        raise StaleCase(f"{case.ref} changed while it was being decided")
    _append(connection, case.number, new, first=before + 1)


def _change(connection: sa.Connection, number: int, before: int, row: Mapping[str, Any]) -> bool:
    """Write what differs alone: every index of a column that is named is written anew, whether it differs or not.

    The row is locked while it is compared: what `keep_beside` wrote between would stay where nothing seemed to differ.
    """
    for saved in _SAVED.rows(connection, number=number):
        changed = {name: value for name, value in row.items() if getattr(saved, name) != value or name == "events"}
        return _saving(tuple(changed)).change(connection, **changed, number=number, before=before) == 1
    return False


@lru_cache(maxsize=256)
def _saving(columns: tuple[str, ...]) -> Prepared:
    mine = sa.and_(cases.c.id == sa.bindparam("number"), cases.c.events == sa.bindparam("before"))
    return Prepared(sa.update(cases).where(mine), sets=columns)


def _index(case: Case) -> dict[str, Any]:
    assigned = case.of_type(CaseAssigned)
    return {
        "mailbox": case.mailbox,
        "policy": case.policy,
        "policy_version": case.policy_version,
        "customer": case.customer,
        "requester": case.requester.address,
        "subject": case.subject,
        "severity": case.severity,
        "rank": case.rank,
        "status": "merged" if case.merged_into and case.active else case.status,
        "assignee": case.assignee,
        "opened_at": case.opened_at,
        "assigned_at": assigned[-1].recorded_at if assigned else None,
        "team": case.team,
        "breached": bool(case.of_type(ClockBreached)),
    }


def _append(connection: sa.Connection, number: int, events: Sequence[Event], *, first: int) -> None:
    rows = [
        {
            "case_id": number,
            "seq": seq,
            "at": happened.at,
            "recorded_at": happened.recorded_at,
            "type": happened.type,
            "by": happened.by,
            "facts": to_facts(happened),
        }
        for seq, happened in enumerate(events, start=first)
    ]
    if rows:
        _APPEND.each(connection, rows)


def find(connection: sa.Connection, numbers: Collection[int]) -> dict[int, Case]:
    """The cases of these numbers that exist."""
    if not numbers:
        return {}
    ledgers: dict[int, list[Event]] = {}
    for row in _LEDGERS.rows(connection, {"numbers": {*numbers}}):
        happened = from_facts(row.type, (row.at, row.recorded_at, row.by), row.facts)
        ledgers.setdefault(row.case_id, []).append(happened)
    return {number: case_from(number, events) for number, events in ledgers.items()}


def load(connection: sa.Connection, number: int) -> Case:
    """One case. Raises NotFound."""
    found = find(connection, [number])
    if number not in found:
        raise NotFound(f"there is no case HD-{number}")
    return found[number]


def due(connection: sa.Connection, *, now: datetime, limit: int, besides: Collection[int] = ()) -> list[int]:
    """The numbers of cases that time has changed by `now`, the longest due first."""
    found = _due(limit).rows(connection, {"besides": besides or _NO_CASE}, now=now)
    return [int(row.id) for row in found]


_NO_CASE = (0,)  # no case has this number


@lru_cache  # asked for every second
def _due(limit: int) -> PreparedLists:
    return PreparedLists(
        lambda besides: (
            sa.select(cases.c.id)
            .where(cases.c.next_at.is_not(None), cases.c.next_at <= sa.bindparam("now"), cases.c.id.not_in(besides))
            .order_by(cases.c.next_at)
            # A literal, because PostgreSQL's generic plan for a bound LIMIT reads the whole table.
            .limit(at_most(limit))
        ),
        besides=cases.c.id,
    )


def hold_due(connection: sa.Connection, numbers: Collection[int], *, now: datetime) -> list[int]:
    """Those of these cases that are still due and that no other process holds, held until the commit."""
    query = sa.select(cases.c.id).where(cases.c.id.in_(list(numbers)), cases.c.next_at <= now)
    return [int(number) for number in connection.execute(skip_locked(query)).scalars()]


def hold(connection: sa.Connection, numbers: Collection[int], *, waits: bool = True) -> list[int]:
    """Those of these cases that exist, held until the commit: in the order of their numbers, as everybody does it.

    Raises StaleCase for one that another holds, where it is not waited for.
    """
    query = sa.select(cases.c.id).where(cases.c.id.in_(set(numbers))).order_by(cases.c.id)
    if waits:
        wait_at_most(connection, _PATIENCE)
        return [int(number) for number in connection.execute(locked(query)).scalars()]
    held = [int(number) for number in connection.execute(skip_locked(query)).scalars()]
    if len(held) < len(set(numbers)) and len(held) < len(connection.execute(query).all()):
        raise StaleCase(f"one of the cases {sorted(set(numbers))} is being worked on")
    return held


def of_departed(connection: sa.Connection, *, mailboxes: Collection[str], agents: Collection[str]) -> list[int]:
    """The open cases of these mailboxes that are somebody's who is none of these agents."""
    query = sa.select(cases.c.id).where(
        cases.c.status.in_(_ACTIVE),
        cases.c.mailbox.in_(list(mailboxes)),
        cases.c.assignee != "",
        cases.c.assignee.not_in(list(agents)),
    )
    return [int(number) for number in connection.execute(query.order_by(cases.c.id)).scalars()]


def open_of(connection: sa.Connection, agents: Collection[str]) -> list[int]:
    """The open cases of these agents, without those that wait."""
    query = sa.select(cases.c.id).where(cases.c.assignee.in_(list(agents)), cases.c.status == "open")
    return [int(number) for number in connection.execute(query.order_by(cases.c.id)).scalars()]


def keep_beside(connection: sa.Connection, found: Iterable[tuple[Case, Beside]]) -> None:
    """Keep what was read of these cases, of each unless it has changed since."""
    for case, kept in found:
        mine = sa.and_(cases.c.id == case.number, cases.c.events == len(case.events))
        connection.execute(sa.update(cases).where(mine).values(kept.row))


def numbers_after(connection: sa.Connection, after: int, *, limit: int) -> list[int]:
    """The first numbers of cases behind that one."""
    query = sa.select(cases.c.id).where(cases.c.id > after).order_by(cases.c.id)
    return [int(number) for number in connection.execute(query.limit(limit)).scalars()]


def has_event(connection: sa.Connection, number: int, kind: type[Event]) -> bool:
    """Whether something of that type is on a case's record."""
    return bool(_HAS_EVENT.rows(connection, number=number, type=kind.type))


def put_off(connection: sa.Connection, number: int) -> None:
    """Nothing is due on this case until something happens to it."""
    connection.execute(sa.update(cases).where(cases.c.id == number).values(next_at=None))


def earliest_due(connection: sa.Connection) -> datetime | None:
    """When time alone next changes something."""
    found: datetime | None = connection.execute(
        sa.select(cases.c.next_at).where(cases.c.next_at.is_not(None)).order_by(cases.c.next_at).limit(1)
    ).scalar()
    return found


def workloads(connection: sa.Connection, agents: Collection[str]) -> dict[str, Workload]:
    """Open cases of each agent, and when the last one was given to them. Asks counts and an index alone."""
    if not agents:
        return {}
    rows = _workloads(tuple(agents)).rows(connection)
    return {row.agent: Workload(int(row.number), row.at) for row in rows}


@lru_cache  # asked for with every mail
def _workloads(agents: tuple[str, ...]) -> Prepared:
    """Two look-ups in indexes for each agent. The agents are a table: an arm for each takes three times as long."""
    those = sa.values(sa.column("agent", sa.String)).data([(agent,) for agent in agents]).cte("agents")
    last = sa.func.max(cases.c.assigned_at, type_=cases.c.assigned_at.type)
    last_at = sa.select(last).where(cases.c.assignee == those.c.agent).scalar_subquery()
    return Prepared(
        sa.select(those.c.agent, case_counts.of_agent(those.c.agent, _ACTIVE).label("number"), last_at.label("at"))
    )


def brief(connection: sa.Connection, number: int | None) -> BriefCase | None:
    """A case without its ledger; None where there is none."""
    found = _BRIEF.rows(connection, number=number) if number else []
    return BriefCase(*found[0]) if found else None


def open_beside(connection: sa.Connection, case: Case) -> tuple[CaseBeside, ...]:
    """The newest other open cases of a case's customer, or of its requester, where that is nobody's we know."""
    by, value = ("customer", case.customer) if case.customer else ("requester", case.requester.address)
    found = _OPEN_OF[by].rows(connection, value=value, besides=case.number) if value else []
    return tuple(CaseBeside(*row) for row in found)


def of_requester(connection: sa.Connection, address: str, *, besides: int, limit: int) -> list[ListedCase]:
    """The newest cases of a requester, whatever became of them."""
    columns = (cases.c.id, cases.c.subject, cases.c.status, cases.c.opened_at, cases.c.mailbox, cases.c.team)
    query = sa.select(*columns).where(cases.c.requester == address, cases.c.id != besides)
    found = connection.execute(query.order_by(cases.c.id.desc()).limit(limit)).all() if address else ()
    return [ListedCase(*row) for row in found]


def has_customer(connection: sa.Connection, key: str) -> bool:
    """Whether any case is of that customer, who may be gone from the configuration since."""
    return connection.execute(sa.select(cases.c.id).where(cases.c.customer == key).limit(1)).first() is not None


def count(connection: sa.Connection, which: Opened) -> int:
    """How many cases these are."""
    return int(connection.execute(_opened(sa.select(sa.func.count()).select_from(cases), which)).scalar_one())


def numbers_of(connection: sa.Connection, which: Opened) -> array[int]:
    """The numbers of these cases in their order."""
    found = connection.execution_options(stream_results=True).execute(_opened(sa.select(cases.c.id), which))
    return array("q", sorted(found.scalars()))


def reported(connection: sa.Connection, numbers: Sequence[int]) -> list[ReportedCase]:
    """What reports count of these cases, in order."""
    return [
        ReportedCase(
            number=row.id,
            customer=row.customer,
            policy=row.policy,
            version=row.policy_version,
            opened_at=row.opened_at,
            mailbox=row.mailbox,
            team=row.team,
            counted=from_shape(row.measured) if row.measured else None,
        )
        for row in (_REPORTED.rows(connection, {"numbers": numbers}) if numbers else ())
    ]


def stream(connection: sa.Connection, which: Opened, *, batch: int = 200) -> Iterator[Case]:
    """These cases in order of their numbers, `batch` of them in memory at a time."""
    last = 0
    while True:
        query = _opened(sa.select(cases.c.id).where(cases.c.id > last), which).order_by(cases.c.id).limit(batch)
        numbers = [int(number) for number in connection.execute(query).scalars()]
        if not numbers:
            return
        yield from find(connection, numbers).values()
        last = numbers[-1]


def _opened(query: sa.Select[Any], which: Opened) -> sa.Select[Any]:
    conditions = []
    if which.since is not None:
        conditions.append(cases.c.opened_at >= which.since)
    if which.until is not None:
        conditions.append(cases.c.opened_at < which.until)
    if which.customer is not None:
        conditions.append(cases.c.customer == which.customer)
    if which.policy is not None:
        conditions.append(cases.c.policy == which.policy)
    return query.where(*conditions)


def numbers_to_move(connection: sa.Connection, policy: str, version: str) -> list[int]:
    """Open cases of a policy that run under another version of it."""
    query = sa.select(cases.c.id).where(
        cases.c.policy == policy, cases.c.policy_version != version, cases.c.status.in_(_OWING)
    )
    return [int(number) for number in connection.execute(query.order_by(cases.c.id)).scalars()]


@dataclass(frozen=True, slots=True)
class StoredPolicy:
    """A version of a policy as it was read: the file's text, and the public holidays known then (None: not kept)."""

    version: str
    policy: str
    name: str  # of the file
    text: str
    days: Mapping[str, Any] | None = None


def store_policy(connection: sa.Connection, stored: StoredPolicy, now: datetime) -> None:
    """Keep a policy version, once, so that an old case can be explained years later."""
    row = {name: getattr(stored, name) for name in StoredPolicy.__slots__} | {"stored_at": now}
    connection.execute(insert_ignoring(connection.dialect.name, policy_version).values(row))


def stored_policy(connection: sa.Connection, version: str) -> StoredPolicy:
    """A policy version. Raises NotFound."""
    row = connection.execute(sa.select(policy_version).where(policy_version.c.version == version)).first()
    if row is None:
        raise NotFound(f"the policy version {version} was never stored")
    return _stored_policy(row)


@dataclass(frozen=True, slots=True)
class PolicyVersion:
    """A stored version, and how many cases run under it now."""

    stored: StoredPolicy
    stored_at: datetime
    cases: int
    open_cases: int


def policy_versions(connection: sa.Connection, policy: str) -> list[PolicyVersion]:
    """The stored versions of a policy, the newest first."""
    active = sa.func.sum(sa.case((cases.c.status.in_(_ACTIVE), 1), else_=0))
    query = sa.select(cases.c.policy_version, sa.func.count(), active).where(cases.c.policy == policy)
    counts = {row[0]: (int(row[1]), int(row[2])) for row in connection.execute(query.group_by(cases.c.policy_version))}
    stored = sa.select(policy_version).where(policy_version.c.policy == policy)
    rows = connection.execute(stored.order_by(policy_version.c.stored_at.desc(), policy_version.c.version)).all()
    return [PolicyVersion(_stored_policy(row), row.stored_at, *counts.get(row.version, (0, 0))) for row in rows]


def policies_without_days(connection: sa.Connection) -> list[StoredPolicy]:
    """The versions that were stored before public holidays were kept with them."""
    query = sa.select(policy_version).where(policy_version.c.days.is_(sa.null()))
    return [_stored_policy(row) for row in connection.execute(query)]


def keep_days(connection: sa.Connection, version: str, days: Mapping[str, Any]) -> None:
    """Keep the public holidays of a version that was stored without."""
    mine = sa.and_(policy_version.c.version == version, policy_version.c.days.is_(sa.null()))
    connection.execute(sa.update(policy_version).where(mine).values(days=dict(days)))


def _stored_policy(row: Any) -> StoredPolicy:
    return StoredPolicy(row.version, row.policy, row.name, row.text, row.days)


def add_message(
    connection: sa.Connection,
    case: int,
    parsed: Message,
    *,
    spool_id: int | None,
    at: datetime,
    role: str,
    visibility: str,
    reply: str,
) -> None:
    """Keep what a mail says, for people to read."""
    sender = parsed.sender
    attachments = [
        {"name": part.name, "type": part.type, "size": part.size, "part": part.part, "kept": part.kept}
        for part in parsed.attachments
    ]
    row = {
        "case_id": case,
        "spool_id": spool_id,
        "role": role,
        "visibility": visibility,
        "at": at,
        "author": sender.address if sender else "",
        "author_name": sender.name if sender else "",
        "message_id": parsed.message_id,
        "subject": parsed.subject,
        "text": parsed.text,
        "reply": reply,
        "attachments": attachments,
    }
    _ADD_MESSAGE.change(connection, **row)


def messages(connection: sa.Connection, *numbers: int) -> list[StoredMessage]:
    """The mails of a case, or of several, oldest first."""
    return [_message(row) for row in _MESSAGES.rows(connection, {"numbers": numbers})] if numbers else []


def message_count(connection: sa.Connection, number: int) -> int:
    """How many mails a case has."""
    query = sa.select(sa.func.count()).where(message.c.case_id == number)
    return int(connection.execute(query).scalar_one())


def messages_from(connection: sa.Connection, number: int, *, skip: int, limit: int) -> list[StoredMessage]:
    """Some of the mails of a case, in the order of `messages`."""
    query = sa.select(message).where(message.c.case_id == number).order_by(message.c.at, message.c.id)
    return [_message(row) for row in connection.execute(query.offset(skip).limit(limit))]


def attachment_count(connection: sa.Connection, number: int, *, first: int) -> int:
    """How many files hang on the first mails of a case."""
    mails = sa.select(message.c.attachments).where(message.c.case_id == number).order_by(message.c.at, message.c.id)
    return sum(len(found) for found in connection.execute(mails.limit(first)).scalars())


def has_mail(connection: sa.Connection, number: int, message_id: str) -> bool:
    """Whether a mail with this Message-ID is on a case."""
    query = sa.select(message.c.id).where(message.c.case_id == number, message.c.message_id == message_id).limit(1)
    return bool(message_id) and connection.execute(query).first() is not None


def was_typed(connection: sa.Connection, message_id: str) -> bool:
    """Whether what an agent typed, and no mail that came, has this Message-ID, on whichever case."""
    query = sa.select(message.c.id).where(message.c.message_id == message_id, message.c.spool_id.is_(None)).limit(1)
    return connection.execute(query).first() is not None


def with_agents_mail(
    connection: sa.Connection, numbers: Collection[int], message_id: str, *, besides: int
) -> frozenset[int]:
    """On which of these cases an agent's mail had this Message-ID, besides the one of that spool row."""
    if not numbers or not message_id:
        return frozenset()
    rows = _WITH_AGENTS_MAIL.rows(connection, {"numbers": numbers}, message_id=message_id, besides=besides)
    return frozenset(int(row.case_id) for row in rows)


def with_mails(connection: sa.Connection, message_ids: Sequence[str]) -> tuple[int, ...]:
    """The cases on which people can see a mail with one of these Message-IDs, in the order in which they stand."""
    if not message_ids:
        return ()
    rows = _WITH_MAILS.rows(connection, {"message_ids": message_ids})
    found = [(row.message_id, int(row.case_id)) for row in rows]
    return tuple(dict.fromkeys(case for wanted in message_ids for known, case in found if known == wanted))


def never_answered(connection: sa.Connection, numbers: Collection[int]) -> list[int]:
    """Those of these cases on which no agent has answered a customer, in order."""
    if not numbers:
        return []
    asked = set(numbers)
    found = {int(row.case_id) for row in _ANSWERED.rows(connection, {"numbers": asked})}
    return sorted(asked - found)


def first_words(connection: sa.Connection, numbers: Collection[int]) -> list[str]:
    """What the mails that opened these cases say."""
    return [str(row.reply) for row in _FIRST_WORDS.rows(connection, {"numbers": {*numbers}})] if numbers else []


def latest_authors(connection: sa.Connection, customer: str) -> list[str]:
    """From which addresses people of a customer wrote last, the newest first; no monitor's."""
    watched = sa.select(event.c.seq).where(event.c.case_id == cases.c.id, event.c.type == MonitorReported.type).exists()
    query = (
        sa.select(message.c.author)
        .join(cases, cases.c.id == message.c.case_id)
        .where(cases.c.customer == customer, ~watched)
        .where(message.c.role == "customer", message.c.visibility == "public")
        .order_by(message.c.at.desc(), message.c.id.desc())
        .limit(_AUTHORS)
    )
    return list(dict.fromkeys(connection.execute(query).scalars()))


def kept(connection: sa.Connection, case: int) -> list[MailLocation]:
    """The mails that came in on a case, in the order of `messages`."""
    query = (
        sa.select(message.c.spool_id, message.c.role, message.c.visibility, message.c.message_id)
        .where(message.c.case_id == case, message.c.spool_id.is_not(None))
        .order_by(message.c.at, message.c.id)
    )
    return [MailLocation(row.spool_id, row.role, row.visibility, row.message_id) for row in connection.execute(query)]


def attachment_places(connection: sa.Connection, case: int) -> list[tuple[int, int, str]]:
    """Where a case's attachments lie, oldest first: (spool row, part of its MIME tree, why it is kept back or "")."""
    query = (
        sa.select(message.c.spool_id, message.c.attachments)
        .where(message.c.case_id == case, message.c.spool_id.is_not(None))
        .order_by(message.c.at, message.c.id)
    )
    return [
        (int(row.spool_id), int(part["part"]), str(part.get("kept") or ""))
        for row in connection.execute(query)
        for part in row.attachments
    ]


def _message(row: Any) -> StoredMessage:
    return StoredMessage(
        at=row.at,
        author=row.author,
        author_name=row.author_name,
        role=row.role,
        visibility=row.visibility,
        message_id=row.message_id,
        subject=row.subject,
        text=row.text,
        reply=row.reply,
        attachments=tuple(row.attachments),
        spool_id=row.spool_id,
    )
