"""The daemon: everything built, started and stopped cleanly. It decides nothing.

    listener     an event loop of its own      mail over SMTP or LMTP to the committer
    committer    a thread                      accepted mail to the spool, many in one flush
    pollers      a thread a mailbox            mail from IMAP folders to the spool
    worker       a thread                      spool to cases
    sender       a thread                      outbox to the courier
    metronome    APScheduler                   the tick and the rounds, once a second; it holds no job a case
    console      a thread                      health and the pages, where it is configured

A thread that fails logs, waits a little and goes on: no mail can stop the desk, and a database that is away is
waited for.
"""

from __future__ import annotations

import asyncio
import contextlib
import shutil
import signal
import ssl
import sys
import threading
import time
from concurrent.futures import Future
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import TYPE_CHECKING

import structlog
from apscheduler.schedulers.background import BackgroundScheduler

from helpdesk.accounts import imap_account, open_outgoing
from helpdesk.committer import Committer
from helpdesk.core.errors import ConfigurationError, Unavailable
from helpdesk.core.message import Envelope
from helpdesk.desk import Desk
from helpdesk.desk.conditions import Conditions, Reading
from helpdesk.desk.record import Recorder
from helpdesk.mail.compose import guard_holds
from helpdesk.reload import Reloader
from helpdesk.store import migrate
from helpdesk.store.engine import Database
from helpdesk.store.presence import Presence
from helpdesk.store.spool import Accepted
from helpdesk.watch import Watch
from helpdesk.web.access import access_of
from helpdesk.web.console import Console
from helpdesk.web.views import Views
from helpdesk.wires.imap import Fetched, Poller
from helpdesk.wires.smtp_in import Limits, SmtpListener

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from pathlib import Path

    from helpdesk.desk import Rules
    from helpdesk.wires.courier import Courier
    from helpdesk.wires.imap_account import Account

_log = structlog.get_logger("daemon")
_IDLE = 1.0  # seconds between looks when nobody calls
_AFTER_FAILURE = 2.0  # seconds
_GRACE = 20.0  # seconds for mail that is coming in
_PURGE_HOURS = 6  # between looks for what is old enough; not at the start, so that a wrong `keep` can be mended
_LAST_WORK = 10.0  # seconds for what the threads are at; a service manager kills after a minute or so


def wall_clock() -> datetime:
    """The time; only the doors ask."""
    return datetime.now(UTC).replace(microsecond=0)


@dataclass
class _Loop:
    """A thread that does a piece of work whenever it is called, and looks once in a while anyway."""

    name: str
    piece: Callable[[], object]  # true when it did something: then it is done again at once
    stop: threading.Event
    watch: Watch
    call: threading.Event = field(default_factory=threading.Event)
    thread: threading.Thread | None = None

    def start(self) -> None:
        self.thread = threading.Thread(target=self._run, name=self.name, daemon=True)
        self.thread.start()

    def join(self, timeout: float) -> None:
        self.call.set()
        if self.thread is not None:
            self.thread.join(timeout)

    @property
    def running(self) -> bool:
        return self.thread is not None and self.thread.is_alive()

    def _run(self) -> None:
        while not self.stop.is_set():
            self.call.clear()
            try:
                busy = self.piece()
                self.watch.progressed(self.name)
            except Exception:  # noqa: BLE001 - the desk goes on: the database may be away, and comes back
                _log.exception("failed", part=self.name)
                self.stop.wait(_AFTER_FAILURE)
                continue
            if not busy:
                self.call.wait(_IDLE)


