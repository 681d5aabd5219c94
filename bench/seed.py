"""A desk of any size, fast: a few cases that the desk itself has made, copied in the database as often as is wanted.

    python bench/seed.py sqlite:////tmp/big/helpdesk.db --open 100000 --closed 200000 --folder /tmp/big [--due 1000]

The few come by mail, are answered, put off and closed by the desk on a clock of its own. Each copy has its own writer,
agent, instants and numbers, in every column and in the facts of its events, so that all that reads a case reads a
whole one. Open cases have short mails, closed ones none; of letters there are the first two, without bytes. Indexes are
left out while rows are written, and made again as they were. Whatever column a table has is copied; a table that is
added to the product must be added to `_COPIED` if cases have rows in it.

As many as `--due` say fall due by the clock at one instant, which `seed` returns; all others in days or weeks to come.
"""

from __future__ import annotations

import argparse
import importlib
import time
from collections import defaultdict
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

import mix
import sqlalchemy as sa
from desk import AGENTS, CUSTOMERS, write_desk

from helpdesk import log
from helpdesk.core.receive import acknowledgment
from helpdesk.core.words.message import Envelope
from helpdesk.desk import Desk, load_rules
from helpdesk.store import cases as case_store
from helpdesk.store import migrate, tables
from helpdesk.store.engine import Database, Instant
from helpdesk.store.spool import Accepted
from helpdesk.wires.courier import Outgoing, Sent

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from helpdesk.wires.courier import Outcome

CHUNK = 50_000  # cases in one transaction
WORDS = 500_000  # mails whose words are in the index, the newest: each takes half a millisecond
DAY = timedelta(days=1)
OPEN = {"waiting": 0.3, "answered": 0.6, "fresh": 0.1}  # of all that are open
_EACH = 3  # cases of a sort that the desk makes
_ANSWERS = {"waiting": "#wait 30d", "answered": "#ack", "closed": "#close"}
_MOST = {"outbox": 2}  # rows of a case
_COPIED = (tables.cases, tables.spool, tables.message, tables.event, tables.outbox)


# --- the few that the desk makes


@dataclass
class Smarthost:
    """Takes every letter at once."""

    letters: dict[str, list[mix.Letter]] = field(default_factory=lambda: defaultdict(list))

    def deliver(self, mail: Outgoing, *, before_dot: Callable[[], None]) -> Outcome:
        before_dot()
        self.letters[mail.recipient].append(mix.Letter(mail.recipient, mail.raw))
        return Sent("250 taken")

    def close(self) -> None:
        """Nothing is open."""


@dataclass
class Author:
    """Runs a desk on a clock of its own."""

    desk: Desk
    now: datetime
    smarthost: Smarthost = field(default_factory=Smarthost)
    number: int = 0

    def opens(self) -> int:
        """A customer writes; returns the number of their case."""
        self.number += 1
        writer = f"w{self.number:07}@client{self.number % CUSTOMERS:02}.example"
        raw = (
            f"From: <{writer}>\r\nTo: {mix.DESK}\r\nSubject: Prices of shop {self.number} look wrong\r\n"
            f"Message-ID: <m.{writer}>\r\n\r\nHello,\r\n\r\nsome prices of our shop {self.number} look wrong since "
            "yesterday. Could you have a look?\r\n\r\nThanks\r\n"
        )
        self._take(mix.Mail("short", writer, mix.DESK, raw.encode()))
        with self.desk.database.read() as connection:
            return int(connection.execute(sa.select(sa.func.max(tables.cases.c.id))).scalar_one())

    def answers(self, case: int, words: str) -> None:
        """Its agent answers, with an order."""
        with self.desk.database.read() as connection:
            row = connection.execute(
                sa.select(tables.outbox.c.recipient, tables.outbox.c.message_id)
                .where(
                    tables.outbox.c.case_id == case,
                    sa.or_(tables.outbox.c.kind == "assigned", tables.outbox.c.also.is_not(None)),
                )
                .order_by(tables.outbox.c.id.desc())
            ).first()
        assert row is not None
        letters = self.smarthost.letters[row.recipient]
        letter = next(each for each in letters if row.message_id.encode() in each.raw)
        self.number += 1
        self._take(mix.order(letter, self.number, words, self.now))

    def _take(self, mail: mix.Mail) -> None:
        envelope = Envelope(mail.sender, (mail.recipient,))
        self.desk.accept([Accepted(mix.DESK, mail.raw, envelope, "smtp", self.now)])
        while self.desk.work():
            pass
        self.sends()

    def sends(self) -> None:
        while self.desk.deliver(self.smarthost):
            pass

    def waits(self, span: timedelta) -> None:
        """Time passes, and does what it does."""
        until = self.now + span
        while (due := self._earliest()) is not None and due <= until:
            self.now = max(self.now, due)
            if not self.desk.tick():
                self.now += timedelta(minutes=1)
            self.sends()
        self.now = until

    def _earliest(self) -> datetime | None:
        with self.desk.database.read() as connection:
            return case_store.earliest_due(connection)


