"""I01: the poller is killed at every named place of a poll, and each mail is accepted once.

It runs in a process of its own, with a ledger on disk in place of the desk.
"""

from __future__ import annotations

import multiprocessing
import signal
from typing import TYPE_CHECKING

import pytest

from helpdesk import failpoints
from tests.soak import amount
from tests.wire.imap_desk import Ledger, poll_with_failpoints
from tests.wire.imap_servers import Mailbox, mail, mailbox

if TYPE_CHECKING:
    from pathlib import Path

__all__ = ["mailbox"]  # the fixture

PLACES = [place for place in failpoints.PLACES if place.startswith("imap.")]
_PROCESSES = multiprocessing.get_context("forkserver")
_PROCESSES.set_forkserver_preload(["tests.wire.imap_desk"])


def poll_elsewhere(mailbox: Mailbox, processed: str | None, path: Path, setting: str = "") -> int | None:
    """Return the exit status of such a process."""
    process = _PROCESSES.Process(target=poll_with_failpoints, args=(mailbox, processed, path, setting))
    process.start()
    process.join(120)
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
@pytest.mark.soak
@pytest.mark.parametrize("place", PLACES)
def test_kill_after_kill_at_one_place_loses_and_doubles_nothing(mailbox: Mailbox, tmp_path: Path, place: str) -> None:
    """I01."""
    sent = []
    for kill in range(amount(25, 200)):
        sent.append(mail(kill))
        mailbox.fill(sent[-1:])
        assert poll_elsewhere(mailbox, mailbox.processed, tmp_path / "ledger", f"{place}=kill") == -signal.SIGKILL
        if place != "imap.post_move":
            poll_elsewhere(mailbox, mailbox.processed, tmp_path / "ledger")

    assert poll_elsewhere(mailbox, mailbox.processed, tmp_path / "ledger") == 0
    assert Ledger(tmp_path / "ledger").raws() == sent
    assert mailbox.flags() == {}
    assert sorted(mailbox.raws(mailbox.processed)) == sorted(sent)
