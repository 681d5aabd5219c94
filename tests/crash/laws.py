"""The laws that hold after every kill, checked from the database, the sender's ledger and the smarthost's memory.

Nothing of the desk's own code is asked: the tables are read with plain SQL, so that a mistake in the store cannot
hide itself.
"""

from __future__ import annotations

import json
from collections import Counter
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import sqlalchemy as sa

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from tests.process import Ledger, Letter, Premises
    from tests.wire.smarthost import AcceptedMail

OUTCOMES = {"opened", "appended", "robot", "bounce", "loop", "ignored", "duplicate", "quarantined"}


@dataclass
class Records:
    """What lies in the database."""

    engine: sa.Engine

    def rows(self, sql: str) -> Sequence[sa.Row]:
        with self.engine.connect() as connection:
            return connection.execute(sa.text(sql)).all()

    def number(self, sql: str) -> int:
        return int(self.rows(sql)[0][0])

    @property
    def embedded(self) -> bool:
        return self.engine.dialect.name == "sqlite"


def records(desk: Premises) -> Records:
    """The database of a desk, opened for looking."""
    return Records(sa.create_engine(desk.database, poolclass=sa.pool.NullPool))


@dataclass
class Tally:
    """What else a check has to know: what was written to the desk, and which mails a death left in doubt."""

    letters: dict[int, Letter] = field(default_factory=dict)
    repeatable: Counter[str] = field(default_factory=Counter)  # how often the row did not know what the smarthost had
    handed_over: set[str] = field(default_factory=set)  # acknowledgments at whose dot the desk died

    def add(self, letters: Iterable[Letter]) -> list[Letter]:
        added = list(letters)
        self.letters |= {each.number: each for each in added}
        return added

    def note_doubt(self, found: Records, accepted: Sequence[AcceptedMail]) -> None:
        """To be called at every death: what the next life may send again, and what it has to leave."""
        there = {mail.message_id for mail in accepted}
        rows = found.rows("SELECT message_id, state FROM outbox WHERE next_at IS NOT NULL AND lease_until IS NOT NULL")
        again = [row.message_id for row in rows if row.message_id in there and row.state == "sending"]
        dots = [row.message_id for row in rows if row.state == "handed_over"]
        assert len(again) + len(dots) <= 1, "one mail is on its way at a time"
        self.repeatable.update(again)
        self.handed_over.update(dots)


# --- at every moment ---------------------------------------------------------------------------------------


def always(found: Records, ledger: Ledger, tally: Tally, accepted: Sequence[AcceptedMail]) -> None:
    """What no kill may break, not even for a while."""
    is_sound(found)
    every_250_is_in_the_spool(found, ledger, tally)
    one_case_a_mail(found)
    acknowledged_once(found)
    known_and_unchanged(found, accepted)


def is_sound(found: Records) -> None:
    if found.embedded:
        assert found.rows("PRAGMA integrity_check") == [("ok",)]
        assert found.rows("PRAGMA foreign_key_check") == []
        assert found.rows("PRAGMA journal_mode") == [("wal",)]


def every_250_is_in_the_spool(found: Records, ledger: Ledger, tally: Tally) -> None:
    """Each queue id is a row, whose bytes, or whose original's, are those that were sent; and those lie there once."""
    spool = {row.id: row for row in found.rows("SELECT id, copy_of, raw FROM spool")}
    for number, queue_id in ledger.entries():
        row = spool[queue_id]
        original = row if row.copy_of is None else spool[row.copy_of]
        assert bytes(original.raw) == tally.letters[number].raw, f"mail {number} of row {queue_id}"
    copies = Counter(bytes(row.raw) for row in spool.values() if row.copy_of is None)
    assert set(copies.values()) <= {1}
    assert all(row.raw is None for row in spool.values() if row.copy_of is not None)


def one_case_a_mail(found: Records) -> None:
    """A case has exactly the mail that opened it, and a mail that is worked has exactly one case."""
    assert found.number("SELECT count(*) FROM cases") == found.number(
        "SELECT count(*) FROM spool WHERE state = 'done' AND outcome = 'opened'"
    )
    doubled = "SELECT case_id FROM spool WHERE outcome = 'opened' GROUP BY case_id HAVING count(*) > 1"
    assert found.rows(doubled) == []
    assert found.rows("SELECT spool_id FROM message GROUP BY spool_id HAVING count(*) > 1") == []
    assert (
        found.rows(
            "SELECT cases.id FROM cases LEFT JOIN message ON message.case_id = cases.id"
            " LEFT JOIN event ON event.case_id = cases.id AND event.type = 'acknowledged'"
            " WHERE message.id IS NULL OR event.seq IS NULL"
        )
        == []
    )


