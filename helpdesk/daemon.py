"""The daemon: everything built, started and stopped cleanly. It decides nothing.

    listener     an event loop of its own      mail over SMTP or LMTP to the committer
    committer    a thread                      accepted mail to the spool, many in one flush
    pollers      a thread a mailbox            mail from IMAP folders to the spool
    worker       a thread                      spool to cases; with `workers`, processes read the mail for it
    indexer      a thread                      mails of cases for the search, after they are worked
    reader       a thread                      new cases once more, by a language model, where there is one
    senders      a thread a connection         outbox to the courier, at the pace that the smarthost bears
    notifiers    two threads                   outbox to push services, chats and phones: calls beyond mail
    keeper       a thread                      renews the claims of what is worked and sent just now
    metronome    a thread                      the tick, once a second: what time alone makes due
    rounds, reloader, conditions, heartbeat, purge: a thread each, at their own intervals
    console      a thread                      health and the pages, where it is configured

APScheduler rings for those that go by time (`helpdesk.metronome`), by a clock that nobody sets. A thread that fails
logs, waits a little and goes on: no mail can stop the desk, and a database that is away is waited for. Should one end
all the same, nobody knows what it has left behind: health says so, and the daemon stops with an error, for its service
manager to start it anew.
"""

from __future__ import annotations

import asyncio
import contextlib
import ctypes
import gc
import signal
import sys
import threading
import time
from concurrent.futures import Future
from datetime import UTC, datetime, timedelta
from functools import partial
from typing import TYPE_CHECKING

from helpdesk.committer import Committer
from helpdesk.core.words.message import Envelope
from helpdesk.credentials import imap_account, open_outgoing
from helpdesk.desk import Desk
from helpdesk.desk.pace import Pace
from helpdesk.desk.reread import Rereading
from helpdesk.errors import Unavailable
from helpdesk.log import logger
from helpdesk.loops import IDLE, Loop
from helpdesk.mail.write.compose import guard_holds
from helpdesk.metronome import Metronome
from helpdesk.operators import Conditions, MailboxReading
from helpdesk.reload import Reloader
from helpdesk.store import migrate
from helpdesk.store.claims import RENEWAL, WorkLock
from helpdesk.store.engine import Database
from helpdesk.store.search import AT_A_TIME
from helpdesk.store.spool import Accepted
from helpdesk.store.writable import hindrance
from helpdesk.unit.mail_reader import open_reader
from helpdesk.watch import Disk, Observed, Watch, since_boot
from helpdesk.watch.disk import free_space, needed_space
from helpdesk.watch.wall import in_words
from helpdesk.web.access import access_of
from helpdesk.web.console import Console
from helpdesk.web.health import status
from helpdesk.web.views import Views
from helpdesk.wires.certificate import server_context
from helpdesk.wires.heartbeat import beat
from helpdesk.wires.imap import Fetched, Poller
from helpdesk.wires.notify import NotifyCourier
from helpdesk.wires.smtp_in import Limits, SmtpListener

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from helpdesk.desk import Rules
    from helpdesk.wires.courier import Courier
    from helpdesk.wires.imap_account import Account

_log = logger("daemon")
_EYE = 1.0  # seconds between looks at the clock and the threads
_SOMEBODY_ENDS = timedelta(seconds=10)  # for a daemon that is stopping, or an import that makes room
_GRACE = 20.0  # seconds for mail that is coming in
_TICK = timedelta(seconds=1)
_LOOK = timedelta(minutes=1)
_PURGE = timedelta(hours=6)  # not at the start, so that a wrong `keep` can be mended
_NOTIFIERS = 2
_TOGETHER = 1.0  # seconds in which mails come that are read for the search together
_LEISURE = 5.0  # seconds between looks for what somebody else, or a pause of minutes, has made due
_YOUNG = 10_000  # objects that the collector lets come before it looks: those of a batch of mails go by themselves
# <malloc.h>: M_TRIM_THRESHOLD, M_MMAP_THRESHOLD (which no longer moves once it is set), M_ARENA_MAX. Mails of 2 MB are
# below: to have their pages anew for each step takes a third more processor time.
_MALLOPT = {-1: 2**23, -3: 2**22, -8: 2}
_LAST_WORK = 10.0  # seconds for what the threads are at; a service manager kills after a minute or so


def spare_collector() -> None:
    """Let Python's collector of cycles pass over all that is loaded by now: it stays as long as the process.

    A daemon has some 150,000 objects before the first mail; to walk over them takes as long as ten mails.
    """
    gc.freeze()
    gc.set_threshold(_YOUNG, *gc.get_threshold()[1:])


