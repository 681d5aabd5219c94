"""Many accepts, one flush: nobody waits for nobody, and one bad mail fails alone."""

from __future__ import annotations

import threading

import pytest

from helpdesk.committer import Committer


class Disk:
    """What writes batches down; it can be held, and refuses what it is told to refuse."""

    def __init__(self, refuses=()):
        self.batches = []
        self.refuses = set(refuses)
        self.free = threading.Event()
        self.free.set()
        self.entered = threading.Event()

    def write(self, mails):
        self.entered.set()
        self.free.wait(5)
        self.batches.append(list(mails))
        if self.refuses & set(mails):
            raise OSError("disk full")
        return [int(mail) for mail in mails]


@pytest.fixture
def disk():
    return Disk()


def committer(disk):
    return Committer(disk.write)


def test_a_lone_mail_is_written_at_once(disk):
    writer = committer(disk)
    assert writer.submit(["1"]).result(5) == [1]
    writer.close()


def test_what_waits_while_one_is_written_goes_in_one_flush(disk):
    writer = committer(disk)
    disk.free.clear()
    first = writer.submit(["1"])
    assert disk.entered.wait(5)
    rest = [writer.submit([str(number), str(number + 100)]) for number in range(2, 12)]
    disk.free.set()

    assert first.result(5) == [1]
    assert [future.result(5) for future in rest] == [[number, number + 100] for number in range(2, 12)]
    assert [len(batch) for batch in disk.batches] == [1, 20]
    writer.close()


def test_one_mail_that_the_disk_refuses_fails_alone(disk):
    disk.refuses = {"5"}
    writer = committer(disk)
    disk.free.clear()
    first = writer.submit(["1"])
    disk.entered.wait(5)
    futures = {number: writer.submit([str(number)]) for number in range(2, 9)}
    disk.free.set()

    assert first.result(5) == [1]
    for number, future in futures.items():
        if number == 5:
            with pytest.raises(OSError, match="disk full"):
                future.result(5)
        else:
            assert future.result(5) == [number]
    writer.close()


def test_closing_writes_what_waits(disk):
    writer = committer(disk)
    futures = [writer.submit([str(number)]) for number in range(200)]
    writer.close()

    assert [future.result(0) for future in futures] == [[number] for number in range(200)]
