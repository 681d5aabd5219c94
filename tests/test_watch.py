"""What a daemon knows of its own health: every cause begins and ends, on a clock that a test turns."""

from __future__ import annotations

import threading
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

import pytest

from helpdesk.loops import Loop
from helpdesk.metronome import Metronome
from helpdesk.watch import Disk, Watch
from helpdesk.wires.courier import Failed, Retry, Sent
from helpdesk.wires.imap_reports import AloneAgain, Failing, Interrupted, Persisting, Recovered, TakenByOthers
from tests.process import until

BOX = "support@desk.example"


@dataclass
class Time:
    """A clock that is never set, and one on the wall that may be."""

    steady: float = 1000.0
    set_by: timedelta = timedelta()

    def __call__(self) -> float:
        return self.steady

    def wall(self) -> datetime:
        return datetime(2026, 5, 18, 8, tzinfo=UTC) + timedelta(seconds=self.steady) + self.set_by

    def passes(self, **span: float) -> None:
        self.steady += timedelta(**span).total_seconds()


@pytest.fixture
def time() -> Time:
    return Time()


@pytest.fixture
def watch(time: Time) -> Watch:
    return Watch(time.wall, time)


def named(watch: Watch) -> list[str]:
    return [cause.name for cause in watch.causes()]


def texts(watch: Watch) -> str:
    return "\n".join(cause.text for cause in watch.causes())


def test_a_desk_that_has_just_begun_is_well(watch):
    assert named(watch) == []


# --- threads


def test_a_thread_that_is_not_there_is_said_at_once(watch):
    watch.parts.expect("committer", lambda: False)
    assert named(watch) == ["thread.missing"]
    assert watch.parts.missing == ["committer"]
    assert "committer" in texts(watch)


def test_a_part_that_fails_again_and_again_is_said_with_its_newest_reason(watch, time):
    watch.parts.failed("sender", "OperationalError: disk I/O error")
    assert named(watch) == [], "a database may restart"
    time.passes(seconds=21)
    watch.parts.failed("sender", "OperationalError: database or disk is full")
    assert named(watch) == ["thread.failing"]
    assert "disk is full" in texts(watch)
    watch.parts.progressed("sender")
    assert named(watch) == []


def test_a_part_that_stands_still_is_said_whatever_the_clock_on_the_wall_says(watch, time):
    watch.parts.expect("sender 2", lambda: True, like="sender")
    for part in ("worker", "sender", "sender 2", "metronome", "purge"):
        watch.parts.progressed(part)
    time.passes(minutes=4)
    time.set_by = timedelta(hours=-1)
    assert [cause.of for cause in watch.parts.causes()] == []
    time.passes(minutes=2)
    assert [cause.of for cause in watch.parts.causes()] == ["worker", "metronome"]
    time.passes(minutes=20)
    assert [cause.of for cause in watch.parts.causes()] == ["sender 2", "worker", "sender", "metronome"]


class Unforeseen(BaseException):
    """Not even an Exception."""


