"""What stands in for the desk in tests of the IMAP poller: one in memory, and one on disk that outlives a kill."""

from __future__ import annotations

import importlib
import os
import sqlite3
import threading
from contextlib import closing, contextmanager
from datetime import timedelta
from typing import TYPE_CHECKING

import pytest

from helpdesk import failpoints
from helpdesk.wires.imap import Account, Backoff, Fetched, Poller, Report

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

    from tests.wire.imap_servers import Mailbox

_GOES_AT_ONCE = 15  # seconds, on the busiest machine; IDLE itself would last twenty
HASTY = Backoff(
    first=timedelta(milliseconds=20),
    longest=timedelta(milliseconds=50),
    first_login=timedelta(milliseconds=50),
)


class Desk:
    """Accepts as the real one does: what was accepted earlier, by UID or by its octets, changes nothing."""

    def __init__(self) -> None:
        self.cases: list[bytes] = []  # the octets of each mail that is new
        self.fetched: list[Fetched] = []  # everything that came through the door
        self.reports: list[Report] = []
        self.down = False
        self._taken: set[tuple[int, int]] = set()

    def accept(self, mails: Sequence[Fetched]) -> None:
        if self.down:
            raise OSError("database is locked")
        self.fetched += mails
        self._taken |= {(mail.uidvalidity, mail.uid) for mail in mails}
        self.cases += [mail.raw for mail in mails if mail.raw not in self.cases]

    def known(self, uidvalidity: int, uids: Sequence[int]) -> set[int]:
        return {uid for uid in uids if (uidvalidity, uid) in self._taken}

    def poller(self, account: Account, **settings: object) -> Poller:
        doors = {"accept": self.accept, "known": self.known, "report": self.reports.append}
        return Poller(account, **{**doors, "retry": HASTY, **settings})  # type: ignore[arg-type]

    def poll(self, account: Account, **settings: object) -> int:
        """Connect, poll once, leave."""
        poller = self.poller(account, **settings)
        try:
            return poller.poll()
        finally:
            poller.close()


@pytest.fixture
def desk() -> Desk:
    return Desk()


@contextmanager
def running(poller: Poller) -> Iterator[threading.Event]:
    """The poller at work in a thread of its own; afterwards it must be gone, and not only when IDLE has to be renewed."""
    stop = threading.Event()
    thread = threading.Thread(target=poller.run, args=(stop,))
    thread.start()
    try:
        yield stop
    finally:
        stop.set()
        thread.join(_GOES_AT_ONCE)
        assert not thread.is_alive(), f"still running {_GOES_AT_ONCE} seconds after it was told to stop"


class Ledger:
    """The durable side of a desk, as small as it can be."""

    def __init__(self, path: Path) -> None:
        self.path = path
        with closing(self._open()) as ledger, ledger:
            ledger.execute("CREATE TABLE IF NOT EXISTS taken (uidvalidity, uid, raw, PRIMARY KEY (uidvalidity, uid))")

    def _open(self) -> sqlite3.Connection:
        ledger = sqlite3.connect(self.path)
        ledger.execute("PRAGMA synchronous = FULL")
        return ledger

    def accept(self, mails: Sequence[Fetched]) -> None:
        rows = [(mail.uidvalidity, mail.uid, mail.raw) for mail in mails]
        with closing(self._open()) as ledger, ledger:
            ledger.executemany("INSERT INTO taken VALUES (?, ?, ?)", rows)  # twice would be an error here

    def known(self, uidvalidity: int, uids: Sequence[int]) -> set[int]:
        with closing(self._open()) as ledger:
            rows = ledger.execute("SELECT uid FROM taken WHERE uidvalidity = ?", [uidvalidity])
            return {uid for (uid,) in rows} & set(uids)

    def raws(self) -> list[bytes]:
        with closing(self._open()) as ledger:
            return [raw for (raw,) in ledger.execute("SELECT raw FROM taken ORDER BY uid")]


def poll_with_failpoints(mailbox: Mailbox, processed: str | None, path: Path, setting: str) -> None:
    """Poll once with failpoints armed; for a process of its own."""
    os.environ["HELPDESK_FAILPOINTS"] = setting
    importlib.reload(failpoints)
    ledger = Ledger(path)
    account = mailbox.account(processed=processed)
    Poller(account, accept=ledger.accept, known=ledger.known, report=print).poll()
