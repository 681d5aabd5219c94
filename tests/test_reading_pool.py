"""Mails that are read in processes of their own: what is read is the same, and who dies or stands still costs little."""

from __future__ import annotations

import os
import signal
import subprocess
from dataclasses import replace
from datetime import UTC, datetime

import pytest

from helpdesk.config import read_configuration
from helpdesk.core.words.message import Envelope
from helpdesk.desk import Desk, load_rules, reading_pool
from helpdesk.desk.ahead import read_ahead
from helpdesk.desk.reading_pool import ReadingFailed, ReadingPool
from helpdesk.desk.reading_process import ReadingJob
from helpdesk.log import quiet
from helpdesk.severity import Classifier, classifier
from helpdesk.store import cases, outbox, spool
from helpdesk.store.engine import Database
from helpdesk.store.spool import Accepted
from helpdesk.store.tables import metadata
from tests.desk import CONFIGURATION, CUSTOMERS, LOGIK

pytestmark = pytest.mark.slow
AT = datetime(2026, 5, 19, 14, 15, tzinfo=UTC)
LONG = 120.0  # seconds to wait for what comes at once
TEXTS = (
    "Nobody can log in since this morning, all shops are down.",
    "The export is slow.\n\nProject name: shop-eu\nPriority: low",
    "The password is Tr0ub4dor&3, please look at our invoice.",
    "Where do I find the list of versions?\n\nOn Monday Ada Quill <ada@else.example> wrote:\n> Production is on fire!",
    "Der Server antwortet nicht mehr, \xfcberall Fehler 500.",
)


@pytest.fixture(scope="module")
def rules(tmp_path_factory):
    quiet()
    folder = tmp_path_factory.mktemp("desk")
    (folder / "helpdesk.toml").write_text(CONFIGURATION, "utf-8")
    (folder / "customers.toml").write_text(CUSTOMERS, "utf-8")
    return load_rules(folder / "helpdesk.toml")


def mail(number):
    head = f"From: kit{number}@acme.example\r\nTo: {LOGIK}\r\nSubject: Number {number}\r\nMessage-ID: <{number}@acme.example>\r\n"
    text = TEXTS[number % len(TEXTS)].replace("\n", "\r\n")
    return f"{head}MIME-Version: 1.0\r\nContent-Type: text/plain; charset=utf-8\r\n\r\n{text}\r\n".encode()


def jobs(rules, numbers):
    mailbox = rules.configuration.mailbox(LOGIK)
    return [ReadingJob(mail(number), mailbox, Classifier(call_above=0.5)) for number in numbers]


@pytest.fixture(scope="module")
def shared(rules):
    pool = ReadingPool(2)
    yield pool
    pool.close()


@pytest.fixture
def pool(shared, rules):
    """Two processes that are ready, some of them left by the test before."""
    shared.prepare(rules, patience=LONG)
    while starting := [one.out for one in shared._processes if not one.ready]:
        reading_pool._polled(starting, LONG)
        shared.prepare(rules, patience=LONG)
    return shared


@pytest.fixture
def desk(rules, pool, monkeypatch):
    database = Database("sqlite://")
    metadata.create_all(database.engine)
    desk = Desk(database=database, rules=rules, now=lambda: AT)
    desk.begin()
    desk._worker._pool = pool
    monkeypatch.setattr("helpdesk.desk.worker.READY_WITHIN", LONG)
    yield desk
    database.close()


def read(pool, rules, numbers):
    return pool.read(rules, jobs(rules, numbers), lambda: None)


def accept(desk, numbers):
    return desk.accept([Accepted(LOGIK, mail(n), Envelope("kit@acme.example", (LOGIK,)), "smtp", AT) for n in numbers])


def processes(pool):
    return [one.popen for one in pool._processes]


def test_what_a_process_reads_is_what_would_be_read_here(pool, rules):
    found = read(pool, rules, range(12))
    assert found == [read_ahead(rules, job.raw, job.mailbox, job.classifier) for job in jobs(rules, range(12))]
    assert all(one.judged for one in found)


def test_a_mail_of_many_pipes_is_read_whole(pool, rules):
    [job] = jobs(rules, [0])
    large = replace(job, raw=job.raw + b"It is still down, in every shop of ours. \r\n" * 50_000)
    [found] = pool.read(rules, [large], lambda: None)
    assert found == read_ahead(rules, large.raw, large.mailbox, large.classifier)


