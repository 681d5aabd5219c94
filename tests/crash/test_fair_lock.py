"""Turns: nobody who waits for the one writer is passed by (accepting mail must not wait for all work to be done)."""

from __future__ import annotations

import sys
import threading

import pytest

from helpdesk.core.words.message import Envelope
from helpdesk.desk import Desk, worker
from helpdesk.store import engine
from helpdesk.store.engine import Database
from helpdesk.store.fair_lock import FairLock
from helpdesk.store.spool import Accepted
from tests.desk import JO, LOGIK, wall
from tests.process import until


def test_turns_are_given_in_the_order_they_were_asked_for() -> None:
    turns, order, threads = FairLock(), [], []

    def take(number: int) -> None:
        with turns:
            order.append(number)

    with turns:
        for number in range(20):
            threads.append(threading.Thread(target=take, args=(number,)))
            threads[-1].start()
            until(lambda n=number: len(turns._waiting) == n + 1, "it waits")
    for thread in threads:
        thread.join(120)
    assert order == list(range(20))


def test_a_thread_that_takes_turns_all_the_time_passes_nobody_by() -> None:
    """The worker commits batch after batch; who accepts mail comes between the first and the second."""
    turns, over = FairLock(), threading.Event()
    batches = 0

    def accept() -> None:
        with turns:
            over.set()

    with turns:
        waiting = threading.Thread(target=accept)
        waiting.start()
        until(lambda: turns._waiting, "it waits")
    while not over.is_set():
        with turns:
            batches += 1
    waiting.join(120)
    assert batches <= 1


def test_one_at_a_time_and_none_is_lost() -> None:
    turns, inside, most, done = FairLock(), [0], [0], [0]

    def work() -> None:
        for _ in range(500):
            with turns:
                inside[0] += 1
                most[0] = max(most[0], inside[0])
                done[0] += 1
                inside[0] -= 1

    threads = [threading.Thread(target=work) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(120)
    assert (most[0], done[0]) == (1, 4000)


def test_an_error_hands_the_turn_on_and_a_turn_inside_a_turn_is_refused() -> None:
    turns = FairLock()
    with pytest.raises(ValueError), turns:
        raise ValueError
    with turns, pytest.raises(RuntimeError, match="inside"), turns:
        pass
    with turns:
        pass


@pytest.fixture
def desk(rules, migrated_file, tmp_path):
    file = tmp_path / "helpdesk.db"
    file.write_bytes(migrated_file.read_bytes())
    database = Database(f"sqlite:///{file}")
    made = Desk(database=database, rules=rules, now=lambda: wall("2026-05-19 09:15"))
    made.begin()
    mails = [f"From: {n}.{JO}\r\nTo: {LOGIK}\r\nSubject: {n}\r\n\r\nPriority: Medium\r\n".encode() for n in range(3)]
    made.accept([Accepted(LOGIK, raw, Envelope("", (LOGIK,)), "smtp", made.now()) for raw in mails])
    yield made
    database.close()


class Visitor:
    """Somebody who asks for the one writer while something else has it, and waits."""

    def __init__(self, database: Database, order: list[str]) -> None:
        self._database = database
        self._order = order
        self.thread = threading.Thread(target=self._write)

    def _write(self) -> None:
        with self._database.write():
            self._order.append("visitor")

    def come(self) -> None:
        if not self.thread.ident:
            self.thread.start()
            until(lambda: self._database.awaited, "it waits")


@pytest.mark.parametrize(
    ("turn", "worked"),
    [(0, ["mail", "visitor", "mail", "mail"]), (60, ["mail", "mail", "mail", "visitor"])],
)
def test_who_accepts_or_sends_waits_for_a_turn_and_not_for_a_batch(desk, monkeypatch, turn, worked):
    """A batch goes on behind whoever came meanwhile, and every mail of it is worked once."""
    monkeypatch.setattr(engine, "_TURN", turn)
    order: list[str] = []
    visitor = Visitor(desk.database, order)
    work_mail = worker.work_mail

    def working(*arguments):
        order.append("mail")
        visitor.come()
        return work_mail(*arguments)

    monkeypatch.setattr(worker, "work_mail", working)
    assert [done.case for done in desk.work()] == [1, 2, 3]
    visitor.thread.join(5)
    assert order == worked


def test_who_accepts_or_sends_waits_for_one_case_that_is_due_and_not_for_all_of_them(desk, monkeypatch):
    monkeypatch.setattr(engine, "_TURN", 0)
    order: list[str] = []
    visitor = Visitor(desk.database, order)
    desk.work()
    ticking = sys.modules["helpdesk.desk.tick"]
    one = ticking._one

    def going(*arguments):
        order.append("case")
        visitor.come()
        return one(*arguments)

    monkeypatch.setattr(ticking, "_one", going)
    desk.now = lambda: wall("2026-05-20 12:00")
    assert desk.tick() == 3
    visitor.thread.join(5)
    assert order == ["case", "visitor", "case", "case"]
