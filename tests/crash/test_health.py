"""Health tells the truth about the real daemon while something is wrong with it, and when it is over."""

from __future__ import annotations

import json
import urllib.error
import urllib.request
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from tests.crash import laws
from tests.crash.test_local_faults import without_a_table
from tests.process import Dialogue, Premises, letter, stop, until
from tests.wire.smarthost import ScriptedSmarthost

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.process import Foundry


class Desk(Premises):
    """Premises whose console is asked."""

    def health(self) -> dict[str, Any]:
        try:
            with urllib.request.urlopen(f"http://127.0.0.1:{self.console}/health", timeout=20) as answer:
                return dict(json.load(answer))
        except urllib.error.HTTPError as failing:
            with failing:
                return dict(json.load(failing))

    def causes(self) -> set[str]:
        return {cause["cause"] for cause in self.health()["causes"]}


def worked(desk: Premises) -> int:
    return laws.records(desk).number("SELECT count(*) FROM spool WHERE outcome = 'opened'")


def test_a_desk_whose_log_is_on_a_full_disk_does_its_work_and_says_so(tmp_path: Path, foundry: Foundry) -> None:
    """Not even what it prints at the start can be written."""
    desk = Desk(tmp_path, starter=foundry)
    desk.log = Path("/dev/full")
    running = desk.spawn()
    until(desk.greets, "the daemon greets")
    with Dialogue(desk.port) as dialogue:
        assert dialogue.deliver(letter(1)).startswith("250 ")
        with without_a_table(desk, "spool"):
            assert dialogue.deliver(letter(2)).startswith("451 ")
        assert dialogue.deliver(letter(2)).startswith("250 ")
    until(lambda: worked(desk) == 2, "both became a case")
    until(lambda: "log.unwritable" in desk.causes(), "health says it")
    assert desk.health()["status"] == "attention"
    assert stop(running) == 0


def test_health_fails_while_every_mail_is_turned_away(tmp_path: Path, foundry: Foundry) -> None:
    desk = Desk(tmp_path, starter=foundry)
    running = desk.start()
    assert desk.health()["status"] == "ok"
    with Dialogue(desk.port) as dialogue:
        with without_a_table(desk, "spool"):
            for _ in range(3):
                assert dialogue.deliver(letter(1)).startswith("451 ")
            found = desk.health()
            assert found["status"] == "failing"
            assert "door.closed" in {cause["cause"] for cause in found["causes"]}
        assert dialogue.deliver(letter(1)).startswith("250 ")
    until(lambda: desk.health()["status"] == "ok", "all is well again")
    assert desk.health()["mails_taken"] == 1
    assert stop(running) == 0


def test_health_says_that_the_smarthost_offers_no_secure_connection(tmp_path: Path, foundry: Foundry) -> None:
    """At once, and not when something has waited for an hour."""
    with ScriptedSmarthost() as smarthost:
        desk = Desk(tmp_path, smarthost=f"{smarthost.url}?starttls=yes", starter=foundry)
        running = desk.start()
        with Dialogue(desk.port) as dialogue:
            dialogue.deliver(letter(1))
        until(lambda: "smarthost.tls" in desk.causes(), "health says it")
        assert desk.health()["status"] == "failing"
        assert stop(running) == 0


@pytest.mark.parametrize("command", ["serve", "check"])
@pytest.mark.parametrize(
    ("make", "expected"),
    [
        (lambda file: file.mkdir(), "expected a file, and it is a folder"),
        (lambda file: file.write_text("Dear Sirs, this is no database at all."), "expected an SQLite database"),
    ],
    ids=["a folder", "another file"],
)
def test_a_database_that_cannot_be_is_said_in_a_line(
    tmp_path: Path, foundry: Foundry, make: Callable[[Path], object], expected: str, command: str
) -> None:
    desk = Premises(tmp_path, starter=foundry)
    make(tmp_path / "helpdesk.db")
    running = desk.spawn(command=[command])
    until(lambda: running.status() is not None, "it ends")
    assert running.status() == 1
    said = desk.logged()
    assert expected in said
    assert str(tmp_path / "helpdesk.db") in said
    assert "Traceback" not in said
    assert command == "check" or said.count("\n") == 1
