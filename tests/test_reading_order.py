"""Which mail goes to which process for reading, and where its answer comes back: over pipes, without a process."""

from __future__ import annotations

import os
from types import SimpleNamespace

import pytest

from helpdesk.desk import reading_pool
from helpdesk.desk.reading_pool import ReadingFailed, ReadingPool, _Silent


class Pretended:
    """Answers at once, or dies of a job."""

    def __init__(self, rules):
        self.rules, self.ended = rules, False
        self.out, self._in = os.pipe()
        self.popen = SimpleNamespace(kill=lambda: None)
        self.ready, self.job, self.until, self._job = False, 0, float("inf"), ""
        os.write(self._in, b"!")

    def greeted(self):
        return bool(os.read(self.out, 1))

    def begin(self, number, job):
        self.job, self._job = number, job
        if job == "deadly":
            raise _Silent("it has died")
        os.write(self._in, b"!")

    def answer(self):
        os.read(self.out, 1)
        self.job = 0
        return f"{self._job}, read by {self.rules}"

    def end(self):
        self.ended = True
        os.close(self.out)
        os.close(self._in)


@pytest.fixture
def pool(monkeypatch):
    monkeypatch.setattr(reading_pool, "ReadingProcess", Pretended)
    pool = ReadingPool(2)
    yield pool
    pool.close()


def test_each_mail_has_its_own_answer_however_many_there_are(pool):
    looks = []
    asked = [f"mail {number}" for number in range(7)]
    assert pool.read("rules", asked, lambda: looks.append(1)) == [f"{mail}, read by rules" for mail in asked]
    assert looks


def test_what_one_dies_of_fails_alone_and_another_takes_its_place(pool):
    first, deadly, last = pool.read("rules", ["mail 1", "deadly", "mail 2"], lambda: None)
    assert (first, last) == ("mail 1, read by rules", "mail 2, read by rules")
    assert isinstance(deadly, ReadingFailed)
    pool.prepare("rules")
    assert [one.ready for one in pool._processes] == [True, True]


def test_other_rules_have_other_processes(pool):
    pool.prepare("rules")
    old = list(pool._processes)
    assert pool.read("other rules", ["mail"], lambda: None) == ["mail, read by other rules"]
    assert [one.ended for one in old] == [True, True]


def test_what_is_broken_off_leaves_no_answer_to_the_next_mail(pool):
    def breaks():
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        pool.read("rules", ["mail 1", "mail 2"], breaks)
    assert pool.read("rules", ["mail 3", "mail 4"], lambda: None) == [f"mail {n}, read by rules" for n in (3, 4)]
