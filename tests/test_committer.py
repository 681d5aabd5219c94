"""The committer: what waits is written in one transaction, and nobody suffers for a neighbour."""

from __future__ import annotations

import threading
from concurrent.futures import wait
from datetime import UTC, datetime
from typing import TYPE_CHECKING

import pytest

from helpdesk.committer import Committer
from helpdesk.core.words.message import Envelope
from helpdesk.store.spool import Accepted

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

_AT = datetime(2026, 5, 22, 16, 40, tzinfo=UTC)


def mail(number: int) -> Accepted:
    return Accepted("support@desk.example", b"%d" % number, Envelope("", ()), "smtp", _AT)


class Store:
    """Remembers its transactions; refuses some mails, and waits at a gate."""

    def __init__(self) -> None:
        self.transactions: list[list[int]] = []
        self.refused: set[int] = set()
        self.gate = threading.Event()
        self.gate.set()
        self.waiting = threading.Event()

    def write(self, mails: Sequence[Accepted]) -> list[int]:
        self.waiting.set()
        assert self.gate.wait(120)
        numbers = [int(each.raw) for each in mails]
        if self.refused & set(numbers):
            raise ValueError("no")
        self.transactions.append(numbers)
        return [number * 10 for number in numbers]


@pytest.fixture
def store() -> Store:
    return Store()


@pytest.fixture
def committer(store: Store) -> Iterator[Committer]:
    made = Committer(store.write)
    yield made
    store.gate.set()
    made.close()


def held_up(committer: Committer, store: Store) -> None:
    """The first mail is being written; everything that comes now waits."""
    store.gate.clear()
    committer.submit([mail(0)])
    assert store.waiting.wait(120)


def test_a_lone_mail_waits_for_nobody(committer: Committer, store: Store) -> None:
    assert committer.submit([mail(1)]).result(10) == [10]
    assert store.transactions == [[1]]


def test_what_waits_goes_into_one_transaction_and_each_hears_its_own_numbers(
    committer: Committer, store: Store
) -> None:
    held_up(committer, store)
    futures = [committer.submit([mail(1), mail(2)]), committer.submit([mail(3)]), committer.submit([])]
    store.gate.set()
    assert [future.result(10) for future in futures] == [[10, 20], [30], []]
    assert store.transactions == [[0], [1, 2, 3]]


def test_a_mail_that_the_database_refuses_takes_no_neighbour_down(committer: Committer, store: Store) -> None:
    """S02: its own sender alone hears 451."""
    store.refused = {2}
    held_up(committer, store)
    futures = {number: committer.submit([mail(number)]) for number in (1, 2, 3)}
    store.gate.set()
    wait(futures.values(), 120)
    assert futures[1].result() == [10]
    assert futures[3].result() == [30]
    assert isinstance(futures[2].exception(), ValueError)
    assert committer.submit([mail(4)]).result(10) == [40]


def test_a_flood_is_written_in_batches_that_end(committer: Committer, store: Store) -> None:
    """The first of a flood does not wait for the last."""
    held_up(committer, store)
    futures = [committer.submit([mail(number)]) for number in range(1, 201)]
    store.gate.set()
    assert [future.result(10) for future in futures] == [[number * 10] for number in range(1, 201)]
    assert max(map(len, store.transactions)) == 64


def test_closing_writes_what_waits(store: Store) -> None:
    """V01."""
    committer = Committer(store.write)
    held_up(committer, store)
    future = committer.submit([mail(1)])
    threading.Timer(0.05, store.gate.set).start()
    committer.close()
    assert future.result(0) == [10]
    assert not any(thread.name == "committer" for thread in threading.enumerate())


class Unforeseen(BaseException):
    """Not even an Exception."""


@pytest.mark.parametrize("problem", [SystemExit, MemoryError, Unforeseen])
def test_whatever_a_write_raises_the_next_mail_is_written(problem):
    """A committer whose thread has ended answers nobody any more."""
    failures = [problem()]

    def write(mails):
        if failures:
            raise failures.pop()
        return list(range(len(mails)))

    committer = Committer(write)
    expected = problem if issubclass(problem, Exception) else RuntimeError
    with pytest.raises(expected):
        committer.submit([mail(1)]).result(20)
    assert committer.submit([mail(2)]).result(20) == [0]
    assert committer.running
    committer.close()


def test_a_store_that_returns_too_few_numbers_and_a_caller_who_has_gone_end_nothing():
    numbers = [[], [1]]
    committer = Committer(lambda _: numbers.pop(0))
    with pytest.raises(RuntimeError, match="mails were written and have other numbers"):
        committer.submit([mail(1)]).result(20)
    future = committer.submit([mail(2)])
    future.cancel()
    committer.close()
    assert numbers == []