@dataclass(frozen=True, slots=True)
class Pattern:
    """A case that is copied."""

    sort: str
    case: int
    opened_at: datetime
    next_at: datetime | None
    agent: str
    writer: str


def _patterns(database: Database, configuration: Path, now: datetime) -> list[Pattern]:
    """A few of each sort, the closed ones first: time passes for them alone."""
    author = Author(Desk(database=database, rules=load_rules(configuration), now=lambda: author.now), _monday(now))
    author.desk.begin()
    sorts: dict[int, str] = {}
    for sort in ("closed", *OPEN):
        made = [author.opens() for _ in range(_EACH)]
        sorts |= dict.fromkeys(made, sort)
        author.now += timedelta(minutes=20)
        for case in made:
            if sort in _ANSWERS:
                author.answers(case, _ANSWERS[sort])
        if sort == "closed":
            author.waits(40 * DAY)
            author.now = _monday(now) + 42 * DAY
    with database.read() as connection:
        rows = {row.id: row for row in connection.execute(sa.select(tables.cases))}
    return [
        Pattern(sort, case, rows[case].opened_at, rows[case].next_at, rows[case].assignee[:5], rows[case].requester[:8])
        for case, sort in sorts.items()
    ]


def _monday(now: datetime) -> datetime:
    """A Monday afternoon, some eight weeks ago: all desks of the policy are open."""
    return (now - timedelta(days=now.weekday() + 56)).replace(hour=14, minute=0, second=0, microsecond=0)


# --- and their copies


@dataclass(frozen=True, slots=True)
class Copies:
    """So many of one sort, opened between two instants, in their order."""

    sort: str
    number: int
    first_at: datetime
    last_at: datetime
    due: bool = False  # they keep the instant at which they are due, some weeks later


def _plan(now: datetime, *, opened: int, closed: int, due: int) -> list[Copies]:
    shares = {sort: round(opened * share) for sort, share in OPEN.items()}
    return [
        Copies("closed", closed, now - 1095 * DAY, now - 30 * DAY),
        Copies("waiting", shares["waiting"], now - 29 * DAY, now - 2 * DAY),
        Copies("answered", shares["answered"], now - 60 * DAY, now - DAY),
        Copies("fresh", shares["fresh"], now - timedelta(hours=2), now),
        Copies("fresh", due, now, now, due=True),
    ]


