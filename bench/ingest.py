"""Mails a second from SMTP to a durable case with its acknowledgment composed: one process, SQLite with FULL sync.

    python bench/ingest.py [--mails 1500] [--rounds 5] [--connections 32]
    python bench/ingest.py --profile             where the worker's time goes

The daemon is the real one in a process of its own, only nothing is sent: what is measured ends with the outbox row. A
mail is a multipart/alternative of 4 KiB; every one opens a case. `accepted` is up to the last 250, `ingested` until
every mail is a case with its acknowledgment in the outbox.

Beside every round stands a flush probe: an idle virtual machine takes 4 ms for an fdatasync and a busy one 0.1 ms, so
figures of different rounds compare only with their probes. Compare ratios, not machines.
"""

from __future__ import annotations

import argparse
import asyncio
import cProfile
import os
import pstats
import signal
import socket
import sqlite3
import statistics
import subprocess
import sys
import tempfile
import time
from contextlib import closing, contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

_DESK = """
[database]
url = "sqlite:///helpdesk.db"
[smtp_in]
listen = "127.0.0.1:{port}"
trusted_relays = ["127.0.0.1"]
[smtp_out]
url = "maildir:out"
[[mailbox]]
address = "support@desk.example"
policy = "logik"
team = "first line"
[[team]]
name = "first line"
lead = "lena@desk.example"
[[agent]]
name = "Ann Berg"
email = "ann@desk.example"
teams = ["first line"]
[[agent]]
name = "Bob Cole"
email = "bob@desk.example"
teams = ["first line"]
"""
_TEXT = "Since nine o'clock this morning the rules of our shop do not load, and nobody can order anything.\r\n"


def main() -> None:
    options = _options()
    if options.serve:
        _serve(options.serve)
    elif options.profile:
        _profile(options.mails)
    else:
        _measure(options)


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--mails", type=int, default=1500, help="a round")
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--connections", type=int, default=32)
    parser.add_argument("--folder", type=Path, help="where the databases lie: on the disk that is to be measured")
    parser.add_argument("--profile", action="store_true", help="the worker alone, under cProfile")
    parser.add_argument("--serve", type=Path, help=argparse.SUPPRESS)
    return parser.parse_args()


def mail(number: int) -> bytes:
    """4 KiB as a mail program writes it: text and HTML."""
    head = (
        f"Received: from client.example by mx.example; Fri, 22 May 2026 16:40:00 +0000\r\n"
        f"From: Customer {number} <c{number}@client{number % 97}.example>\r\nTo: Support <support@desk.example>\r\n"
        f"Subject: Rules do not load in shop {number}\r\nDate: Fri, 22 May 2026 16:39:58 +0000\r\n"
        f"Message-ID: <{number}.{os.getpid()}@client.example>\r\nMIME-Version: 1.0\r\n"
        'Content-Type: multipart/alternative; boundary="=-="\r\n\r\n'
    )
    html = "".join(f"<p>{_TEXT.strip()}</p>\r\n" for _ in range(18))
    return (
        f"{head}--=-=\r\nContent-Type: text/plain; charset=utf-8\r\n\r\n{_TEXT * 16}\r\n"
        f"--=-=\r\nContent-Type: text/html; charset=utf-8\r\n\r\n<html><body>{html}</body></html>\r\n--=-=--\r\n"
    ).encode()


# --- the daemon


def _serve(folder: Path) -> None:
    """The real daemon, but for its sender."""
    from helpdesk import log  # noqa: PLC0415 - the client needs none of it
    from helpdesk.core.receive import acknowledgment  # noqa: PLC0415 - the client needs none of it
    from helpdesk.daemon import Daemon  # noqa: PLC0415 - the client needs none of it
    from helpdesk.desk import load_rules  # noqa: PLC0415 - the client needs none of it

    log.quiet()
    acknowledgment.EVERYWHERE_A_MINUTE = 10**9  # else only the first sixty a minute would be written
    daemon = Daemon(load_rules(folder / "helpdesk.toml"))
    for sender in daemon.senders:
        sender.piece = lambda: False
    asyncio.run(daemon.run(ready=lambda *_: print("ready", flush=True)))


def _write_desk(folder: Path) -> int:
    with socket.socket() as sock:
        sock.bind(("127.0.0.1", 0))
        port = int(sock.getsockname()[1])
    (folder / "helpdesk.toml").write_text(_DESK.format(port=port))
    return port


# --- the clients


async def _send(port: int, numbers: list[int], waits: list[float]) -> None:
    """One connection, one mail after the other, commands pipelined (RFC 2920)."""
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    await reader.readline()
    writer.write(b"EHLO client.example\r\n")
    while (await reader.readline())[3:4] == b"-":
        pass
    for number in numbers:
        writer.write(f"MAIL FROM:<c{number}@client.example>\r\nRCPT TO:<support@desk.example>\r\nDATA\r\n".encode())
        for _ in range(3):
            await reader.readline()
        writer.write(mail(number) + b".\r\n")
        began = time.perf_counter()
        reply = await reader.readline()
        waits.append(time.perf_counter() - began)
        assert reply.startswith(b"250 2.0.0 queued"), reply
    writer.close()


async def _send_all(port: int, mails: int, connections: int) -> list[float]:
    """Send; returns how long each mail waited for its 250, in seconds."""
    waits: list[float] = []
    shares = [list(range(start, mails, connections)) for start in range(connections)]
    await asyncio.gather(*(_send(port, share, waits) for share in shares))
    return waits