@pytest.mark.parametrize("problem", [ValueError, MemoryError, SystemExit, Unforeseen])
def test_no_loop_ends_whatever_its_piece_raises(watch, monkeypatch, problem):
    """Also where it cannot be logged, on a disk that is full."""
    monkeypatch.setattr("helpdesk.loops._AFTER_FAILURE", 0.0)

    def unsaid(*_: object, **__: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("helpdesk.loops._log.exception", unsaid)
    turns: list[int] = []
    stop = threading.Event()

    def piece() -> None:
        turns.append(1)
        if len(turns) < 5:
            raise problem
        stop.set()

    loop = Loop("worker", piece, stop, watch)
    loop.start()
    loop.join(20)
    assert len(turns) == 5
    assert not loop.running


def test_what_fails_again_and_again_fills_no_disk_with_tracebacks(watch, monkeypatch):
    """The first of a row with its traceback, then the 2nd, 4th, 8th, ... in a line; another problem is a first again."""
    monkeypatch.setattr("helpdesk.loops._AFTER_FAILURE", 0.0)
    said: list[tuple[str, object]] = []
    for level in ("exception", "error", "info"):
        monkeypatch.setattr(
            f"helpdesk.loops._log.{level}", lambda event, **facts: said.append((event, facts.get("times")))
        )
    problems = iter([*[OSError(111, "away")] * 100, *[OSError(28, "full")] * 3])
    stop = threading.Event()

    def piece() -> None:
        problem = next(problems, None)
        if problem:
            raise problem
        stop.set()

    loop = Loop("worker", piece, stop, watch)
    loop.start()
    loop.join(20)
    again = [("still fails", 2**power) for power in range(1, 7)]
    assert said == [("failed", None), *again, ("failed", None), ("still fails", 2), ("works again", 3)]


def test_calls_that_come_while_a_part_is_busy_are_one(watch):
    stop, begun, go = threading.Event(), threading.Semaphore(0), threading.Semaphore(0)
    turns: list[int] = []

    def piece() -> None:
        turns.append(1)
        begun.release()
        go.acquire()

    loop = Loop("rounds", piece, stop, watch, idle=60)
    loop.start()
    begun.acquire()
    for _ in range(100):
        loop.call.set()
    go.release()
    begun.acquire()
    stop.set()
    go.release()
    loop.join(20)
    assert len(turns) == 2


# --- the door


def test_three_in_a_row_who_are_turned_away_close_the_door_and_one_who_is_taken_opens_it(watch, time):
    """Health said ok while every mail got 451."""
    for _ in range(2):
        watch.door.turned_away("local trouble (OperationalError)")
    assert named(watch) == []
    watch.door.turned_away("local trouble (OperationalError)")
    assert named(watch) == ["door.closed"]
    assert "OperationalError" in texts(watch)
    watch.door.taken()
    assert named(watch) == []
    assert watch.door.counts == (1, 3)


def test_two_who_are_turned_away_a_minute_apart_are_enough(watch, time):
    watch.door.turned_away("local trouble")
    time.passes(minutes=5)
    watch.door.turned_away("local trouble")
    assert named(watch) == ["door.closed"]
    time.passes(minutes=31)
    assert named(watch) == [], "nobody knows whether it is still so"


def test_strangers_who_crowd_the_door_have_no_desk_restarted(watch):
    for _ in range(9):
        watch.door.turned_away("too many sessions", crowd=True)
    assert [(cause.name, cause.status) for cause in watch.causes()] == [("door.crowded", "attention")]


# --- the way out


@pytest.mark.parametrize(
    ("reason", "name", "patience"),
    [
        ("AUTH: 535 5.7.8 no", "smarthost.sign-in", timedelta()),
        ("TLS: certificate has expired", "smarthost.tls", timedelta()),
        ("STARTTLS: the server does not offer it", "smarthost.tls", timedelta()),
        ("Maildir: No space left on device", "smarthost.maildir", timedelta()),
        ("connect: refused", "smarthost.unreachable", timedelta(minutes=1)),
        ("greeting: 421 later", "smarthost.unreachable", timedelta(minutes=1)),
        ("EHLO: closed", "smarthost.unreachable", timedelta(minutes=1)),
        ("MAIL: 451 slow down", "smarthost.deferring", timedelta(minutes=10)),
        ("final dot: 452 full", "smarthost.deferring", timedelta(minutes=10)),
    ],
)
def test_what_keeps_mail_in_is_named_at_once_or_after_its_own_minutes(watch, time, reason, name, patience):
    for _ in range(3):
        watch.way_out.heard(Retry(reason))
    if patience:
        assert named(watch) == []
    time.passes(seconds=patience.total_seconds())
    assert named(watch) == [name]
    assert reason in texts(watch)
    by_hand = not patience
    assert [cause.status for cause in watch.causes()] == ["failing" if by_hand else "attention"]
    time.passes(seconds=30 * 60)
    assert [cause.status for cause in watch.causes()] == ["failing"], "no mail gets out, and nobody is told by mail"
    watch.way_out.heard(Sent("250 ok"))
    assert named(watch) == []


def test_one_mail_that_is_deferred_for_days_is_its_own_affair(watch, time):
    watch.way_out.heard(Retry("RCPT: 450 greylisted"))
    time.passes(hours=9)
    watch.way_out.heard(Retry("RCPT: 450 greylisted"))
    assert named(watch) == []


def test_the_newest_reason_is_told(watch, time):
    watch.way_out.heard(Retry("connect: refused"))
    time.passes(minutes=5)
    watch.way_out.heard(Retry("AUTH: 535 no"))
    assert named(watch) == ["smarthost.sign-in"]


def test_a_smarthost_that_refuses_all_is_said(watch):
    watch.way_out.heard(Failed("RCPT: 550 5.7.1 relaying denied"))
    watch.way_out.heard(Failed("RCPT: 550 5.7.1 relaying denied"))
    assert named(watch) == []
    watch.way_out.heard(Failed("RCPT: 550 5.7.1 relaying denied"))
    assert named(watch) == ["smarthost.refusing"]


def test_when_something_was_last_sent_is_known(watch, time):
    time.passes(minutes=31)
    assert watch.way_out.since_sent == timedelta(minutes=31)
    watch.way_out.heard(Sent("250 ok"))
    assert watch.way_out.since_sent == timedelta()


# --- mailboxes


def test_a_mailbox_names_the_newest_reason(watch):
    """It named the first."""
    heard = [
        Interrupted(BOX, "connection", "refused"),
        Persisting(BOX, "login", "expired"),
        Failing(BOX, "login", "expired", timedelta(minutes=15), 9),
        Persisting(BOX, "silent", "said nothing"),
    ]
    for report in heard:
        watch.mailboxes.heard(None, report)  # type: ignore[arg-type]  # none of these is told by it
    assert watch.mailboxes.failing == {BOX: "silent: said nothing"}
    assert dict(watch.mailboxes.reading(BOX, read=True).details)["Detail"] == "said nothing"
    watch.mailboxes.heard(None, Recovered(BOX, timedelta(hours=1), alerted=True))  # type: ignore[arg-type]
    assert named(watch) == []


def test_a_mailbox_that_was_never_read_and_one_that_is_not_any_more_are_said(watch, time):
    since: list[timedelta | None] = [None]
    watch.mailboxes.expect(BOX, lambda: since[0])
    time.passes(minutes=4)
    assert list(watch.mailboxes.causes()) == []
    time.passes(minutes=2)
    assert [(cause.name, cause.of) for cause in watch.mailboxes.causes()] == [("mailbox.unread", BOX)]
    since[0] = timedelta()
    assert list(watch.mailboxes.causes()) == []
    since[0] = timedelta(minutes=31)
    time.passes(minutes=31)
    assert [cause.name for cause in watch.mailboxes.causes()] == ["mailbox.unread"]
    watch.mailboxes.brought(BOX)
    assert list(watch.mailboxes.causes()) == [], "a long one takes its time"


def test_a_mailbox_whose_mail_others_take_is_said_until_nobody_does(watch):
    assert watch.mailboxes.reading(BOX, read=True).shared is None
    for report in (TakenByOthers(BOX, "INBOX", mails=4), TakenByOthers(BOX, "INBOX", mails=9)):
        watch.mailboxes.heard(None, report)
    assert named(watch) == ["mailbox.shared"]
    assert "9 mails" in texts(watch)
    assert (watch.mailboxes.reading(BOX, read=True).shared, watch.mailboxes.reading(BOX, read=True).others) == (True, 9)
    watch.mailboxes.heard(None, AloneAgain(BOX, "INBOX"))
    assert named(watch) == []
    assert watch.mailboxes.reading(BOX, read=True).shared is False


# --- disk, heartbeat


@pytest.mark.parametrize(
    ("free", "expected"), [(49, ["disk.full"]), (50, ["disk.low"]), ((1 << 30) - 1, ["disk.low"]), (1 << 30, [])]
)
def test_a_disk_that_fills_is_said_and_that_mail_is_refused(time, free, expected):
    assert named(Watch(time.wall, time, disk=Disk(lambda: free, 50))) == expected


def test_a_disk_that_cannot_be_looked_at_is_said(time):
    def gone() -> int:
        raise FileNotFoundError(2, "No such file or directory")

    assert named(Watch(time.wall, time, disk=Disk(gone, 50))) == ["disk.gone"]


def test_a_heartbeat_that_nobody_hears_is_said(watch):
    watch.heartbeat = "answered 500"
    assert named(watch) == ["heartbeat.unheard"]


# --- the clock on the wall


@pytest.mark.parametrize("jump", [timedelta(hours=-1), timedelta(hours=1), timedelta(seconds=5), timedelta(days=-400)])
def test_a_clock_that_is_set_is_said_for_an_hour(watch, time, jump):
    for _ in range(100):
        time.passes(seconds=1)
        assert watch.wall.look() == timedelta()
    time.set_by = jump
    assert watch.wall.look() == jump
    assert watch.wall.look() == timedelta(), "once"
    assert named(watch) == ["clock.set"]
    assert ("back" if jump < timedelta() else "forward") in texts(watch)
    time.passes(minutes=59)
    assert [cause.name for cause in watch.wall.causes()] == ["clock.set"]
    time.passes(minutes=2)
    assert list(watch.wall.causes()) == []


def test_a_clock_that_is_set_back_again_is_right(watch, time):
    time.set_by = timedelta(hours=1)
    watch.wall.look()
    time.passes(minutes=3)
    time.set_by = timedelta(seconds=1)
    watch.wall.look()
    assert list(watch.wall.causes()) == []


def test_a_clock_that_is_kept_right_is_no_jump(watch, time):
    for _ in range(1000):
        time.passes(seconds=1)
        time.set_by += timedelta(milliseconds=300)
        assert watch.wall.look() == timedelta()


class Set(datetime):
    """What the time is for APScheduler: a test sets it."""

    by = timedelta()

    @classmethod
    def now(cls, tz=None):
        return datetime.now(tz) + cls.by


@pytest.mark.parametrize("hours", [-1, 1, -24 * 400])
def test_a_metronome_rings_on_whatever_becomes_of_the_clock(monkeypatch, hours):
    """Set back an hour, the real APScheduler rang no more for an hour, and escalations stopped."""
    for place in ("apscheduler.schedulers.base", "apscheduler.triggers.interval", "helpdesk.metronome"):
        monkeypatch.setattr(f"{place}.datetime", Set)
    monkeypatch.setattr(Set, "by", timedelta())
    rings = threading.Semaphore(0)
    metronome = Metronome()
    metronome.every(timedelta(milliseconds=20), rings.release)
    metronome.start()
    try:
        assert rings.acquire(timeout=20)
        monkeypatch.setattr(Set, "by", timedelta(hours=hours))
        until(lambda: not rings.acquire(blocking=False), "what had rung is heard")
        metronome.hold_time()
        for _ in range(5):
            assert rings.acquire(timeout=20)
    finally:
        metronome.stop()
    assert not metronome.running


def test_a_ring_that_takes_long_is_followed_by_the_next_and_nothing_is_said_of_it(caplog):
    """No "skipped: maximum number of running instances" under load."""
    caplog.set_level("DEBUG", logger="apscheduler")
    rings, busy = threading.Semaphore(0), threading.Semaphore(0)
    metronome = Metronome()

    def ring() -> None:
        rings.release()
        busy.acquire(timeout=0.2)

    metronome.every(timedelta(milliseconds=10), ring)
    metronome.start()
    for _ in range(4):
        assert rings.acquire(timeout=20)
    metronome.stop()
    assert [record.message for record in caplog.records if record.levelno >= 30] == []


# --- what the operators are told of


def told(watch: Watch) -> dict[str, bool | None]:
    return {condition.name: condition.ails for condition in watch.alerted.conditions() if condition.ails is not False}


def test_what_lasts_is_told_and_what_comes_and_goes_is_told_once(watch, time):
    assert told(watch) == dict.fromkeys(told(watch)), "nothing has been well for long yet"
    time.passes(minutes=10)
    assert told(watch) == {}
    for _ in range(5):
        for _ in range(3):
            watch.door.turned_away("local trouble")
        assert told(watch) in ({"door.closed": None}, {"door.closed": True})
        time.passes(minutes=1)
        assert told(watch)["door.closed"] is True
        watch.door.taken()
        time.passes(minutes=1)
        assert told(watch) == {"door.closed": None}, "it may come again"
        time.passes(minutes=1)
    time.passes(minutes=9)
    assert told(watch) == {}


def test_a_clock_that_was_set_is_told_at_once(watch, time):
    time.set_by = timedelta(hours=-1)
    watch.wall.look()
    (condition,) = [condition for condition in watch.alerted.conditions() if condition.ails]
    assert condition.name == "clock.set"
    assert condition.what == "The clock was set back by 1 h within the last hour."