class Copier:
    """Writes copies of patterns; a table of its own says how each differs from its pattern."""

    def __init__(self, connection: Any, patterns: list[Pattern], now: datetime, *, lite: bool) -> None:
        """`connection` is the driver's own."""
        self._connection, self._cursor = connection, connection.cursor()
        self._patterns, self._now, self._lite = patterns, now, lite
        self._cases = max(pattern.case for pattern in patterns)
        self._rows = {
            table.name: self._ask(f"SELECT max(id) FROM {table.name}") for table in _COPIED if "id" in table.c
        }
        self._width = {table.name: self._make_patterns(table) for table in _COPIED}
        self._number = 0
        self.run(
            "CREATE TEMP TABLE copy (n INTEGER, pattern BIGINT, shift BIGINT, ahead BIGINT,"
            " agent_was TEXT, writer_was TEXT, agent TEXT, writer TEXT)"
        )

    def run(self, statement: str) -> None:
        self._cursor.execute(statement)

    def _ask(self, query: str) -> int:
        self._cursor.execute(query)
        return int(self._cursor.fetchone()[0] or 0)

    def _make_patterns(self, table: sa.Table) -> int:
        """The rows of the patterns, numbered within their case; returns how many one has at most."""
        case, order = _case_column(table), "seq" if table is tables.event else "id"
        self.run(
            f"CREATE TEMP TABLE p_{table.name} AS SELECT t.*, row_number() OVER (PARTITION BY {case} ORDER BY {order})"
            f" - 1 AS place FROM {table.name} t WHERE {case} IS NOT NULL"
        )
        return self._ask(f"SELECT max(place) + 1 FROM p_{table.name}") or 1

    def write(self, copies: Copies) -> Iterator[int]:
        """Write these copies, a chunk at a time; gives how many of them are written."""
        for start in range(0, copies.number, CHUNK):
            self.run("DELETE FROM copy")
            rows = [self._row_of(copies, index) for index in range(start, min(start + CHUNK, copies.number))]
            mark = "?" if self._lite else "%s"
            self._cursor.executemany(f"INSERT INTO copy VALUES ({', '.join([mark] * 8)})", rows)
            for table in _COPIED:
                self._copy(table)
            if copies.sort != "closed":
                self._copy_bytes()
            self._connection.commit()
            yield start + len(rows)

    def _row_of(self, copies: Copies, index: int) -> tuple[int | str, ...]:
        patterns = [pattern for pattern in self._patterns if pattern.sort == copies.sort]
        pattern, self._number = patterns[index % len(patterns)], self._number + 1
        at = copies.first_at + index * ((copies.last_at - copies.first_at) / copies.number)
        return (
            self._number,
            pattern.case,
            2 * 7 * 86_400 if copies.due else int((at - pattern.opened_at).total_seconds()),
            0 if copies.due else 86_400 + index * 7919 % (60 * 86_400),
            pattern.agent,
            pattern.writer,
            f"a{self._number % AGENTS:03}@",
            f"w{self._number + 1000:07}",
        )

    def _copy_bytes(self) -> None:
        """The mails of open cases have their bytes; those of closed ones are erased."""
        self.run(
            f"INSERT INTO spool_raw (spool_id, raw) SELECT {self._row('spool')}, r.raw FROM copy CROSS JOIN p_spool p"
            " JOIN spool_raw r ON r.spool_id = p.id WHERE p.case_id = copy.pattern"
        )

    def _copy(self, table: sa.Table) -> None:
        columns = ", ".join(f'"{column.name}"' for column in table.columns)
        values = ", ".join(self._value(table, column) for column in table.columns)
        order = "" if self._lite else "ORDER BY copy.n, p.place"  # SQLite keeps the order of a CROSS JOIN
        self.run(
            f"INSERT INTO {table.name} ({columns}) SELECT {values} FROM copy CROSS JOIN p_{table.name} p"
            f" WHERE p.{_case_column(table)} = copy.pattern AND p.place < {_MOST.get(table.name, 1000)} {order}"
        )

    def _value(self, table: sa.Table, column: sa.Column[Any]) -> str:
        own, name = f'p."{column.name}"', column.name
        if name == _case_column(table):
            return f"{self._cases} + copy.n"
        if special := self._special(table.name, name, own):
            return special
        if isinstance(column.type, Instant):
            return self._shifted(own, "copy.shift")
        return self._renamed(own, column)

    def _special(self, table: str, name: str, own: str) -> str:
        """The value of a column that is not copied as others are."""
        later = self._shifted(self._instant(self._now), "copy.ahead")
        empty = f"CASE WHEN {own} IS NULL THEN NULL"
        found = {
            "id": self._row(table) if table in self._rows else "",
            # A mail has the same place among those of its case as its message has.
            "spool_id": f"{empty} ELSE {self._row('spool')} END",
            "text": "p.reply" if table == "message" else "",  # quotes are left out
            "content_key": f"{empty} ELSE {self._padded('copy.n')} || {self._padded('p.place')} END",
            "key": f"{own} || '/' || {self._padded('copy.n')}",
            "next_at": f"{empty} WHEN copy.ahead = 0 THEN {self._shifted(own, 'copy.shift')} ELSE {later} END"
            if table == "cases"
            else "",
        }
        return found.get(name, "")

    def _row(self, table: str) -> str:
        return f"{self._rows[table]} + copy.n * {self._width[table]} + p.place"

    def _padded(self, number: str) -> str:
        return f"printf('%020d', {number})" if self._lite else f"lpad(({number})::text, 20, '0')"

    def _instant(self, at: datetime) -> str:
        return f"'{at:%Y-%m-%d %H:%M:%S}.000000'" if self._lite else f"'{at:%Y-%m-%d %H:%M:%S}+00'::timestamptz"

    def _shifted(self, instant: str, seconds: str) -> str:
        if self._lite:
            return f"strftime('%Y-%m-%d %H:%M:%S.000000', {instant}, {seconds} || ' seconds')"
        return f"{instant} + {seconds} * interval '1 second'"

    def _renamed(self, own: str, column: sa.Column[Any]) -> str:
        """The writer and the agent of the copy, wherever the pattern has its own."""
        kept = {"mailbox", "policy", "policy_version", "state", "kind", "type", "status", "severity", "source", "turn"}
        if not isinstance(column.type, (sa.String, sa.JSON)) or column.name in kept:
            return own
        cast = isinstance(column.type, sa.JSON) and not self._lite
        text = f"{own}::text" if cast else own
        renamed = f"replace(replace({text}, copy.writer_was, copy.writer), copy.agent_was, copy.agent)"
        return f"({renamed})::json" if cast else renamed


def _case_column(table: sa.Table) -> str:
    return "id" if table is tables.cases else "case_id"


# --- all of it


