"""I01: the process is killed at every named place of a poll, and each mail becomes one case.

The poller runs in a process of its own, with a ledger on disk in place of the desk: a mail is accepted once its
row is committed, and it is a case once, whatever its UID.
"""

from __future__ import annotations

import importlib
import multiprocessing
import os
import signal
import sqlite3
from contextlib import closing
from typing import TYPE_CHECKING

import pytest

from helpdesk import failpoints
from helpdesk.wires.imap import Fetched, Poller
from tests.wire.imap_servers import Mailbox, mail, mailbox

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

__all__ = ["mailbox"]  # the fixture

PLACES = [place for place in failpoints.PLACES if place.startswith("imap.")]
_PROCESSES = multiprocessing.get_context("forkserver")
_PROCESSES.set_forkserver_preload(["__main__", __name__])


class Ledger:
    """The durable side of a desk, as small as it can be."""

    def __init__(self, path: Path) -> None:
        self.path = path
        with closing(self._open()) as ledger, ledger:
            ledger.execute(
                "CREATE TABLE IF NOT EXISTS taken (uidvalidity, uid, raw, PRIMARY KEY (uidvalidity, uid))"
            )

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


def poll(mailbox: Mailbox, processed: str | None, path: Path, setting: str) -> None:
    """What a process of its own does: one poll, with a failpoint armed."""
    os.environ["HELPDESK_FAILPOINTS"] = setting
    importlib.reload(failpoints)
    ledger = Ledger(path)
    account = mailbox.account(processed=processed)
    Poller(account, accept=ledger.accept, known=ledger.known, report=print).poll()


def poll_elsewhere(mailbox: Mailbox, processed: str | None, path: Path, setting: str = "") -> int | None:
    """Return the exit status of such a process."""
    process = _PROCESSES.Process(target=poll, args=(mailbox, processed, path, setting))
    process.start()
    process.join(20)
    return process.exitcode


@pytest.mark.parametrize("moves", [True, False], ids=["moved", "flagged"])
@pytest.mark.parametrize("place", PLACES)
def test_a_poller_killed_in_its_second_batch_takes_each_mail_once(
    mailbox: Mailbox, tmp_path: Path, place: str, *, moves: bool
) -> None:
    """I01."""
    sent = [mail(number) for number in range(70)]
    processed = mailbox.processed if moves else None
    mailbox.fill(sent)

    assert poll_elsewhere(mailbox, processed, tmp_path / "ledger", f"{place}=kill@2") == -signal.SIGKILL
    assert len(Ledger(tmp_path / "ledger").raws()) in {50, 70}
    assert poll_elsewhere(mailbox, processed, tmp_path / "ledger") == 0

    assert Ledger(tmp_path / "ledger").raws() == sent
    if moves:
        assert mailbox.flags() == {}
        assert sorted(mailbox.raws(processed)) == sorted(sent)
    else:
        assert all(rb"\Seen" in flags for flags in mailbox.flags().values())


@pytest.mark.slow
@pytest.mark.parametrize("place", PLACES)
def test_two_hundred_kills_at_one_place_lose_and_double_nothing(
    mailbox: Mailbox, tmp_path: Path, place: str
) -> None:
    """I01."""
    sent = []
    for kill in range(200):
        sent.append(mail(kill))
        mailbox.fill(sent[-1:])
        assert (
            poll_elsewhere(mailbox, mailbox.processed, tmp_path / "ledger", f"{place}=kill")
            == -signal.SIGKILL
        )
        if place != "imap.post_move":
            poll_elsewhere(mailbox, mailbox.processed, tmp_path / "ledger")

    assert poll_elsewhere(mailbox, mailbox.processed, tmp_path / "ledger") == 0
    assert Ledger(tmp_path / "ledger").raws() == sent
    assert mailbox.flags() == {}
    assert sorted(mailbox.raws(mailbox.processed)) == sorted(sent)
