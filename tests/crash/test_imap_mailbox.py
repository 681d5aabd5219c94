"""I01, I02, I04: the daemon empties a mailbox on a real server: durable first, moved after, each mail once."""

from __future__ import annotations

import contextlib
import sqlite3
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

import pytest

from tests.crash.life import Life
from tests.process import letter, stop, until
from tests.wire.imap_servers import Mailbox, mailbox

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from tests.process import Foundry
    from tests.wire.smarthost import ScriptedSmarthost

__all__ = ["mailbox"]  # the fixture


@pytest.fixture
def life(tmp_path: Path, smarthost: ScriptedSmarthost, foundry: Foundry, mailbox: Mailbox) -> Iterator[Life]:
    """A desk with a mailbox; the laws are checked when the test is over."""
    with Life(tmp_path, smarthost, starter=foundry, mailbox=mailbox) as lived:
        yield lived


def cases(life: Life) -> int:
    return life.records.number("SELECT count(*) FROM cases")


def test_mail_that_lies_there_and_mail_that_comes_during_idle_is_taken_moved_and_answered(life: Life) -> None:
    """I01, I02."""
    life.drop(3)
    running = life.desk.start()
    until(lambda: cases(life) == 3, "what lay there is taken")
    until(lambda: life.mailbox.flags() == {}, "and moved")
    life.drop(2)
    until(lambda: cases(life) == 5, "what came is taken")
    assert stop(running) == 0
    assert len(life.mailbox.raws(life.mailbox.processed)) == 5


def test_the_clock_starts_when_the_server_got_the_mail(life: Life) -> None:
    """A mail that lay for an hour was promised an answer an hour ago, and everybody is told at once."""
    lay_since = datetime.now(UTC).replace(microsecond=0) - timedelta(hours=1)
    [late] = life.tally.add([letter(1)])
    life.expect_by_imap(late.number)
    life.mailbox.append(late.raw, received_at=lay_since)

    running = life.desk.start()
    until(lambda: cases(life) == 1, "it is taken")
    until(lambda: life.records.number("SELECT count(*) FROM event WHERE type = 'step_taken'") == 2, "everybody is told")
    assert stop(running) == 0

    at = dict(tuple(row) for row in life.records.rows("SELECT type, at FROM event"))
    assert datetime.fromisoformat(at["opened"]).replace(tzinfo=UTC) == lay_since
    assert datetime.fromisoformat(at["breached"]).replace(tzinfo=UTC) == lay_since + timedelta(minutes=1)


@pytest.mark.slow
def test_a_database_that_refuses_leaves_the_mailbox_as_it_was(life: Life) -> None:
    """I04: no flag, no move; once it is back, everything is taken once."""
    running = life.desk.start()
    with contextlib.closing(sqlite3.connect(life.desk.folder / "helpdesk.db", timeout=10)) as database:
        database.execute("CREATE TRIGGER refuse BEFORE INSERT ON spool BEGIN SELECT RAISE(ABORT, 'disk is full'); END")
        life.drop(4)
        until(lambda: life.desk.logged().count("interrupted") + life.desk.logged().count("failing") > 0, "it was tried")
        assert [set(flags) for flags in life.mailbox.flags().values()] == [set()] * 4
        database.execute("DROP TRIGGER refuse")
        database.commit()
    until(lambda: cases(life) == 4, "it is taken")
    assert stop(running) == 0