def seed(
    database: Database,
    configuration: Path,
    *,
    opened: int,
    closed: int,
    due: int = 0,
    say: Callable[[str], object] = lambda _: None,
) -> datetime:
    """Fill an empty database; returns the instant at which the cases of `due` fall due."""
    log.quiet()
    acknowledgment.EVERYWHERE_A_MINUTE = 10**9  # else only the first sixty a minute would be written
    now = datetime.now(UTC).replace(microsecond=0)
    migrate.upgrade(database)
    patterns = _patterns(database, configuration, now)
    connection = database.engine.raw_connection()
    indexes = _without_indexes(connection, lite=database.embedded)
    copier = Copier(connection, patterns, now, lite=database.embedded)
    for copies in _plan(now, opened=opened, closed=closed, due=due):
        for number in copier.write(copies):
            say(f"{copies.sort}: {number:,} of {copies.number:,}")
    for number, statement in enumerate(indexes, 1):
        say(f"index {number} of {len(indexes)}")
        copier.run(statement)
    connection.commit()
    _settle(connection, lite=database.embedded)
    connection.close()
    database.close()  # no connection is kept that would not flush
    _recount(database)
    database.close()
    first_due = min(pattern.next_at for pattern in patterns if pattern.sort == "fresh" and pattern.next_at)
    return first_due + 2 * 7 * DAY


_HASTE_LITE = ("journal_mode=OFF", "synchronous=OFF", "foreign_keys=OFF", "secure_delete=OFF", "cache_size=-800000")
_HASTE = (
    "session_replication_role = replica",
    "synchronous_commit = off",
    "statement_timeout = 0",
    "maintenance_work_mem = '512MB'",
)


def _without_indexes(connection: Any, *, lite: bool) -> list[str]:
    """Drop what only finds, and let nothing be flushed; returns how the indexes are made."""
    cursor = connection.cursor()
    for setting in _HASTE_LITE if lite else _HASTE:
        cursor.execute(f"PRAGMA {setting}" if lite else f"SET {setting}")
    cursor.execute(
        "SELECT name, tbl_name, sql FROM sqlite_master WHERE type = 'index' AND sql IS NOT NULL"
        if lite
        else "SELECT indexname, tablename, indexdef FROM pg_indexes WHERE schemaname = 'public'"
        " AND indexname NOT IN (SELECT conname FROM pg_constraint)"
    )
    copied = {table.name for table in _COPIED}
    found = [(name, sql) for name, table, sql in cursor.fetchall() if table in copied]
    for name, _ in found:
        cursor.execute(f"DROP INDEX {name}")
    return [sql for _, sql in found]


def _settle(connection: Any, *, lite: bool) -> None:
    """Leave the database as one that has grown by itself."""
    cursor = connection.cursor()
    if lite:
        cursor.execute("PRAGMA journal_mode=WAL")
        connection.close()
        return
    for table in _COPIED:
        if "id" in table.c:
            cursor.execute(
                f"SELECT setval(pg_get_serial_sequence('{table.name}', 'id'), (SELECT max(id) FROM {table.name}))"
            )
    connection.commit()
    connection.driver_connection.autocommit = True
    cursor.execute("VACUUM ANALYZE")


def _recount(database: Database) -> None:
    """Where the product keeps counts and an index of words, triggers were not there to keep them."""
    with suppress(ModuleNotFoundError):  # an older checkout
        counts = importlib.import_module("helpdesk.store.case_counts")
        with database.write() as connection:
            counts.rebuild(connection)
    with suppress(ModuleNotFoundError):
        search = importlib.import_module("helpdesk.store.search")
        with database.write() as connection:
            search.rebuild(connection)
        for _ in range(WORDS // search.AT_A_TIME):
            if not search.index(database):
                break
        with database.write() as connection:
            connection.exec_driver_sql("ANALYZE")  # as autovacuum does, which is off in a bench


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("url")
    parser.add_argument("--open", type=int, default=100_000)
    parser.add_argument("--closed", type=int, default=200_000)
    parser.add_argument("--due", type=int, default=0)
    parser.add_argument("--folder", type=Path, default=Path(), help="where the configuration is written")
    options = parser.parse_args()
    began = time.perf_counter()
    database = Database(options.url)
    due_at = seed(
        database,
        write_desk(options.folder, options.url, desk='digest = "05:00 UTC"'),
        opened=options.open,
        closed=options.closed,
        due=options.due,
        say=lambda text: print(f"{time.perf_counter() - began:6.0f} s  {text}", end="\x1b[K\r"),
    )
    print(f"{options.open + options.closed:,} cases in {time.perf_counter() - began:.0f} s; due at {due_at}\x1b[K")


if __name__ == "__main__":
    main()
