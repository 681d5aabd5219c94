"""V01: a daemon that is asked to stop does so soon, and leaves nothing half done."""

from __future__ import annotations

import json
import socket
from typing import TYPE_CHECKING

import pytest

from tests.process import Dialogue, Fresh, Premises, letter, stop, until
from tests.wire.smarthost import HANG, ScriptedSmarthost

if TYPE_CHECKING:
    from pathlib import Path

    from tests.process import Foundry


def test_a_mail_that_is_coming_in_is_finished_first(tmp_path: Path, foundry: Foundry) -> None:
    """V01: its sender hears 250 after the SIGTERM, and only then the desk goes."""
    desk = Premises(tmp_path, starter=foundry)
    running = desk.start()
    with Dialogue(desk.port) as dialogue:
        dialogue.begin(letter(1))
        running.signal(15)
        until(lambda: not desk.greets(), "nobody new is let in")
        assert running.status() is None
        dialogue.sock.sendall(b".\r\n")
        assert dialogue.reply().startswith("250 2.0.0 queued as 1")
    assert stop(running) == 0


@pytest.mark.slow
def test_a_smarthost_that_says_nothing_does_not_hold_the_desk(tmp_path: Path, foundry: Foundry) -> None:
    """V01: the courier would wait ten minutes for the reply to its dot; `stop` gives up long before."""
    with ScriptedSmarthost({"DOT": HANG}) as silent:
        desk = Premises(tmp_path, smarthost=silent.url, starter=foundry)
        running = desk.start()
        with Dialogue(desk.port) as dialogue:
            dialogue.deliver(letter(1))
        until(lambda: "DATA" in silent.verbs, "the smarthost is at the dot")
        assert stop(running) == 0


def test_a_port_that_is_taken_is_said_and_nothing_is_started(tmp_path: Path) -> None:
    desk = Premises(tmp_path, starter=Fresh())
    with socket.create_server(("127.0.0.1", desk.port)):
        running = desk.spawn()
        until(lambda: running.status() is not None, "it gives up")
    assert running.status() == 1
    [line] = desk.logged().splitlines()
    words = f"smtp_in: cannot listen on 127.0.0.1:{desk.port}: the port is taken; is another daemon running?"
    assert (json.loads(line)["event"], json.loads(line)["problem"]) == ("cannot run", words)