def return_memory() -> None:
    """Have the C library give back what large mails took; to be called before there are many threads.

    glibc keeps blocks of up to 32 MiB once some were freed, for each of eight arenas a core. musl has no such settings.
    """
    with contextlib.suppress(OSError, AttributeError):
        settings = ctypes.CDLL(None).mallopt
        for number, value in _MALLOPT.items():
            settings(number, value)


def return_free_memory() -> None:
    """Have the C library give back what is free just now, less than what it keeps for the next mail."""
    with contextlib.suppress(OSError, AttributeError):
        ctypes.CDLL(None).malloc_trim(0)


def wall_clock() -> datetime:
    """The time, aware UTC, to the second; only the doors ask."""
    return datetime.now(UTC).replace(microsecond=0)


class Daemon:
    """One process of the desk."""

    def __init__(self, rules: Rules, *, now: Callable[[], datetime] = wall_clock) -> None:
        """Build everything; nothing is opened yet. Raises ConfigurationError, Unavailable."""
        self.rules = rules
        self.database = Database(rules.configuration.database_url)
        self.lock = WorkLock(self.database)
        self.desk = Desk(database=self.database, rules=rules, now=now, workers=rules.configuration.workers)
        self.stop = threading.Event()
        self._set_back = threading.Event()  # the clock was, and what waits to be sent has not heard of it yet
        self.watch = Watch(now, since_boot=since_boot, disk=Disk(self._free_space, needed_space(rules.configuration)))
        self.pace = Pace(rules.configuration.connections, time.monotonic)
        self.committer = Committer(self.desk.accept)
        self.reloader = Reloader(self.desk)
        self.conditions = Conditions(
            self.desk.units, now, self._free_space, self._readings, self.watch.alerted.conditions
        )
        self.worker = self._loop("worker", self._work)
        self._warm = False
        self.indexer = self._loop("indexer", self._index, idle=_LEISURE)
        self.rereading, self.reader = self._reader()
        self.keeper = self._loop("keeper", self.desk.renew, idle=RENEWAL.total_seconds())
        self.couriers = [self._courier() for _ in range(rules.configuration.connections)]
        self.senders = [self._sender(number, courier) for number, courier in enumerate(self.couriers, 1)]
        self.notifiers = [self._notifier(number) for number in range(1, _NOTIFIERS + 1)]
        self.views = self._views()
        self.console = self._console()
        self.pollers = [self._poller(account) for account in self._accounts()]
        self._metronome = Metronome()
        self._rung = [
            self._ring("metronome", self._tick, _TICK),
            self._ring("rounds", self._go_round, _TICK),
            self._ring("reloader", self._look_for_edits, _TICK),
            self._ring("conditions", self.conditions.look, _LOOK),
            self._ring("heartbeat", self._beat, _LOOK),
            self._ring("purge", self._purge, _PURGE),
        ]

    def _loop(self, name: str, piece: Callable[[], object], *, idle: float = IDLE) -> Loop:
        return Loop(name, piece, self.stop, self.watch, idle=idle)

    def _ring(self, name: str, piece: Callable[[], object], interval: timedelta) -> Loop:
        """A thread that does its piece whenever the metronome rings for it."""
        idle = 2 * interval.total_seconds()  # should nobody ring
        loop = Loop(name, piece, self.stop, self.watch, idle=idle, at_once=False)
        self._metronome.every(interval, loop.call.set)
        return loop

    # --- what the threads do

    def _work(self) -> object:
        if not self._warm:
            self.desk.warm_up()
            return_free_memory()
            self._warm = True
        worked = self.desk.work()
        if worked:
            self._call_senders()
            self.indexer.call.set()
        if self.rereading and self.reader:
            self.rereading.put(worked)
            self.reader.call.set()
        return worked

    def _index(self) -> object:
        """Half of the time at most: after an upgrade there are all mails to read, and customers write meanwhile.

        What comes within a second of the last is read in one transaction: it costs a third of one for each.
        """
        began = time.monotonic()
        read = self.desk.index()
        if read:
            took = time.monotonic() - began
            self.stop.wait(took if read >= AT_A_TIME else max(took, _TOGETHER))
        return read

    @property
    def _readers(self) -> tuple[Loop, ...]:
        return (self.reader,) if self.reader else ()

    def _reader(self) -> tuple[Rereading | None, Loop | None]:
        """Who reads new cases once more, where a language model is configured."""
        asked = open_reader(self.rules.configuration)
        if asked is None:
            return None, None
        rereading = Rereading(self.desk.units, asked, self.desk.now)
        self.watch.reader = lambda: rereading.problem
        return rereading, self._loop("reader", rereading.read_next)

    def _courier(self) -> Courier:
        return Observed(open_outgoing(self.rules.configuration), self.watch.way_out)

    def _sender(self, number: int, courier: Courier) -> Loop:
        send = partial(self.desk.deliver, courier, pace=self.pace, stopping=self.stop.is_set)
        name = "sender" if number == 1 else f"sender {number}"
        return Loop(name, send, self.stop, self.watch, like="sender")

    def _notifier(self, number: int) -> Loop:
        """A thread for calls beyond mail: a service that is slow keeps a mail waiting never, and a call seldom."""
        courier = NotifyCourier(self._notify_url, lambda: self.desk.rules.configuration.file.desk.notify_private)
        notify = partial(self.desk.notify, courier, stopping=self.stop.is_set)
        return Loop(f"notifier {number}", notify, self.stop, self.watch, idle=_LEISURE, like="sender")

    def _notify_url(self, name: str) -> str:
        known = self.desk.rules.configuration.notify_url(name)
        return known.url if known else ""

    def _call_senders(self) -> None:
        for sender in (*self.senders, *self.notifiers):
            sender.call.set()

    def _tick(self) -> None:
        if self.desk.tick():
            self._call_senders()

    def _go_round(self) -> None:
        self._note_refusals()
        if self._set_back.is_set():
            self._set_back.clear()
            self.desk.catch_up()
        if self.desk.go_round(failing=self.watch.mailboxes.failing):
            self._call_senders()

    def _look_for_edits(self) -> None:
        self.reloader.look()

    def _note_refusals(self) -> None:
        if refused := self.watch.door.take_refused():
            self.desk.note_refusals(refused)

    def _purge(self) -> None:
        if self.watch.wall.away:
            _log.warning("nothing is purged by a clock that was set", how=in_words(self.watch.wall.away))
            return
        erased = self.desk.purge(stopping=self.stop.is_set)
        if any(erased.values()):
            _log.info("purged", **erased)

    def _beat(self) -> None:
        url = self.desk.rules.configuration.file.desk.heartbeat
        if url and status(self.views.facts()) != "failing":
            self.watch.heartbeat = beat(url)
        elif not url:
            self.watch.heartbeat = ""

    def _poll(self, poller: Poller) -> None:
        poller.run(self.stop)

    def _free_space(self) -> int:
        """Octets left on the fullest of the disks that the desk writes to."""
        return free_space(self.rules.configuration)

    def _readings(self) -> list[MailboxReading]:
        return [
            self.watch.mailboxes.reading(poller.account.mailbox, read=poller.since_poll is not None)
            for poller in self.pollers
        ]

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
        now = self.desk.now()
        self.desk.accept([_from_imap(mailbox, mail, now) for mail in mails])
        self.watch.mailboxes.brought(mailbox)
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
            report=lambda report: self.watch.mailboxes.heard(self.desk, report),
            begin=lambda validity, uidnext: self.desk.begin_reading(mailbox, folder, validity, uidnext),
            emptied=lambda: self.desk.tell_history(mailbox),
            alone=lambda: self.database.embedded,  # PostgreSQL may be shared, and others of ours put mail away too
        )

    def _views(self) -> Views:
        return Views(
            name=self.rules.configuration.file.desk.name,
            units=self.desk.units,
            watch=self.watch,
            now=self.desk.now,
            started_at=self.desk.now(),
        )

    def _console(self) -> Console | None:
        """The console that is configured, not yet open."""
        configuration = self.rules.configuration
        if not configuration.file.web.listen:
            return None
        return Console(listen=configuration.file.web.listen, views=self.views, access=access_of(configuration))

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
            tls=server_context(configuration.place(table.tls_cert), configuration.place(table.tls_key)),
            require_tls=table.require_tls,
            trusted_relays=table.trusted_relays,
            free_space=self._free_space,
            tally=self.watch.door,
        )

    async def run(self, *, ready: Callable[[Daemon, SmtpListener | None], None] | None = None) -> None:
        """Run until SIGTERM or SIGINT (or `self.stop`). Raises Unavailable when the address is taken."""
        return_memory()
        if not guard_holds():
            raise Unavailable(f"the guard of outgoing headers does not hold on Python {sys.version.split()[0]}")
        if doubt := self.database.doubt():
            _log.warning("the database is in doubt", because=doubt)
        if why := hindrance(self.database):
            raise Unavailable(f"database: {why}")
        self.lock.take(patience=_SOMEBODY_ENDS)
        migrate.upgrade(self.database)
        self.desk.begin()
        listener = self.listener()
        if listener is not None:
            await listener.start()
        if self.console is not None:
            self.console.open()
        pollers = self._start()
        if ready is not None:
            ready(self, listener)
        missing: list[str] = []
        try:
            missing = await self._until_stopped()
        finally:
            _log.info("stopping")
            if listener is not None:
                await listener.stop(_GRACE)
            self._shut_down(pollers)
            _log.info("stopped")
        if missing:
            raise Unavailable(f"a thread has ended that never should: {', '.join(missing)}")

    def _start(self) -> list[Loop]:
        parts = self.watch.parts
        parts.expect("committer", lambda: self.committer.running)
        parts.expect("clockwork", lambda: self._metronome.running)
        if (console := self.console) is not None:
            parts.expect("console", lambda: console.running)
        for loop in (
            self.keeper,
            self.worker,
            self.indexer,
            *self.senders,
            *self.notifiers,
            *self._rung,
            *self._readers,
        ):
            loop.start()
        self._metronome.start()
        pollers = [self._loop(f"imap {poller.account.mailbox}", partial(self._poll, poller)) for poller in self.pollers]
        for poller, loop in zip(self.pollers, pollers, strict=True):
            self.watch.mailboxes.expect(poller.account.mailbox, partial(_since_poll, poller))
            loop.start()
        return pollers

    async def _until_stopped(self) -> list[str]:
        """Keep an eye on clock and threads until somebody asks us to stop; returns the threads that are not there."""
        loop = asyncio.get_running_loop()
        asked = asyncio.Event()
        for number in (signal.SIGTERM, signal.SIGINT):
            with contextlib.suppress(ValueError, RuntimeError):  # not in the main thread: a test stops us itself
                loop.add_signal_handler(number, asked.set)
        with contextlib.suppress(ValueError, RuntimeError):
            loop.add_signal_handler(signal.SIGHUP, self.reloader.ask)
        while not asked.is_set() and not self.stop.is_set():
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(asked.wait(), timeout=_EYE)
                break
            if (missing := self.watch.parts.missing) and not self.stop.is_set():
                _log.error("a thread has ended", parts=missing)
                return missing
            self._look_at_the_clock()
            self.watch.parts.progressed("listener")
        return []

    def _look_at_the_clock(self) -> None:
        jump = self.watch.wall.look()
        self._metronome.hold_time()
        if jump:
            _log.warning("the clock was set", how=in_words(jump))
        if jump < timedelta():
            self._set_back.set()

    def _shut_down(self, pollers: Sequence[Loop]) -> None:
        """Stop in the order of the pipe: nothing new, then what was accepted is written, then the rest.

        A thread that does not come to an end in time is left: what it did is repeated by the next start.
        """
        self.stop.set()
        ends = time.monotonic() + _LAST_WORK
        self._metronome.stop()
        for loop in (*pollers, *self._rung):
            loop.join(timeout=max(0, ends - time.monotonic()))
        self.committer.close()
        for loop in (self.worker, self.indexer, *self.senders, *self.notifiers, self.keeper, *self._readers):
            loop.join(timeout=max(0, ends - time.monotonic()))
        self.desk.stop_reading()
        self._give_back()
        for sender, courier in zip(self.senders, self.couriers, strict=True):
            if not sender.running:
                courier.close()  # otherwise it would wait for the mail on its way
        if self.console is not None:
            self.console.close()
        self.database.close()
        self.lock.leave()

    def _give_back(self) -> None:
        try:
            self.desk.stop_sending()
        except Exception:  # noqa: BLE001 - the database may be away; what is claimed comes to its end by itself
            _log.exception("failed", part="stopping")


def _since_poll(poller: Poller) -> timedelta | None:
    return poller.since_poll


def _from_imap(mailbox: str, mail: Fetched, now: datetime) -> Accepted:
    return Accepted(
        mailbox=mailbox,
        raw=mail.raw,
        envelope=Envelope("", (mailbox,)),
        source="imap",
        received_at=mail.received_at or now,
        folder=mail.folder,
        uidvalidity=mail.uidvalidity,
        uid=mail.uid,
    )