# --- measuring


@dataclass
class Round:
    accepted: float  # mails a second
    ingested: float
    cpu: float  # microseconds of the daemon's processor time a mail
    median: float  # milliseconds from the dot to the 250
    slowest: float  # the same, 99 in 100 are faster
    flush: float  # milliseconds: one fdatasync beside it, median


def _measure(options: argparse.Namespace) -> None:
    rounds = [_round(options) for _ in range(options.rounds)]
    print(
        f"{options.rounds} rounds of {options.mails} mails of {len(mail(1))} bytes, {options.connections} connections"
    )
    for name, figures, digits in (
        ("accepted, mails/s", [each.accepted for each in rounds], 0),
        ("ingested, mails/s", [each.ingested for each in rounds], 0),
        ("daemon's CPU, us a mail", [each.cpu for each in rounds], 0),
        ("dot to 250, median, ms", [each.median for each in rounds], 0),
        ("dot to 250, p99, ms", [each.slowest for each in rounds], 0),
        ("flush probe, ms", [each.flush for each in rounds], 2),
    ):
        middle, low, high = statistics.median(figures), min(figures), max(figures)
        print(f"{name:26} {middle:8.{digits}f}  [{low:.{digits}f}..{high:.{digits}f}]")


def _round(options: argparse.Namespace) -> Round:
    with tempfile.TemporaryDirectory(dir=options.folder) as name:
        folder = Path(name)
        port = _write_desk(folder)
        command = [sys.executable, __file__, "--serve", str(folder)]
        with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as daemon, _ending(daemon):
            assert daemon.stdout
            assert daemon.stdout.readline() == "ready\n"
            used, began = _processor_time(daemon.pid), time.perf_counter()
            waits = sorted(asyncio.run(_send_all(port, options.mails, options.connections)))
            accepted = time.perf_counter() - began
            _await_cases(folder, options.mails)
            ingested = time.perf_counter() - began
            used = _processor_time(daemon.pid) - used
        return Round(
            accepted=options.mails / accepted,
            ingested=options.mails / ingested,
            cpu=used / options.mails * 1e6,
            median=statistics.median(waits) * 1000,
            slowest=waits[len(waits) * 99 // 100] * 1000,
            flush=_flush_probe(folder),
        )


@contextmanager
def _ending(daemon: subprocess.Popen[str]) -> Iterator[None]:
    try:
        yield
    finally:
        daemon.send_signal(signal.SIGTERM)


def _await_cases(folder: Path, mails: int) -> None:
    with closing(sqlite3.connect(f"file:{folder / 'helpdesk.db'}?mode=ro", uri=True)) as database:
        deadline = time.monotonic() + 60
        while database.execute("SELECT count(*) FROM cases").fetchone() != (mails,):
            if time.monotonic() > deadline:
                sys.exit("not every mail became a case")
            time.sleep(0.01)
        [acknowledged] = database.execute("SELECT count(*) FROM outbox WHERE kind = 'ack'").fetchone()
        if acknowledged != mails:
            sys.exit(f"{acknowledged} acknowledgments for {mails} mails")


def _processor_time(pid: int) -> float:
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def _flush_probe(folder: Path) -> float:
    """Milliseconds for one fdatasync of a 4 KiB block, the median of fifty."""
    descriptor = os.open(folder / "probe", os.O_WRONLY | os.O_CREAT)
    taken = []
    for _ in range(50):
        os.write(descriptor, bytes(4096))
        began = time.perf_counter()
        os.fdatasync(descriptor)
        taken.append(time.perf_counter() - began)
    os.close(descriptor)
    return statistics.median(taken) * 1000


# --- profiling


def _profile(mails: int) -> None:
    """The worker alone: mails that wait in the spool become cases."""
    from helpdesk.core.words.message import Envelope  # noqa: PLC0415 - the client needs none of it
    from helpdesk.desk import Desk, load_rules  # noqa: PLC0415 - the client needs none of it
    from helpdesk.log import quiet  # noqa: PLC0415 - the client needs none of it
    from helpdesk.store import migrate  # noqa: PLC0415 - the client needs none of it
    from helpdesk.store.engine import Database  # noqa: PLC0415 - the client needs none of it
    from helpdesk.store.spool import Accepted  # noqa: PLC0415 - the client needs none of it

    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        _write_desk(folder)
        rules = load_rules(folder / "helpdesk.toml")
        database = Database(rules.configuration.database_url)
        migrate.upgrade(database)
        now = datetime.now(UTC).replace(microsecond=0)
        desk = Desk(database=database, rules=rules, now=lambda: now)
        desk.begin()
        for start in range(0, mails, 50):
            numbers = range(start, min(start + 50, mails))
            envelope = Envelope("", ("support@desk.example",))
            desk.accept([Accepted("support@desk.example", mail(n), envelope, "smtp", now) for n in numbers])
        quiet()
        profile = cProfile.Profile()
        began = time.perf_counter()
        profile.enable()
        while desk.work():
            pass
        profile.disable()
        print(f"{(time.perf_counter() - began) / mails * 1e6:.0f} us a mail under the profiler")
        pstats.Stats(profile).sort_stats("tottime").print_stats(28)
        pstats.Stats(profile).sort_stats("cumulative").print_stats(45)
        database.close()


if __name__ == "__main__":
    main()