def acknowledged_once(found: Records) -> None:
    """One acknowledgment decision for every case, and an acknowledgment where it says so; no step twice."""
    decisions = found.rows("SELECT case_id, facts FROM event WHERE type = 'acknowledged'")
    assert {row.case_id for row in decisions} == {row.id for row in found.rows("SELECT id FROM cases")}
    assert len(decisions) == found.number("SELECT count(*) FROM cases")
    acknowledged = sorted(row.case_id for row in decisions if _facts(row)["sent"])
    assert acknowledged == [
        row.case_id for row in found.rows("SELECT case_id FROM outbox WHERE kind = 'ack' ORDER BY 1")
    ]
    twice = "SELECT case_id, kind, recipient FROM outbox WHERE kind <> 'alert' GROUP BY 1, 2, 3 HAVING count(*) > 1"
    assert found.rows(twice) == [], "a mail or a step was written twice"
    breached = "SELECT case_id FROM event WHERE type = 'breached' GROUP BY case_id HAVING count(*) > 1"
    assert found.rows(breached) == []


def _facts(row: sa.Row) -> dict[str, object]:
    """Text in SQLite, a value already in PostgreSQL."""
    return json.loads(row.facts) if isinstance(row.facts, str) else row.facts


def known_and_unchanged(found: Records, accepted: Sequence[AcceptedMail]) -> None:
    """Whatever the smarthost got is a row, with the same recipient; and an acknowledgment came once."""
    rows = {row.message_id: row for row in found.rows("SELECT message_id, recipient, kind FROM outbox")}
    for mail in accepted:
        assert mail.rcpt_to == (rows[mail.message_id].recipient,)
    acknowledgments = Counter(mail.message_id for mail in accepted if rows[mail.message_id].kind == "ack")
    assert set(acknowledgments.values()) <= {1}, "an acknowledgment was sent twice"


# --- once it is quiet --------------------------------------------------------------------------------------


def is_quiet(found: Records) -> bool:
    """Nothing waits to be worked or sent, and every warning and escalation of a case has been written."""
    # In the order of the pipe: what is written while we look must not have been looked for yet.
    if found.number("SELECT count(*) FROM spool WHERE state = 'waiting'"):
        return False
    steps = found.number("SELECT count(*) FROM event WHERE type = 'step_taken'")
    if steps != 2 * found.number("SELECT count(*) FROM cases"):
        return False
    return not found.number("SELECT count(*) FROM outbox WHERE next_at IS NOT NULL")


def in_the_end(found: Records, ledger: Ledger, tally: Tally, accepted: Sequence[AcceptedMail]) -> None:
    """What must be so once the desk has caught up."""
    always(found, ledger, tally, accepted)
    every_mail_is_a_case(found, ledger, tally)
    everything_was_sent(found, tally, accepted)
    the_counts_balance(found)


def every_mail_is_a_case(found: Records, ledger: Ledger, tally: Tally) -> None:
    assert ledger.numbers() <= set(tally.letters)
    ids = Counter(row.message_id for row in found.rows("SELECT message_id FROM message"))
    assert ids == Counter(each.message_id for each in tally.letters.values())


def everything_was_sent(found: Records, tally: Tally, accepted: Sequence[AcceptedMail]) -> None:
    """Nothing is lost; a second copy, with the same Message-ID, came only of a death before it was marked (O01)."""
    copies = Counter(mail.message_id for mail in accepted)
    outbox = found.rows("SELECT message_id, kind, state FROM outbox")
    assert {row.state for row in outbox} <= {"sent", "uncertain"}
    uncertain = {row.message_id for row in outbox if row.state == "uncertain"}
    assert uncertain <= tally.handed_over
    missing = [row for row in outbox if not copies[row.message_id] and row.message_id not in uncertain]
    assert missing == []
    extra = Counter({each: count - 1 for each, count in copies.items() if count > 1})
    assert extra <= tally.repeatable, "a second copy without a reason"
    written = Counter(row.kind for row in outbox)
    cases = found.number("SELECT count(*) FROM cases")
    assert [written[kind] for kind in ("assigned", "warning", "escalation")] == [cases] * 3


def the_counts_balance(found: Records) -> None:
    """Every accepted mail became one of the things that mail can become."""
    became = {row.outcome for row in found.rows("SELECT DISTINCT outcome FROM spool")}
    assert became <= OUTCOMES - {"quarantined"}
    duplicates = found.number("SELECT count(*) FROM spool WHERE outcome = 'duplicate'")
    assert duplicates == found.number("SELECT count(*) FROM spool WHERE copy_of IS NOT NULL")
