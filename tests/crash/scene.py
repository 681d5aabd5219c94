"""A desk of one or several daemons with everything around it, each with a memory of its own.

A `Ground` is what a whole run stands on: the process that forks daemons, PostgreSQL, Dovecot. A `Scene` is one desk on
it, from an empty database to its last stop: senders, mailboxes, smarthost, links, and what to check.
"""

from __future__ import annotations

import contextlib
import ctypes.util
import json
import os
import shutil
import signal
import subprocess
import tempfile
import time
import urllib.error
import urllib.request
from collections import Counter
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import sqlalchemy as sa

from tests.claims import end_claims_past_the_dot
from tests.crash import laws
from tests.crash.correspondence import Correspondence
from tests.crash.life import imap_table
from tests.crash.postgres import Link, Restartable
from tests.crash.token_server import TokenServer
from tests.process import Foundry, Ledger, Mta, Premises, Running, kill, reap, stop, until
from tests.wire.imap_servers import PASSWORD, Dovecot, Liar, Talk, mail_server
from tests.wire.smarthost import ScriptedSmarthost

if TYPE_CHECKING:
    from collections.abc import Iterator
    from random import Random
    from typing import Self

    from tests.process import Starter
    from tests.wire.imap_servers import Mailbox, Pymap

STUCK = 120.0  # seconds: what waits longer, with nothing in its way, is stuck
_DISK = "8g"  # of the disk that can be made full: nothing of it is taken before it is written
_UNDER_WAY = "SELECT id, kind, state FROM outbox WHERE next_at IS NOT NULL AND claimed_by LIKE '%-{pid}-%'"
_TOKEN_BOX = """
[[mailbox]]
address = "token@desk.example"
policy = "quick"
team = "first line"
  [mailbox.imap]
  host = "127.0.0.1"
  port = {port}
  tls = "none"
  username = "user"
  oauth2 = {{ token_url = "{url}", client_id = "desk", refresh_token_env = "REFRESH_TOKEN" }}
  poll = "2s"
"""


@dataclass(frozen=True)
class Arrangement:
    """Which database, and how many daemons work on it."""

    database: str
    daemons: int

    def __str__(self) -> str:
        return f"{self.database} x {self.daemons}"


ARRANGEMENTS = (
    Arrangement("sqlite", 1),
    Arrangement("postgresql", 1),
    Arrangement("postgresql", 2),
    Arrangement("postgresql", 4),
)


class Ground:
    """What all scenes of a run share. Leaving it ends every process and every mount that the run made."""

    def __init__(self, *, brief: bool) -> None:
        self.brief = brief  # no fault that has to last half a minute
        self._stack = contextlib.ExitStack()
        self._made = 0

    def __enter__(self) -> Self:
        with contextlib.ExitStack() as stack:
            self.folder = Path(tempfile.mkdtemp(prefix="crash-"))
            stack.callback(shutil.rmtree, self.folder, ignore_errors=True)
            self.imap: Dovecot | Pymap = mail_server()
            stack.callback(self.imap.remove)
            self.imap.start()
            self.postgres = stack.enter_context(Restartable())
            self.postgres.run("ALTER SYSTEM SET fsync = off")  # nothing here is a power cut of the whole machine
            self.postgres.run("SELECT pg_reload_conf()")
            self.foundry = Foundry()
            stack.callback(self.foundry.close)
            stack.callback(reap)
            self._stack = stack.pop_all()
        return self

    def __exit__(self, *_: object) -> None:
        self._stack.close()

    def next_number(self) -> int:
        self._made += 1
        return self._made


def faketime() -> str:
    """The library that moves a process's clock; empty where it is not installed (Debian: apt install faketime)."""
    places = ("/usr/lib", "/usr/lib64", "/usr/local/lib")
    found = (str(path) for place in places for path in Path(place).glob("**/faketime/libfaketimeMT.so.1"))
    return next(found, ctypes.util.find_library("faketimeMT") or "")


def may_mount() -> bool:
    """Whether a disk of our own can be made, and filled."""
    return os.name == "posix" and os.geteuid() == 0 and shutil.which("mount") is not None


