"""S01: a 250 only after the mail is on the disk, seen from below: the system calls of the real daemon.

A kill -9 proves nothing about flushing, because the system keeps what a dead process has written. strace shows the
order: the mail into the write-ahead log, the log flushed, then the 250. `HELPDESK_REQUIRE_STRACE=1` makes a missing
strace a failure.
"""

from __future__ import annotations

import os
import re
import shutil
import time
from dataclasses import dataclass
from typing import TYPE_CHECKING

import pytest

from tests.process import Dialogue, Fresh, Premises, letter, until

if TYPE_CHECKING:
    from pathlib import Path

_CALLS = "fdatasync,fsync,write,pwrite64,sendto,sendmsg"
_MAILS = 5


@pytest.fixture
def strace() -> str:
    found = shutil.which("strace")
    if found is None and os.environ.get("HELPDESK_REQUIRE_STRACE") == "1":
        pytest.fail("HELPDESK_REQUIRE_STRACE=1, but no strace is installed")
    if found is None:
        pytest.skip(
            "strace is not installed (Debian: apt install strace): the order of flush and 250 was not looked at"
        )
    return found


@dataclass(frozen=True)
class Call:
    """A system call that succeeded: between these two lines of the trace."""

    thread: str
    name: str
    text: str
    began: int
    ended: int


_LINE = re.compile(r"(\d+) +(\w+)\((.*)\) += (-?\d+)")
_BEGUN = re.compile(r"(\d+) +(\w+)\((.*) <unfinished \.\.\.>")
_RESUMED = re.compile(r"(\d+) +<\.\.\. (\w+) resumed>(.*)\) += (-?\d+)")


def read_trace(lines: list[str]) -> list[Call]:
    calls, begun = [], {}
    for number, line in enumerate(lines):
        if found := _BEGUN.match(line):
            begun[found[1]] = (found[2], found[3], number)
        elif found := _RESUMED.match(line):
            name, text, began = begun.pop(found[1], (found[2], "", number))
            if int(found[4]) >= 0:
                calls.append(Call(found[1], name, text + found[3], began, number))
        elif (found := _LINE.match(line)) and int(found[4]) >= 0:
            calls.append(Call(found[1], found[2], found[3], number, number))
    return calls


def flushed_before_250(calls: list[Call], message_id: str, reply: str) -> bool:
    """Whether the thread that wrote this mail into the log has flushed the log before the reply began to be sent."""
    [answered] = [call for call in calls if call.name in {"sendto", "sendmsg", "write"} and reply in call.text]
    log = [call for call in calls if "helpdesk.db-wal>" in call.text]
    written = [call for call in log if call.name == "pwrite64" and message_id in call.text]
    assert written, "the mail was seen on its way into the log"
    flushes = [
        call
        for call in log
        if call.name in {"fdatasync", "fsync"}
        and call.thread == written[0].thread
        and written[0].ended < call.began
        and call.ended < answered.began
    ]
    if not flushes:
        return False
    # Its whole transaction: nothing more of it may follow between that flush and the next.
    behind = [
        call for call in log if call.thread == written[0].thread and flushes[0].ended < call.began < answered.began
    ]
    return not any(call.name == "pwrite64" and message_id in call.text for call in behind)


def test_the_log_is_flushed_between_the_mail_and_its_250(tmp_path: Path, strace: str) -> None:
    """S01."""
    trace = tmp_path / "trace"
    under = (strace, "-f", "-y", "-s", "8192", "-e", f"trace={_CALLS}", "-e", "signal=none", "-o", str(trace))
    desk = Premises(tmp_path, starter=Fresh(under))
    running = desk.start()
    with Dialogue(desk.port) as dialogue:
        replies = [dialogue.deliver(letter(number)) for number in range(1, _MAILS + 1)]
        time.sleep(0.5)  # the worker writes, too
    # SIGTERM is for the daemon: strace would only detach.
    daemon = int(trace.read_text().split(maxsplit=1)[0])
    os.kill(daemon, 15)
    until(lambda: running.status() is not None, "it stopped")
    assert running.status() == 0

    lines = trace.read_text(errors="replace").splitlines()
    calls = read_trace(lines)
    for number, reply in enumerate(replies, start=1):
        assert flushed_before_250(calls, letter(number).message_id, reply)

    # The same trace without its flushes: what `synchronous=NORMAL` would have shown.
    unflushed = [call for call in calls if call.name not in {"fdatasync", "fsync"}]
    assert not any(
        flushed_before_250(unflushed, letter(number).message_id, reply) for number, reply in enumerate(replies, start=1)
    )