class Daemon:
    """One process of the desk."""

    def __init__(self, rules: Rules, *, now: Callable[[], datetime] = wall_clock) -> None:
        """Build everything; nothing is opened yet. Raises ConfigurationError, Unavailable."""
        self.rules = rules
        self.database = Database(rules.configuration.database_url)
        self.presence = Presence(self.database)
        self.desk = Desk(database=self.database, rules=rules, now=now)
        self.courier: Courier = open_outgoing(rules.configuration)
        self.stop = threading.Event()
        self.watch = Watch(now)
        self.committer = Committer(self.desk.accept)
        self.reloader = Reloader(self.desk)
        self.conditions = Conditions(self.desk, self._free_space, self._readings)
        self.worker = _Loop("worker", self._work, self.stop, self.watch)
        self.sender = _Loop("sender", self._send, self.stop, self.watch)
        self.console = self._console()
        self.pollers = [self._poller(account) for account in self._accounts()]
        self._metronome = BackgroundScheduler(timezone=UTC, job_defaults={"coalesce": True, "misfire_grace_time": None})

    # --- what the threads do

    def _work(self) -> object:
        worked = self.desk.work()
        if worked:
            self.sender.call.set()
        return worked

    def _send(self) -> object:
        return self.desk.deliver(self.courier, stopping=self.stop.is_set)

    def _tick(self) -> None:
        try:
            changed = self.desk.tick()
            self.watch.progressed("metronome")
        except Exception:  # noqa: BLE001 - see the module's promise
            _log.exception("failed", part="metronome")
            return
        if changed:
            self.sender.call.set()

    def _go_round(self) -> None:
        try:
            written = self.desk.go_round(failing=self.watch.failing)
        except Exception:  # noqa: BLE001 - see the module's promise
            _log.exception("failed", part="rounds")
            return
        if written:
            self.sender.call.set()

    def _purge(self) -> None:
        try:
            erased = self.desk.purge(stopping=self.stop.is_set)
        except Exception:  # noqa: BLE001 - see the module's promise
            _log.exception("failed", part="purge")
            return
        if any(erased.values()):
            _log.info("purged", **erased)

    def _look_at_itself(self) -> None:
        try:
            self.conditions.look()
        except Exception:  # noqa: BLE001 - see the module's promise
            _log.exception("failed", part="conditions")

    def _free_space(self) -> int:
        """Octets left on the fullest of the disks that the desk writes to."""
        return min(shutil.disk_usage(place).free for place in self.rules.configuration.storage)

    def _readings(self) -> list[Reading]:
        return [
            self.watch.reading(poller.account.mailbox, read=poller.since_poll is not None) for poller in self.pollers
        ]

    def _look_for_edits(self) -> None:
        try:
            self.reloader.look()
        except Exception:  # noqa: BLE001 - see the module's promise
            _log.exception("failed", part="reloader")

    # --- what the wires call

    def knows(self, address: str) -> bool:
        """Whether mail to that address is ours."""
        return bool(self.desk.mailboxes_for([address]))

    def take(self, raw: bytes, envelope: Envelope) -> Future[str]:
        """Mail from the listener; the future resolves with the queue id when it is on disk."""
        at = self.desk.now()
        mails = [Accepted(mailbox, raw, envelope, "smtp", at) for mailbox in self.desk.mailboxes_for(envelope.rcpt_to)]
        answer: Future[str] = Future()
        answer.set_running_or_notify_cancel()  # the mail goes to disk whatever becomes of the connection

        def done(ids: Future[list[int]]) -> None:
            problem = ids.exception()
            if problem is not None:
                answer.set_exception(problem)
                return
            self.worker.call.set()
            answer.set_result("+".join(map(str, ids.result())))

        self.committer.submit(mails).add_done_callback(done)
        return answer

    def _fetched(self, mailbox: str, mails: Sequence[Fetched]) -> None:
        self.desk.accept([_from_imap(mailbox, mail) for mail in mails])
        self.worker.call.set()

    def _accounts(self) -> list[Account]:
        entries = self.rules.configuration.file.mailbox
        size = self.rules.configuration.max_size
        return [
            imap_account(self.rules.configuration, entry.address.lower(), entry.imap, max_size=size)
            for entry in entries
            if entry.imap is not None
        ]

    def _poller(self, account: Account) -> Poller:
        mailbox, folder = account.mailbox, account.folder
        return Poller(
            account,
            accept=lambda mails: self._fetched(mailbox, mails),
            known=lambda validity, uids: self.desk.known_uids(mailbox, folder, validity, uids),
            report=lambda report: self.watch.mailbox(self.desk, report),
        )

    def _console(self) -> Console | None:
        """The console that is configured, not yet open."""
        configuration = self.rules.configuration
        if not configuration.file.web.listen:
            return None
        views = Views(
            name=configuration.file.desk.name,
            database=self.database,
            policy_of=Recorder(self.rules).policy_of,
            watch=self.watch,
            now=self.desk.now,
            started_at=self.desk.now(),
        )
        return Console(listen=configuration.file.web.listen, views=views, access=access_of(configuration))

    # --- a life

    def listener(self) -> SmtpListener | None:
        """The listener that is configured, not yet started."""
        configuration = self.rules.configuration
        table = configuration.file.smtp_in
        if not table.listen:
            return None
        return SmtpListener(
            listen=table.listen,
            accept=self.take,
            knows=self.knows,
            limits=Limits(max_size=configuration.max_size),
            tls=_tls(configuration.place(table.tls_cert), configuration.place(table.tls_key)),
            require_tls=table.require_tls,
            trusted_relays=table.trusted_relays,
            free_space=self._free_space,
        )

    async def run(self, *, ready: Callable[[Daemon, SmtpListener | None], None] | None = None) -> None:
        """Run until SIGTERM or SIGINT (or `self.stop`). Raises Unavailable when the address is taken."""
        if not guard_holds():
            raise Unavailable(f"the guard of outgoing headers does not hold on Python {sys.version.split()[0]}")
        if doubt := self.database.doubt():
            _log.warning("the database is in doubt", because=doubt)
        migrate.upgrade(self.database)
        self.desk.begin()
        self.presence.arrive(self.desk.recover)
        listener = self.listener()
        if listener is not None:
            await listener.start()
        if self.console is not None:
            self.console.open()
        pollers = self._start()
        if ready is not None:
            ready(self, listener)
        try:
            await self._until_stopped()
        finally:
            _log.info("stopping")
            if listener is not None:
                await listener.stop(_GRACE)
            self._shut_down(pollers)
            _log.info("stopped")

    def _start(self) -> list[threading.Thread]:
        self.worker.start()
        self.sender.start()
        self._metronome.add_job(self._tick, "interval", seconds=1, max_instances=1)
        self._metronome.add_job(self._look_for_edits, "interval", seconds=1, max_instances=1)
        self._metronome.add_job(self._go_round, "interval", seconds=1, max_instances=1)
        self._metronome.add_job(self._look_at_itself, "interval", minutes=1, max_instances=1)
        self._metronome.add_job(self._purge, "interval", hours=_PURGE_HOURS, max_instances=1)
        self._metronome.start()
        threads = [
            threading.Thread(target=poller.run, args=(self.stop,), name=f"imap {poller.account.mailbox}", daemon=True)
            for poller in self.pollers
        ]
        for thread in threads:
            thread.start()
        return threads

    async def _until_stopped(self) -> None:
        loop = asyncio.get_running_loop()
        asked = asyncio.Event()
        for number in (signal.SIGTERM, signal.SIGINT):
            with contextlib.suppress(ValueError, RuntimeError):  # not in the main thread: a test stops us itself
                loop.add_signal_handler(number, asked.set)
        with contextlib.suppress(ValueError, RuntimeError):
            loop.add_signal_handler(signal.SIGHUP, self.reloader.ask)
        while not asked.is_set() and not self.stop.is_set():
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(asked.wait(), timeout=0.2)

    def _shut_down(self, pollers: Sequence[threading.Thread]) -> None:
        """Stop in the order of the pipe: nothing new, then what was accepted is written, then the rest.

        Whoever does not come to an end in time is left: what it was at is repeated by the next start.
        """
        self.stop.set()
        ends = time.monotonic() + _LAST_WORK
        self._metronome.shutdown(wait=True)
        for thread in pollers:
            thread.join(timeout=max(0, ends - time.monotonic()))
        self.committer.close()
        for loop in (self.worker, self.sender):
            loop.join(timeout=max(0, ends - time.monotonic()))
        if not self.sender.running:
            self.courier.close()  # otherwise it would wait for the mail on its way
        if self.console is not None:
            self.console.close()
        self.presence.leave()
        self.database.close()


def _from_imap(mailbox: str, mail: Fetched) -> Accepted:
    return Accepted(
        mailbox=mailbox,
        raw=mail.raw,
        envelope=Envelope("", (mailbox,)),
        source="imap",
        received_at=mail.received_at,
        folder=mail.folder,
        uidvalidity=mail.uidvalidity,
        uid=mail.uid,
    )


def _tls(certificate: Path | None, key: Path | None) -> ssl.SSLContext | None:
    if certificate is None or key is None:
        return None
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    try:
        context.load_cert_chain(certificate, key)
    except (OSError, ssl.SSLError) as problem:
        raise ConfigurationError([f"smtp_in.tls_cert: expected a certificate and its key: {problem}"]) from None
    return context
