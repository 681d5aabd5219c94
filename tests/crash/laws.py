"""The laws that hold after every fault, checked from the database, the sender's ledger and the smarthost's memory.

Nothing of the desk's own code is asked: the tables are read with plain SQL, so that a mistake in the store cannot
hide itself.

A second copy of a mail, always under the same Message-ID, is excused by what happened to that very mail, and by no time
that passed, so that a busy machine neither makes a fault nor hides one: its daemon died past its final dot without a
note of the answer, the smarthost never gave the answer, or an error was injected there. A database that is away, a
freeze and a stop excuse none, and nothing excuses one of an acknowledgment.
"""

from __future__ import annotations

import contextlib
import json
from collections import Counter
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

import sqlalchemy as sa

from helpdesk.store import sqlite

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from tests.process import Ledger, Letter, Premises
    from tests.wire.smarthost import AcceptedMail

OUTCOMES = {"held", "history", "opened", "appended", "ordered", "robot", "bounce", "loop", "ignored", "duplicate"}
ONCE = {"ack"}  # what is sent at most once, whatever happens
PAST_THE_DOT = ("out.post_dot", "out.post_250")  # places at which an error leaves it unknown whether a mail arrived


@dataclass
class Records:
    """What lies in the database."""

    engine: sa.Engine
    connection: sa.Connection | None = None  # where all looks are at one moment

    def rows(self, sql: str) -> Sequence[sa.Row]:
        if self.connection is not None:
            return self.connection.execute(sa.text(sql)).all()
        with self.engine.connect() as connection:
            return connection.execute(sa.text(sql)).all()

    def number(self, sql: str) -> int:
        return int(self.rows(sql)[0][0])

    def change(self, sql: str) -> None:
        with self.engine.begin() as connection:
            connection.execute(sa.text(sql))

    @contextlib.contextmanager
    def still(self) -> Iterator[Records]:
        """Everything as it is at one moment, while daemons go on."""
        with self.engine.connect() as connection:
            connection.exec_driver_sql("BEGIN" if self.embedded else "SET TRANSACTION ISOLATION LEVEL REPEATABLE READ")
            yield replace(self, connection=connection)
            connection.rollback()

    def has_tables(self) -> bool:
        return "outbox" in sa.inspect(self.engine).get_table_names()

    @property
    def embedded(self) -> bool:
        return self.engine.dialect.name == "sqlite"

    def instant(self, when: datetime) -> str:
        """An instant as the tables have it, quoted."""
        text = f"{when.astimezone(UTC):%Y-%m-%d %H:%M:%S.%f}"
        return f"'{text}'" if self.embedded else f"'{text}+00'"


def records(desk: Premises, *, url: str = "") -> Records:
    """The database of a desk, opened for looking; by another way than its own, where one is given."""
    url = url or desk.database
    # The SQLite that the desk uses: an older one that looks into the same file sees what has long been overwritten.
    library = {"module": sqlite.library()} if url.startswith("sqlite") else {}
    return Records(sa.create_engine(url, poolclass=sa.pool.NullPool, **library))


_AT_THE_DOT = "SELECT message_id FROM outbox WHERE state = 'handed_over'"


@dataclass
class Tally:
    """What else a check has to know: what was written to the desk, and which mails may have come twice."""

    letters: dict[int, Letter] = field(default_factory=dict)
    at_the_dot: Counter[str] = field(default_factory=Counter)  # mails whose daemon died there, by Message-ID
    errors: int = 0  # injected past the dot of one mail each
    by_imap: set[int] = field(default_factory=set)  # numbers of letters that get no 250
    counted_before: Counter[str] = field(default_factory=Counter)  # copies that an older version has forgotten since

    def add(self, letters: Iterable[Letter]) -> list[Letter]:
        added = list(letters)
        self.letters |= {each.number: each for each in added}
        return added

    def died(self, found: Records, pid: int) -> None:
        """A daemon is dead, and nobody has taken over yet what it had in hand."""
        if found.has_tables():
            rows = found.rows(f"{_AT_THE_DOT} AND claimed_by LIKE '%-{pid}-%'")
            self.at_the_dot.update(row.message_id for row in rows)

    def injects(self, place: str) -> None:
        """A daemon is started that will meet an error there, whenever it comes there."""
        self.errors += place in PAST_THE_DOT


# --- at every moment ---------------------------------------------------------------------------------------