@dataclass
class Worker:
    """One daemon of the desk."""

    premises: Premises
    running: Running | None = None

    @property
    def alive(self) -> bool:
        return self.running is not None and self.running.status() is None


@dataclass
class Broken:
    """A law that did not hold."""

    what: str
    when: str


class Scene:
    """One desk. `broken` are the laws that did not hold."""

    def __init__(self, ground: Ground, arrangement: Arrangement, chance: Random) -> None:
        self.ground, self.arrangement, self.chance = ground, arrangement, chance
        self.broken: list[Broken] = []
        self.now_at = "the beginning"
        self.tally = laws.Tally()
        self.writers = Correspondence(chance, self.tally.letters)
        self.full_disk: Path | None = None
        self.disk_size = _DISK
        self._passed = 0.0
        self._stack = contextlib.ExitStack()

    def __enter__(self) -> Self:
        with contextlib.ExitStack() as stack:
            self._build(stack)
            self._stack = stack.pop_all()
        return self

    def __exit__(self, *_: object) -> None:
        self._stack.close()

    def _build(self, stack: contextlib.ExitStack) -> None:
        number = self.ground.next_number()
        self.folder = self.ground.folder / str(number)
        self.folder.mkdir()
        stack.callback(shutil.rmtree, self.folder, ignore_errors=True)
        home = self._disk(stack) if self.arrangement.database == "sqlite" else self.folder
        self.smarthost = stack.enter_context(ScriptedSmarthost())
        self.mailbox: Mailbox = self.ground.imap.mailbox()
        self.tokens = stack.enter_context(TokenServer())
        self.liar = stack.enter_context(Liar(capabilities="AUTH=XOAUTH2 MOVE UIDPLUS IDLE"))
        self.liar.scripts["AUTHENTICATE"] = _accept_token
        self.link: Link | None = None
        url, direct = self._database(stack, number)
        self.workers = [Worker(self._premises(home, index, url)) for index in range(self.arrangement.daemons)]
        stack.callback(self._end_all)
        first = self.workers[0].premises
        self.records = laws.records(first, url=direct)
        stack.callback(self.records.engine.dispose)
        self.ledger = Ledger(self.folder / "ledger")
        self.mta = Mta([worker.premises.port for worker in self.workers], self.ledger, sessions=6)
        stack.callback(self.mta.close)
        stack.callback(self._thaw)

    def _disk(self, stack: contextlib.ExitStack) -> Path:
        """A small disk of its own for what the desk writes, where we may mount one."""
        if not may_mount():
            return self.folder
        place = self.folder / "disk"
        place.mkdir()
        subprocess.run(["mount", "-t", "tmpfs", "-o", f"size={_DISK}", "tmpfs", str(place)], check=True)
        stack.callback(subprocess.run, ["umount", "-l", str(place)], check=False)
        self.full_disk = place
        return place

    def _database(self, stack: contextlib.ExitStack, number: int) -> tuple[str, str]:
        """The daemons' URL of it, and ours."""
        if self.arrangement.database == "sqlite":
            return "", ""
        name = f"desk_{number}"
        direct = self.ground.postgres.create(name)
        stack.callback(self.ground.postgres.drop, name)
        self.link = Link(self.ground.postgres.socket_path)
        stack.callback(self.link.close)
        self.database = name
        return self.link.url(name), direct

    def _premises(self, home: Path, index: int, url: str) -> Premises:
        return Premises(
            home,
            name=f"daemon{index + 1}",
            smarthost=self.smarthost.url,
            database=url,
            imap=imap_table(self.mailbox),
            more=_TOKEN_BOX.format(port=self.liar.port, url=self.tokens.url),
            starter=self.ground.foundry,
            environment={"IMAP_PASSWORD": PASSWORD, "REFRESH_TOKEN": "refresh"},
        )

    # --- daemons

    def run_all(self) -> None:
        """Start whoever does not run, and wait until all greet."""
        for worker in self.workers:
            if not worker.alive:
                self.start(worker)
        for worker in self.workers:
            self.greeted(worker)

    def start(
        self,
        worker: Worker,
        failpoints: str = "",
        *,
        starter: Starter | None = None,
        log: Path | None = None,
        environment: dict[str, str] | None = None,
    ) -> None:
        worker.running = worker.premises.spawn(failpoints, starter=starter, log=log, environment=environment)

    def greeted(self, worker: Worker) -> None:
        """It lets clients in, or has died."""
        until(lambda: worker.premises.greets() or not worker.alive, "the daemon greets")

    def kill(self, worker: Worker) -> None:
        """kill -9, wherever it is."""
        if worker.running is not None and worker.alive:
            kill(worker.running)
            self.died(worker)

    def died(self, worker: Worker) -> None:
        """It is dead; to be called before any other starts."""
        assert worker.running is not None
        self.tally.died(self.records, worker.running.pid)

    def stop(self, worker: Worker) -> None:
        """SIGTERM; it has to end in order."""
        if worker.running is not None and worker.alive:
            status = stop(worker.running)
            if status:
                self.breaks(f"a daemon that was told to stop ended with {status}")
            if left := self.records.rows(_UNDER_WAY.format(pid=worker.running.pid)):
                self.breaks(f"a daemon that was told to stop kept mail: {[tuple(row) for row in left]}")

    def any_worker(self) -> Worker:
        return self.chance.choice(self.workers)

    def _end_all(self) -> None:
        for worker in self.workers:
            if worker.running is not None and worker.alive:
                kill(worker.running)

    def _thaw(self) -> None:
        for worker in self.workers:
            if worker.running is not None and worker.alive:
                worker.running.signal(signal.SIGCONT)

    # --- mail

    def write(self, count: int) -> None:
        """Mail of every sort comes in, some of it by IMAP."""
        self.writers.hear(list(self.smarthost.accepted))
        mails = self.writers.new(count) + self.writers.answers(count // 3)
        if self.chance.random() < 0.5:
            mails += self.writers.replies(self.chance.randint(1, 8))
        self.chance.shuffle(mails)
        self.mta.send(mails)

    def drop(self, count: int) -> None:
        """Mail comes to lie in the IMAP mailbox."""
        letters = self.writers.new(count)
        self.tally.by_imap |= {each.number for each in letters}
        self.mailbox.fill([each.raw for each in letters])

    # --- what it says of itself

    def health(self, worker: Worker) -> dict[str, Any] | None:
        """What `/health` says; None where it does not answer."""
        request = urllib.request.Request(f"http://127.0.0.1:{worker.premises.console}/health")
        opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
        with contextlib.suppress(OSError, ValueError):
            try:
                with opener.open(request, timeout=30) as answer:
                    return dict(json.load(answer))
            except urllib.error.HTTPError as failing:
                with failing:
                    return dict(json.load(failing))
        return None

    def says(self, cause: str, *, within: float, of: Worker | None = None) -> None:
        """`/health` names that cause before so many seconds have passed."""
        worker = of or self.workers[0]
        shape: dict[str, Any] | None = None

        def said() -> bool:
            nonlocal shape
            shape = self.health(worker)
            return shape is not None and cause in {each["cause"] for each in shape["causes"]}

        with contextlib.suppress(AssertionError):
            until(said, "health says so", seconds=within)
            return
        self.breaks(f"/health did not say {cause} within {within:.0f} s, but {shape and shape['problems']}")

    # --- laws

    def breaks(self, what: str) -> None:
        self.broken.append(Broken(what, self.now_at))

    def check(self) -> None:
        """What holds at every moment."""
        accepted = list(self.smarthost.accepted)
        if self.records.has_tables():
            with self._judged():
                laws.always(self.records, self.ledger, self.tally, accepted)

    @contextlib.contextmanager
    def _judged(self) -> Iterator[None]:
        try:
            yield
        except AssertionError as wrong:
            self.breaks(str(wrong) or repr(wrong))

    def come_to_rest(self) -> None:
        """No more mishaps: everything is done within two minutes, everywhere is health, and the last check is made."""
        self.now_at = "the end"
        self.run_all()
        with self._judged():
            self._catch_up()
            self._is_well()
        for worker in self.workers:
            self.stop(worker)
        if self.mta.refused:
            self.breaks(f"refused for good: {self.mta.refused[:3]}")
        with self._judged():
            accepted, broken_off = list(self.smarthost.accepted), list(self.smarthost.broken_off)
            laws.in_the_end(self.records, self.ledger, self.tally, accepted, broken_off)
            self._mailbox_is_empty()
            self._ledger_balances()

    def _catch_up(self) -> None:
        by_smtp = set(self.tally.letters) - self.tally.by_imap
        until(lambda: by_smtp <= self.ledger.numbers(), "every mail got its 250", seconds=STUCK)
        until(self._all_worked, "every mail is worked", seconds=STUCK)
        try:
            until(self._quiet, "everything is done", seconds=STUCK)
        except AssertionError:
            raise AssertionError(f"stuck: {laws.what_waits(self.records)}") from None

    def _all_worked(self) -> bool:
        self._pass_the_time()
        done = "SELECT count(*) FROM spool WHERE copy_of IS NULL AND state <> 'waiting'"
        return self.records.number(done) >= len(self.tally.letters)

    def _quiet(self) -> bool:
        self._pass_the_time()
        return laws.is_quiet(self.records)

    def _pass_the_time(self) -> None:
        """What waits for minutes, as it should, is hastened by an operator without patience.

        That is mail whose worker died over it, what was deferred, and what was past its final dot when its daemon died:
        nobody can tell sooner that the answer will not come.
        """
        if time.monotonic() - self._passed < 1:
            return
        self._passed = time.monotonic()
        now = self.records.instant(datetime.now(UTC))
        # A mail that was tried alone when its worker was killed, and again, waits for ten minutes before the third time.
        self.records.change(
            "UPDATE spool SET next_at = NULL WHERE state = 'waiting' AND attempts > 1 AND next_at > " + now
        )
        self.records.change(
            f"UPDATE outbox SET next_at = {now} WHERE state = 'queued' AND attempts > 0 AND detail <> '' AND next_at > {now}"
        )
        living = [worker.running.pid for worker in self.workers if worker.running]
        end_claims_past_the_dot(self.records.engine, but=living)

    def _is_well(self) -> None:
        for worker in self.workers:
            until(
                lambda w=worker: (shape := self.health(w)) is not None and shape["status"] == "ok",
                f"health is ok again: {(self.health(worker) or {}).get('problems')}",
                seconds=STUCK,
            )

    def _mailbox_is_empty(self) -> None:
        assert self.mailbox.flags() == {}, "mail was left in the mailbox"
        if not self.tally.by_imap:
            return
        there = Counter(self.mailbox.raws(self.mailbox.processed))
        meant = Counter(self.tally.letters[number].raw for number in self.tally.by_imap)
        assert there == meant, (
            f"put away: {list((there - meant).elements())}, missing: {list((meant - there).elements())}"
        )

    def _ledger_balances(self) -> None:
        running = self.workers[0].premises.spawn(command=("ledger",), log=self.folder / "balance")
        until(lambda: running.status() is not None, "the ledger is read")
        said = (self.folder / "balance").read_text()
        assert running.status() == 0, f"helpdesk ledger does not balance: {said[-2000:]}"

    def keep(self, folder: Path) -> None:
        """Put aside what tells how it went: logs, and the embedded database."""
        folder.mkdir(parents=True, exist_ok=True)
        home = self.workers[0].premises.folder
        for file in (*home.glob("*.log"), *home.glob("helpdesk.db*"), *self.folder.glob("ledger")):
            shutil.copy(file, folder)
        for table in ("spool", "cases", "event", "message", "outbox"):
            with self.records.engine.connect() as connection:
                rows = connection.execute(sa.text(f"SELECT * FROM {table} ORDER BY 1, 2")).mappings().all()
            lines = (
                json.dumps({key: value for key, value in row.items() if key != "raw"}, default=str) for row in rows
            )
            (folder / f"{table}.jsonl").write_text("\n".join(lines))
        (folder / "broken.txt").write_text("\n\n".join(f"{each.when}: {each.what}" for each in self.broken))


def _accept_token(talk: Talk, tag: str, _: str) -> bool:
    talk.send("+ ")
    talk.line()
    talk.send(f"{tag} OK in")
    return True
