"""The daemon as a whole, in this process: threads that end, a clock that is set, the heartbeat."""

from __future__ import annotations

import asyncio
import http.server
import threading
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

import pytest

from helpdesk.core.words.message import Envelope
from helpdesk.daemon import Daemon
from helpdesk.desk import load_rules
from helpdesk.errors import ConfigurationError, Unavailable
from helpdesk.lab.mailer import Sheet, write
from helpdesk.store import cases, migrate, outbox, search
from helpdesk.store.board import Kept
from helpdesk.store.search_words import asked
from helpdesk.store.spool import Accepted
from helpdesk.wires.heartbeat import beat
from tests.desk import JO, write_office
from tests.test_mail_reader import FOUND, ODD
from tests.wire.test_chat import ChatServer, said

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

START = datetime(2026, 5, 18, 8, tzinfo=UTC)


@dataclass
class Wall:
    """A clock that somebody sets."""

    now: datetime = START

    def __call__(self) -> datetime:
        return self.now


@dataclass
class Monitor:
    """Who waits for the heartbeat."""

    port: int
    answer: list[int] = field(default_factory=lambda: [200])
    heard: list[str] = field(default_factory=list)


@pytest.fixture
def monitor() -> Iterator[Monitor]:
    class Handler(http.server.BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            found.heard.append(self.path)
            self.send_response(found.answer[0])
            self.end_headers()

        def log_message(self, *_: object) -> None: ...

    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    found = Monitor(server.server_port)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    yield found
    server.shutdown()
    thread.join()
    server.server_close()


def daemon_of(folder: Path, wall: Wall, *, heartbeat: str = "") -> Daemon:
    path = write_office(folder)
    told = f'[desk]\nheartbeat = "{heartbeat}"' if heartbeat else "[desk]"
    path.write_text(path.read_text().replace("[desk]", told, 1))
    built = Daemon(load_rules(path), now=wall)
    migrate.upgrade(built.database)
    return built


def test_a_daemon_that_misses_a_thread_says_so_and_ends_with_an_error(tmp_path, monkeypatch):
    """A service manager starts it anew; as it was, it sent nothing for ever and said ok."""
    daemon = daemon_of(tmp_path, Wall())
    monkeypatch.setattr(daemon.senders[0], "_run", lambda: None)
    with pytest.raises(Unavailable, match="a thread has ended that never should: sender"):
        asyncio.run(daemon.run())
    assert "thread.missing" in {cause.name for cause in daemon.watch.causes()}


def test_every_thread_of_the_daemon_is_watched(tmp_path):
    daemon = daemon_of(tmp_path, Wall())
    names: set[str] = set()
    began = set(threading.enumerate())

    def ready(*_: object) -> None:
        names.update(thread.name for thread in set(threading.enumerate()) - began)
        assert daemon.watch.parts.missing == []
        daemon.stop.set()

    asyncio.run(daemon.run(ready=ready))
    watched = set(daemon.watch.parts.ages)
    assert {"worker", "sender", "metronome", "rounds", "conditions", "committer", "clockwork"} <= watched
    assert {name for name in names if name not in watched} <= {"APScheduler"}, "that is the clockwork"


def test_mail_is_indexed_once_it_is_worked_and_what_was_not_at_the_next_start(tmp_path, monkeypatch):
    wall, read = Wall(), threading.Event()
    daemon = daemon_of(tmp_path, wall)
    mail = (
        b"From: jo@acme.example\r\nTo: support@logik.example\r\nSubject: Zebra\r\nMessage-ID: <%d@x>\r\n\r\nHello.\r\n"
    )
    envelope = Envelope("jo@acme.example", ("support@logik.example",))
    left = [Accepted("support@logik.example", mail % 1, envelope, "smtp", wall())]
    daemon.desk.begin()
    daemon.desk.work_at_once(daemon.desk.accept(left))  # by one that stopped before it was indexed
    with daemon.database.read() as connection:
        assert search.waiting(connection, most=9) == 1
    index = daemon.desk.index

    def indexed() -> int:
        found = index()
        with daemon.database.read() as connection:
            if len(search.find(connection, asked("zebra hello"), Kept(), size=9).mails) == 2:
                read.set()
        return found

    def ready(*_: object) -> None:
        daemon.take(mail % 2, envelope).result(60)
        assert read.wait(60)
        daemon.stop.set()

    monkeypatch.setattr(daemon.desk, "index", indexed)
    asyncio.run(daemon.run(ready=ready))


def test_what_waits_to_be_sent_does_not_wait_for_a_clock_that_was_set_back(tmp_path):
    wall = Wall()
    daemon = daemon_of(tmp_path, wall)
    mail = outbox.Queued("k/1", None, "relay", "jo@acme.example", "", "<1@x>", b"raw")
    with daemon.database.write() as connection:
        outbox.add(connection, [mail], wall())
    daemon._look_at_the_clock()
    wall.now -= timedelta(hours=1)
    daemon._look_at_the_clock()
    daemon._go_round()
    with daemon.database.read() as connection:
        assert outbox.earliest_due(connection) == wall()
    assert [cause.name for cause in daemon.watch.wall.causes()] == ["clock.set"]
    daemon.conditions.look()
    daemon.conditions.look()
    with daemon.database.read() as connection:
        keys = [row.key for row in outbox.rows(connection) if row.kind == "alert"]
    assert len(keys) == 1, "the operators hear of it once"
    assert "clock.set" in keys[0]
    daemon.committer.close()
    daemon.database.close()


def test_the_heart_beats_unless_the_desk_is_failing(tmp_path, monitor):
    daemon = daemon_of(tmp_path, Wall(), heartbeat=f"http://127.0.0.1:{monitor.port}/ping")
    daemon._beat()
    assert monitor.heard == ["/ping"]
    monitor.answer[0] = 500
    daemon._beat()
    assert [cause.name for cause in daemon.watch.causes()] == ["heartbeat.unheard"]
    daemon._beat()
    assert len(monitor.heard) == 3, "attention is no reason to be silent"
    daemon.watch.parts.expect("worker", lambda: False)
    daemon._beat()
    assert len(monitor.heard) == 3
    daemon.committer.close()
    daemon.database.close()


def test_a_new_case_is_read_once_more_by_the_configured_model_and_health_says_when_that_fails(tmp_path):
    with ChatServer(said(FOUND)) as server:
        table = f'\n[severity.reader]\nurl = "{server.url}"\nmodel = "m"\ntimeout = "5s"\n'
        daemon = Daemon(load_rules(write_office(tmp_path, more=table)), now=Wall())
        migrate.upgrade(daemon.database)
        daemon.desk.begin()
        for number, answer in enumerate((said("no"), said(FOUND)), start=1):
            server.answer = answer
            sheet = Sheet(JO, "support@logik.example", "Odd", f"{ODD} It is house {number}.")
            raw = write(sheet, at=START, message_id=f"<{number}@acme.example>")
            daemon.take(raw, Envelope(JO, ("support@logik.example",))).result(5)
            daemon._work()
            assert daemon.reader.call.is_set()
            assert daemon.rereading.read_next()
            unheard = [cause for cause in daemon.watch.causes() if cause.name == "reader.unheard"]
            assert len(unheard) == (number == 1)
    with daemon.database.read() as connection:
        found = cases.find(connection, [1, 2])
    assert [case.severity for case in found.values()] == ["medium", "critical"]
    daemon.committer.close()
    daemon.database.close()


def test_why_a_heartbeat_did_not_arrive_is_told_without_its_url(monitor):
    monitor.answer[0] = 404
    assert beat(f"http://127.0.0.1:{monitor.port}/secret") == "answered 404"
    assert "secret" not in beat("http://127.0.0.1:1/secret")
    assert beat("http://127.0.0.1:1/secret")


@pytest.mark.parametrize(
    "url",
    [
        "monitor.example/ping",
        "ftp://monitor.example/",
        "https://",
        "http://[::1",
        "https://m.example:0/",
        "https://m.example/a b",
    ],
)
def test_a_heartbeat_that_cannot_be_fetched_is_refused(tmp_path, url):
    with pytest.raises(ConfigurationError, match=r"desk\.heartbeat: expected a URL such as"):
        daemon_of(tmp_path, Wall(), heartbeat=url)


def test_a_clock_that_was_set_forward_by_a_year_erases_nothing(tmp_path, monkeypatch):
    """What is old by it need not be old."""
    wall = Wall()
    daemon = daemon_of(tmp_path, wall)
    purged: list[int] = []
    monkeypatch.setattr(daemon.desk, "purge", lambda **_: purged.append(1) or {})
    wall.now += timedelta(days=400)
    daemon._look_at_the_clock()
    daemon._purge()
    assert purged == []
    wall.now = START
    daemon._look_at_the_clock()
    daemon._purge()
    assert purged == [1]
    daemon.committer.close()
    daemon.database.close()


def test_two_daemons_that_see_the_same_tell_it_once(tmp_path):
    """One alert a condition, however many daemons share the database."""
    wall = Wall()
    first = daemon_of(tmp_path, wall)
    second = Daemon(first.rules, now=wall)
    mail = outbox.Queued("k/1", None, "relay", "jo@acme.example", "", "<1@x>", b"raw")
    with first.database.write() as connection:
        outbox.add(connection, [mail], wall())
    for daemon in (first, second):
        daemon.conditions.look()
    wall.now += timedelta(minutes=31)
    for daemon in (first, second, first, second):
        daemon.conditions.look()
        wall.now += timedelta(seconds=20)
    with first.database.read() as connection:
        told = [row.key for row in outbox.rows(connection) if row.kind == "alert" and "/outbox/" in row.key]
    assert len(told) == 1
    for daemon in (first, second):
        daemon.committer.close()
        daemon.database.close()