def always(found: Records, ledger: Ledger, tally: Tally, accepted: Sequence[AcceptedMail]) -> None:
    """What no fault may break, not even for a while. `accepted` and the ledger are read before the database is."""
    promised = ledger.entries()
    with found.still() as now:
        is_sound(now)
        every_250_is_in_the_spool(now, promised, tally)
        one_case_a_mail(now)
        nothing_was_decided_twice(now)
        acknowledged_once(now)
        known_and_unchanged(now, accepted)
        nothing_is_set_aside(now)
    copies_are_excused(found, tally, accepted)


def is_sound(found: Records) -> None:
    if found.embedded:
        assert found.rows("PRAGMA integrity_check") == [("ok",)]
        assert found.rows("PRAGMA foreign_key_check") == []
        assert found.rows("PRAGMA journal_mode") == [("wal",)]


def every_250_is_in_the_spool(found: Records, promised: Sequence[tuple[int, int]], tally: Tally) -> None:
    """Each queue id is a row, whose bytes, or whose original's, are those that were sent; and those lie there once."""
    spool = {
        row.id: row for row in found.rows("SELECT id, copy_of, raw FROM spool LEFT JOIN spool_raw ON spool_id = id")
    }
    for number, queue_id in promised:
        assert queue_id in spool, f"mail {number} got its 250 as {queue_id}, and is lost"
        row = spool[queue_id]
        original = row if row.copy_of is None else spool[row.copy_of]
        assert bytes(original.raw) == tally.letters[number].raw, f"mail {number} of row {queue_id}"
    copies = Counter(bytes(row.raw) for row in spool.values() if row.copy_of is None)
    assert set(copies.values()) <= {1}, "a mail lies in the spool twice"
    assert all(row.raw is None for row in spool.values() if row.copy_of is not None)


def one_case_a_mail(found: Records) -> None:
    """A case has one mail that opened it, and a mail that is worked belongs to exactly one case."""
    _none(
        found, "SELECT outcome FROM spool WHERE (outcome IS NULL) <> (state = 'waiting')", "worked without an outcome"
    )
    assert found.number("SELECT count(*) FROM cases") == found.number(
        "SELECT count(*) FROM spool WHERE state = 'done' AND outcome = 'opened'"
    ), "as many cases as mails that opened one"
    doubled = "SELECT case_id FROM spool WHERE outcome = 'opened' GROUP BY case_id HAVING count(*) > 1"
    _none(found, doubled, "a case that two mails opened")
    _none(found, "SELECT spool_id FROM message GROUP BY spool_id HAVING count(*) > 1", "a mail that is two messages")
    _none(found, "SELECT message_id FROM message GROUP BY 1 HAVING count(*) > 1", "a mail that was worked twice")
    _none(
        found,
        "SELECT cases.id FROM cases LEFT JOIN message ON message.case_id = cases.id"
        " LEFT JOIN event ON event.case_id = cases.id AND event.type = 'acknowledged'"
        " WHERE message.id IS NULL OR event.seq IS NULL",
        "a case without its mail, or without a decision to acknowledge it",
    )


def nothing_was_decided_twice(found: Records) -> None:
    """No event of one mail, no step of one ladder and no breach stands on the record twice."""
    seen: Counter[tuple[object, ...]] = Counter()
    for row in found.rows("SELECT case_id, type, facts FROM event ORDER BY case_id, seq"):
        facts = _facts(row)
        if row.type == "step_taken":
            seen[row.case_id, row.type, facts["key"]] += 1
        elif row.type == "breached":
            seen[row.case_id, row.type, facts["clock"]] += 1
        elif row.type == "breach_withdrawn":
            seen[row.case_id, "breached", facts["clock"]] -= 1
        elif facts.get("message_id"):
            seen[row.type, facts["message_id"]] += 1
    assert not (twice := [key for key, count in seen.items() if count > 1]), f"decided twice: {twice}"


def acknowledged_once(found: Records) -> None:
    """One acknowledgment decision for every case, and an acknowledgment where it says so; no step is mailed twice."""
    decisions = found.rows("SELECT case_id, facts FROM event WHERE type = 'acknowledged'")
    assert Counter(row.case_id for row in decisions) == Counter(row.id for row in found.rows("SELECT id FROM cases"))
    acknowledged = sorted(row.case_id for row in decisions if _facts(row)["sent"])
    assert acknowledged == [
        row.case_id for row in found.rows("SELECT case_id FROM outbox WHERE kind = 'ack' ORDER BY 1")
    ], "an acknowledgment for every case that says so, and no other"
    kinds = "('ack', 'warning', 'breach', 'escalation')"
    twice = f"SELECT case_id, kind FROM outbox WHERE kind IN {kinds} GROUP BY 1, 2, recipient HAVING count(*) > 1"
    _none(found, twice, "a mail that was written twice")


