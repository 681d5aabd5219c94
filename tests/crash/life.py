"""A desk's life of many deaths: it is killed and started again while its customers go on writing."""

from __future__ import annotations

import contextlib
import itertools
import signal
import time
from typing import TYPE_CHECKING

from tests.claims import end_claims
from tests.crash import laws
from tests.process import PATIENCE, Ledger, Mta, Premises, Running, kill, letter, stop, until
from tests.wire.imap_servers import PASSWORD

if TYPE_CHECKING:
    from pathlib import Path
    from typing import Self

    from tests.process import Letter, Starter
    from tests.wire.imap_servers import Mailbox
    from tests.wire.smarthost import ScriptedSmarthost

_IMAP = """
  [mailbox.imap]
  host = "127.0.0.1"
  port = {port}
  tls = "none"
  username = "{username}"
  password_env = "IMAP_PASSWORD"
  folder = "{folder}"
  processed = "{processed}"
  poll = "2s"
"""


def imap_table(mailbox: Mailbox) -> str:
    """The configuration of a mailbox that is polled."""
    return _IMAP.format(
        port=mailbox.port, username=mailbox.username, folder=mailbox.folder, processed=mailbox.processed
    )


class Life:
    """From the first start to the last stop. Everything is checked when it is left."""

    def __init__(
        self,
        folder: Path,
        smarthost: ScriptedSmarthost,
        *,
        database: str = "",
        starter: Starter | None = None,
        mailbox: Mailbox | None = None,
        connections: int = 4,
    ) -> None:
        self.smarthost, self.mailbox = smarthost, mailbox
        self.desk = Premises(
            folder,
            smarthost=smarthost.url,
            database=database,
            starter=starter,
            imap=imap_table(mailbox) if mailbox else "",
            login=f"connections = {connections}",
            environment={"IMAP_PASSWORD": PASSWORD},
        )
        self.records = laws.records(self.desk)
        self.ledger = Ledger(folder / "ledger")
        self.tally = laws.Tally()
        self.mta = Mta([self.desk.port], self.ledger)
        self._numbers = itertools.count(1)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: object, *_: object) -> None:
        try:
            if kind is None:
                self.come_to_rest()
        finally:
            self.mta.close()
            self.records.engine.dispose()

    def write(self, count: int) -> None:
        """Customers write by SMTP."""
        self.mta.send(self._letters(count))

    def drop(self, count: int) -> None:
        """Mail comes to lie in the IMAP mailbox."""
        assert self.mailbox
        letters = self._letters(count)
        self.expect_by_imap(*(each.number for each in letters))
        self.mailbox.fill([each.raw for each in letters])

    def expect_by_imap(self, *numbers: int) -> None:
        """These letters get no 250."""
        self.tally.by_imap.update(numbers)

    def _letters(self, count: int) -> list[Letter]:
        return self.tally.add(letter(number) for number in itertools.islice(self._numbers, count))

    def die_at(self, place: str, *, nth: int = 1, letters: int = 0) -> None:
        """One start that ends at a failpoint, amid fresh mail; without a number of letters, enough of it."""
        running = self.desk.spawn(f"{place}=kill@{nth}")
        self.write(letters or 2 * nth)
        if self.mailbox and place.startswith("imap."):
            self.drop(1)
        self._feed_until_dead(running, place)
        assert running.status() == -signal.SIGKILL, f"{place}: {self.desk.logged()[-3000:]}"
        self.died(running)

    def _feed_until_dead(self, running: Running, place: str) -> None:
        """Some places are passed once a batch: customers go on writing until it is reached."""
        ends = time.monotonic() + PATIENCE
        while time.monotonic() < ends:
            with contextlib.suppress(AssertionError):
                until(lambda: running.status() is not None, f"{place} is reached", seconds=0.4)
                return
            if self.mailbox and place.startswith("imap."):
                self.drop(1)
            else:
                self.write(1)
        kill(running)
        raise AssertionError(f"{place} was never reached: {self.desk.logged()[-3000:]}")

    def let_minutes_pass(self) -> None:
        """A mail that was tried alone when its worker was killed waits for minutes before it is tried again."""
        self.records.change("UPDATE spool SET next_at = NULL WHERE state = 'waiting'")

    def die(self, running: Running) -> None:
        """kill -9 at this very instant, wherever it is, and look."""
        kill(running)
        self.died(running)

    def died(self, running: Running) -> None:
        """It is dead: note what it had in hand, and look."""
        self.tally.died(self.records, running.pid)
        self.check()

    def check(self) -> None:
        """What holds at every death."""
        until(self._all_is_said, "the smarthost has read what the dead had sent")
        if self.records.has_tables():
            laws.always(self.records, self.ledger, self.tally, list(self.smarthost.accepted))
            if not self.records.embedded:
                end_claims(self.records.engine)  # it is dead for certain; others would wait until its claims run out

    def _all_is_said(self) -> bool:
        with self.smarthost.lock:
            return not any(thread.is_alive() for _, thread in self.smarthost._sessions)

    def come_to_rest(self) -> None:
        """A last start without mishap: it catches up, and everything is there once."""
        self.let_minutes_pass()
        running = self.desk.start()
        try:
            by_smtp = set(self.tally.letters) - self.tally.by_imap
            until(lambda: self.ledger.numbers() == by_smtp, "every mail got its 250")
            until(self._all_taken, "every mail was taken")
            until(lambda: laws.is_quiet(self.records), "nothing waits any more")
            assert self.mta.refused == []
        except AssertionError as late:
            kill(running)
            late.add_note(self.desk.logged()[-5000:])
            raise
        assert stop(running) == 0
        accepted, broken_off = list(self.smarthost.accepted), list(self.smarthost.broken_off)
        laws.in_the_end(self.records, self.ledger, self.tally, accepted, broken_off)
        if self.mailbox:
            assert self.mailbox.flags() == {}

    def _all_taken(self) -> bool:
        originals = "SELECT count(*) FROM spool WHERE copy_of IS NULL"
        return self.records.number(originals) == len(self.tally.letters)
