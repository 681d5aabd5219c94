"""S03: a client that does not wait for its answer changes nothing but what it knows."""

from __future__ import annotations

import socket
from typing import TYPE_CHECKING

import pytest

from tests.crash import laws
from tests.process import Dialogue, Premises, letter, stop, until

if TYPE_CHECKING:
    from pathlib import Path

    from tests.process import Foundry
    from tests.wire.smarthost import ScriptedSmarthost


@pytest.mark.parametrize("way", ["closes", "half-closes"])
def test_a_client_that_vanishes_after_the_dot_and_sends_three_times_more_has_one_case(
    tmp_path: Path, smarthost: ScriptedSmarthost, foundry: Foundry, way: str
) -> None:
    """S03: one case, one acknowledgment; every attempt is on record."""
    desk = Premises(tmp_path, smarthost=smarthost.url, starter=foundry)
    found = laws.records(desk)
    running = desk.start()
    for attempt in range(1, 5):
        vanish(Dialogue(desk.port), way)
        until(lambda n=attempt: found.number("SELECT count(*) FROM spool") == n, f"attempt {attempt} is in the spool")
    until(lambda: found.number("SELECT count(*) FROM outbox WHERE state = 'sent' AND kind = 'ack'") == 1, "the ack")
    assert stop(running) == 0

    rows = found.rows("SELECT outcome, copy_of, raw FROM spool LEFT JOIN spool_raw ON spool_id = id ORDER BY id")
    assert [(row.outcome, row.copy_of) for row in rows] == [("opened", None)] + [("duplicate", 1)] * 3
    assert rows[0].raw == letter(1).raw
    assert found.number("SELECT count(*) FROM cases") == 1
    assert [mail.rcpt_to for mail in smarthost.accepted].count((letter(1).sender,)) == 1


def vanish(dialogue: Dialogue, way: str) -> None:
    """Send the mail with its dot and be gone."""
    dialogue.begin(letter(1))
    dialogue.sock.sendall(b".\r\n")
    if way == "half-closes":
        dialogue.sock.shutdown(socket.SHUT_WR)
        assert dialogue.reply().startswith("250 ")
    dialogue.close()