def _facts(row: sa.Row) -> dict[str, object]:
    """Text in SQLite, a value already in PostgreSQL."""
    return json.loads(row.facts) if isinstance(row.facts, str) else row.facts


def _none(found: Records, sql: str, what: str) -> None:
    assert not (rows := found.rows(sql)), f"{what}: {[tuple(row) for row in rows[:5]]}"


def known_and_unchanged(found: Records, accepted: Sequence[AcceptedMail]) -> None:
    """Whatever the smarthost got is a row, with the same recipient."""
    rows = {row.message_id: row for row in found.rows("SELECT message_id, recipient FROM outbox")}
    for mail in accepted:
        assert mail.message_id in rows, f"the smarthost got {mail.message_id}, of which no row knows"
        assert mail.rcpt_to == (rows[mail.message_id].recipient,)


def nothing_is_set_aside(found: Records) -> None:
    """No mail of ours has a fault."""
    _none(found, "SELECT id, error FROM spool WHERE state = 'quarantined'", "set aside without fault")


def copies_are_excused(found: Records, tally: Tally, accepted: Sequence[AcceptedMail]) -> None:
    unexcused = doubled(found, tally, accepted)
    assert not unexcused, f"a second copy without a reason: {unexcused[:5]}"


@dataclass(frozen=True)
class Copy:
    """A mail that came once more; when it had come before, and whether the smarthost had given its answer then."""

    message_id: str
    kind: str
    after: float
    answered: bool


def copies(found: Records, accepted: Sequence[AcceptedMail]) -> list[Copy]:
    """Every mail that the smarthost was given again."""
    kinds = {row.message_id: row.kind for row in found.rows("SELECT message_id, kind FROM outbox")}
    before: dict[str, AcceptedMail] = {}
    again = []
    for mail in accepted:
        if earlier := before.get(mail.message_id):
            kind = kinds.get(mail.message_id, "?")
            again.append(Copy(mail.message_id, kind, earlier.at, earlier.answered.is_set()))
        before[mail.message_id] = mail
    return again


def doubled(found: Records, tally: Tally, accepted: Sequence[AcceptedMail]) -> list[Copy]:
    """The copies that nothing excuses; an acknowledgment's never is."""
    deaths, errors = tally.at_the_dot.copy(), tally.errors
    unexcused = []
    for copy in copies(found, accepted):
        if copy.kind in ONCE:
            unexcused.append(copy)
        elif not copy.answered:
            continue
        elif deaths[copy.message_id]:
            deaths[copy.message_id] -= 1
        elif errors:
            errors -= 1
        else:
            unexcused.append(copy)
    return unexcused


# --- once it is quiet --------------------------------------------------------------------------------------


def is_quiet(found: Records) -> bool:
    """Nothing waits to be worked or sent, and time alone owes nothing now."""
    return not what_waits(found)


def what_waits(found: Records) -> str:
    """What is still to be done; empty where nothing is."""
    # In the order of the pipe: what is written while we look must not have been looked for yet.
    if waiting := found.rows("SELECT id, attempts FROM spool WHERE state = 'waiting'"):
        return f"to be worked: {[tuple(row) for row in waiting[:5]]}"
    now = found.instant(datetime.now(UTC) + timedelta(seconds=3))
    if due := found.rows(f"SELECT id, next_at FROM cases WHERE next_at <= {now}"):
        return f"due: {[tuple(row) for row in due[:5]]}"
    waiting = found.rows("SELECT id, kind, state, attempts, next_at, detail FROM outbox WHERE next_at IS NOT NULL")
    return f"to be sent: {[tuple(row) for row in waiting[:5]]}" if waiting else ""


def in_the_end(
    found: Records, ledger: Ledger, tally: Tally, accepted: Sequence[AcceptedMail], broken_off: Sequence[bytes]
) -> None:
    """What must be so once the desk has caught up. `broken_off`: mails of which the smarthost never read the dot."""
    always(found, ledger, tally, accepted)
    every_mail_has_become_what_it_is(found, ledger, tally)
    everything_was_sent(found, tally, accepted, broken_off)
    every_silent_case_took_its_steps(found)
    the_counts_balance(found)