def test_cases_are_the_same_and_no_mail_is_judged_twice(desk, monkeypatch):
    monkeypatch.setattr(classifier, "assess", lambda **_: pytest.fail("it was judged already"))
    ids = accept(desk, range(5))
    while desk.work():
        pass
    with desk.database.read() as connection:
        found = cases.find(connection, range(1, 9))
        assert {row.case for row in outbox.rows(connection)} == {*found} == {1, 2, 3, 4, 5}
    assert [one.outcome for one in desk.outcomes(ids).values()] == ["opened"] * 5
    assert all(case.events for case in found.values())


def test_who_is_killed_costs_one_mail_an_attempt_and_nothing_else(desk):
    ids = accept(desk, range(4))
    os.kill(desk._worker._pool._processes[0].popen.pid, signal.SIGKILL)
    while desk.work():
        pass
    with desk.database.read() as connection:
        attempts = sorted(spool.load(connection, one).attempts for one in ids)
    assert [one.outcome for one in desk.outcomes(ids).values()] == ["opened"] * 4
    assert attempts == [0, 0, 0, 1]


def test_who_stands_still_is_killed_and_its_mail_is_told(pool, rules, monkeypatch):
    still, other = processes(pool)
    os.kill(still.pid, signal.SIGSTOP)
    monkeypatch.setattr(reading_pool, "PATIENCE", 0.2)
    found = read(pool, rules, [1])
    assert isinstance(found[0], ReadingFailed)
    assert still.returncode == -signal.SIGKILL
    assert other.poll() is None
    monkeypatch.setattr(reading_pool, "PATIENCE", LONG)
    assert read(pool, rules, [1])[0].message.subject == "Number 1"


def test_a_mail_that_kills_every_process_is_tried_alone_and_never_read_by_the_daemon(desk, monkeypatch):
    [bad, *good] = accept(desk, range(3))
    begin = reading_pool.ReadingProcess.begin

    def die(process, number, job):
        if job.raw == mail(0):
            process.popen.kill()
            process.popen.wait()
        begin(process, number, job)

    monkeypatch.setattr(reading_pool.ReadingProcess, "begin", die)
    while desk.work():
        pass
    with desk.database.read() as connection:
        assert spool.load(connection, bad).attempts == 1
    assert [desk.outcomes([one])[one].outcome for one in (bad, *good)] == ["waiting", "opened", "opened"]


def test_what_is_broken_off_gives_no_answer_to_the_next_mails(pool, rules):
    with pytest.raises(ZeroDivisionError):
        pool.read(rules, jobs(rules, range(4)), lambda: 1 // 0)
    assert not any(process.job for process in pool._processes)

    found = pool.read(rules, jobs(rules, [7, 8]), lambda: None, patience=LONG)
    assert [one.message.subject for one in found if one] == ["Number 7", "Number 8"]


def test_where_no_process_can_begin_mails_are_read_here(rules, monkeypatch):
    monkeypatch.setattr(reading_pool, "_COMMAND", "raise SystemExit(3)")
    pool = ReadingPool(1)
    pool.prepare(rules, patience=LONG)
    assert read(pool, rules, [1, 2]) == [None, None]
    pool.close()


def test_other_rules_have_other_processes_and_the_old_ones_are_gone(pool, rules):
    before = processes(pool)
    pool.prepare(replace(rules), patience=LONG)
    assert [one.returncode for one in before] == [0, 0]
    assert not {one.pid for one in before} & {one.pid for one in processes(pool)}


def test_a_stop_leaves_no_process_behind(pool):
    ended = processes(pool)
    pool.close()
    assert [one.returncode for one in ended] == [0, 0]


def test_a_process_ends_with_the_daemon_that_began_it_and_not_by_its_signals(pool):
    one, other = processes(pool)
    one.send_signal(signal.SIGTERM)
    with pytest.raises(subprocess.TimeoutExpired):
        one.wait(0.2)
    for process in (one, other):
        process.stdin.close()  # as when nobody holds it any more
        assert process.wait(LONG) == 0


@pytest.mark.parametrize(("cores", "told", "workers"), [(1, "", 0), (2, "", 0), (3, "", 2), (64, "", 4), (2, "3", 3)])
def test_small_machines_have_none_unless_they_are_asked_for(tmp_path, monkeypatch, cores, told, workers):
    monkeypatch.setattr(os, "sched_getaffinity", lambda _: set(range(cores)))
    key = f"[desk]\nworkers = {told}" if told else "[desk]"
    (tmp_path / "helpdesk.toml").write_text(CONFIGURATION.replace("[desk]", key).replace("customers", "#customers", 1))
    assert read_configuration(tmp_path / "helpdesk.toml").checked().workers == workers