def every_mail_has_become_what_it_is(found: Records, ledger: Ledger, tally: Tally) -> None:
    """A first mail is a case, a reply is on the case that it is about; each is there once."""
    assert ledger.numbers() <= set(tally.letters)
    assert not (gone := lost(found, ledger, tally)), f"lost: {sorted(gone)}"
    rows = found.rows(
        "SELECT message.message_id, message.case_id, spool.outcome FROM message JOIN spool ON spool.id = spool_id"
    )
    became = {row.message_id: row for row in rows}
    unlike = set(became) ^ {each.message_id for each in tally.letters.values()}
    assert not unlike, f"mails that nobody wrote, or that are nowhere: {sorted(unlike)[:5]}"
    for each in tally.letters.values():
        row = became[each.message_id]
        if each.sort == "opens":
            assert row.outcome == "opened", f"mail {each.number} was to open a case: {tuple(row)}"
        else:
            assert row.outcome in {"appended", "ordered"}, f"mail {each.number}, {each.sort}: {tuple(row)}"
            about = became[tally.letters[each.about].message_id]
            assert row.case_id == about.case_id, f"mail {each.number} is not on the case it is about"


def lost(found: Records, ledger: Ledger, tally: Tally) -> set[int]:
    """Letters that were promised to be kept, or lay in a mailbox, and are nowhere."""
    there = {row.message_id for row in found.rows("SELECT message_id FROM message")}
    promised = ledger.numbers() | tally.by_imap
    return {number for number in promised if tally.letters[number].message_id not in there}


def everything_was_sent(
    found: Records, tally: Tally, accepted: Sequence[AcceptedMail], broken_off: Sequence[bytes]
) -> None:
    """Nothing is lost on the way out; of what nobody can know, the answer is missing, and it goes to no one twice."""
    outbox = found.rows("SELECT message_id, kind, state, copies FROM outbox")
    others = [tuple(row) for row in outbox if row.state not in {"sent", "uncertain"}]
    assert not others, f"not sent: {others[:5]}"
    kinds = {row.kind for row in outbox if row.state == "uncertain"}
    assert kinds <= ONCE, f"left uncertain though it may go twice: {kinds - ONCE}"
    unanswered = {mail.message_id for mail in accepted if not mail.answered.is_set()}
    uncertain = {row.message_id for row in outbox if row.state == "uncertain"} - unanswered - set(tally.at_the_dot)
    assert len(uncertain) <= len(broken_off) + tally.errors, f"uncertain without a reason: {sorted(uncertain)[:5]}"
    arrived = {mail.message_id for mail in accepted}
    missing = [tuple(row) for row in outbox if row.state == "sent" and row.message_id not in arrived]
    assert not missing, f"said to be sent, and never arrived: {missing[:5]}"
    again = Counter(copy.message_id for copy in copies(found, accepted))
    counted = Counter({row.message_id: row.copies for row in outbox}) + tally.counted_before
    assert again <= counted, f"copies that were not counted: {(again - counted).most_common(5)}"


def every_silent_case_took_its_steps(found: Records) -> None:
    """A case that no agent touched has its warning and its escalation, and its agent was told of it.

    What a daemon received whose clock was ahead begins when that says, and is owed nothing before.
    """
    begun = f"opened_at <= {found.instant(datetime.now(UTC))}"
    # What gives a case may be the call as well.
    for kind, is_it in (
        ("assigned", "(kind = 'assigned' OR also IS NOT NULL)"),
        ("warning", "kind = 'warning'"),
        ("escalation", "kind = 'escalation'"),
    ):
        _none(
            found,
            f"SELECT id FROM cases WHERE {begun} AND id NOT IN (SELECT case_id FROM message WHERE role = 'agent')"
            f" AND id NOT IN (SELECT case_id FROM outbox WHERE {is_it} AND case_id IS NOT NULL)",
            f"a case without its {kind}",
        )


def the_counts_balance(found: Records) -> None:
    """Every accepted mail became one of the things that mail can become."""
    became = {row.outcome for row in found.rows("SELECT DISTINCT outcome FROM spool")}
    assert became <= OUTCOMES, became
    duplicates = found.number("SELECT count(*) FROM spool WHERE outcome = 'duplicate'")
    assert duplicates == found.number("SELECT count(*) FROM spool WHERE copy_of IS NOT NULL")
